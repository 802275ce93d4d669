from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from courtside.evaluate.drawn import Drawn
from courtside.evaluate.identity import Share
from courtside.evaluate.matching import Compared, compare
from courtside.evaluate.plays import EventScores, score_plays
from courtside.truth.labels import Event, PeopleLabels


def shot(at_s: float, **more: Any) -> dict[str, Any]:
    return {"kind": "shot", "start_s": at_s, **more}


def true(at_s: float, who: str | None = None, **facts: Any) -> Event:
    return Event("shot", at_s, at_s, who, facts=facts)


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        ([], [], None),
        ([], [shot(1)], EventScores(0, 1, 0)),
        ([true(1)], [], EventScores(0, 0, 1)),
        ([true(1)], [shot(2)], EventScores(1, 0, 0)),
        ([true(1)], [shot(2.01)], EventScores(0, 1, 1)),
        ([true(1)], [shot(1), shot(1.1)], EventScores(1, 1, 0)),  # one shot is seen once
        ([true(1), true(2)], [shot(0.5), shot(1.4)], EventScores(2, 0, 0)),  # as many as can be, though 1.4 is nearer to 1
    ],
)
def test_shots_within_a_second(truth: list[Event], found: list[dict[str, Any]], expected: EventScores | None) -> None:
    assert score_plays(truth, found, None, 25.0).kinds.get("shot") == expected


def test_kinds_are_apart() -> None:
    found = score_plays([Event("pass", 1, 1)], [shot(1)], None, 25.0)
    assert found.kinds == {"pass": EventScores(0, 0, 1), "shot": EventScores(0, 1, 0)}
    assert found.kinds["pass"].f1 == 0


@pytest.fixture
def compared() -> Compared:
    """Track 1 is on "x" in frame 0 and on "y" in frame 100."""
    texts = [np.array([*values, None], object)[:-1] for values in (("x", "y"), ("player",) * 2, (None,) * 2)]
    boxes = np.array([[0.0, 0, 10, 20]] * 2)
    labels = PeopleLabels(np.array([0, 100]), np.array([0, 100]), texts[0], boxes, texts[1], texts[2], texts[2], texts[2])
    return compare(labels, Drawn(np.array([0, 100]), np.array([1, 1]), boxes, texts[1], texts[2], texts[2], texts[2]))


@pytest.mark.parametrize(
    ("event", "found", "shooter"),
    [
        (true(0.2, "x"), shot(0.3, track_id=1), Share(1, 1)),
        (true(3.9, "x"), shot(3.9, track_id=1), Share(0, 1)),  # by then the track is on y
        (true(3.9, "y"), shot(3.9, track_id=1), Share(1, 1)),
        (true(2.0, "x"), shot(2.0, track_id=1), Share(0, 1)),  # nothing labelled near enough
        (true(0.2, "x"), shot(0.3), Share(0, 1)),
        (true(0.2, None), shot(0.3, track_id=1), Share(0, 0)),
    ],
)
def test_shooters(compared: Compared, event: Event, found: dict[str, Any], shooter: Share) -> None:
    assert score_plays([event], [found], compared, 25.0).shooter == shooter


def test_a_single_frame_in_which_two_who_overlap_are_exchanged_says_nothing() -> None:
    frames, n = np.arange(11), 11
    who = np.array([*["x"] * 5, "y", *["x"] * 5, None], object)[:-1]
    role, nothing = np.array([*["player"] * n, None], object)[:-1], np.array([None] * n, object)
    boxes = np.array([[0.0, 0, 10, 20]] * n)
    labels = PeopleLabels(frames, frames, who, boxes, role, nothing, nothing, nothing)
    exchanged = compare(labels, Drawn(frames, np.ones(n, int), boxes, role, nothing, nothing, nothing))
    assert score_plays([true(0.2, "x")], [shot(0.2, track_id=1)], exchanged, 25.0).shooter == Share(1, 1)


def test_outcome_and_points_of_the_shots_that_were_found() -> None:
    truth = [true(1, outcome="made", points=3), true(5, outcome="missed"), true(9, outcome="made")]
    found = [shot(1, facts={"outcome": "made", "points": 2}), shot(5, facts={})]
    scores = score_plays(truth, found, None, 25.0)
    assert (scores.outcome, scores.points) == (Share(1, 2), Share(0, 1))


def stay(start_s: float, end_s: float, clear: bool = True) -> Event:
    return Event("three-seconds", start_s, end_s, facts={"clear": clear})


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        ([stay(1, 5, clear=False)], [], None),  # nobody has to see it
        ([stay(1, 5, clear=False)], [(1.2, 5)], None),  # and nobody is wrong who does
        ([stay(1, 5, clear=False)], [(9, 13)], EventScores(0, 1, 0)),
        ([stay(1, 6)], [(2.5, 6)], EventScores(1, 0, 0)),  # he was hidden when he came
        ([stay(1, 6)], [(4, 9)], EventScores(0, 1, 1)),
        ([stay(1, 5), stay(1, 4.2, clear=False)], [(1, 5), (1, 4)], EventScores(1, 1, 0)),  # one of them has nobody to be
        ([stay(1, 5)], [], EventScores(0, 0, 1)),
    ],
)
def test_stays_in_the_paint(truth: list[Event], found: list[tuple[float, float]], expected: EventScores | None) -> None:
    events = [{"kind": "three-seconds", "start_s": start_s, "end_s": end_s} for start_s, end_s in found]
    assert score_plays(truth, events, None, 25.0).kinds.get("three-seconds") == expected


def test_points_left_open_are_not_told() -> None:
    truth = [true(1, points=3), true(5, points=2)]
    found = [shot(1, facts={"points": 3}), shot(5, facts={"points": None})]
    scores = score_plays(truth, found, None, 25.0)
    assert (scores.points, scores.points_told) == (Share(1, 2), Share(1, 1))
