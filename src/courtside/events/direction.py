"""Which basket each team attacks: those who defend one stand between it and their men. It changes at half time."""

from __future__ import annotations

import numpy as np

from courtside.events.scene import Floats, Scene

_AROUND_S = 150.0  # a half lasts longer
_ENOUGH_S = 4.0  # net seconds of play before a basket that tell
_HALF_M = 3.0  # the middle of everybody is this far from the half-way line when they play before a basket
_CLEARLY_M = 1.0  # by which one team stands nearer to it
_LEAST = 3  # of each team in view


def attack_side(scene: Scene) -> Floats:
    """Return (n,) which basket team 0 attacks in each frame: 1 the right one, -1 the left one, and nearer to 0 the less sure it is; team 1 the other."""
    people, n = scene.people, scene.n_frames
    votes = np.zeros(n)
    if scene.court is None:
        return votes
    team = people.team[people.track]
    known = np.isfinite(people.feet_m[:, 0]) & (team >= 0)
    frame, x, y, team = people.frame[known], people.feet_m[known, 0], people.feet_m[known, 1], team[known]
    middle = np.bincount(frame, x, n) / np.maximum(np.bincount(frame, minlength=n), 1)
    half = np.sign(middle) * (np.abs(middle) > _HALF_M)
    reach = np.hypot(x - half[frame] * scene.court.rim_x_m, y)
    counts = [np.bincount(frame[team == k], minlength=n) for k in (0, 1)]
    first, second = (np.bincount(frame[team == k], reach[team == k], n) / np.maximum(count, 1) for k, count in enumerate(counts))
    enough = (np.minimum(*counts) >= _LEAST) & (half != 0)
    step_s = np.diff(scene.time_s, prepend=scene.time_s[:1]).clip(0, 0.2)
    votes[enough] = (half * np.clip((first - second) / _CLEARLY_M, -1, 1) * step_s)[enough]
    total = np.concatenate([[0.0], np.cumsum(votes)])
    before, after = (np.searchsorted(scene.time_s, scene.time_s + sign * _AROUND_S) for sign in (-1, 1))
    return np.asarray(np.tanh((total[after] - total[before]) / _ENOUGH_S))


def attacks(scene: Scene, side: Floats) -> Floats:
    """Return (n,) for each row of people how sure (-1 to 1) it is that he stands in the half that his team attacks; 0 where that is not known."""
    people = scene.people
    sign = np.array([1.0, -1.0, 0.0])[people.team[people.track]]  # team -1 is the last of them
    return np.asarray(side[people.frame] * sign * np.clip(np.nan_to_num(people.feet_m[:, 0]), -1, 1))
