"""What a shot clock would show: how long a team has had the ball, of the time its league gives it. The clock itself is not read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from courtside.events.possession import Hold
from courtside.events.scene import Bools, Floats, Ints, Scene
from courtside.events.touches import Shot, is_real, spells

# NBA rule 7, WNBA rule 7, FIBA article 29, NCAA men's rule 2-11; US high schools mostly have none. What NCAA women have after a rebound of
# their own is not known here, so it is not told.
_LIMIT_S = {"nba": 24.0, "wnba": 24.0, "fiba": 24.0, "ncaa-men": 30.0, "ncaa-women": 30.0}
_AGAIN_S = {"nba": 14.0, "wnba": 14.0, "fiba": 14.0, "ncaa-men": 20.0}
_THROW_IN_S = 15.0  # after a basket the other team has the ball again this soon
_OVERDUE_S = 1.0
_AT_LINE_M, _STANDS_S = 0.0, 0.2


@dataclass(frozen=True)
class ShotClock:
    """One for each of n frames.

    ``elapsed_s`` since the clock was seen to start, or the ball first seen to be had, NaN where nobody has it; ``limit_s`` what it started from, NaN where
    that is not known; ``exact`` whether it was seen to start. Where not, limit less elapsed is the most that it can show.
    """

    elapsed_s: Floats
    limit_s: Floats
    exact: Bools

    def start(self, time_s: Floats, frame: int, limit_s: float, seen: bool) -> None:
        """Let it start in ``frame`` from ``limit_s``; what was after that is forgotten."""
        self.elapsed_s[frame:] = time_s[frame:] - time_s[frame]
        self.limit_s[frame:], self.exact[frame:] = limit_s, seen

    def shows(self, frame: int) -> tuple[float | None, bool]:
        """Return what it shows in a frame, None where not known, and whether that is exact or the most that it can be."""
        left_s = float(self.limit_s[frame] - self.elapsed_s[frame])
        if not left_s > -_OVERDUE_S:  # NaN too: what was overdue by more was misread
            return None, False
        return round(max(left_s, 0.0), 1), bool(self.exact[frame])


def tell_shot_clock(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot], has: Ints) -> ShotClock:
    """Return the shot clock of a clip.

    It starts when a team gets the ball on the court from the other (after a basket: from its throw-in), and anew with a rebound of its own. A dead ball in
    between may set it to something else, so after one only the most that it can show is known.

    Args:
        scene: the clip.
        held: the holds, in order.
        shots: the shots.
        has: (n,) which team has the ball, of ``control``.
    """
    n, team, time_s = scene.n_frames, scene.people.team, scene.time_s
    league = scene.court.league if scene.court is not None else ""
    whole_s, again_s = _LIMIT_S.get(league, np.nan), _AGAIN_S.get(league, np.nan)
    clock = ShotClock(np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, bool))
    last: Hold | None = None
    thrown_in = False
    blinks = {hold for _, spell in spells(scene, held, shots) if not is_real(scene, spell, shots) for hold in spell}
    for hold in held:
        if scene.people.referee[hold.track] or team[hold.track] < 0:
            last = None
            continue
        if _throws_in(scene, hold):
            thrown_in = True  # the clock waits for who catches it
            continue
        if hold in blinks and last is not None and team[hold.track] != team[last.track]:
            continue
        since = last.end if last is not None else max(0, hold.start - scene.frames(_THROW_IN_S))
        scored = [shot.flight.arrival for shot in shots if shot.outcome == "made" and since - scene.frames(0.2) <= shot.flight.arrival <= hold.start]
        if last is None or (has[last.end : hold.start] < 0).any() or scene.cut[last.end + 1 : hold.start + 1].any():
            seen = bool(scored) and not scene.cut[scored[-1] + 1 : hold.start + 1].any() and time_s[hold.start] - time_s[scored[-1]] < _THROW_IN_S
            clock.start(time_s, hold.start, whole_s, seen)
        elif team[hold.track] != team[last.track]:
            off = [shot.flight.last for shot in shots if last.start <= shot.flight.release <= hold.start and not thrown_in]
            clock.start(time_s, (off[-1] + hold.start) // 2 if off else hold.start, whole_s, True)  # a rebound is seen late in the crowd
        elif (shot := [shot for shot in shots if last.start <= shot.flight.release <= hold.start]) and shot[-1].flight.arrival <= hold.start:
            clock.start(time_s, hold.start, again_s, shot[-1].outcome == "missed")
        elif thrown_in:
            clock.start(time_s, hold.start, whole_s, False)
        last, thrown_in = hold, False
    nobody = has < 0
    clock.elapsed_s[nobody], clock.limit_s[nobody], clock.exact[nobody] = np.nan, np.nan, False
    return clock


def _throws_in(scene: Scene, hold: Hold) -> bool:
    """Tell whether who has the ball is, or steps, behind a line with it."""
    people, court = scene.people, scene.court
    if court is None:
        return False
    first, last = np.searchsorted(people.frame, (hold.start, hold.end + 1))
    feet = people.feet_m[first:last][people.track[first:last] == hold.track]
    beyond = np.maximum(np.abs(feet[:, 0]) - court.half_length_m, np.abs(feet[:, 1]) - court.half_width_m)
    return bool((beyond > _AT_LINE_M).sum() >= scene.frames(_STANDS_S))
