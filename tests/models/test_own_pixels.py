from __future__ import annotations

import numpy as np

from courtside.models.appearance import ColorEncoder, kit_crop, own_pixels


def test_what_is_around_a_person_has_no_say() -> None:
    rng = np.random.default_rng(0)
    kit = rng.integers(180, 220, (20, 10, 3), np.uint8)
    mask = np.zeros((20, 10), bool)
    mask[:, 3:8] = True
    looks = []
    for floor in (10, 90, 250):
        crop = np.full((20, 10, 3), floor, np.uint8)
        crop[mask] = kit[mask]
        before = crop.copy()
        looks.append(own_pixels(crop, mask))
        assert (crop == before).all()
    assert (looks[0] == looks[1]).all() and (looks[1] == looks[2]).all() and looks[0].min() >= 180
    assert ColorEncoder().encode(looks).shape[0] == 3


def test_a_mask_of_nothing_or_of_everything_leaves_the_crop_alone() -> None:
    crop = np.random.default_rng(0).integers(0, 256, (8, 6, 3), np.uint8)
    for mask in (np.zeros((8, 6), bool), np.ones((8, 6), bool)):
        assert (own_pixels(crop, mask) == crop).all()


def test_a_mask_is_cropped_like_its_picture() -> None:
    image = np.random.default_rng(0).integers(0, 256, (50, 60, 3), np.uint8)
    mask = image[..., 0] > 100
    box = np.array([10.0, 5, 40, 48])
    assert (kit_crop(mask, box) == (kit_crop(image, box)[..., 0] > 100)).all()
