"""Gaps and jitter."""

from __future__ import annotations

import numpy as np
import pytest

from courtside.identity.paths import fill_gaps, held, smooth


def line(frames: np.ndarray) -> np.ndarray:
    """A box that walks 10 px a frame."""
    x = frames[:, None] * 10.0
    return x + np.array([0, 0, 40, 120.0])


TIMES = np.arange(100) / 25.0


@pytest.mark.parametrize(
    ("seen", "longest_s", "filled"),
    [
        ([], 1.0, []),
        ([7], 1.0, [7]),
        ([1, 2, 3], 1.0, [1, 2, 3]),
        ([1, 2, 5, 6], 0.2, [1, 2, 3, 4, 5, 6]),
        ([1, 2, 5, 6], 0.1, [1, 2, 5, 6]),
        ([0, 3, 50], 0.2, [0, 1, 2, 3, 50]),
    ],
)
def test_fill_gaps(seen: list[int], longest_s: float, filled: list[int]) -> None:
    frames = np.array(seen, int)
    got, boxes = fill_gaps(frames, line(frames), TIMES, longest_s)
    assert got.tolist() == filled
    assert np.allclose(boxes, line(got))


@pytest.mark.parametrize(
    ("seen", "longest_s", "told"),
    [
        ([], 1.0, []),
        ([0], 1.0, [0]),
        ([3, 5, 9], 0.08, [3, 4, 5, 9]),
        ([3, 5, 9], 0.16, [3, 4, 5, 6, 7, 8, 9]),
        ([0, 1, 2], 0.0, [0, 1, 2]),
    ],
)
def test_held(seen: list[int], longest_s: float, told: list[int]) -> None:
    rows = np.isin(np.arange(12), seen)
    assert np.flatnonzero(held(TIMES[:12], rows, longest_s)).tolist() == told


def test_nothing_is_held_where_there_is_nothing() -> None:
    assert held(np.zeros(0), np.zeros(0, bool), 1.0).shape == (0,)


def test_smoothing_has_no_lag_and_keeps_a_straight_walk() -> None:
    frames = np.arange(30)
    assert np.allclose(smooth(frames, line(frames), TIMES), line(frames))


def test_smoothing_calms_jitter() -> None:
    frames = np.arange(60)
    jitter = np.random.default_rng(0).normal(0, 4, (60, 4))
    calm = smooth(frames, line(frames) + jitter, TIMES)
    assert np.abs(calm - line(frames)).mean() < 0.7 * np.abs(jitter).mean()


def test_smoothing_never_crosses_a_gap() -> None:
    frames = np.array([0, 1, 2, 50, 51, 52])
    boxes = line(frames)
    boxes[3:] += 1000
    assert np.allclose(smooth(frames, boxes, TIMES), boxes)
