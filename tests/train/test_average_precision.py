"""Average precision on cases solved by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import supervision as sv

from courtside.train.average_precision import average_precision

A, B, FAR = [0, 0, 10, 10], [20, 0, 30, 10], [100, 100, 110, 110]


def predicted(*rows: tuple[list[int], float, int]) -> sv.Detections:
    if not rows:
        return sv.Detections.empty()
    boxes, scores, classes = zip(*rows, strict=True)
    return sv.Detections(np.array(boxes, float), confidence=np.array(scores), class_id=np.array(classes))


def truth(*rows: tuple[list[int], int]) -> sv.Detections:
    return sv.Detections(np.array([row[0] for row in rows], float).reshape(-1, 4), class_id=np.array([row[1] for row in rows], int))


@pytest.mark.parametrize(
    ("found", "real", "expected"),
    [
        (predicted(), truth(), math.nan),
        (predicted((A, 0.9, 3)), truth(), math.nan),
        (predicted(), truth((A, 3)), 0.0),
        (predicted((A, 0.9, 3)), truth((A, 3)), 1.0),
        (predicted((A, 0.9, 4)), truth((A, 3)), 1.0),  # another kind of player, the same group
        (predicted((A, 0.9, 9)), truth((A, 3)), 0.0),  # not of the group
        (predicted((A, 0.9, 3), (A, 0.8, 3)), truth((A, 3)), 1.0),  # the double comes after full recall
        (predicted((A, 0.9, 3), (A, 0.8, 3), (B, 0.7, 3)), truth((A, 3), (B, 3)), 0.5 + 0.5 * 2 / 3),
        (predicted((FAR, 0.9, 3), (A, 0.8, 3)), truth((A, 3)), 0.5),
        (predicted((A, 0.9, 3)), truth((A, 3), (B, 3)), 0.5),
    ],
)
def test_hand_solved(found: sv.Detections, real: sv.Detections, expected: float) -> None:
    assert average_precision([found], [real], [3, 4]) == pytest.approx(expected, nan_ok=True)


def test_images_do_not_mix() -> None:
    assert average_precision([predicted((A, 0.9, 3)), predicted()], [truth(), truth((A, 3))], [3]) == 0.0
