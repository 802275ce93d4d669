from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from courtside.tracking.appearance import KIT_SIZE, describe_kits, kit_distances


@pytest.mark.parametrize(
    ("boxes", "n"),
    [
        pytest.param([], 0, id="no boxes"),
        pytest.param([[10, 10, 50, 90]], 1, id="inside"),
        pytest.param([[-500, -500, -400, -300], [5000, 5000, 5050, 5100]], 2, id="outside the picture"),
        pytest.param([[20, 20, 20, 20]], 1, id="of no size"),
    ],
)
def test_one_finite_row_per_box(arena: Any, boxes: list[list[float]], n: int) -> None:
    kits = describe_kits(arena.frame(0, 0.0, []).image, np.array(boxes, float).reshape(-1, 4))
    assert kits.shape == (n, KIT_SIZE)
    assert np.isfinite(kits).all()


def test_same_kit_is_near_and_another_is_far(arena: Any) -> None:
    people = [arena.body(700, 500, arena.white), arena.body(800, 560, arena.white, 120), arena.body(900, 500, arena.navy)]
    kits = describe_kits(arena.frame(0, 0.0, people).image, arena.boxes(people))
    distances = kit_distances(kits, kits)
    assert distances[0, 1] < 0.3
    assert distances[0, 2] > 1.3
    assert np.allclose(distances, distances.T)
    assert np.allclose(np.diag(distances), 0)


def test_distances_of_nothing() -> None:
    assert kit_distances(np.zeros((0, KIT_SIZE)), np.zeros((2, KIT_SIZE))).shape == (0, 2)
