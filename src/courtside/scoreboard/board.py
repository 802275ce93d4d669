"""What the graphic said when: the glances of a clip, each cell read as what it is, misreadings thrown out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.scoreboard.glance import Glance
from courtside.scoreboard.parse import clock_without_colon_s, period, score, shot_clock_s
from courtside.scoreboard.timeline import Cost, believed, clock_cost, majority, period_cost, score_cost, shot_clock_cost

Floats = npt.NDArray[np.float64]

_BRIDGE_S = 3.0  # seconds between two readings over which a clock is filled in
_ALONE_S = 0.6  # from a reading that has none on the other side
_RUNS_SURE = 0.75  # least confidence (0-1) that a reading of a clock counts with
_STANDS_SURE = 0.9  # least confidence for what stands for minutes: a misreading of it repeats itself, and no filter over time throws that out
_SHORT_RUN_S = 2.0  # seconds of running game clock in which a shot clock must have moved
_MOVES_WITH = 0.3  # changes of a shot clock in a second of running game clock, at least: it stands while the ball is in the air and where it is switched off


@dataclass(frozen=True)
class Board:
    """For n looks, in order of time: NaN is what was not read.

    Args:
        frame, time_s: (n,) of each look.
        there: (n,) whether the graphic was there.
        clock_s, shot_clock_s, period: (n,) as shown; periods count from 1, overtimes from 5.
        scores: (n, 2) of both teams, in the order of ``names``.
        confidence: (n,) 0-1, the least of what was read then; 0 where nothing was.
        names: what the graphic calls the teams, None where it says nothing legible.
    """

    frame: npt.NDArray[np.int64]
    time_s: Floats
    there: npt.NDArray[np.bool_]
    clock_s: Floats
    shot_clock_s: Floats
    period: Floats
    scores: Floats
    confidence: Floats
    names: tuple[str | None, str | None]

    def clock_at(self, time_s: float) -> float | None:
        """Return the game clock at a moment, filled in between readings at most 3 s apart; None where it is not known."""
        before, after = self._around(self.clock_s, time_s)
        if before is not None and after is not None:
            (t0, t1), (c0, c1) = self.time_s[[before, after]], self.clock_s[[before, after]]
            if before == after:
                return float(c0)
            if t1 - t0 <= _BRIDGE_S and c1 <= c0:
                return float(c0 + (c1 - c0) * (time_s - t0) / (t1 - t0))
        away = {abs(float(self.time_s[row]) - time_s): row for row in (before, after) if row is not None}
        return float(self.clock_s[away[min(away)]]) if away and min(away) <= _ALONE_S else None

    def period_at(self, time_s: float) -> int | None:
        """Return the period at a moment: what was read before and after it, if that is the same."""
        rows = [row for row in self._around(self.period, time_s) if row is not None]
        periods = {int(self.period[row]) for row in rows}
        return periods.pop() if len(periods) == 1 else None

    def _around(self, values: Floats, time_s: float) -> tuple[int | None, int | None]:
        rows = np.flatnonzero(np.isfinite(values))
        i = int(np.searchsorted(self.time_s[rows], time_s))
        if i < len(rows) and self.time_s[rows[i]] == time_s:
            return int(rows[i]), int(rows[i])
        return int(rows[i - 1]) if i else None, int(rows[i]) if i < len(rows) else None


def read_board(glances: Sequence[Glance], time_s: Floats) -> Board:
    """Return what the graphic said.

    Args:
        glances: of a clip, in order.
        time_s: (frames,) when each frame of the clip was.
    """
    frame = np.array([glance.frame for glance in glances], np.int64)
    times = time_s[frame].astype(float) if len(frame) else np.zeros(0)
    sure = np.ones(len(glances))

    def column(role: str, parse: Callable[[str], float | None], cost: Cost, least: float) -> Floats:
        read = [glance.texts.get(role, ("", 0.0)) for glance in glances]
        values = np.array([np.nan if (value := parse(text)) is None else value for text, _ in read], float)
        confidence = np.array([confidence for _, confidence in read], float)
        right = believed(times, values, confidence, cost, least)
        np.minimum(sure, np.where(right, confidence, 1.0), out=sure)
        return np.where(right, values, np.nan)

    clock = column("clock", clock_without_colon_s, clock_cost, _RUNS_SURE)
    shot_clock = column("shot_clock", shot_clock_s, shot_clock_cost, _RUNS_SURE)
    if not _counts_down(clock, shot_clock):
        shot_clock[:] = np.nan
    periods = column("period", period, period_cost, _STANDS_SURE)
    scores = np.stack([column(f"score_{team}", score, score_cost, _STANDS_SURE) for team in range(2)], 1)
    nothing = np.isnan(clock) & np.isnan(shot_clock) & np.isnan(periods) & np.isnan(scores).all(1)
    return Board(
        frame,
        times,
        np.array([bool(glance.texts) for glance in glances], bool),
        clock,
        shot_clock,
        periods,
        scores,
        np.where(nothing, 0.0, sure),
        (_name(glances, "name_0"), _name(glances, "name_1")),
    )


def _counts_down(clock: Floats, shot_clock: Floats) -> bool:
    """Whether what stands beside the game clock runs as it does: fouls and time-outs left are small numbers too."""
    rows = np.flatnonzero(np.isfinite(clock) & np.isfinite(shot_clock))
    fall, n_changes = -np.diff(clock[rows]), np.count_nonzero(np.diff(shot_clock[rows]))
    ran_s = float(fall[(fall > 0) & (fall <= _SHORT_RUN_S)].sum())
    return ran_s < _SHORT_RUN_S or bool(n_changes >= _MOVES_WITH * ran_s)


def _name(glances: Sequence[Glance], role: str) -> str | None:
    texts = [glance.texts[role][0] for glance in glances if role in glance.texts]
    name: str | None = majority([text for text in texts if text])
    return name
