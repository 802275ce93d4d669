"""Who drawn is whom labelled: one-to-one pairs of boxes in each labelled frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from courtside.evaluate.drawn import Drawn
from courtside.truth.labels import PeopleLabels

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_IOU = 0.5
"""Overlap (intersection over union) from which a drawn box is a labelled person's. Hand-drawn boxes are good for this and not for more."""

APART_IOU = 0.1
"""A drawn box that overlaps no labelled one more than this is of somebody who was not labelled: the bench, a coach, a sliver at the picture's edge."""


def box_iou(a: Floats, b: Floats) -> Floats:
    """Return (n, m) intersection over union (0-1) of boxes (n, 4) and (m, 4)."""
    sides = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    shared = np.clip(sides, 0, None).prod(2)
    areas = [np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(1) for boxes in (a, b)]
    return np.asarray(shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9))


def pair_boxes(iou: Floats, least: float = LEAST_IOU) -> list[tuple[int, int]]:
    """Return the one-to-one pairs (row, column) of ``iou`` (n, m) with at least ``least`` overlap whose overlaps sum to the most."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-np.where(iou >= least, iou, 0.0))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if iou[i, j] >= least]


@dataclass(frozen=True)
class ComparedFrame:
    """One labelled frame: ``truth`` (t,) and ``drawn`` (d,) are rows of the two tables, ``iou`` (t, d), ``pairs`` rows that belong together."""

    frame: int
    truth: Ints
    drawn: Ints
    iou: Floats
    pairs: tuple[tuple[int, int], ...]

    @property
    def apart(self) -> npt.NDArray[np.bool_]:
        """(d,) whether a drawn box touches nobody who was labelled."""
        return np.asarray(self.iou.max(0, initial=0.0) < APART_IOU)


@dataclass(frozen=True)
class Compared:
    """A run's people beside those of the truth, on the labelled frames only."""

    truth: PeopleLabels
    drawn: Drawn
    frames: tuple[ComparedFrame, ...]

    def pairs(self) -> Iterator[tuple[int, int, int]]:
        """Yield (frame, row of the truth, row of the drawn) of all pairs."""
        for compared in self.frames:
            for truth, drawn in compared.pairs:
                yield compared.frame, truth, drawn


def filled_in(truth: PeopleLabels) -> PeopleLabels:
    """Return the labels with what is known of a person in any frame known in all of them."""
    columns = {}
    for name in ("team", "number", "player"):
        values = getattr(truth, name)
        known = {who: value for who, value in zip(truth.who, values, strict=True) if value is not None}
        columns[name] = np.array([*(known.get(who) for who in truth.who), None], object)[:-1]  # the None keeps an array of strings an array of objects
    return replace(truth, **columns)


def compare(truth: PeopleLabels, drawn: Drawn) -> Compared:
    """Pair the boxes of all labelled frames."""
    truth = filled_in(truth)
    frames = []
    for frame in truth.labelled:
        there = np.arange(*np.searchsorted(truth.frame, (frame, frame + 1)))
        shown = np.arange(*np.searchsorted(drawn.frame, (frame, frame + 1)))
        iou = box_iou(truth.xyxy[there], drawn.xyxy[shown])
        pairs = tuple((int(there[i]), int(shown[j])) for i, j in pair_boxes(iou))
        frames.append(ComparedFrame(int(frame), there, shown, iou, pairs))
    return Compared(truth, drawn, tuple(frames))
