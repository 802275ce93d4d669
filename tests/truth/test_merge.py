"""Labels of one clip put together and thinned."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from courtside.errors import TruthError
from courtside.truth import Truth, merge, thin, with_rosters
from courtside.types import Team
from truths import AWAY, HOME, assert_equal, full_truth

TABLES = ("people", "court", "ball", "events")


def only(*tables: str, **change: Any) -> Truth:
    return replace(full_truth(), **dict.fromkeys(set(TABLES) - set(tables)), **change)


@pytest.mark.parametrize("left", [("people",), ("court", "people"), ("people", "ball", "events")])
def test_the_tables_of_both_come_together(left: tuple[str, ...]) -> None:
    right = [table for table in TABLES if table not in left]
    assert_equal(merge(only(*left), only(*right)), full_truth())
    assert_equal(merge(only(*right), only(*left)), full_truth())


def test_teams_and_cuts_are_those_of_both() -> None:
    joined = merge(only("people", teams=(HOME,), cuts=(4,)), only("court", teams=(AWAY, Team("Home", "#000000")), cuts=(4, 9)))
    assert joined.teams == (HOME, AWAY) and joined.cuts == (4, 9)


def test_the_kinds_of_shots_are_those_of_whichever_has_them() -> None:
    kinds = {"main": np.arange(9)}
    for first, second in ((kinds, {}), ({}, kinds)):
        assert merge(only("people", shots=first), only("court", shots=second)).shots is kinds


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"name": "other"}, "labels of different clips: clip clip and clip other"),
        ({"rate": Fraction(25)}, "labels of different clips: frame rate 30000/1001 and frame rate 25"),
        ({"n_frames": 59}, "number of frames 60 and number of frames 59"),
        ({"width": 641}, "width 640 and width 641"),
        ({"people": full_truth().people}, "clip: two of the labels have people"),
    ],
)
def test_labels_of_different_clips_stay_apart(change: dict[str, Any], cause: str) -> None:
    with pytest.raises(TruthError, match=cause):
        merge(only("people"), replace(only("court"), **change))


@pytest.mark.parametrize(
    ("every", "frames", "court", "ball"), [(1, [0, 0, 0, 10], [0, 6], [1]), (2, [0, 0, 0, 10], [0, 6], []), (20, [0, 0, 0], [0], []), (50, [0, 0, 0], [0], [])]
)
def test_thinning_keeps_every_nth_frame(every: int, frames: list[int], court: list[int], ball: list[int]) -> None:
    thinned = thin(full_truth(), every)
    assert thinned.people is not None and thinned.court is not None and thinned.ball is not None
    assert (thinned.people.frame.tolist(), thinned.court.frame.tolist(), thinned.ball.frame.tolist()) == (frames, court, ball)
    assert thinned.people.labelled.tolist() == [frame for frame in (0, 10, 20) if frame % every == 0]


def test_thinning_can_leave_nothing() -> None:
    people = full_truth().people
    assert people is not None
    late = replace(people, **{name: getattr(people, name)[3:] for name in people.__dataclass_fields__ if name != "labelled"}, labelled=np.array([10]))
    with pytest.raises(TruthError, match="the truth is empty"):
        thin(only("people", people=late), 7)


def test_a_roster_gives_names_and_colors() -> None:
    roster = (Team("Away", "#ABCDEF"), Team("Home", "#123456", players={"00": "Else"}))
    named = with_rosters(full_truth(), roster)
    assert named.teams == roster and named.people is not None
    assert named.people.player.tolist() == ["Zero", "Else", None, "Zero"]
    with pytest.raises(TruthError, match="unknown team 'Home'"):
        with_rosters(full_truth(), roster[:1])
