"""Three seconds in the paint: attackers who stay in it while their team has the ball in front of that basket."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from courtside.events.ball import BallTrack
from courtside.events.bodies import FIVE, of_each_team
from courtside.events.possession import Hold, beside
from courtside.events.scene import Bools, Floats, Ints, Scene
from courtside.events.touches import Play, Shot

LIMIT_S = 3.0
_SURE_S = 0.2  # when somebody steps in and out is a little off: of stays of 3.05 to 3.2 s told in 32 simulated games 2 were clear ones, 8 none
_PLACE_M = 0.2  # how well people are placed: who is no deeper inside than that for half the time may be outside
_STEPS_OUT_M = 0.2  # whose middle is less far outside has a foot on the line, or is placed wrongly
_PASS_S = 1.5
# longer gaps between holds of one team were touches that nobody saw, 23 of 28 in six simulated games: the ball was away from the team for 0.7 s on end at most;
# where a shot was missed, or the ball ran loose, for 1.2 s and more. In 32 games 1.4 s told three stays more than 1.0 s, and one false one more
_GAP_S, _AWAY_S = 4.0, 1.4
_REACH_M, _HIGH_M = 0.8, 2.1  # beside the middle of somebody's box, and above its lower edge: farther off, he has not got the ball
_RUNS_M_S = 4.0  # into the paint; sprinters are faster, those who stay in it are slower
_ACT_S = 0.5
_BEYOND_M = 0.15  # the lines
_ABOUT_S, _SIX_S = 2.0, 0.3  # of 218 stays told rightly none, of 8 of misread defenders 7 had six of the team in view for so long so near to them
_LOST_S, _WALKS_M, _WALKS_M_S = 1.8, 0.6, 1.0  # who is hidden for so long and then seen so near, in the paint, has stayed


def tell_three_seconds(scene: Scene, ball: BallTrack, scale: Floats, held: Sequence[Hold], shots: Sequence[Shot], has: Ints, side: Floats) -> list[Play]:
    """Return every stay of an attacker of more than three seconds.

    It counts from when his team has the ball in its front court, passes between its players included, and ends when he is out, the ball is loose, lost or out
    of the front court, or somebody goes up for a shot (NBA rule 10, VII; FIBA article 26).

    Args:
        scene: the clip.
        ball: its ball.
        scale: of ``body_scale``.
        held: the holds.
        shots: the shots.
        has: (n,) which team has the ball, of ``control``.
        side: (n,) which basket team 0 attacks, of ``attack_side``.
    """
    court, people, out = scene.court, scene.people, []
    if court is None:
        return []
    attacked = np.where(has == 0, 1, -1) * np.sign(side) * (np.abs(side) > 0.5)
    away = _away(scene, ball, scale, has)
    counts = (has >= 0) & (attacked != 0) & _in_front(scene, held, attacked) & _controlled(scene, held, has, away) & ~_shooting(scene, shots)
    line, half = court.half_length_m - court.free_throw_m, court.paint_width_m / 2
    x, y = people.feet_m[:, 0] * attacked[people.frame], np.abs(people.feet_m[:, 1])
    within = np.minimum(np.minimum(x - line, court.half_length_m - x), half - y)  # metres inside the paint, below 0 outside
    attacker = (people.team[people.track] == has[people.frame]) & counts[people.frame] & np.isfinite(within)
    n_seen, parts = of_each_team(scene), []
    order = np.argsort(people.track, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(people.track[order])) + 1):
        parts += _stays(scene, rows[attacker[rows]], within, counts)
    for rows in _joined(scene, parts, counts):
        start, end = int(people.frame[rows[0]]), int(people.frame[rows[-1]])
        start = _came_in(scene, rows[0], within, counts)
        seconds, team = float(scene.time_s[end] - scene.time_s[start]), int(people.team[people.track[rows[0]]])
        if _defends(scene, rows, team, n_seen):
            continue
        if seconds > LIMIT_S + _SURE_S and float(np.median(within[rows])) > _PLACE_M:
            deep = float(np.quantile(within[rows], 0.1))
            chance = float(np.clip(0.5 + 0.25 * (seconds - LIMIT_S) + 0.25 * deep / _PLACE_M, 0.3, 0.97))
            px, py = np.median(people.feet_m[rows], 0)
            track = int(people.track[rows[0]])
            facts = {"seconds": round(seconds, 3)}
            out.append(Play("three-seconds", start, end, track, team, (float(px), float(py)), chance, facts))
    return sorted(out, key=lambda play: play.start)


def _stays(scene: Scene, rows: Ints, within: Floats, counts: Bools) -> list[Ints]:
    """Return the rows of each stay of one person in the paint, from his first moment inside to his last.

    Args:
        scene: the clip.
        rows: his, where his time counts.
        within: (m,) how far inside the paint each row of people is.
        counts: (n,) in which frames time counts.
    """
    found: list[list[int]] = []
    outside = True
    for row in rows.tolist():
        frame = int(scene.people.frame[row])
        last = int(scene.people.frame[found[-1][-1]]) if found else -1
        if within[row] < -_STEPS_OUT_M or (found and not _goes_on(scene, last, frame, counts)):
            outside = True
        if within[row] > 0:
            if outside:
                found.append([])
            found[-1].append(row)
            outside = False
    return [np.array(stay, np.int64) for stay in found]


def _defends(scene: Scene, rows: Ints, team: int, n_seen: Ints) -> bool:
    """Tell whether who stayed in the paint is likelier one of the other team, which was misread: six of his are seen at once, and never five of theirs.

    Any of the six may be the wrong one, but only those who defend may stay.

    Args:
        scene: the clip.
        rows: his, of one stay.
        team: the one that he is said to be of.
        n_seen: (2, n) of ``of_each_team``.
    """
    people, about = scene.people, scene.frames(_ABOUT_S)
    first, last = int(people.frame[rows[0]]), int(people.frame[rows[-1]])
    there = people.frame[people.track == people.track[rows[0]]]
    there = there[(there >= first - about) & (there <= last + about)]
    there = there[scene.shot[there] == scene.shot[first]]
    return bool((n_seen[team, there] > FIVE).sum() >= scene.frames(_SIX_S) and (n_seen[1 - team, there] < FIVE).all())


def _came_in(scene: Scene, row: int, within: Floats, counts: Bools) -> int:
    """Return the frame in which somebody entered at the latest: who is first seen deep in the paint has been in it for as long as the way takes."""
    people, frame = scene.people, int(scene.people.frame[row])
    before = (people.track == people.track[row]) & (people.frame < frame) & (people.frame >= frame - scene.frames(_LOST_S))
    if before.any():
        return frame
    start = max(0, frame - scene.frames(max(float(within[row]) - _PLACE_M, 0.0) / _RUNS_M_S))
    stopped = np.flatnonzero(~counts[start:frame] | scene.cut[start + 1 : frame + 1])
    return start + int(stopped[-1]) + 1 if len(stopped) else start


def _goes_on(scene: Scene, frame: int, later: int, counts: Bools) -> bool:
    """Tell whether the count that runs in one frame still runs in a later one."""
    return bool(counts[frame : later + 1].all() and not scene.cut[frame + 1 : later + 1].any() and scene.time_s[later] - scene.time_s[frame] <= _LOST_S)


def _joined(scene: Scene, parts: list[Ints], counts: Bools) -> list[Ints]:
    """Join stays of one team that follow each other where somebody was hidden in the paint and is seen again near by."""
    people = scene.people
    joined: list[Ints] = []
    for part in sorted(parts, key=lambda rows: int(people.frame[rows[0]])):
        start = int(people.frame[part[0]])
        for i, before in enumerate(joined):
            end = int(people.frame[before[-1]])
            if people.team[people.track[before[-1]]] != people.team[people.track[part[0]]] or end >= start or not _goes_on(scene, end, start, counts):
                continue
            lost_s = float(scene.time_s[start] - scene.time_s[end])
            if float(np.hypot(*(people.feet_m[part[0]] - people.feet_m[before[-1]]))) < _WALKS_M + _WALKS_M_S * lost_s and _is_lost(scene, before[-1], part[0]):
                joined[i] = np.concatenate([before, part])
                break
        else:
            joined.append(part)
    return joined


def _is_lost(scene: Scene, row: int, later: int) -> bool:
    """Tell whether a track ends soon after one row and another begins soon before a later one, so that neither is seen to be somewhere else."""
    people = scene.people
    theirs, next_ones = people.frame[people.track == people.track[row]], people.frame[people.track == people.track[later]]
    between = scene.frames(0.2)
    if people.track[row] == people.track[later]:
        return not ((theirs > people.frame[row] + between) & (theirs < people.frame[later] - between)).any()
    return bool(theirs[-1] <= people.frame[row] + between and next_ones[0] >= people.frame[later] - between)


def _in_front(scene: Scene, held: Sequence[Hold], attacked: Floats) -> Bools:
    """Return (n,) whether the ball is in the front court, which is where who has it, or had it last, stands."""
    people, x = scene.people, np.full(scene.n_frames, np.nan)
    for hold in held:
        start, end = np.searchsorted(people.frame, (hold.start, hold.end + 1))
        rows = np.arange(start, end)[people.track[start:end] == hold.track]
        x[people.frame[rows]] = people.feet_m[rows, 0]
    known = np.flatnonzero(np.isfinite(x))
    if not len(known):
        return np.zeros(scene.n_frames, bool)
    last = known[np.maximum(np.searchsorted(known, np.arange(scene.n_frames), side="right") - 1, 0)]
    return np.asarray(x[last] * attacked > 0)


def _controlled(scene: Scene, held: Sequence[Hold], has: Ints, away: Bools) -> Bools:
    """Return (n,) whether the team that has the ball has it in hands, or on the way from hands to hands: a ball that is ``away`` (n,) for longer is loose."""
    out, team = np.zeros(scene.n_frames, bool), scene.people.team
    mine = [hold for hold in held if has[hold.start] >= 0 and team[hold.track] in (has[hold.start], -1)]
    beyond = _beyond_the_lines(scene, mine)
    for hold in mine:
        out[hold.start : hold.end + 1] = ~beyond[hold.start : hold.end + 1]
    for before, after in itertools.pairwise(mine):
        if beyond[before.end]:
            continue  # a throw-in: the ball is in play from when somebody on the court touches it
        gap_s = scene.time_s[after.start] - scene.time_s[min(before.end, after.start)]
        near = before.end + np.flatnonzero(~away[before.end : after.start])
        away_s = np.diff(scene.time_s[[before.end, *near, after.start]]).max()
        if gap_s <= _PASS_S or (gap_s <= _GAP_S and away_s <= _AWAY_S and has[before.start] == has[after.start]):
            out[before.end : after.start] = True
    return out


def _beyond_the_lines(scene: Scene, held: Sequence[Hold]) -> Bools:
    """Return (n,) where who has the ball stands outside of the court."""
    people, court, out = scene.people, scene.court, np.zeros(scene.n_frames, bool)
    assert court is not None
    outside = np.any(np.abs(people.feet_m) > np.array([court.half_length_m, court.half_width_m]) + _BEYOND_M, axis=1)
    for hold in held:
        start, end = np.searchsorted(people.frame, (hold.start, hold.end + 1))
        rows = np.arange(start, end)[people.track[start:end] == hold.track]
        out[people.frame[rows]] = outside[rows]
    return out


def _away(scene: Scene, ball: BallTrack, scale: Floats, has: Ints) -> Bools:
    """Return (n,) where the ball is seen, and nobody of the team that has it is near enough to hold it."""
    people, away = scene.people, ball.known.copy()
    across, above = beside(scene, ball, scale)
    near = (np.abs(across) < _REACH_M) & (above > 0) & (above < _HIGH_M) & (people.team[people.track] == has[people.frame])
    away[people.frame[near]] = False
    return away


def _shooting(scene: Scene, shots: Sequence[Shot]) -> Bools:
    """Return (n,) where a shot is being taken, from when the shooter goes up, or flies."""
    out, act = np.zeros(scene.n_frames, bool), scene.frames(_ACT_S)
    for shot in shots:
        out[max(0, shot.flight.release - act) : shot.flight.last + 1] = True
    return out
