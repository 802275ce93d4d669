"""Every adapter of a research model is held to the same contract, with a tiny model of the real class and random weights."""

from __future__ import annotations

import numpy as np
import pytest

from courtside.types import Image


@pytest.fixture
def pictures() -> list[Image]:
    """Three pictures, two of one size and one of another."""
    random = np.random.default_rng(0)
    return [random.integers(0, 255, shape, np.uint8) for shape in ((90, 160, 3), (90, 160, 3), (72, 50, 3))]
