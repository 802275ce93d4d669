"""Where a graphic stands: what stays where it is in the picture while the rest of it moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import cv2
import numpy as np
import numpy.typing as npt

from courtside.scoreboard.glance import Box
from courtside.types import Image

_WIDTH = 480  # pixels to which pictures are shrunk: letters of a graphic are still edges there, film grain and coding noise are not
_EDGE = 60.0  # least gradient (Sobel, of 0-255) that is an edge
_STANDS = 0.9  # |mean gradient| / mean |gradient| from which an edge stands still: 1 if it never changes, about 1 / sqrt(n) if it is another one every time
_DENSE = 0.3  # share of standing edges around a place from which it is part of a graphic
_AROUND = (25, 9)  # width and height of "around", of the shrunk picture: a few letters
_BRIDGE = (41, 5)  # gaps of plain colour between cells that are bridged
_LEAST = (0.08, 0.018)  # share of the picture's width and height that a graphic has at least
_HIGHEST = 0.4  # and its height at most
_MOVES = 0.45  # share of all edges that may stand still in a picture whose rest moves
_THERE = 0.6  # cosine between the edges of a graphic and those of the picture from which it is there

Floats = npt.NDArray[np.float32]


def _gradient(image: npt.NDArray[Any]) -> Floats:
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return np.stack([cv2.Sobel(gray, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(gray, cv2.CV_32F, 0, 1, ksize=3)])


def _standing(images: Sequence[Image]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], float]:
    """Return which pixels of the shrunk picture are edges, which of these stand still, and the shrunk picture's scale."""
    height, width = images[0].shape[:2]
    scale = _WIDTH / width
    size = _WIDTH, max(1, round(height * scale))
    gradients = [_gradient(cv2.resize(image, size, interpolation=cv2.INTER_AREA)) for image in images]
    mean = np.hypot(*np.mean(gradients, axis=0))
    strength = np.mean([np.hypot(*gradient) for gradient in gradients], axis=0)
    edge = strength > _EDGE
    return edge, (mean > _EDGE) & (mean > _STANDS * strength), scale


def stands_still(images: Sequence[Image]) -> bool:
    """Whether the whole picture stands still, so that nothing in it stands out by that."""
    edge, standing, _ = _standing(images)
    return bool(standing.sum() > _MOVES * max(1, edge.sum()))


def find_patches(images: Sequence[Image]) -> list[Box]:
    """Return where a graphic may stand, the likeliest first.

    Args:
        images: of one clip, a second or so apart and on both sides of cuts, all of one size; with fewer than two nothing is found.
    """
    if len(images) < 2:
        return []
    _, standing, scale = _standing(images)
    dense = cv2.boxFilter(standing.astype(np.float32), -1, _AROUND) > _DENSE
    joined = cv2.morphologyEx(dense.astype(np.uint8), cv2.MORPH_CLOSE, np.ones(_BRIDGE[::-1], np.uint8))
    _, _, parts, _ = cv2.connectedComponentsWithStats(joined)
    height, width = standing.shape
    found = []
    for x, y, w, h, _ in parts[1:].tolist():
        if w >= _LEAST[0] * width and _LEAST[1] * height <= h <= _HIGHEST * height:
            n_edges = int(standing[y : y + h, x : x + w].sum())
            found.append((n_edges, (x / scale, y / scale, (x + w) / scale, (y + h) / scale)))
    return [box for _, box in sorted(found, reverse=True)]


class Template:
    """The standing edges of one graphic, to tell whether it is there.

    Args:
        images: that show it, at least one.
        box: where it stands.
    """

    def __init__(self, images: Sequence[Image], box: Box) -> None:
        self._rows, self._columns = slice(round(box[1]), round(box[3])), slice(round(box[0]), round(box[2]))
        gradients = [self._of(image) for image in images]
        mean = np.mean(gradients, axis=0)
        strength = np.mean([np.hypot(*gradient) for gradient in gradients], axis=0)
        length = np.hypot(*mean)
        self._stands = (length > _EDGE) & (length > _STANDS * strength)  # not the clocks' digits, nor what shines through
        self._edges = mean[:, self._stands]

    @classmethod
    def none(cls) -> Self:
        """Return the template of nothing, which is never there."""
        return cls([np.zeros((1, 1, 3), np.uint8)], (0, 0, 1, 1))

    def is_in(self, image: Image) -> bool:
        """Whether the graphic is in ``image``, uncovered for the most part."""
        now = self._of(image)[:, self._stands]
        lengths = float(np.linalg.norm(now) * np.linalg.norm(self._edges))
        return lengths > 0 and float((now * self._edges).sum()) >= _THERE * lengths

    def _of(self, image: Image) -> Floats:
        return _gradient(image[self._rows, self._columns])
