"""ANALYZE: the pixels of one clip to records. Streams; what it keeps does not grow with the clip."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import supervision as sv

from courtside.config import Settings
from courtside.errors import MediaError
from courtside.identity.matching import intersection_over_smaller, match_numbers
from courtside.identity.numbers import chance_of
from courtside.media import mark_cuts, prefetch, probe, read_frames
from courtside.models import zoo
from courtside.models.appearance import kit_crop
from courtside.pipeline.detections import DetectionCache
from courtside.pipeline.stopwatch import Stopwatch
from courtside.records import RecordsWriter, read_manifest
from courtside.tracking.tracker import BoxTracker
from courtside.types import NUMBER, REFEREE, AppearanceEncoder, Detector, Focusing, Frame, Image, NumberReader

_FOCUS_S = 2.0  # a camera zooms in about a second or two
_CROWDED = 0.15  # share of a box that somebody else may cover before its look is not taken as its own


def _quiet(*_: object) -> None:
    """Tell nobody."""


def _detected(
    frames: Iterable[tuple[Frame, bool]], detector: Detector, cache: DetectionCache, watch: Stopwatch
) -> Generator[tuple[Frame, bool, sv.Detections], None, None]:
    focused_s = -np.inf
    for frame, cut in frames:
        found = cache.get(frame.index)
        if found is None:
            with watch.time("detect"):
                if isinstance(detector, Focusing) and (cut or frame.time_s - focused_s >= _FOCUS_S):
                    detector.focus(frame.image)
                    focused_s = frame.time_s
                found = detector.detect([frame.image])[0]
            cache.put(frame.index, found)
        yield frame, cut, found


def clip_key(path: Path, fps: Fraction | None, settings: Settings) -> dict[str, Any]:
    """Return what the records of a clip depend on; records made with another key are made anew."""
    stat = path.stat()
    cards = [
        zoo.find_card("detector", settings.detector.backend),
        zoo.find_card("numbers", settings.numbers.backend),
        zoo.find_card("appearance", settings.appearance.backend),
    ]
    return {
        "file": path.name,
        "bytes": stat.st_size,
        "modified": int(stat.st_mtime),
        "fps": str(fps) if fps else None,
        "weights": [card.sha256 for card in cards if card],
        **settings.model_dump(mode="json", include={"detector", "numbers", "appearance", "tracker"}),
    }


class _Evidence:
    """Samples numbers and kits of tracked people: each track is read and looked at a few times a second, the longest unread first."""

    def __init__(self, reader: NumberReader, encoder: AppearanceEncoder, settings: Settings, writer: RecordsWriter, watch: Stopwatch) -> None:
        self._reader, self._encoder, self._settings, self._writer, self._watch = reader, encoder, settings, writer, watch
        self._read_s: dict[int, float] = {}
        self._looked_s: dict[int, float] = {}

    def reset(self) -> None:
        """Forget the tracks (a cut): their ids never come back."""
        self._read_s.clear()
        self._looked_s.clear()

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
        for number, person in match_numbers(numbers, tracked.xyxy, wanted.least_ios):
            waited = frame.time_s - self._read_s.get(int(ids[person]), -np.inf)
            if classes[person] != REFEREE and waited >= wanted.every_s - 1e-6:
                due.append((-waited, int(ids[person]), numbers[number]))
        due = sorted(due, key=lambda item: item[:2])[: wanted.max_per_frame]
        readings = self._reader.read([padded_crop(frame.image, xyxy, wanted.margin) for _, _, xyxy in due])
        for (_, tracker_id, xyxy), reading in zip(due, readings, strict=True):
            self._read_s[tracker_id] = frame.time_s
            self._writer.add_reading(frame.index, tracker_id, xyxy, chance_of(reading))

    def _looks(self, frame: Frame, tracked: sv.Detections) -> None:
        ids, classes = tracked.tracker_id, tracked.class_id
        assert ids is not None and classes is not None
        covered = intersection_over_smaller(tracked.xyxy, tracked.xyxy)
        np.fill_diagonal(covered, 0)
        due = [
            i
            for i in range(len(tracked))
            if classes[i] != REFEREE
            and covered[i].max(initial=0) < _CROWDED
            and frame.time_s - self._looked_s.get(int(ids[i]), -np.inf) >= self._settings.appearance.every_s - 1e-6
        ]
        crops = [kit_crop(frame.image, tracked.xyxy[i]) for i in due]
        for i, crop, vector in zip(due, crops, self._encoder.encode(crops), strict=True):
            self._looked_s[int(ids[i])] = frame.time_s
            color = np.median(crop.reshape(-1, 3), 0).astype(np.float32)
            self._writer.add_appearance(frame.index, int(ids[i]), vector, color)


def padded_crop(image: Image, xyxy: np.ndarray[Any, Any], margin: float) -> Image:
    """Return the box with ``margin`` (a share of its sides) around it, clipped to the picture, at least one pixel large."""
    height, width = image.shape[:2]
    pad = (xyxy[2:] - xyxy[:2]) * margin
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
    detector: Detector = zoo.create("detector", **settings.detector.model_dump())
    reader: NumberReader = zoo.create("numbers", settings.numbers.backend)
    encoder: AppearanceEncoder = zoo.create("appearance", settings.appearance.backend)
    tracker = BoxTracker(**settings.tracker.model_dump())
    cache = DetectionCache(folder.with_name(folder.name + ".detections"), key)
    with RecordsWriter(folder, info, key) as writer:

        def note(message: str) -> None:
            writer.warnings.append(message)
            warn(message)

        evidence = _Evidence(reader, encoder, settings, writer, watch)
        n_frames = 0
        with watch.time("analyze"):
            decoded = prefetch(watch.iterate("decode", read_frames(path, fps, note)), depth=4)
            stream = prefetch(_detected(mark_cuts(decoded), detector, cache, watch), depth=2)
            try:
                for frame, cut, found in stream:
                    _record(frame, cut, found, tracker, evidence, writer, watch)
                    n_frames += 1
                    advance(n_frames, info.n_frames)
            finally:
                stream.close()
                decoded.close()
        if not n_frames:
            raise MediaError(f"{path}: no frame could be decoded; is the file whole?")
        writer.timing_s = dict(watch.spent_s)
    cache.remove()
    return True


def _record(frame: Frame, cut: bool, found: sv.Detections, tracker: BoxTracker, evidence: _Evidence, writer: RecordsWriter, watch: Stopwatch) -> None:
    if cut:
        tracker.reset()
        evidence.reset()
    found.data["row"] = np.arange(len(found))
    with watch.time("track"):
        tracked = tracker.update(frame, found)
    assert found.class_id is not None and found.confidence is not None
    ids = np.zeros(len(found), int)  # 0: not tracked
    if len(tracked):
        ids[tracked.data["row"]] = tracked.tracker_id
    writer.add_frame(frame.index, frame.time_s, cut, tracker.motion)
    writer.add_detections(frame.index, ids.tolist(), found.class_id.tolist(), found.confidence.tolist(), found.xyxy)
    evidence.sample(frame, tracked, found)
