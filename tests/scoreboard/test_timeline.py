from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.scoreboard.timeline import Cost, believed, clock_cost, majority, period_cost, score_cost, shot_clock_cost

NONE = np.nan


@pytest.mark.parametrize(
    ("cost", "values", "right"),
    [
        (clock_cost, [], []),
        (clock_cost, [NONE, NONE], [0, 0]),
        (clock_cost, [600, 599], [0, 0]),  # two readings prove nothing
        (clock_cost, [600, 599, 598], [1, 1, 1]),
        (clock_cost, [600, 600, 600, 599], [1, 1, 1, 1]),  # it stands
        (clock_cost, [600, 599, 98, 597, 596], [1, 1, 0, 1, 1]),
        (clock_cost, [600, 599, NONE, 597, 596], [1, 1, 0, 1, 1]),
        (clock_cost, [600, 599, 598, 580, 597], [1, 1, 1, 0, 1]),  # it stood for a second
        (clock_cost, [600, 599, 598, 597, 596, 595, 300, 299, 298, 297, 296, 295], [1] * 12),  # the clip leaves time out
        (clock_cost, [2, 1, 0, 0, 720, 719, 718, 717], [1] * 8),  # a new period
        (clock_cost, [600, 599, 598, 597, 620, 619, 618, 596, 595], [1, 1, 1, 1, 0, 0, 0, 1, 1]),  # a replay shows the past
        (shot_clock_cost, [3, 2, 24, 23, 14, 13], [1] * 6),
        (shot_clock_cost, [19, 18, 7, 16, 15], [1, 1, 0, 1, 1]),
        (score_cost, [72, 72, 75, 75, 75], [1] * 5),
        (score_cost, [72, 72, 12, 72, 74], [1, 1, 0, 1, 1]),
        (score_cost, [72, 72, 70, 72], [1, 1, 0, 1]),
        (period_cost, [3, 3, 3, 4, 4, 4], [1] * 6),
        (period_cost, [3, 3, 1, 3], [1, 1, 0, 1]),
    ],
)
def test_which_readings_are_right(cost: Cost, values: list[float], right: list[int]) -> None:
    n = len(values)
    assert believed(np.arange(n, dtype=float), np.array(values, float), np.ones(n), cost, 0.75).tolist() == [bool(one) for one in right]


def test_an_unsure_reading_is_none() -> None:
    assert believed(np.arange(4.0), np.array([9.0, 8, 7, 6]), np.array([1, 1, 0.5, 1]), clock_cost, 0.75).tolist() == [True, True, False, True]


@given(st.lists(st.floats(0, 0.99), min_size=8, max_size=40), st.integers(2, 5), st.integers(0, 719))
def test_a_lone_misreading_never_spoils_a_running_clock(drift: list[float], at: int, misread: int) -> None:
    times = np.arange(len(drift), dtype=float)
    clock = np.floor(700 - times - np.array(drift).max())
    wrong = clock.copy()
    wrong[at] = misread
    right = believed(times, wrong, np.ones(len(drift)), clock_cost, 0.75)
    assert right[np.arange(len(drift)) != at].sum() >= len(drift) - 2
    assert np.abs(wrong[right] - clock[right]).max() <= 2.1  # what is off by less can't be told from a clock that stood


@pytest.mark.parametrize(("texts", "most"), [([], None), (["a"], "a"), (["a", "b", "b"], "b"), (["a", "b"], "a")])
def test_majority(texts: list[str], most: str | None) -> None:
    assert majority(texts) == most
