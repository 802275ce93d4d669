from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.court.camera import Camera, Lens

STAND = (0.0, 25.0, 9.0)


def test_no_points_are_no_trouble() -> None:
    camera = Camera(STAND, 0, 0.35, 1400, (1280, 720), lens=Lens(640, 360, 640, 640, -0.02))
    pixels, depth = camera.project(np.zeros((0, 3)))
    assert pixels.shape == (0, 2) and depth.shape == (0,) and camera.to_floor(pixels).shape == (0, 2)


@pytest.mark.parametrize(
    ("where", "axis", "sign"),
    [
        ((3.0, 0.0, 0.0), 0, 1),  # to the right on the court is to the right in the picture
        ((0.0, 3.0, 0.0), 1, 1),  # nearer is lower
        ((0.0, 0.0, 3.0), 1, -1),  # up is up
    ],
)
def test_the_picture_is_the_right_way_round(where: tuple[float, float, float], axis: int, sign: int) -> None:
    camera = Camera(STAND, 0.0, math.atan2(9, 25), 1400, (1280, 720))
    (centre, moved), _ = camera.project(np.array([(0.0, 0.0, 0.0), where]))
    assert centre == pytest.approx((640, 360))  # it looks at the court's centre
    assert (moved - centre)[axis] * sign > 0


def test_panning_right_moves_the_court_left() -> None:
    still, panned = (Camera(STAND, pan, 0.35, 1400, (1280, 720)).project(np.zeros((1, 3)))[0][0] for pan in (0.0, 0.1))
    assert panned[0] < still[0]


def test_what_lies_behind_has_a_negative_depth() -> None:
    assert Camera(STAND, 0, 0, 1400, (1280, 720)).project(np.array([(0.0, 40.0, 9.0)]))[1][0] < 0


cameras = st.builds(
    Camera,
    st.tuples(st.floats(-5, 5), st.floats(18, 32), st.floats(5, 14)),
    st.floats(-0.6, 0.6),
    st.floats(0.2, 0.5),
    st.floats(800, 3500),
    st.just((1280, 720)),
    st.floats(-0.05, 0.05),
    st.builds(Lens, st.just(640.0), st.just(360.0), st.just(640.0), st.just(640.0), st.floats(-0.04, 0.04), st.floats(-0.01, 0.01)),
)


@given(cameras, st.floats(-1, 1), st.floats(-1, 1))
def test_the_floor_comes_back(camera: Camera, u: float, v: float) -> None:
    pixel = np.array([[640 + 600 * u, 420 + 290 * v]])
    floor = camera.to_floor(pixel)
    again, depth = camera.project(np.concatenate([floor, np.zeros((1, 1))], 1))
    if depth[0] > 0.5:  # else the pixel shows what lies above the horizon
        assert np.allclose(again, pixel, atol=0.01)


@given(cameras)
def test_the_axes_are_at_right_angles(camera: Camera) -> None:
    axes = camera.axes()
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-12)


def test_a_lens_pulls_inwards_with_a_negative_coefficient() -> None:
    lens = Lens(640, 360, 640, 640, -0.05)
    bent = lens.bend(np.array([(640.0, 360.0), (1280.0, 360.0)]))
    assert bent[0] == pytest.approx((640, 360)) and bent[1] == pytest.approx((640 + 640 * 0.95, 360))
