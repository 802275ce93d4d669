"""The ball: a shaded sphere with seams, drawn out along its way while the shutter is open."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import Camera
from courtside.court.dimensions import BALL_RADIUS_M
from courtside.simulate.scene import Floats
from courtside.types import Image

Box = tuple[float, float, float, float]

_FINE = 4
_SOLID = 60


def draw_ball(image: Image, ids: npt.NDArray[np.uint8], number: int, camera: Camera, start: Floats, end: Floats, spin: float) -> tuple[Box, int] | None:
    """Draw the ball on its way from ``start`` to ``end`` (3,), turned by ``spin`` radians; mark its pixels with ``number`` in ``ids``.

    Returns its box and how many pixels it covers; None when it is outside the picture or behind the camera.
    """
    first, depth = camera.project(start[None])
    last, _ = camera.project(end[None])
    if depth[0] < 0.5:
        return None
    radius = BALL_RADIUS_M * camera.focal_px / float(depth[0])
    a, b = first[0], last[0]
    margin = radius + 2
    height, width = image.shape[:2]
    low, high = np.minimum(a, b) - margin, np.maximum(a, b) + margin
    x0, y0 = np.maximum(np.floor(low), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high), (width, height)).astype(int)
    if x0 >= x1 or y0 >= y1:
        return None
    fine = _FINE if radius < 40 else 1
    sphere = _sphere(max(3, round(2 * radius * fine)), spin)
    total = np.zeros(((y1 - y0) * fine, (x1 - x0) * fine, 4), np.float32)
    steps = int(np.clip(np.hypot(*(b - a)) / max(radius * 0.25, 0.7), 0, 24)) + 1
    for share in np.linspace(0, 1, steps) if steps > 1 else (0.0,):
        corner = np.round((a + share * (b - a) - (x0, y0)) * fine - sphere.shape[0] / 2).astype(int)
        lower, upper = np.maximum(corner, 0), np.minimum(corner + sphere.shape[0], (total.shape[1], total.shape[0]))
        if (lower < upper).all():
            total[lower[1] : upper[1], lower[0] : upper[0]] += sphere[lower[1] - corner[1] : upper[1] - corner[1], lower[0] - corner[0] : upper[0] - corner[0]]
    total /= steps
    tile = cv2.resize(total, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_AREA)
    part = image[y0:y1, x0:x1]
    part[:] = np.clip(part * (1 - tile[..., 3:]) + tile[..., :3], 0, 255)
    solid = tile[..., 3] * 255 > _SOLID
    if not solid.any():
        return None
    ids[y0:y1, x0:x1][solid] = number
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    return (float(x0 + columns[0]), float(y0 + rows[0]), float(x0 + columns[-1] + 1), float(y0 + rows[-1] + 1)), int(solid.sum())


def _sphere(size: int, spin: float) -> npt.NDArray[np.float32]:
    """Return (size, size, 4): premultiplied BGR 0-255 and coverage 0-1."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    x, y = (2 * x + 1) / size - 1, (2 * y + 1) / size - 1
    r2 = x * x + y * y
    z = np.sqrt(np.clip(1 - r2, 0, 1))
    light = 0.42 + 0.62 * np.clip(-0.35 * x - 0.62 * y + 0.70 * z, 0, 1)
    sin, cos = np.sin(spin), np.cos(spin)
    u, w = cos * x + sin * z, -sin * x + cos * z
    v = 0.8 * y + 0.6 * w
    seam = np.minimum(np.abs(u), np.minimum(np.abs(v), np.abs(np.abs(u) - 0.55 - 0.25 * v * v))) < 0.035
    color = np.where(seam[..., None], np.array([46, 54, 86], np.float32), np.array([62, 90, 156], np.float32)) * light[..., None]
    cover = (r2 <= 1).astype(np.float32)[..., None]
    return np.concatenate([color * cover, cover], 2).astype(np.float32)
