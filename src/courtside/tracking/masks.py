"""Small mask logits to masks of the frame, kept as run lengths: one 1080p frame of ten players is kilobytes, not 20 MB."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import supervision as sv

Logits = npt.NDArray[np.float32]
Crop = tuple[npt.NDArray[np.bool_], int, int]
"""A mask's own part of the frame, and the x and y of its top-left pixel."""

STRAY_SHARE = 300 / 1080
"""Pieces of a mask whose centroid is farther than this from the main piece's, in heights of the frame, are not the person (300 px at 1080p)."""


def without_stray(logits: Logits, size: tuple[int, int], stray_share: float = STRAY_SHARE) -> Logits:
    """Return the logits with far pieces taken out.

    Args:
        logits: (h, w) over a frame of ``size``.
        size: (width, height) of the frame; distances are measured in it.
        stray_share: distance of centroids, in heights of the frame, from which a piece is stray.
    """
    n_pieces, pieces, stats, centres = cv2.connectedComponentsWithStats((logits > 0).astype(np.uint8), connectivity=8)
    if n_pieces <= 2:  # the background is one of them
        return logits
    main = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    cell = np.array([size[0] / logits.shape[1], size[1] / logits.shape[0]])
    distance = np.hypot(*((centres - centres[main]) * cell).T)
    stray = distance > stray_share * size[1]
    stray[0] = False
    return np.where(stray[pieces], np.float32(-1), logits) if stray.any() else logits


def cut_out(logits: Logits, size: tuple[int, int]) -> Crop:
    """Return the mask at the frame's resolution, only as large as it is; 1 x 1 and False where there is none.

    Equal to scaling the logits to the frame bilinearly (pixel centres aligned) and asking what is above 0, without touching the rest of the frame.
    """
    height, width = logits.shape
    rows, columns = np.flatnonzero((logits > 0).any(1)), np.flatnonzero((logits > 0).any(0))
    if not len(rows):
        return np.zeros((1, 1), bool), 0, 0
    # between two cells the scaled logits may cross 0 anywhere, so one more cell on each side
    span_x, span_y = size[0] / width, size[1] / height
    left, right = max(0, int((columns[0] - 0.5) * span_x)), min(size[0], int(np.ceil((columns[-1] + 1.5) * span_x)))
    top, bottom = max(0, int((rows[0] - 0.5) * span_y)), min(size[1], int(np.ceil((rows[-1] + 1.5) * span_y)))
    x = ((np.arange(left, right) + 0.5) / span_x - 0.5).astype(np.float32)
    y = ((np.arange(top, bottom) + 0.5) / span_y - 0.5).astype(np.float32)
    grid = np.meshgrid(x, y)
    # INTER_LINEAR's border: outside the outermost centres the outermost value goes on
    scaled = cv2.remap(logits, grid[0], grid[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = scaled > 0
    inside_y, inside_x = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(inside_y):
        return np.zeros((1, 1), bool), 0, 0
    tight = mask[inside_y[0] : inside_y[-1] + 1, inside_x[0] : inside_x[-1] + 1]
    return np.ascontiguousarray(tight), left + int(inside_x[0]), top + int(inside_y[0])


def compact(crops: Sequence[Crop], size: tuple[int, int]) -> sv.CompactMask:
    """Return the crops as one ``CompactMask`` of frames of ``size`` (width, height)."""
    runs = [np.asarray(sv.mask_to_rle(crop), np.int32) for crop, _, _ in crops]
    shapes = np.array([crop.shape for crop, _, _ in crops], np.int32).reshape(-1, 2)
    corners = np.array([(x, y) for _, x, y in crops], np.int32).reshape(-1, 2)
    return sv.CompactMask(runs, shapes, corners, (size[1], size[0]))


def boxes_of(crops: Sequence[Crop]) -> npt.NDArray[np.float64]:
    """Return (n, 4) xyxy round the crops, corners exclusive; all 0 for an empty mask."""
    boxes = [(x, y, x + crop.shape[1], y + crop.shape[0]) if crop.any() else (0, 0, 0, 0) for crop, x, y in crops]
    return np.array(boxes, np.float64).reshape(-1, 4)
