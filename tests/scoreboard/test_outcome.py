from __future__ import annotations

import numpy as np
import pytest

from courtside.scoreboard import Shown, outcome_by_score

TIMES = np.arange(0.0, 20.0, 0.5)


def scores(*steps: tuple[float, float]) -> np.ndarray:
    """Return the score at ``TIMES``: from each moment on what stands beside it."""
    values = np.full(len(TIMES), np.nan)
    for start_s, value in steps:
        values[start_s <= TIMES] = value
    return values


@pytest.mark.parametrize(
    ("values", "next_s", "said"),
    [
        (scores(), None, None),
        (scores((0, 72), (8, 74)), None, Shown("made", 2)),
        (scores((0, 72), (11, 75)), None, Shown("made", 3)),
        (scores((0, 72)), None, Shown("missed", 0)),
        (scores((0, 72), (8, 73)), None, None),  # a free throw
        (scores((0, 72), (8, 76)), None, Shown("made", None)),
        (scores((0, 72), (15, 74)), None, Shown("missed", 0)),  # too late for this shot
        (scores((0, 72), (9, np.nan)), None, None),  # the graphic goes before it can tell
        (scores((8, 74)), None, None),  # nor is it known what stood there before
        (scores((0, 72), (9, 74)), 8.0, None),  # somebody of the team shot again before it went up
        (scores((0, 72), (7, 74)), 8.0, Shown("made", 2)),
    ],
)
def test_what_the_score_says_of_a_shot_from_5_to_6_seconds(values: np.ndarray, next_s: float | None, said: Shown | None) -> None:
    assert outcome_by_score(TIMES, values, 5.0, 6.0, next_s) == said
