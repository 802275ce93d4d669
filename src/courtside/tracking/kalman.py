"""Where a person will be: one constant-velocity Kalman filter per track, written out for the two coordinates that share it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_JITTER = 0.05
"""Standard deviation of a detected box's centre, in heights of the person: limbs come and go."""
_ACCELERATION = 3.0
"""Standard deviation of a player's acceleration, in heights/s²; 6 m/s² is a hard cut."""
_FIRST_SPEED = 1.5
"""Standard deviation of the unknown speed at birth, in heights/s."""
_COAST_S = 0.4
"""A person out of sight keeps going straight for about this long."""
_SIZE_PACE_S = 0.15
"""How fast the believed size follows the boxes, in seconds."""


@dataclass(slots=True)
class PersonState:
    """Centre (x, y) in pixels of the current frame, velocity in pixels/s without the camera's share, size (w, h) in pixels.

    ``var`` is the 2x2 covariance of (position, velocity), the same for both coordinates: pp, pv, vv.
    """

    centre: npt.NDArray[np.float64]
    size: npt.NDArray[np.float64]
    velocity: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    var: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @classmethod
    def of_box(cls, xyxy: npt.NDArray[np.floating]) -> PersonState:
        """Start from one (4,) box, at rest."""
        box = np.asarray(xyxy, np.float64)
        size = np.maximum(box[2:] - box[:2], 1.0)
        height = float(size[1])
        return cls((box[:2] + box[2:]) / 2, size, var=((_JITTER * height) ** 2, 0.0, (_FIRST_SPEED * height) ** 2))

    def move(self, camera: npt.NDArray[np.float64], dt_s: float, coasting: bool) -> None:
        """Go ``dt_s`` seconds on, into a frame that ``camera`` (3, 3) maps the last one to."""
        linear = camera[:2, :2]
        zoom = math.sqrt(abs(float(linear[0, 0] * linear[1, 1] - linear[0, 1] * linear[1, 0])))
        self.centre = linear @ self.centre + camera[:2, 2]
        self.velocity = linear @ self.velocity
        self.size = self.size * zoom
        pp, pv, vv = (value * zoom * zoom for value in self.var)
        keep = math.exp(-dt_s / _COAST_S) if coasting else 1.0
        self.centre = self.centre + self.velocity * dt_s
        self.velocity = self.velocity * keep
        spread = (_ACCELERATION * float(self.size[1])) ** 2
        self.var = (
            pp + 2 * dt_s * pv + dt_s * dt_s * vv + spread * dt_s**4 / 4,
            (pv + dt_s * vv) * keep + spread * dt_s**3 / 2,
            vv * keep * keep + spread * dt_s * dt_s,
        )

    def see(self, xyxy: npt.NDArray[np.floating], dt_s: float, doubt: float = 1.0) -> None:
        """Take in a (4,) box seen ``dt_s`` after the last; ``doubt`` scales its jitter (a half hidden person's box is off)."""
        box = np.asarray(xyxy, np.float64)
        size = np.maximum(box[2:] - box[:2], 1.0)
        pp, pv, vv = self.var
        noise = (doubt * _JITTER * float(size[1])) ** 2
        gain_p, gain_v = pp / (pp + noise), pv / (pp + noise)
        innovation = (box[:2] + box[2:]) / 2 - self.centre
        self.centre = self.centre + gain_p * innovation
        self.velocity = self.velocity + gain_v * innovation
        self.var = ((1 - gain_p) * pp, (1 - gain_p) * pv, vv - gain_v * pv)
        share = 1 - math.exp(-dt_s / (_SIZE_PACE_S * doubt))
        self.size = self.size + share * (size - self.size)

    @property
    def spread_px(self) -> float:
        """Standard deviation of where the next box's centre should be, in pixels."""
        return math.sqrt(self.var[0] + (_JITTER * float(self.size[1])) ** 2)

    @property
    def xyxy(self) -> npt.NDArray[np.float64]:
        """The (4,) box believed in."""
        return np.concatenate([self.centre - self.size / 2, self.centre + self.size / 2])
