"""Changes of picture that take their time, wipes and dissolves: the picture is another one than some frames ago, though no two frames on end differ much.

What a camera shows some frames later is still the same picture where the two overlap, once its own movement is taken out: the step from each frame to the next
is found, the steps are added up, and the older picture is laid over the newer accordingly. How alike they are is held against how alike two pictures as far
apart were a moment before: those of a camera that follows somebody who fills the picture hardly ever are, those on either side of a wipe suddenly are not.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
import numpy.typing as npt

Tiny = npt.NDArray[np.float32]
"""A tiny grey picture (height, width) with its slow shading taken out."""

_LAGS = {10: (0.38, 0.012), 16: (0.36, 0.010), 24: (0.31, 0.008), 36: (0.24, 0.006)}
"""So many frames back: below which likeness (correlation) it is another picture, and how much less is expected for each pixel that the camera has turned since.

Over eleven real clips none inside a shot was below 0.49, 0.45, 0.42 (a still camera) and 0.40, 0.31, 0.26 (a fast, blurred pan).
"""
_DROP = 0.3
"""How much less alike than so many frames earlier."""

_LASTS, _EVERY = 2, 2  # looked for in every second frame, and seen twice on end: a strobe is not
_ZOOMS = (1.0, 0.92, 1.08)
_SAME = 0.6  # surely the same picture: no need to try further zooms
_STEADY, _KNOWN = 0.7, 0.4  # frames on end less alike than these are blurred too much to say anything, and to tell the camera's step
_OVERLAP = 0.4  # share of the picture that must still be in view
_REACH_X, _REACH_Y = 8, 4  # pixels that the camera may turn by from frame to frame
_SLACK = 2  # pixels by which the added-up steps may be wrong


class Gradual:
    """Remembers the last pictures of a shot. Pictures that can't be compared (black, burnt out) are left out by whoever feeds it."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin a new shot."""
        self._pictures: deque[Tiny] = deque(maxlen=max(_LAGS))
        self._places: deque[npt.NDArray[np.float64]] = deque(maxlen=max(_LAGS))
        self._likeness = {lag: deque[float](maxlen=lag // _EVERY + 1) for lag in _LAGS}
        self._seen = dict.fromkeys(_LAGS, 0)
        self._n = 0

    def is_another(self, now: Tiny) -> bool:
        """Take in the next picture and tell whether the picture has changed to another by now."""
        here, steady = np.zeros(2), True
        if self._pictures:
            likeness, step = _step(self._pictures[-1], now)
            here, steady = self._places[-1] + step, likeness >= _STEADY
        if not steady:
            self._seen = dict.fromkeys(_LAGS, 0)
        elif self._n % _EVERY == 0:
            self._compare(now, here)
        self._pictures.append(now)
        self._places.append(here)
        self._n += 1
        return any(seen >= _LASTS for seen in self._seen.values())

    def _compare(self, now: Tiny, here: npt.NDArray[np.float64]) -> None:
        for lag, (least, less) in _LAGS.items():
            if lag > len(self._pictures):
                break
            turned = here - self._places[-lag]
            likeness, before = _laid_over(self._pictures[-lag], now, turned), self._likeness[lag]
            before.append(likeness)
            usual = max(before[0], before[1]) if len(before) == before.maxlen else 0.0
            changed = likeness < least - less * float(np.hypot(*turned)) and likeness <= usual - _DROP
            self._seen[lag] = self._seen[lag] + 1 if changed else 0


def _step(a: Tiny, b: Tiny) -> tuple[float, npt.NDArray[np.float64]]:
    """Return how alike two pictures on end are, and by how many pixels (x, y) what they show has moved."""
    found = np.asarray(cv2.matchTemplate(a, b[_REACH_Y:-_REACH_Y, _REACH_X:-_REACH_X], cv2.TM_CCOEFF_NORMED), np.float32)
    _, likeness, _, (x, y) = cv2.minMaxLoc(found)
    if likeness < _KNOWN:
        return likeness, np.zeros(2)
    return likeness, np.array([_REACH_X - x - _peak(found[y], x), _REACH_Y - y - _peak(found[:, x], y)])


def _peak(row: Tiny, at: int) -> float:
    """Return how far beyond ``at`` the parabola through it and its neighbours peaks."""
    if not 0 < at < len(row) - 1:
        return 0.0
    left, here, right = (float(value) for value in row[at - 1 : at + 2])
    bend = left - 2 * here + right
    return (left - right) / (2 * bend) if bend < 0 else 0.0


def _laid_over(old: Tiny, new: Tiny, turned: npt.NDArray[np.float64]) -> float:
    """Return how alike two pictures are (correlation) where they overlap, what they show having moved by ``turned``; 1 where they hardly overlap."""
    height, width = new.shape
    best = -1.0
    for zoom in _ZOOMS:
        x, y = turned + (1 - zoom) / 2 * np.array([width, height])
        left, top, right, bottom = max(0, int(np.ceil(x))), max(0, int(np.ceil(y))), min(width, int(zoom * width + x)), min(height, int(zoom * height + y))
        if right - left <= 0 or bottom - top <= 0 or (right - left) * (bottom - top) < _OVERLAP * width * height:
            return 1.0
        under = cv2.warpAffine(old, np.array([[zoom, 0, x], [0, zoom, y]]), (width, height))[top:bottom, left:right]
        part = new[top + _SLACK : bottom - _SLACK, left + _SLACK : right - _SLACK]
        best = max(best, float(cv2.matchTemplate(under, part, cv2.TM_CCOEFF_NORMED).max()))
        if best >= _SAME:
            break
    return best
