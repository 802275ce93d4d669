"""Where and how fast people were when the tracker found and lost them: on the court where it is known, else by the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from courtside.court.feet import covered_feet
from courtside.court.registration import CourtTrack
from courtside.identity.continuity import Whereabouts
from courtside.identity.tracklets import Tracklet
from courtside.pipeline.court import ends
from courtside.records import Records

Floats = npt.NDArray[np.float64]

_TALL_M = 1.9  # a box's height, to measure by where there is no court
_BY_EYE_M, _BY_EYE_M_S = 0.6, 1.5  # how good that is: places and velocities along each axis
_VELOCITY_S = 0.4  # the stretch over which a velocity is measured


def whereabouts(parts: Sequence[Tracklet], records: Records, court: CourtTrack | None) -> list[tuple[Whereabouts | None, Whereabouts | None]]:
    """Return where each of ``parts`` of one clip begins and where it ends; None where that is not known.

    What is known by the court and what by the picture can't be compared: a shot in which the court is not found for most of the time goes by the picture alone.
    """
    frames = records.frames
    shots = np.cumsum(frames.cut)
    covered = covered_feet(np.concatenate([part.frame for part in parts]), np.concatenate([part.xyxy for part in parts])) if parts else np.zeros(0)
    shares = np.split(covered, np.cumsum([len(part.frame) for part in parts])[:-1])
    cameras = camera_positions(frames.motion)
    found = []
    for part, share in zip(parts, shares, strict=True):
        if court is not None and court.valid[shots == part.shot].mean() > 0.5:
            found.append(ends(part.frame, part.xyxy, frames.time_s, frames.cut, court, share))
        else:
            found.append(_by_eye(part, cameras))
    return found


def camera_positions(motion: Floats) -> Floats:
    """Return (n, 3, 3): from the first frame's pixels to each frame's, by chaining the steps ``motion`` (n, 2, 3)."""
    chained = np.empty((len(motion), 3, 3))
    current = np.eye(3)
    for i, step in enumerate(motion):
        current = (np.vstack([step, [0, 0, 1]]) if i else np.eye(3)) @ current
        chained[i] = current
    return chained


def _by_eye(part: Tracklet, cameras: Floats) -> tuple[Whereabouts, Whereabouts]:
    """Take the first frame's picture for the floor, and everybody for as tall."""
    feet = np.stack([(part.xyxy[:, 0] + part.xyxy[:, 2]) / 2, part.xyxy[:, 3], np.ones(len(part.frame))], 1)
    seen = np.linalg.solve(cameras[part.frame], feet[:, :, None])[:, :, 0]
    places_m = seen[:, :2] / seen[:, 2:] * _TALL_M / max(float(np.median(part.xyxy[:, 3] - part.xyxy[:, 1])), 1.0)
    spread = np.diag([_BY_EYE_M**2] * 2 + [_BY_EYE_M_S**2] * 2)
    both = []
    for row, near in ((0, part.time_s <= part.start_s + _VELOCITY_S), (-1, part.time_s >= part.end_s - _VELOCITY_S)):
        at, where = part.time_s[near], places_m[near]
        velocity = (where[-1] - where[0]) / (at[-1] - at[0]) if at[-1] - at[0] > _VELOCITY_S / 2 else np.zeros(2)
        both.append(Whereabouts(float(part.time_s[row]), places_m[row], velocity, spread))
    return both[0], both[1]
