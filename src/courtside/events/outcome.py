"""Made or missed: how the ball comes down from the ring, and who has it next, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from courtside.court.dimensions import RIM_RADIUS_M
from courtside.events.ball import BallTrack
from courtside.events.possession import Hold
from courtside.events.scene import Floats, Scene
from courtside.events.shots import Flight, beside_ring

# what each sign is worth for "made", in log-odds: logistic regression (L2, 0.5) over 817 shots told in 32 simulated games (bench/plays.py), which says 97 % of
# each game right when it is fitted to the others; once with what is played next and once, for clips that end or are cut before it shows, by the ball alone
# (90 %, over 669 shots), where a ball that was never seen at the ring is set to tell nothing
_START = -0.45
_WORTH: Mapping[str, float] = {
    "crosses beside the middle": -1.7,
    "falls beside the middle": -0.95,
    "straight down": 1.4,
    "fall not seen": -1.55,
    "never at the ring": -1.2,
    "bounces up": -2.7,
    "off the ring, high": -1.6,
    "stands behind the baseline": 3.25,
    "taken to the baseline": 2.7,
    "the shooters have it": -0.25,
    "carried away": -1.75,
    "shot again": -1.8,
}
_NEXT = ("stands behind the baseline", "taken to the baseline", "the shooters have it", "carried away", "shot again")
_WATCHED = "watched on"  # nothing of that was seen in all the time it would have taken: of 42 such shots 3 were made
_START_BALL = 2.65
_WORTH_BALL: Mapping[str, float] = {
    "crosses beside the middle": -1.7,
    "falls beside the middle": -1.9,
    "straight down": 1.25,
    "fall not seen": -3.55,
    "never at the ring": -2.65,
    "bounces up": -2.2,
    "off the ring, high": -0.25,
}
# the net, seen on pixels alone: no simulated game has it, so these are chosen by looking, on five versions of nine broadcast clips. After seven of eight
# baskets something moves there for 0.17 s or more of the next 0.8 s, ball and net; after the one miss nothing does, nor in more than 7 % of other frames
_NET_M, _NET_BELOW_M = 0.24, (0.08, 0.5)  # half its width, and how far it hangs below the ring
_SWINGS_S, _NET_MOVES_S, _NET_WATCHED_S, _NET_BEFORE_S, _NET_AFTER_S = 0.8, (0.1, 0.2), 0.75, 0.1, 2.0
_NET_SAYS, _STILL_SAYS = 3.0, -2.5
_BY_THE_FALL = ("falls beside the middle", "fall not seen", "off the ring, high")  # where the net swings, what is seen to fall elsewhere is not the ball
_FALL_S = 1.6
_BELOW_S = 0.4
_NEXT_S = 9.0
_CLEAR_S = 0.3  # who has the ball is not to be trusted while it falls through hands
_REAL_HOLD_S = 0.5
_AT_BASELINE_M, _AWAY_M = -0.4, -4.0
_STANDS_S = 0.6
_AGAIN_S = 6.0  # after a basket the other team has to bring the ball to the other one: 59 shots at the same so soon, 1 of them after a basket


def signs(scene: Scene, ball: BallTrack, flight: Flight, held: Sequence[Hold], following: Flight | None) -> dict[str, float]:
    """Return what speaks for and against a basket, each 0 or 1 (or a share of it).

    Args:
        scene: the clip.
        ball: its ball.
        flight: the shot.
        held: the holds, in order.
        following: the next shot, None where there is none.
    """
    found: dict[str, float] = {}
    offset, time_s = beside_ring(ball, flight.ring), scene.time_s
    until = following.release if following is not None else scene.n_frames - 1
    end = min(until, flight.arrival + scene.frames(_FALL_S) + max(0, flight.last - flight.arrival))
    cuts = np.flatnonzero(scene.cut[flight.arrival + 1 : end + 1])
    end = flight.arrival + int(cuts[0]) if len(cuts) else end
    frames = np.arange(flight.arrival, end + 1)
    frames = frames[ball.known[frames] & np.isfinite(offset[frames, 0])]
    across, up = offset[frames, 0], offset[frames, 1]
    # the fall that counts is the last: after it the ball is not at the ring's height any more
    at_ring = np.flatnonzero((np.abs(across) < 0.7) & (up > -0.15) & (up < 0.3))
    if len(at_ring):
        crossing = float(np.abs(across[at_ring[-1]]))
        after = np.flatnonzero((time_s[frames] > time_s[frames[at_ring[-1]]]) & (time_s[frames] <= time_s[frames[at_ring[-1]]] + _BELOW_S) & (up < -0.2))
        found["crosses beside the middle"] = min(crossing / RIM_RADIUS_M, 2.0)
        if len(after):
            found["falls beside the middle"] = min(float(np.median(np.abs(across[after]))) / RIM_RADIUS_M, 3.0)
            found["straight down"] = float(np.median(np.abs(across[after])) < 0.25 and crossing < 0.25)
        else:
            found["fall not seen"] = 1.0
    else:
        found["never at the ring"] = 1.0
    high_wide = (np.abs(across) > 0.6) & (up > -0.8)
    found["off the ring, high"] = float(high_wide[np.cumsum(np.abs(across) < 0.5) > 0].any()) if len(frames) else 0.0
    rises = np.maximum.accumulate(up[::-1])[::-1] - up if len(up) else np.zeros(0)
    near = np.abs(across) < 0.9
    touched = np.cumsum((np.abs(across) < 0.5) & (np.abs(up) < 0.3)) > 0
    found["bounces up"] = float((rises[near & touched & (up > -0.6)] > 0.35).any()) if len(up) else 0.0
    if following is not None and following.ring is flight.ring and not scene.cut[flight.arrival + 1 : until + 1].any():
        found["shot again"] = float(time_s[until] - time_s[flight.arrival] < _AGAIN_S)
    return found | _net(scene, flight, until) | _next(scene, ball, flight, held, until)


def _net(scene: Scene, flight: Flight, until: int) -> dict[str, float]:
    """Return whether the net below the ring swings after the ball was there, or hangs still."""
    spots, ring, time_s = scene.spots, flight.ring, scene.time_s
    if not len(spots.frame):
        return {}
    first = max(0, flight.arrival - scene.frames(_NET_BEFORE_S))
    end = min(until, flight.arrival + scene.frames(_NET_AFTER_S))
    cuts = np.flatnonzero(scene.cut[first + 1 : end + 1])
    end = first + int(cuts[0]) if len(cuts) else end
    offset = (spots.xy - ring.xy[spots.frame]) / ring.scale[spots.frame, None]
    in_net = (np.abs(offset[:, 0]) < _NET_M) & (offset[:, 1] > _NET_BELOW_M[0]) & (offset[:, 1] < _NET_BELOW_M[1])
    moves = np.zeros(scene.n_frames)
    moves[spots.frame[in_net]] = 1
    step_s = np.diff(time_s, append=time_s[-1:])
    so_far = np.concatenate([[0.0], np.cumsum((moves * step_s)[first : end + 1])])
    reach = min(scene.frames(_SWINGS_S), len(so_far) - 1)
    moving_s = float((so_far[reach:] - so_far[: len(so_far) - reach]).max())
    low, high = _NET_MOVES_S
    shown = np.isfinite(ring.xy[first : end + 1, 0]).all() and time_s[end] - time_s[flight.arrival] >= _NET_WATCHED_S
    return {"the net swings": float(np.clip((moving_s - low) / (high - low), 0, 1)), "the net hangs still": float(shown and not so_far[-1])}


def _next(scene: Scene, ball: BallTrack, flight: Flight, held: Sequence[Hold], until: int) -> dict[str, float]:
    """Return what the way the game goes on says: after a basket the other team takes the ball from behind the baseline, else it is played on at once."""
    people, court, team = scene.people, scene.court, scene.people.team
    if court is None or not flight.ring.side:
        return {}
    limit = min(until, flight.arrival + scene.frames(_NEXT_S))
    cuts = np.flatnonzero(scene.cut[flight.arrival + 1 : limit + 1])
    limit = flight.arrival + int(cuts[0]) if len(cuts) else limit
    shooters = -1 if flight.shooter is None else int(team[flight.shooter])
    others = 1 - shooters if shooters >= 0 else -2
    beyond = people.feet_m[:, 0] * flight.ring.side - court.half_length_m  # metres behind the baseline
    found = {_WATCHED: float(limit - flight.arrival >= scene.frames(_NEXT_S))}
    found["stands behind the baseline"] = float(_stands_behind(scene, beyond, others, flight.arrival + scene.frames(_CLEAR_S), limit))
    for hold in held:
        start = max(hold.start, flight.arrival + scene.frames(_CLEAR_S))
        end = min(hold.end, limit)
        if end - start < scene.frames(_REAL_HOLD_S) or not ball.known[start : end + 1].any():
            continue
        if people.referee[hold.track]:
            return found  # a dead ball, after either
        if team[hold.track] == shooters:
            if hold.start <= flight.arrival:
                continue  # the shot itself
            return found | {"the shooters have it": 1.0}
        first, last = np.searchsorted(people.frame, (start, end + 1))
        rows = np.arange(first, last)[people.track[first:last] == hold.track]
        way = beyond[rows][np.isfinite(beyond[rows])]
        if len(way) and (way > _AT_BASELINE_M).sum() >= scene.frames(0.15):
            return found | {"taken to the baseline": 1.0}
        if len(way) and way.min() < _AWAY_M:
            return found | {"carried away": 1.0}
    return found


def _stands_behind(scene: Scene, beyond: Floats, team: int, start: int, end: int) -> bool:
    """Tell whether one of a team stands behind the baseline for a while, as who throws the ball in does."""
    people, court = scene.people, scene.court
    assert court is not None
    first, last = np.searchsorted(people.frame, (start, end + 1))
    rows = np.arange(first, last)
    rows = rows[(people.team[people.track[rows]] == team) & (beyond[rows] > 0.1) & (np.abs(people.feet_m[rows, 1]) < court.half_width_m)]
    return bool(np.bincount(people.track[rows], minlength=1).max() >= scene.frames(_STANDS_S))


def chance_made(found: Mapping[str, float]) -> float:
    """Return the probability (0-1) of a basket by its ``signs``."""
    start, worth = (_START, _WORTH) if any(found.get(name) for name in (*_NEXT, _WATCHED)) else (_START_BALL, _WORTH_BALL)
    swings = found.get("the net swings", 0.0)
    log_odds = start + _NET_SAYS * swings + _STILL_SAYS * found.get("the net hangs still", 0.0)
    log_odds += sum(worth.get(name, 0.0) * value * (1 - swings if name in _BY_THE_FALL else 1) for name, value in found.items())
    return float(1 / (1 + np.exp(-log_odds)))
