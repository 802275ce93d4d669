"""A camera on its stand: where it is, where it looks, how its lens bends. Court metres to pixels and back.

The court frame is left-handed seen so (x right, y towards the camera's sideline, z up), which is why the axes are written out and no rotation library is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lens:
    """Radial distortion about (``cx``, ``cy``) in pixels. The default bends nothing.

    With a = (u - cx) / sx, b = (v - cy) / sy and r2 = a² + b², a point moves away from the centre by the factor 1 + k1 r2 + k2 r2².
    """

    cx: float = 0.0
    cy: float = 0.0
    sx: float = 1.0
    sy: float = 1.0
    k1: float = 0.0
    k2: float = 0.0

    def bend(self, points: Floats) -> Floats:
        """Return where pinhole pixels (n, 2) come to lie in the picture."""
        if not (self.k1 or self.k2):
            return points
        centre = np.array([self.cx, self.cy])
        r2 = (((points - centre) / (self.sx, self.sy)) ** 2).sum(-1, keepdims=True)
        return np.asarray(centre + (points - centre) * (1 + self.k1 * r2 + self.k2 * r2**2))

    def unbend(self, points: Floats) -> Floats:
        """Return the pinhole pixels (n, 2) of points of the picture: ``bend`` undone, by Newton's method on the radius."""
        if not (self.k1 or self.k2) or not len(points):
            return points
        centre, scale = np.array([self.cx, self.cy]), np.array([self.sx, self.sy])
        offset = (points - centre) / scale
        bent = np.sqrt((offset**2).sum(-1, keepdims=True))
        radius = bent.copy()
        for _ in range(8):
            value = radius * (1 + self.k1 * radius**2 + self.k2 * radius**4) - bent
            slope = 1 + 3 * self.k1 * radius**2 + 5 * self.k2 * radius**4
            radius -= value / np.where(np.abs(slope) < 1e-6, 1.0, slope)
        return np.asarray(centre + (points - centre) * np.where(bent > 1e-12, radius / np.maximum(bent, 1e-12), 1.0))


@dataclass(frozen=True)
class Camera:
    """A pinhole with a lens.

    ``position_m`` (x, y, z) in the court frame; ``pan`` 0 looks along -y (from the near side across the court), positive to the right; ``tilt`` is positive
    downwards, ``roll`` turns the camera about its axis; all in radians. ``focal_px`` is the focal length, ``size_px`` (width, height), whose middle is the
    principal point.
    """

    position_m: tuple[float, float, float]
    pan: float
    tilt: float
    focal_px: float
    size_px: tuple[int, int]
    roll: float = 0.0
    lens: Lens = field(default_factory=Lens)

    def axes(self) -> Floats:
        """Return (3, 3): the directions right, down and forward of the picture, as rows, in the court frame."""
        sin_pan, cos_pan = math.sin(self.pan), math.cos(self.pan)
        sin_tilt, cos_tilt = math.sin(self.tilt), math.cos(self.tilt)
        forward = np.array([sin_pan * cos_tilt, -cos_pan * cos_tilt, -sin_tilt])
        right = np.array([cos_pan, sin_pan, 0.0])
        down = np.array([-sin_pan * sin_tilt, cos_pan * sin_tilt, -cos_tilt])
        sin_roll, cos_roll = math.sin(self.roll), math.cos(self.roll)
        return np.stack([cos_roll * right - sin_roll * down, sin_roll * right + cos_roll * down, forward])

    def matrix(self) -> Floats:
        """Return the (3, 4) projection: court (x, y, z, 1) to homogeneous pinhole pixels, whose last coordinate is the depth in metres."""
        width, height = self.size_px
        intrinsic = np.array([[self.focal_px, 0, width / 2], [0, self.focal_px, height / 2], [0, 0, 1]])
        axes = self.axes()
        return np.asarray(intrinsic @ np.concatenate([axes, -axes @ np.array(self.position_m)[:, None]], 1))

    def court_to_pinhole(self) -> Floats:
        """Return the (3, 3) homography from the floor, (x, y, 1) in metres, to homogeneous pinhole pixels; positive last coordinates lie in front."""
        return self.matrix()[:, [0, 1, 3]]

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Return pixels (n, 2) and depths (n,) in metres of court points (n, 3); pixels of points at a depth of 0 or less mean nothing."""
        homogeneous = np.concatenate([points, np.ones((len(points), 1))], 1) @ self.matrix().T
        depth = homogeneous[:, 2]
        return self.lens.bend(homogeneous[:, :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth)[:, None]), depth

    def to_floor(self, pixels: Floats) -> Floats:
        """Return the floor points (n, 2) in metres under ``pixels`` (n, 2) of the picture."""
        return floor_under(self.court_to_pinhole(), self.lens, pixels)


def floor_under(court_to_pinhole: Floats, lens: Lens, pixels: Floats) -> Floats:
    """Return the floor points (n, 2) in metres under ``pixels`` (n, 2) of a picture whose homography and lens are known."""
    flat = lens.unbend(pixels)
    homogeneous = np.concatenate([flat, np.ones((len(flat), 1))], 1) @ np.linalg.inv(court_to_pinhole).T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:])
