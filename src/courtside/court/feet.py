"""Where somebody stands, from the box around him: how far away by his feet, and once more by his head, as the camera that is known sees them.

A camera sees along the floor: an edge that is a few pixels off moves nobody sideways, but by decimetres to or from the camera. So places are kept in polar
coordinates about the point of the floor below the camera until they are put together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.court.camera import Lens
from courtside.court.pose import camera_of

Floats = npt.NDArray[np.float64]

NEAR_SHOE_M = 0.095
"""The shoe that is lowest in the picture stands nearer than the body's middle: it is seen as if it were so far below the floor under that middle, which is
about 0.3 m along the sight. The median over free bodies of simulated clips, whose labels are exact."""

_LOWEST = 0.15  # of a box: shins and feet
_FARTHEST_M = 120.0  # beyond this a sight line meets the floor in the crowd or not at all
_LOOKS = 9  # frames that are enough to tell where the camera stands


@dataclass(frozen=True)
class Sights:
    """n boxes as seen from a camera ``camera_m`` (x, y, z) that stands still.

    ``bearing`` (n,) is the direction in which the box's middle lies, in radians from the court's x axis towards y; ``down`` and ``top`` (n,) how far the sight
    lines to its lower and upper edge sink in one metre along the floor (below 0: they rise). NaN where the court is not known.
    """

    camera_m: Floats
    bearing: Floats
    down: Floats
    top: Floats

    def feet_m(self, below_m: float | Floats = NEAR_SHOE_M) -> Floats:
        """Return (n,) how far from the camera, along the floor, somebody stands whose lower edge is ``below_m`` below it; NaN at the horizon."""
        return self._reach(self.down, -np.asarray(below_m))

    def head_m(self, height_m: float | Floats) -> Floats:
        """Return (n,) how far from the camera, along the floor, somebody stands whose head is ``height_m`` above it; NaN at the horizon."""
        return self._reach(self.top, height_m)

    def height_m(self, distance_m: Floats) -> Floats:
        """Return (n,) how high the upper edge is above the floor at ``distance_m`` (n,)."""
        return np.asarray(self.camera_m[2] - self.top * distance_m)

    def floor(self, distance_m: Floats) -> Floats:
        """Return (n, 2) the court point at ``distance_m`` (n,) from the camera in each one's direction."""
        return np.asarray(self.camera_m[:2] + distance_m[:, None] * self.away())

    def away(self) -> Floats:
        """Return (n, 2) the unit vectors along the floor away from the camera."""
        return np.stack([np.cos(self.bearing), np.sin(self.bearing)], 1)

    def of(self, rows: npt.NDArray[np.int64]) -> Sights:
        """Return some of the sights."""
        return Sights(self.camera_m, self.bearing[rows], self.down[rows], self.top[rows])

    def _reach(self, sinks: Floats, above_m: float | Floats) -> Floats:
        ahead = sinks > self.camera_m[2] / _FARTHEST_M
        return np.asarray(np.where(ahead, (self.camera_m[2] - above_m) / np.where(ahead, sinks, 1.0), np.nan))


def camera_position(court_to_pinhole: Floats, size_px: tuple[int, int]) -> Floats | None:
    """Return (3,) where the camera stands in metres, the median over some of the maps (n, 3, 3); NaN ones are left out. None where no map is a camera's."""
    maps = court_to_pinhole[np.isfinite(court_to_pinhole).all((1, 2))]
    some = maps[np.unique(np.linspace(0, len(maps) - 1, min(len(maps), _LOOKS)).astype(int))] if len(maps) else maps
    found = [camera.position_m for camera in (camera_of(map_, size_px) for map_ in some) if camera is not None]
    return np.median(np.array(found), 0) if found else None


def sights(court_to_pinhole: Floats, lens: Lens, camera_m: Floats, xyxy: Floats) -> Sights:
    """Look at boxes.

    A floor map [m1 m2 p] of a camera at C lacks the column of the third axis, which follows from where the camera stands: the camera maps C to nothing, so
    p = -(m1 Cx + m2 Cy + m3 Cz) (Hartley & Zisserman, "Multiple View Geometry", 2nd ed., 6.2.4).

    Args:
        court_to_pinhole: (n, 3, 3) the map of each box's frame, NaN where the court is not known.
        lens: the lens of the clip.
        camera_m: (3,) where the camera stands.
        xyxy: (n, 4) boxes in pixels of the picture.
    """
    n = len(xyxy)
    bearing, down, top = np.full((3, n), np.nan)
    rows = np.flatnonzero(np.isfinite(court_to_pinhole).all((1, 2)))
    if len(rows):
        maps, boxes = court_to_pinhole[rows], xyxy[rows]
        upright = -(maps[:, :, 2] + maps[:, :, 0] * camera_m[0] + maps[:, :, 1] * camera_m[1]) / camera_m[2]
        to_court = np.linalg.inv(np.stack([maps[:, :, 0], maps[:, :, 1], upright], 2))
        middle = (boxes[:, 0] + boxes[:, 2]) / 2
        ways = []
        for v in (boxes[:, 1], (boxes[:, 1] + boxes[:, 3]) / 2, boxes[:, 3]):
            flat = lens.unbend(np.stack([middle, v], 1))
            ways.append(np.einsum("nij,nj->ni", to_court, np.concatenate([flat, np.ones((len(rows), 1))], 1)))
        # a map is known but for its sign, and this one has what is seen lie ahead (the court frame is left-handed)
        sign = np.sign(np.linalg.det(maps))[:, None]
        above, across, below = (way * sign for way in ways)
        bearing[rows] = np.arctan2(across[:, 1], across[:, 0])
        down[rows], top[rows] = (-way[:, 2] / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-12) for way in (below, above))
    return Sights(camera_m, bearing, down, top)


def covered_feet(frame: npt.NDArray[np.int64], xyxy: Floats) -> Floats:
    """Return (n,) the share (0-1) of the lowest part of each box that a box nearer to the camera hides, which is one that reaches further down.

    Args:
        frame: (n,) frame numbers of all boxes of a clip, in any order.
        xyxy: (n, 4) the boxes.
    """
    share = np.zeros(len(frame))
    order = np.argsort(frame, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(frame[order])) + 1):
        boxes = xyxy[rows]
        lowest = boxes.copy()
        lowest[:, 1] = boxes[:, 3] - _LOWEST * (boxes[:, 3] - boxes[:, 1])
        sides = np.minimum(lowest[:, None, 2:], boxes[None, :, 2:]) - np.maximum(lowest[:, None, :2], boxes[None, :, :2])
        area = np.clip(lowest[:, 2:] - lowest[:, :2], 0, None).prod(1)
        nearer = boxes[None, :, 3] > boxes[:, None, 3] + 1
        hidden = np.clip(sides, 0, None).prod(2) * nearer / np.maximum(area, 1e-9)[:, None]
        share[rows] = hidden.max(1, initial=0.0)
    return np.minimum(share, 1.0)
