"""Where tracklets are cut."""

from __future__ import annotations

import numpy as np
import pytest

from courtside.identity.stretches import cut_where_doubtful, doubles
from courtside.identity.tracklets import Tracklet, tracklets_of
from scenes import RATE, Walker, records, seen


def tracklets(*walkers: Walker, n_frames: int = 200) -> list[Tracklet]:
    return tracklets_of(records(walkers, n_frames))


def test_nobody() -> None:
    assert cut_where_doubtful([]) == []


def test_who_meets_nobody_is_whole() -> None:
    (part,) = cut_where_doubtful(tracklets(Walker(1, 0, 100, 50)))
    assert (len(part.tracklet.frame), part.whole, part.follows, part.stays) == (100, 0, None, 1.0)


def test_two_who_cross_are_cut_at_the_same_moment_where_they_part() -> None:
    # 40 px wide, closing at 4 px a frame from 200 px apart: half of one is covered from frame 45 to 55
    parts = cut_where_doubtful(tracklets(Walker(1, 0, 100, 50, speed=2), Walker(2, 0, 100, 250, speed=-2)))
    assert [(part.whole, part.follows) for part in parts] == [(0, None), (1, None), (0, 0), (1, 1)]
    assert parts[2].tracklet.start_s == parts[3].tracklet.start_s == pytest.approx(56 / RATE)
    assert all(part.stays < 1 for part in parts[2:])


def test_a_gap_and_readings_that_disagree_are_doubts() -> None:
    gap, swapped = Walker(1, 0, 60, 50), Walker(2, 0, 200, 300, numbers=[*seen("8", 0, 90), *seen("25", 110, 200)])
    found = tracklets(gap, Walker(1, 80, 140, 50), swapped)
    cuts = {whole: sorted(part.tracklet.start_s for part in cut_where_doubtful(found) if part.whole == whole)[1:] for whole in (0, 1)}
    assert cuts[0] == [80 / RATE]
    assert len(cuts[1]) == 1 and 88 / RATE <= cuts[1][0] <= 112 / RATE


@pytest.mark.parametrize("near", [False, True])
def test_a_number_that_changes_with_nobody_near_is_less_of_a_doubt(near: bool) -> None:
    changed = Walker(1, 0, 200, 300, numbers=[*seen("8", 0, 90), *seen("25", 110, 200)])
    found = tracklets(changed, *[Walker(2, 0, 200, 325)] * near)  # 15 of 40 px are covered
    stays = min(part.stays for part in cut_where_doubtful(found) if part.whole == 0)
    assert stays == pytest.approx(0.88 if near else 0.97)


@pytest.mark.parametrize(
    ("other", "is_double"),
    [
        (Walker(2, 80, 180, 310), True),
        (Walker(2, 80, 180, 330), False),  # beside him
        (Walker(2, 50, 180, 300), False),  # for two seconds
        (Walker(2, 100, 180, 300), False),  # after him
    ],
    ids=["on him", "beside him", "for long", "later"],
)
def test_a_second_box_of_one_player_lies_on_his_other_one_for_a_moment(other: Walker, is_double: bool) -> None:
    assert doubles(tracklets(Walker(1, 0, 100, 300), other)) == [frozenset(), frozenset({0} if is_double else ())]


def test_nobody_is_a_double() -> None:
    assert doubles([]) == []


def test_the_parts_are_the_tracklets() -> None:
    found = tracklets(Walker(1, 0, 100, 50, speed=2, numbers=seen("4", 0, 100)), Walker(2, 0, 100, 250, speed=-2), Walker(3, 20, 90, 150))
    parts = cut_where_doubtful(found)
    for whole, tracklet in enumerate(found):
        mine = [part.tracklet for part in parts if part.whole == whole]
        assert np.concatenate([part.frame for part in mine]).tolist() == tracklet.frame.tolist()
        assert sum(len(part.readings.time_s) for part in mine) == len(tracklet.readings.time_s)
    assert [part.tracklet.start_s for part in parts] == sorted(part.tracklet.start_s for part in parts)
