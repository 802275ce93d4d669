"""Feet and head together: where somebody stood over an unbroken stretch of time, and where that is not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.court.feet import Sights
from courtside.court.paths import smooth_path

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# All in metres. The spreads are those of our detector's boxes about the true bodies of simulated clips, over people nobody hides.
_FEET_M, _HIDDEN_FEET_M = 0.09, 0.12  # of the lower edge, and what is added to it the more of the feet is hidden
_HEAD_M = 0.12  # of the upper edge about the same body's mean: nodding, crouching
_SIDE_M, _CUT_SIDE_M = 0.08, 0.30  # of the box's middle, and of that of a box that the picture's edge cuts
_TALL_M, _TALL_SPREAD_M = 1.88, 0.15  # how high upper edges are above the floor
_LASTS_S = 0.25  # an edge that is wrong stays wrong for so long: a second of it is worth two looks, whatever the frame rate
_TAILS = 2.0  # degrees of freedom of Student's distribution of the errors: outliers are common
_ROUNDS = 6
_FASTEST_M_S = 9.5  # a sprint of the fastest players, and a little
_AGREES = 4.0  # spreads
_BEFORE_S, _LEAP_M = 0.3, 1.5  # what an edge that goes wrong for long may do; a swap between neighbours is too short to be told from it
_BRIDGED_S = 0.25  # a place is known without a look of its own if there are good ones so near before and after


@dataclass(frozen=True)
class Looks:
    """What is to be had of one person in n frames: the ``sights`` of his boxes and which of their edges show his body's.

    ``covered`` (n,) is the share (0-1) of his feet that is hidden. ``no_feet``, ``no_head`` and ``no_side`` (n,) tell where the picture's edge cuts him.
    ``below_m`` is how far below the floor under his middle the lower edges are seen.
    """

    sights: Sights
    covered: Floats
    no_feet: Bools
    no_head: Bools
    no_side: Bools
    below_m: float

    def of(self, rows: npt.NDArray[np.int64]) -> Looks:
        """Return the looks in some of the frames."""
        return Looks(self.sights.of(rows), self.covered[rows], self.no_feet[rows], self.no_head[rows], self.no_side[rows], self.below_m)


def _trust(off: Floats) -> Floats:
    """Return the weights by which least squares become the maximum likelihood of Student's distribution, for residuals in spreads."""
    return np.asarray((_TAILS + 1) / (_TAILS + off**2))


def body_height(looks: Looks, step_s: float) -> float:
    """Return how high the top of somebody's boxes is above the floor in metres, as a rule; what is usual for people where his feet or head never show.

    Args:
        looks: all that is to be had of him.
        step_s: seconds from frame to frame.
    """
    high = looks.sights.height_m(looks.sights.feet_m(looks.below_m))
    shows = np.isfinite(high) & ~looks.no_feet & ~looks.no_head
    high, spread = high[shows], np.hypot(_FEET_M + _HIDDEN_FEET_M * looks.covered[shows], _HEAD_M)
    weight = min(1.0, step_s / (2 * _LASTS_S)) / spread**2
    height = _TALL_M
    for _ in range(_ROUNDS):
        now = weight * _trust((high - height) / spread)
        height = float(((now * high).sum() + _TALL_M / _TALL_SPREAD_M**2) / (now.sum() + 1 / _TALL_SPREAD_M**2))
    return height


@dataclass(frozen=True)
class Stood:
    """Where somebody stood in n frames: ``places_m`` (n, 2) of the court frame, NaN where it is not known.

    ``seen_m`` (n, 2) are the places as each look alone tells them, ``information`` (n, 2, 2) in 1/m² says what they were worth.
    """

    places_m: Floats
    seen_m: Floats
    information: Floats


def leaps(time_s: Floats, looks: Looks) -> npt.NDArray[np.int64]:
    """Return the rows from which on somebody is seen so far from where he was that nobody runs there: it is another person who is followed from there on.

    The medians over ``_BEFORE_S`` on both sides are compared, so that single wrong looks are none.

    Args:
        time_s: (n,) times of an unbroken stretch.
        looks: what is to be had of him in it.
    """
    shows = ~looks.no_feet & np.isfinite(looks.sights.down)
    rows = np.flatnonzero(shows & np.isfinite(looks.sights.feet_m(looks.below_m)))
    if len(rows) < 2:
        return np.zeros(0, np.int64)
    k = max(3, round(_BEFORE_S / float(np.median(np.diff(time_s)))))
    if len(rows) < 2 * k:
        return np.zeros(0, np.int64)
    seen = looks.of(rows).sights
    windows = np.lib.stride_tricks.sliding_window_view(seen.floor(seen.feet_m(looks.below_m)), k, axis=0)
    middle, at = np.median(windows, -1), np.lib.stride_tricks.sliding_window_view(time_s[rows], k).mean(-1)
    apart = np.hypot(*(middle[k:] - middle[:-k]).T) - _FASTEST_M_S * (at[k:] - at[:-k])
    far = np.flatnonzero(apart > _LEAP_M)
    groups = np.split(far, np.flatnonzero(np.diff(far) > 1) + 1) if len(far) else []
    return np.array([rows[group[apart[group].argmax()] + k] for group in groups], np.int64)


def stand(time_s: Floats, looks: Looks, height_m: float) -> Stood:
    """Return where somebody stood.

    Feet are believed where they show; the head tells the distance where they don't, and takes part where it is as high as it should be: a body may crouch and
    raise its arms, but is not much longer or shorter for long. Looks that don't fit a path somebody can run lose their weight (iteratively reweighted least
    squares).

    Args:
        time_s: (n,) times of an unbroken stretch, each later than the one before.
        looks: what is to be had of him in it.
        height_m: his ``body_height``.
    """
    sights, eye_m = looks.sights, float(looks.sights.camera_m[2])
    feet, head = sights.feet_m(looks.below_m), sights.head_m(height_m)
    shorter = height_m - sights.height_m(feet)
    apart = np.where(shorter > 0, shorter * (1 - looks.covered / 2), -shorter)  # a short box with hidden feet has lost those, not the head
    head_m = np.where(looks.no_head | ~np.isfinite(head), np.inf, np.hypot(_HEAD_M, np.where(looks.no_feet | ~np.isfinite(apart), 0.0, apart)))
    feet_m = np.where(looks.no_feet | ~np.isfinite(feet), np.inf, np.hypot(_FEET_M, _HIDDEN_FEET_M * looks.covered))
    feet, head = np.nan_to_num(feet), np.nan_to_num(head)
    spreads = np.stack([feet_m * feet / eye_m, head_m * head / (eye_m - height_m), np.where(looks.no_side, _CUT_SIDE_M, _SIDE_M)])
    spreads = np.where(spreads > 0, np.nan_to_num(spreads, nan=np.inf), np.inf)
    seen = np.isfinite(spreads[:2]).any(0)
    spreads[2, ~seen] = np.inf
    places = np.full((len(time_s), 2), np.nan)
    if not seen.any():
        return Stood(places, places, np.zeros((len(time_s), 2, 2)))
    away = np.nan_to_num(sights.away())
    aside = np.stack([-away[:, 1], away[:, 0]], 1)
    step_s = np.gradient(time_s) if len(time_s) > 1 else np.full(1, _LASTS_S / 5)
    worth = np.minimum(1.0, step_s / (2 * _LASTS_S))
    strength, off = np.where(np.isfinite(spreads), spreads, 1e9) ** -2, np.zeros_like(spreads)
    for _ in range(_ROUNDS):
        weight = worth * _trust(off) * strength
        along = weight[:2].sum(0)
        distance = (weight[0] * feet + weight[1] * head) / np.where(along > 0, along, 1.0)
        information = along[:, None, None] * away[:, :, None] * away[:, None, :] + weight[2][:, None, None] * aside[:, :, None] * aside[:, None, :]
        found = sights.camera_m[:2] + distance[:, None] * away
        path = smooth_path(time_s, found, information)
        way = path - sights.camera_m[:2]
        off = (np.stack([(way * away).sum(1)] * 2 + [(way * aside).sum(1)]) - np.stack([feet, head, np.zeros(len(feet))])) / spreads
    known = _known(time_s, path, seen & (np.abs(off[:2]).min(0) < _AGREES) & (np.abs(off[2]) < _AGREES))
    places[known] = path[known]
    return Stood(places, found, information)


def _known(time_s: Floats, path: Floats, good: Bools) -> Bools:
    """Return (n,) where a path is borne out by ``good`` looks, its own or near ones before and after, and can be run."""
    if not good.any():
        return good
    at = time_s[good]
    after = np.searchsorted(at, time_s)
    till, since = at[np.minimum(after, len(at) - 1)] - time_s, time_s - at[np.maximum(after - 1, 0)]
    known = good | ((till >= 0) & (since >= 0) & (till <= _BRIDGED_S) & (since <= _BRIDGED_S))
    if len(time_s) > 1:
        fast = np.hypot(*np.diff(path, axis=0).T) > _FASTEST_M_S * np.diff(time_s)
        known[1:] &= ~fast
        known[:-1] &= ~fast
    return known
