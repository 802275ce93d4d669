from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from courtside.errors import ConfigError
from courtside.simulate.clip import Recipe
from courtside.simulate.masks import masked_frames


def test_bodies_are_where_the_picture_shows_them() -> None:
    (image, owners), (_, then) = islice(masked_frames(Recipe(seed=3, seconds=1.0, size_px=(320, 180))), 2)
    assert image.shape == (180, 320, 3) and owners.shape == (180, 320) and owners.dtype == np.uint8
    people = [who for who in np.unique(owners) if who]
    assert len(people) >= 5 and set(people) & set(np.unique(then))
    for who in people:
        same = (owners == who) & (then == who)
        if (owners == who).sum() > 200:
            assert same.sum() > 0.5 * (owners == who).sum()  # nobody jumps in a thirtieth of a second


def test_no_such_league() -> None:
    with pytest.raises(ConfigError, match="league"):
        next(masked_frames(Recipe(league="moon")))
