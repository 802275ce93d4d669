"""Small things that move by themselves, where nobody is: what a ball in flight looks like to who compares three frames.

A ball in the air is a smear of a few pixels before a crowd, and a detector that looks at one frame alone hardly sees it; that it moves gives it away.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court.dimensions import BALL_RADIUS_M
from courtside.types import Frame, Image

_WIDTH = 640
"""Width in pixels of the grey picture that is looked at; a ball is 5 to 12 of its pixels."""
_PERSON_M = 1.95
"""What a player's box is tall: about his height."""
_LEAST_PEOPLE = 3
_LEAST_RISE = 6.0
"""Grey levels (0-255) by which a spot of a ball's size must have changed more than what is around it."""
_AROUND, _LESS = 3, 1.15
"""Side of the surroundings in balls, and how much of what changed there is taken off: where an edge is badly aligned, all of it changes."""
_MOST = 24
"""Spots of a frame at most, the clearest."""

Floats = npt.NDArray[np.float64]


class Movers:
    """Compares each frame with the one before and the one after it, so it tells of a frame when the next one comes.

    State is three small grey pictures, whatever the clip's length.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the frames before (a camera cut)."""
        self._grey: list[npt.NDArray[np.uint8]] = []
        self._since: list[Floats] = []
        self._people: list[Floats] = []
        self._index = -1

    def look(self, frame: Frame, motion: Floats, people_xyxy: npt.NDArray[np.number]) -> tuple[int, Floats] | None:
        """Return the index of the frame before this one and (k, 2) the middles of what moved there, in pixels, the clearest first; None where it can't be told.

        Args:
            frame: the next frame.
            motion: (3, 3) from the pixels of the frame before to this one's.
            people_xyxy: (n, 4) the boxes of everybody in this frame; what moves inside is not looked at.
        """
        scale = min(1.0, _WIDTH / frame.image.shape[1])
        to_small = np.diag([scale, scale, 1.0])
        self._grey.append(_shrunk(frame.image, scale))
        self._since.append(to_small @ motion @ np.linalg.inv(to_small))
        self._people.append(np.asarray(people_xyxy, float) * scale)
        before, self._index = self._index, frame.index
        if len(self._grey) < 3:
            return None
        self._grey, self._since, self._people = self._grey[-3:], self._since[-3:], self._people[-3:]
        return before, self._spots() / scale

    def _spots(self) -> Floats:
        (last, now, following), people = self._grey, self._people[1]
        if len(people) < _LEAST_PEOPLE or not last.shape == now.shape == following.shape:
            return np.zeros((0, 2))
        size = now.shape[1], now.shape[0]
        here = [
            cv2.warpAffine(other, matrix[:2], size, borderMode=cv2.BORDER_REPLICATE)
            for other, matrix in ((last, self._since[1]), (following, np.linalg.inv(self._since[2])))
        ]
        changed = cv2.min(cv2.absdiff(now, here[0]), cv2.absdiff(now, here[1]))
        # a score graphic stands still in the picture while the camera turns: only seen against the arena does it move
        changed = cv2.min(changed, cv2.max(cv2.absdiff(now, last), cv2.absdiff(now, following)))
        ball = max(4.0, 2 * BALL_RADIUS_M * float(np.median(people[:, 3] - people[:, 1])) / _PERSON_M)
        side, wide = round(ball) | 1, round(_AROUND * ball) | 1
        inner, outer = (cv2.boxFilter(changed, cv2.CV_32F, (width, width)) for width in (side, wide))
        share = side**2 / wide**2
        rise = inner - _LESS * (outer - share * inner) / (1 - share)
        y, x = np.nonzero((rise >= cv2.dilate(rise, np.ones((side, side), np.uint8))) & (rise > _LEAST_RISE))
        left, top, right, bottom = people.T[..., None]
        margin = side // 2  # at the edge there is nothing to compare with
        free = (x > margin) & (x < size[0] - margin) & (y > margin) & (y < size[1] - margin)
        free &= ~((x > left) & (x < right) & (y > top) & (y < bottom)).any(0)
        x, y = x[free], y[free]
        clearest = np.argsort(-rise[y, x], kind="stable")[:_MOST]
        return np.stack([x[clearest], y[clearest]], 1) + 0.5


def _shrunk(image: Image, scale: float) -> npt.NDArray[np.uint8]:
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
    return cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
