"""Stand-ins for the models, plugged in by "fakes:Class": what they find is painted into the made-up clips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import supervision as sv

from courtside.types import NUMBER, PLAYER, Image, Reading

WHITE, NAVY, NUMBER_COLOR = (230, 230, 230), (120, 40, 20), (40, 220, 220)
WIDTH, HEIGHT = 320, 240
KITS = (WHITE, NAVY, WHITE, NAVY)


def person_box(i: int, frame: int) -> tuple[int, int, int, int]:
    """Where the i-th person stands in a frame."""
    left = 20 + 75 * i + frame // 4
    return left, 80, left + 30, 180


def picture(frame: int) -> Image:
    """A floor with four people in two kits; the first two wear a number patch."""
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    image[::16, :] = 130
    image[:, ::16] = 130
    for i, kit in enumerate(KITS):
        x1, y1, x2, y2 = person_box(i, frame)
        image[y1:y2, x1:x2] = kit
        if i < 2:
            image[y1 + 22 : y1 + 36, x1 + 10 : x1 + 20] = NUMBER_COLOR
    return image


class FakeDetector:
    """Finds the painted people by place and kit, and their number patches."""

    calls = 0

    def __init__(self, **options: Any) -> None:
        self.options = options

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        found = []
        for image in images:
            FakeDetector.calls += 1
            boxes: list[tuple[int, int, int, int]] = []
            classes = []
            row = image[150].astype(int)
            for kit in (WHITE, NAVY):
                near = np.abs(row - kit).max(1) < 30
                edges = np.flatnonzero(np.diff(np.r_[0, near.astype(int), 0]))
                for start, end in zip(edges[::2], edges[1::2], strict=True):
                    if end - start > 20:
                        boxes.append((int(start), 80, int(end), 180))
                        classes.append(PLAYER)
                        patch = image[109, (start + end) // 2].astype(int)
                        if np.abs(patch - NUMBER_COLOR).max() < 60:
                            boxes.append((int(start) + 10, 102, int(start) + 20, 116))
                            classes.append(NUMBER)
            xyxy = np.array(boxes, np.float32).reshape(-1, 4)
            found.append(sv.Detections(xyxy, confidence=np.full(len(boxes), 0.9, np.float32), class_id=np.array(classes, int)))
        return found


class InterruptedDetector(FakeDetector):
    """Is stopped by Ctrl-C at the 150th picture, once."""

    stopped = False

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        if FakeDetector.calls >= 150 and not InterruptedDetector.stopped:
            InterruptedDetector.stopped = True
            raise KeyboardInterrupt
        return super().detect(images)


class CountingDetector(FakeDetector):
    """Remembers how many pictures it was shown at once."""

    shown: ClassVar[list[int]] = []

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        CountingDetector.shown.append(len(images))
        return super().detect(images)


class BlindDetector:
    """Finds nothing."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        return [sv.Detections(np.zeros((0, 4), np.float32), confidence=np.zeros(0, np.float32), class_id=np.zeros(0, int)) for _ in images]


class FakeReader:
    """Reads 23 off a white kit and 7 off a navy one."""

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        return [Reading("23" if crop[0, 0].mean() > 150 else "7", 0.95) for crop in crops]


class MeanEncoder:
    """The mean colour, 0-1."""

    def encode(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        return np.array([crop.reshape(-1, 3).mean(0) / 255 for crop in crops], np.float32).reshape(-1, 3)
