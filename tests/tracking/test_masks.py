"""Small logits to masks of the frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import supervision as sv
from hypothesis import given
from hypothesis import strategies as st

from courtside.tracking.masks import boxes_of, compact, cut_out, without_stray


def logits_of(*boxes: tuple[int, int, int, int], side: int = 64) -> np.ndarray:
    logits = np.full((side, side), -5, np.float32)
    for x1, y1, x2, y2 in boxes:
        logits[y1:y2, x1:x2] = 5
    return logits


def dense(logits: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    crop, x, y = cut_out(logits, size)
    whole = np.zeros((size[1], size[0]), bool)
    whole[y : y + crop.shape[0], x : x + crop.shape[1]] = crop
    return whole


@given(seed=st.integers(0, 10_000), width=st.integers(40, 400), height=st.integers(40, 300))
def test_a_cut_out_is_what_scaling_the_whole_frame_gives(seed: int, width: int, height: int) -> None:
    logits = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, (32, 32)), (0, 0), 3).astype(np.float32) - 0.1
    whole = cv2.resize(logits, (width, height), interpolation=cv2.INTER_LINEAR)
    sure = np.abs(whole) > 1e-2  # remap works with 1/32 of a cell
    assert (dense(logits, (width, height)) == (whole > 0))[sure].all()


@pytest.mark.parametrize(
    ("boxes", "kept"),
    [
        ((), 0),
        (((10, 10, 20, 30),), 1),
        (((10, 10, 20, 30), (22, 12, 24, 14)), 2),  # a hand beside the body
        (((10, 10, 20, 30), (50, 50, 53, 53)), 1),  # a piece of somebody else
        (((50, 50, 53, 53), (10, 10, 20, 30)), 1),  # the larger piece is the main one
    ],
)
def test_far_pieces_are_not_the_person(boxes: tuple[tuple[int, int, int, int], ...], kept: int) -> None:
    logits = logits_of(*boxes)
    before = logits.copy()
    left = without_stray(logits, (1920, 1080))
    assert cv2.connectedComponents((left > 0).astype(np.uint8))[0] - 1 == kept
    assert (logits == before).all()


def test_the_distance_follows_the_size_of_the_frame() -> None:
    logits = logits_of((10, 10, 20, 30), (40, 14, 44, 24))  # 27 cells apart: 810 px of 1920, 270 of 640
    assert (without_stray(logits, (1920, 1080)) > 0).sum() == (without_stray(logits, (640, 360)) > 0).sum() == 200
    assert (without_stray(logits, (640, 360), stray_share=1.0) > 0).sum() == 240


def test_compact_masks_are_the_same_masks() -> None:
    crops = [cut_out(logits_of(*boxes), (320, 180)) for boxes in [((10, 10, 20, 30),), (), ((0, 0, 64, 64),)]]
    masks = compact(crops, (320, 180))
    assert masks.shape == (3, 180, 320) and masks.area.tolist()[1] == 0 and masks[2].all()
    assert boxes_of(crops)[1].tolist() == [0, 0, 0, 0]
    np.testing.assert_array_equal(boxes_of(crops)[[0, 2]], sv.mask_to_xyxy(masks.to_dense())[[0, 2]] + [0, 0, 1, 1])


def test_no_masks_at_all() -> None:
    assert compact([], (320, 180)).shape == (0, 180, 320) and boxes_of([]).shape == (0, 4)
