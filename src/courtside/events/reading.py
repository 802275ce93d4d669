"""A clip read from end to end: the ball, who has it, shots, passes, rules; and what there was not enough evidence for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from courtside.court import Court
from courtside.court.markings import zones
from courtside.events.arcs import find_arcs
from courtside.events.attempts import attempts
from courtside.events.ball import BallTrack, pixels_per_metre, track_ball
from courtside.events.bodies import joined, with_fives
from courtside.events.direction import attack_side, attacks
from courtside.events.leaps import Leaps
from courtside.events.notebook import notebook_shots
from courtside.events.outcome import chance_made, signs
from courtside.events.possession import Hold, beside, body_scale, holders, holds, in_hands
from courtside.events.rules import tell_three_seconds
from courtside.events.scene import Floats, Ints, Scene
from courtside.events.shot_clock import ShotClock, tell_shot_clock
from courtside.events.shots import Flight, flights, rings
from courtside.events.touches import (
    Play,
    Shot,
    control,
    feet_at,
    inside,
    on_court,
    settled,
    tell_passes,
    tell_rebounds,
    tell_team_possessions,
    tell_touches,
    without_blips,
    zone_of,
)

KINDS = ("possession", "team-possession", "pass", "turnover", "shot", "rebound", "three-seconds", "out-of-bounds")
"""Every kind of play that is told."""

ShotsBy = Literal["flight", "notebook"]

_LEAST_BALL = 0.15  # share of the frames with a known ball from which on the ball tells anything
_ATTACKS_SAYS = 0.4  # log-odds a look that the team that attacks a basket has the ball before it
_AFTER_S = 0.8  # a clip or shot that ends sooner after the ball was at the ring does not show the outcome
_TAKE_OFF_S = (0.45, 0.2)  # before the release: the feet are on the floor then
_PLACE_M = 0.25  # how well feet are placed, for the line
_LEAST_SHOOTER = 0.6  # of 822 simulated shots 785 are told rightly from there on, 775 from 0.8 on; of two who stand together nobody is told
_LEANS_M = 0.11  # the ball and the arms before a shooter draw the middle of his box so far towards the basket (median of 110 simulated jump shots)
_LEAST_POINTS, _LEAST_CANDIDATE = 0.85, 0.02  # of 904 simulated shots told from there on 98.6 % are right, of 31 between 0.8 and 0.85 24
_PASSED_S = 3.0
_HIDDEN_S, _LEAST_HELD, _LEAST_CHANCE = 1.0, 0.2, 0.5  # of longer holds that are right, 99 % show the ball in 30 % of their frames and are sure to 98 %


@dataclass(frozen=True)
class Reading:
    """What was played in one clip of n frames.

    ``shots_by`` how shots were told; ``plays`` in order of time; ``ball``; ``has`` (n,) the team that has the ball, -1 for neither or not known; ``reasons``
    says for each kind why it could not be told, None where it could; ``coverage`` are shares (0-1) of the frames, as in docs/events.md.
    """

    shots_by: ShotsBy
    plays: tuple[Play, ...]
    ball: BallTrack
    has: Ints
    reasons: Mapping[str, str | None]
    coverage: Mapping[str, float]


def read_scene(scene: Scene, shots_by: ShotsBy = "flight") -> Reading:
    """Read one clip.

    Args:
        scene: it.
        shots_by: "flight" tells shots by how the ball flies, "notebook" by the detector's classes alone.
    """
    original, scene = scene.people.track, with_fives(joined(scene))
    scale = pixels_per_metre(scene)
    ball = track_ball(scene, scale, find_arcs(scene, scale, [ring.xy for ring in rings(scene)]))
    size = body_scale(scene)
    side = attack_side(scene)
    log_odds = in_hands(scene, ball, size) + _ATTACKS_SAYS * attacks(scene, side)
    who = holders(scene, ball, log_odds)
    held = holds(scene, who, log_odds)
    shots = _shots(scene, ball, who, held, log_odds, size, side, shots_by)
    held = without_blips(scene, [hold for hold in settled(scene, held, [shot.flight for shot in shots]) if _is_borne_out(scene, ball, hold)])
    has = control(scene, held, shots)
    reasons = _reasons(scene, ball, shots_by)
    plays = _tell(scene, ball, size, held, shots, has, side)
    plays = [_as_tracked(scene, play, original) for play in plays if reasons[play.kind] is None]
    return Reading(shots_by, tuple(sorted(plays, key=lambda play: (play.start, KINDS.index(play.kind)))), ball, has, reasons, _coverage(scene, ball, has))


def _is_borne_out(scene: Scene, ball: BallTrack, hold: Hold) -> bool:
    """Tell whether a hold rests on the ball being seen: where it is hidden for long, anybody may have it, or it is dead."""
    short = scene.time_s[hold.end] - scene.time_s[hold.start] < _HIDDEN_S
    return bool(short or (hold.chance >= _LEAST_CHANCE and ball.known[hold.start : hold.end + 1].mean() >= _LEAST_HELD))


def _shots(scene: Scene, ball: BallTrack, who: Ints, held: list[Hold], log_odds: Floats, scale: Floats, side: Floats, shots_by: ShotsBy) -> list[Shot]:
    if shots_by == "notebook":
        return [Shot(flight, made) for flight, made in notebook_shots(scene)]
    leaps = Leaps(scene, scale)
    flown = flights(scene, ball, who, held, log_odds, scale, leaps, side)
    others = attempts(scene, ball, held, flown, leaps, beside(scene, ball, scale)[1], side)
    flown = sorted([*flown, *(one.flight for one in others if one.blocker is None)], key=lambda flight: flight.release)
    told = []
    for i, flight in enumerate(flown):
        found = signs(scene, ball, flight, held, flown[i + 1] if i + 1 < len(flown) else None)
        cuts = np.flatnonzero(scene.cut[flight.arrival + 1 :])
        stop = flight.arrival + int(cuts[0]) if len(cuts) else scene.n_frames - 1
        shown = float(scene.time_s[stop] - scene.time_s[flight.arrival]) >= _AFTER_S or bool(found.get("straight down") or found.get("the net swings") == 1)
        told.append(Shot(flight, chance_made(found) if shown else None))
    told += [Shot(one.flight, 0.0, one.blocker) for one in others if one.blocker is not None]
    return sorted(told, key=lambda shot: shot.flight.release)


def _tell(scene: Scene, ball: BallTrack, scale: Floats, held: list[Hold], shots: list[Shot], has: Ints, side: Floats) -> list[Play]:
    passes, clock = tell_passes(scene, held, shots), tell_shot_clock(scene, held, shots, has)
    rebounds = dict(tell_rebounds(scene, held, shots))
    told = [_tell_shot(scene, shot, rebounds.get(i), passes, clock) for i, shot in enumerate(shots)]
    rest = [*tell_touches(scene, held), *passes, *rebounds.values(), *tell_three_seconds(scene, ball, scale, held, shots, has, side)]
    possessions = tell_team_possessions(scene, held, shots, [*told, *rest], has)
    return [*told, *rest, *(_with_clock(play, clock) for play in possessions)]


def _with_clock(play: Play, clock: ShotClock) -> Play:
    """Return a team's possession with what the shot clock would show at its end."""
    elapsed_s, (left_s, exact) = float(clock.elapsed_s[play.end]), clock.shows(play.end)
    facts = {"elapsed_s": None if math.isnan(elapsed_s) else round(elapsed_s, 1), "shot_clock_s": left_s, "shot_clock_exact": exact}
    return replace(play, facts={**play.facts, **facts})


def _tell_shot(scene: Scene, shot: Shot, rebound: Play | None, passes: Sequence[Play], clock: ShotClock) -> Play:
    flight, likely = shot.flight, shot.flight.shooter
    shooter = likely if flight.sure >= _LEAST_SHOOTER else None  # one more name left out is better than a wrong one
    place = _take_off(scene, shooter, flight)
    points, sure = _points(scene, flight)
    areas = zones(scene.court) if scene.court is not None else {}
    distance = None
    if place is not None and scene.court is not None and flight.ring.side:
        distance = float(np.hypot(place[0] - flight.ring.side * scene.court.rim_x_m, place[1]))
    caught = [one for one in passes if one.kind == "pass" and shooter is not None and one.people.get("to") == shooter and one.end <= flight.release]
    passed = caught[-1].track if caught and scene.time_s[flight.release] - scene.time_s[caught[-1].end] <= _PASSED_S else None
    made = shot.made if shot.made is not None else 0.5
    facts = {
        "outcome": shot.outcome,
        "outcome_probability": round(max(made, 1 - made), 3),
        "points": points,
        "points_probability": sure,
        "shooter_probability": None if likely is None else round(flight.sure, 3),
        "type": None if distance is None else "layup-dunk" if distance < 2.0 else "jump-shot",
        "distance_m": None if distance is None else round(distance, 2),
        "zone": zone_of(scene, place, flight.ring.side, areas),
        "basket": {-1: "left", 1: "right"}.get(flight.ring.side),
        "shot_clock_s": clock.shows(flight.release)[0] if clock.shows(flight.release)[1] else None,
    }
    people = {"blocked_by": shot.blocked_by, "rebound_by": rebound.track if rebound else None, "passed_by": passed}
    return Play("shot", flight.release, max(flight.arrival, flight.release), shooter, _shooters(scene, flight), place, flight.chance, facts, people)


def _shooters(scene: Scene, flight: Flight) -> int:
    """Return the team whose shot it is; -1 where it may be either's."""
    if flight.shooter is None:
        return -1
    team = scene.people.team
    chance = [sum(chance for track, chance in flight.candidates or ((flight.shooter, 1.0),) if team[track] == side) for side in (0, 1)]
    return int(np.argmax(chance)) if max(chance) >= _LEAST_SHOOTER else -1


def _take_off(scene: Scene, shooter: int | None, flight: Flight) -> tuple[float, float] | None:
    """Return where the shooter's feet were before he left the floor: in the air his box's lower edge seems to stand farther away."""
    if shooter is None:
        return None
    early, late = (scene.frames(seconds) for seconds in _TAKE_OFF_S)
    place = feet_at(scene, shooter, flight.release - late, early - late) or feet_at(scene, shooter, flight.release, early)
    if place is None or scene.court is None or not flight.ring.side:
        return place
    x, y = place[0] - flight.ring.side * scene.court.rim_x_m, place[1]
    away = 1 + _LEANS_M / max(float(np.hypot(x, y)), 2.0)
    return float(flight.ring.side * scene.court.rim_x_m + away * x), float(away * y)


def _points(scene: Scene, flight: Flight) -> tuple[int | None, float | None]:
    """Return what a basket counts, and how sure (0.5-1) that is: by how far the three-point line is from everybody who may have shot. Not told where unsure."""
    if flight.shooter is None or scene.court is None or not flight.ring.side:
        return None, None
    area = zones(scene.court)[f"{'left' if flight.ring.side < 0 else 'right'} two points"]
    three, total = 0.0, 0.0
    for track, chance in flight.candidates or ((flight.shooter, 1.0),):
        if chance > _LEAST_CANDIDATE and (place := _take_off(scene, track, flight)) is not None:
            three, total = three + chance * _is_three(scene.court, place, area), total + chance
    if not total:
        return None, None
    sure = max(three, total - three) / total
    return (None if sure < _LEAST_POINTS else 3 if 2 * three > total else 2), round(sure, 3)


def _is_three(court: Court, place: tuple[float, float], area: Floats) -> float:
    """Return the chance (0-1) that feet stand outside ``area``, where a basket counts two, as well as their place is known."""
    place = on_court(court, place)
    a, b = area, np.roll(area, -1, 0)
    a, b = a[:-1], b[:-1]  # not the baseline, which is no part of the line
    along = b - a
    share = np.clip(((place - a) * along).sum(1) / np.maximum((along**2).sum(1), 1e-12), 0, 1)
    away = float(np.hypot(*(a + share[:, None] * along - place).T).min())
    outside = 0.5 * (1 + math.erf(away / _PLACE_M / math.sqrt(2)))
    return 1 - outside if inside(place, area) else outside


def _as_tracked(scene: Scene, play: Play, original: Ints) -> Play:
    """Return the play with the tracks that were there at the time in the place of bodies."""
    people = scene.people

    def tracked(body: int | None, frame: int) -> int | None:
        if body is None:
            return None
        rows = np.flatnonzero(people.track == body)
        near = rows[np.abs(people.frame[rows] - frame).argmin()]
        return int(original[near])

    when = {"to": play.end, "by": play.end, "rebound_by": play.end}
    people_then = {name: tracked(body, when.get(name, play.start)) for name, body in play.people.items()}
    return replace(play, track=tracked(play.track, play.start), people=people_then)


def _reasons(scene: Scene, ball: BallTrack, shots_by: ShotsBy) -> dict[str, str | None]:
    """Return for each kind why it can't be told; None where it can."""
    none = "not enough evidence: "
    nobody = none + "no players were found" if not (~scene.people.referee).any() else None
    seen = float(ball.seen.mean()) if scene.n_frames else 0.0
    no_ball = none + f"the ball was found in {seen:.0%} of the frames" if seen < _LEAST_BALL else None
    no_teams = none + "the teams are not known" if not ((scene.people.team == 0).any() and (scene.people.team == 1).any()) else None
    no_court = none + "the court was not found" if scene.cameras is None or not scene.cameras.valid.any() else None
    no_rim = None if _rim_share(scene) > 0 else none + "no basket is in view"
    at_once = nobody or no_ball
    acting = any(len(scene.acting[name].frame) for name in ("player-jump-shot", "player-layup-dunk") if name in scene.acting)
    shots = nobody or ((None if acting else none + "no shooting player was found") if shots_by == "notebook" else no_ball or no_rim)
    return {
        "possession": at_once,
        "team-possession": at_once or no_teams,
        "pass": at_once or no_teams,
        "turnover": at_once or no_teams,
        "shot": shots,
        "rebound": at_once or shots,
        "three-seconds": at_once or no_teams or no_court,
        "out-of-bounds": at_once or no_teams or no_court,
    }


def _rim_share(scene: Scene) -> float:
    baskets = rings(scene)
    if not baskets or not scene.n_frames:
        return 0.0
    inside_picture = [np.isfinite(ring.xy).all(1) & (ring.xy > 0).all(1) & (ring.xy < scene.size).all(1) for ring in baskets]
    return float(np.any(inside_picture, axis=0).mean())


def _coverage(scene: Scene, ball: BallTrack, has: Ints) -> dict[str, float]:
    n = max(scene.n_frames, 1)
    return {
        "ball": float(ball.known.sum() / n),
        "court": float(scene.cameras.valid.sum() / n) if scene.cameras is not None else 0.0,
        "rim": _rim_share(scene),
        "team": float((has >= 0).sum() / n),
    }
