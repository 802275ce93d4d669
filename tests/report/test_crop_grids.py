"""Grids of what the models were shown."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from courtside.records import RecordsWriter, read_records
from courtside.report.crop_grids import crop_grids, fit, grid
from courtside.types import NUMBERS, PLAYER, ClipInfo, Frame, Person

RED, BLUE = (0, 0, 250), (250, 0, 0)


@pytest.fixture
def records(tmp_path: Path):  # type: ignore[no-untyped-def]  # Records
    """One red and one blue person; the red one's 23 is read in frame 1."""
    with RecordsWriter(tmp_path / "records", ClipInfo("clip.mp4", 100, 60, Fraction(30), 2), {"numbers": {"margin_px": 0}}) as writer:
        for index in range(2):
            writer.add_frame(index, index / 30, index == 0, np.eye(3)[:2])
            boxes = np.array([[10, 10, 30, 50], [60, 10, 80, 50]], np.float32)
            writer.add_detections(index, [1, 2], [PLAYER, PLAYER], [0.9, 0.9], boxes)
            for tracker_id in (1, 2):
                writer.add_appearance(index, tracker_id, np.zeros(3, np.float32), np.zeros(3, np.float32))
        chance = np.zeros(101, np.float32)
        chance[NUMBERS.index("23")] = 0.9
        writer.add_reading(1, 1, np.array([15, 20, 25, 30]), chance)
    return read_records(tmp_path / "records")


def frames(n: int = 2) -> list[Frame]:
    image = np.zeros((60, 100, 3), np.uint8)
    image[10:50, 10:30], image[10:50, 60:80] = RED, BLUE
    return [Frame(index, index / 30, image) for index in range(n)]


def people(_: int) -> list[Person]:
    return [Person(1, (10, 10, 31, 50), "player", "Reds"), Person(2, (60, 10, 80, 52), "player")]


def test_by_team(records) -> None:  # type: ignore[no-untyped-def]  # Records
    grids = crop_grids(frames(), records, people)
    assert sorted(grids) == ["crops", "no team", "numbers", "team Reds"]
    for name, colours in (("team Reds", {RED}), ("no team", {BLUE}), ("crops", {RED, BLUE})):
        assert {colour for colour in (RED, BLUE) if (grids[name] == colour).all(2).any()} == colours
    assert grids["crops"].shape[1] > grids["team Reds"].shape[1]


def test_nothing_to_show(records) -> None:  # type: ignore[no-untyped-def]  # Records
    assert crop_grids([], records, people) == {}
    assert "team Reds" not in crop_grids(frames(), records, lambda _: [])


@pytest.mark.parametrize(("n", "columns", "rows"), [(1, 1, 1), (10, 10, 1), (11, 10, 2)])
def test_grid(n: int, columns: int, rows: int) -> None:
    plain, titled = (grid([fit(np.full((9, 5, 3), 99, np.uint8))] * n, [title] * n) for title in ("", "23 0.90"))
    assert plain.shape == (rows * 100 + 4, columns * 100 + 4, 3) and titled.shape[0] == plain.shape[0] + rows * 18
