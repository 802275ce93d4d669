"""What a person's kit looks like, as a few numbers cheap enough for every box of every frame."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from courtside.types import Image

_GRID = (8, 12)
"""(columns, rows) of pixels sampled from each box."""
_N_QUANTILES = 8
_PICKS = np.rint(np.linspace(0.06, 0.94, _N_QUANTILES) * (_GRID[0] * _GRID[1] - 1)).astype(int)
_TORSO_RISE = 0.12
"""How far above its box's centre a torso is, in heights: less floor and fewer legs than at the centre."""
KIT_SIZE = 3 * _N_QUANTILES
_SPREAD = np.repeat(np.array([30.0, 10.0, 10.0]), _N_QUANTILES)
"""How much (in 8-bit L, a, b) the same kit varies from pose to pose and across the floor's light: lightness by far the most."""


def describe_kits(image: Image, xyxy: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return (n, KIT_SIZE): the quantiles of L, a and b over 40 % by 40 % of each of (n, 4) boxes, at the torso, in units of their usual spread.

    The mean absolute difference of two rows is the Wasserstein distance of the colour distributions (per channel): near 0.3 for one person in
    consecutive frames, above 1 for different kits. A box outside the picture gives what the nearest pixels look like.
    """
    n = len(xyxy)
    if n == 0:
        return np.zeros((0, KIT_SIZE))
    height, width = image.shape[:2]
    columns, rows = _GRID
    centre = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    centre[:, 1] -= _TORSO_RISE * (xyxy[:, 3] - xyxy[:, 1])
    half = 0.2 * (xyxy[:, 2:] - xyxy[:, :2])
    x = centre[:, :1] + half[:, :1] * np.linspace(-1, 1, columns)
    y = centre[:, 1:] + half[:, 1:] * np.linspace(-1, 1, rows)
    x_idx = np.clip(np.rint(x), 0, width - 1).astype(np.intp)
    y_idx = np.clip(np.rint(y), 0, height - 1).astype(np.intp)
    pixels = np.ascontiguousarray(image[y_idx[:, :, None], x_idx[:, None, :]].reshape(n, rows * columns, 3))
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)
    lab = np.sort(lab, axis=1)
    picked = lab[:, _PICKS]
    return np.asarray(picked.transpose(0, 2, 1).reshape(n, KIT_SIZE) / _SPREAD, np.float64)


def kit_distances(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return (n, m) distances between (n, KIT_SIZE) and (m, KIT_SIZE) descriptions."""
    return np.asarray(np.abs(a[:, None] - b[None]).mean(2))
