from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.render.place import Box, place

SIZE = (300, 200)


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[0] + other[2] and other[0] < one[0] + one[2] and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], []),
        ([(10, 20, 30, 10)], [(10, 20)]),
        ([(10, 20, 30, 10), (40, 20, 30, 10)], [(10, 20), (40, 20)]),
        ([(-5, -5, 30, 10)], [(0, 0)]),
        ([(290, 195, 30, 10)], [(270, 190)]),
        ([(10, 20, 30, 10), (12, 27, 30, 10)], [(10, 20), (12, 30)]),
        ([(10, 20, 30, 10), (38, 22, 30, 10)], [(10, 20), (40, 22)]),
        ([(0, 190, 30, 10), (0, 190, 30, 10)], [(0, 190), (0, 180)]),
        ([(0, 0, 400, 250)], [(0, 0)]),
    ],
    ids=["none", "one", "side by side", "off the top left", "off the bottom right", "down a bit", "aside a bit", "no room below", "larger than the picture"],
)
def test_place(wanted: list[Box], expected: list[tuple[int, int]]) -> None:
    assert place(wanted, SIZE) == expected


boxes = st.lists(st.tuples(st.integers(-100, 400), st.integers(-100, 300), st.integers(1, 80), st.integers(1, 16)), max_size=13)


@given(boxes)
def test_labels_stay_in_the_picture_and_off_one_another(wanted: list[Box]) -> None:
    placed = [(x, y, box[2], box[3]) for (x, y), box in zip(place(wanted, SIZE), wanted, strict=True)]
    assert all(0 <= x <= SIZE[0] - width and 0 <= y <= SIZE[1] - height for x, y, width, height in placed)
    assert not any(overlap(one, other) for one, other in combinations(placed, 2))


@given(boxes)
def test_labels_that_are_clear_do_not_move(wanted: list[Box]) -> None:
    placed = [(x, y, box[2], box[3]) for (x, y), box in zip(place(wanted, SIZE), wanted, strict=True)]
    assert place(placed, SIZE) == [(x, y) for x, y, _, _ in placed]
