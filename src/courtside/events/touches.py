"""From hands to plays: touches, passes, turnovers, rebounds, and which team has the ball."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from courtside.court import Court
from courtside.events.possession import Hold
from courtside.events.scene import Floats, Ints, Scene
from courtside.events.shots import Flight

_LONGEST_PASS_S = 2.5
_LOOSE_S = 4.0  # a ball that nobody has for longer was not won but given
_BETWEEN_S, _STRANGER_S = 6.0, 12.0  # two touches of one team with those of somebody of unknown team in between, and of the other team
_TOUCH_S = 0.12  # less is no touch
_SWITCH_S = 0.8  # the other team has it for at least so long, or it never had it
_FASTEST_PASS_M_S = 25.0
_WON_S = 2.0  # a guard beside the ball seems to have it for less
_WON_AFTER_SHOT_S, _SCRAMBLE_S = 3.0, 3.0
_REBOUND_S = 6.0
_WHISTLE_S, _FETCHED_BY = 6.0, 3  # a referee is among the next three to have the ball: after 61 of 70 misses that nobody rebounded, and 14 of 516 others
_OUT_M = 0.15
_PLACE_M, _RUNS_M_S = 1.0, 3.0


@dataclass(frozen=True)
class Play:
    """Something that was played, from frame ``start`` to ``end``, both included.

    ``track`` indexes the scene's tracks, None where it is not known who; ``team`` 0, 1 or -1; ``place_m`` where on the court, None where not known;
    ``probability`` (0-1) that it was played. ``facts`` as in docs/events.md; ``people`` maps the facts that name somebody to tracks.
    """

    kind: str
    start: int
    end: int
    track: int | None
    team: int
    place_m: tuple[float, float] | None
    probability: float
    facts: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Shot:
    """A flight with what came of it: ``made`` the chance (0-1) of a basket, None where the clip or the shot ends before it could be told."""

    flight: Flight
    made: float | None
    blocked_by: int | None = None

    @property
    def outcome(self) -> str:
        """Whether it is "made", "missed", "blocked" or "unknown"."""
        if self.blocked_by is not None:
            return "blocked"
        if self.made is None or 0.4 < self.made < 0.6:
            return "unknown"
        return "made" if self.made >= 0.5 else "missed"


def settled(scene: Scene, held: Sequence[Hold], found: Sequence[Flight]) -> list[Hold]:
    """Return the holds as the shots leave them: nobody has a ball that flies to the ring, and who shot it had it before."""
    people, kept = scene.people, list(held)
    for flight in found:
        out: list[Hold] = []
        for hold in kept:
            if hold.end < flight.release or hold.start > flight.last:
                out.append(hold)
                continue
            if hold.start < flight.release:
                wrong = flight.shooter is not None and people.team[hold.track] == 1 - people.team[flight.shooter]
                track = flight.shooter if wrong and flight.shooter is not None else hold.track
                out.append(replace(hold, track=track, end=flight.release))
            if hold.end - flight.last >= scene.frames(0.25):
                out.append(replace(hold, start=flight.last + 1))
        kept = _together(scene, out)
    return [hold for hold in kept if scene.time_s[hold.end] - scene.time_s[hold.start] >= _TOUCH_S]


def _together(scene: Scene, held: Sequence[Hold]) -> list[Hold]:
    out: list[Hold] = []
    for hold in held:
        if out and out[-1].track == hold.track and hold.start - out[-1].end <= scene.frames(0.3) and not scene.cut[out[-1].end + 1 : hold.start + 1].any():
            out[-1] = replace(out[-1], end=max(out[-1].end, hold.end))
        else:
            out.append(hold)
    return out


def without_blips(scene: Scene, held: Sequence[Hold]) -> list[Hold]:
    """Return the holds without those of the other team that are too short to be one, between two of the same team."""
    team, out = scene.people.team, list(held)
    i = 1
    while i + 1 < len(out):
        before, hold, after = out[i - 1 : i + 2]
        short = scene.time_s[hold.end] - scene.time_s[hold.start] < _SWITCH_S
        if short and team[before.track] == team[after.track] >= 0 and team[hold.track] != team[before.track] and after.start - before.end < scene.frames(1.5):
            out[i - 1 : i + 2] = _together(scene, [before, after]) if before.track == after.track else [before, after]
            i = max(1, i - 1)
        else:
            i += 1
    return out


def teams_of(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot]) -> list[int]:
    """Return the team of each hold, -1 where it is not known.

    Who has the ball between two of one team is of that team, if his own is not known; and so are those who have it for some seconds without bringing it out of
    that half of the court: one team's guard stands beside the ball, or somebody's kit was misread, far more often than a ball is won and lost again.
    """
    teams = [int(scene.people.team[hold.track]) for hold in held]
    runs: list[list[int]] = []
    for i, hold in enumerate(held):
        if runs and teams[runs[-1][-1]] == teams[i] and _is_one_play(scene, held[runs[-1][-1]], hold, shots):
            runs[-1].append(i)
        else:
            runs.append([i])
    for before, run, after in zip(runs, runs[1:], runs[2:], strict=False):
        first, last = held[before[-1]], held[after[0]]
        theirs = teams[before[-1]]
        if theirs < 0 or theirs != teams[after[0]] or not _is_one_play(scene, first, last, shots):
            continue
        if any(scene.people.referee[held[i].track] for i in run):
            continue
        between_s = float(scene.time_s[last.start] - scene.time_s[first.end])
        if teams[run[0]] < 0:
            is_theirs = between_s <= _BETWEEN_S
        else:
            is_theirs = between_s <= _STRANGER_S and _in_one_half(scene, [first, *(held[i] for i in run), last])
        for i in run if is_theirs else ():
            teams[i] = theirs
    return teams


def _is_one_play(scene: Scene, before: Hold, after: Hold, shots: Sequence[Shot]) -> bool:
    """Tell whether neither a shot nor a cut lies between two holds."""
    shot_between = any(before.end <= shot.flight.release <= after.start for shot in shots)
    return not shot_between and not scene.cut[before.end + 1 : after.start + 1].any()


def _in_one_half(scene: Scene, held: Sequence[Hold]) -> bool:
    """Tell whether the ball stays on one side of the middle line from the end of the first hold to the beginning of the last."""
    ends = [(held[0], held[0].end), *((hold, frame) for hold in held[1:-1] for frame in (hold.start, hold.end)), (held[-1], held[-1].start)]
    places = [feet_at(scene, hold.track, frame, scene.frames(0.2)) for hold, frame in ends]
    return len({place[0] > 0 for place in places if place is not None}) == 1


def control(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot]) -> Ints:
    """Return (n,) which team has the ball in each frame: from its first touch until the other's, a basket or a dead ball; -1 for neither or not known."""
    out = np.full(scene.n_frames, -1, np.int64)
    for i, (hold, team) in enumerate(zip(held, teams_of(scene, held, shots), strict=True)):
        if scene.people.referee[hold.track] or team < 0:
            continue
        stop = held[i + 1].start if i + 1 < len(held) else scene.n_frames
        stop = min([stop, *(shot.flight.arrival + 1 for shot in shots if hold.start <= shot.flight.release <= stop and shot.outcome == "made")])
        cuts = np.flatnonzero(scene.cut[hold.start + 1 : stop])
        stop = hold.start + 1 + int(cuts[0]) if len(cuts) else stop
        if stop - hold.end > scene.frames(_LOOSE_S):
            stop = hold.end + 1
        out[hold.start : stop] = team
    return out


def feet_at(scene: Scene, track: int, frame: int, around: int) -> tuple[float, float] | None:
    """Return where somebody stands, the median of the ``around`` frames up to ``frame``; None where it is not known."""
    people = scene.people
    start, end = np.searchsorted(people.frame, (frame - around, frame + 1))
    feet = people.feet_m[start:end][people.track[start:end] == track]
    feet = feet[np.isfinite(feet).all(1)]
    if not len(feet):
        return None
    x, y = np.median(feet, 0)
    return float(x), float(y)


def is_outside(scene: Scene, place: tuple[float, float] | None, by_m: float = _OUT_M) -> bool:
    """Tell whether a place is known to be beyond the lines."""
    if place is None or scene.court is None:
        return False
    return abs(place[0]) > scene.court.half_length_m + by_m or abs(place[1]) > scene.court.half_width_m + by_m


def tell_touches(scene: Scene, held: Sequence[Hold]) -> list[Play]:
    """Return a "possession" for each time a player has the ball."""
    people, out = scene.people, []
    for hold in held:
        if not people.referee[hold.track]:
            seconds = round(float(scene.time_s[hold.end] - scene.time_s[hold.start]), 3)
            place = feet_at(scene, hold.track, hold.start + scene.frames(0.1), scene.frames(0.2))
            out.append(Play("possession", hold.start, hold.end, hold.track, int(people.team[hold.track]), place, hold.chance, {"seconds": seconds}))
    return out


def tell_passes(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot]) -> list[Play]:
    """Return passes, turnovers and balls gone out of bounds: who has the ball, and who has it next without a shot in between."""
    people, out = scene.people, []
    players = [hold for hold in held if not people.referee[hold.track]]
    releases = np.array([shot.flight.release for shot in shots])
    for a, b in itertools.pairwise(players):
        shot_between = bool(((releases >= a.start) & (releases <= b.start)).any()) if len(releases) else False
        teams = int(people.team[a.track]), int(people.team[b.track])
        if shot_between or scene.cut[a.end + 1 : b.start + 1].any() or -1 in teams or a.track == b.track:
            continue
        if not _are_two(scene, a, b):
            continue  # he lost it, or the tracker lost him, and he has it again
        dead = any(a.end <= hold.start <= b.start and people.referee[hold.track] for hold in held)
        gap_s = float(scene.time_s[b.start] - scene.time_s[a.end])
        chance = min(a.chance, b.chance)
        start_m, end_m = (feet_at(scene, hold.track, frame, scene.frames(0.2)) for hold, frame in ((a, a.end), (b, b.start + scene.frames(0.2))))
        if teams[0] == teams[1] and not dead and gap_s <= _LONGEST_PASS_S:
            out.append(_pass(a, b, teams[0], gap_s, chance, start_m, end_m))
    return out + _turnovers(scene, held, shots)


def _are_two(scene: Scene, a: Hold, b: Hold) -> bool:
    """Tell whether two holds are proved to be of two people: other players by name, ever seen at once, or too far apart for one who walks."""
    people = scene.people
    if people.player is not None and people.player[a.track] != people.player[b.track] and min(people.player[[a.track, b.track]]) >= 0:
        return True
    theirs, others = (people.frame[people.track == hold.track] for hold in (a, b))
    if len(np.intersect1d(theirs, others)):
        return True
    start_m, end_m = feet_at(scene, a.track, a.end, scene.frames(0.2)), feet_at(scene, b.track, b.start + scene.frames(0.2), scene.frames(0.2))
    if start_m is None or end_m is None:
        return False
    walked_m = _PLACE_M + _RUNS_M_S * float(scene.time_s[b.start] - scene.time_s[a.end])
    return float(np.hypot(end_m[0] - start_m[0], end_m[1] - start_m[1])) > walked_m


def _turnovers(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot]) -> list[Play]:
    """Return the turnovers: one team has had the ball, and the other has it next. Whom the ball only seems to be with for a moment has not won or lost it."""
    out: list[Play] = []
    real = [(team, spell) for team, spell in spells(scene, held, shots) if is_real(scene, spell, shots)]
    releases = np.array([shot.flight.release for shot in shots])
    for (team, before), (other, after) in itertools.pairwise(real):
        a, b = before[-1], after[0]
        shot_between = bool(((releases >= a.start) & (releases <= b.start)).any()) if len(releases) else False
        if team == other or shot_between or scene.cut[a.end + 1 : b.start + 1].any():
            continue
        dead = any(a.end <= hold.start <= b.start and scene.people.referee[hold.track] for hold in held)
        gap_s, chance = float(scene.time_s[b.start] - scene.time_s[a.end]), min(a.chance, b.chance)
        taken_m = feet_at(scene, b.track, b.start + scene.frames(0.2), scene.frames(0.2))
        if dead or gap_s > _LOOSE_S or is_outside(scene, taken_m):
            if gap_s < 15 and is_outside(scene, feet_at(scene, b.track, b.end, b.end - b.start)):
                out += _out_of_bounds(scene, a, b, team, chance)
        else:
            place = feet_at(scene, a.track, a.end, scene.frames(0.2))
            out.append(Play("turnover", a.end, b.start, a.track, team, place, 0.8 * chance, {"how": "steal"}, {"by": b.track}))
    return out


def spells(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot]) -> list[tuple[int, list[Hold]]]:
    """Return (team, holds) of players whose team is known, the holds of one team on end together; a shot begins anew."""
    found: list[tuple[int, list[Hold]]] = []
    releases = np.array([shot.flight.release for shot in shots])
    for hold, team in zip(held, teams_of(scene, held, shots), strict=True):
        if scene.people.referee[hold.track] or team < 0:
            continue
        if found and found[-1][0] == team and not ((releases >= found[-1][1][-1].end) & (releases <= hold.start)).any():
            found[-1][1].append(hold)
        else:
            found.append((team, [hold]))
    return found


def is_real(scene: Scene, spell: Sequence[Hold], shots: Sequence[Shot]) -> bool:
    """Tell whether a team had the ball indeed: for some time, and for longer in the scramble after a shot."""
    seconds = sum(float(scene.time_s[hold.end] - scene.time_s[hold.start]) for hold in spell)
    start = spell[0].start
    scramble = any(0 <= start - shot.flight.arrival <= scene.frames(_SCRAMBLE_S) for shot in shots)
    return seconds >= (_WON_AFTER_SHOT_S if scramble else _WON_S)


def _pass(a: Hold, b: Hold, team: int, gap_s: float, chance: float, start_m: tuple[float, float] | None, end_m: tuple[float, float] | None) -> Play:
    metres = None if start_m is None or end_m is None else float(np.hypot(end_m[0] - start_m[0], end_m[1] - start_m[1]))
    known = metres is not None and gap_s >= 0.1 and metres / gap_s <= _FASTEST_PASS_M_S  # else its release or its catch was told late or early
    facts = {"distance_m": None if metres is None else round(metres, 2), "speed_m_s": round(metres / gap_s, 1) if metres is not None and known else None}
    return Play("pass", a.end, b.start, a.track, team, start_m, chance, facts, {"to": b.track})


def _out_of_bounds(scene: Scene, a: Hold, b: Hold, team: int, chance: float) -> list[Play]:
    # where it crossed the line is not known: the height of a loose ball is not
    facts = {"how": "out of bounds"}
    place = feet_at(scene, a.track, a.end, scene.frames(0.2))
    end = min(b.start, a.end + scene.frames(2.0))
    return [
        Play("turnover", a.end, end, a.track, team, place, 0.6 * chance, facts, {"by": None}),
        Play("out-of-bounds", end, end, a.track, team, place, 0.6 * chance, {"place_m": None}),
    ]


def tell_rebounds(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot]) -> list[tuple[int, Play]]:
    """Return (index of the shot, "rebound") for each missed or blocked shot that somebody picks up on the court."""
    people, out = scene.people, []
    for i, shot in enumerate(shots):
        if shot.outcome not in ("missed", "blocked"):
            continue
        last = shot.flight.arrival
        until = min(last + scene.frames(_REBOUND_S), shots[i + 1].flight.release if i + 1 < len(shots) else scene.n_frames)
        after = [hold for hold in held if last <= hold.start <= until]
        if not after or people.referee[after[0].track] or scene.cut[last + 1 : after[0].start + 1].any():
            continue
        hold = after[0]
        soon = [one for one in held if one.start > hold.start][:_FETCHED_BY]
        if any(people.referee[one.track] and scene.time_s[one.start] - scene.time_s[hold.start] <= _WHISTLE_S for one in soon):
            continue  # the ball went out, and he fetches it
        place = feet_at(scene, hold.track, hold.start + scene.frames(0.1), scene.frames(0.2))
        shooters = -1 if shot.flight.shooter is None else int(people.team[shot.flight.shooter])
        team = int(people.team[hold.track])
        offensive = None if -1 in (shooters, team) else team == shooters
        out.append((i, Play("rebound", hold.start, hold.start, hold.track, team, place, 0.9 * hold.chance, {"offensive": offensive})))
    return out


def tell_team_possessions(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot], plays: Sequence[Play], has: Ints) -> list[Play]:
    """Return a "team-possession" for each stretch in which one team has the ball."""
    out = []
    edges = np.flatnonzero(np.diff(has) != 0) + 1
    for start, stop in zip([0, *edges.tolist()], [*edges.tolist(), len(has)], strict=True):
        if start == stop or has[start] < 0:
            continue
        team, end = int(has[start]), stop - 1
        within = [play for play in plays if start <= play.start <= end and play.team == team]
        ends = [shot for shot in shots if start <= shot.flight.release <= end]
        lost = any(play.kind == "turnover" and start <= play.start <= end for play in plays)
        ended = {"made": "made shot", "missed": "missed shot", "blocked": "blocked shot"}.get(ends[-1].outcome, "unknown") if ends else "unknown"
        facts = {
            "seconds": round(float(scene.time_s[end] - scene.time_s[start]), 3),
            "n_touches": sum(play.kind == "possession" for play in within),
            "n_passes": sum(play.kind == "pass" for play in within),
            "ended": "turnover" if lost and not ends else ended,
        }
        chances = [hold.chance for hold in held if start <= hold.start <= end]
        out.append(Play("team-possession", start, end, None, team, None, float(np.mean(chances)) if chances else 0.5, facts))
    return out


def zone_of(scene: Scene, place: tuple[float, float] | None, side: int, areas: Mapping[str, Floats]) -> str | None:
    """Return the part of the floor a shot at the basket of ``side`` is taken from; ``areas`` are ``zones`` of the court. None where the place is not known."""
    if place is None or scene.court is None or not side:
        return None
    name = "left" if side < 0 else "right"
    place = on_court(scene.court, place)
    if not inside(place, areas[f"{name} two points"]):
        return "corner three" if side * place[0] > scene.court.rim_x_m - scene.court.arc_break_m else "arc three"
    for part in ("restricted", "paint"):
        if f"{name} {part}" in areas and inside(place, areas[f"{name} {part}"]):
            return part
    return "mid-range"


def on_court(court: Court, place: tuple[float, float]) -> tuple[float, float]:
    """Return a place, or the one nearest to it on the court: who is in the air behind the baseline is as near to the basket as on it."""
    limit_x, limit_y = court.half_length_m - 0.01, court.half_width_m - 0.01
    return min(max(place[0], -limit_x), limit_x), min(max(place[1], -limit_y), limit_y)


def inside(place: tuple[float, float], polygon: Floats) -> bool:
    """Tell whether a point lies in a polygon (n, 2) that is not closed, by counting crossings."""
    x, y = place
    a, b = polygon, np.roll(polygon, -1, 0)
    straddles = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(straddles, b[:, 1] - a[:, 1], 1.0)
    crosses = a[:, 0] + (y - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
    return bool((straddles & (crosses > x)).sum() % 2)
