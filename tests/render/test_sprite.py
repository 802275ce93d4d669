from __future__ import annotations

import numpy as np
import pytest

from courtside.render.sprite import Layers, Sprite, lay


def solid(height: int, width: int, opacity: float = 1.0) -> Sprite:
    layers = Layers(height, width)
    layers.add((10, 200, 30), np.full((height, width), opacity, np.float32))
    return layers.sprite()


@pytest.mark.parametrize(
    ("x", "y", "n_covered"),
    [(100, 0, 0), (0, -40, 0), (-5, 0, 0), (0, 0, 20), (-2, -1, 9), (18, 0, 8), (-3, 8, 4)],
    ids=["right of it", "above it", "left of it", "inside", "top left", "right edge", "bottom left"],
)
def test_what_is_outside_the_picture_is_dropped(x: int, y: int, n_covered: int) -> None:
    image = np.zeros((10, 20, 3), np.uint8)
    lay(image, solid(4, 5), x, y)
    assert int((image == (10, 200, 30)).all(2).sum()) == n_covered
    assert int(image.any(2).sum()) == n_covered


@pytest.mark.parametrize(("opacity", "thin", "expected"), [(0.0, 255, 100), (1.0, 255, 200), (0.5, 255, 150), (1.0, 0, 100), (1.0, 128, 150)])
def test_opacity_and_matte(opacity: float, thin: int, expected: int) -> None:
    image = np.full((4, 5, 3), 100, np.uint8)
    lay(image, solid(4, 5, opacity), 0, 0, np.full((4, 5), thin, np.uint8))
    assert np.abs(image[..., 1].astype(int) - expected).max() <= 1


def test_a_layer_covers_those_below() -> None:
    layers = Layers(1, 2)
    layers.add((0, 0, 255), np.ones((1, 2), np.float32))
    layers.add((255, 0, 0), np.array([[1, 0]], np.float32))
    assert layers.sprite().ink.tolist() == [[[255, 0, 0], [0, 0, 255]]]
