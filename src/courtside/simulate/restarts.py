"""How the ball comes back into play: after a basket from behind the baseline, after a whistle from the side, with players changed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from courtside.simulate.cast import N_PLAYERS
from courtside.simulate.plays import Wish
from courtside.simulate.scene import Floats
from courtside.simulate.world import Phase, World

_NEAR_M = 0.7


def seat(world: World, row: int) -> Floats:
    """Return where a player sits on the bench: beyond the far sideline, each team on its side of the centre."""
    team, place = divmod(row, N_PLAYERS)
    side = -1 if team == 0 else 1
    return np.array([side * (5.0 + 0.8 * place), -world.court.half_width_m - 1.9])


@dataclass
class Restart:
    """One restart: ``thrower`` inbounds at ``place``, ``receiver`` comes to the ball.

    After a whistle a referee (``official``) fetches the ball and hands it over. ``swaps`` are the changes still to be made, (row out, row in).
    """

    thrower: int
    receiver: int
    place: Floats
    official: int | None = None
    handed: bool = False
    ready_s: float = 0.0
    swaps: list[tuple[int, int]] = field(default_factory=list)

    @property
    def catcher(self) -> int:
        """Who alone may pick the ball up now."""
        return self.thrower if self.official is None or self.handed else self.official

    def think(self, world: World) -> Wish:
        """Set the targets of those who take part; return what the one with the ball wants."""
        bodies = world.bodies
        self._change(world)
        catcher = self.catcher
        if world.holder is None and (world.thrown is None or world.thrown.to is None):
            bodies.target[catcher], bodies.pace[catcher] = world.ball[:2], 4.5 if self.official is None else 2.4
        elif world.holder == self.official and self.official is not None:
            inside = self.place * np.where(np.abs(self.place) > (world.court.half_length_m, world.court.half_width_m), 0.86, 1.0)
            bodies.target[self.official], bodies.pace[self.official] = inside, 2.4
            bodies.face[self.official] = bodies.xy[self.thrower]
            bodies.target[self.thrower], bodies.pace[self.thrower] = self.place, 2.4
            here = max(float(np.hypot(*(bodies.xy[r] - p))) for r, p in ((self.official, inside), (self.thrower, self.place)))
            if here < _NEAR_M and world.time_s > self.ready_s and not self.swaps:
                self.handed = True
                return Wish("pass", self.thrower)
        elif world.holder == self.thrower:
            self.handed = True
            bodies.target[self.thrower], bodies.pace[self.thrower] = self.place, 3.6
            bodies.face[self.thrower] = bodies.xy[self.receiver]
            inward = -np.sign(self.place) * (np.abs(self.place) > (world.court.half_length_m, world.court.half_width_m))
            meet = self.place + inward * 4.2 + (0.0, 0.0 if inward[1] else -0.6 * np.sign(self.place[1]))
            bodies.target[self.receiver], bodies.pace[self.receiver] = meet, 3.6
            bodies.face[self.receiver] = bodies.xy[self.thrower]
            there = float(np.hypot(*(bodies.xy[self.thrower] - self.place))) < _NEAR_M
            if not there:
                self.ready_s = max(self.ready_s, world.time_s + 0.2)
            elif world.time_s > self.ready_s and float(np.hypot(*(bodies.xy[self.receiver] - self.place))) < 6.5:
                return Wish("pass", self.receiver)
        return Wish()

    def _change(self, world: World) -> None:
        bodies, line = world.bodies, -world.court.half_width_m
        for i, (out, into) in enumerate(list(self.swaps)):
            door = np.array([(-1.2 if world.team(out) == 0 else 1.2) * (1 + 0.8 * i), line])
            bodies.target[into], bodies.pace[into], bodies.face[into] = door - (0.0, 0.9), 2.2, world.ball[:2]
            bodies.target[out], bodies.pace[out], bodies.face[out] = door, 3.0, np.nan
            waiting = float(np.hypot(*(bodies.xy[into] - bodies.target[into]))) < _NEAR_M
            if waiting and float(np.hypot(*(bodies.xy[out] - door))) < _NEAR_M:
                five = world.five[out // N_PLAYERS]
                five[five.index(out)] = into
                bodies.solid[out], bodies.solid[into] = False, True
                bodies.target[out], bodies.pace[out] = seat(world, into), 1.4
                self.swaps.remove((out, into))


def after_basket(world: World) -> Restart:
    """The team that now has the ball takes it out behind the baseline it defends: one of its big men throws, the guard receives."""
    big = min(world.offence[2:], key=lambda row: float(np.hypot(*(world.bodies.xy[row] + world.hoop))))
    side = 1.0 if world.bodies.xy[big][1] >= 0 else -1.0
    place = np.array([-world.side * (world.court.half_length_m + 0.6), side * float(world.random.uniform(1.8, 3.6))])
    return Restart(big, world.offence[0], place, ready_s=world.time_s + 0.5)


def after_whistle(world: World, n_swaps: int) -> Restart:
    """The attacking team gets the ball at the nearest side; ``n_swaps`` players of each team are changed meanwhile."""
    random, court = world.random, world.court
    x = float(np.clip(world.ball[0], -court.half_length_m + 1.5, court.half_length_m - 1.5))
    near = 1.0 if world.ball[1] >= 0 or n_swaps else -1.0  # the far side belongs to those who come and go
    place = np.array([x, near * (court.half_width_m + 0.5)])
    swaps: list[tuple[int, int]] = []
    thrower = int(random.integers(1, 4))
    for team in (0, 1):
        bench = [r for r in range(team * N_PLAYERS, (team + 1) * N_PLAYERS) if r not in world.five[team]]
        slots = random.permutation([i for i in range(1, 5) if i != thrower])[:n_swaps]
        swaps += [(world.five[team][int(slot)], int(row)) for slot, row in zip(slots, random.permutation(bench), strict=False)]
    official = min(world.referees, key=lambda row: float(np.hypot(*(world.bodies.xy[row] - place))))
    return Restart(world.offence[thrower], world.offence[0], place, official, ready_s=world.time_s + float(random.uniform(2.5, 4.5)), swaps=swaps)


def settle(world: World) -> None:
    """While the ball is dead everybody else walks to where the game will go on."""
    if world.phase is Phase.DEAD:
        rows = world.offence + world.defence
        world.bodies.pace[rows] = np.minimum(world.bodies.pace[rows], 1.5)
