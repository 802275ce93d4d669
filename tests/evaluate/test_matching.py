from __future__ import annotations

import numpy as np
import pytest

from courtside.evaluate.matching import box_iou, filled_in, pair_boxes
from courtside.truth.labels import PeopleLabels


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([], [], np.zeros((0, 0))),
        ([], [[0, 0, 1, 1]], np.zeros((0, 1))),
        ([[0, 0, 2, 2]], [[0, 0, 2, 2], [1, 0, 3, 2], [2, 0, 4, 2], [5, 5, 5, 5]], [[1, 1 / 3, 0, 0]]),
    ],
)
def test_overlap(a: list[list[float]], b: list[list[float]], expected: object) -> None:
    assert box_iou(np.array(a, float).reshape(-1, 4), np.array(b, float).reshape(-1, 4)) == pytest.approx(np.asarray(expected))


@pytest.mark.parametrize(
    ("iou", "expected"),
    [
        (np.zeros((0, 3)), []),
        ([[0.49]], []),
        ([[0.5]], [(0, 0)]),
        ([[0.6, 0.9]], [(0, 1)]),
        ([[0.9, 0.8], [0.8, 0.0]], [(0, 1), (1, 0)]),  # both find their box, though one could have a better one
        ([[0.9, 0.45], [0.8, 0.1]], [(0, 0)]),  # what is too little overlap counts for nothing
    ],
)
def test_pairs(iou: object, expected: list[tuple[int, int]]) -> None:
    assert pair_boxes(np.asarray(iou, float)) == expected


def test_what_is_known_of_a_person_once_is_known_of_him_always() -> None:
    texts = np.array(["A", "B", "A"], object), np.array([None, None, "7"], object)
    nothing = np.array([None] * 3, object)
    labels = PeopleLabels(np.array([0, 1]), np.array([0, 0, 1]), texts[0], np.zeros((3, 4)), nothing, nothing, texts[1], nothing)
    assert filled_in(labels).number.tolist() == ["7", None, "7"]
    assert filled_in(PeopleLabels()).number.tolist() == []
