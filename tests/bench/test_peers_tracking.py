from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import peers_tracking as tracking
import pytest
import supervision as sv

from courtside.errors import DataError
from courtside.truth import PeopleLabels
from courtside.types import PLAYER, Frame

Row = dict[str, int]
"""Where people stand (or tracks lie): name -> place; places are far apart."""


def at(place: int) -> tuple[float, float, float, float]:
    return (100 * place, 0, 100 * place + 40, 100)


def people(rows: Sequence[Row]) -> PeopleLabels:
    flat = [(frame, who, at(place)) for frame, row in enumerate(rows) for who, place in row.items()]
    return PeopleLabels(
        np.arange(len(rows)),
        np.array([frame for frame, _, _ in flat], np.int64),
        np.array([who for _, who, _ in flat], object),
        np.array([xyxy for _, _, xyxy in flat], float).reshape(-1, 4),
    )


def tracks(rows: Sequence[dict[int, int]]) -> list[sv.Detections]:
    return [
        sv.Detections(np.array([at(place) for place in row.values()], float).reshape(-1, 4), tracker_id=np.array(list(row), int))
        if row
        else sv.Detections.empty()
        for row in rows
    ]


TWO = [{"a": 0, "b": 1}] * 4


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        ([], [], {"IDF1": 0, "recall": 0, "switches": 0, "stolen": 0, "mixed": 0, "tracks": 0}),
        ([{}], [{}], {"IDF1": 0, "recall": 0, "switches": 0, "stolen": 0, "mixed": 0, "tracks": 0}),
        (TWO, [{}] * 4, {"IDF1": 0, "recall": 0, "switches": 0, "stolen": 0, "mixed": 0, "tracks": 0}),
        (TWO, [{1: 0, 2: 1}] * 4, {"IDF1": 100, "recall": 100, "switches": 0, "stolen": 0, "mixed": 0, "tracks": 2}),
        # a swap half-way: either way of assigning holds for half of the boxes
        (TWO, [{1: 0, 2: 1}] * 2 + [{2: 0, 1: 1}] * 2, {"IDF1": 50, "recall": 100, "switches": 2, "stolen": 4, "mixed": 2, "tracks": 2}),
        # a split: one person, two tracks; nothing stolen
        ([{"a": 0}] * 4, [{1: 0}] * 2 + [{2: 0}] * 2, {"IDF1": 50, "recall": 100, "switches": 1, "stolen": 0, "mixed": 0, "tracks": 2}),
        # a merge: one track passes from one person to another
        ([{"a": 0}] * 3 + [{"b": 0}], [{1: 0}] * 4, {"IDF1": 75, "recall": 100, "switches": 0, "stolen": 1, "mixed": 1, "tracks": 1}),
        # a track of somebody who is not labelled doesn't count
        ([{"a": 0}] * 2, [{1: 0, 9: 5}] * 2, {"IDF1": 100, "recall": 100, "switches": 0, "stolen": 0, "mixed": 0, "tracks": 1}),
    ],
)
def test_measures_solved_by_hand(truth: list[Row], found: list[dict[int, int]], expected: dict[str, float]) -> None:
    assert tracking.measure([tracking.compare(people(truth), tracks(found))]) == pytest.approx(expected)


def test_ids_of_different_clips_are_different() -> None:
    clip = tracking.compare(people(TWO), tracks([{1: 0, 2: 1}] * 4))
    swapped = tracking.compare(people(TWO), tracks([{2: 0, 1: 1}] * 4))
    assert tracking.measure([clip, swapped])["IDF1"] == pytest.approx(100)
    assert tracking.measure([clip, swapped])["mixed"] == 0


def test_frames_after_the_last_tracked_one_are_left_out() -> None:
    assert len(tracking.compare(people(TWO), tracks([{1: 0}])).who) == 1


def test_hota_of_a_perfect_and_a_swapped_clip() -> None:
    pytest.importorskip("trackers", reason="in the bench extra alone")
    perfect = tracking.compare(people(TWO), tracks([{1: 0, 2: 1}] * 4))
    swapped = tracking.compare(people(TWO), tracks([{1: 0, 2: 1}] * 2 + [{2: 0, 1: 1}] * 2))
    assert tracking.hota([perfect, perfect])["HOTA"] == pytest.approx(100)
    # every pair of person and track shares 2 of 6 frames that either is in
    assert tracking.hota([swapped]) == pytest.approx({"HOTA": 100 * (1 / 3) ** 0.5, "AssA": 100 / 3})


class Numbering:
    """Gives the i-th of a frame's boxes the id i, except the first, which is not confirmed: like a tracker of `trackers` made anew."""

    def update(self, detections: sv.Detections) -> sv.Detections:
        detections.tracker_id = np.arange(len(detections)) - 1
        return detections

    def reset(self) -> None:
        raise AssertionError("made anew instead")


def seen(n: int) -> sv.Detections:
    return sv.Detections(np.array([at(i) for i in range(n)], float).reshape(-1, 4), confidence=np.ones(n), class_id=np.full(n, PLAYER))


def test_after_a_cut_ids_of_others_trackers_do_not_come_back() -> None:
    peer = tracking._Peer(Numbering, looks=False)
    frame = Frame(0, 0.0, np.zeros((4, 4, 3), np.uint8))
    ids: list[Any] = []
    for n in (0, 4, 3):
        ids.append(np.asarray(peer.update(frame, seen(n)).tracker_id).tolist())
        peer.reset()
    assert ids == [[], [1, 2, 3], [4, 5]]


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trackers", None)
    with pytest.raises(DataError, match="pip install --no-deps"):
        tracking.contenders(0.35, 0.45)
