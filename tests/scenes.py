"""Hand-made records: people on straight paths with kits and numbers, for every test after ANALYZE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from courtside.identity.numbers import chance_of
from courtside.records import AppearanceTable, DetectionTable, FrameTable, ReadingTable, Records
from courtside.types import PLAYER, REFEREE, ClipInfo, Reading

RATE = 25
WHITE, BLACK = np.array([1.0, 0.0, 0.1]), np.array([0.0, 1.0, 0.1])


@dataclass
class Walker:
    """One tracklet. ``numbers`` are (frame, text, confidence) readings; ``kits`` (from frame, look) changes of appearance."""

    tracker_id: int
    start: int
    end: int
    x: float
    kits: Sequence[tuple[int, np.ndarray]] = field(default_factory=lambda: [(0, WHITE)])
    numbers: Sequence[tuple[int, str, float]] = ()
    referee: bool = False
    confidence: float = 0.9
    speed: float = 0.0

    def kit(self, frame: int) -> np.ndarray:
        """The kit worn in a frame."""
        return [look for start, look in self.kits if start <= frame][-1]

    def box(self, frame: int) -> list[float]:
        """The box in a frame."""
        left = self.x + self.speed * (frame - self.start)
        return [left, 200.0, left + 40, 320.0]


def seen(number: str, start: int, end: int, confidence: float = 0.95, every: int = 8) -> list[tuple[int, str, float]]:
    """Readings of one number, several a second."""
    return [(frame, number, confidence) for frame in range(start, end, every)]


def records(walkers: Sequence[Walker], n_frames: int = 100, cuts: Sequence[int] = (), seed: int = 0) -> Records:
    """Put the walkers into the records of one clip."""
    random = np.random.default_rng(seed)
    boxes = [(frame, walker) for frame in range(n_frames) for walker in walkers if walker.start <= frame < walker.end]
    readings = sorted((frame, walker.tracker_id, text, confidence) for walker in walkers for frame, text, confidence in walker.numbers)
    looks = [(frame, walker) for frame, walker in boxes if frame % 5 == 0 and not walker.referee]
    return Records(
        ClipInfo("game.mp4", 1280, 720, Fraction(RATE), n_frames),
        FrameTable(np.arange(n_frames) / RATE, np.isin(np.arange(n_frames), cuts), np.tile(np.eye(3)[:2], (n_frames, 1, 1))),
        DetectionTable(
            np.array([frame for frame, _ in boxes], int),
            np.array([walker.tracker_id for _, walker in boxes], int),
            np.array([REFEREE if walker.referee else PLAYER for _, walker in boxes], int),
            np.array([walker.confidence for _, walker in boxes], np.float32),
            np.array([walker.box(frame) for frame, walker in boxes], np.float32).reshape(-1, 4),
        ),
        ReadingTable(
            np.array([row[0] for row in readings], int),
            np.array([row[1] for row in readings], int),
            np.zeros((len(readings), 4), np.float32),
            np.array([chance_of(Reading(row[2], row[3])) for row in readings], np.float32).reshape(-1, 101),
        ),
        AppearanceTable(
            np.array([frame for frame, _ in looks], int),
            np.array([walker.tracker_id for _, walker in looks], int),
            np.array([walker.kit(frame) + random.normal(0, 0.05, 3) for frame, walker in looks], np.float32).reshape(-1, 3),
            np.array([np.clip(walker.kit(frame)[0], 0, 1) * np.full(3, 255.0) for frame, walker in looks], np.float32).reshape(-1, 3),
        ),
        {},
    )
