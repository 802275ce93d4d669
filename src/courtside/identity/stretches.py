"""Where a tracklet may have gone over to somebody else: the moments at which it is cut into stretches, for others to say who each of them is."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.identity.tracklets import Tracklet, crowding, number_cut

Floats = npt.NDArray[np.float64]

_MET, _ALONE, _UNSEEN = 0.88, 0.97, 0.85
"""Chance that it is the same person after two bodies covered each other, or readings began to disagree with somebody near; where they did with nobody near, for
then a shirt may only have turned; and after the tracker lost sight of one."""

_COVERED = 0.5  # share of the smaller of two boxes under the other from which the two may have been exchanged
_NEAR = 0.3  # share of a box that another covers from which somebody is near
_MEETING_S = 0.5  # bodies that cover each other again within this time have met once
_UNSEEN_S = 0.35  # time out of sight after which somebody else may be followed
_DOUBLE_S, _DOUBLE_IOU = 1.0, 0.3  # a double box lasts at most this long, and lies so well on the other in half of the frames they share
_DOUBTFUL_GAIN = 3.0  # nats that two numbers must explain better than one for a doubt


@dataclass(frozen=True)
class Part:
    """A stretch of a tracklet: its boxes and evidence, the index of the part before it in the list and the chance that it is the same person as there."""

    tracklet: Tracklet
    whole: int
    follows: int | None
    stays: float


def cut_where_doubtful(tracklets: Sequence[Tracklet]) -> list[Part]:
    """Return the parts of all ``tracklets``, clip by clip in order of start; ``whole`` is the index of the tracklet that a part is of."""
    doubts = _doubts(tracklets)
    pieces = []
    for whole, tracklet in enumerate(tracklets):
        edges = [-np.inf, *sorted(doubts[whole]), np.inf]
        pieces += [(tracklet.between(start, end), whole, doubts[whole].get(start, 1.0)) for start, end in itertools.pairwise(edges)]
    pieces = [piece for piece in pieces if len(piece[0].frame)]
    pieces.sort(key=lambda piece: (piece[0].clip, piece[0].start_s, piece[1]))
    parts: list[Part] = []
    newest: dict[int, int] = {}
    for tracklet, whole, stays in pieces:
        parts.append(Part(tracklet, whole, newest.get(whole), stays))
        newest[whole] = len(parts) - 1
    return parts


def _doubts(tracklets: Sequence[Tracklet]) -> dict[int, dict[float, float]]:
    """Return for each tracklet its doubtful moments and the chance that it stayed with the same person there."""
    doubts: dict[int, dict[float, float]] = defaultdict(dict)
    for i, tracklet in enumerate(tracklets):
        around = number_cut(tracklet, _DOUBTFUL_GAIN)
        if around is not None:
            moment, crowd = most_crowded(tracklet, around, tracklets)
            doubts[i][moment] = _MET if crowd >= _NEAR else _ALONE
        for row in np.flatnonzero(np.diff(tracklet.time_s) > _UNSEEN_S):
            doubts[i][float(tracklet.time_s[row + 1])] = _UNSEEN
    for i, one in enumerate(tracklets):
        for j in range(i + 1, len(tracklets)):
            for moment in _partings(one, tracklets[j]):
                # cut at the same time, so that they can have been exchanged
                doubts[i][moment] = doubts[j][moment] = _MET
    return doubts


def _partings(one: Tracklet, other: Tracklet) -> list[float]:
    """Return the times (s) at which two people who had covered each other come apart."""
    if one.clip != other.clip or one.tracker_id == other.tracker_id or one.end_s < other.start_s or other.end_s < one.start_s:
        return []
    _, mine, theirs = np.intersect1d(one.frame, other.frame, assume_unique=True, return_indices=True)
    a, b = one.xyxy[mine], other.xyxy[theirs]
    smaller = np.minimum(_area(a), _area(b))
    covered = one.time_s[mine[_shared(a, b) >= _COVERED * np.maximum(smaller, 1e-6)]]
    if not len(covered):
        return []
    last = np.append(covered[:-1][np.diff(covered) > _MEETING_S], covered[-1])
    after = np.searchsorted(one.time_s, last + 1e-6)
    return [float(moment) for moment in one.time_s[after[after < len(one.time_s)]]]


def _area(xyxy: Floats) -> Floats:
    return np.asarray(np.prod(xyxy[:, 2:] - xyxy[:, :2], 1))


def _shared(a: Floats, b: Floats) -> Floats:
    """Return (n,) the area that each of boxes ``a`` (n, 4) shares with that of ``b`` (n, 4) in its row."""
    return np.asarray(np.prod(np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None), 1))


def most_crowded(tracklet: Tracklet, around: tuple[float, float], others: Sequence[Tracklet]) -> tuple[float, float]:
    """Return when (s), between the two times of ``around``, a tracklet that changed hands was most covered, and how much (0-1): there the switch was made."""
    inside = np.flatnonzero((tracklet.time_s > around[0]) & (tracklet.time_s <= around[1]))
    if not len(inside):
        return around[1], 0.0
    crowd = crowding(tracklet, others)[inside]
    return float(tracklet.time_s[inside[crowd.argmax()]]), float(crowd.max())


def doubles(parts: Sequence[Tracklet]) -> list[frozenset[int]]:
    """Return for each of the ``parts`` of one shot, in order of start, which earlier ones it may be a second box of: both are in one place while both last."""
    end_s = np.array([part.end_s for part in parts])
    found = []
    for n, part in enumerate(parts):
        over_s = end_s[:n] - part.start_s
        both = np.flatnonzero((over_s > 0) & (over_s <= _DOUBLE_S)).tolist()
        found.append(frozenset(i for i in both if _in_one_place(parts[i], part)))
    return found


def _in_one_place(one: Tracklet, other: Tracklet) -> bool:
    _, mine, theirs = np.intersect1d(one.frame, other.frame, assume_unique=True, return_indices=True)
    a, b = one.xyxy[mine], other.xyxy[theirs]
    iou = _shared(a, b) / np.maximum(_area(a) + _area(b) - _shared(a, b), 1e-6)
    return not len(iou) or float(np.median(iou)) >= _DOUBLE_IOU
