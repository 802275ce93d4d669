"""Boxes that the tracker left over, given to whose they are: it begins a track when it is sure and drops it in doubt; who sees the whole clip knows more."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import supervision as sv

from courtside.identity.matching import intersection_over_smaller
from courtside.records import Records
from courtside.types import PLAYER_CLASSES, REFEREE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LEAST_IOU = 0.5  # with where the person was in the last frame, moved as the camera moved
_LEAST_CONFIDENCE = 0.15
_TAKEN = 0.5  # a box that shares more of the smaller one with somebody's is his second one
_UNSEEN_S, _FARTHEST_S = 0.07, 0.5  # without a box; and from the tracker's own: farther on it may be somebody else by now


def with_leftovers(records: Records) -> Records:
    """Return the records with every tracklet followed on, before its first box and after its last, from box to box that nobody has."""
    boxes = records.detections
    tracker_id = boxes.tracker_id.copy()
    people = np.flatnonzero(np.isin(boxes.class_id, (*PLAYER_CLASSES, REFEREE)))
    people = people[np.argsort(boxes.frame[people], kind="stable")]
    ends = np.searchsorted(boxes.frame[people], np.arange(len(records.frames.time_s) + 1))
    in_frame = [people[start:end] for start, end in itertools.pairwise(ends)]
    tracked = people[tracker_id[people] > 0]
    for order, step in ((tracked[::-1], -1), (tracked, 1)):
        last = dict(zip(tracker_id[order].tolist(), order.tolist(), strict=True))  # of several rows of one id the last stays: where it goes on from
        for one in sorted(last):
            for row in _followed(records, tracker_id, in_frame, last[one], step):
                tracker_id[row] = one
    return replace(records, detections=replace(boxes, tracker_id=tracker_id))


def _followed(records: Records, tracker_id: Ints, in_frame: list[Ints], row: int, step: int) -> list[int]:
    """Return the rows of the boxes that nobody has on somebody's way from one of his boxes, frame by frame on (``step`` 1) or back (-1)."""
    boxes, frames = records.detections, records.frames
    is_referee, xyxy, frame = boxes.class_id[row] == REFEREE, boxes.xyxy[row].astype(float), int(boxes.frame[row])
    found: list[int] = []
    first = seen = frame
    while 0 <= frame + step < len(in_frame) and not frames.cut[max(frame, frame + step)]:
        xyxy, frame = _moved(frames.motion[max(frame, frame + step)], xyxy, step), frame + step
        if abs(frames.time_s[frame] - frames.time_s[first]) > _FARTHEST_S:
            break
        here = in_frame[frame]
        free = here[(tracker_id[here] == 0) & (boxes.confidence[here] >= _LEAST_CONFIDENCE) & ((boxes.class_id[here] == REFEREE) == is_referee)]
        best = _nearest(xyxy, boxes.xyxy[free].astype(float), boxes.xyxy[here[tracker_id[here] > 0]].astype(float))
        if best is not None:
            found.append(int(free[best]))
            xyxy, seen = boxes.xyxy[free[best]].astype(float), frame
        elif abs(frames.time_s[frame] - frames.time_s[seen]) > _UNSEEN_S:
            break
    return found


def _nearest(xyxy: Floats, free: Floats, taken: Floats) -> int | None:
    """Return the index of the ``free`` box (n, 4) that is most like ``xyxy`` (4,), None where none is, or where it is a second box of a ``taken`` one's."""
    if not len(free):
        return None
    iou = sv.box_iou_batch(xyxy[None], free)[0]
    best = int(iou.argmax())
    if iou[best] < _LEAST_IOU or (len(taken) and intersection_over_smaller(free[best][None], taken).max() >= _TAKEN):
        return None
    return best


def _moved(motion: Floats, xyxy: Floats, step: int) -> Floats:
    """Return a box (4,) carried by the camera's ``motion`` (2, 3) from one frame to the next, or back from it."""
    corners = xyxy.reshape(2, 2)
    if step > 0:
        return np.asarray(corners @ motion[:, :2].T + motion[:, 2]).ravel()
    return np.asarray(np.linalg.solve(motion[:, :2], (corners - motion[:, 2]).T)).T.ravel()
