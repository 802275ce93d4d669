"""How well a model of masks follows people through simulated clips that it has never seen.

    python bench/masks.py runs/sam2/network             # the small SAM2 of `courtside train sam2`
    python bench/masks.py large --share 1 --device cuda # SAM2.1-large from the hub, on whole frames

The tracker is ours, as ANALYZE runs it. Its boxes are the true ones: in the first frame only ("alone": the masks must do the rest), or in every 5th ("boxed").
A person's mask is compared (IoU) with the pixels that really show him, in every frame after the first in which at least 24 pixels of him show at the network's
scale; a person whose track has ended counts 0. Small networks see a window of the frame, as they did in training.
"""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import supervision as sv
from rich.console import Console
from rich.table import Table

from courtside.models.research.placement import Placement
from courtside.models.sam2.stream import Sam2Stream
from courtside.render.masks import draw_masks
from courtside.simulate.clip import Recipe
from courtside.simulate.masks import masked_frames
from courtside.tracking.sam2 import Sam2Tracker
from courtside.types import PLAYER, Frame, Person, Team

LEAST_PX = 24


def window(owners: np.ndarray, share: float) -> tuple[slice, slice]:
    """Return the window of the first frame with the most people in its middle."""
    height, width = owners.shape
    size = np.array([int(height * share), int(width * share)])
    rows, columns = np.nonzero(owners)
    middle = np.array([np.median(rows), np.median(columns)]) if len(rows) else np.array([height, width]) / 2
    top, left = np.clip(middle - size / 2, 0, np.array([height, width]) - size).astype(int)
    return slice(top, top + size[0]), slice(left, left + size[1])


def truth_of(owners: np.ndarray, scale: float) -> dict[int, np.ndarray]:
    """Return the masks of those who show enough; ``scale`` is a pixel's area at the network's size."""
    counts = np.bincount(owners.ravel(), minlength=256)
    return {who: owners == who for who in range(1, 256) if counts[who] * scale >= LEAST_PX}


def follow(frames: list[tuple[np.ndarray, np.ndarray]], stream: Sam2Stream, side: int, every: int | None, strip: Path | None) -> list[list[float]]:
    """Return each followed frame's IoUs; ``strip`` is a picture to write of six frames."""
    tracker, whose = Sam2Tracker(stream), dict[int, int]()
    results: list[list[float]] = []
    drawn = []
    for i, (image, owners) in enumerate(frames):
        truth = truth_of(owners, side * side / owners.size)
        looked = i == 0 or (every is not None and i % every == 0)
        people = list(truth) if looked else []
        masks = np.array([truth[who] for who in people], bool).reshape(-1, *owners.shape)
        boxes = sv.mask_to_xyxy(masks).astype(np.float32).reshape(-1, 4) + np.array([0, 0, 1, 1], np.float32)
        found = sv.Detections(boxes, confidence=np.full(len(people), 0.9, np.float32), class_id=np.full(len(people), PLAYER))
        found.metadata["looked"] = looked
        tracked = tracker.update(Frame(i, i / 30, image), found)
        assert tracked.tracker_id is not None and isinstance(tracked.mask, sv.CompactMask)
        for row, known in zip(tracked.data["row"], tracked.tracker_id, strict=True):
            if row >= 0:
                whose.setdefault(int(known), people[row])
        if i:
            nothing = np.zeros(owners.shape, bool)
            seen = {whose[int(known)]: tracked.mask[k] for k, known in enumerate(tracked.tracker_id)}
            results.append([_iou(seen.get(who, nothing), mask) for who, mask in truth.items() if who in whose.values()])
        if strip is not None and i in np.linspace(0, len(frames) - 1, 6).astype(int):
            teams = {str(known): Team(str(known), f"#{0x3D8BFF * (whose[int(known)] + 7) % 0xFFFFFF:06X}") for known in tracked.tracker_id}
            persons = [Person(int(known), tuple(box), "player", str(known)) for known, box in zip(tracked.tracker_id, tracked.xyxy.tolist(), strict=True)]
            drawn.append(cv2.resize(draw_masks(image, persons, tracked.mask, teams), (480, 270)))
    if strip is not None:
        cv2.imwrite(str(strip), np.vstack([np.hstack(drawn[:3]), np.hstack(drawn[3:6])]))
    return results


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))


def main() -> None:
    """Simulate, follow, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a folder, a hub id, or tiny, small, base+, large, edgetam")
    parser.add_argument("--seeds", type=int, nargs="+", default=[9100, 9101, 9102], help="of the clips; training takes 1000 and up, and 9000 to 9002")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each clip, at 15 frames a second")
    parser.add_argument("--share", type=float, default=0.25, help="of the frame's width and height that is looked at")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--strip", type=Path, help="write six frames of the first clip, followed alone, as a picture")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    arguments = parser.parse_args()
    placement = Placement(arguments.device)
    stream = Sam2Stream.load(arguments.model, placement)
    side = int(stream.propagator.model.config.image_size)
    table, figures = Table("clip", "alone", "alone, last 10 frames", "boxed", title=f"{arguments.model}: mean IoU of masks"), {}
    for seed in arguments.seeds:
        clip = list(masked_frames(Recipe(seed=seed, seconds=arguments.seconds, size_px=(960, 540), rate=Fraction(15))))
        inside = window(clip[0][1], arguments.share)
        frames = [(np.ascontiguousarray(image[inside]), owners[inside]) for image, owners in clip]
        alone = follow(frames, stream, side, None, arguments.strip if seed == arguments.seeds[0] else None)
        stream.clear()
        boxed = follow(frames, stream, side, 5, None)
        stream.clear()
        parts = {"alone": alone, "last": alone[-10:], "boxed": boxed}
        figures[seed] = {name: float(np.mean([iou for frame in part for iou in frame] or [0])) for name, part in parts.items()}
        table.add_row(str(seed), *(f"{value:.3f}" for value in figures[seed].values()))
    mean = {name: float(np.mean([row[name] for row in figures.values()])) for name in ("alone", "last", "boxed")}
    table.add_row("all", *(f"{value:.3f}" for value in mean.values()))
    Console(width=100).print(table)
    if arguments.json:
        arguments.json.write_text(json.dumps({"model": arguments.model, "clips": figures, "mean": mean}, indent=2))


if __name__ == "__main__":
    main()
