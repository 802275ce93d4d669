"""Tracklets: what the tracker followed without a break, with the evidence gathered on the way; and their cutting where that evidence contradicts itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from courtside.identity.numbers import Readings, look_log_likelihoods, narrowness, together
from courtside.records import Records
from courtside.types import NUMBERS, PLAYER_CLASSES, REFEREE

Floats = npt.NDArray[np.float64]

_TEAM_GAIN = 5.0  # nats by which two teams must explain the looks better than one
_HALF_SEEN = 0.1  # chance of half a number in one look, as in ``numbers``, for anybody


@dataclass(frozen=True)
class Tracklet:
    """One person followed without a break.

    ``frame``, ``confidence``, ``referee`` (n,), ``time_s`` (n,) and ``xyxy`` (n, 4) are per observed box; ``readings`` and
    ``look_s`` (a,) with ``look`` (a, d) are the readings and the sampled appearances. ``shot`` counts the camera cuts before it.
    """

    clip: int
    tracker_id: int
    shot: int
    frame: npt.NDArray[np.int64]
    time_s: Floats
    xyxy: Floats
    confidence: Floats
    referee: npt.NDArray[np.bool_]
    readings: Readings
    look_s: Floats
    look: Floats
    color: Floats

    @property
    def start_s(self) -> float:
        """Time of the first box in seconds."""
        return float(self.time_s[0])

    @property
    def end_s(self) -> float:
        """Time of the last box in seconds."""
        return float(self.time_s[-1])

    @property
    def referee_share(self) -> float:
        """The share (0-1) of the detector's confidence that speaks for a referee."""
        return float(self.confidence[self.referee].sum() / self.confidence.sum())

    @property
    def is_referee(self) -> bool:
        """Whether most of the detector's confidence says so."""
        return self.referee_share > 0.5

    def between(self, start_s: float, end_s: float) -> Tracklet:
        """Return the part with ``start_s`` <= time < ``end_s``."""
        box = (self.time_s >= start_s) & (self.time_s < end_s)
        reading = (self.readings.time_s >= start_s) & (self.readings.time_s < end_s)
        look = (self.look_s >= start_s) & (self.look_s < end_s)
        return replace(
            self,
            frame=self.frame[box],
            time_s=self.time_s[box],
            xyxy=self.xyxy[box],
            confidence=self.confidence[box],
            referee=self.referee[box],
            readings=self.readings.of(reading),
            look_s=self.look_s[look],
            look=self.look[look],
            color=self.color[look],
        )


def readings_of(records: Records, rows: npt.NDArray[np.bool_]) -> Readings:
    """Return some of the readings of a clip, in order of time."""
    table, time_s = records.readings, records.frames.time_s
    wide, high = np.maximum(table.xyxy[rows, 2:] - table.xyxy[rows, :2], 1e-6).astype(float).T
    return together([Readings(time_s[table.frame[rows]], table.chance[rows].astype(float).reshape(-1, len(NUMBERS)), wide / high)])


def tracklets_of(records: Records, clip: int = 0) -> list[Tracklet]:
    """Gather the records of one clip by ``tracker_id``, in order of first appearance."""
    time_s, shots = records.frames.time_s, np.cumsum(records.frames.cut)
    boxes, readings, looks = records.detections, records.readings, records.appearances
    people = np.isin(boxes.class_id, (*PLAYER_CLASSES, REFEREE)) & (boxes.tracker_id > 0)
    found = []
    for tracker_id in np.unique(boxes.tracker_id[people]):
        rows = np.flatnonzero(people & (boxes.tracker_id == tracker_id))
        rows = rows[np.argsort(boxes.frame[rows], kind="stable")]
        read, seen = readings.tracker_id == tracker_id, looks.tracker_id == tracker_id
        frame = boxes.frame[rows]
        found.append(
            Tracklet(
                clip,
                int(tracker_id),
                int(shots[frame[0]]),
                frame,
                time_s[frame],
                boxes.xyxy[rows].astype(float),
                boxes.confidence[rows].astype(float),
                boxes.class_id[rows] == REFEREE,
                readings_of(records, read),
                time_s[looks.frame[seen]],
                looks.vector[seen].astype(float),
                looks.color[seen].astype(float),
            )
        )
    return sorted(found, key=lambda tracklet: (tracklet.frame[0], tracklet.tracker_id))


def _best_cut(gains: Floats) -> int | None:
    return int(gains.argmax()) if len(gains) and gains.max() > 0 else None


def number_cut(tracklet: Tracklet, gain: float) -> tuple[float, float] | None:
    """Return the times (s) of the last reading before and the first after an apparent switch of numbers.

    None where two numbers explain the readings by no more than ``gain`` nats better than one. Half a number may be a shirt that turned: whether it is, is for
    those to say who know of the others on the floor.
    """
    evidence, first, last = look_log_likelihoods(tracklet.readings, _HALF_SEEN, narrowness(tracklet.readings))
    if len(evidence) < 2:
        return None
    before = np.cumsum(evidence, 0)[:-1]
    after = evidence.sum(0) - before
    cut = _best_cut(before.max(1) + after.max(1) - evidence.sum(0).max() - gain)
    return None if cut is None else (float(last[cut]), float(first[cut + 1]))


def team_cut(tracklet: Tracklet, log_odds: Floats) -> tuple[float, float] | None:
    """Return the times (s) around an apparent switch of teams, or None. ``log_odds`` (a,) speaks for team 1 against team 0, per look."""
    if len(log_odds) < 4:
        return None
    before = np.cumsum(log_odds)[:-1]
    after = log_odds.sum() - before
    gains = np.where(np.sign(before) != np.sign(after), np.minimum(np.abs(before), np.abs(after)), 0) - _TEAM_GAIN
    cut = _best_cut(gains)
    return None if cut is None else (float(tracklet.look_s[cut]), float(tracklet.look_s[cut + 1]))


def crowding(tracklet: Tracklet, others: Sequence[Tracklet]) -> Floats:
    """Return (n,): at each box of ``tracklet``, the largest share of it that a box of another tracklet of that frame covers (0-1)."""
    worst = np.zeros(len(tracklet.frame))
    area = np.maximum(np.prod(tracklet.xyxy[:, 2:] - tracklet.xyxy[:, :2], 1), 1e-6)
    for other in others:
        if other.tracker_id == tracklet.tracker_id or other.clip != tracklet.clip:
            continue
        _, mine, theirs = np.intersect1d(tracklet.frame, other.frame, assume_unique=True, return_indices=True)
        if len(mine):
            a, b = tracklet.xyxy[mine], other.xyxy[theirs]
            sides = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None)
            worst[mine] = np.maximum(worst[mine], np.prod(sides, 1) / area[mine])
    return worst
