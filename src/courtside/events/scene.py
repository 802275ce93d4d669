"""What the plays are read from: where people, ball and baskets are in each frame, and the camera that sees them. No pixels, no models."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from courtside.court import Court, Lens
from courtside.court.dimensions import RIM_HEIGHT_M

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PERSON_M = 1.95
"""What a player's box is tall: about his height."""


@dataclass(frozen=True)
class People:
    """A row per person and frame, sorted by frame.

    ``frame`` and ``track`` (n,), the latter an index into ``team`` and ``referee`` (t,): ``team`` is 0, 1, or -1 where it is not known. ``xyxy`` (n, 4) in
    pixels; ``feet_m`` (n, 2) metres of the court frame, NaN where not known. ``player`` (t,) is the same number for tracks that are proved to be of one player,
    -1 where nobody is proved; None where nobody is.
    """

    frame: Ints
    track: Ints
    xyxy: Floats
    feet_m: Floats
    team: Ints
    referee: Bools
    player: Ints | None = None


@dataclass(frozen=True)
class Boxes:
    """Detections of one class, sorted by frame: ``frame``, ``confidence`` (n,), ``xyxy`` (n, 4) pixels."""

    frame: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    confidence: Floats = field(default_factory=lambda: np.zeros(0))
    xyxy: Floats = field(default_factory=lambda: np.zeros((0, 4)))


@dataclass(frozen=True)
class Spots:
    """Small things that moved by themselves, sorted by frame: ``frame`` (n,), and the middle ``xy`` (n, 2) in pixels."""

    frame: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    xy: Floats = field(default_factory=lambda: np.zeros((0, 2)))


@dataclass(frozen=True)
class Cameras:
    """The camera of each frame: ``valid`` (n,), ``matrix`` (n, 3, 4) from court metres (x, y, z, 1) to homogeneous pinhole pixels, NaN where not valid."""

    valid: Bools
    matrix: Floats
    lens: Lens

    def project(self, frame: Ints, points: Floats) -> Floats:
        """Return the pixels (n, 2) of court points (n, 3), each in its ``frame`` (n,); NaN where there is no camera."""
        homogeneous = np.einsum("nij,nj->ni", self.matrix[frame], np.concatenate([points, np.ones((len(points), 1))], 1))
        flat = homogeneous[:, :2] / homogeneous[:, 2:]
        out: Floats = np.full((len(frame), 2), np.nan)
        known = np.isfinite(flat).all(1) & (homogeneous[:, 2] > 0)
        out[known] = self.lens.bend(flat[known])
        return out


@dataclass(frozen=True)
class Scene:
    """One clip of n frames.

    ``time_s``, ``cut`` (n,); ``motion`` (n, 2, 3) from the last frame's pixels to this one's; ``size`` (width, height) of the frames. ``balls``, ``rims`` and
    ``in_basket`` are what the detector took for a ball, a ring and a ball in the net; ``acting`` maps a class of player ("player-jump-shot", ...) to its
    boxes. ``cameras`` and ``court`` are None where the court was not looked for. ``spots`` are what else may be a ball in flight.
    """

    time_s: Floats
    cut: Bools
    motion: Floats
    size: tuple[int, int]
    people: People
    balls: Boxes = field(default_factory=Boxes)
    rims: Boxes = field(default_factory=Boxes)
    in_basket: Boxes = field(default_factory=Boxes)
    acting: dict[str, Boxes] = field(default_factory=dict)
    cameras: Cameras | None = None
    court: Court | None = None
    spots: Spots = field(default_factory=Spots)

    @property
    def n_frames(self) -> int:
        """How many there are."""
        return len(self.time_s)

    @property
    def shot(self) -> Ints:
        """(n,) which stretch between two cuts each frame belongs to."""
        return np.asarray(np.cumsum(self.cut), np.int64)

    def frames(self, seconds: float) -> int:
        """Return how many frames ``seconds`` are, at least one."""
        if self.n_frames < 2:
            return 1
        return max(1, round(seconds / max(float(np.median(np.diff(self.time_s))), 1e-6)))


def from_first_frame(scene: Scene) -> Floats:
    """Return (n, 3, 3) from the pixels of each frame to those of the first frame of its shot, as they would be in a camera that stands still."""
    back = np.tile(np.eye(3), (scene.n_frames, 1, 1))
    for frame in range(1, scene.n_frames):
        if not scene.cut[frame]:
            back[frame] = back[frame - 1] @ np.linalg.inv(np.vstack([scene.motion[frame], (0, 0, 1)]))
    return back


def cameras_of(valid: Bools, court_to_pinhole: Floats, lens: Lens, size: tuple[int, int], shot: Ints) -> Cameras:
    """Return the cameras that give these maps of the floor (n, 3, 3).

    Where each stands follows from square pixels and a principal point in the middle of the picture (Hartley & Zisserman, "Multiple View Geometry", 2nd
    ed., 8.8; as ``courtside.court.pose``, for all frames at once), and as it does not walk, the median of its ``shot`` (n,) is taken. The camera maps its
    own place C to nothing, which gives the column that the floor does not show: m3 = -(p + m1 Cx + m2 Cy) / Cz (6.2.4).
    """
    matrix = np.full((len(valid), 3, 4), np.nan)
    rows = np.flatnonzero(valid)
    centre = np.array([[1, 0, -size[0] / 2], [0, 1, -size[1] / 2], [0, 0, 1]])
    maps = centre @ court_to_pinhole[rows]
    # of either sign: the floor below the picture's middle lies in front of the camera
    below = np.linalg.solve(maps, np.broadcast_to([[0.0], [0.35 * size[1]], [1.0]], (len(rows), 3, 1)))
    maps *= np.sign(below[:, 2])[:, None]
    (a1, a2), (b1, b2), (c1, c2) = (maps[:, row, :2].T for row in range(3))
    across, along = np.stack([a1 * a2 + b1 * b2, a1**2 + b1**2 - a2**2 - b2**2]), np.stack([c1 * c2, c1**2 - c2**2])
    inverse = -(across * along).sum(0) / np.maximum((across**2).sum(0), 1e-300)  # 1 / focal²
    good = inverse > 0
    focal = 1 / np.sqrt(np.where(good, inverse, 1.0))
    bare = maps / np.stack([focal, focal, np.ones_like(focal)], 1)[:, :, None]
    first, second, offset = (bare / np.linalg.norm(bare[:, :, :1], axis=1, keepdims=True)).transpose(2, 0, 1)
    third = -np.cross(first, second)  # the court frame is left-handed
    stands = -np.stack([(axis * offset).sum(1) for axis in (first, second, third)], 1)
    for one in np.unique(shot[rows]):
        mine = shot[rows] == one
        usable = mine & good & (stands[:, 2] > 1)
        if not usable.any():
            continue
        x, y, z = np.median(stands[usable], 0)
        up = -(maps[mine, :, 2] + x * maps[mine, :, 0] + y * maps[mine, :, 1]) / z
        matrix[rows[mine]] = np.linalg.inv(centre) @ np.stack([maps[mine, :, 0], maps[mine, :, 1], up, maps[mine, :, 2]], 2)
    return Cameras(np.isfinite(matrix[:, 0, 0]), matrix, lens)


def rim_m(court: Court, side: int) -> Floats:
    """Return (3,) the middle of the ring of the left (-1) or right (1) basket, in metres."""
    return np.array([side * court.rim_x_m, 0.0, RIM_HEIGHT_M])
