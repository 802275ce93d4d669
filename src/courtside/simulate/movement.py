"""Bodies on the floor: they run for a target within what legs can do, keep out of each other's way, turn, step and jump. All actors at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from courtside.simulate.scene import Action, Floats

_TOP_SPEED = 7.6  # m/s; the 99 % quantile of the SportVU sample is 5.8
_ANSWER_S = 0.3  # time in which a body comes to the velocity it wants, as far as its acceleration allows
_BODY_M = 0.5  # two middles never come nearer than this
_TURN = 7.0  # rad/s
_SWAY_S = 1.7  # how long a body drifts one way


class Bodies:
    """P bodies as columns. Set ``target``, ``pace`` (m/s), ``face`` (a floor point to turn the chest to; NaN: where one runs) and call ``step``."""

    def __init__(self, n: int, crowding: float) -> None:
        self.xy: Floats = np.zeros((n, 2))
        self.velocity: Floats = np.zeros((n, 2))
        self.heading: Floats = np.zeros(n)
        self.stride: Floats = np.zeros(n)
        self.jump_m: Floats = np.zeros(n)
        self.target: Floats = np.zeros((n, 2))
        self.pace: Floats = np.full(n, 2.0)
        self.push: Floats = np.full(n, 4.0)  # the acceleration a body allows itself, m/s²
        self.face: Floats = np.full((n, 2), np.nan)
        self.solid: npt.NDArray[np.bool_] = np.zeros(n, bool)
        self.action: npt.NDArray[np.int64] = np.full(n, Action.MOVE, np.int64)
        self._began: Floats = np.zeros(n)
        self._lasts: Floats = np.zeros(n)
        self._leap: Floats = np.zeros((n, 3))  # height in m, take-off and landing as shares of the action
        self._sway: Floats = np.zeros((n, 2))
        self._room = 1.0 - 0.4 * crowding
        self._rows, self._others = np.triu_indices(n, 1)

    def act(self, row: int, action: Action, seconds: float, now: float, jump_m: float = 0.0, leap: tuple[float, float] = (0.3, 0.95)) -> None:
        """Begin an action that lasts ``seconds``; its jump starts and lands at the shares ``leap`` of it."""
        self.action[row], self._began[row], self._lasts[row] = action, now, seconds
        self._leap[row] = (jump_m, *leap)

    def busy(self, now: float) -> npt.NDArray[np.bool_]:
        """Return (P,): who is in the middle of an action that was begun with ``act``."""
        return np.asarray(now < self._began + self._lasts)

    def phases(self, now: float) -> Floats:
        """Return (P,) 0-1: how far each one's action has come."""
        return np.clip((now - self._began) / np.maximum(self._lasts, 1e-9), 0.0, 1.0)

    def shift_clock(self, seconds: float) -> None:
        """Move the beginnings of all actions by ``seconds``."""
        self._began += seconds

    def step(self, dt: float, now: float, random: np.random.Generator, unrest: float) -> None:
        """Move everybody on by ``dt`` seconds; ``unrest`` (m/s) is how much a standing body shifts."""
        self._sway += -self._sway * (dt / _SWAY_S) + random.normal(0.0, unrest * np.sqrt(2 * dt / _SWAY_S), self._sway.shape)
        way = self.target - self.xy
        far = np.sqrt((way**2).sum(1))
        brake = np.minimum(far / 0.5, np.sqrt(1.4 * self.push * far))  # so fast that one can still stop there
        want = way * (np.minimum(self.pace, brake) / np.maximum(far, 1e-6))[:, None]
        want = np.where(self.solid[:, None], want + self._sway + self._keep_apart(), want)
        speed = np.sqrt((want**2).sum(1))
        want *= np.minimum(1.0, _TOP_SPEED / np.maximum(speed, 1e-6))[:, None]
        pull = (want - self.velocity) / _ANSWER_S
        size = np.sqrt((pull**2).sum(1))
        pull *= np.minimum(1.0, self.push / np.maximum(size, 1e-6))[:, None]
        grounded = self.jump_m <= 0
        self.velocity += pull * (dt * grounded)[:, None]
        self.xy += self.velocity * dt
        self._part()
        self._turn(dt)
        pace = np.sqrt((self.velocity**2).sum(1))
        self.stride = (self.stride + 2 * np.pi * dt * grounded * pace / (0.9 + 0.32 * pace)) % (2 * np.pi)
        share = self.phases(now)
        height, start, end = self._leap.T
        part = (share - start) / np.maximum(end - start, 1e-9)
        self.jump_m = np.where((part > 0) & (part < 1) & self.busy(now), 4 * height * part * (1 - part), 0.0)

    def _pairs(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats, Floats]:
        """Return rows, other rows, unit vectors from the others to the rows, and distances, of all solid pairs nearer than the room they like."""
        away = self.xy[self._rows] - self.xy[self._others]
        gap = np.sqrt((away**2).sum(1))
        near = np.flatnonzero((gap < self._room) & self.solid[self._rows] & self.solid[self._others])
        gap = gap[near]
        return self._rows[near], self._others[near], away[near] / np.maximum(gap, 1e-6)[:, None], gap

    def _keep_apart(self) -> Floats:
        rows, others, away, gap = self._pairs()
        drift = np.zeros_like(self.xy)
        if len(rows):
            shove = away * (2.2 * (1 - gap / self._room))[:, None]
            np.add.at(drift, rows, shove)
            np.add.at(drift, others, -shove)
        return drift

    def _part(self) -> None:
        """Push bodies that have run into each other apart, and take the speed of the collision out of them."""
        rows, others, away, gap = self._pairs()
        close = gap < _BODY_M
        if not close.any():
            return
        rows, others, away, gap = rows[close], others[close], away[close], gap[close]
        shift = away * (0.25 * (_BODY_M - gap))[:, None]
        np.add.at(self.xy, rows, shift)
        np.add.at(self.xy, others, -shift)
        into = np.minimum(((self.velocity[rows] - self.velocity[others]) * away).sum(1), 0.0)
        np.add.at(self.velocity, rows, -0.3 * into[:, None] * away)
        np.add.at(self.velocity, others, 0.3 * into[:, None] * away)

    def _turn(self, dt: float) -> None:
        to = np.where(np.isnan(self.face), self.velocity, self.face - self.xy)
        still = (to**2).sum(1) < 0.09
        want = np.where(still, self.heading, np.arctan2(to[:, 1], to[:, 0]))
        turn = (want - self.heading + np.pi) % (2 * np.pi) - np.pi
        self.heading = (self.heading + np.clip(turn * 8 * dt, -_TURN * dt, _TURN * dt) + np.pi) % (2 * np.pi) - np.pi
