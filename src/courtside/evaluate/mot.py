"""The measures of multi-object tracking, each from its paper. Pure functions over frames of (true ids, track ids, similarity).

A frame is (t,) ids of the labelled, (d,) ids of the drawn, (t, d) similarity 0-1; an id appears at most once in a frame. All results are shares (0-1), but
for counts; where there is nothing to share out they are 0, as in the papers' own code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MotFrame = tuple[Ints, Ints, Floats]

ALPHAS: Floats = np.arange(0.05, 0.99, 0.05)
"""The nineteen localisation thresholds of HOTA."""

_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Hota:
    """Higher-order tracking accuracy and its parts, each the mean over ``ALPHAS``: detection accuracy, recall and precision, association, localisation."""

    hota: float
    det_a: float
    det_re: float
    det_pr: float
    ass_a: float
    loc_a: float


@dataclass(frozen=True)
class Clear:
    """``mota`` = 1 - (misses + false + switches) / labelled. ``switches`` count how often a person's track changes from one matched frame to his next."""

    mota: float
    switches: int
    n_true: int
    n_false: int
    n_missed: int


@dataclass(frozen=True)
class IdScore:
    """``idf1`` = 2 IDTP / (labelled + drawn), with ``precision`` = IDTP / drawn and ``recall`` = IDTP / labelled."""

    idf1: float
    precision: float
    recall: float


def _indexed(frames: Sequence[MotFrame]) -> tuple[list[Ints], list[Ints], Ints, Ints]:
    """Return each frame's ids as indices into all ids, and how often each id appears."""
    both: list[list[Ints]] = []
    counts: list[Ints] = []
    for side in (0, 1):
        ids = [np.asarray(frame[side], np.int64) for frame in frames]
        _, index, count = np.unique(np.concatenate([np.zeros(0, np.int64), *ids]), return_inverse=True, return_counts=True)
        both.append(np.split(index, np.cumsum([len(one) for one in ids])[:-1]) if ids else [])
        counts.append(count)
    return both[0], both[1], counts[0], counts[1]


def hota(frames: Sequence[MotFrame]) -> Hota:
    """Return HOTA (Luiten et al. 2021, IJCV, "HOTA: A Higher Order Metric for Evaluating Multi-object Tracking").

    For each threshold alpha, pairs of similarity >= alpha are true: DetA = TP / (TP + FN + FP); AssA is the mean over true pairs c of
    TPA(c) / (TPA(c) + FNA(c) + FPA(c)); HOTA_alpha = sqrt(DetA AssA). Pairs are chosen once per frame to align tracks over the whole clip first (their
    Jaccard overlap), then by similarity.
    """
    from scipy.optimize import linear_sum_assignment

    truth, drawn, n_truth, n_drawn = _indexed(frames)
    total_truth, total_drawn = int(n_truth.sum()), int(n_drawn.sum())
    together = np.zeros((len(n_truth), len(n_drawn)))
    for rows, columns, (_, _, similarity) in zip(truth, drawn, frames, strict=True):
        union = similarity.sum(0)[None] + similarity.sum(1)[:, None] - similarity
        together[np.ix_(rows, columns)] += np.where(union > _EPS, similarity / np.maximum(union, _EPS), 0.0)
    appear = n_truth[:, None] + n_drawn[None]
    alignment = together / np.maximum(appear - together, _EPS)
    matches = np.zeros((len(ALPHAS), *together.shape))
    located = np.zeros(len(ALPHAS))
    for rows, columns, (_, _, similarity) in zip(truth, drawn, frames, strict=True):
        i, j = linear_sum_assignment(-alignment[np.ix_(rows, columns)] * similarity)
        found = similarity[i, j]
        true = found[None] >= ALPHAS[:, None] - _EPS
        located += (found * true).sum(1)
        matches[:, rows[i], columns[j]] += true
    n_true = matches.sum((1, 2))
    associated = (matches * matches / np.maximum(appear - matches, 1)).sum((1, 2)) / np.maximum(n_true, 1)
    detected = n_true / np.maximum(total_truth + total_drawn - n_true, 1)
    where = np.where(n_true > 0, located / np.maximum(n_true, 1), 1.0)
    recall, precision = n_true / max(total_truth, 1), n_true / max(total_drawn, 1)
    means = (float(values.mean()) for values in (np.sqrt(detected * associated), detected, recall, precision, associated, where))
    return Hota(*means)


def clear(frames: Sequence[MotFrame], least: float = 0.5) -> Clear:
    """Return the CLEAR measures (Bernardin & Stiefelhagen 2008): pairs of at least ``least`` similarity, those of the frame before kept while they hold."""
    from scipy.optimize import linear_sum_assignment

    last: dict[int, int] = {}
    before: dict[int, int] = {}
    n_true = n_false = n_missed = switches = 0
    for truth, drawn, similarity in frames:
        if not len(truth) or not len(drawn):  # nothing to pair; who was paired before still is
            n_missed, n_false = n_missed + len(truth), n_false + len(drawn)
            continue
        goes_on = np.array([[before.get(int(who)) == int(track) for track in drawn] for who in truth])
        score = np.where(similarity >= least - _EPS, 1000.0 * goes_on + similarity, 0.0)
        rows, columns = linear_sum_assignment(-score)
        pairs = {int(truth[i]): int(drawn[j]) for i, j in zip(rows, columns, strict=True) if score[i, j] > _EPS}
        switches += sum(last.get(who, track) != track for who, track in pairs.items())
        last |= pairs
        before = pairs
        n_true, n_missed, n_false = n_true + len(pairs), n_missed + len(truth) - len(pairs), n_false + len(drawn) - len(pairs)
    n_truth = n_true + n_missed
    return Clear((n_true - n_false - switches) / n_truth if n_truth else 0.0, switches, n_true, n_false, n_missed)


def id_score(frames: Sequence[MotFrame], least: float = 0.5) -> IdScore:
    """Return IDF1 (Ristani et al. 2016): tracks are given to people one to one over the whole clip so that the most boxes agree (IDTP)."""
    from scipy.optimize import linear_sum_assignment

    truth, drawn, n_truth, n_drawn = _indexed(frames)
    together = np.zeros((len(n_truth), len(n_drawn)))
    for rows, columns, (_, _, similarity) in zip(truth, drawn, frames, strict=True):
        together[np.ix_(rows, columns)] += similarity >= least
    # the least sum of misses and false boxes is the most agreement: labelled and drawn boxes are given
    agreed = float(together[linear_sum_assignment(-together)].sum())
    total_truth, total_drawn = int(n_truth.sum()), int(n_drawn.sum())
    return IdScore(2 * agreed / max(total_truth + total_drawn, 1), agreed / max(total_drawn, 1), agreed / max(total_truth, 1))
