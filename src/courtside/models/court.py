"""Our own court model: one small ONNX network that finds the court's landmarks and its painted lines, made by ``courtside train court``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class CourtSight:
    """What the network saw in one picture.

    ``landmarks`` (k, 2) in pixels of the picture (a pixel's coordinates are those of its middle) and their ``confidence`` (k,) 0-1, in the order of
    ``courtside.court.markings.landmarks``; ``lines`` (h, w) 0-1, the chance of painted line in each cell; ``scale`` and ``offset`` (x, y) take pixels of
    the picture to cells: cell = pixel * scale + offset.
    """

    landmarks: Floats
    confidence: Floats
    lines: Floats
    scale: float
    offset: tuple[float, float]


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

    def see(self, images: Sequence[Image]) -> list[CourtSight]:
        """Return what is seen in each picture."""
        if not images:
            return []
        fitted = [letterbox(image) for image in images]
        landmarks, lines = self._session.run(["landmarks", "lines"], {"images": np.stack([canvas for canvas, _, _ in fitted])})
        sights = []
        for points, paint, (_, scale, (left, top)) in zip(landmarks, lines, fitted, strict=True):
            pixels = (points[:, :2] * CANVAS - 0.5 - (left, top)) / scale
            cells = ((left + 0.5) / STRIDE - 0.5, (top + 0.5) / STRIDE - 0.5)
            sights.append(CourtSight(pixels.astype(np.float32), points[:, 2], paint, scale / STRIDE, cells))
        return sights

    def detect(self, images: Sequence[Image]) -> list[sv.KeyPoints]:
        """See ``CourtKeypointDetector.detect``: every landmark, those less sure than ``confidence`` at (0, 0) with confidence 0."""
        import supervision as sv

        found = []
        for sight in self.see(images):
            kept = sight.confidence >= self.confidence
            xy, confidence = np.where(kept[:, None], sight.landmarks, 0), np.where(kept, sight.confidence, 0)
            found.append(sv.KeyPoints(xy=xy[None].astype(np.float32), keypoint_confidence=confidence[None].astype(np.float32)))
        return found
