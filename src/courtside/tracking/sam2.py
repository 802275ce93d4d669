"""A tracker that follows masks: boxes say whom to follow, the masks where they are, and boxes again when a mask has gone astray."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt
import supervision as sv
from scipy.optimize import linear_sum_assignment

from courtside.tracking.masks import STRAY_SHARE, Crop, boxes_of, compact, cut_out, without_stray
from courtside.tracking.motion import CameraMotion
from courtside.types import PLAYER, PLAYER_CLASSES, REFEREE, Frame, Segmenter, Segments

Array = npt.NDArray[np.float64]

_LEAST_FIT = 0.25
"""A mask and a box that fit less (see ``_fits``) are not taken for the same person."""
_AGREE = 0.5
"""IoU of a mask's box with the detector's from which the two say the same."""
_TAKEN = 0.6
"""A new box with this share of its area under somebody's box is no newcomer."""
_CROWDED = 0.3
"""Share of a box under another one from which the mask may rightly be smaller than the box: nobody is prompted anew there."""
_SAME_MASK = 0.7
"""IoU from which two masks are of one person."""
_BLINK_S = 0.3
"""A mask gone for less is looked for where its box was."""
_FIRM_S = 0.2
"""A disagreement must last this long, a shared mask too."""
_REST_S = 0.5
"""Time between two prompts of one person."""


@dataclass(slots=True)
class _Track:
    xyxy: Array
    seen_s: float
    """When the mask was last there."""
    backed_s: float
    """When a box last agreed that somebody is there."""
    prompted_s: float
    confidence: float
    astray_s: float | None = None
    """Since when mask and box disagree."""
    doubled_s: float | None = None
    """Since when its mask is somebody else's too."""
    player: float = 0.0
    referee: float = 0.0

    @property
    def class_id(self) -> int:
        return REFEREE if self.referee > self.player else PLAYER


@dataclass(slots=True)
class _Look:
    """The masks of one frame: parallel lists."""

    ids: list[int]
    crops: list[Crop]
    boxes: Array
    present: npt.NDArray[np.bool_]
    score: npt.NDArray[np.float32]


class Sam2Tracker:
    """``Tracker`` over the masks of a ``Segmenter`` (SAM2.1, EdgeTAM or anything that keeps to the protocol).

    Every player and referee found with ``high`` confidence whom no mask covers is prompted, in whatever frame; before the first of them nothing is run at all.
    A mask that disagrees with its person's box for a while, where nobody else is near, is prompted anew by the box: the id stays. A mask that has left the
    picture, that no box has backed, or that lies on somebody else's ends its track. Returned are the boxes of people with a mask, and as rows of their own
    (``data["row"]`` -1) people whom only the mask follows; all with ``mask``.

    Args:
        segmenter: follows the masks.
        high: confidence (0-1) from which a box prompts.
        low: confidence from which a box backs a mask.
        max_age_s: a mask gone for longer ends its track; one that no box backs, after twice the time.
        stray_share: see ``without_stray``.
    """

    def __init__(self, segmenter: Segmenter, *, high: float = 0.4, low: float = 0.15, max_age_s: float = 1.5, stray_share: float = STRAY_SHARE) -> None:
        self.segmenter, self.high, self.low, self.max_age_s, self.stray_share = segmenter, high, low, max_age_s, stray_share
        self._ids = count(1)
        self._camera = CameraMotion()
        self._tracks: dict[int, _Track] = {}
        self._size: tuple[int, int] | None = None
        self.motion = np.eye(3)
        """(3, 3): from the pixels of the frame before the last ``update`` to those of its frame; the identity where the camera's motion is not known."""

    def reset(self) -> None:
        """Forget every track (a camera cut); the next ids go on counting."""
        self._camera.reset()
        self._tracks.clear()
        self.segmenter.clear()

    def update(self, frame: Frame, detections: sv.Detections) -> sv.Detections:
        """See ``Tracker.update``; durations follow the frame's ``time_s``."""
        size = (frame.image.shape[1], frame.image.shape[0])
        if self._size not in (None, size):
            self.reset()  # a stream that changes its size has changed its picture
        self._size = size
        rows = _people(detections, self.low)
        boxes = np.asarray(detections.xyxy, np.float64)[rows]
        confidence = np.ones(len(rows)) if detections.confidence is None else np.asarray(detections.confidence, np.float64)[rows]
        self.motion = self._camera.estimate(frame.image, boxes).matrix
        for track in self._tracks.values():
            track.xyxy = _moved(track.xyxy, self.motion)
        strong = confidence >= self.high
        if not self._tracks and not strong.any():
            return _report(detections, rows, {}, self._tracks, _Look([], [], np.zeros((0, 4)), np.zeros(0, bool), np.zeros(0, np.float32)), size)
        now_s = frame.time_s
        self.segmenter.look(frame.image)
        seen = self._take(self.segmenter.follow() if self._tracks else None, size)
        pairs = self._pair(seen, boxes, now_s)
        # where no detector has looked, no box means nothing
        anew = self._judge(seen, boxes, strong, pairs, now_s) if detections.metadata.get("looked", True) else {}
        self._let_go(seen, pairs, now_s)
        fresh = self._newcomers(seen, boxes, strong, {**pairs, **anew}, now_s)
        wanted = {**anew, **fresh}
        if wanted:
            ids = list(wanted)
            prompted = self._take(self.segmenter.prompt(ids, boxes[[wanted[track_id] for track_id in ids]]), size)
            seen = _replaced(seen, prompted)
            pairs |= wanted
        self._note(seen, boxes, confidence, detections.class_id[rows] if detections.class_id is not None else None, pairs, now_s)
        return _report(detections, rows, pairs, self._tracks, seen, size)

    def _take(self, segments: Segments | None, size: tuple[int, int]) -> _Look:
        if segments is None:
            return _Look([], [], np.zeros((0, 4)), np.zeros(0, bool), np.zeros(0, np.float32))
        crops = [cut_out(without_stray(logits, size, self.stray_share), size) for logits in segments.logits]
        present = np.array([score > 0 and crop[0].any() for score, crop in zip(segments.score, crops, strict=True)], bool)
        return _Look(list(segments.ids), crops, boxes_of(crops), present, segments.score)

    def _pair(self, seen: _Look, boxes: Array, now_s: float) -> dict[int, int]:
        """Return track id -> box for the masks that a box fits, each box once."""
        if not seen.ids or not len(boxes):
            return {}
        fit = np.stack([self._fits(seen, i, boxes, now_s) for i in range(len(seen.ids))])
        chosen = zip(*linear_sum_assignment(-fit), strict=True)
        return {seen.ids[i]: int(j) for i, j in chosen if fit[i, j] >= _LEAST_FIT}

    def _fits(self, seen: _Look, i: int, boxes: Array, now_s: float) -> Array:
        """Return (b,) how well each box fits a mask: IoU, or half the share of the smaller; for a mask that is gone, IoU with its last box."""
        track = self._tracks[seen.ids[i]]
        if seen.present[i]:
            iou, share = _overlaps(seen.boxes[[i]], boxes)
            return np.asarray(np.maximum(iou, 0.5 * share)[0])
        iou, _ = _overlaps(track.xyxy[None], boxes)
        return np.asarray(np.where((iou[0] >= _AGREE) & (now_s - track.seen_s <= _BLINK_S), iou[0], 0.0))

    def _judge(self, seen: _Look, boxes: Array, strong: npt.NDArray[np.bool_], pairs: dict[int, int], now_s: float) -> dict[int, int]:
        """Return whom to prompt anew, track id -> box."""
        _, share_boxes = _overlaps(boxes, boxes)
        np.fill_diagonal(share_boxes, 0)
        anew: dict[int, int] = {}
        for i, track_id in enumerate(seen.ids):
            track, j = self._tracks[track_id], pairs.get(track_id)
            if j is None:
                track.astray_s = None
                continue
            agree = seen.present[i] and _overlaps(seen.boxes[[i]], boxes[[j]])[0][0, 0] >= _AGREE
            if agree:
                track.astray_s = None
                continue
            track.astray_s = now_s if track.astray_s is None else track.astray_s
            lasted = now_s - track.astray_s >= _FIRM_S and now_s - track.prompted_s >= _REST_S
            if lasted and strong[j] and share_boxes[j].max(initial=0) < _CROWDED:
                anew[track_id] = j
                track.astray_s = None
        return anew

    def _let_go(self, seen: _Look, pairs: dict[int, int], now_s: float) -> None:
        """End the tracks whose mask is gone, not backed or somebody else's."""
        double = self._doubles(seen, pairs)
        gone = []
        for track_id, track in self._tracks.items():
            track.doubled_s = (now_s if track.doubled_s is None else track.doubled_s) if track_id in double else None
            shares_long = track.doubled_s is not None and now_s - track.doubled_s >= _FIRM_S
            if track_id in pairs and not shares_long:
                continue
            i = seen.ids.index(track_id)
            hidden_s = 0.0 if seen.present[i] else now_s - track.seen_s
            if shares_long or hidden_s > self.max_age_s or now_s - track.backed_s > 2 * self.max_age_s:
                gone.append(track_id)
        for track_id in gone:
            del self._tracks[track_id]
            pairs.pop(track_id, None)
        if gone:
            self.segmenter.remove(gone)
            keep = [i for i, track_id in enumerate(seen.ids) if track_id not in gone]
            seen.ids, seen.crops = [seen.ids[i] for i in keep], [seen.crops[i] for i in keep]
            seen.boxes, seen.present, seen.score = seen.boxes[keep], seen.present[keep], seen.score[keep]

    def _doubles(self, seen: _Look, pairs: dict[int, int]) -> set[int]:
        """Return the tracks whose mask is another's too: of two, the one without a box, or else the later one."""
        iou, _ = _overlaps(seen.boxes, seen.boxes)
        double: set[int] = set()
        for i, j in zip(*np.nonzero(np.triu(iou > _AGREE, 1)), strict=True):
            if seen.present[i] and seen.present[j] and _mask_iou(seen.crops[i], seen.crops[j]) > _SAME_MASK:
                first, second = seen.ids[i], seen.ids[j]
                double.add(first if second in pairs and first not in pairs else second)
        return double

    def _newcomers(self, seen: _Look, boxes: Array, strong: npt.NDArray[np.bool_], pairs: dict[int, int], now_s: float) -> dict[int, int]:
        """Begin a track for every sure box that is nobody's, the first (surest) first."""
        taken = [*seen.boxes[seen.present], *(boxes[j] for j in pairs.values())]
        busy, fresh = set(pairs.values()), dict[int, int]()
        for j in np.flatnonzero(strong):
            area = max(1e-6, float(np.prod(boxes[j, 2:] - boxes[j, :2])))
            shared = _shared(boxes[[j]], np.array(taken).reshape(-1, 4))[0].max(initial=0.0)
            if int(j) in busy or shared / area > _TAKEN:
                continue
            track_id = next(self._ids)
            fresh[track_id] = int(j)
            taken.append(boxes[j])
            self._tracks[track_id] = _Track(boxes[j].copy(), now_s, now_s, now_s, 0.0)
        return fresh

    def _note(self, seen: _Look, boxes: Array, confidence: Array, classes: npt.NDArray[np.integer] | None, pairs: dict[int, int], now_s: float) -> None:
        for i, track_id in enumerate(seen.ids):
            track, j = self._tracks[track_id], pairs.get(track_id)
            if seen.present[i]:
                track.seen_s, track.xyxy = now_s, seen.boxes[i].copy()
            if j is None:
                continue
            if seen.present[i]:
                track.backed_s = now_s
            track.xyxy, track.confidence = boxes[j].copy(), float(confidence[j])
            if classes is not None and classes[j] == REFEREE:
                track.referee += confidence[j]
            else:
                track.player += confidence[j]


def _people(detections: sv.Detections, low: float) -> npt.NDArray[np.intp]:
    """Return the rows of people at ``low`` confidence and above, the surest first; ties go by place."""
    if len(detections) == 0 or detections.class_id is None:
        return np.zeros(0, np.intp)
    rows = np.flatnonzero(np.isin(detections.class_id, (*PLAYER_CLASSES, REFEREE)))
    confidence = detections.confidence[rows] if detections.confidence is not None else np.ones(len(rows))
    rows, confidence = rows[confidence >= low], confidence[confidence >= low]
    return np.asarray(rows[np.lexsort((*detections.xyxy[rows].T, -confidence))])


def _moved(xyxy: Array, motion: Array) -> Array:
    corners = np.column_stack([xyxy.reshape(2, 2), np.ones(2)]) @ motion.T
    return np.asarray((corners[:, :2] / corners[:, 2:]).ravel())


def _shared(a: Array, b: Array) -> Array:
    """Return (n, m): the area that boxes have in common."""
    sides = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    return np.asarray(np.clip(sides, 0, None).prod(2))


def _overlaps(a: Array, b: Array) -> tuple[Array, Array]:
    """Return (n, m) the intersection over the union, and over the smaller area."""
    shared = _shared(a, b)
    area_a, area_b = (np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(1), 1e-9) for boxes in (a, b))
    return shared / (area_a[:, None] + area_b[None] - shared), shared / np.minimum(area_a[:, None], area_b[None])


def _mask_iou(a: Crop, b: Crop) -> float:
    (mask_a, ax, ay), (mask_b, bx, by) = a, b
    left, top = max(ax, bx), max(ay, by)
    right, bottom = min(ax + mask_a.shape[1], bx + mask_b.shape[1]), min(ay + mask_a.shape[0], by + mask_b.shape[0])
    if right <= left or bottom <= top:
        return 0.0
    shared = (mask_a[top - ay : bottom - ay, left - ax : right - ax] & mask_b[top - by : bottom - by, left - bx : right - bx]).sum()
    return float(shared / max(1, mask_a.sum() + mask_b.sum() - shared))


def _replaced(seen: _Look, prompted: _Look) -> _Look:
    """Return ``seen`` with what the prompts gave instead of what was followed before, and with the newcomers."""
    keep = [i for i, track_id in enumerate(seen.ids) if track_id not in prompted.ids]
    return _Look(
        [seen.ids[i] for i in keep] + prompted.ids,
        [seen.crops[i] for i in keep] + prompted.crops,
        np.concatenate([seen.boxes[keep], prompted.boxes]),
        np.concatenate([seen.present[keep], prompted.present]),
        np.concatenate([seen.score[keep], prompted.score]),
    )


def _report(
    detections: sv.Detections, rows: npt.NDArray[np.intp], pairs: dict[int, int], tracks: dict[int, _Track], seen: _Look, size: tuple[int, int]
) -> sv.Detections:
    """Return boxes with a mask in the order they came in, then those whom only the mask follows."""
    place = {track_id: i for i, track_id in enumerate(seen.ids)}
    boxed = sorted((int(rows[j]), track_id) for track_id, j in pairs.items() if seen.present[place[track_id]])
    lone = [track_id for track_id in seen.ids if seen.present[place[track_id]] and track_id not in pairs]
    ids = [track_id for _, track_id in boxed] + lone
    chosen = [row for row, _ in boxed]
    crops: Sequence[Crop] = [seen.crops[place[track_id]] for track_id in ids]
    lone_boxes = seen.boxes[[place[track_id] for track_id in lone]].reshape(-1, 4)
    sureness = [min(tracks[track_id].confidence, float(1 / (1 + np.exp(-seen.score[place[track_id]])))) for track_id in lone]
    given = np.ones(len(detections)) if detections.confidence is None else detections.confidence
    classes = np.full(len(detections), PLAYER) if detections.class_id is None else detections.class_id
    return sv.Detections(
        np.concatenate([detections.xyxy[chosen].reshape(-1, 4), lone_boxes]).astype(np.float32),
        mask=compact(crops, size),
        confidence=np.concatenate([given[chosen], sureness]).astype(np.float32),
        class_id=np.concatenate([classes[chosen], [tracks[track_id].class_id for track_id in lone]]).astype(int),
        tracker_id=np.array(ids, int),
        data={"row": np.array(chosen + [-1] * len(lone), int)},
    )
