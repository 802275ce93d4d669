"""Made or missed: how the ball comes down from the ring, and who has it next, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from courtside.court.dimensions import RIM_RADIUS_M
from courtside.events.ball import BallTrack
from courtside.events.possession import Hold
from courtside.events.scene import Scene
from courtside.events.shots import Flight, beside_ring

# what each sign is worth for "made", in log-odds: logistic regression over the 109 shots told in four simulated games (bench/plays.py, seeds 11, 12, 21, 22)
_START = 0.4
_WORTH: Mapping[str, float] = {
    "crosses beside the middle": -1.6,
    "falls beside the middle": -1.1,
    "straight down": 2.0,
    "fall not seen": -0.8,
    "never at the ring": -0.8,
    "bounces up": -0.7,
    "off the ring, high": -0.7,
    "thrown in behind the baseline": 2.5,
}
_FALL_S = 1.6
_BELOW_S = 0.4
_NEXT_S = 9.0
_REAL_HOLD_S = 0.3


def signs(scene: Scene, ball: BallTrack, flight: Flight, held: Sequence[Hold], until: int) -> dict[str, float]:
    """Return what speaks for and against a basket, each 0 or 1 (or a share of it).

    Args:
        scene: the clip.
        ball: its ball.
        flight: the shot.
        held: the holds, in order.
        until: the frame in which the next shot is let go, or the last of the clip.
    """
    found: dict[str, float] = {}
    offset, time_s = beside_ring(ball, flight.ring), scene.time_s
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
    found["thrown in behind the baseline"] = float(_thrown_in(scene, flight, held, until))
    return found


def _thrown_in(scene: Scene, flight: Flight, held: Sequence[Hold], until: int) -> bool:
    """Tell whether the other team takes the ball behind the baseline next, as after a basket."""
    people, court, team = scene.people, scene.court, scene.people.team
    if court is None or not flight.ring.side:
        return False
    limit = min(until, flight.arrival + scene.frames(_NEXT_S))
    cuts = np.flatnonzero(scene.cut[flight.arrival + 1 : limit + 1])
    limit = flight.arrival + int(cuts[0]) if len(cuts) else limit
    shooters = -1 if flight.shooter is None else int(team[flight.shooter])
    after = [hold for hold in held if flight.arrival < hold.end and hold.start <= limit and not people.referee[hold.track] and hold.track != flight.shooter]
    real = [hold for hold in after if scene.time_s[hold.end] - scene.time_s[max(hold.start, flight.arrival)] >= _REAL_HOLD_S]
    for hold in real[:3]:
        start, end = np.searchsorted(people.frame, (max(hold.start, flight.arrival), min(hold.end, limit) + 1))
        rows = np.arange(start, end)[people.track[start:end] == hold.track]
        beyond = people.feet_m[rows, 0] * flight.ring.side > court.half_length_m - 0.1
        if beyond.sum() >= scene.frames(0.3) and team[hold.track] != shooters:
            return True
    return False


def chance_made(found: Mapping[str, float]) -> float:
    """Return the probability (0-1) of a basket by its ``signs``."""
    log_odds = _START + sum(_WORTH.get(name, 0.0) * value for name, value in found.items())
    return float(1 / (1 + np.exp(-log_odds)))
