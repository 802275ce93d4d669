"""Three seconds in the paint, by the book, with what a fair witness could not tell set apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from courtside.court import Court
from courtside.simulate.scene import Floats
from courtside.simulate.world import Air, World
from courtside.truth.labels import Event, PeopleLabels

LIMIT_S = 3.0
DOUBT_S = 0.3
"""Stays so much shorter or longer than the limit are doubtful: a referee allows for who is about to leave, and counts in his head."""

DOUBT_M = 0.2
"""So are stays that are one only if a foot this far from the line is in or out: feet are placed to 0.19 m in the median (docs/lab-log.md)."""

_BEHIND_M = 1.22  # 4 feet of floor behind the baseline belong to the lane (NBA rule 10, VII a), not so for FIBA


@dataclass
class Stay:
    """One attacker's: ``seconds`` the longest in the paint without a break, from ``start_s`` to ``end_s``; ``clear`` if that is too long beyond doubt."""

    row: int
    start_s: float
    end_s: float
    seconds: float
    clear: bool


class _Count:
    """How long somebody has been inside three areas without a break: the paint with a margin, the paint, and the paint less a margin.

    In the last of them a pass counts only once it is caught: one that is lost was nobody's for the second that it flew, as those see it who know the end.
    """

    def __init__(self, now_s: float) -> None:
        self.began_s = now_s
        self.since_s: float | None = None
        self.deep_since_s: float | None = None
        self.longest = (now_s, now_s)
        self.deep_s = 0.0

    def add(self, now_s: float, depth_m: float, in_hands: bool) -> None:
        self.since_s = None if depth_m < 0 else now_s if self.since_s is None else self.since_s
        self.deep_since_s = None if depth_m < DOUBT_M else now_s if self.deep_since_s is None else self.deep_since_s
        if self.since_s is not None and now_s - self.since_s > self.longest[1] - self.longest[0]:
            self.longest = self.since_s, now_s
        if self.deep_since_s is not None and in_hands:
            self.deep_s = max(self.deep_s, now_s - self.deep_since_s)


class Paint:
    """Ask ``watch`` at every thought, and ``finish`` at the end.

    NBA rule 10, VII (FIBA article 26): an attacker may not be in the lane for more than three seconds on end while his team controls the ball in its front
    court. Control lasts while the ball is passed, and ends with a shot; it does not begin before a throw-in is caught. An act of shooting that begins within
    the three seconds is allowed for. His middle stands for his feet.
    """

    def __init__(self) -> None:
        self._counts: dict[int, _Count] = {}

    def watch(self, world: World, live: bool) -> Iterator[Stay]:
        """Yield the stays that end now and are too long or may be; ``live``: no throw-in is under way."""
        now_s, runs = world.time_s, live and _controlled_in_front(world)
        for row in [*world.offence, *(row for row in self._counts if row not in world.offence)]:
            depth_m = inside_paint(world.court, world.side, world.bodies.xy[row])
            if runs and row in world.offence and depth_m > -DOUBT_M:
                self._counts.setdefault(row, _Count(now_s)).add(now_s, depth_m, world.holder is not None)
            elif row in self._counts:
                yield from self._ended(row, now_s)

    def finish(self, now_s: float) -> Iterator[Stay]:
        """Yield the stays under way that are too long or may be, as if they ended now."""
        for row in list(self._counts):
            yield from self._ended(row, now_s)

    def _ended(self, row: int, now_s: float) -> Iterator[Stay]:
        count = self._counts.pop(row)
        clear = count.deep_s > LIMIT_S + DOUBT_S
        if now_s - count.began_s > LIMIT_S - DOUBT_S:
            start_s, end_s = count.longest if clear else (count.began_s, now_s)
            yield Stay(row, start_s, end_s, count.longest[1] - count.longest[0], clear)


def as_shown(events: Sequence[Event], people: PeopleLabels, rate: Fraction) -> tuple[Event, ...]:
    """Return the events with those stays called doubtful that are too long beyond doubt, but of which the picture does not show enough to tell."""
    return tuple(
        replace(event, facts={**event.facts, "clear": False})
        if event.kind == "three-seconds" and event.facts["clear"] and _shown_s(event, people, rate) <= LIMIT_S + DOUBT_S
        else event
        for event in events
    )


def _shown_s(event: Event, people: PeopleLabels, rate: Fraction) -> float:
    """Return the time from the first frame of an event in which its player is in the picture to the last."""
    seconds = people.frame[people.who == event.who] / float(rate)
    seconds = seconds[(seconds >= event.start_s) & (seconds <= event.end_s)]
    return float(np.ptp(seconds)) if len(seconds) else 0.0


def _controlled_in_front(world: World) -> bool:
    if world.shooting is not None:
        return False
    passed = world.thrown is not None and world.thrown.why is Air.PASS
    row = world.holder if world.holder is not None else world.thrown.by if world.thrown is not None and passed else None
    return row is not None and row in world.offence and bool(world.side * world.bodies.xy[row][0] > 0)


def inside_paint(court: Court, side: int, xy: Floats) -> float:
    """Return how many metres a place (2,) lies inside the paint before the basket of ``side``, below 0 outside."""
    x, y = side * float(xy[0]), abs(float(xy[1]))
    return min(x - (court.half_length_m - court.free_throw_m), court.half_length_m + _BEHIND_M - x, court.paint_width_m / 2 - y)
