"""Number boxes to players."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.identity.matching import intersection_over_smaller, match_numbers

PERSON = [100, 100, 140, 220]
NUMBER = [114, 130, 126, 148]  # on the chest of PERSON


def boxes(*rows: list[float]) -> np.ndarray:
    return np.array(rows, float).reshape(-1, 4)


@pytest.mark.parametrize(
    ("numbers", "people", "pairs"),
    [
        ([], [], []),
        ([], [PERSON], []),
        ([NUMBER], [], []),
        ([NUMBER], [PERSON], [(0, 0)]),
        ([[300, 130, 312, 148]], [PERSON], []),  # on nobody
        ([[134, 130, 146, 148]], [PERSON], []),  # half outside
        ([[114, 195, 126, 213]], [PERSON], []),  # at the ankles
        ([NUMBER], [[300, 100, 340, 220], PERSON], [(0, 1)]),
        ([NUMBER], [PERSON, [102, 101, 142, 221]], []),  # two people in one place: nobody's
        ([NUMBER, [115, 131, 127, 149]], [PERSON], [(0, 0)]),  # one number a person
    ],
)
def test_match(numbers: list[list[float]], people: list[list[float]], pairs: list[tuple[int, int]]) -> None:
    assert match_numbers(boxes(*numbers), boxes(*people)) == pairs


@given(st.lists(st.tuples(*[st.floats(0, 500)] * 4), max_size=6), st.lists(st.tuples(*[st.floats(0, 500)] * 4), max_size=6))
def test_matching_is_exclusive(numbers: list[tuple[float, ...]], people: list[tuple[float, ...]]) -> None:
    def upright(rows: list[tuple[float, ...]]) -> np.ndarray:
        return boxes(*[[min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1] for a, b, c, d in rows])

    pairs = match_numbers(upright(numbers), upright(people))
    assert len({number for number, _ in pairs}) == len({person for _, person in pairs}) == len(pairs)


def test_intersection_over_smaller() -> None:
    inside = intersection_over_smaller(boxes(NUMBER), boxes(PERSON, [0, 0, 1, 1]))
    assert inside.tolist() == [[1.0, 0.0]]
