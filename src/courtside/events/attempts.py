"""Shots that no flight tells: somebody with the ball goes up before the basket. They are blocked, or the ball's way to the ring was not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from courtside.events.ball import BallTrack
from courtside.events.leaps import Leaps
from courtside.events.possession import Hold
from courtside.events.scene import Floats, Scene
from courtside.events.shots import Flight, Ring, beside_ring, rings

_LEAST_LEAP_M = 0.35
_REACH_M, _BESIDE_M = 9.5, 3.0  # of the basket, and where an opponent is nobody's
_FLEW_S, _REBOUND_S, _HAD_S = 1.2, 1.5, 0.3  # to a shot that flew; after one, and after the catch, who goes up goes up for the ball
_ON_S, _RISES_S = 0.6, 0.2  # after the end of a hold; an opponent goes up so much later at most
_WATCHED_S = 0.8  # afterwards: else it is not known whether the ball came loose
_LET_GO_S = 0.35  # before he is highest (median of 55)
_ABOUT_S, _WAY_S = 0.3, (0.6, 1.0)  # where the ball is highest in his hands; before and after, where it may be seen at the ring
_AT_THE_RING_M, _ABOVE_THE_RING_M = 0.9, 0.6  # 6 of 37 blocked balls were, and all 25 that flew
_ATTACKS = 0.3  # how sure it must be which basket is his
# log-odds of a shot: logistic regression (L2, 0.5) on 1370 leaps in 50 simulated games (bench/plays.py), 55 of them blocked shots and 33 other shots that no
# flight had told; each game told by what was fitted to the others, 62 of these are found, and 12 that are none
_START = -9.46
_WORTH: Mapping[str, float] = {
    "goes up": 2.39,
    "the other goes up": 2.5,
    "apart": -1.1,
    "high": 3.06,
    "has it on": -0.91,
    "loose": 0.55,
    "a mate has it": -2.04,
    "the others have it": 1.19,
    "at the ring": 3.05,
    "above the ring": 2.12,
}
_LEAST = 0.5
_HIS = 0.95  # the chance that he shot who has the ball and goes up: as that of other shooters, of whom 97 % are told rightly


@dataclass(frozen=True)
class Attempt:
    """A shot; ``blocker`` who stopped it, an index of a track, None where the ball was seen at the ring or above it after all."""

    flight: Flight
    blocker: int | None


def attempts(scene: Scene, ball: BallTrack, held: Sequence[Hold], found: Sequence[Flight], leaps: Leaps, above: Floats, side: Floats) -> list[Attempt]:
    """Return the shots that are not among those found, in order.

    Args:
        scene: the clip.
        ball: its ball.
        held: the holds, in order.
        found: the flights to a ring.
        leaps: how far people go up.
        above: (m,) how far the ball is above the lower edge of each row of people, of ``beside``.
        side: (n,) which basket team 0 attacks.
    """
    out: list[Attempt] = []
    for flight, blocker, signs in leapt(scene, ball, held, found, leaps, above, side):
        log_odds = _START + sum(_WORTH[name] * value for name, value in signs.items())
        chance = float(1 / (1 + np.exp(-log_odds)))
        if chance >= _LEAST and not (out and flight.release - out[-1].flight.release < scene.frames(_FLEW_S)):
            flew = bool(signs["at the ring"] or signs["above the ring"])
            out.append(Attempt(replace(flight, chance=chance), None if flew else blocker))
    return out


def leapt(
    scene: Scene, ball: BallTrack, held: Sequence[Hold], found: Sequence[Flight], leaps: Leaps, above: Floats, side: Floats
) -> Iterator[tuple[Flight, int, dict[str, float]]]:
    """Yield (the shot that it would be, the nearest opponent, what speaks for it and against it) each time that somebody with the ball goes up."""
    if scene.court is None:
        return
    team, baskets = scene.people.team, {ring.side: ring for ring in rings(scene)}
    flown = np.array([(flight.release, flight.last) for flight in found]).reshape(-1, 2)
    for i, hold in enumerate(held):
        toward = float(side[hold.end]) * {0: 1, 1: -1}.get(int(team[hold.track]), 0)
        if abs(toward) < _ATTACKS or scene.people.referee[hold.track]:
            continue
        ring, after = baskets[1 if toward > 0 else -1], held[i + 1] if i + 1 < len(held) else None
        if after is not None and scene.cut[hold.end + 1 : after.start + 1].any():
            after = None
        offset = beside_ring(ball, ring)
        for at, rise in _tops(scene, hold, after, leaps):
            if (np.abs(flown[:, 0] - at) < scene.frames(_FLEW_S)).any() or ((flown[:, 1] <= at) & (flown[:, 1] > at - scene.frames(_REBOUND_S))).any():
                continue
            foe, watched = _nearest_foe(scene, hold.track, at, ring), at + scene.frames(_WATCHED_S)
            if foe is None or watched >= scene.n_frames or scene.shot[watched] != scene.shot[at]:
                continue  # the clip or the camera's shot ends before it shows what came of it
            blocker, away_m = foe
            release = max(at - scene.frames(_LET_GO_S), hold.start)
            arrival, at_ring = _at_ring(scene, ball, offset, at)
            signs = {
                "goes up": min(rise, 1.2),
                "the other goes up": float(np.clip(leaps.of(blocker, np.array([at, at + scene.frames(_RISES_S)])).max(), 0, 1.1)),
                "apart": away_m,
                "high": _highest(scene, hold.track, at, above),
                "has it on": float(np.clip(scene.time_s[hold.end] - scene.time_s[at], 0, 2)),
                "loose": float(np.clip(scene.time_s[after.start] - scene.time_s[at], 0, 3)) if after else 3.0,
                "a mate has it": float(after is not None and after.track != hold.track and team[after.track] == team[hold.track]),
                "the others have it": float(after is not None and team[after.track] == 1 - team[hold.track]),
                **at_ring,
            }
            flew = any(at_ring.values())
            end = max(arrival, release) if flew else release
            yield Flight(ring, release, end, end, False, i, hold.track, ((hold.track, _HIS),), 0.0), blocker, signs


def _tops(scene: Scene, hold: Hold, after: Hold | None, leaps: Leaps) -> Iterator[tuple[int, float]]:
    """Yield (frame, metres) where who has the ball is highest, each time that he goes up."""
    beyond = scene.frames(_RISES_S)
    stop = min(hold.end + scene.frames(_ON_S), max(after.start, hold.end) + beyond if after else scene.n_frames, scene.n_frames - 1)
    frames = np.arange(hold.start + scene.frames(_HAD_S), stop + 1, scene.frames(0.1))
    rises = leaps.of(hold.track, frames)
    up = np.flatnonzero(rises >= _LEAST_LEAP_M)
    for run in np.split(up, np.flatnonzero(np.diff(up) > 1) + 1) if len(up) else ():
        best = int(run[rises[run].argmax()])
        yield int(frames[best]), float(rises[best])


def _nearest_foe(scene: Scene, track: int, frame: int, ring: Ring) -> tuple[int, float] | None:
    """Return the opponent nearest to who goes up, and how many metres apart they stand; None where that is not known, or too far from the basket."""
    people = scene.people
    start, end = np.searchsorted(people.frame, (frame, frame + 1))
    here = np.arange(start, end)[np.isfinite(people.feet_m[start:end, 0])]
    mine, foes = here[people.track[here] == track], here[people.team[people.track[here]] == 1 - people.team[track]]
    if not len(mine) or not len(foes) or scene.court is None:
        return None
    x, y = people.feet_m[mine[0]]
    if x * ring.side < 0 or np.hypot(x - ring.side * scene.court.rim_x_m, y) > _REACH_M:
        return None
    away = np.hypot(*(people.feet_m[foes] - (x, y)).T)
    return int(people.track[foes[away.argmin()]]), float(min(away.min(), _BESIDE_M))


def _highest(scene: Scene, track: int, frame: int, above: Floats) -> float:
    """Return how far above his feet the ball is about a time, at most, in metres; as it mostly is in a shot where it is not known."""
    people, reach = scene.people, scene.frames(_ABOUT_S)
    start, end = np.searchsorted(people.frame, (frame - reach, frame + reach + 1))
    theirs = above[start:end][people.track[start:end] == track]
    theirs = theirs[np.isfinite(theirs)]
    return float(np.clip(theirs.max(), 1.2, 2.0)) if len(theirs) else 1.9


def _at_ring(scene: Scene, ball: BallTrack, offset: Floats, at: int) -> tuple[int, dict[str, float]]:
    """Return the frame about a time in which the ball was seen nearest to the ring, and whether it was there, and above it."""
    first, last = int(np.searchsorted(scene.shot, scene.shot[at])), int(np.searchsorted(scene.shot, scene.shot[at], side="right"))
    frames = np.arange(max(at - scene.frames(_WAY_S[0]), first), min(at + scene.frames(_WAY_S[1]), last - 1) + 1)
    frames = frames[ball.seen[frames] & np.isfinite(offset[frames, 0])]
    if not len(frames):
        return at, {"at the ring": 0.0, "above the ring": 0.0}
    away, up = np.hypot(*offset[frames].T), offset[frames, 1]
    return int(frames[away.argmin()]), {"at the ring": float(away.min() < _AT_THE_RING_M), "above the ring": float(up.max() > _ABOVE_THE_RING_M)}
