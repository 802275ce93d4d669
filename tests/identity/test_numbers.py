"""Readings to evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.identity.numbers import (
    Readings,
    allowing_for_likeness,
    chance_of,
    look_log_likelihoods,
    looks,
    number_log_likelihood,
    reading_log_likelihoods,
    together,
)
from courtside.types import NUMBERS, Reading


def belief(text: str | None, confidence: float) -> np.ndarray:
    """A reader's row: all it believes is one number."""
    return chance_of(Reading(text, confidence))[None]


def posterior(rows: np.ndarray, spacing_s: float = 1.0, aspect: float = 0.6) -> np.ndarray:
    """The belief over numbers under equal priors."""
    log = number_log_likelihood(Readings(np.arange(len(rows)) * spacing_s, rows, np.full(len(rows), aspect)))
    values = np.exp(log - log.max())
    return values / values.sum()


@pytest.mark.parametrize(
    ("readings", "best"),
    [
        ([], None),
        ([(None, 0.9)], None),
        ([("23", 0.9)], "23"),
        ([("0", 0.9)], "0"),
        ([("00", 0.9)], "00"),
        ([("2", 0.9), ("23", 0.9)], "23"),  # the lone digit is part of the whole number
        ([("2", 0.9), ("2", 0.9), ("7", 0.9), ("7", 0.9)], "27"),  # one half, then the other
        ([("2", 0.9), ("2", 0.9), ("2", 0.9), ("2", 0.9)], "2"),
        ([("23", 0.9), ("28", 0.9), ("23", 0.9)], "23"),
    ],
)
def test_best_number(readings: list[tuple[str | None, float]], best: str | None) -> None:
    rows = np.concatenate([belief(*reading) for reading in readings]) if readings else np.zeros((0, 101))
    chance = posterior(rows)
    if best is None:
        assert np.allclose(chance, chance[0])
    else:
        assert NUMBERS[int(chance.argmax())] == best


def test_nothing_read_weighs_nothing() -> None:
    assert reading_log_likelihoods(np.zeros((0, 101))).shape == (0, 101)
    assert np.ptp(reading_log_likelihoods(np.zeros((1, 101)))) == pytest.approx(0)


@given(st.sampled_from(NUMBERS), st.floats(0.5, 0.99), st.integers(1, 12), st.sampled_from(NUMBERS))
def test_one_more_reading_of_a_number_never_lowers_it(number: str, confidence: float, n: int, other: str) -> None:
    rows = np.concatenate([belief(other, 0.6), *[belief(number, confidence)] * n])
    more = np.concatenate([rows, belief(number, confidence)])
    column = NUMBERS.index(number)
    assert posterior(more)[column] >= posterior(rows)[column] - 1e-9


@given(st.lists(st.floats(0, 20), max_size=30))
def test_looks_keep_the_order_of_time(times: list[float]) -> None:
    look = looks(np.sort(np.array(times)))
    assert look.shape == (len(times),) and np.all(np.diff(look) >= 0)


def test_a_lone_digit_seen_in_one_look_does_not_rule_out_its_number() -> None:
    burst = np.concatenate([belief("1", 0.95)] * 8)
    once = posterior(burst, spacing_s=0.1)
    assert once[NUMBERS.index("11")] > 0.01  # half seen for a second: likely enough to doubt
    assert once[1] > once[NUMBERS.index("11")]
    again = posterior(np.concatenate([belief("1", 0.95)] * 8), spacing_s=3.0)
    assert again[NUMBERS.index("11")] < 0.2 * once[NUMBERS.index("11")]


def test_doubtful_readings_say_nothing_however_many() -> None:
    chance = posterior(np.concatenate([belief("1", 0.4)] * 50))
    assert np.allclose(chance, chance[0])


def test_each_look_knows_its_time() -> None:
    _, first, last = look_log_likelihoods(Readings(np.array([0.0, 0.5, 5.0, 5.5]), np.concatenate([belief("1", 0.9)] * 4), np.ones(4)), 0.1)
    assert first.tolist() == [0.0, 5.0] and last.tolist() == [0.5, 5.5]


def test_a_burst_says_less_than_looks_far_apart() -> None:
    rows = np.concatenate([belief("23", 0.85)] * 6)
    column = NUMBERS.index("23")
    assert posterior(rows, spacing_s=0.02)[column] < posterior(rows, spacing_s=2.0)[column]


def test_chance_of_keeps_a_readers_own_spread() -> None:
    spread = np.full(101, 0.005, np.float32)
    assert chance_of(Reading("7", 0.9, spread)) is spread
    assert chance_of(Reading(None, 0.9)).sum() == 0
    assert chance_of(Reading("7", 0.9))[7] == np.float32(0.9)


@pytest.mark.parametrize(("four", "zero", "flattened"), [(0.95, 0.02, False), (0.6, 0.1, True)], ids=["sure", "unsure"])
def test_an_unsure_reading_leaves_more_to_what_looks_alike(four: float, zero: float, flattened: bool) -> None:
    chance = np.zeros((1, len(NUMBERS)))
    chance[0, NUMBERS.index("4")], chance[0, NUMBERS.index("0")] = four, zero
    log = reading_log_likelihoods(chance)[0]
    told = log[NUMBERS.index("4")] - log[NUMBERS.index("0")]
    assert (told < 0.8 * np.log(four / zero)) == flattened


MISTAKEN = [
    # what was read once, for sure; who is likelier to wear it, and who less
    ("22", "21", "2"),
    ("22", "12", "33"),
    ("7", "1", "70"),
    ("22", "22", "21"),
]


@pytest.mark.parametrize(("read", "likelier", "less"), MISTAKEN)
def test_a_mistake_is_of_a_number_that_looks_alike(read: str, likelier: str, less: str) -> None:
    (row,) = reading_log_likelihoods(belief(read, 0.99))
    assert row[NUMBERS.index(likelier)] > row[NUMBERS.index(less)] + 0.5


@pytest.mark.parametrize(("read", "worn"), [("5", "25"), ("1", "17")])
def test_a_narrow_box_may_show_half_a_number_and_a_wide_one_hardly(read: str, worn: str) -> None:
    rows = np.concatenate([belief(read, 0.95)] * 5)
    narrow, middling, wide = (posterior(rows, aspect=aspect)[NUMBERS.index(worn)] for aspect in (0.35, 0.6, 0.9))
    assert narrow > 2 * middling > 4 * wide


def test_glimpses_of_two_digits_speak_for_half_a_number() -> None:
    sure = np.concatenate([belief("5", 0.95)] * 5)
    glimpses, again = (np.concatenate([sure, *[belief(text, 0.2)] * 3]) for text in ("25", "5"))
    with_glimpses, without = (posterior(rows, aspect=0.65)[NUMBERS.index("25")] for rows in (glimpses, again))
    assert with_glimpses > 3 * without


def test_a_doubtful_reading_counts_where_it_has_two_digits() -> None:
    single, two = reading_log_likelihoods(np.concatenate([belief("5", 0.6), belief("25", 0.6)]))
    assert np.ptp(single) < 1e-9
    assert NUMBERS[int(two.argmax())] == "25"


def test_a_shape_counts_once_however_long_it_is_seen() -> None:
    def gain(n: int) -> float:
        rows = np.concatenate([belief("5", 0.95)] * n)
        narrow, wide = (posterior(rows, aspect=aspect) for aspect in (0.35, 0.9))
        odds = [chance[NUMBERS.index("25")] / chance[NUMBERS.index("5")] for chance in (narrow, wide)]
        return float(np.log(odds[0] / odds[1]))

    assert gain(8) == pytest.approx(gain(4), abs=0.5)


@pytest.mark.parametrize("text", ["25", None])
def test_the_shape_of_what_is_no_single_digit_says_nothing(text: str | None) -> None:
    rows = np.concatenate([belief(text, 0.95)] * 5)
    assert posterior(rows, aspect=0.35) == pytest.approx(posterior(rows, aspect=0.9))


def test_readings_of_two_stretches_are_put_in_order() -> None:
    rows = np.concatenate([belief(text, 0.9) for text in ("1", "2", "3")])
    late, early = Readings(np.array([2.0, 5.0]), rows[:2], np.array([0.5, 0.6])), Readings(np.array([3.0]), rows[2:], np.array([0.7]))
    whole = together([late, early])
    assert whole.time_s.tolist() == [2.0, 3.0, 5.0] and whole.aspect.tolist() == [0.5, 0.7, 0.6]
    assert [NUMBERS[int(row.argmax())] for row in whole.chance] == ["1", "3", "2"]
    assert whole.of(slice(1)).time_s.tolist() == [2.0]


def test_however_many_looks_agree_a_number_may_always_be_misread() -> None:
    rows = np.concatenate([belief("11", 0.97)] * 40)
    log = allowing_for_likeness(number_log_likelihood(Readings(np.arange(40.0), rows, np.full(40, 0.9))))
    worn, alike, other = (log[NUMBERS.index(text)] for text in ("11", "13", "25"))
    assert worn - 12 < other < alike - 1 < worn - 6
