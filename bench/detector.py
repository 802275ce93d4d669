"""Average precision of the packaged detector at IoU 0.5, and its time a picture.

    python bench/detector.py DATA/detection/valid [--sizes 640x640 512x512] [--truth DATA/truth/tracks --clips DATA/clips]

The first folder is a COCO split of ten classes. With ``--truth`` the people of hand-labelled frames of other arenas and years are scored too (player and
referee, IoU 0.5; boxes there are hand-drawn, and people on the bench are not labelled, so read the recall, not the precision).
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import supervision as sv
from rich.console import Console
from rich.table import Table

from courtside.media import read_frames
from courtside.models import zoo
from courtside.train.average_precision import average_precision
from courtside.train.detector.data import load_coco
from courtside.types import CLASSES, PLAYER_CLASSES, REFEREE, Detector, Focusing, Image


def detect_all(detector: Detector, images: list[Image]) -> tuple[list[sv.Detections], float]:
    """Return the detections and the median milliseconds a picture."""
    detector.detect(images[:1])
    spent, found = [], []
    for image in images:
        before = time.perf_counter()
        if isinstance(detector, Focusing):
            detector.focus(image)
        found += detector.detect([image])
        spent.append(time.perf_counter() - before)
    return found, 1000 * float(np.median(spent))


def labelled_frames(truth: Path, clip: Path) -> tuple[list[Image], list[sv.Detections]]:
    """Return the labelled frames of a clip with their people."""
    rows = defaultdict(list)
    with truth.open(newline="") as file:
        for row in csv.DictReader(file):
            rows[int(row["frame"])].append(row)
    images, people = [], []
    for frame in read_frames(clip):
        if frame.index in rows:
            boxes = np.array([[float(row[side]) for side in ("x1", "y1", "x2", "y2")] for row in rows[frame.index]])
            kinds = np.array([REFEREE if row["role"] == "referee" else PLAYER_CLASSES[0] for row in rows[frame.index]])
            images.append(frame.image)
            people.append(sv.Detections(boxes, class_id=kinds))
    return images, people


def recall(found: list[sv.Detections], truth: list[sv.Detections], confidence: float) -> float:
    """Return the share of labelled people with a box of their own kind at IoU 0.5 that is at least so sure."""
    hit = total = 0
    for predicted, real in zip(found, truth, strict=True):
        total += len(real)
        for kind in (PLAYER_CLASSES, (REFEREE,)):
            wanted = real.xyxy[np.isin(real.class_id, kind)]
            boxes = predicted.xyxy[np.isin(predicted.class_id, kind) & (predicted.confidence >= confidence)]
            if len(wanted) and len(boxes):
                hit += int((sv.box_iou_batch(wanted, boxes).max(1) >= 0.5).sum())
    return hit / total if total else float("nan")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split", type=Path)
    parser.add_argument("--sizes", nargs="+", default=["auto"], help="WIDTHxHEIGHT, or auto: as people's size in each picture asks for")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--clips", type=Path)
    arguments = parser.parse_args()
    samples = load_coco(arguments.split)
    real = [sv.Detections(sample.boxes[:, :4], class_id=sample.boxes[:, 4].astype(int)) for sample in samples]
    console = Console(width=140)
    for text in arguments.sizes:
        width, _, height = text.partition("x")
        detector = zoo.create("detector", "courtside", confidence=0.02, size=(int(width), int(height)) if height else None)
        found, ms = detect_all(detector, [sample.image for sample in samples])
        table = Table("class", "AP50", title=f"{arguments.split}, input {text}, {ms:.0f} ms a picture")
        table.add_row("all kinds of player", f"{average_precision(found, real, PLAYER_CLASSES):.3f}")
        for i, name in enumerate(CLASSES):
            table.add_row(name, f"{average_precision(found, real, [i]):.3f}")
        console.print(table)
        if arguments.truth and arguments.clips:
            table = Table("clip", "players AP50", "referee AP50", "recall at 0.3", "recall at 0.5", title=f"hand-labelled clips, input {text}")
            for path in sorted(arguments.truth.glob("*.csv")):
                images, people = labelled_frames(path, arguments.clips / f"{path.stem}.avi")
                found, _ = detect_all(detector, images)
                scores = [average_precision(found, people, PLAYER_CLASSES), average_precision(found, people, [REFEREE])]
                scores += [recall(found, people, confidence) for confidence in (0.3, 0.5)]
                table.add_row(path.stem, *[f"{score:.3f}" for score in scores])
            console.print(table)


if __name__ == "__main__":
    main()
