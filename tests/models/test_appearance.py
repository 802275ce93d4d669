"""Kits as colour statistics."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.models.appearance import ColorEncoder, in_sight, kit_crop


def kit(color: tuple[int, int, int], light: float = 1.0, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 8, (60, 30, 3))
    return np.clip((np.array(color) + noise) * light, 0, 255).astype(np.uint8)


def test_empty_and_shapes() -> None:
    encoder = ColorEncoder()
    assert encoder.encode([]).shape == (0, 57)
    vectors = encoder.encode([kit((200, 40, 40)), np.zeros((1, 1, 3), np.uint8)])
    assert vectors.shape == (2, 57) and np.allclose((vectors**2).sum(1), 1, atol=1e-4)


def test_batch_equals_one_by_one() -> None:
    crops = [kit((200, 40, 40)), kit((230, 230, 230)), kit((20, 20, 20))]
    assert np.allclose(ColorEncoder().encode(crops), np.concatenate([ColorEncoder().encode([crop]) for crop in crops]))


@pytest.mark.parametrize("pair", [((230, 230, 230), (30, 30, 30)), ((230, 230, 230), (90, 40, 20)), ((40, 120, 30), (30, 30, 160))])
def test_two_kits_are_farther_apart_than_one_kit_in_two_lights(pair: tuple[tuple[int, int, int], tuple[int, int, int]]) -> None:
    first, dimmed, second = ColorEncoder().encode([kit(pair[0]), kit(pair[0], 0.8, 1), kit(pair[1], 1, 2)])
    assert np.linalg.norm(first - second) > 1.2 * np.linalg.norm(first - dimmed)


@pytest.mark.parametrize("box", [(10, 10, 50, 110), (-20, -20, 5, 5), (300, 200, 340, 300), (10, 10, 10, 10)])
def test_kit_crop_is_never_empty(box: tuple[float, ...]) -> None:
    crop = kit_crop(np.zeros((240, 320, 3), np.uint8), np.array(box, float))
    assert crop.shape[0] >= 1 and crop.shape[1] >= 1


HIM = (100, 100, 160, 240)


@pytest.mark.parametrize(
    ("others", "seen"),
    [
        ([], 1.0),
        ([(100, 90, 160, 230)], 1.0),  # behind him
        ([(95, 110, 165, 260)], 0.0),  # in front of him
        ([(60, 110, 130, 260)], 0.5),  # in front of his right half
        ([(90, 190, 170, 300)], 1.0),  # in front of his legs
        ([(90, 100, 130, 260), (130, 100, 170, 260)], 0.0),
    ],
)
def test_a_kit_is_in_sight_where_nobody_stands_nearer(others: list[tuple[float, ...]], seen: float) -> None:
    boxes = np.array([HIM, *others], float)
    assert in_sight(boxes, 0, (480, 640)).mean() == pytest.approx(seen, abs=0.03)


_side = st.floats(-400, 900)


@given(st.lists(st.tuples(_side, _side, st.floats(0, 500), st.floats(0, 500)), min_size=1, max_size=6))
def test_what_is_in_sight_has_the_shape_of_the_crop(corners: list[tuple[float, float, float, float]]) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in corners])
    for person in range(len(boxes)):
        crop = kit_crop(np.zeros((480, 640), np.uint8), boxes[person])
        assert in_sight(boxes, person, (480, 640)).shape == crop.shape
