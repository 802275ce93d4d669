from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.train.numbers.data import NumberCrop
from courtside.train.numbers.validate import cut_off, describe, precision_at, score
from courtside.types import NUMBERS

PRECISION = [
    ([], [], 1.0, math.nan),
    ([0.9], [True], 1.0, 1.0),
    ([0.9, 0.8, 0.7, 0.1], [True, True, False, False], 1.0, 0.5),
    ([0.1, 0.7, 0.8, 0.9], [False, False, True, True], 0.5, 1.0),
    ([0.9, 0.8], [False, True], 0.5, 0.0),
]


@pytest.mark.parametrize(("confidence", "right", "coverage", "expected"), PRECISION)
def test_precision_at(confidence: list[float], right: list[bool], coverage: float, expected: float) -> None:
    assert precision_at(np.array(confidence, np.float32), np.array(right, bool), coverage) == pytest.approx(expected, nan_ok=True)


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=40))
def test_at_full_coverage_precision_is_accuracy(readings: list[tuple[float, bool]]) -> None:
    confidence, right = np.array([c for c, _ in readings], np.float32), np.array([r for _, r in readings], bool)
    assert precision_at(confidence, right, 1.0) == pytest.approx(right.mean())


def rows(*said: tuple[str, float]) -> np.ndarray:
    chances = np.zeros((len(said), len(NUMBERS)), np.float32)
    for row, (number, chance) in zip(chances, said, strict=True):
        row[NUMBERS.index(number)] = chance
    return chances


def test_a_perfect_reader() -> None:
    figures = score(rows(("7", 1.0), ("00", 1.0)), ["7", "00"], rows(("7", 0.0)))
    assert (figures["p100"], figures["ece"], figures["cut90"]) == (1.0, 0.0, 0.0)


def test_zero_is_not_double_zero() -> None:
    assert score(rows(("0", 0.9)), ["00"], rows())["p100"] == 0.0


def test_a_cut_number_read_surely_is_counted() -> None:
    whole = rows(*[("7", 0.5)] * 10)
    assert score(whole, ["7"] * 10, rows(("2", 0.99), ("2", 0.1)))["cut90"] == 0.5


def test_an_overconfident_reader_is_found_out() -> None:
    assert score(rows(("7", 1.0), ("7", 1.0)), ["7", "8"], rows())["ece"] == pytest.approx(0.5)


def test_only_two_digit_numbers_are_cut_the_same_way_each_time() -> None:
    image = np.random.default_rng(0).integers(0, 255, (40, 30, 3), np.uint8)
    crops = [NumberCrop(image, image, number, Path(number)) for number in ("7", "23", "00")]
    first, second = cut_off(crops), cut_off(crops)
    assert len(first) == 4 and all((a == b).all() for a, b in zip(first, second, strict=True))


def test_describe_is_one_line_of_per_cents() -> None:
    assert describe({"p100": 0.921, "cut90": 0.05}) == "p100 92.1  cut90 5.0"
