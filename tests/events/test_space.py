"""A flight in a picture to the place on the floor where it began."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attack import COURT, flight, held, make_scene
from courtside.events.ball import BallTrack
from courtside.events.scene import rim_m
from courtside.events.space import Origin, origin

RIM = tuple(rim_m(COURT, 1))
PIXELS = 50.0


def found(way: np.ndarray, mirror: bool = False, jitter: float = 0.0, **change: Any) -> Origin | None:
    """Return where a ball came from that is on its ``way`` (n, 3) in every frame, from the first to the last."""
    scene = replace(make_scene(way, mirror), **change)
    n, xy = scene.n_frames, (scene.balls.xyxy[:, :2] + scene.balls.xyxy[:, 2:]) / 2
    xy = xy + np.random.default_rng(0).normal(0, jitter, xy.shape)
    ball = BallTrack(xy, np.full(n, 12.0), np.ones(n, bool), np.zeros(n, bool))
    return origin(scene, ball, -1 if mirror else 1, PIXELS, 0, n - 1)


@pytest.mark.parametrize(
    ("seconds", "change"),
    [
        (0.1, {}),  # too short to tell how far away it is
        (1.0, {"cameras": None}),
        (1.0, {"court": None}),
    ],
)
def test_nothing_is_said_where_nothing_is_known(seconds: float, change: dict[str, Any]) -> None:
    assert found(flight((8.0, 2.0, 2.2), RIM, seconds), **change) is None


def test_without_a_side_there_is_no_ring_in_space() -> None:
    scene = make_scene(flight((8.0, 2.0, 2.2), RIM, 1.0))
    ball = BallTrack(np.zeros((30, 2)), np.ones(30), np.ones(30, bool), np.zeros(30, bool))
    assert origin(scene, ball, 0, PIXELS, 0, 29) is None


@given(x=st.floats(2.0, 12.0), y=st.floats(-6.5, 6.5), z=st.floats(1.8, 2.9), seconds=st.floats(0.7, 1.4), mirror=st.booleans())
def test_a_free_flight_is_followed_back(x: float, y: float, z: float, seconds: float, mirror: bool) -> None:
    told = found(flight((x, y, z), RIM, seconds), mirror)
    assert told is not None
    away = told.xy - (-x if mirror else x, y)
    assert np.hypot(*away) < 0.5
    assert away @ np.linalg.solve(told.covariance, away) < 9


def test_jitter_of_a_pixel_costs_less_than_a_metre() -> None:
    told = found(flight((6.0, 4.0, 2.3), RIM, 1.1), jitter=1.0)
    assert told is not None and np.hypot(*(told.xy - (6.0, 4.0))) < 1.0


def test_a_ball_that_is_still_in_hands_is_left_out() -> None:
    way = np.concatenate([held(7.8, 2.0, 0.3), flight((8.0, 2.0, 2.3), RIM, 1.0)])
    told = found(way)
    assert told is not None
    after_s = 0.3  # straight back from where it was let go: gravity does not bend its way over the floor
    expected = np.array([8.0, 2.0]) - after_s * (np.array(RIM[:2]) - (8.0, 2.0)) / 1.0
    assert np.hypot(*(told.xy - expected)) < 0.8
