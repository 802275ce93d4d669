from __future__ import annotations

import numpy as np
import pytest
import supervision as sv

from courtside.identity.matching import mask_over_smaller, match_numbers


def masks(*boxes: tuple[int, int, int, int]) -> sv.CompactMask:
    dense = np.zeros((len(boxes), 100, 200), bool)
    for mask, (x1, y1, x2, y2) in zip(dense, boxes, strict=True):
        mask[y1:y2, x1:x2] = True
    return sv.CompactMask.from_dense(dense, np.array([(x1, y1, x2 - 1, y2 - 1) for x1, y1, x2, y2 in boxes]).reshape(-1, 4), (100, 200))


@pytest.mark.parametrize(
    ("number", "person", "share"),
    [
        ((20, 20, 30, 30), (10, 10, 50, 90), 1.0),
        ((20, 20, 30, 30), (25, 10, 50, 90), 0.5),
        ((20, 20, 30, 30), (60, 10, 90, 90), 0.0),
        ((10, 10, 60, 95), (20, 20, 30, 30), 1.0),  # the mask is the smaller
        ((-20, -20, 10, 10), (0, 0, 5, 90), 0.5),
        ((150, 50, 150, 50), (140, 10, 180, 90), 0.0),  # no area
    ],
)
def test_share_of_the_smaller(number: tuple[int, ...], person: tuple[int, int, int, int], share: float) -> None:
    assert mask_over_smaller(np.array([number], float), masks(person))[0, 0] == pytest.approx(share)


def test_nothing() -> None:
    assert mask_over_smaller(np.zeros((0, 4)), masks((1, 1, 5, 5))).shape == (0, 1)
    assert mask_over_smaller(np.array([[1.0, 1, 5, 5]]), masks()).shape == (1, 0)


def test_a_number_between_two_boxes_goes_to_the_body_it_is_on() -> None:
    people = np.array([[10, 0, 50, 100], [14, 0, 54, 100]], float)
    number = np.array([[27, 25, 37, 36]], float)
    assert match_numbers(number, people) == []  # by boxes it could be either's
    shared = mask_over_smaller(number, masks((10, 0, 26, 100), (26, 0, 54, 100)))
    assert match_numbers(number, people, shared=shared) == [(0, 1)]
