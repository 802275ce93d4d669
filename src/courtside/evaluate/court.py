"""Where the court lies: homographies at any frame, places of people, and how far off a run's court is, in pixels and in metres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.court.camera import Lens
from courtside.court.dimensions import COURTS
from courtside.truth.labels import CourtLabels

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
At = Callable[[int], "Floats | None"]

_GRID_M = 1.0
"""Spacing of the floor points that are compared."""
WRONG_M = 2.0
"""A frame whose points are farther off than this in the median is wrong, not merely rough."""
_LONGEST_GAP_S = 0.5
"""Between two labelled frames no farther apart than this the camera is taken to turn evenly."""


@dataclass(frozen=True)
class CourtScores:
    """``n_in_play`` labelled frames show a court, ``n_solved`` of them the run claims to know, ``n_wrong`` of those are off by more than ``WRONG_M``.

    ``n_claimed`` frames without a court got one. The errors are of the floor points in the picture, a metre apart, over all solved frames, None if there is
    none; a frame is wrong by its median.
    """

    n_in_play: int
    n_solved: int
    n_wrong: int
    n_claimed: int
    median_m: float | None
    p95_m: float | None
    median_px: float | None
    p95_px: float | None
    wrong_frames: tuple[int, ...] = ()


def _in_front(homography: Floats) -> Floats:
    # the sign that gives points in front of a camera above the floor a positive last coordinate (the court frame is left-handed)
    return homography if np.linalg.det(homography) > 0 else -homography


def to_picture(homography: Floats, lens: Lens, floor_m: Floats) -> Floats:
    """Return the pixels (n, 2) of floor points (n, 2); NaN for those behind the camera."""
    points = np.concatenate([floor_m, np.ones((len(floor_m), 1))], 1) @ _in_front(homography).T
    flat = np.where(points[:, 2:] > 1e-9, points[:, :2] / np.where(points[:, 2:] > 1e-9, points[:, 2:], 1.0), np.nan)
    return lens.bend(flat)


def to_floor(homography: Floats, lens: Lens, pixels: Floats) -> Floats:
    """Return the floor points (n, 2) in metres under ``pixels`` (n, 2); NaN for pixels above the horizon."""
    flat = lens.unbend(pixels)
    points = np.concatenate([flat, np.ones((len(flat), 1))], 1) @ np.linalg.inv(_in_front(homography)).T
    return np.asarray(np.where(points[:, 2:] > 1e-12, points[:, :2] / np.where(points[:, 2:] > 1e-12, points[:, 2:], 1.0), np.nan))


def court_at(court: CourtLabels, rate: float, cuts: tuple[int, ...] = ()) -> At:
    """Return a function that gives the homography (3, 3) of a frame, or None.

    Between two labelled frames half a second apart at most, with no cut between, the picture's motion from one to the other is taken to be even: its
    matrix logarithm is shared out, which is exact for a camera that turns at a constant speed.
    """
    from scipy.linalg import expm, logm

    rows = {int(frame): row for row, frame in enumerate(court.frame)}

    def at(frame: int) -> Floats | None:
        if frame in rows:
            return court.court_to_pinhole[rows[frame]] if court.valid[rows[frame]] else None
        after = int(np.searchsorted(court.frame, frame))
        if not 0 < after < len(court.frame) or not court.valid[after - 1 : after + 1].all():
            return None
        start, end = (int(i) for i in court.frame[after - 1 : after + 1])
        if (end - start) / rate > _LONGEST_GAP_S or any(start < cut <= end for cut in cuts):
            return None
        first, second = (_in_front(court.court_to_pinhole[i]) for i in (after - 1, after))
        motion = second @ np.linalg.inv(first)
        motion = motion / np.cbrt(np.linalg.det(motion))
        return np.asarray(np.real(expm((frame - start) / (end - start) * logm(motion))) @ first)

    return at


def places(court: CourtLabels, at: At, frame: Ints, xyxy: Floats) -> Floats:
    """Return (n, 2) where people stand, in metres: the floor under the middle of their boxes' lower edges; NaN where the court is not known."""
    lens = Lens(*court.lens)
    floor = np.full((len(frame), 2), np.nan)
    feet = np.stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]], 1)
    for one in np.unique(frame):
        homography = at(int(one))
        if homography is not None:
            there = frame == one
            floor[there] = to_floor(homography, lens, feet[there])
    return floor


def score_court(truth: CourtLabels, found: CourtLabels, width: int, height: int) -> CourtScores:
    """Compare the run's court with the true one on every labelled frame."""
    measures = COURTS.get(truth.league, COURTS["nba"])
    along, across = (np.arange(-half, half + 1e-9, _GRID_M) for half in (measures.half_length_m, measures.half_width_m))
    grid = np.stack(np.meshgrid(along, across), -1).reshape(-1, 2)
    rows = {int(frame): row for row, frame in enumerate(found.frame) if found.valid[row]}
    true_lens, lens = Lens(*truth.lens), Lens(*found.lens)
    metres, pixels = [], []
    claimed, wrong = 0, []
    for i, frame in enumerate(truth.frame.tolist()):
        row = rows.get(frame)
        if not truth.valid[i] or row is None:
            claimed += row is not None and not truth.valid[i]
            continue
        true = to_picture(truth.court_to_pinhole[i], true_lens, grid)
        inside = (true >= 0).all(1) & (true < (width, height)).all(1)
        if not inside.any():
            continue
        homography = found.court_to_pinhole[row]
        off_m = np.linalg.norm(to_floor(homography, lens, true[inside]) - grid[inside], axis=1)
        off_px = np.linalg.norm(to_picture(homography, lens, grid[inside]) - true[inside], axis=1)
        metres.append(np.nan_to_num(off_m, nan=np.inf))  # a point that the run takes for sky is as far off as can be
        pixels.append(np.nan_to_num(off_px, nan=np.inf))
        if np.median(metres[-1]) > WRONG_M:
            wrong.append(frame)
    (median_m, p95_m), (median_px, p95_px) = _quantiles(metres), _quantiles(pixels)
    return CourtScores(int(truth.valid.sum()), len(metres), len(wrong), int(claimed), median_m, p95_m, median_px, p95_px, tuple(wrong))


def _quantiles(off: list[Floats]) -> tuple[float, float] | tuple[None, None]:
    if not off:
        return None, None
    # "lower": between a number and the sky there is nothing to interpolate
    median, p95 = np.quantile(np.concatenate(off), (0.5, 0.95), method="lower")
    return float(median), float(p95)
