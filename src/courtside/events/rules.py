"""Three seconds in the paint: attackers who stay in it while their team has the ball in front of that basket."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from courtside.events.possession import Hold
from courtside.events.scene import Bools, Floats, Ints, Scene
from courtside.events.touches import Play, Shot

LIMIT_S = 3.0
_INSIDE_M = 0.1  # a foot this far inside the line is in
_FOOT_M = 0.25  # how well a foot is placed
_BLINK_S = 0.25  # a step across the line shorter than this is the wobble of a box


def tell_three_seconds(scene: Scene, held: Sequence[Hold], shots: Sequence[Shot], has: Ints, side: Floats) -> list[Play]:
    """Return every stay of an attacker of more than three seconds.

    It counts from when his team has the ball in its front court, and ends when he is out, the ball leaves the front court, or a shot is taken.

    Args:
        scene: the clip.
        held: the holds.
        shots: the shots.
        has: (n,) which team has the ball, of ``control``.
        side: (n,) which basket team 0 attacks, of ``attack_side``.
    """
    court, people, out = scene.court, scene.people, []
    if court is None:
        return []
    attacked = np.where(has == 0, 1, -1) * np.sign(side) * (np.abs(side) > 0.5)
    counts = (has >= 0) & (attacked != 0) & _in_front(scene, held, attacked) & ~_in_flight(scene, shots)
    line, half = court.half_length_m - court.free_throw_m, court.paint_width_m / 2
    x, y = people.feet_m[:, 0] * attacked[people.frame], np.abs(people.feet_m[:, 1])
    within = np.minimum(np.minimum(x - line, court.half_length_m - x), half - y)  # metres inside the paint, below 0 outside
    attacker = (people.team[people.track] == has[people.frame]) & counts[people.frame]
    inside = attacker & (np.nan_to_num(within, nan=-1.0) > _INSIDE_M)
    order = np.argsort(people.track, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(people.track[order])) + 1):
        for start, end in _stays(scene, people.frame[rows], inside[rows], counts):
            seconds = float(scene.time_s[end] - scene.time_s[start])
            if seconds > LIMIT_S:
                there = rows[(people.frame[rows] >= start) & (people.frame[rows] <= end)]
                deep = float(np.quantile(np.nan_to_num(within[there], nan=-1.0), 0.1))
                chance = float(np.clip(0.5 + 0.25 * (seconds - LIMIT_S) + 0.25 * deep / _FOOT_M, 0.3, 0.97))
                px, py = np.nanmedian(people.feet_m[there], 0)
                place, team = (float(px), float(py)), int(people.team[people.track[rows[0]]])
                out.append(Play("three-seconds", start, end, int(people.track[rows[0]]), team, place, chance, {"seconds": round(seconds, 3)}))
    return sorted(out, key=lambda play: play.start)


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


def _in_flight(scene: Scene, shots: Sequence[Shot]) -> Bools:
    out = np.zeros(scene.n_frames, bool)
    for shot in shots:
        out[shot.flight.release : shot.flight.last + 1] = True
    return out


def _stays(scene: Scene, frame: Ints, inside: Bools, counts: Bools) -> list[tuple[int, int]]:
    """Return (first, last) frame of each stay; a blink outside does not end one, a moment in which time does not count does."""
    found: list[tuple[int, int]] = []
    for one in frame[inside].tolist():
        if found and one - found[-1][1] <= scene.frames(_BLINK_S) and counts[found[-1][1] : one + 1].all() and not scene.cut[found[-1][1] + 1 : one + 1].any():
            found[-1] = found[-1][0], one
        else:
            found.append((one, one))
    return found
