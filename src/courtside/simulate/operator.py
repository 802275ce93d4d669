"""The people behind the cameras: where the stands are, and how a head on a tripod follows what it should show, late and not quite steadily."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from courtside.court import Camera, Court, Lens
from courtside.simulate.scene import Floats, Moment

_TILT_ROOM_M = 2.6  # the picture's middle lies this far beyond the play, so that heads, rim and clocks are in it


@dataclass(frozen=True)
class Stand:
    """Where a camera stands (metres), how it leans (radians) and what glass it has (``k1``, ``k2`` with radii in half picture heights)."""

    position_m: tuple[float, float, float]
    roll: float = 0.0
    k1: float = 0.0
    k2: float = 0.0

    def look(self, aim: Floats, width_m: float, size_px: tuple[int, int]) -> Camera:
        """Return the camera that has ``aim`` (3,) in its middle and ``width_m`` metres across the picture there."""
        away = aim - np.array(self.position_m)
        floor = float(np.hypot(away[0], away[1]))
        width, height = size_px
        lens = Lens(width / 2, height / 2, height / 2, height / 2, self.k1, self.k2)
        focal = width * float(np.sqrt((away**2).sum())) / width_m
        return Camera(self.position_m, math.atan2(away[0], -away[1]), math.atan2(-away[2], floor), focal, size_px, self.roll, lens)


def main_stand(random: np.random.Generator) -> Stand:
    """Return a main camera's place.

    Measured on six arenas: 27 to 38 m from the long axis, within 1.6 m of the half-way line, 0.27 to 0.38 times as high as far, k1 0.005 to 0.015 at half
    the picture's height.
    """
    far = float(random.uniform(27, 37))
    place = (float(random.uniform(-1.6, 1.6)), far, far * float(random.uniform(0.27, 0.37)))
    return Stand(place, math.radians(float(random.normal(0, 0.3))), float(random.uniform(0.004, 0.014)), float(random.uniform(0.0, 0.0014)))


def floor_stand(random: np.random.Generator, court: Court, side: int, main: Stand) -> Stand:
    """Return a camera near the floor with the main one's glass: beside the basket on ``side`` (-1 left, 1 right), or at the near sideline."""
    if random.uniform() < 0.6:
        across = float(random.uniform(4.5, 7.0)) * (1 if random.uniform() < 0.5 else -1)
        return Stand((side * (court.half_length_m + 2.2), across, float(random.uniform(1.1, 2.4))), 0.0, main.k1, main.k2)
    return Stand((side * float(random.uniform(3.0, 11.0)), court.half_width_m + 2.5, float(random.uniform(1.2, 2.2))), 0.0, main.k1, main.k2)


@dataclass
class Operator:
    """Keeps an aim (x, y, z) and a width after what is wanted, like a damped spring: ``quick`` (1/s) its stiffness, ``damping`` 1 for none, less for overshoot.

    ``shake`` is the unsteadiness in metres at the aim.
    """

    stand: Stand
    size_px: tuple[int, int]
    quick: float = 2.2
    damping: float = 0.95
    shake: float = 0.05
    state: Floats = field(default_factory=lambda: np.zeros(4))
    speed: Floats = field(default_factory=lambda: np.zeros(4))
    _wobble: Floats = field(default_factory=lambda: np.zeros(4))

    def settle(self, want: Floats) -> None:
        """Be there already."""
        self.state, self.speed = want.copy(), np.zeros(4)

    def follow(self, want: Floats, dt: float, random: np.random.Generator) -> None:
        """Move on by ``dt`` seconds towards ``want`` (4,): aim and width in metres."""
        steps = max(1, math.ceil(dt * 60))
        step = dt / steps
        for _ in range(steps):
            self._wobble += -self._wobble * (step / 0.6) + random.normal(0.0, self.shake * math.sqrt(2 * step / 0.6), 4) * (1, 0.7, 0.3, 0.6)
            self.speed += (self.quick**2 * (want + self._wobble - self.state) - 2 * self.damping * self.quick * self.speed) * step
            self.state = self.state + self.speed * step

    def cameras(self, exposure_s: float) -> tuple[Camera, Camera]:
        """Return the camera when the shutter opens and when it closes."""
        end = self.state + self.speed * exposure_s
        return (
            self.stand.look(self.state[:3], max(float(self.state[3]), 0.5), self.size_px),
            self.stand.look(end[:3], max(float(end[3]), 0.5), self.size_px),
        )


def show_game(moment: Moment, court: Court, width_m: float) -> Floats:
    """Return what a main camera wants to show: ball and players, wider the more they spread, with the picture's middle somewhat beyond them."""
    players = moment.on_floor & (np.arange(len(moment.on_floor)) < len(moment.on_floor) - 3)
    middle = moment.xy[players].mean(0)
    spread = float(np.abs(moment.xy[players, 0] - middle[0]).mean())
    x = 0.6 * moment.ball[0] + 0.4 * middle[0]
    limit = court.half_length_m - 2.6
    y = 0.25 * moment.ball[1] + 0.15 * middle[1] - _TILT_ROOM_M
    return np.array([float(np.clip(x, -limit, limit)), float(np.clip(y, -5.0, 0.5)), 0.0, width_m + float(np.clip(0.8 * (spread - 3.0), -1.0, 3.0))])


def show_person(moment: Moment, row: int, width_m: float) -> Floats:
    """Return what a close-up of one person wants to show."""
    return np.array([*moment.xy[row], 1.25 + 0.7 * float(moment.jump_m[row]), width_m])


def show_ball(moment: Moment, width_m: float) -> Floats:
    """Return what a replay wants to show: the ball and who is around it."""
    near = moment.on_floor & (np.hypot(*(moment.xy - moment.ball[:2]).T) < 3.0)
    middle = moment.xy[near].mean(0) if near.any() else moment.ball[:2]
    aim = 0.5 * moment.ball[:2] + 0.5 * middle
    return np.array([*aim, 0.6 + 0.35 * float(moment.ball[2]), width_m])
