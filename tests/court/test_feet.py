from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.court import Camera, Lens
from courtside.court.feet import camera_position, covered_feet, sights

SIZE = (1280, 720)
LENS = Lens(640, 360, 640, 640, 0.02, 0.0)
CAMERA = Camera((-1.5, 29.0, 9.0), 0.25, 0.3, 1900, SIZE, 0.01, LENS)


def test_nothing_to_see() -> None:
    assert camera_position(np.zeros((0, 3, 3)), SIZE) is None
    assert camera_position(np.full((4, 3, 3), np.nan), SIZE) is None
    assert sights(np.zeros((0, 3, 3)), LENS, np.zeros(3), np.zeros((0, 4))).feet_m().shape == (0,)
    assert covered_feet(np.zeros(0, int), np.zeros((0, 4))).shape == (0,)


@pytest.mark.parametrize("sign", [1, -1, 0.01])
def test_where_the_camera_stands(sign: float) -> None:
    maps = np.stack([np.full((3, 3), np.nan), sign * CAMERA.court_to_pinhole()])
    found = camera_position(maps, SIZE)
    assert found is not None and np.allclose(found, CAMERA.position_m, atol=1e-6)


@given(st.floats(2, 12), st.floats(-7, 7), st.floats(1.2, 2.3), st.sampled_from([1.0, -3.0]))
def test_feet_and_head_lead_to_the_same_place(x: float, y: float, height: float, sign: float) -> None:
    pixels, _ = CAMERA.project(np.array([[x, y, 0.0], [x, y, height]]))
    found = []
    for row in (0, 1):  # an edge alone tells the place by its own pixel: a box around one of them
        box = np.array([[pixels[row, 0] - 20, pixels[row, 1], pixels[row, 0] + 20, pixels[row, 1]]])
        seen = sights(sign * CAMERA.court_to_pinhole()[None], LENS, np.array(CAMERA.position_m), box)
        found.append(seen.floor(seen.head_m(height) if row else seen.feet_m(0.0))[0])
    assert np.allclose(found, (x, y), atol=1e-3)


def test_a_shoe_below_the_middle_of_the_body_puts_it_farther_away() -> None:
    box = np.array([[600.0, 200, 660, 350]])
    seen = sights(CAMERA.court_to_pinhole()[None], LENS, np.array(CAMERA.position_m), box)
    assert 0.2 < (seen.feet_m(0.1) - seen.feet_m(0.0))[0] < 0.6
    assert seen.height_m(seen.head_m(1.9))[0] == pytest.approx(1.9)


def test_above_the_horizon_and_without_a_court_nobody_stands() -> None:
    maps = np.stack([CAMERA.court_to_pinhole(), np.full((3, 3), np.nan)])
    seen = sights(maps, LENS, np.array(CAMERA.position_m), np.array([[600.0, -900, 640, -800], [600, 200, 640, 300]]))
    assert np.isnan(seen.feet_m()).all() and np.isnan(seen.floor(seen.feet_m())).all()


@pytest.mark.parametrize(
    ("other", "share"),
    [
        ((0.0, 50.0, 20.0, 130.0), 1.0),  # nearer: it reaches further down
        ((10, 50, 30, 130), 0.5),
        ((0, 50, 20, 90), 0.0),  # farther away
        ((40, 50, 60, 130), 0.0),
        ((0, 95, 20, 130), pytest.approx(1 / 3)),
    ],
)
def test_whose_feet_are_hidden(other: tuple[float, ...], share: float) -> None:
    boxes = np.array([(0.0, 0.0, 20.0, 100.0), other])
    assert covered_feet(np.zeros(2, int), boxes)[0] == share
    assert covered_feet(np.array([3, 2]), boxes).tolist() == [0, 0]  # in another frame
