"""The court's lines laid over the broadcast, to judge by eye where it was found."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import Court, Lens
from courtside.court.markings import lines
from courtside.render.color import INK, Color
from courtside.types import Image

Floats = npt.NDArray[np.float64]

LINE_COLOR: Color = (120, 255, 60)
"""A green that no floor, kit or painted line has."""

_STEP_M = 0.25  # short enough for the lens to bend a straight line
_BEYOND = 0.1  # of the picture's size: farther out the lens' polynomial was fitted to nothing and may fold back
_SHIFT = 4


def draw_court(image: Image, court: Court, court_to_pinhole: Floats, lens: Lens) -> Image:
    """Return a new picture with the court's lines in thin bright green; ``image`` is left as it is.

    Args:
        image: the frame.
        court: whose lines.
        court_to_pinhole: (3, 3), floor metres to homogeneous pinhole pixels of ``image``, positive in front; not finite draws nothing.
        lens: from there to the picture.
    """
    drawn = image.copy()
    if not np.isfinite(court_to_pinhole).all():
        return drawn
    height, width = image.shape[:2]
    thickness = max(1, round(min(height, width) * 0.0016))
    seen = [part for line in lines(court).values() for part in _in_picture(_dense(line), court_to_pinhole, lens, (width, height))]
    fixed = [np.rint(part * (1 << _SHIFT)).astype(np.int32) for part in seen]
    layer = drawn.copy()
    cv2.polylines(layer, fixed, False, INK, thickness + 2, cv2.LINE_AA, _SHIFT)
    cv2.addWeighted(layer, 0.35, drawn, 0.65, 0, drawn)  # a faint dark edge, so that the painted line below can still be seen
    cv2.polylines(drawn, fixed, False, LINE_COLOR, thickness, cv2.LINE_AA, _SHIFT)
    return drawn


def _dense(line: Floats) -> Floats:
    at = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    # the corners are kept, so that none is cut off
    dense = np.union1d(np.arange(0, at[-1], _STEP_M), at)
    return np.stack([np.interp(dense, at, line[:, axis]) for axis in range(2)], 1)


def _in_picture(floor: Floats, court_to_pinhole: Floats, lens: Lens, size: tuple[int, int]) -> list[Floats]:
    homogeneous = np.concatenate([floor, np.ones((len(floor), 1))], 1) @ court_to_pinhole.T
    ahead = homogeneous[:, 2] > 1e-6
    pinhole = homogeneous[:, :2] / np.where(ahead, homogeneous[:, 2], 1)[:, None]
    slack = np.array(size) * _BEYOND
    shown = ahead & (pinhole > -slack).all(1) & (pinhole < size + slack).all(1)
    parts = np.split(np.arange(len(floor)), np.flatnonzero(np.diff(shown)) + 1)
    return [lens.bend(pinhole[part]) for part in parts if len(part) > 1 and shown[part[0]]]
