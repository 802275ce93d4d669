"""Which readings of one cell are right: the likeliest way through all of them (a dynamic programme over chains of readings).

A chain is worth the sum of its readings' confidences less what its steps cost. A step costs nothing where the game allows it, and as much as several readings
where it hardly does; a reading that does not fit is left out, which costs its own worth. So one misreading, or three, never beat the readings around them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Cost = Callable[[Floats, float, Floats], Floats]
"""(k,) values before, the value now, and the (k,) seconds between: to (k,) costs, in readings."""

JUMP = 3.0
"""A step costing as much or more is a jump: on both sides of it there must be readings enough."""
_BACK = 40  # readings that a step may leave out at most
_LEAST = 3  # readings between two jumps below which they are not believed
_DISPLAY_S = 1.05  # a clock that shows whole seconds is up to one off


def believed(time_s: Floats, values: Floats, confidence: Floats, cost: Cost, least: float) -> npt.NDArray[np.bool_]:
    """Return (n,) which readings are right.

    Args:
        time_s: (n,) when, rising.
        values: (n,) what was read, NaN where nothing.
        confidence: (n,) 0-1.
        cost: of a step.
        least: confidence below which a reading is none.
    """
    right = np.zeros(len(values), bool)
    rows = np.flatnonzero(np.isfinite(values) & (confidence >= least))
    if not len(rows):
        return right
    times, read, worth = time_s[rows], values[rows], confidence[rows]
    total, before, step = worth.copy(), np.full(len(rows), -1), np.zeros(len(rows))
    for i in range(1, len(rows)):
        start = max(0, i - _BACK)
        costs = cost(read[start:i], float(read[i]), times[i] - times[start:i])
        gains = total[start:i] - costs
        k = len(gains) - 1 - int(gains[::-1].argmax())  # of equals the latest
        if gains[k] > 0:
            total[i], before[i], step[i] = worth[i] + gains[k], start + k, costs[k]
    part: list[int] = []
    i = int(total.argmax())
    while i >= 0:
        part.append(i)
        if before[i] < 0 or step[i] >= JUMP:
            if len(part) >= _LEAST:
                right[rows[part]] = True
            part = []
        i = int(before[i])
    return right


def clock_cost(before: Floats, now: float, dt: Floats) -> Floats:
    """A game clock runs down at one second a second or stands; a new period begins high after the last has run out; a clip may leave time out."""
    fall = before - now
    jump = np.where(fall > 0, 5.0, np.where((before <= 60) & (now >= 200), JUMP, 12.0))
    return np.where((fall >= -0.01) & (fall <= dt + _DISPLAY_S), 0.0, jump)


def shot_clock_cost(before: Floats, now: float, dt: Floats) -> Floats:
    """A shot clock runs down or stands, and may be set to what the rules give for a possession at any time."""
    fall = before - now
    running = (fall >= -0.01) & (fall <= dt + _DISPLAY_S)
    reset = np.any([(now <= full) & (now >= full - dt - _DISPLAY_S) for full in (24, 14, 30, 20)], axis=0)
    return np.where(running, 0.0, np.where(reset, 0.3, 4.0))


def score_cost(before: Floats, now: float, dt: Floats) -> Floats:
    """A score goes up by up to four at once, and by a point in a second and a half over a long time at the very most."""
    rise = now - before
    return np.where(rise == 0, 0.0, np.where((rise > 0) & (rise <= 4 + dt / 1.5), 0.3, 6.0))


def period_cost(before: Floats, now: float, dt: Floats) -> Floats:
    """Periods follow each other."""
    return np.where(now == before, 0.0, np.where((now == before + 1) & (dt > 0), 1.0, 6.0))


def majority(texts: list[Any]) -> Any:
    """Return what is there most often, the first of equals; None if nothing is there."""
    return max(dict.fromkeys(texts), key=texts.count, default=None)
