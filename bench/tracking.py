"""Our tracker beside those of `trackers` 2.6.1 on the same detections of the same labelled clips.

    python bench/tracking.py ../shared/data/clips ../shared/data/truth/tracks detector.onnx [--cache FOLDER] [--only ours] [--draw FOLDER]

`trackers` depends on opencv-python, whose files overwrite opencv-python-headless's: install it aside without dependencies
(`pip install --no-deps --target DIR trackers==2.6.1 pydeprecate requests`) and put DIR on PYTHONPATH; without it only our own line is printed, without HOTA.

Labels are sparse (every 10th frame): tracks are made on every frame and compared on the labelled ones, truth and tracks matched one to one at IoU 0.5.
Tracked boxes that touch no labelled person (IoU under 0.1: the bench, coaches) don't count. Columns, summed over the clips:

    HOTA AssA  as published, by trackers.eval, on the labelled frames
    IDF1       2 IDTP / (truth boxes + tracked boxes), tracks assigned to people one to one over the clip
    recall     share of truth boxes that some track covers
    switches   times the track of a person changes, from one labelled frame where he is covered to the next such
    stolen     boxes whose track mostly covers somebody else: what poisons an identity (a fragment does not)
    mixed      tracks that cover more than one person
    tracks     tracks seen on labelled people (13 people a clip)
    ms         of processor time per frame on one thread, detection not counted
"""

from __future__ import annotations

import argparse
import csv
import inspect
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import supervision as sv
from scipy.optimize import linear_sum_assignment

from courtside.media.decode import read_frames
from courtside.models.detector import OnnxDetector
from courtside.tracking.tracker import BoxTracker
from courtside.types import PLAYER_CLASSES, REFEREE, Frame

Boxes = npt.NDArray[np.float64]
Update = Callable[[Frame, sv.Detections], sv.Detections]


def cached_detections(clip: Path, weights: Path, cache: Path) -> list[sv.Detections]:
    """Return the detections of every frame of ``clip``, from ``cache`` where they are newer than the weights."""
    store = cache / f"{clip.stem}.npz"
    if not store.is_file() or store.stat().st_mtime < weights.stat().st_mtime:
        detector = OnnxDetector(weights)
        found = [detector.detect([frame.image])[0] for frame in read_frames(clip)]
        cache.mkdir(parents=True, exist_ok=True)
        ends = np.cumsum([len(d) for d in found])
        merged = {name: np.concatenate([getattr(d, name) for d in found]) for name in ("xyxy", "confidence", "class_id")}
        np.savez(store, ends=ends, **merged)
    with np.load(store) as data:
        parts = {name: np.split(data[name], data["ends"][:-1]) for name in ("xyxy", "confidence", "class_id")}
    return [sv.Detections(x, confidence=c, class_id=k) for x, c, k in zip(parts["xyxy"], parts["confidence"], parts["class_id"], strict=True)]


@dataclass
class Labels:
    """Truth of one clip: by frame, the boxes and who they are."""

    boxes: dict[int, Boxes]
    who: dict[int, list[str]]


def read_labels(path: Path) -> Labels:
    """Read one truth/tracks CSV."""
    boxes: dict[int, list[list[float]]] = defaultdict(list)
    who: dict[int, list[str]] = defaultdict(list)
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            boxes[int(row["frame"])].append([float(row[k]) for k in ("x1", "y1", "x2", "y2")])
            who[int(row["frame"])].append(row["who"])
    return Labels({k: np.array(v) for k, v in boxes.items()}, dict(who))


@dataclass
class Compared:
    """One clip's labelled frames, ready for any measure: per frame the people, the tracks and their IoU."""

    who: list[npt.NDArray[np.int64]]
    tracks: list[npt.NDArray[np.int64]]
    iou: list[Boxes]


def compare(labels: Labels, tracked: list[sv.Detections]) -> Compared:
    """Line up tracks with labels on the labelled frames."""
    names = sorted({name for row in labels.who.values() for name in row})
    result = Compared([], [], [])
    for frame_idx, truth in sorted(labels.boxes.items()):
        found = tracked[frame_idx]
        iou = sv.box_iou_batch(truth, found.xyxy.astype(float)) if len(found) else np.zeros((len(truth), 0))
        counted = iou.max(0, initial=0.0) >= 0.1
        ids = np.asarray(found.tracker_id if found.tracker_id is not None else [], np.int64)
        result.who.append(np.array([names.index(name) for name in labels.who[frame_idx]], np.int64))
        result.tracks.append(ids[counted])
        result.iou.append(iou[:, counted])
    return result


def measure(clips: list[Compared]) -> dict[str, float]:
    """Return the columns of the module's docstring."""
    n_truth = n_found = n_matched = id_tp = switches = stolen = mixed = n_tracks = 0
    for clip in clips:
        seen: Counter[tuple[int, int]] = Counter()
        last: dict[int, int] = {}
        for who, tracks, iou in zip(clip.who, clip.tracks, clip.iou, strict=True):
            n_truth, n_found = n_truth + len(who), n_found + len(tracks)
            rows, columns = linear_sum_assignment(-np.where(iou >= 0.5, iou, 0.0))
            for row, column in zip(rows, columns, strict=True):
                if iou[row, column] < 0.5:
                    continue
                person, track = int(who[row]), int(tracks[column])
                n_matched += 1
                seen[person, track] += 1
                switches += last.get(person, track) != track
                last[person] = track
        people, tracks_seen = sorted({p for p, _ in seen}), sorted({t for _, t in seen})
        table = np.zeros((len(people), len(tracks_seen)))
        for (person, track), count in seen.items():
            table[people.index(person), tracks_seen.index(track)] = count
        chosen = linear_sum_assignment(-table)
        id_tp += int(table[chosen].sum())
        stolen += int(table.sum() - table.max(0, initial=0.0).sum())
        mixed += int(((table > 0).sum(0) > 1).sum())
        n_tracks += len(tracks_seen)
    return {
        "IDF1": 200 * id_tp / max(n_truth + n_found, 1),
        "recall": 100 * n_matched / max(n_truth, 1),
        "switches": switches,
        "stolen": stolen,
        "mixed": mixed,
        "tracks": n_tracks,
    }


def hota(clips: list[Compared]) -> dict[str, float]:
    """Return HOTA and AssA by ``trackers.eval``, clips joined with their ids kept apart; nothing where it is not installed."""
    try:
        from trackers.eval import compute_hota_metrics  # type: ignore[import-not-found, unused-ignore]  # lives outside the environment, see the module's docstring
    except ImportError:
        return {}
    joined: dict[str, list[Any]] = {"who": [], "tracks": [], "iou": []}
    people: dict[tuple[int, int], int] = {}
    tracks: dict[tuple[int, int], int] = {}
    for clip_idx, clip in enumerate(clips):
        joined["who"] += [np.array([people.setdefault((clip_idx, int(i)), len(people)) for i in row], int) for row in clip.who]
        joined["tracks"] += [np.array([tracks.setdefault((clip_idx, int(i)), len(tracks)) for i in row], int) for row in clip.tracks]
        joined["iou"] += clip.iou
    found = compute_hota_metrics(joined["who"], joined["tracks"], joined["iou"])
    return {"HOTA": 100 * float(found["HOTA"]), "AssA": 100 * float(found["AssA"])}


def contenders(only: str | None, high: float, birth: float) -> dict[str, Callable[[], Update]]:
    """Name -> maker of an update function with a fresh tracker behind it; all split boxes at the same confidences, the rest of their settings are their own."""
    makers: dict[str, Callable[[], Update]] = {"ours": lambda: BoxTracker(high=high, birth=birth).update}
    try:
        import trackers  # type: ignore[import-not-found, unused-ignore]  # lives outside the environment, see the module's docstring
    except ImportError:
        print("`trackers` is not installed: only our own tracker is measured (see the top of this file)")
        return makers

    def theirs(kind: str) -> Callable[[], Update]:
        split = {"track_activation_threshold": birth, "high_conf_det_threshold": high}
        taken = inspect.signature(getattr(trackers, kind)).parameters

        def make() -> Update:
            tracker = getattr(trackers, kind)(frame_rate=30.0, **{name: value for name, value in split.items() if name in taken})

            def update(frame: Frame, detections: sv.Detections) -> sv.Detections:
                people = detections[np.isin(detections.class_id, (*PLAYER_CLASSES, REFEREE))]
                tracked = tracker.update(people, frame.image) if kind == "BoTSORTTracker" else tracker.update(people)
                return tracked[tracked.tracker_id >= 0] if len(tracked) else tracked

            return update

        return make

    for kind in ("SORTTracker", "ByteTrackTracker", "OCSORTTracker", "BoTSORTTracker", "CBIoUTracker"):
        makers[kind.removesuffix("Tracker")] = theirs(kind)
    return {name: maker for name, maker in makers.items() if only in (None, name)}


def draw(frame: Frame, tracked: sv.Detections, folder: Path, every: int = 5) -> None:
    """Write every 5th frame with its tracks, to look at."""
    if frame.index % every:
        return
    picture = frame.image.copy()
    for (x1, y1, x2, y2), track in zip(tracked.xyxy.astype(int), tracked.tracker_id if tracked.tracker_id is not None else [], strict=True):
        colour = tuple(int(c) for c in np.random.default_rng(int(track)).integers(60, 255, 3))
        cv2.rectangle(picture, (x1, y1), (x2, y2), colour, 2)
        cv2.putText(picture, str(track), (x1, y1 - 5), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 5)
        cv2.putText(picture, str(track), (x1, y1 - 5), cv2.FONT_HERSHEY_SIMPLEX, 1.0, colour, 2)
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f"{frame.index:05d}.jpg"), picture)


def main() -> None:
    """Read the arguments, run, print one line per tracker."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("truth", type=Path, help="folder of CLIP.csv")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("out/tracking-detections"))
    parser.add_argument("--only", help="one tracker's name")
    parser.add_argument("--high", type=float, default=0.35, help="confidence from which a box is sure")
    parser.add_argument("--birth", type=float, default=0.45, help="confidence from which a box begins a track")
    parser.add_argument("--each", action="store_true", help="a line per clip too")
    parser.add_argument("--draw", type=Path, help="folder for pictures of our tracks")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    labelled = {path.stem: read_labels(path) for path in sorted(arguments.truth.glob("*.csv"))}
    paths = {path.stem: path for path in arguments.clips.iterdir() if path.stem in labelled and path.suffix in (".avi", ".mp4")}
    makers = contenders(arguments.only, arguments.high, arguments.birth)
    compared: dict[str, dict[str, Compared]] = {name: {} for name in makers}
    spent: dict[str, float] = dict.fromkeys(makers, 0.0)
    n_frames = 0
    for stem, path in sorted(paths.items()):
        detections = cached_detections(path, arguments.weights, arguments.cache)
        updates = {name: make() for name, make in makers.items()}
        tracked: dict[str, list[sv.Detections]] = {name: [] for name in makers}
        for frame, found in zip(read_frames(path), detections, strict=True):
            n_frames += 1
            for name, update in updates.items():
                began = time.thread_time()
                tracked[name].append(update(frame, found))
                spent[name] += time.thread_time() - began
            if arguments.draw and "ours" in tracked:
                draw(frame, tracked["ours"][-1], arguments.draw / stem)
        for name in makers:
            compared[name][stem] = compare(labelled[stem], tracked[name])
    for name, clips in compared.items():
        groups = {stem: [clip] for stem, clip in clips.items()} if arguments.each else {}
        for label, group in {**groups, "all": list(clips.values())}.items():
            figures = {**hota(group), **measure(group)}
            columns = "  ".join(f"{key} {value:.1f}" if isinstance(value, float) else f"{key} {value}" for key, value in figures.items())
            print(f"{name:10} {label:6} {columns}  ms {1000 * spent[name] / max(n_frames, 1):.2f}")


if __name__ == "__main__":
    main()
