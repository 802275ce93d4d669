"""A ball in the air: gravity, floor, both rims, both boards and their nets. No drag, no spin."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from courtside.court.dimensions import BALL_RADIUS_M, FOOT_M, RIM_HEIGHT_M, RIM_RADIUS_M, Court

GRAVITY = 9.81
_FLOOR_BOUNCE = 0.77  # FIBA: dropped from 1.8 m it must rise to 1.2-1.4 m (measured to its top and bottom), the root of which is 0.75 to 0.82
_RIM_BOUNCE, _BOARD_BOUNCE = 0.55, 0.7
_RING_M = RIM_RADIUS_M + 0.009  # to the middle of the ring's 18 mm bar
_TOUCH_M = BALL_RADIUS_M + 0.009
_NET_M = 0.45
_BOARD_HALF_M, _BOARD_LOW_M, _BOARD_HIGH_M = 3 * FOOT_M, 9 * FOOT_M + 0.15, 13 * FOOT_M
_WALL_M = 3.0  # beyond the lines seats and boards stop a ball


@dataclass
class Flight:
    """A free ball: its centre in metres, its velocity in m/s, and what it has met since it was let go.

    ``made`` is the side (-1 left, 1 right) of the basket it fell through, 0 while it has not; ``rim`` whether a ring or board was touched; ``bounces`` counts
    the floor's.
    """

    x: float
    y: float
    z: float
    vx: float
    vy: float
    vz: float
    rim: bool = False
    made: int = 0
    bounces: int = 0

    def advance(self, seconds: float, court: Court) -> None:
        """Move on by ``seconds``; near a basket in steps so short that no ball slips through a ring."""
        near = self.z > RIM_HEIGHT_M - 1.2 and abs(abs(self.x) - court.rim_x_m) < 2.0 and abs(self.y) < 2.0
        steps = max(1, math.ceil(seconds * 360)) if near else 1
        for _ in range(steps):
            self._step(seconds / steps, court, near)

    def _step(self, dt: float, court: Court, near: bool) -> None:
        above = self.z
        self.x += self.vx * dt
        self.y += self.vy * dt
        self.z += self.vz * dt - 0.5 * GRAVITY * dt * dt
        self.vz -= GRAVITY * dt
        if near:
            self._meet_basket(dt, above, court)
        if self.z < BALL_RADIUS_M:
            self.z = BALL_RADIUS_M
            if self.vz < -0.6:
                self.vz, self.bounces = -self.vz * _FLOOR_BOUNCE, self.bounces + 1
                self.vx, self.vy = 0.86 * self.vx, 0.86 * self.vy
            else:  # it rolls
                slow = math.exp(-0.5 * dt)
                self.vx, self.vy, self.vz = slow * self.vx, slow * self.vy, 0.0
        if abs(self.x) > court.half_length_m + _WALL_M and self.x * self.vx > 0:
            self.vx *= -0.3
        if abs(self.y) > court.half_width_m + _WALL_M and self.y * self.vy > 0:
            self.vy *= -0.3

    def _meet_basket(self, dt: float, above: float, court: Court) -> None:
        side = 1 if self.x > 0 else -1
        dx, dy, dz = self.x - side * court.rim_x_m, self.y, self.z - RIM_HEIGHT_M
        off = math.hypot(dx, dy)
        if off < RIM_RADIUS_M:
            if above >= RIM_HEIGHT_M > self.z and self.vz < 0 and not self.made:
                self.made = side
            if self.made and -_NET_M < dz < 0:  # the net gathers the ball and lets it drop
                hold = math.exp(-30 * dt)
                self.vx, self.vy = hold * self.vx, hold * self.vy
                self.vz += (-2.6 - self.vz) * min(1.0, 14 * dt)
        out_x, out_y = (dx / off, dy / off) if off > 1e-9 else (1.0, 0.0)
        ring = off - _RING_M
        gap = math.hypot(ring, dz)
        if 1e-9 < gap < _TOUCH_M:
            self._bounce(ring / gap * out_x, ring / gap * out_y, dz / gap, _TOUCH_M - gap, _RIM_BOUNCE)
        face = side * (court.half_length_m - court.backboard_m)
        depth = BALL_RADIUS_M - side * (face - self.x)
        if 0 < depth < 2 * BALL_RADIUS_M and abs(self.y) < _BOARD_HALF_M and _BOARD_LOW_M < self.z < _BOARD_HIGH_M:
            front = side * self.vx > 0 or depth < BALL_RADIUS_M
            self._bounce(-side if front else side, 0.0, 0.0, depth if front else 0.0, _BOARD_BOUNCE)

    def _bounce(self, nx: float, ny: float, nz: float, push: float, restitution: float) -> None:
        self.x, self.y, self.z = self.x + push * nx, self.y + push * ny, self.z + push * nz
        into = self.vx * nx + self.vy * ny + self.vz * nz
        if into < 0:
            self.rim = True
            kick = -(1 + restitution) * into
            self.vx, self.vy, self.vz = self.vx + kick * nx, self.vy + kick * ny, self.vz + kick * nz

    def foresee(self, step_s: float, court: Court, below_m: float, limit_s: float = 4.0) -> tuple[float, Flight]:
        """Return (seconds, flight then) when this ball will next fall below ``below_m``, at the latest after ``limit_s``, in steps of ``step_s``."""
        ball, seconds = replace(self), 0.0
        while seconds < limit_s and not (ball.vz < 0 and ball.z < below_m):
            ball.advance(step_s, court)
            seconds += step_s
        return seconds, ball


Point = tuple[float, float, float]


def throw(start: Point, end: Point, seconds: float) -> Flight:
    """Return the flight that leads from ``start`` to ``end`` in ``seconds``."""
    vx, vy, vz = ((b - a) / seconds for a, b in zip(start, end, strict=True))
    return Flight(*start, vx, vy, vz + 0.5 * GRAVITY * seconds)


def bounce_throw(start: Point, end: Point, seconds: float) -> Flight:
    """Return a flight from ``start`` towards ``end`` that hits the floor once on the way, at about 60 % of it."""
    share = 0.6
    floor = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]), BALL_RADIUS_M)
    return throw(start, floor, share * seconds)


def lob(start: Point, end: Point, angle: float) -> Flight:
    """Return the flight that leaves ``start`` at ``angle`` (radians above the floor) and passes ``end`` falling; a flatter angle than possible is raised."""
    distance, rise = max(0.05, math.hypot(end[0] - start[0], end[1] - start[1])), end[2] - start[2]
    angle = max(angle, math.atan2(rise, distance) + 0.12)
    root = 2 * math.cos(angle) ** 2 * (distance * math.tan(angle) - rise)
    speed = math.sqrt(GRAVITY * distance**2 / max(root, 1e-6))
    return throw(start, end, distance / (speed * math.cos(angle)))
