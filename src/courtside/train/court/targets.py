"""What the network should say: a heat map for each landmark, and where paint is."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import numpy.typing as npt

from courtside.models.court import STRIDE
from courtside.train.court.augment import CourtView

Maps = npt.NDArray[np.float32]

_SPREAD = 1.2  # cells


def render_targets(view: CourtView) -> tuple[Maps, Maps]:
    """Return the landmarks' heat (k, h, w) 0-1 and the paint (h, w) 0-1 in each cell of ``STRIDE`` pixels; landmarks out of the picture have no heat."""
    height, width = (side // STRIDE for side in view.image.shape[:2])
    heat = np.zeros((len(view.landmarks), height, width), np.float32)
    for channel, (x, y) in enumerate((view.landmarks + 0.5) / STRIDE - 0.5):  # in cells, 0 being the middle of the first
        if not (-0.5 <= x < width - 0.5 and -0.5 <= y < height - 0.5):
            continue
        columns, rows = np.exp(-((np.arange(width) - x) ** 2) / (2 * _SPREAD**2)), np.exp(-((np.arange(height) - y) ** 2) / (2 * _SPREAD**2))
        heat[channel] = np.outer(rows, columns)
    fine = np.zeros((2 * height, 2 * width), np.uint8)
    for line in view.lines:
        for start, end in itertools.pairwise(line):
            if not (np.abs([start, end]) < 4000).all():  # behind the camera (NaN) or far away
                continue
            ends = [tuple(np.round(((point + 0.5) * 2 / STRIDE - 0.5) * 16).astype(int).tolist()) for point in (start, end)]
            cv2.line(fine, ends[0], ends[1], 255, 1, cv2.LINE_AA, shift=4)
    paint = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 127
    return heat, np.minimum(paint, 1.0)
