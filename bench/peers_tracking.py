"""Our tracker beside those of `trackers`, fed the same stored detections of the same labelled clips. Called by bench/peers.py."""

from __future__ import annotations

import inspect
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import supervision as sv
from scipy.optimize import linear_sum_assignment

from courtside.config import IdentitySettings
from courtside.errors import DataError
from courtside.media.decode import read_frames
from courtside.pipeline.resolve import resolve
from courtside.records import Records
from courtside.tracking.tracker import BoxTracker
from courtside.truth import PeopleLabels
from courtside.types import PLAYER_CLASSES, REFEREE, Frame

Boxes = npt.NDArray[np.float64]

COLUMNS: Mapping[str, str] = {
    "HOTA": "as published, by trackers.eval, on the labelled frames",
    "AssA": "its part that says how well a track stays on its person",
    "IDF1": "2 IDTP / (truth boxes + tracked boxes), tracks assigned to people one to one over the clip",
    "recall": "share of truth boxes that some track covers",
    "switches": "times the track of a person changes, from one labelled frame where he is covered to the next such",
    "stolen": "boxes whose track mostly covers somebody else: what poisons an identity (a fragment does not)",
    "mixed": "tracks that cover more than one person",
    "tracks": "tracks seen on labelled people",
    "ms": "of processor time a frame on one thread, decoding and detection not counted",
}

_MATCH, _TOUCH = 0.5, 0.1
"""IoU at which a track covers a person, and below which, for every labelled person, a box is of somebody unlabelled (the bench, coaches) and doesn't count."""

_PEERS = {
    "SORT": "SORTTracker",
    "ByteTrack": "ByteTrackTracker",
    "OC-SORT": "OCSORTTracker",
    "BoT-SORT": "BoTSORTTracker",
    "C-BIoU": "CBIoUTracker",
    "McByte, no masks": "McByteTracker",  # its masks come from SAM and Cutie, whose weights must be downloaded; without them it runs as its default is
}

_LOOKING = ("BoT-SORT", "McByte, no masks")
"""Those that look at the picture, for the camera's motion; the others take one too, and warn that they don't use it."""

_INSTALL = (
    "`trackers` is not installed: pip install --no-deps --target DIR trackers==2.6.1 pydeprecate requests, then PYTHONPATH=DIR "
    "(plainly installed it brings opencv-python, whose files overwrite opencv-python-headless's); or leave it out with --part glue"
)


@dataclass
class Compared:
    """One clip's labelled frames, ready for any measure: per frame the people (t,), the tracks (n,) and their IoU (t, n)."""

    who: list[npt.NDArray[np.int64]] = field(default_factory=list)
    tracks: list[npt.NDArray[np.int64]] = field(default_factory=list)
    iou: list[Boxes] = field(default_factory=list)


def compare(people: PeopleLabels, tracked: Sequence[sv.Detections]) -> Compared:
    """Line up the tracks of frames 0, 1, ... with the people of the labelled ones among them."""
    names = {name: i for i, name in enumerate(sorted(set(people.who)))}
    result = Compared()
    for frame in people.labelled[people.labelled < len(tracked)]:
        rows = people.frame == frame
        truth, found = people.xyxy[rows], tracked[frame]
        iou = np.asarray(sv.box_iou_batch(truth, found.xyxy.astype(float)), float) if len(found) and len(truth) else np.zeros((len(truth), len(found)))
        counted = iou.max(0, initial=0.0) >= _TOUCH
        ids = np.asarray(found.tracker_id if found.tracker_id is not None else [], np.int64)
        result.who.append(np.array([names[name] for name in people.who[rows]], np.int64))
        result.tracks.append(ids[counted])
        result.iou.append(iou[:, counted])
    return result


def measure(clips: Sequence[Compared]) -> dict[str, float]:
    """Return ``COLUMNS`` from IDF1 to tracks, summed over the clips."""
    n_truth = n_found = n_matched = id_tp = switches = stolen = mixed = n_tracks = 0
    for clip in clips:
        seen: Counter[tuple[int, int]] = Counter()
        last: dict[int, int] = {}
        for who, tracks, iou in zip(clip.who, clip.tracks, clip.iou, strict=True):
            n_truth, n_found = n_truth + len(who), n_found + len(tracks)
            for row, column in zip(*linear_sum_assignment(-np.where(iou >= _MATCH, iou, 0.0)), strict=True):
                if iou[row, column] < _MATCH:
                    continue
                person, track = int(who[row]), int(tracks[column])
                n_matched += 1
                seen[person, track] += 1
                switches += last.get(person, track) != track
                last[person] = track
        people, seen_tracks = sorted({person for person, _ in seen}), sorted({track for _, track in seen})
        table = np.zeros((len(people), len(seen_tracks)))
        for (person, track), count in seen.items():
            table[people.index(person), seen_tracks.index(track)] = count
        id_tp += int(table[linear_sum_assignment(-table)].sum())
        stolen += int(table.sum() - table.max(0, initial=0.0).sum())
        mixed += int(((table > 0).sum(0) > 1).sum())
        n_tracks += len(seen_tracks)
    return {
        "IDF1": 200 * id_tp / max(n_truth + n_found, 1),
        "recall": 100 * n_matched / max(n_truth, 1),
        "switches": switches,
        "stolen": stolen,
        "mixed": mixed,
        "tracks": n_tracks,
    }


def hota(clips: Sequence[Compared]) -> dict[str, float]:
    """Return HOTA and AssA over all clips together, their ids kept apart."""
    from trackers.eval import compute_hota_metrics  # type: ignore[import-not-found, unused-ignore]  # may live outside the environment, see _INSTALL

    who: list[npt.NDArray[np.int64]] = []
    tracked: list[npt.NDArray[np.int64]] = []
    people: dict[tuple[int, int], int] = {}
    tracks: dict[tuple[int, int], int] = {}
    for clip_idx, clip in enumerate(clips):
        who += [np.array([people.setdefault((clip_idx, int(one)), len(people)) for one in row], np.int64) for row in clip.who]
        tracked += [np.array([tracks.setdefault((clip_idx, int(one)), len(tracks)) for one in row], np.int64) for row in clip.tracks]
    found = compute_hota_metrics(who, tracked, [iou for clip in clips for iou in clip.iou])
    return {"HOTA": 100 * float(found["HOTA"]), "AssA": 100 * float(found["AssA"])}


class Contender(Protocol):
    """A tracker as we use ours."""

    def update(self, frame: Frame, detections: sv.Detections) -> sv.Detections: ...

    def reset(self) -> None: ...


class _Peer:
    """One of `trackers`' behind the interface of ours. After a cut it is made anew, and its ids, which then start at 0 again, are kept from coming back."""

    def __init__(self, make: Callable[[], Any], looks: bool) -> None:
        self._make, self._looks = make, looks
        self._tracker, self._first_id, self._next_id = make(), 1, 1

    def update(self, frame: Frame, detections: sv.Detections) -> sv.Detections:
        assert detections.class_id is not None
        people = detections[np.isin(detections.class_id, (*PLAYER_CLASSES, REFEREE))]
        # Blue-green-red for all: McByte asks for red-green-blue, but without masks only its camera motion looks, which wants the former.
        tracked: sv.Detections = self._tracker.update(people, frame.image) if self._looks else self._tracker.update(people)
        ids = np.asarray(tracked.tracker_id if len(tracked) else [], np.int64)
        tracked.tracker_id = ids + self._first_id
        self._next_id = max(self._next_id, self._first_id + int(ids.max(initial=-1)) + 1)
        kept = tracked[ids >= 0]  # -1: not confirmed yet
        assert isinstance(kept, sv.Detections)
        return kept

    def reset(self) -> None:
        self._tracker, self._first_id = self._make(), self._next_id


def contenders(high: float, birth: float, own_thresholds: bool = False) -> dict[str, Callable[[float], Contender]]:
    """Return name -> maker, by frame rate, of a fresh tracker.

    Args:
        high: confidence from which a box is sure.
        birth: confidence from which a box begins a track.
        own_thresholds: leave the others at the confidences they were published with; their other settings are their own in any case.

    Raises:
        DataError: `trackers` is not installed.
    """
    try:
        import trackers  # type: ignore[import-not-found, unused-ignore]  # may live outside the environment, see _INSTALL
    except ImportError as error:
        raise DataError(_INSTALL) from error
    makers: dict[str, Callable[[float], Contender]] = {"ours": lambda _: BoxTracker(high=high, birth=birth)}
    for name, kind in _PEERS.items():
        one = getattr(trackers, kind, None)
        if one is None:
            raise DataError(f"this version of `trackers` has no {kind}: install trackers==2.6.1")
        taken = inspect.signature(one).parameters
        split = {} if own_thresholds else {"track_activation_threshold": birth, "high_conf_det_threshold": high}
        options = {key: value for key, value in split.items() if key in taken}
        makers[name] = partial(_peer, one, options, name in _LOOKING)
    return makers


def _peer(kind: Callable[..., Any], options: Mapping[str, float], looks: bool, rate: float) -> Contender:
    return _Peer(lambda: kind(frame_rate=rate, **options), looks)


@dataclass
class Tracked:
    """What one tracker made of one clip: per frame its tracks and the processor seconds it took."""

    frames: list[sv.Detections] = field(default_factory=list)
    spent_s: list[float] = field(default_factory=list)


def track(clip: Path, records: Records, makers: Mapping[str, Callable[[float], Contender]], n_frames: int | None = None) -> dict[str, Tracked]:
    """Run every tracker over the clip side by side, forgetting at the same cuts.

    Args:
        clip: the pictures, which some trackers look at.
        records: detections and cuts of a run on it.
        makers: as of ``contenders``.
        n_frames: stop after so many.

    Raises:
        DataError: the clip has fewer frames than the records.
    """
    ready = {name: make(float(records.clip.rate)) for name, make in makers.items()}
    result = {name: Tracked() for name in makers}
    n_wanted = min(len(records.frames.cut), n_frames or len(records.frames.cut))
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # so that a thread's clock sees all that a tracker does
    try:
        for frame in islice(read_frames(clip, warn=lambda _: None), n_wanted):
            found = records.detections_of(frame.index)
            for name, tracker in ready.items():
                if records.frames.cut[frame.index]:
                    tracker.reset()
                began = time.thread_time()
                result[name].frames.append(tracker.update(frame, found))
                result[name].spent_s.append(time.thread_time() - began)
    finally:
        cv2.setNumThreads(threads)
    if any(len(one.frames) < n_wanted for one in result.values()):
        raise DataError(f"{clip}: has fewer frames than its records ({n_wanted}); is it the clip they were made of?")
    return result


def resolved(records: Records) -> Tracked:
    """Return what RESOLVE makes of the same detections, without rosters: what was followed, stitched by kits, numbers read and places on the court."""
    began = time.process_time()
    result = resolve([records], (), IdentitySettings())
    spent_s = (time.process_time() - began) / max(len(records.frames.cut), 1)
    frames = []
    people = result.people(0)
    for frame in range(len(records.frames.cut)):
        here = people.get(frame, [])
        boxes = np.array([person.xyxy for person in here], np.float32).reshape(-1, 4)
        frames.append(sv.Detections(boxes, tracker_id=np.array([person.track_id for person in here], int)))
    return Tracked(frames, [spent_s] * len(frames))


@dataclass
class Score:
    """One tracker over some clips: ``columns`` as of ``COLUMNS``."""

    tracker: str
    clips: str
    columns: dict[str, float]


def score(tracker: str, clips: Mapping[str, tuple[PeopleLabels, Tracked]]) -> list[Score]:
    """Return a score for each clip, then one for all of them together."""
    compared = {name: compare(people, tracked.frames) for name, (people, tracked) in clips.items()}
    groups = {name: [name] for name in clips} | {"all": list(clips)}
    scores = []
    for title, names in groups.items():
        spent_s = [seconds for name in names for seconds in clips[name][1].spent_s]
        group = [compared[name] for name in names]
        columns = {**hota(group), **measure(group), "ms": 1000 * float(np.mean(spent_s)) if spent_s else 0.0}
        scores.append(Score(tracker, title, columns))
    return scores
