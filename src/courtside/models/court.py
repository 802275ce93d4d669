"""Our own court model: one small ONNX network that finds the court's landmarks and its painted lines, made by ``courtside train court``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from courtside.models.onnx import open_session
from courtside.types import Image

if TYPE_CHECKING:
    import onnxruntime as ort
    import supervision as sv

CANVAS = (512, 288)
"""(width, height) in pixels of what the network sees: a broadcast's whole picture, its aspect kept."""

STRIDE = 4
"""Pixels of ``CANVAS`` from one cell of the outputs to the next."""

Floats = npt.NDArray[np.float32]


_PAINT = 0.5  # chance from which a cell is taken for painted line


def letterbox(image: Image) -> tuple[Image, float, tuple[float, float]]:
    """Return the picture scaled into ``CANVAS``, aspect kept, the rest grey; and the scale and offset (x, y) from its pixels to the canvas's."""
    height, width = image.shape[:2]
    scale = min(CANVAS[0] / width, CANVAS[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (CANVAS[0] - size[0]) // 2, (CANVAS[1] - size[1]) // 2
    canvas = np.full((CANVAS[1], CANVAS[0], 3), 114, np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    middle = (scale - 1) / 2
    return canvas, scale, (left + middle, top + middle)


class OnnxCourt:
    """``CourtKeypointDetector`` over an ONNX file that takes (b, 288, 512, 3) uint8 BGR and gives landmarks and lines.

    Args:
        weights: the ONNX file.
        confidence: landmarks less sure than this (0-1) are left out of ``detect``.
        threads: threads of the network, 0 for all cores.
    """

    def __init__(self, weights: Path, confidence: float = 0.3, threads: int = 0) -> None:
        self.weights, self.confidence, self.threads = weights, confidence, threads

    @cached_property
    def _session(self) -> ort.InferenceSession:
        return open_session(self.weights, self.threads)

    def see(self, images: Sequence[Image]) -> list[tuple[Floats, Floats, Floats]]:
        """Return for each picture the landmarks (k, 2) in its pixels, their confidence (k,) 0-1, and the pixels (m, 2) that lie on a painted line.

        A pixel's coordinates are those of its middle.
        """
        if not images:
            return []
        fitted = [letterbox(image) for image in images]
        landmarks, lines = self._session.run(["landmarks", "lines"], {"images": np.stack([canvas for canvas, _, _ in fitted])})
        sights: list[tuple[Floats, Floats, Floats]] = []
        for points, paint, (_, scale, offset) in zip(landmarks, lines, fitted, strict=True):
            pixels = (points[:, :2] * CANVAS - 0.5 - offset) / scale
            painted = ((_ridges(paint) + 0.5) * STRIDE - 0.5 - offset) / scale
            height, width = images[len(sights)].shape[:2]
            inside = ((painted >= 0) & (painted < (width, height))).all(1)
            sights.append((pixels.astype(np.float32), points[:, 2], painted[inside].astype(np.float32)))
        return sights

    def detect(self, images: Sequence[Image]) -> list[sv.KeyPoints]:
        """See ``CourtKeypointDetector.detect``: every landmark, those less sure than ``confidence`` at (0, 0) with confidence 0."""
        import supervision as sv

        found = []
        for landmarks, sure, _ in self.see(images):
            kept = sure >= self.confidence
            xy, confidence = np.where(kept[:, None], landmarks, 0), np.where(kept, sure, 0)
            found.append(sv.KeyPoints(xy=xy[None].astype(np.float32), keypoint_confidence=confidence[None].astype(np.float32)))
        return found


def _ridges(paint: Floats) -> npt.NDArray[np.float64]:
    """Return the cells (m, 2), as x and y, on the ridges of ``paint`` (h, w): moved to where a parabola through the neighbours across the line peaks."""
    padded = np.pad(paint, 1, mode="edge")
    middle = padded[1:-1, 1:-1]
    left, right, above, below = padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]
    bend_x, bend_y = left + right - 2 * middle, above + below - 2 * middle
    across = bend_x < bend_y  # the line runs up and down: look for its middle sideways
    bend, slope = np.where(across, bend_x, bend_y), np.where(across, right - left, below - above) / 2
    shift = -slope / np.where(bend < -1e-4, bend, -1e-4)
    rows, columns = np.nonzero((middle >= _PAINT) & (bend < -1e-3) & (np.abs(shift) <= 0.6))
    moved = shift[rows, columns]
    sideways = across[rows, columns]
    return np.stack([columns + np.where(sideways, moved, 0), rows + np.where(sideways, 0, moved)], 1).astype(np.float64)
