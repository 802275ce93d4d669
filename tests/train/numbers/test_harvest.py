"""Crops of proved numbers out of resolved clips."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from courtside.records import Records, RecordsWriter, read_records
from courtside.train.numbers.harvest import harvest, write_crops
from courtside.types import NUMBERS, PLAYER, ClipInfo, Frame, Person

BOX = (10.0, 10.0, 30.0, 50.0)


def records_of(folder: Path, *readings: tuple[str, float]) -> Records:
    """Somebody at BOX, read so in frame after frame."""
    with RecordsWriter(folder / "records", ClipInfo("clip.mp4", 100, 60, Fraction(30), len(readings)), {}) as writer:
        for index, (number, chance) in enumerate(readings):
            writer.add_frame(index, index / 30, index == 0, np.eye(3)[:2])
            writer.add_detections(index, [7], [PLAYER], [0.9], np.array([BOX], np.float32))
            belief = np.zeros(101, np.float32)
            belief[NUMBERS.index(number)] = chance
            writer.add_reading(index, 7, np.array([15, 20, 25, 30]), belief)
    return read_records(folder / "records")


def frames(n: int) -> list[Frame]:
    return [Frame(index, index / 30, np.full((60, 100, 3), index, np.uint8)) for index in range(n)]


def wearer(number: str | None = "22", probability: float = 0.99, right: float = 30.0) -> Person:
    return Person(1, (10.0, 10.0, right, 50.0), "player", "Reds", number, None, probability)


TAKEN = [
    # what was read with what belief, who is drawn there -> the numbers of the crops that are taken
    ([], [wearer()], []),
    ([("22", 0.9)], [], []),
    ([("22", 0.9)], [wearer()], ["22"]),
    ([("25", 0.9)], [wearer()], ["22"]),
    ([("22", 0.9), ("55", 0.6)], [wearer()], ["22", "22"]),
    ([("22", 0.4)], [wearer()], []),
    ([("2", 0.9)], [wearer()], []),
    ([("22", 0.9)], [wearer("2")], ["2"]),
    ([("22", 0.9)], [wearer(None)], []),
    ([("22", 0.9)], [wearer(probability=0.97)], []),
    ([("22", 0.9)], [wearer(right=90.0)], []),
]


@pytest.mark.parametrize(("readings", "people", "numbers"), TAKEN)
def test_harvest(tmp_path: Path, readings: list[tuple[str, float]], people: list[Person], numbers: list[str]) -> None:
    crops = list(harvest(frames(len(readings)), records_of(tmp_path, *readings), lambda _: people))
    assert [crop.number for crop in crops] == numbers
    assert [crop.read for crop in crops] == [number for number, _ in readings[: len(numbers)]]


def test_the_crops_are_filed_by_number(tmp_path: Path) -> None:
    crops = harvest(frames(2), records_of(tmp_path, ("22", 0.9), ("25", 0.9)), lambda _: [wearer()])
    assert write_crops(crops, "clip", tmp_path / "crops") == {"22": 2}
    assert sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "crops").rglob("*.*")) == ["crops/22/clip-000000-7.png", "crops/22/clip-000001-7.png"]
