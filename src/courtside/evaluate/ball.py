"""Whether the ball was found, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.evaluate.drawn import BallFound
from courtside.truth.labels import BallLabels

LEAST_CONFIDENCE = 0.3
"""A ball the detector is less sure of is taken for none found."""


@dataclass(frozen=True)
class BallScores:
    """A found ball is true where its centre is at most one diameter from the true one's: both then still touch. The rest are false; labelled ones missed."""

    n_true: int
    n_false: int
    n_missed: int

    @property
    def f1(self) -> float | None:
        """2 TP / (2 TP + FP + FN); None where there is neither a ball nor one found."""
        total = 2 * self.n_true + self.n_false + self.n_missed
        return 2 * self.n_true / total if total else None


def score_ball(truth: BallLabels, found: BallFound) -> BallScores:
    """Compare the surest ball of each frame with the labelled one, on the frames that were looked at."""
    sure = found.confidence >= LEAST_CONFIDENCE
    balls = dict(zip(found.frame[sure].tolist(), found.xyxy[sure], strict=True))
    labelled = dict(zip(truth.frame.tolist(), truth.xyxy, strict=True))
    n_true = n_false = n_missed = 0
    for frame in truth.labelled.tolist():
        true, ball = labelled.get(frame), balls.get(frame)
        if true is None or ball is None:
            n_false += ball is not None
            n_missed += true is not None
            continue
        apart = float(np.linalg.norm((ball[:2] + ball[2:] - true[:2] - true[2:]) / 2))
        hit = apart <= float((true[2:] - true[:2]).mean())
        n_true, n_false, n_missed = n_true + hit, n_false + (not hit), n_missed + (not hit)
    return BallScores(n_true, n_false, n_missed)
