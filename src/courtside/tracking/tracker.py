"""Our tracker: camera-compensated motion, kit colours and role, and rather an ended tracklet than a guess."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt
import supervision as sv
from scipy.optimize import linear_sum_assignment

from courtside.tracking.appearance import describe_kits, kit_distances
from courtside.tracking.kalman import PersonState
from courtside.tracking.motion import CameraMotion
from courtside.types import PLAYER_CLASSES, REFEREE, Frame

Array = npt.NDArray[np.float64]

_OUT = 1.0
"""Cost of leaving a track and a box apart; a pair that costs as much is no pair."""
_WEAK_OUT = 0.7
"""The same for unsure boxes: they keep a track alive only where they fit it well."""
_IMPOSSIBLE = 1e3
_W_OVERLAP, _W_DISTANCE, _W_SIZE, _W_KIT, _W_ROLE, _W_LOST = 0.45, 0.25, 0.25, 0.5, 0.5, 0.3
_LOST_S = 0.3
"""A track out of sight for this long pays most of ``_W_LOST``: whoever was seen a moment ago has the better claim."""
_OTHER_ROLE = 0.35
"""Track's lean times box's confidence from which a referee's box is never a player's, nor the other way round."""
_GATE_SIGMAS = 5.0
_MAX_GATE = 1.6
"""No box is farther than this many heights from where its track is expected, however long it was hidden."""
_REACH, _TOP_SPEED = 0.15, 4.0
"""Nor farther than this many heights, and this many more for each second out of sight: nobody runs faster than 8 m/s from where he was expected."""
_OTHER_KIT = 1.3
"""Kit distance that one person's unhidden boxes reach in 1 of 100 cases and two teams' in most."""
_OTHER_KIT_BACK = 1.0
"""The same for a track that was out of sight."""
_GONE_S = 0.05
_KNOWN_KIT_S = 0.2
_KIT_MEMORY_S = 1.0
_CLEAN = 0.15
"""A box with less than this share under other boxes shows its own kit."""
_SOLID = 0.2
"""Boxes below this confidence cover nobody."""
_TWO_BOXES = 0.5
"""Boxes that overlap (IoU) more may be of one person."""
_SAME_BOX = 0.6
"""A new box with this share of its area inside one already taken is a second box of the same person, as far as anyone can tell."""


@dataclass(slots=True)
class _Track:
    state: PersonState
    kit: Array
    born_s: float
    seen_s: float
    track_id: int = 0
    """0 until reported."""
    kit_s: float = 0.0
    """For how long its kit was seen unhidden."""
    doubt_s: float = 0.0
    """For how long it has been left open, since it was last paired."""
    player: float = 0.0
    referee: float = 0.0
    """Confidence-weighted votes for each role."""

    @property
    def lean(self) -> float:
        """-1 (surely a referee) .. 1 (surely a player); near 0 while there is little evidence."""
        return (self.player - self.referee) / (self.player + self.referee + 1.0)


@dataclass(frozen=True, slots=True)
class _Boxes:
    """The people found in one frame, the surest first, with what pairing looks at."""

    xyxy: Array
    confidence: Array
    vote: Array
    """confidence for a player, -confidence for a referee."""
    kit: Array
    hidden: Array
    """Largest share (0-1) of the box under one other box."""
    flash: bool

    def __len__(self) -> int:
        return len(self.xyxy)


class BoxTracker:
    """``Tracker`` over boxes of players and referees; all other classes are dropped.

    Each frame, tracks are moved on by the camera's and their own motion, then paired with boxes at the least total cost of overlap, distance, size, kit and
    role: first the sure boxes with every track, then the unsure ones with the tracks seen a moment ago. Where exchanging two partners would cost
    nearly the same, nobody is told apart by guessing: the pair is left open, the tracks coast, and end if the doubt lasts. Only observed boxes are reported.

    Args:
        high: confidence (0-1) from which a box may pair with any track.
        low: confidence from which a box may keep a track alive that was seen within ``weak_age_s``.
        birth: confidence from which an unpaired box begins a track; 0.1 above ``high`` if None.
        sure: confidence from which a track is reported at its first box, others once confirmed; 0.1 above ``birth`` if None.
        confirm_s: a track below ``sure`` is confirmed when its boxes span this many seconds.
        max_age_s: a track not seen for longer ends.
        weak_age_s: a track not seen for longer is not revived by an unsure box; an unreported one ends.
        doubt_s: a track left open between two partners for longer ends.
        margin: least difference in cost (1 is the cost of no match) between the best pairing and an exchange of partners for the pairing to be believed.
    """

    def __init__(
        self,
        *,
        high: float = 0.4,
        low: float = 0.15,
        birth: float | None = None,
        sure: float | None = None,
        confirm_s: float = 0.1,
        max_age_s: float = 1.5,
        weak_age_s: float = 0.25,
        doubt_s: float = 0.5,
        margin: float = 0.15,
    ) -> None:
        self.high, self.low = high, low
        self.birth = high + 0.1 if birth is None else birth
        self.sure = self.birth + 0.1 if sure is None else sure
        self.confirm_s, self.max_age_s, self.weak_age_s, self.doubt_s, self.margin = confirm_s, max_age_s, weak_age_s, doubt_s, margin
        self._ids = count(1)
        self._camera = CameraMotion()
        self._tracks: list[_Track] = []
        self._time_s: float | None = None
        self.motion = np.eye(3)
        """(3, 3): from the pixels of the frame before the last ``update`` to those of its frame; the identity where the camera's motion is not known."""

    def reset(self) -> None:
        """Forget every track (a camera cut); the next ids go on counting."""
        self._tracks = []
        self._camera.reset()
        self._time_s = None

    def update(self, frame: Frame, detections: sv.Detections) -> sv.Detections:
        """Return the people among ``detections`` that belong to a reported track, in their order, with ``tracker_id`` set.

        Args:
            frame: the picture the boxes were found in; durations follow its ``time_s``.
            detections: (n, 4) boxes with ``class_id`` and ``confidence``; not changed.
        """
        rows = _people(detections)
        now_s = frame.time_s
        dt_s = 0.0 if self._time_s is None else max(now_s - self._time_s, 1e-3)
        self._time_s = now_s
        motion = self._camera.estimate(frame.image, detections.xyxy[rows])
        self.motion = motion.matrix
        boxes = _boxes_of(frame, detections, rows, motion.flash)
        for track in self._tracks:
            track.state.move(motion.matrix, dt_s, coasting=now_s - track.seen_s > 1.5 * dt_s)
        self._tracks = [track for track in self._tracks if self._lives(track, now_s)]

        owner: dict[int, _Track] = {}
        open_boxes: set[int] = set()
        idle = list(self._tracks)
        strong = [j for j in range(len(boxes)) if boxes.confidence[j] >= self.high]
        weak = [j for j in range(len(boxes)) if self.low <= boxes.confidence[j] < self.high]
        for stage, columns, worst in (("reported", strong, _OUT), ("new", strong, _OUT), ("recent", weak, _WEAK_OUT)):
            if stage == "reported":
                candidates = [track for track in idle if track.track_id]
            elif stage == "new":
                candidates = [track for track in idle if not track.track_id]
            else:
                candidates = [track for track in idle if now_s - track.seen_s <= self.weak_age_s]
            free = [j for j in columns if j not in owner and j not in open_boxes]
            pairs, doubts = self._associate(candidates, free, boxes, now_s, worst)
            owner |= {j: track for track, j in pairs}
            for track, j in doubts:
                track.doubt_s += dt_s
                open_boxes.add(j)
            busy = {id(track) for track, _ in (*pairs, *doubts)}
            idle = [track for track in idle if id(track) not in busy]
        for j, track in owner.items():
            _continue(track, boxes, j, now_s, dt_s)
        for j in strong:
            if j not in owner and j not in open_boxes and boxes.confidence[j] >= self.birth and not _is_second_box(boxes.xyxy, j, list(owner)):
                owner[j] = _begin(boxes, j, now_s)
                self._tracks.append(owner[j])
        ids = np.zeros(len(boxes), int)
        for j in sorted(owner):
            track = owner[j]
            if not track.track_id and (boxes.confidence[j] >= self.sure or now_s - track.born_s >= self.confirm_s):
                track.track_id = next(self._ids)
            ids[j] = track.track_id
        return _reported(detections, rows, ids)

    def _lives(self, track: _Track, now_s: float) -> bool:
        patience_s = self.max_age_s if track.track_id else self.weak_age_s
        return now_s - track.seen_s <= patience_s and track.doubt_s <= self.doubt_s

    def _associate(
        self, tracks: list[_Track], columns: list[int], boxes: _Boxes, now_s: float, worst: float
    ) -> tuple[list[tuple[_Track, int]], list[tuple[_Track, int]]]:
        """Return the believed pairs of ``tracks`` and boxes that cost less than ``worst``, and the pairs left open."""
        if not tracks or not columns:
            return [], []
        cost = _costs(tracks, columns, boxes, now_s)
        rows, places = linear_sum_assignment(np.minimum(cost - worst, 0.0))
        chosen = {int(i): int(j) for i, j in zip(rows, places, strict=True) if cost[i, j] < worst}
        unsure = _exchangeable(cost, chosen, boxes.xyxy[columns], self.margin)
        pairs = [(tracks[i], columns[j]) for i, j in chosen.items() if i not in unsure]
        return pairs, [(tracks[i], columns[j]) for i, j in chosen.items() if i in unsure]


def _people(detections: sv.Detections) -> npt.NDArray[np.intp]:
    """Return the rows of ``detections`` that are people, the surest first; ties go by place, so that the order they come in changes nothing."""
    if len(detections) == 0 or detections.class_id is None:
        return np.zeros(0, np.intp)
    rows = np.flatnonzero(np.isin(detections.class_id, (*PLAYER_CLASSES, REFEREE)))
    confidence = detections.confidence[rows] if detections.confidence is not None else np.ones(len(rows))
    return rows[np.lexsort((detections.class_id[rows], *detections.xyxy[rows].T, -confidence))]


def _boxes_of(frame: Frame, detections: sv.Detections, rows: npt.NDArray[np.intp], flash: bool) -> _Boxes:
    xyxy = np.asarray(detections.xyxy, np.float64)[rows]
    confidence = np.asarray(detections.confidence, np.float64)[rows] if detections.confidence is not None else np.ones(len(rows))
    is_referee = np.asarray(detections.class_id)[rows] == REFEREE if detections.class_id is not None else np.zeros(len(rows), bool)
    return _Boxes(xyxy, confidence, np.where(is_referee, -confidence, confidence), describe_kits(frame.image, xyxy), _hidden_share(xyxy, confidence), flash)


def _intersections(a: Array, b: Array) -> Array:
    sides = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    return np.asarray(np.clip(sides, 0, None).prod(2))


def _areas(xyxy: Array) -> Array:
    return np.asarray(np.maximum(xyxy[:, 2:] - xyxy[:, :2], 1e-6).prod(1))


def _hidden_share(xyxy: Array, confidence: Array) -> Array:
    """Return (n,) the largest share of each box that one other covers; the camera looks down, so whose feet are lower in the picture stands in front."""
    if len(xyxy) == 0:
        return np.zeros(0)
    in_front = (xyxy[None, :, 3] >= xyxy[:, None, 3]) & (confidence[None] >= _SOLID)
    np.fill_diagonal(in_front, False)
    return np.asarray((_intersections(xyxy, xyxy) * in_front).max(1) / _areas(xyxy))


def _is_second_box(xyxy: Array, j: int, others: list[int]) -> bool:
    """Whether box ``j`` lies mostly inside, and is about as large as, a box that is somebody already."""
    if not others:
        return False
    shared = _intersections(xyxy[[j]], xyxy[others])[0]
    return bool((shared > _SAME_BOX * np.maximum(_areas(xyxy[[j]])[0], _areas(xyxy[others]))).any())


def _costs(tracks: list[_Track], columns: list[int], boxes: _Boxes, now_s: float) -> Array:
    """Return (tracks, columns) costs: 0 is a perfect match, ``_OUT`` as bad as none, ``_IMPOSSIBLE`` never."""
    xyxy = boxes.xyxy[columns]
    expected = np.stack([track.state.xyxy for track in tracks])
    height = (expected[:, 3] - expected[:, 1])[:, None]
    spread = np.array([track.state.spread_px for track in tracks])[:, None]
    # Buffered boxes (Yang et al. 2023, C-BIoU): the less is known of where a track is, the wider both are cut.
    buffer = np.clip(spread / height, 0.1, 0.4)[..., None]
    centre_t, size_t = (expected[:, None, :2] + expected[:, None, 2:]) / 2, expected[:, None, 2:] - expected[:, None, :2]
    centre_b, size_b = (xyxy[None, :, :2] + xyxy[None, :, 2:]) / 2, xyxy[None, :, 2:] - xyxy[None, :, :2]
    half_t, half_b = size_t * (0.5 + buffer), size_b * (0.5 + buffer)
    sides = np.minimum(centre_t + half_t, centre_b + half_b) - np.maximum(centre_t - half_t, centre_b - half_b)
    shared = np.clip(sides, 0, None).prod(2)
    overlap = shared / ((2 * half_t).prod(2) + (2 * half_b).prod(2) - shared)
    distance = np.hypot(*np.moveaxis(centre_b - centre_t, 2, 0))
    lost_s = np.array([now_s - track.seen_s for track in tracks])[:, None]
    gate = np.minimum(_GATE_SIGMAS * spread, np.minimum(_MAX_GATE, _REACH + _TOP_SPEED * lost_s) * height)
    size_ratio = np.abs(np.log(size_b[..., 1] / size_t[..., 1]))
    cost = _W_OVERLAP * (1 - overlap) + _W_DISTANCE * distance / gate + _W_SIZE * size_ratio + _W_LOST * (1 - np.exp(-lost_s / _LOST_S))

    if not boxes.flash:
        kit = kit_distances(np.stack([track.kit for track in tracks]), boxes.kit[columns])
        knows = np.array([track.kit_s >= _KNOWN_KIT_S for track in tracks])[:, None]
        cost = cost + _W_KIT * kit * np.where(knows, 1.0, 0.5)
        cost[knows & (kit > np.where(lost_s > _GONE_S, _OTHER_KIT_BACK, _OTHER_KIT))] = _IMPOSSIBLE
    lean = np.array([track.lean for track in tracks])[:, None]
    against = np.maximum(-lean * boxes.vote[columns][None], 0.0)
    cost = cost + _W_ROLE * against
    cost[against > _OTHER_ROLE] = _IMPOSSIBLE
    cost[distance > gate] = _IMPOSSIBLE
    return np.asarray(cost)


def _exchangeable(cost: Array, chosen: dict[int, int], xyxy: Array, margin: float) -> set[int]:
    """Return the chosen tracks whose box could about as well be another track's, or which could about as well have another box.

    Args:
        cost: (t, b) as of ``_costs``.
        chosen: track row -> box column.
        xyxy: (b, 4) the boxes.
        margin: an exchange that costs less than this more is not told apart.
    """
    rows, columns = np.array(list(chosen), np.intp), np.array(list(chosen.values()), np.intp)
    if len(rows) == 0:
        return set()
    own = cost[rows, columns]
    partner = np.full(cost.shape[0], -1)
    partner[rows] = columns
    paired = partner >= 0
    # Track k (rows) takes the box of pair p (columns); the track of p takes what k leaves, or nothing.
    theirs = np.where(paired, cost[np.arange(len(cost)), partner], _OUT)
    leftover = np.where(paired[:, None], np.minimum(_OUT, cost[rows][:, partner].T), _OUT)
    loss = cost[:, columns] + leftover - own - theirs[:, None]
    loss[cost[:, columns] >= _OUT] = np.inf
    loss[rows, np.arange(len(rows))] = np.inf
    other, pair = np.nonzero(loss < margin)
    unsure = {int(i) for i in rows[pair]} | {int(k) for k in other if paired[k]}
    # Two boxes on one person are no doubt about who he is.
    apart = sv.box_iou_batch(xyxy[columns], xyxy) < _TWO_BOXES
    free = ~np.isin(np.arange(cost.shape[1]), columns)
    return unsure | {int(i) for i in rows[(apart & free & (cost[rows] - own[:, None] < margin)).any(1)]}


def _begin(boxes: _Boxes, j: int, now_s: float) -> _Track:
    track = _Track(PersonState.of_box(boxes.xyxy[j]), boxes.kit[j].copy(), now_s, now_s)
    _vote(track, boxes, j)
    return track


def _continue(track: _Track, boxes: _Boxes, j: int, now_s: float, dt_s: float) -> None:
    weak = boxes.hidden[j] > 0.3 or boxes.confidence[j] < 0.5
    track.state.see(boxes.xyxy[j], now_s - track.seen_s, doubt=2.0 if weak else 1.0)
    track.seen_s, track.doubt_s = now_s, 0.0
    _vote(track, boxes, j)
    if not boxes.flash and boxes.hidden[j] < _CLEAN:
        track.kit_s += dt_s
        share = dt_s / min(track.kit_s + dt_s, _KIT_MEMORY_S)
        track.kit = track.kit + share * (boxes.kit[j] - track.kit)


def _vote(track: _Track, boxes: _Boxes, j: int) -> None:
    vote = float(boxes.vote[j])
    track.player += max(vote, 0.0)
    track.referee += max(-vote, 0.0)


def _reported(detections: sv.Detections, rows: npt.NDArray[np.intp], ids: npt.NDArray[np.int_]) -> sv.Detections:
    """Return the rows with an id, in the order they came in."""
    order = np.argsort(rows)
    rows, ids = rows[order], ids[order]
    result = detections[rows[ids > 0]]
    assert isinstance(result, sv.Detections)
    result.tracker_id = ids[ids > 0]
    return result
