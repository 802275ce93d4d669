"""Crops of numbers out of clips that have been resolved: whoever is proved to be number 22 wears 22 in the frames, too, in which it was misread.

So the reader learns a league, a camera or a kit that it does badly on from clips of it and their rosters, with nobody labelling a crop. It is self-training
(Yarowsky 1995): the label comes from other moments than the crop, that is why there is something to learn from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from courtside.pipeline.analyze import padded_crop
from courtside.records import Records
from courtside.types import NUMBERS, Frame, Image, Person

LEAST_PROBABILITY = 0.98
"""Whose number is less probable is left out."""

_LEGIBLE = 0.5  # belief in any whole number below which a crop shows none
_SAME_PX = 20.0  # a drawn box is a smoothed detection
_MARGIN = 0.2


@dataclass(frozen=True)
class Crop:
    """One crop of ``frame`` and ``tracker_id``, the ``number`` that is proved, and what was ``read``."""

    image: Image
    number: str
    read: str
    frame: int
    tracker_id: int


def harvest(frames: Iterable[Frame], records: Records, people: Callable[[int], Sequence[Person]], least: float = LEAST_PROBABILITY) -> Iterator[Crop]:
    """Yield the legible crops of people whose number is proved.

    What shows only one digit of a two-digit number is left out: taken for the whole it would teach the wrong thing.

    Args:
        frames: the clip's.
        records: what was seen in it.
        people: gives the people of a frame, as ``read_people`` does.
        least: the probability (0-1) of a number from which it is believed.
    """
    readings = records.readings
    for frame in frames:
        rows = range(*np.searchsorted(readings.frame, (frame.index, frame.index + 1)).tolist())
        wearers = [person for person in people(frame.index) if person.number in NUMBERS and person.probability >= least] if rows else []
        for row in rows:
            tracker_id, chance = int(readings.tracker_id[row]), readings.chance[row]
            number, read = _number_of(tracker_id, frame.index, wearers, records), NUMBERS[int(chance.argmax())]
            if number is None or chance.sum() < _LEGIBLE or (len(number) == 2 and read in tuple(number)):
                continue
            yield Crop(padded_crop(frame.image, readings.xyxy[row], _MARGIN), number, read, frame.index, tracker_id)


def _number_of(tracker_id: int, frame: int, wearers: Sequence[Person], records: Records) -> str | None:
    table = records.detections
    rows = slice(*np.searchsorted(table.frame, (frame, frame + 1)))
    boxes: npt.NDArray[np.floating] = table.xyxy[rows][table.tracker_id[rows] == tracker_id]
    for person in wearers:
        if len(boxes) and np.abs(boxes[0] - person.xyxy).max() < _SAME_PX:
            return person.number
    return None


def write_crops(crops: Iterable[Crop], clip: str, folder: Path) -> Counter[str]:
    """Write crops of the clip called ``clip`` to ``folder/NUMBER/``, as PNG, and return how many of each number there are."""
    counts: Counter[str] = Counter()
    for crop in crops:
        home = folder / crop.number
        home.mkdir(parents=True, exist_ok=True)
        path = home / f"{clip}-{crop.frame:06d}-{crop.tracker_id}.png"
        aside = path.with_suffix(".part")
        aside.write_bytes(cv2.imencode(".png", crop.image)[1].tobytes())
        aside.replace(path)
        counts[crop.number] += 1
    return counts
