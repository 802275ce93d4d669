"""Tracklets to tracks: one global assignment joins the end of one tracklet to the start of the next where they must be the same person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from courtside.identity.numbers import number_log_likelihood
from courtside.identity.tracklets import Tracklet

Floats = npt.NDArray[np.float64]

_LONGEST_GAP_S = 0.5  # after that somebody else may as well have come by; only a number proves him then
_REACH, _REACH_PER_S = 0.35, 1.5  # how far a person may turn up from where he was expected, in his own heights
_CLEAR = 0.3  # the runner-up must be this much worse, or the link is left open: a fragment costs less than a swap
_CONTRADICTION = 3.0  # nats by which two sets of readings may disagree
_VELOCITY_S = 0.3  # the stretch over which the speed at a tracklet's end is measured


def camera_positions(motion: Floats) -> Floats:
    """Return (n, 3, 3): from the first frame's pixels to each frame's, by chaining the steps ``motion`` (n, 2, 3)."""
    chained = np.empty((len(motion), 3, 3))
    current = np.eye(3)
    for i, step in enumerate(motion):
        current = (np.vstack([step, [0, 0, 1]]) if i else np.eye(3)) @ current
        chained[i] = current
    return chained


def _carried(point: Floats, start: int, end: int, camera: Floats) -> Floats:
    moved = camera[end] @ np.linalg.solve(camera[start], np.array([*point, 1.0]))
    return np.asarray(moved[:2] / moved[2])


def _foot(xyxy: Floats) -> Floats:
    return np.array([(xyxy[0] + xyxy[2]) / 2, xyxy[3]])


def _cost(before: Tracklet, after: Tracklet, camera: Floats) -> float:
    gap = after.start_s - before.end_s
    if before.clip != after.clip or before.shot != after.shot or not 0 < gap <= _LONGEST_GAP_S or before.is_referee != after.is_referee:
        return np.inf
    end, start = int(before.frame[-1]), int(after.frame[0])
    height = (before.xyxy[-1, 3] - before.xyxy[-1, 1] + after.xyxy[0, 3] - after.xyxy[0, 1]) / 2
    expected = _carried(_foot(before.xyxy[-1]), end, start, camera)
    earlier = int(np.searchsorted(before.time_s, before.end_s - _VELOCITY_S))
    if before.end_s - before.time_s[earlier] > _VELOCITY_S / 2:
        was = _carried(_foot(before.xyxy[earlier]), int(before.frame[earlier]), start, camera)
        # trusted for a moment only: people stop and turn
        expected = expected + (expected - was) / (before.end_s - before.time_s[earlier]) * min(gap, _VELOCITY_S)
    distance = float(np.linalg.norm(_foot(after.xyxy[0]) - expected)) / max(height, 1.0)
    return float(distance / (_REACH + _REACH_PER_S * gap))


def _agree(before: Tracklet, after: Tracklet) -> bool:
    one, two = number_log_likelihood(before.chance, before.reading_s), number_log_likelihood(after.chance, after.reading_s)
    return bool(one.max() + two.max() - (one + two).max() < _CONTRADICTION)


def link(tracklets: Sequence[Tracklet], team: Floats, cameras: Sequence[Floats]) -> list[list[int]]:
    """Return the tracks as lists of indices into ``tracklets``, each in order of time.

    Args:
        tracklets: in any order.
        team: (t, 3) chances of kit 0, kit 1 and neither.
        cameras: per clip, the result of ``camera_positions``.
    """
    from scipy.optimize import linear_sum_assignment

    n = len(tracklets)
    cost = np.full((n, n), np.inf)
    for i, before in enumerate(tracklets):
        for j, after in enumerate(tracklets):
            if i == j:
                continue
            value = _cost(before, after, cameras[before.clip])
            if value < 1 + _CLEAR and float(team[i] @ team[j]) > 0.5 and _agree(before, after):
                cost[i, j] = value
    following: dict[int, int] = {}
    if np.isfinite(cost).any():
        rows, columns = linear_sum_assignment(np.where(cost < 1, cost, 2.0))
        for i, j in zip(rows, columns, strict=True):
            rivals = np.concatenate([np.delete(cost[i], j), np.delete(cost[:, j], i)])
            if cost[i, j] < 1 and rivals.min(initial=np.inf) - cost[i, j] >= _CLEAR:
                following[int(i)] = int(j)
    followers = set(following.values())
    tracks = []
    for first in sorted(set(range(n)) - followers, key=lambda i: (tracklets[i].clip, tracklets[i].start_s, tracklets[i].tracker_id)):
        track = [first]
        while track[-1] in following:
            track.append(following[track[-1]])
        tracks.append(track)
    return tracks
