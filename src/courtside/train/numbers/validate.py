"""Figures for a number reader: how often it is right, how its certainty sorts right from wrong, and what it makes of numbers cut off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from courtside.train.numbers.augment import spoil
from courtside.train.numbers.data import NumberCrop
from courtside.types import NUMBERS, Image

COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)


def precision_at(confidence: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], coverage: float) -> float:
    """Return the share of right readings (0-1) among the surest ``coverage`` (0-1) of them; NaN for none."""
    kept = round(coverage * len(confidence))
    order = np.argsort(-confidence, kind="stable")[:kept]
    return float(right[order].mean()) if kept else float("nan")


def cut_off(crops: Sequence[NumberCrop], seed: int = 0) -> list[Image]:
    """Return two spoiled versions of every two-digit crop, upright as filed, always the same ones for a seed: a digit cut off or covered."""
    random = np.random.default_rng(seed)
    return [spoil(crop.image, 2, random) for crop in crops if len(crop.number) == 2 for _ in range(2)]


def score(distribution: npt.NDArray[np.float32], labels: Sequence[str], spoiled: npt.NDArray[np.float32]) -> dict[str, float]:
    """Return the figures of a reader.

    Args:
        distribution: (n, 101) chances over ``NUMBERS`` of whole crops, whose rows sum to at most 1.
        labels: their n numbers.
        spoiled: (m, 101) chances for crops of numbers that do not show whole.

    Returns:
        "p100" ... "p50", the precision on the surest share; "ece", the expected calibration error in 10 bins; "cut90" and "cut80", the share of spoiled crops
        read with more confidence than the surest 90 % (80 %) of the whole ones.
    """
    confidence, best = distribution.max(1), distribution.argmax(1)
    right = np.array([NUMBERS[i] == label for i, label in zip(best, labels, strict=True)], bool)
    figures = {f"p{round(100 * coverage)}": precision_at(confidence, right, coverage) for coverage in COVERAGES}
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs(float(confidence[bins == i].mean()) - float(right[bins == i].mean())) * float((bins == i).mean()) for i in np.unique(bins)]
    figures["ece"] = float(sum(gaps))
    for share in (90, 80):
        bar = np.quantile(confidence, 1 - share / 100) if len(confidence) else 1.0
        figures[f"cut{share}"] = float((spoiled.max(1) > bar).mean()) if len(spoiled) else float("nan")
    return figures


def describe(figures: dict[str, float]) -> str:
    """One line of figures in per cent."""
    return "  ".join(f"{name} {100 * value:.1f}" for name, value in figures.items())
