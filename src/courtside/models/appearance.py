"""What a kit looks like, without a learned model: colour statistics of the middle of the box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from courtside.types import Image

_T = TypeVar("_T", bound=np.generic)

_PIXELS = (16, 20)  # (width, height) every crop is brought to: enough for statistics, and all crops weigh the same
_LIGHT_BINS, _COLOUR_BINS = 8, 7


class ColorEncoder:
    """``AppearanceEncoder`` of soft Lab histograms.

    Lightness (8 bins) and the two colour axes (7 x 7 bins around grey) are counted apart, so that a change of the light moves one short part of the vector
    only; square roots make the Euclidean distance of two vectors their Hellinger distance. Vectors have length 57 and norm 1.
    """

    def encode(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """See ``AppearanceEncoder.encode``."""
        vectors = [self._encode(crop) for crop in crops]
        return np.stack(vectors) if vectors else np.zeros((0, _LIGHT_BINS + _COLOUR_BINS**2), np.float32)

    def _encode(self, crop: Image) -> npt.NDArray[np.float32]:
        lab = cv2.cvtColor(cv2.resize(crop, _PIXELS, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB).reshape(-1, 3).astype(float)
        light = _soft_weights(lab[:, 0] / 255 * (_LIGHT_BINS - 1), _LIGHT_BINS).mean(0)
        # kits span about +-60 around grey (128); what is more vivid falls into the outer bins
        colour = np.clip((lab[:, 1:] - 128) / 60, -1, 1) * (_COLOUR_BINS // 2) + _COLOUR_BINS // 2
        joint = (_soft_weights(colour[:, 0], _COLOUR_BINS).T @ _soft_weights(colour[:, 1], _COLOUR_BINS)) / len(lab)
        return np.sqrt(np.concatenate([light, joint.ravel()]) / 2).astype(np.float32)


def _soft_weights(position: npt.NDArray[np.float64], n_bins: int) -> npt.NDArray[np.float64]:
    return np.asarray(np.clip(1 - np.abs(position[:, None] - np.arange(n_bins)), 0, 1))


def kit_crop(image: npt.NDArray[_T], xyxy: npt.NDArray[np.number], shrink: float = 0.4, above: float = 0.18) -> npt.NDArray[_T]:
    """Return the part of a person's box that shows the kit best: the middle ``shrink`` (0-1) of its width, from the chest to the hips.

    ``above`` (0-1) of the box's height is left out at the top: (1 - shrink) / 2 is the box's very middle. The crop has at least one pixel, also for a box at
    (or beyond) the picture's edge. A mask (h, w) of the picture may be cropped in the same way.
    """
    return image[_kit_part(image.shape[:2], xyxy, shrink, above)]


def _kit_part(shape: tuple[int, ...], xyxy: npt.NDArray[np.number], shrink: float, above: float) -> tuple[slice, slice]:
    height, width = shape
    x1, y1, x2, y2 = (float(side) for side in xyxy)
    middle, half = (x1 + x2) / 2, (x2 - x1) * shrink / 2
    left, right = int(np.clip(middle - half, 0, width - 1)), int(np.clip(middle + half, 1, width))
    top, bottom = int(np.clip(y1 + above * (y2 - y1), 0, height - 1)), int(np.clip(y1 + (above + shrink) * (y2 - y1), 1, height))
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def in_sight(xyxy: npt.NDArray[np.number], person: int, shape: tuple[int, ...], shrink: float = 0.4, above: float = 0.18) -> npt.NDArray[np.bool_]:
    """Return the mask of the ``kit_crop`` of one ``person`` of the boxes ``xyxy`` (n, 4) in a picture of ``shape`` (h, w): where nobody can be in front of him.

    Who stands nearer to a camera above the floor has his feet lower in the picture, so the boxes that reach lower are left out.
    """
    rows, columns = _kit_part(shape, xyxy[person], shrink, above)
    mask = np.ones((rows.stop - rows.start, columns.stop - columns.start), bool)
    for x1, y1, x2, y2 in xyxy[xyxy[:, 3] > xyxy[person, 3]].astype(float):
        top, bottom = (round(min(max(side - rows.start, 0), len(mask))) for side in (y1, y2))
        left, right = (round(min(max(side - columns.start, 0), mask.shape[1])) for side in (x1, x2))
        mask[top:bottom, left:right] = False
    return mask


def own_pixels(crop: Image, mask: npt.NDArray[np.bool_]) -> Image:
    """Return the crop with what is outside ``mask`` (same height and width) replaced by what is inside, over and over: its colours are the person's alone.

    A crop without anything inside is returned as it is.
    """
    inside = crop[mask]
    if not len(inside) or mask.all():
        return crop
    own = crop.copy()
    own[~mask] = np.resize(inside, (int((~mask).sum()), 3))
    return own
