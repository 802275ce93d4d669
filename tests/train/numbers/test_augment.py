from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.train.numbers.augment import augment, spoil


def striped(width: int, height: int) -> np.ndarray:
    """A picture whose every column and row differs, so that anything taken away or painted over shows."""
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([rows * 255 // height, columns * 255 // width, (rows + columns) * 255 // (height + width)], 2).astype(np.uint8)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), width=st.integers(4, 60), height=st.integers(8, 60))
def test_augment_gives_a_picture_and_leaves_its_input_alone(seed: int, width: int, height: int) -> None:
    image = striped(width, height)
    before = image.copy()
    result = augment(image, np.random.default_rng(seed))
    assert result.dtype == np.uint8 and result.ndim == 3 and result.size and (image == before).all()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), n_digits=st.sampled_from([1, 2]))
def test_spoiling_takes_a_third_or_more(seed: int, n_digits: int) -> None:
    image = striped(40, 48)
    before = image.copy()
    spoiled = spoil(image, n_digits, np.random.default_rng(seed))
    lost = 1 - spoiled.size / image.size if spoiled.shape != image.shape else float((np.abs(spoiled.astype(int) - image).max(2) > 2).mean())
    assert lost >= 0.3 and (image == before).all()
