"""How the camera moved between two frames, from what does not move by itself: the floor, the boards, the stands."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.types import Image

_WIDTH = 480
"""Width in pixels of the grey picture the work is done on; wider frames are shrunk to it."""
_CELL = 16
"""One corner is taken per cell of this many pixels, so that a sharp overlay can't have them all."""
_MIN_CORNER = 4e-4
"""Least eigenvalue below which a cell has nothing to hold on to."""
_MIN_SUPPORT = 15
"""Fewer agreeing corners prove nothing."""
_STILL_PX = 0.35
_REPROJECTION_PX = 1.0
_FLASH_RISE = 18.0
"""Grey levels (0-255) the mean must jump by within one frame: arena strobes do 30 and more, pans and fades far less."""
_MAX_FLASH_FRAMES = 8
"""A picture that stays bright for longer is the new normal, not a flash."""
_MIN_PHASE_RESPONSE = 0.08
_MIN_TEXTURE = 2.0
"""Grey levels of standard deviation below which a picture is flat."""


@dataclass(frozen=True, slots=True)
class Motion:
    """``matrix`` (3, 3) maps pixels of the frame given before to pixels of this one.

    ``valid`` is False where it is a guess: the last motion going on, or the identity where there is none. ``flash`` marks an overexposed frame, whose
    colours mean nothing.
    """

    matrix: npt.NDArray[np.float64]
    valid: bool
    flash: bool = False


class CameraMotion:
    """Estimates pan, tilt and zoom from frame to frame: a similarity by sparse optical flow, a shift by phase correlation where a pan blurs all corners.

    State is one small grey picture and one small grid, whatever the clip's length.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the frame before (a camera cut)."""
        self._reference: npt.NDArray[np.uint8] | None = None
        self._corners = np.zeros((0, 2), np.float32)
        self._since_reference = np.eye(3)
        self._last = np.eye(3)
        self._flash_frames = 0
        self._overlay: npt.NDArray[np.float32] | None = None

    def estimate(self, image: Image, people_xyxy: npt.NDArray[np.number]) -> Motion:
        """Return the motion from the frame given at the last call to ``image``.

        Args:
            image: (h, w, 3) BGR frame.
            people_xyxy: (n, 4) pixels of the frame; what is inside moves by itself and is not looked at.
        """
        scale = min(1.0, _WIDTH / image.shape[1])
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        # Grey after shrinking: a third of the pixels to read, and bilinear from 720p is as good as area here since corners are re-found each frame.
        small = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
        if self._reference is None or self._reference.shape != grey.shape:
            self.reset()
            self._keep(grey, people_xyxy * scale)
            return Motion(np.eye(3), False)
        if float(cv2.mean(grey)[0]) - float(cv2.mean(self._reference)[0]) > _FLASH_RISE and self._flash_frames < _MAX_FLASH_FRAMES:
            # The frame before the flash stays the reference: the next good frame is compared with it, and what was guessed meanwhile is taken back.
            self._flash_frames += 1
            self._since_reference = self._last @ self._since_reference
            return Motion(_unscaled(self._last, scale), False, flash=True)
        self._flash_frames = 0
        found = self._by_flow(grey)
        if found is None:
            found = self._by_phase(grey)
        if found is None:
            motion = self._last
        else:
            motion = found @ np.linalg.inv(self._since_reference)
            self._learn_overlay(found)
        self._last = motion if found is not None else np.eye(3)
        self._since_reference = np.eye(3)
        self._keep(grey, people_xyxy * scale)
        return Motion(_unscaled(motion, scale), found is not None)

    def _keep(self, grey: npt.NDArray[np.uint8], people_xyxy: npt.NDArray[np.number]) -> None:
        """Make ``grey`` the reference and find its corners: the best of each cell, off the people and off the overlay."""
        self._reference = grey
        n_rows, n_columns = grey.shape[0] // _CELL, grey.shape[1] // _CELL
        if n_rows == 0 or n_columns == 0:
            self._corners = np.zeros((0, 2), np.float32)
            return
        if self._overlay is None:
            self._overlay = np.zeros((n_rows, n_columns), np.float32)
        strength = cv2.cornerMinEigenVal(grey, 3)
        tiles = strength[: n_rows * _CELL, : n_columns * _CELL].reshape(n_rows, _CELL, n_columns, _CELL).transpose(0, 2, 1, 3)
        cells = tiles.reshape(n_rows, n_columns, _CELL * _CELL)
        best = cells.argmax(2)
        good = (np.take_along_axis(cells, best[..., None], 2)[..., 0] > _MIN_CORNER) & (self._overlay < 1)
        rows, columns = np.nonzero(good)
        offset = best[rows, columns]
        points = np.stack([columns * _CELL + offset % _CELL, rows * _CELL + offset // _CELL], 1).astype(np.float32)
        margin = 3
        left, top, right, bottom = (people_xyxy[:, i : i + 1] for i in range(4))
        x, y = points[:, 0][None], points[:, 1][None]
        inside = (x > left - margin) & (x < right + margin) & (y > top - margin) & (y < bottom + margin)
        self._corners = points[~inside.any(0)]

    def _by_flow(self, grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64] | None:
        self._flow: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]] | None = None
        if self._reference is None or len(self._corners) < _MIN_SUPPORT:
            return None
        start = self._corners[:, None]
        enough = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.03)
        # OpenCV's stubs ask for a first guess; without the flag for it, it is not looked at.
        moved, status, _ = cv2.calcOpticalFlowPyrLK(self._reference, grey, start, start.copy(), winSize=(13, 13), maxLevel=3, criteria=enough)
        kept = status[:, 0] > 0
        before, after = self._corners[kept], moved[kept, 0]
        self._flow = before, after
        found = _similarity(before, after)
        if found is None:
            return None
        matrix, n_agree = found
        shift = np.abs(_apply(matrix, before) - before).max(initial=0.0)
        if shift < 2 * _STILL_PX:
            # An overlay stands still whatever the camera does. If the corners that do move agree among themselves, they are the background.
            moves = np.hypot(*(after - before).T) > 2 * _STILL_PX
            other = _similarity(before[moves], after[moves]) if moves.sum() > 0.25 * len(before) else None
            if other is not None and other[1] > 0.5 * n_agree:
                return other[0]
        return matrix

    def _by_phase(self, grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64] | None:
        if self._reference is None or min(grey.shape) < 4 * _CELL:
            return None
        # Half size and the upper 70 %: the score box lives below, and blur leaves nothing finer anyway.
        rows = int(0.7 * grey.shape[0])
        pair = [cv2.resize(picture[:rows], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.float32) for picture in (self._reference, grey)]
        if min(float(picture.std()) for picture in pair) < _MIN_TEXTURE:
            return None  # two flat pictures correlate perfectly
        window = cv2.createHanningWindow((pair[0].shape[1], pair[0].shape[0]), cv2.CV_32F)
        (dx, dy), response = cv2.phaseCorrelate(pair[0], pair[1], window)
        if response < _MIN_PHASE_RESPONSE:
            return None
        return np.array([[1, 0, 2 * dx], [0, 1, 2 * dy], [0, 0, 1]], np.float64)

    def _learn_overlay(self, matrix: npt.NDArray[np.float64]) -> None:
        """Remember the cells that stood still while the camera moved; they are not asked again until a cut."""
        if self._flow is None or self._overlay is None:
            return
        before, after = self._flow
        should = np.hypot(*(_apply(matrix, before) - before).T)
        still = (np.hypot(*(after - before).T) < _STILL_PX) & (should > 4 * _STILL_PX)
        columns, rows = (before // _CELL).astype(int).T
        np.add.at(self._overlay, (rows[still], columns[still]), 0.25)


def _similarity(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float64], int] | None:
    """Return the (3, 3) similarity most corners agree on and how many do, or None where too few do."""
    if len(before) < _MIN_SUPPORT:
        return None
    matrix, inliers = cv2.estimateAffinePartial2D(before, after, method=cv2.RANSAC, ransacReprojThreshold=_REPROJECTION_PX, maxIters=200, confidence=0.99)
    if matrix is None:
        return None  # type: ignore[unreachable, unused-ignore]  # OpenCV's stubs say never, degenerate points say otherwise
    n_agree = int(inliers.sum())
    zoom = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if n_agree < max(_MIN_SUPPORT, 0.25 * len(before)) or not 0.8 < zoom < 1.25:
        return None
    return np.vstack([matrix, [0, 0, 1]]).astype(np.float64), n_agree


def _apply(matrix: npt.NDArray[np.float64], points: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2], np.float64)


def _unscaled(matrix: npt.NDArray[np.float64], scale: float) -> npt.NDArray[np.float64]:
    """Turn a similarity between shrunk pictures into one between full frames."""
    full = matrix.copy()
    full[:2, 2] /= scale
    return full
