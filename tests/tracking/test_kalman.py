from __future__ import annotations

import math

import numpy as np
import pytest

from courtside.tracking.kalman import PersonState


def box(x: float, y: float, h: float = 100.0) -> np.ndarray:
    return np.array([x - 0.2 * h, y - 0.5 * h, x + 0.2 * h, y + 0.5 * h])


@pytest.mark.parametrize("rate", [15.0, 29.97, 60.0])
def test_learns_a_steady_walk_at_any_frame_rate(rate: float) -> None:
    state = PersonState.of_box(box(0, 0))
    for i in range(1, int(rate) + 1):
        state.move(np.eye(3), 1 / rate, coasting=False)
        state.see(box(120 * i / rate, -30 * i / rate), 1 / rate)
    assert state.velocity == pytest.approx([120, -30], abs=15)
    state.move(np.eye(3), 0.1, coasting=False)
    assert state.centre[0] == pytest.approx(120 * int(rate) / rate + 12, abs=4)


def test_the_camera_carries_everything_along() -> None:
    camera = np.array([[2.0, 0, 30], [0, 2.0, -10], [0, 0, 1]])
    still, moved = (PersonState.of_box(box(50, 60)) for _ in range(2))
    still.move(np.eye(3), 1 / 30, coasting=False)
    moved.move(camera, 1 / 30, coasting=False)
    assert moved.centre == pytest.approx([2 * 50 + 30, 2 * 60 - 10])
    assert moved.size == pytest.approx(2 * still.size)
    assert moved.spread_px == pytest.approx(2 * still.spread_px)


def test_doubt_grows_while_unseen_and_a_box_ends_it() -> None:
    state = PersonState.of_box(box(0, 0))
    spreads = []
    for _ in range(30):
        state.move(np.eye(3), 1 / 30, coasting=True)
        spreads.append(state.spread_px)
    assert spreads == sorted(spreads)
    state.see(box(40, 0), 1.0)
    assert state.spread_px < spreads[0] * 1.5
    assert state.centre[0] == pytest.approx(40, abs=2)


def test_coasting_slows_down() -> None:
    state = PersonState.of_box(box(0, 0))
    state.velocity = np.array([100.0, 0.0])
    for _ in range(90):
        state.move(np.eye(3), 1 / 30, coasting=True)
    assert math.hypot(*state.velocity) < 1
    assert state.centre[0] < 60


@pytest.mark.parametrize("broken", [[5, 5, 5, 5], [0, 0, 0.001, 0.001]])
def test_a_box_of_no_size_gives_finite_numbers(broken: list[float]) -> None:
    state = PersonState.of_box(np.array(broken))
    state.move(np.eye(3), 1 / 30, coasting=False)
    state.see(np.array(broken), 1 / 30)
    assert np.isfinite(state.xyxy).all() and math.isfinite(state.spread_px)
