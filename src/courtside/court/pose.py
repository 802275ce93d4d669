"""From a homography to the camera that gives it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from courtside.court.camera import Camera

Floats = npt.NDArray[np.float64]


def camera_of(homography: Floats, size_px: tuple[int, int]) -> Camera | None:
    """Return the camera without a lens whose ``court_to_pinhole`` is nearest to ``homography``, or None where no camera above the floor gives such a map.

    With the principal point in the middle of the picture the two columns of the rotation must be at right angles and of one length, which gives the focal
    length (Hartley & Zisserman, "Multiple View Geometry", 2nd ed., 8.8); the rest follows.

    Args:
        homography: (3, 3), floor metres (x, y, 1) to pixels; of either sign.
        size_px: (width, height) of the picture.
    """
    width, height = size_px
    centred = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]]) @ homography
    (a1, a2), (b1, b2), (c1, c2) = centred[:, :2]
    across, length = np.array([a1 * a2 + b1 * b2, a1 * a1 + b1 * b1 - a2 * a2 - b2 * b2]), np.array([c1 * c2, c1 * c1 - c2 * c2])
    norm = float(across @ across)
    inverse = -float(across @ length) / norm if norm > 0 else 0.0
    if not inverse > 0:
        return None
    focal = 1 / math.sqrt(inverse)
    unscaled = np.diag([1 / focal, 1 / focal, 1]) @ centred
    unscaled /= math.sqrt(float(np.linalg.norm(unscaled[:, 0]) * np.linalg.norm(unscaled[:, 1])))
    for sign in (1.0, -1.0):
        first, second, offset = (sign * unscaled).T
        # the court frame is left-handed: x right, y towards the camera, z up
        rotation = np.stack([first, second, -np.cross(first, second)], 1)
        left, _, right = np.linalg.svd(rotation)
        rotation = left @ right
        position = -rotation.T @ offset
        if position[2] > 0:  # the other sign puts the camera below the floor
            forward, sideways = rotation[2], rotation[0]
            tilt, pan = -math.asin(float(np.clip(forward[2], -1, 1))), math.atan2(forward[0], -forward[1])
            level = Camera((0, 0, 0), pan, tilt, 1, size_px).axes()
            roll = math.atan2(-float(sideways @ level[1]), float(sideways @ level[0]))
            return Camera((float(position[0]), float(position[1]), float(position[2])), pan, tilt, focal, size_px, roll)
    return None
