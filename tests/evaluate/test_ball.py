from __future__ import annotations

import numpy as np
import pytest

from courtside.evaluate.ball import BallScores, score_ball
from courtside.evaluate.drawn import BallFound
from courtside.truth.labels import BallLabels


def box(x: float, size: float = 10) -> list[float]:
    return [x, 0, x + size, size]


def found(rows: dict[int, tuple[float, float]]) -> BallFound:
    """Frame -> (left edge, confidence)."""
    boxes = np.array([box(x) for x, _ in rows.values()], float).reshape(-1, 4)
    return BallFound(np.array(list(rows), int), np.array([confidence for _, confidence in rows.values()], float), boxes)


TRUTH = BallLabels(np.array([0, 10, 20]), np.array([0, 10]), np.array([box(0), box(50)]), np.full((2, 3), np.nan))


@pytest.mark.parametrize(
    ("truth", "balls", "expected"),
    [
        (BallLabels(), {}, BallScores(0, 0, 0)),
        (BallLabels(), {3: (0, 0.9)}, BallScores(0, 0, 0)),  # no frame was looked at
        (TRUTH, {}, BallScores(0, 0, 2)),
        (TRUTH, {0: (0, 0.9), 10: (60, 0.9)}, BallScores(2, 0, 0)),  # one diameter off still touches
        (TRUTH, {0: (0, 0.9), 10: (61, 0.9)}, BallScores(1, 1, 1)),
        (TRUTH, {0: (0, 0.9), 10: (50, 0.1)}, BallScores(1, 0, 1)),  # not sure enough
        (TRUTH, {0: (0, 0.9), 10: (50, 0.9), 20: (0, 0.9), 25: (0, 0.9)}, BallScores(2, 1, 0)),  # none there in 20; 25 was not looked at
    ],
)
def test_balls(truth: BallLabels, balls: dict[int, tuple[float, float]], expected: BallScores) -> None:
    assert score_ball(truth, found(balls)) == expected


def test_f1() -> None:
    assert BallScores(0, 0, 0).f1 is None
    assert BallScores(1, 1, 1).f1 == pytest.approx(0.5)
