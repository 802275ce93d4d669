"""The court as the pictures come: each frame's from that frame and those before it, in constant time, for a clip that has no end yet.

Where ``registration`` looks at the whole clip at once, here a Kalman filter follows the look, moved on by the camera's motion from frame to frame, and the
stand is fitted again to a few unlike pictures whenever one joins them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court.bundle import ROLL, Marks, Stand, fit_looks, fit_stand, project
from courtside.court.camera import Camera, Lens
from courtside.court.dimensions import Court
from courtside.court.pose import camera_of
from courtside.court.registration import (
    LONGEST_GAP_S,
    CourtTrack,
    PaintedLines,
    add_lines,
    camera_at,
    floor_errors,
    landmark_marks,
    plain_homography,
)
from courtside.court.sighting import Sighting

Floats = npt.NDArray[np.float64]

_BEND = 0.03  # of the lenses of broadcast cameras: 0.01 to 0.04 on the arenas that were measured
_MOST_PICTURES = 12  # that the stand is fitted to
_UNLIKE = np.array([0.04, 0.03, np.inf, 0.08])  # a picture joins them that differs so much from each: pan, tilt, (roll,) zoom
_HAND = np.array([0.005, 0.0025, 0.0005, 0.008])  # what is not told by the motion: the look wanders by so much within a second
_MISREAD = np.array([0.0005, 0.0003, 0.0002, 0.0015])  # errors that the marks of one picture share, added to what their number tells
_MOST_TURNED = 0.2  # radians (and zoom) in one frame: more is no camera's motion
_LEAST_MARKS, _WORST_M = 4, 3.0
_FAR = 5.0  # spreads beyond which a look is not believed; the second in a row that agrees with the first is
_SOON_S = 0.5


@dataclass(frozen=True)
class Placed:
    """Where the court lies in one frame: the ``camera``, and the expected error over the floor that shows, in metres."""

    camera: Camera
    error_m: float


@dataclass(frozen=True)
class _State:
    """The look (4,), its covariance (4, 4), and when the court was last seen."""

    look: Floats
    covariance: Floats
    seen_s: float


class LiveCourt:
    """Follows the court through a clip: ``step`` once per frame, in order.

    Args:
        court: whose lines are seen.
        size_px: (width, height) of the clip.
    """

    def __init__(self, court: Court, size_px: tuple[int, int]) -> None:
        self._court, self._size, self._painted = court, size_px, PaintedLines(court)
        self._stand: Stand | None = None
        self._pictures: list[tuple[Sighting, Marks, Floats]] = []
        self._state: _State | None = None
        self._doubted: Floats | None = None
        self._last_s = 0.0

    def step(self, time_s: float, cut: bool, motion: Floats, seen: Sighting | None) -> Placed | None:
        """Return where the court lies in this frame, None where that is not known.

        Args:
            time_s: of the frame.
            cut: whether it is the first of a shot; the look begins anew, the stand is kept.
            motion: (2, 3) from the last frame's pixels to this one's.
            seen: what a model saw in it; None where nobody looked.
        """
        elapsed_s, self._last_s = time_s - self._last_s, time_s
        if cut:
            self._state = self._doubted = None
        if self._state is not None:
            self._state = self._moved(self._state, motion, elapsed_s)
        if seen is not None:
            self._look(seen, time_s)
        if self._state is None or self._stand is None or time_s - self._state.seen_s > LONGEST_GAP_S:
            return None
        error_m = float(floor_errors(self._stand, self._state.look[None], self._state.covariance[None], self._court, self._size)[0])
        return Placed(camera_at(self._stand, self._state.look, self._size), error_m) if error_m < _WORST_M else None

    def _moved(self, state: _State, motion: Floats, elapsed_s: float) -> _State:
        """Turn the look so that the floor under a few pixels comes to lie where ``motion`` takes them: one Gauss-Newton step."""
        assert self._stand is not None
        width, height = self._size
        pixels = np.stack(np.meshgrid(np.linspace(0.1, 0.9, 4) * width, np.linspace(0.4, 0.9, 3) * height), -1).reshape(-1, 2)
        floor = camera_at(self._stand, state.look, self._size).to_floor(pixels)
        known = np.isfinite(floor).all(1)
        floor, pixels, shared = floor[known], pixels[known], self._stand.vector()
        look = state.look
        if len(floor) >= 4:
            steps = np.repeat(look[None, None], 4, 0) + 1e-6 * np.eye(4)[:, None]
            moved = [(project(shared, np.repeat(step, len(floor), 0), floor, self._size) - pixels) / 1e-6 for step in steps]
            wanted, turns = pixels @ motion[:, :2].T + motion[:, 2] - pixels, np.stack(moved, -1).reshape(-1, 4)
            if np.isfinite(turns).all():
                turned, *_ = np.linalg.lstsq(turns, wanted.ravel(), rcond=None)
                look = look + turned if (np.abs(turned) < _MOST_TURNED).all() else look
        return replace(state, look=look, covariance=state.covariance + np.diag(_HAND**2) * elapsed_s)

    def _look(self, seen: Sighting, time_s: float) -> None:
        """Fit this picture's look and weigh it against the one that was expected."""
        plain = plain_homography(seen, self._court, self._size[0])
        camera = camera_of(plain[0], self._size) if plain is not None else None
        if plain is None or camera is None:
            return
        first = np.array([camera.pan, camera.tilt, np.clip(camera.roll, -0.05, 0.05), np.log(camera.focal_px / self._size[0])])
        marks = landmark_marks([seen], [plain[1]], self._court, self._size[0])
        if self._stand is None:
            self._stand = Stand(np.array(camera.position_m), _BEND)
        look, covariance, used = self._fitted(first, seen, marks)
        if len(used.picture) < _LEAST_MARKS or not floor_errors(self._stand, look[None], covariance[None], self._court, self._size)[0] < _WORST_M:
            return
        if self._joins(seen, marks, look):
            before = look
            look, covariance, _ = self._fitted(look, seen, marks)
            if self._state is not None:  # what is known of the look was seen from where the stand was thought to be
                self._state = replace(self._state, look=self._state.look + look - before)
        covariance = covariance + np.diag(_MISREAD**2)
        state = self._state
        if state is None or time_s - state.seen_s > _SOON_S:
            self._state, self._doubted = _State(look, covariance, time_s), None
            return
        off, spread = look - state.look, np.sqrt(np.diag(covariance + state.covariance))
        if (np.abs(off) > _FAR * spread).any() and (self._doubted is None or (np.abs(off - self._doubted) > _FAR * spread).any()):
            self._doubted = off
            return
        if self._doubted is not None and (np.abs(off) > _FAR * spread).any():
            self._state = _State(look, covariance, time_s)
        else:
            gain = state.covariance @ np.linalg.inv(state.covariance + covariance)
            self._state = _State(state.look + gain @ off, (np.eye(4) - gain) @ state.covariance, time_s)
        self._doubted = None

    def _fitted(self, look: Floats, seen: Sighting, marks: Marks) -> tuple[Floats, Floats, Marks]:
        assert self._stand is not None
        looks, covariance, used = look[None], np.zeros((1, 4, 4)), marks
        roll = float(np.median([own[ROLL] for _, _, own in self._pictures])) if self._pictures else 0.0
        for with_lines in (False, True, True):
            used = add_lines(marks, [seen], self._stand, looks, self._painted, self._size) if with_lines else marks
            looks, covariance = fit_looks(self._stand, looks, used, self._size, roll)
        return looks[0], covariance[0], used

    def _joins(self, seen: Sighting, marks: Marks, look: Floats) -> bool:
        """Fit the stand again if this picture is unlike those it was fitted to; the one most like another goes when there are too many."""
        assert self._stand is not None
        if any((np.abs(look - own) < _UNLIKE).all() for _, _, own in self._pictures):
            return False
        self._pictures.append((seen, marks, look))
        if len(self._pictures) > _MOST_PICTURES:
            looks = np.array([own for _, _, own in self._pictures])
            apart = (np.abs(looks[:, None] - looks[None]) / _UNLIKE).max(2) + np.eye(len(looks)) * 1e6
            self._pictures.pop(int(apart.min(1).argmin()))
        looks = np.array([own for _, _, own in self._pictures])
        parts = [replace(own, picture=np.full(len(own.picture), i)) for i, (_, own, _) in enumerate(self._pictures)]
        together = Marks(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("picture", "floor_m", "pixel", "along", "spread")))
        stand = self._stand
        for with_lines in (False, True):
            used = add_lines(together, [s for s, _, _ in self._pictures], stand, looks, self._painted, self._size) if with_lines else together
            stand, looks = fit_stand(stand, looks, used, self._size)
        self._pictures = [(s, own, looks[i]) for i, (s, own, _) in enumerate(self._pictures)]
        self._stand = stand
        return True


def _through(lens: Lens, camera: Camera) -> Floats:
    """Return the (3, 3) map that, through ``lens``, is nearest to ``camera`` over the floor that shows."""
    width, height = camera.size_px
    pixels = np.stack(np.meshgrid(np.linspace(0, width, 17), np.linspace(0, height, 10)), -1).reshape(-1, 2)
    floor = camera.to_floor(pixels)
    _, depth = camera.project(np.concatenate([floor, np.zeros((len(floor), 1))], 1))
    shown = (depth > 0) & (np.abs(floor) < (16, 10)).all(1)
    map_ = camera.court_to_pinhole()
    if shown.sum() < 8:
        return map_
    homography, _ = cv2.findHomography(floor[shown], lens.unbend(pixels[shown]))
    found: npt.NDArray[np.generic] | None = homography  # whatever OpenCV's stub says
    if found is None:
        return map_
    # OpenCV's maps may have either sign; what shows lies ahead
    nearest = np.asarray(found, np.float64)
    return np.asarray(nearest * np.sign((floor[shown] @ nearest[2, :2] + nearest[2, 2]).mean()))


def register_live(
    sightings: Sequence[Sighting], time_s: Floats, cuts: npt.NDArray[np.bool_], motion: Floats, court: Court, size_px: tuple[int, int]
) -> CourtTrack:
    """Return what ``LiveCourt`` says of each frame of a clip, in ``registration.register``'s form; ``motion`` (n, 2, 3) is each frame's.

    A track has one lens, which is not known before the end: it is the usual one, and each frame's map the plain one that is nearest to its own camera's.
    """
    n, (width, height) = len(time_s), size_px
    lens = Lens(width / 2, height / 2, width / 2, width / 2, _BEND)
    valid, maps, error_m = np.zeros(n, bool), np.full((n, 3, 3), np.nan), np.full(n, np.nan)
    live, by_frame = LiveCourt(court, size_px), {seen.frame: seen for seen in sightings}
    for i in range(n):
        placed = live.step(float(time_s[i]), bool(cuts[i]), motion[i], by_frame.get(i))
        if placed is not None:
            valid[i], maps[i], error_m[i] = True, _through(lens, placed.camera), placed.error_m
    return CourtTrack(valid, maps, (lens.cx, lens.cy, lens.sx, lens.sy, lens.k1, 0.0), error_m)
