from __future__ import annotations

import numpy as np
import pytest

from courtside.models.court import CANVAS, _ridges, letterbox


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (300, 400), (512, 288), (1, 1)])
def test_a_picture_keeps_its_aspect_and_its_places(size: tuple[int, int]) -> None:
    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    image[height // 2 :, width // 2 :] = 255
    canvas, scale, (left, top) = letterbox(image)
    assert canvas.shape == (CANVAS[1], CANVAS[0], 3)
    if min(size) > 1:
        corner = np.argwhere((canvas == 255).all(2))[0]  # where the white quarter begins
        expected = np.array([height // 2, width // 2]) * scale + (top, left) - (0.5 * scale, 0.5 * scale)
        assert np.abs(corner - expected).max() <= 1.5


def test_no_paint_has_no_ridge() -> None:
    assert _ridges(np.zeros((8, 10), np.float32)).shape == (0, 2)


@pytest.mark.parametrize("middle", [4.0, 4.3, 4.5, 4.7])
@pytest.mark.parametrize("upright", [False, True])
def test_the_ridge_runs_along_the_middle_of_a_line(middle: float, upright: bool) -> None:
    paint = np.tile(np.exp(-((np.arange(10) - middle) ** 2) / 2)[:, None], (1, 20)).astype(np.float32)
    cells = _ridges(paint.T if upright else paint)
    across, along = (cells[:, 0], cells[:, 1]) if upright else (cells[:, 1], cells[:, 0])
    inner = (along > 0) & (along < 19)
    assert inner.sum() >= 18 and np.abs(across[inner] - middle).max() < 0.15
