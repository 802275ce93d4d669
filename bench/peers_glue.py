"""Starts the ways of bench/peers_ways.py, each in a process of its own on the same stored boxes, and compares what they took. Called by bench/peers.py."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from peers_ways import READ_EVERY, WAYS, Given

from courtside.errors import DataError
from courtside.records import Records
from courtside.types import NUMBER, PLAYER_CLASSES

STAGES = ("decode", "masks", "match", "read", "kits", "draw")
_NUMBER_CONFIDENCE = 0.4  # the notebook's
_SCRIPT = Path(__file__).with_name("peers_ways.py")


@dataclass(frozen=True)
class Took:
    """One way on the first ``n_frames`` frames: seconds by stage, and memory."""

    way: str
    n_frames: int
    stages_s: Mapping[str, float]
    cpu_s: float
    base_mb: float
    peak_mb: float
    n_masks: int
    n_read: int
    n_calls: int
    owners: frozenset[tuple[int, int, int]]
    pictures: tuple[int, ...]

    @property
    def ms(self) -> dict[str, float]:
        """Wall milliseconds a frame by stage, and all together."""
        by_stage = {stage: 1000 * self.stages_s.get(stage, 0.0) / max(self.n_frames, 1) for stage in STAGES}
        return by_stage | {"all": sum(by_stage.values())}


def given(records: Records) -> Given:
    """Return the boxes of the tracked players and, for the frames that are read, of the sure numbers."""
    table = records.detections
    player = (table.tracker_id > 0) & np.isin(table.class_id, PLAYER_CLASSES)
    number = (table.class_id == NUMBER) & (table.confidence >= _NUMBER_CONFIDENCE) & (table.frame % READ_EVERY == 0)
    return Given(table.frame[player], table.tracker_id[player], table.xyxy[player].astype(float), table.frame[number], table.xyxy[number].astype(float))


def check_memory(records: Records, boxes: Given, n_frames: int, free_mb: float | None) -> None:
    """Refuse what would not fit.

    Args:
        records: of the clip.
        boxes: its players.
        n_frames: as many as the notebook's way would keep.
        free_mb: memory to be had, None where nobody knows.

    Raises:
        DataError: the frames and masks are more than nine tenths of it.
    """
    n_masks = int((boxes.frame < n_frames).sum())
    needed_mb = records.clip.width * records.clip.height * (3 * n_frames + n_masks) / 1024**2
    if free_mb is not None and needed_mb > 0.9 * free_mb:
        raise DataError(
            f"{n_frames} frames: the notebook's way would keep {needed_mb / 1024:.1f} GB of frames and masks and {free_mb / 1024:.1f} GB are free; "
            "give smaller --lengths"
        )


def free_mb() -> float | None:
    """Return the memory that a new process can have, or None where the system doesn't say."""
    path = Path("/proc/meminfo")
    found = re.search(r"MemAvailable:\s*(\d+)", path.read_text()) if path.is_file() else None
    return int(found[1]) / 1024 if found else None


def run_ways(clip: Path, boxes: Given, lengths: Sequence[int], tell: Callable[[str], None], ways: Sequence[str] = tuple(WAYS)) -> list[Took]:
    """Run every way at every length.

    Raises:
        DataError: a way failed, or the clip is shorter than the longest length.
    """
    took = []
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "boxes.npz"
        boxes.save(stored)
        for n_frames in lengths:
            for way in ways:
                tell(f"{way}, {n_frames} frames of {clip.name}")
                took.append(_run(way, clip, stored, n_frames))
    return took


def _run(way: str, clip: Path, boxes: Path, n_frames: int) -> Took:
    process = subprocess.run([sys.executable, str(_SCRIPT), way, str(clip), str(boxes), str(n_frames)], capture_output=True, text=True, check=False)
    if process.returncode:
        last = (process.stderr.strip().splitlines() or [f"exit status {process.returncode}, memory may have run out"])[-1]
        raise DataError(f"{way}, {n_frames} frames of {clip}: {last}")
    found = json.loads(process.stdout.splitlines()[-1])
    if found["n_frames"] < n_frames:
        raise DataError(f"{clip}: has only {found['n_frames']} frames; give smaller --lengths")
    owners, pictures = frozenset((frame, number, player) for frame, number, player in found.pop("owners")), tuple(found.pop("pictures"))
    return Took(way, owners=owners, pictures=pictures, **found)


def growth_mb(took: Sequence[Took], way: str) -> float:
    """Return how much the peak memory of a way grows a frame, from its shortest to its longest clip; 0 with one length."""
    runs = sorted((one for one in took if one.way == way), key=lambda one: one.n_frames)
    if len({one.n_frames for one in runs}) < 2:
        return 0.0
    return (runs[-1].peak_mb - runs[0].peak_mb) / (runs[-1].n_frames - runs[0].n_frames)


def same_pictures(a: Took, b: Took) -> float:
    """Return the share (0-1) of frames that two ways drew alike to the last bit."""
    return float(np.mean([x == y for x, y in zip(a.pictures, b.pictures, strict=True)])) if a.pictures else 1.0


def ratio(theirs: float, ours: float) -> float | None:
    """Return how many times ``ours`` goes into ``theirs``; None where there is nothing to divide by."""
    return theirs / ours if ours > 1e-9 else None
