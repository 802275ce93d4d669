from __future__ import annotations

import numpy as np
import pytest

from courtside.court import COURTS, Camera, Lens
from courtside.court.markings import landmarks
from courtside.render.court_overlay import LINE_COLOR, draw_court
from courtside.types import Image

COURT, SIZE = COURTS["nba"], (1280, 720)


def grey() -> Image:
    image = np.full((SIZE[1], SIZE[0], 3), 110, np.uint8)
    image.setflags(write=False)
    return image


def test_no_court_no_lines() -> None:
    assert (draw_court(grey(), COURT, np.full((3, 3), np.nan), Lens()) == 110).all()


@pytest.mark.parametrize("k1", [0.0, 0.03, -0.03])
def test_lines_lie_on_the_landmarks_as_the_lens_bends_them(k1: float) -> None:
    lens = Lens(640, 360, 640, 640, k1, 0.0)
    camera = Camera((0.0, 30.0, 10.0), 0.3, 0.29, 1500, SIZE, lens=lens)
    drawn = draw_court(grey(), COURT, camera.court_to_pinhole(), lens)
    marks = np.array([place for name, place in landmarks(COURT).items() if name.endswith(("corner far", "paint free throw far", "three top"))])
    pixels, depth = camera.project(np.concatenate([marks, np.zeros((len(marks), 1))], 1))
    shown = (depth > 0) & (pixels > 5).all(1) & (pixels < np.array(SIZE) - 5).all(1)
    assert shown.sum() >= 2
    off = np.abs(drawn.astype(int) - LINE_COLOR).sum(2)
    for x, y in np.rint(pixels[shown]).astype(int):
        assert off[y - 1 : y + 2, x - 1 : x + 2].min() < 90


def test_what_lies_behind_the_camera_is_not_drawn() -> None:
    away = Camera((0.0, 30.0, 10.0), np.pi, 0.3, 1500, SIZE)
    assert (draw_court(grey(), COURT, away.court_to_pinhole(), Lens()) == 110).all()
