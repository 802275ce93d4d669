from __future__ import annotations

import numpy as np
import pytest

from courtside.court import Camera, Lens
from courtside.events.scene import cameras_of

POINTS = np.array([[10, 2, 0.0], [-8, 1, 3.05], [0, 0, 2.0]])


def test_no_frames() -> None:
    assert len(cameras_of(np.zeros(0, bool), np.zeros((0, 3, 3)), Lens(), (1280, 720), np.zeros(0, np.int64)).valid) == 0


@pytest.mark.parametrize("scale", [1.0, -1.0, 3.7, -0.01])
@pytest.mark.parametrize("pan", [-0.5, 0.0, 0.4])
def test_the_floor_tells_what_stands_on_it(scale: float, pan: float) -> None:
    camera = Camera((0.3, 22.0, 8.0), pan, 0.25, 1400, (1280, 720), 0.01)
    found = cameras_of(np.array([True]), scale * camera.court_to_pinhole()[None], Lens(), (1280, 720), np.zeros(1, np.int64))
    assert found.project(np.zeros(3, np.int64), POINTS) == pytest.approx(camera.project(POINTS)[0], abs=1e-6)


def test_a_frame_without_a_court_has_no_camera() -> None:
    camera = Camera((0.3, 22.0, 8.0), 0.1, 0.25, 1400, (1280, 720))
    maps = np.stack([np.full((3, 3), np.nan), camera.court_to_pinhole()])
    found = cameras_of(np.array([False, True]), maps, Lens(), (1280, 720), np.zeros(2, np.int64))
    assert found.valid.tolist() == [False, True]
    assert np.isnan(found.project(np.zeros(3, np.int64), POINTS)).all()
