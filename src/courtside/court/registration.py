"""Where the court lies in every frame of a clip, from what a model saw in some of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from courtside.court.bundle import PAN, ROLL, TILT, ZOOM, Marks, Stand, fit_looks, fit_stand, project
from courtside.court.camera import Camera, Lens, floor_under
from courtside.court.dimensions import Court
from courtside.court.feet import camera_position
from courtside.court.markings import landmarks, lines
from courtside.court.pose import camera_of
from courtside.court.sighting import Sighting

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LONGEST_GAP_S = 0.5
"""A frame farther than this from the nearest one in which the court was found has no court."""

_SURE = 0.3  # landmarks less confident are left out
_LANDMARK_PX, _LINE_PX = 2.5, 2.0  # expected errors in a picture 1280 px wide
_GATE = 0.012  # of the picture's width: a landmark farther from the plain homography is taken for wrong
_NEAR_LINE = 0.015  # of the picture's width: paint farther from a painted line is not of it
_MOST_LINE_POINTS, _FOR_THE_STAND = 80, 40
_LEAST_MARKS = 4
_ON_A_LINE_M = 0.1


@dataclass(frozen=True)
class CourtTrack:
    """Where the court lies in n frames.

    ``valid`` (n,); ``court_to_pinhole`` (n, 3, 3), floor metres to pinhole pixels, NaN where not valid; ``lens`` (cx, cy, sx, sy, k1, k2), one for the
    clip; ``error_m`` (n,) the expected error over the visible floor in metres, NaN where not valid.
    """

    valid: Bools
    court_to_pinhole: Floats
    lens: tuple[float, float, float, float, float, float]
    error_m: Floats

    @cached_property
    def camera_m(self) -> Floats | None:
        """Where the camera stands, (3,) metres; None where no frame tells it."""
        width, height = (round(2 * middle) for middle in self.lens[:2])  # a lens's middle is the picture's
        return camera_position(self.court_to_pinhole, (width, height))


def plain_homography(sighting: Sighting, court: Court, width: int) -> tuple[Floats, Bools] | None:
    """Return the homography (3, 3) from floor metres to pixels that most landmarks agree to, and which do (k,); None where fewer than five agree."""
    sure = sighting.confidence >= _SURE
    if sure.sum() < 5:
        return None
    floor = np.array(list(landmarks(court).values()))
    homography, agree = cv2.findHomography(floor[sure], sighting.landmarks[sure], cv2.RANSAC, _GATE * width)
    found: npt.NDArray[np.generic] | None = homography  # whatever OpenCV's stub says
    if found is None or np.count_nonzero(agree) < 5:
        return None
    inliers = np.zeros(len(sure), bool)
    inliers[np.flatnonzero(sure)[agree.ravel() > 0]] = True
    spread = np.linalg.svd(floor[inliers] - floor[inliers].mean(0), compute_uv=False)
    return (np.asarray(found, np.float64), inliers) if spread[1] > 1.5 else None  # on one line they say nothing


class PaintedLines:
    """``points`` (m, 2) along every painted line, with their directions ``along`` (m, 2), to look up the nearest."""

    def __init__(self, court: Court) -> None:
        points, along = [], []
        for line in lines(court).values():
            for start, end in itertools.pairwise(line):
                length = float(np.hypot(*(end - start)))
                steps = np.arange(0, length, 0.08)
                points.append(start + steps[:, None] / length * (end - start))
                along.append(np.repeat((end - start)[None] / length, len(steps), 0))
        self.points, self.along = np.concatenate(points), np.concatenate(along)
        self._tree = cKDTree(self.points)

    def nearest(self, floor: Floats) -> npt.NDArray[np.int64]:
        """Return the row (n,) in ``points`` of that nearest to each floor point (n, 2)."""
        return np.asarray(self._tree.query(floor)[1], np.int64)


def landmark_marks(sightings: Sequence[Sighting], agree: Sequence[Bools], court: Court, width: int) -> Marks:
    """Return the landmarks of each picture that ``agree`` (k,) as marks; ``width`` is the picture's in pixels."""
    floor = np.array(list(landmarks(court).values()))
    picture = np.concatenate([np.full(int(mine.sum()), i) for i, mine in enumerate(agree)])
    spread = [_LANDMARK_PX * width / 1280 / np.sqrt(seen.confidence[mine]) for seen, mine in zip(sightings, agree, strict=True)]
    return Marks(
        picture.astype(np.int64),
        np.concatenate([floor[mine] for mine in agree]),
        np.concatenate([seen.landmarks[mine] for seen, mine in zip(sightings, agree, strict=True)]),
        np.full((len(picture), 2), np.nan),
        np.concatenate(spread),
    )


def add_lines(marks: Marks, sightings: Sequence[Sighting], stand: Stand, looks: Floats, painted: PaintedLines, size: tuple[int, int]) -> Marks:
    """Return ``marks`` and the painted pixels of each picture that lie near a painted line as the camera has it now."""
    parts = [marks]
    for i, seen in enumerate(sightings):
        paint = seen.paint[:: max(1, len(seen.paint) // _MOST_LINE_POINTS)]
        floor = camera_at(stand, looks[i], size).to_floor(paint)
        known = np.isfinite(floor).all(1) & (np.abs(floor) < 60).all(1)
        if not known.any():
            continue
        paint, row = paint[known], painted.nearest(floor[known])
        line = Marks(np.full(len(row), i), painted.points[row], paint, painted.along[row], np.full(len(row), _LINE_PX * size[0] / 1280 * 3))
        where = project(stand.vector(), np.repeat(looks[i][None], len(row), 0), line.floor_m, size)
        near = np.hypot(*(where - paint).T) < _NEAR_LINE * size[0]
        parts.append(Marks(line.picture[near], line.floor_m[near], line.pixel[near], line.along[near], line.spread[near]))
    return Marks(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("picture", "floor_m", "pixel", "along", "spread")))


def _smoothed(time_s: Floats, looks: Floats, spread: Floats, at_s: Floats) -> Floats:
    """Return looks (m, 4) at ``at_s``: smoothing splines through looks (n, 4) of known spread, which leave room for an operator's hand.

    The penalty weighs the expected change of the pan's acceleration: what a hand does to it within a few frames is far less than what the eye misreads.
    """
    from scipy.interpolate import make_smoothing_spline  # a third of a second, which ANALYZE need not wait for

    if len(time_s) < 5:
        return np.stack([np.interp(at_s, time_s, looks[:, column]) for column in range(4)], 1)
    out = []
    for column, strength in ((PAN, 2e-2), (TILT, 4e-3), (ROLL, 1e-4), (ZOOM, 2e-2)):
        # strength: typical second derivative of the look (rad/s2); lam = 1 / strength2 balances it against the squared error over its variance
        spline = make_smoothing_spline(time_s, looks[:, column], w=1 / np.maximum(spread[:, column], 1e-6) ** 2, lam=1 / (strength * 30) ** 2)
        out.append(spline(at_s))
    return np.stack(out, 1)


def floor_errors(stand: Stand, looks: Floats, covariance: Floats, court: Court, size: tuple[int, int]) -> Floats:
    """Return (n,) the median expected error in metres over the floor that shows, from the covariance of each look."""
    across, along = np.linspace(-0.95, 0.95, 7) * court.half_width_m, np.linspace(-0.98, 0.98, 13) * court.half_length_m
    floor = np.stack(np.meshgrid(along, across), -1).reshape(-1, 2)
    n, m = len(looks), len(floor)
    every, points = np.repeat(looks, m, 0), np.tile(floor, (n, 1))
    shared = stand.vector()
    here = project(shared, every, points, size)
    to_pixel = np.stack([(project(shared, every, points + step, size) - here) / 0.01 for step in ((0.01, 0.0), (0.0, 0.01))], -1)  # (nm, 2, 2)
    turned = []
    for column in range(4):
        moved = every.copy()
        moved[:, column] += 1e-5
        turned.append((project(shared, moved, points, size) - here) / 1e-5)
    by_look = np.stack(turned, -1).reshape(n, m, 2, 4)
    shown = (np.isfinite(here).all(1) & (here >= 0).all(1) & (here < size).all(1)).reshape(n, m)
    in_pixels = np.einsum("nmai,nij,nmbj->nmab", by_look, covariance, by_look)
    errors = np.full(n, np.nan)
    to_pixel = to_pixel.reshape(n, m, 2, 2)
    for i in range(n):
        if shown[i].any():
            back = np.linalg.inv(to_pixel[i][shown[i]])
            in_metres = back @ in_pixels[i][shown[i]] @ back.transpose(0, 2, 1)
            errors[i] = float(np.median(np.sqrt(np.trace(in_metres, axis1=1, axis2=2))))
    return errors


def register(
    sightings: Sequence[Sighting], time_s: Floats, cuts: Bools, court: Court, size_px: tuple[int, int]
) -> CourtTrack:
    """Find the camera's stand and lens over the whole clip, and where it looks in every frame.

    Args:
        sightings: of some frames, in order.
        time_s: (n,) of every frame.
        cuts: (n,) whether a frame is the first after a cut.
        court: whose lines were seen.
        size_px: (width, height) of the clip.
    """
    n, (width, height) = len(time_s), size_px
    blank = CourtTrack(np.zeros(n, bool), np.full((n, 3, 3), np.nan), (width / 2, height / 2, width / 2, width / 2, 0.0, 0.0), np.full(n, np.nan))
    found = [(seen, *plain) for seen in sightings if (plain := plain_homography(seen, court, width)) is not None]
    cameras = [camera_of(homography, size_px) for _, homography, _ in found]
    kept = [i for i, camera in enumerate(cameras) if camera is not None]
    if not kept:
        return blank
    seen, agree = [found[i][0] for i in kept], [found[i][2] for i in kept]
    looks = np.array([(c.pan, c.tilt, c.roll, np.log(c.focal_px / width)) for i in kept if (c := cameras[i]) is not None])
    looks[:, ROLL] = looks[:, ROLL].clip(-0.05, 0.05)
    marks, painted = landmark_marks(seen, agree, court, width), PaintedLines(court)
    stand = Stand(np.median([camera.position_m for camera in cameras if camera is not None], 0))
    stand = _stand_of(stand, looks, marks, seen, painted, size_px)
    roll = 0.0
    for with_lines in (False, True, True):
        used = add_lines(marks, seen, stand, looks, painted, size_px) if with_lines else marks
        looks, covariance = fit_looks(stand, looks, used, size_px, roll)
        roll = float(np.median(looks[:, ROLL]))
    return _through_time(seen, looks, covariance, used, stand, time_s, cuts, court, size_px)


def _stand_of(stand: Stand, looks: Floats, marks: Marks, seen: Sequence[Sighting], painted: PaintedLines, size: tuple[int, int]) -> Stand:
    """Fit the stand on pictures spread over the clip, first by landmarks, then by the lines too."""
    chosen = np.zeros(len(looks), bool)
    chosen[np.unique(np.linspace(0, len(looks) - 1, min(len(looks), _FOR_THE_STAND)).astype(int))] = True
    few, own = marks.of_pictures(chosen), looks[chosen]
    pictures = [sighting for sighting, use in zip(seen, chosen, strict=True) if use]
    stand, own = fit_stand(stand, own, few, size)
    for _ in range(2):
        stand, own = fit_stand(stand, own, add_lines(few, pictures, stand, own, painted, size), size)
    return stand


def _through_time(
    seen: Sequence[Sighting], looks: Floats, covariance: Floats, marks: Marks, stand: Stand, time_s: Floats, cuts: Bools, court: Court, size: tuple[int, int]
) -> CourtTrack:
    n, (width, height) = len(time_s), size
    valid, maps, error_m = np.zeros(n, bool), np.full((n, 3, 3), np.nan), np.full(n, np.nan)
    frames = np.array([sighting.frame for sighting in seen])
    spread = np.sqrt(np.einsum("nii->ni", covariance)).clip(1e-5, 1)
    floor_error = floor_errors(stand, looks, covariance, court, size)
    enough = np.bincount(marks.picture, minlength=len(looks)) >= _LEAST_MARKS
    shot_of = np.cumsum(cuts)
    for shot in np.unique(shot_of):
        mine = enough & (shot_of[frames] == shot) & (floor_error < 3)
        if not mine.any():
            continue
        mine &= _consistent(time_s[frames], looks, spread, mine)
        at = np.flatnonzero(shot_of == shot)
        known_s = time_s[frames[mine]]
        nearest = np.abs(time_s[at][:, None] - known_s[None]).min(1)
        at = at[nearest <= LONGEST_GAP_S]
        whole = _smoothed(known_s, looks[mine], spread[mine], time_s[at])
        valid[at] = True
        for frame, look in zip(at, whole, strict=True):
            maps[frame] = camera_at(stand, look, size).court_to_pinhole()
        gap = np.abs(time_s[at][:, None] - known_s[None]).min(1)
        error_m[at] = np.interp(time_s[at], known_s, floor_error[mine]) * (1 + gap / 0.1)
    return CourtTrack(valid, maps, (width / 2, height / 2, width / 2, width / 2, stand.bend, 0.0), error_m)


def _consistent(time_s: Floats, looks: Floats, spread: Floats, mine: Bools) -> Bools:
    """Return (n,) which of ``mine`` are not far from what the frames around say."""
    good = mine.copy()
    for i in np.flatnonzero(mine):
        near = mine & (np.abs(time_s - time_s[i]) < 0.6) & (np.arange(len(mine)) != i)
        if near.sum() < 2:
            continue
        for column, slack in ((PAN, 0.02), (TILT, 0.012), (ZOOM, 0.06)):
            line = np.polyfit(time_s[near] - time_s[i], looks[near, column], 1) if near.sum() > 3 else (0.0, np.median(looks[near, column]))
            if abs(looks[i, column] - line[1]) > slack + 4 * spread[i, column]:
                good[i] = False
    return good if good.any() else mine


def camera_at(stand: Stand, look: Floats, size: tuple[int, int]) -> Camera:
    """Return the camera on a ``stand`` with a ``look`` (4,)."""
    x, y, z = (float(value) for value in stand.position_m)
    pan, tilt, roll, zoom = (float(value) for value in look[[PAN, TILT, ROLL, ZOOM]])
    width, height = size
    lens = Lens(width / 2, height / 2, width / 2, width / 2, stand.bend)
    return Camera((x, y, z), pan, tilt, float(np.exp(zoom)) * width, size, roll, lens)


def line_agreement(sightings: Sequence[Sighting], track: CourtTrack, court: Court) -> float:
    """Return the share (0-1) of the painted pixels seen on the court that lie within 10 cm of one of its lines; NaN where none was seen.

    On real clips it is 0.6 to 0.9 on the right league's court, and at least 0.07 less on any other's.
    """
    painted, lens = PaintedLines(court), Lens(*track.lens)
    near, total = 0, 0
    for seen in sightings:
        if not track.valid[seen.frame] or not len(seen.paint):
            continue
        floor = floor_under(track.court_to_pinhole[seen.frame], lens, seen.paint)
        floor = floor[(np.abs(floor) < (court.half_length_m + 0.3, court.half_width_m + 0.3)).all(1)]
        if len(floor):
            apart = np.hypot(*(painted.points[painted.nearest(floor)] - floor).T)
            near, total = near + int((apart < _ON_A_LINE_M).sum()), total + len(floor)
    return near / total if total else float("nan")
