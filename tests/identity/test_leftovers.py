"""Boxes that nobody has, before the tracker was sure of somebody and after it lost him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.identity.leftovers import with_leftovers
from courtside.records import Records
from scenes import Walker, records

FOLLOWED = Walker(1, 10, 30, 100)


def given_to(walkers: Sequence[Walker], **more: Any) -> list[tuple[int, int]]:
    """Return (frame, id) of the boxes that are somebody's only afterwards."""
    before = records(walkers, 50, **more)
    after = with_leftovers(before)
    rows = np.flatnonzero(before.detections.tracker_id != after.detections.tracker_id)
    assert (before.detections.tracker_id[rows] == 0).all()
    return [(int(after.detections.frame[row]), int(after.detections.tracker_id[row])) for row in rows]


def test_no_records_stay_as_they_are() -> None:
    assert given_to([]) == []


@pytest.mark.parametrize(
    ("left", "frames"),
    [
        (Walker(0, 5, 10, 100), range(5, 10)),
        (Walker(0, 30, 36, 100), range(30, 36)),
        (Walker(0, 5, 9, 105), range(5, 9)),  # one frame unseen in between
        (Walker(0, 0, 6, 100), ()),  # four
        (Walker(0, 30, 48, 100), range(30, 42)),  # for half a second: 25 frames are one
        (Walker(0, 5, 10, 140), ()),  # beside him
        (Walker(0, 5, 10, 100, confidence=0.1), ()),
        (Walker(0, 5, 10, 100, referee=True), ()),
    ],
)
def test_a_box_is_his_if_it_leads_to_him(left: Walker, frames: Sequence[int]) -> None:
    assert given_to([FOLLOWED, left]) == [(frame, 1) for frame in frames]


def test_nothing_leads_across_a_cut() -> None:
    assert given_to([FOLLOWED, Walker(0, 5, 10, 100)], cuts=[10]) == []
    assert given_to([FOLLOWED, Walker(0, 5, 10, 100)], cuts=[8]) == [(8, 1), (9, 1)]
    assert given_to([FOLLOWED, Walker(0, 30, 34, 100)], cuts=[32]) == [(30, 1), (31, 1)]


def test_a_second_box_of_somebody_else_is_nobodys() -> None:
    other = Walker(2, 0, 40, 112)
    assert given_to([FOLLOWED, other, Walker(0, 5, 10, 104)]) == []


def test_the_camera_is_followed() -> None:
    """The picture moves by 15 pixels a frame: what stands still in it runs with the camera, and what moves with it stands."""
    walkers = [FOLLOWED, Walker(0, 5, 10, 100 - 15 * 5, speed=15.0)]
    moved = records(walkers, 40)
    motion = moved.frames.motion.copy()
    motion[:11, 0, 2] = 15.0
    after = with_leftovers(replace(moved, frames=replace(moved.frames, motion=motion)))
    assert (after.detections.tracker_id == 1).all()
    assert (with_leftovers(moved).detections.tracker_id == 0).any()


def one_box_each(clip: Records) -> bool:
    pairs = [(int(f), int(t)) for f, t in zip(clip.detections.frame, clip.detections.tracker_id, strict=True) if t]
    return len(pairs) == len(set(pairs))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 35), st.integers(1, 12), st.integers(0, 200)), max_size=8))
def test_nobody_has_two_boxes_in_one_frame_nor_loses_one(drawn: list[tuple[int, int, int, int]]) -> None:
    ids = iter(range(1, 20))
    walkers = [Walker(next(ids) if kind else 0, start, min(start + length, 40), float(x)) for kind, start, length, x in drawn]
    before = records(walkers, 40)
    after = with_leftovers(before)
    had = before.detections.tracker_id > 0
    assert (after.detections.tracker_id[had] == before.detections.tracker_id[had]).all()
    assert one_box_each(after)
