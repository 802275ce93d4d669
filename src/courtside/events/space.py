"""Where a ball that flies to a ring comes from: gravity and the ring give what a single camera does not see, how far away it is.

A flight is six numbers, where the ball is at the ring and how fast. Each sighting is two equations that are linear in them once it is known about how far
the ball is from the camera (the direct linear transform of Hartley and Zisserman, "Multiple View Geometry", 2nd edition, section 4.1, for a point that falls).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.events.ball import BallTrack
from courtside.events.scene import Floats, Ints, Scene, rim_m

_GRAVITY_M_S2 = 9.81
_SPOT_M, _AT_RING_M, _SPEED_M_S = 0.04, 0.25, 8.0  # standard deviations: of a sighting, of the ball about the ring's middle when it arrives, of its speed
_STRAY = 3.0  # sightings off by more standard deviations pull less and less
_GOOD = 1.25  # standard deviations, median, of a flight that fits
_LEAST, _LEAST_S, _STEP_S = 6, 0.3, 0.07
_ROUNDS = 6


@dataclass(frozen=True)
class Origin:
    """A point of the court frame: ``xy`` (2,) in metres, and its ``covariance`` (2, 2)."""

    xy: Floats
    covariance: Floats


def origin(scene: Scene, ball: BallTrack, side: int, scale: float, release: int, arrival: int) -> Origin | None:
    """Return over which point of the floor a ball was let go.

    Its first sightings may be of a ball still in hands: they are left out until the rest falls as a ball does.

    Args:
        scene: the clip.
        ball: its ball.
        side: the basket, -1 left, 1 right.
        scale: pixels per metre at the ring.
        release: the frame in which it was let go.
        arrival: the frame in which it is at the ring.

    Returns:
        None where the camera is not known or too little of the flight was seen.
    """
    cameras, court = scene.cameras, scene.court
    if cameras is None or court is None or not side:
        return None
    frames = np.arange(release, arrival + 1)
    frames = frames[ball.seen[frames] & cameras.valid[frames]]
    best, least = None, np.inf
    while len(frames) >= _LEAST and scene.time_s[arrival] - scene.time_s[frames[0]] >= _LEAST_S:
        flown, covariance, off = _fit(scene, ball, side, _SPOT_M * scale, frames, arrival)
        if off < least:
            best, least = (flown, covariance), off
        if off < _GOOD:
            break
        frames = frames[scene.time_s[frames] >= scene.time_s[frames[0]] + _STEP_S]
    if best is None:
        return None
    back = np.concatenate([np.eye(2), np.zeros((2, 1)), float(scene.time_s[release] - scene.time_s[arrival]) * np.eye(2), np.zeros((2, 1))], 1)
    return Origin(back @ best[0], back @ best[1] @ back.T)


def _fit(scene: Scene, ball: BallTrack, side: int, sigma: float, frames: Ints, arrival: int) -> tuple[Floats, Floats, float]:
    """Return place and velocity (6,) at the ring, their covariance (6, 6), and how far off the sightings are: the median, in ``sigma`` (pixels)."""
    cameras, court = scene.cameras, scene.court
    assert cameras is not None and court is not None
    time_s, matrix, uv = scene.time_s[frames] - scene.time_s[arrival], cameras.matrix[frames], cameras.lens.unbend(ball.xy[frames])
    rim = rim_m(court, side)
    fallen = np.stack([0 * time_s, 0 * time_s, -_GRAVITY_M_S2 * time_s**2 / 2], 1)
    flight = np.concatenate([np.tile(np.eye(3), (len(frames), 1, 1)), time_s[:, None, None] * np.eye(3)], 2)  # (n, 3, 6): place = flight @ flown + fallen
    rays = matrix[:, :2] - uv[:, :, None] * matrix[:, 2:]  # (n, 2, 4): 0 for a point that is seen there
    terms, rest = rays[:, :, :3] @ flight, np.einsum("nij,nj->ni", rays[:, :, :3], fallen) + rays[:, :, 3]
    expected, spread = np.array([*rim, 0, 0, 0]), np.repeat([_AT_RING_M, _SPEED_M_S], 3)
    flown, weight, off = expected, np.ones(len(frames)), np.full(len(frames), np.inf)
    for _ in range(_ROUNDS):
        depth = np.einsum("nj,nj->n", matrix[:, 2, :3], flight @ flown + fallen) + matrix[:, 2, 3]
        scale = (weight / np.abs(depth) / sigma)[:, None]
        left = np.concatenate([(terms * scale[..., None]).reshape(-1, 6), np.diag(1 / spread)])
        flown = np.linalg.lstsq(left, np.concatenate([(-rest * scale).ravel(), expected / spread]), rcond=None)[0]
        off = np.hypot(*(terms @ flown + rest).T) / np.abs(depth) / sigma
        weight = 1 / np.sqrt(1 + (off / _STRAY) ** 2)
    return np.asarray(flown), np.asarray(np.linalg.inv(left.T @ left)), float(np.median(off))
