"""ANALYZE: the pixels of one clip to records. Streams; what it keeps does not grow with the clip."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import supervision as sv

from courtside.config import DetectorSettings, Settings
from courtside.court.sighting import Sighting
from courtside.errors import MediaError
from courtside.identity.matching import intersection_over_smaller, mask_over_smaller, match_numbers
from courtside.identity.numbers import chance_of
from courtside.media import mark_cuts, prefetch, probe, read_frames
from courtside.models import zoo
from courtside.models.appearance import in_sight, kit_crop, own_pixels
from courtside.pipeline.detections import DetectionCache
from courtside.pipeline.mirrored import NOTE, MirrorJudge, tells, turned_round
from courtside.pipeline.models import make_court_model, make_detector, make_encoder, make_mirror_sense, make_reader
from courtside.pipeline.score_watch import ScoreWatch, make_text_reader
from courtside.pipeline.stopwatch import Stopwatch
from courtside.pipeline.trackers import make_tracker
from courtside.records import RecordsWriter, read_manifest
from courtside.tracking.movers import Movers
from courtside.types import (
    NUMBER,
    PLAYER_CLASSES,
    REFEREE,
    AppearanceEncoder,
    CourtModel,
    Detector,
    Focusing,
    FollowsCamera,
    Frame,
    Image,
    NumberReader,
    Tracker,
)

_MOST_HELD = 32  # frames held for a batch at most: where only some are looked at, the others wait in memory
_FOCUS_S = 2.0  # a camera zooms in about a second or two
_SHRINK, _CHEST = 0.4, 0.18  # see ``kit_crop``
_MOST_WAITING = 400  # readings of a clip after which, mirrored or not, no more wait for a judgement
_LEGIBLE = 0.5  # chance from which a reading is taken for its likeliest number
_DOUBTFUL = 0.5  # share of a box under another's from which the two may have been exchanged
_SOMEBODY = 0.3  # confidence from which a box is somebody, in front of whom no ball is looked for
_WORTH_KEEPING = 0.1  # confidence of a landmark below which it says nothing
_OWN, _IN_SIGHT = 0.3, 0.7  # share of the crop that must be the person's by his mask, or in front of which nobody's box may lie, for his look to be taken


def _quiet(*_: object) -> None:
    """Tell nobody."""


@dataclass
class _Waiting:
    """A frame on its way to the detector: whether it is ``due`` to be looked at, and what was ``found`` where that is known already."""

    frame: Frame
    cut: bool
    due: bool
    found: sv.Detections | None


def _detected(
    frames: Iterable[tuple[Frame, bool]], detector: Detector, settings: DetectorSettings, cache: DetectionCache, watch: Stopwatch
) -> Generator[tuple[Frame, bool, sv.Detections], None, None]:
    """Yield each frame with what the detector found in it; pictures are shown to it ``settings.batch`` at once."""
    focused_s = looked_s = -np.inf
    group: list[_Waiting] = []

    def flush() -> Iterator[tuple[Frame, bool, sv.Detections]]:
        nonlocal focused_s
        fresh = [one for one in group if one.found is None]
        if new := [one for one in fresh if one.due]:
            with watch.time("detect"):
                first = new[0]
                if isinstance(detector, Focusing) and (first.cut or first.frame.time_s - focused_s >= _FOCUS_S):
                    detector.focus(first.frame.image)
                    focused_s = first.frame.time_s
                for one, found in zip(new, detector.detect([one.frame.image for one in new]), strict=True):
                    one.found = found
        for one in fresh:
            if one.found is None:
                one.found = sv.Detections(np.zeros((0, 4), np.float32), confidence=np.zeros(0, np.float32), class_id=np.zeros(0, int))
            cache.put(one.frame.index, one.found)
        for one in group:
            assert one.found is not None
            one.found.metadata["looked"] = one.due  # nothing found is not the same as not looked for
            yield one.frame, one.cut, one.found
        group.clear()

    for frame, cut in frames:
        due = cut or settings.every_s is None or frame.time_s - looked_s >= settings.every_s - 1e-6
        if due:
            looked_s = frame.time_s
        if cut:
            yield from flush()  # a detector that adapts must not take the new shot for the old one
        group.append(_Waiting(frame, cut, due, cache.get(frame.index)))
        n_new = sum(one.due and one.found is None for one in group)
        if n_new == 0 or n_new >= (settings.batch or 1) or len(group) >= _MOST_HELD:
            yield from flush()
    yield from flush()


def clip_key(path: Path, fps: Fraction | None, settings: Settings) -> dict[str, Any]:
    """Return what the records of a clip depend on; records made with another key are made anew."""
    stat = path.stat()
    cards = [
        zoo.find_card("detector", settings.detector.backend),
        zoo.find_card("numbers", settings.numbers.backend),
        zoo.find_card("appearance", settings.appearance.backend),
        zoo.find_card("court", settings.court.backend),
        zoo.find_card("mirror", "courtside"),
    ]
    return {
        "file": path.name,
        "bytes": stat.st_size,
        "modified": int(stat.st_mtime),
        "fps": str(fps) if fps else None,
        "weights": [card.sha256 for card in cards if card],
        # what is not set has no say, so that a new setting does not make old records stale
        **settings.model_dump(
            mode="json",
            include={"detector", "numbers", "appearance", "court", "tracker", "score"},
            exclude={"court": {"fit"}},  # of what was seen, not of the pixels
            exclude_none=True,
        ),
    }


@dataclass
class _Reading:
    """A reading that waits until it is known whether the clip is mirrored."""

    frame: int
    tracker_id: int
    xyxy: np.ndarray[Any, Any]
    crop: Image
    chance: np.ndarray[Any, Any]


class _Evidence:
    """Samples numbers and kits of tracked people: each track is read and looked at a few times a second, the longest unread first.

    The first numbers tell whether the clip is mirrored. If it is, they are read again turned round, and so are all that follow.
    """

    def __init__(
        self, reader: NumberReader, encoder: AppearanceEncoder, settings: Settings, writer: RecordsWriter, watch: Stopwatch, judge: MirrorJudge
    ) -> None:
        self._reader, self._encoder, self._settings, self._writer, self._watch, self._judge = reader, encoder, settings, writer, watch, judge
        self._waiting: list[_Reading] = []
        self._read_s: dict[int, float] = {}
        self._looked_s: dict[int, float] = {}
        self._agreed: dict[int, tuple[int, int]] = {}  # the last number read, as an index into NUMBERS, and how often in a row

    def reset(self) -> None:
        """Forget the tracks (a cut): their ids never come back."""
        self._read_s.clear()
        self._looked_s.clear()
        self._agreed.clear()

    def sample(self, frame: Frame, tracked: sv.Detections, found: sv.Detections) -> None:
        """Read and look at what is due in this frame: ``tracked`` people, and the numbers among all that was ``found``."""
        if not len(tracked):
            return
        with self._watch.time("read numbers"):
            self._numbers(frame, tracked, found)
        with self._watch.time("appearance"):
            self._looks(frame, tracked)

    def _numbers(self, frame: Frame, tracked: sv.Detections, found: sv.Detections) -> None:
        wanted = self._settings.numbers
        ids, classes = tracked.tracker_id, tracked.class_id
        assert ids is not None and classes is not None and found.confidence is not None
        numbers = found.xyxy[(found.class_id == NUMBER) & (found.confidence >= wanted.confidence)]
        due = []
        shared = mask_over_smaller(numbers, tracked.mask) if isinstance(tracked.mask, sv.CompactMask) else None
        for number, person in match_numbers(numbers, tracked.xyxy, wanted.least_ios, shared):
            waited = frame.time_s - self._read_s.get(int(ids[person]), -np.inf)
            if classes[person] != REFEREE and waited >= wanted.every_s - 1e-6 and not self._has_enough(int(ids[person])):
                due.append((-waited, int(ids[person]), numbers[number]))
        due = sorted(due, key=lambda item: item[:2])[: wanted.max_per_frame]
        crops = [padded_crop(frame.image, xyxy, wanted.margin, wanted.margin_px) for _, _, xyxy in due]
        for (_, tracker_id, xyxy), crop, chance in zip(due, crops, self._read(crops), strict=True):
            self._read_s[tracker_id] = frame.time_s
            if self._judge.is_open:
                self._waiting.append(_Reading(frame.index, tracker_id, xyxy, crop.copy(), chance))
            else:
                self._writer.add_reading(frame.index, tracker_id, xyxy, chance)
            if chance.max() >= _LEGIBLE:
                number, before = int(chance.argmax()), self._agreed.get(tracker_id, (-1, 0))
                self._agreed[tracker_id] = number, (before[1] if before[0] == number else 0) + 1
        if due and self._judge.is_open:
            telling = [one for one in self._waiting[-len(due) :] if tells(one.chance)]
            more = self._judge.look(frame.time_s, [one.tracker_id for one in telling], [one.crop for one in telling])
            if not more or len(self._waiting) >= _MOST_WAITING:
                self.settle()

    def _read(self, crops: Sequence[Image]) -> list[np.ndarray[Any, Any]]:
        """Return the chances (101,) of each crop, turned round where the clip is mirrored."""
        return [chance_of(reading) for reading in self._reader.read(turned_round(crops) if self._judge.verdict else crops)]

    def settle(self) -> None:
        """Judge by what was seen so far, and write the readings that waited, read again if the clip is mirrored."""
        self._judge.close()
        if self._waiting and self._judge.verdict:
            self._agreed.clear()
            for one, chance in zip(self._waiting, self._read([one.crop for one in self._waiting]), strict=True):
                one.chance = chance
        for one in self._waiting:
            self._writer.add_reading(one.frame, one.tracker_id, one.xyxy, one.chance)
        self._waiting.clear()

    def _has_enough(self, tracker_id: int) -> bool:
        enough = self._settings.numbers.enough
        return enough is not None and self._agreed.get(tracker_id, (-1, 0))[1] >= enough

    def _looks(self, frame: Frame, tracked: sv.Detections) -> None:
        ids, classes = tracked.tracker_id, tracked.class_id
        assert ids is not None and classes is not None
        covered = intersection_over_smaller(tracked.xyxy, tracked.xyxy)
        np.fill_diagonal(covered, 0)
        due = [
            i
            for i in range(len(tracked))
            if classes[i] != REFEREE
            and frame.time_s - self._looked_s.get(int(ids[i]), -np.inf) >= self._settings.appearance.every_s - 1e-6
        ]
        for tracker_id in ids[covered.max(1, initial=0) >= _DOUBTFUL]:
            self._agreed.pop(int(tracker_id), None)  # from here on it may be somebody else
        above = _CHEST if self._settings.appearance.crop == "chest" else (1 - _SHRINK) / 2
        crops = [kit_crop(frame.image, tracked.xyxy[i], _SHRINK, above) for i in due]
        if isinstance(tracked.mask, sv.CompactMask):
            own, least = [kit_crop(tracked.mask[i], tracked.xyxy[i], _SHRINK, above) for i in due], _OWN
        else:
            own, least = [in_sight(tracked.xyxy, i, frame.image.shape[:2], _SHRINK, above) for i in due], _IN_SIGHT
        clear = [k for k, mask in enumerate(own) if mask.mean() >= least]
        due, crops = [due[k] for k in clear], [own_pixels(crops[k], own[k]) for k in clear]
        for i, crop, vector in zip(due, crops, self._encoder.encode(crops), strict=True):
            self._looked_s[int(ids[i])] = frame.time_s
            color = np.median(crop.reshape(-1, 3), 0).astype(np.float32)
            self._writer.add_appearance(frame.index, int(ids[i]), vector, color)


class _CourtWatch:
    """Looks for the court a few times a second."""

    def __init__(self, model: CourtModel | None, every_s: float, writer: RecordsWriter, watch: Stopwatch) -> None:
        self._model, self._every_s, self._writer, self._watch = model, every_s, writer, watch
        self._looked_s = -np.inf

    def look(self, frame: Frame, cut: bool) -> None:
        """Look at ``frame`` if it is time, or if a new shot begins."""
        if self._model is None or (not cut and frame.time_s - self._looked_s < self._every_s - 1e-6):
            return
        self._looked_s = frame.time_s
        with self._watch.time("court"):
            landmarks, confidence, paint = (part.astype(float) for part in self._model.see([frame.image])[0])
        if (confidence >= _WORTH_KEEPING).any():
            self._writer.add_court(Sighting(frame.index, landmarks, confidence, paint))


def padded_crop(image: Image, xyxy: np.ndarray[Any, Any], margin: float, margin_px: int | None = None) -> Image:
    """Return the box with ``margin`` (a share of its sides), or ``margin_px`` pixels, around it, clipped to the picture, at least one pixel large."""
    height, width = image.shape[:2]
    pad = (xyxy[2:] - xyxy[:2]) * margin if margin_px is None else np.full(2, margin_px)
    left, top = np.clip(np.floor(xyxy[:2] - pad), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(xyxy[2:] + pad), (left + 1, top + 1), (width, height)).astype(int)
    return image[top:bottom, left:right]


def analyze(
    path: Path,
    folder: Path,
    settings: Settings,
    fps: Fraction | None = None,
    advance: Callable[[int, int | None], None] = _quiet,
    warn: Callable[[str], None] = _quiet,
) -> bool:
    """Analyse one clip into the records folder ``folder``.

    Args:
        path: the clip.
        folder: where the records go; finished ones of the same clip and settings are kept as they are.
        settings: models, tracker and sampling.
        fps: the true frame rate where the clip's own is wrong.
        advance: called after each frame with the number done and the total where it is known.
        warn: called with one line for each thing the user should know.

    Returns:
        False when the records were there already.

    Raises:
        MediaError: the clip can't be read.
        ModelError: a model is unknown or damaged.
        RecordsError: the folder can't be written.
    """
    info = probe(path, fps)
    key = clip_key(path, fps, settings)
    manifest = read_manifest(folder)
    if manifest is not None and manifest["settings"] == key:
        return False
    watch = Stopwatch()
    detector, reader, encoder = make_detector(settings), make_reader(settings), make_encoder(settings)
    tracker = make_tracker(settings, warn)
    cache = DetectionCache(folder.with_name(folder.name + ".detections"), key)
    with RecordsWriter(folder, info, key) as writer:

        def note(message: str) -> None:
            writer.warnings.append(message)
            warn(message)

        judge = MirrorJudge(make_mirror_sense())
        evidence = _Evidence(reader, encoder, settings, writer, watch, judge)
        movers = Movers()
        court = _CourtWatch(make_court_model(settings), settings.court.every_s, writer, watch)
        score = ScoreWatch(make_text_reader(settings.score.reader), writer.add_glance, warn) if settings.score.reader != "none" else None
        n_frames = 0
        with watch.time("analyze"):
            decoded = prefetch(watch.iterate("decode", read_frames(path, fps, note)), depth=4)
            stream = prefetch(_detected(mark_cuts(decoded), detector, settings.detector, cache, watch), depth=2)
            try:
                for frame, cut, found in stream:
                    _record(frame, cut, found, tracker, movers, evidence, writer, watch)
                    court.look(frame, cut)
                    if score is not None:
                        with watch.time("score"):
                            score.look(frame)
                    n_frames += 1
                    advance(n_frames, info.n_frames)
                if score is not None:
                    with watch.time("score"):
                        score.close()
            finally:
                stream.close()
                decoded.close()
        if not n_frames:
            raise MediaError(f"{path}: no frame could be decoded; is the file whole?")
        evidence.settle()
        writer.mirrored = judge.verdict
        if judge.verdict:
            note(NOTE)
        writer.timing_s = dict(watch.spent_s)
    cache.remove()
    return True


def _record(
    frame: Frame, cut: bool, found: sv.Detections, tracker: Tracker, movers: Movers, evidence: _Evidence, writer: RecordsWriter, watch: Stopwatch
) -> None:
    if cut:
        tracker.reset()
        movers.reset()
        evidence.reset()
    found.data["row"] = np.arange(len(found))
    with watch.time("track"):
        tracked = tracker.update(frame, found)
    assert found.class_id is not None and found.confidence is not None
    ids = np.zeros(len(found), int)  # 0: not tracked
    rows = np.asarray(tracked.data.get("row", ()), int)
    boxed = rows >= 0
    if len(tracked):
        assert tracked.tracker_id is not None
        ids[rows[boxed]] = tracked.tracker_id[boxed]
    writer.add_frame(frame.index, frame.time_s, cut, tracker.motion if isinstance(tracker, FollowsCamera) else np.eye(3))
    if isinstance(tracker, FollowsCamera):
        with watch.time("movers"):
            people = np.isin(found.class_id, (*PLAYER_CLASSES, REFEREE)) & (found.confidence >= _SOMEBODY)
            moved = movers.look(frame, tracker.motion, found.xyxy[people])
        if moved is not None:
            writer.add_movers(*moved)
    writer.add_detections(frame.index, ids.tolist(), found.class_id.tolist(), found.confidence.tolist(), found.xyxy)
    if isinstance(tracked.mask, sv.CompactMask):
        lone = tracked[~boxed]
        assert isinstance(lone, sv.Detections) and lone.tracker_id is not None and lone.class_id is not None and lone.confidence is not None
        writer.add_detections(frame.index, lone.tracker_id.tolist(), lone.class_id.tolist(), lone.confidence.tolist(), lone.xyxy)
        assert tracked.tracker_id is not None
        writer.add_masks(frame.index, tracked.tracker_id.tolist(), tracked.mask)
    evidence.sample(frame, tracked, found)
