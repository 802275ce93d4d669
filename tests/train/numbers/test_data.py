from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from courtside.errors import DataError
from courtside.models.numbers import NO_TENS
from courtside.train.numbers.data import TURNS, heads_of, load_empty_patches, load_numbers, trim_bars, turn


def picture(width: int = 24, height: int = 36, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(60, 250, (height, width, 3), np.uint8)


def test_a_folder_is_a_number(tmp_path: Path) -> None:
    for number in ("0", "00", "23"):
        (tmp_path / number).mkdir()
        cv2.imwrite(str(tmp_path / number / "a.png"), picture())
    assert [crop.number for crop in load_numbers(tmp_path)] == ["0", "00", "23"]


@pytest.mark.parametrize(("folder", "named"), [("05", "05"), ("100", "100"), ("referee", "referee")])
def test_a_folder_that_is_no_number_is_named(tmp_path: Path, folder: str, named: str) -> None:
    (tmp_path / folder).mkdir()
    cv2.imwrite(str(tmp_path / folder / "a.png"), picture())
    with pytest.raises(DataError, match=named):
        load_numbers(tmp_path)


def test_missing_empty_and_broken_data_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        load_numbers(tmp_path / "none")
    with pytest.raises(DataError, match="no pictures"):
        load_numbers(tmp_path)
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "a.jpg").write_bytes(b"not a picture")
    with pytest.raises(DataError, match=r"a\.jpg"):
        load_numbers(tmp_path)


@pytest.mark.parametrize(("number", "heads"), [("0", (NO_TENS, 0)), ("00", (0, 0)), ("7", (NO_TENS, 7)), ("10", (1, 0)), ("99", (9, 9))])
def test_heads(number: str, heads: tuple[int, int]) -> None:
    assert heads_of(number) == heads


def test_bars_are_cut_from_both_sides_only() -> None:
    inside = picture(30, 20)
    assert (trim_bars(cv2.copyMakeBorder(inside, 8, 8, 0, 0, cv2.BORDER_CONSTANT)) == inside).all()
    assert (trim_bars(cv2.copyMakeBorder(inside, 0, 0, 5, 6, cv2.BORDER_CONSTANT)) == inside).all()
    assert trim_bars(inside).shape == inside.shape
    assert trim_bars(cv2.copyMakeBorder(inside, 12, 0, 0, 0, cv2.BORDER_CONSTANT)).shape == (32, 30, 3)  # dark hair above, not a bar
    assert trim_bars(np.zeros((20, 20, 3), np.uint8)).shape == (20, 20, 3)


def test_the_eight_turns_differ_and_the_first_leaves_alone() -> None:
    image = picture()
    turned = [turn(image, i) for i in range(len(TURNS))]
    assert (turned[0] == image).all()
    assert len({one.tobytes() for one in turned}) == 8


def test_empty_patches_come_from_real_frames(shared_data: Path) -> None:
    patches = load_empty_patches(shared_data / "detection" / "valid", 20, np.random.default_rng(0))
    assert len(patches) == 20 and all(patch.size and patch.shape[0] < 60 for patch in patches)
