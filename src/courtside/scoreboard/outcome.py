"""What the score says of a shot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

_LAG_S = 6.0  # a graphic shows a basket within this of it: an operator types it in
_SURE_S = 3.0  # the readings that say "unchanged" go on at least so long after the ball came down
_LEAST = 3  # of them, after that
_EARLY_S = 0.3  # by how much a reading may be early: the end of a shot is not told to the frame

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the score says: ``points`` is how many went up with it where that is one basket's worth (2 or 3), 0 for a miss, else None."""

    outcome: Literal["made", "missed"]
    points: int | None


def outcome_by_score(time_s: Floats, scores: Floats, start_s: float, end_s: float, next_s: float | None) -> Shown | None:
    """Return what a team's score says of one of its shots, None where it says nothing.

    Args:
        time_s: (n,) of the readings.
        scores: (n,) of the shooter's team, NaN where not read.
        start_s: when the shot was released.
        end_s: when its outcome was seen.
        next_s: when the same team's next shot was released, None if there was none.
    """
    known = np.isfinite(scores)
    times, points = time_s[known], scores[known]
    before = times <= max(start_s, end_s - _EARLY_S)
    until_s = end_s + _LAG_S if next_s is None else min(end_s + _LAG_S, next_s + _EARLY_S)
    after = ~before & (times <= until_s)
    if not before.any() or not after.any() or start_s - times[before][-1] > _LAG_S:
        return None
    rise = points[after] - points[before][-1]
    up = np.flatnonzero(rise > 0)
    if len(up):
        first = int(rise[up[0]])
        if first == 1:  # a free throw: it says nothing of this shot
            return None
        return Shown("made", first if first in (2, 3) else None)
    well_after = times[after] >= end_s + _SURE_S
    return Shown("missed", 0) if well_after.sum() >= _LEAST and times[after][-1] >= until_s - 1.0 else None
