from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attack import ATTACK, COURT, DEFENCE, flight, held, make_scene
from courtside.events.reading import KINDS, Reading, read_scene
from courtside.events.scene import Boxes, Scene

RIM = (COURT.rim_x_m, 0.0, 3.05)
SHOOTER = (8.0, 5.0)
UP = flight((8.2, 5.0, 2.4), RIM, 1.0)
THROUGH = np.array([(RIM[0], 0.0, 3.05 - 2.6 * i / 30) for i in range(1, 31)])
OFF = flight(RIM, (11.0, 2.0, 1.2), 0.9)
PASS = flight((6.7, 0.5, 1.3), (8.2, 5.0, 1.3), 0.6)


def told(reading: Reading, kind: str) -> list[Any]:
    return [play for play in reading.plays if play.kind == kind]


def game(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts)


def test_nobody_and_nothing() -> None:
    scene = make_scene(np.full((30, 3), np.nan), places=())
    reading = read_scene(scene)
    assert reading.plays == ()
    assert all("not enough evidence" in str(reading.reasons[kind]) for kind in KINDS)


@pytest.mark.parametrize(
    ("change", "silent"),
    [
        ({"balls": Boxes()}, ("possession", "pass", "shot", "rebound", "turnover", "team-possession", "three-seconds", "out-of-bounds")),
        ({"cameras": None, "court": None}, ("shot", "rebound", "three-seconds", "out-of-bounds")),  # and no rim was seen
    ],
)
def test_what_can_not_be_told_says_why(change: dict[str, Any], silent: tuple[str, ...]) -> None:
    scene = replace(make_scene(game(held(6.5, 0.5, 1.0), PASS, held(*SHOOTER, 1.0), UP, THROUGH)), **change)
    reading = read_scene(scene)
    assert {kind for kind in KINDS if reading.reasons[kind]} == set(silent)
    assert not any(play.kind in silent for play in reading.plays)


def test_a_pass_and_who_has_it() -> None:
    reading = read_scene(make_scene(game(held(6.5, 0.5, 1.2), PASS, held(*SHOOTER, 1.2))))
    assert [play.track for play in told(reading, "possession")] == [0, 2]
    (thrown,) = told(reading, "pass")
    assert (thrown.track, thrown.people["to"], thrown.team) == (0, 2, 0)
    assert thrown.start / 30 == pytest.approx(1.2, abs=0.25)
    assert told(reading, "shot") == []


@pytest.mark.parametrize(("end", "outcome"), [(THROUGH, "made"), (OFF, "missed")])
def test_a_shot(end: np.ndarray, outcome: str) -> None:
    rest = held(12.6, 3.5, 1.5) if outcome == "missed" else np.full((30, 3), np.nan)
    reading = read_scene(make_scene(game(held(6.5, 0.5, 1.2), PASS, held(*SHOOTER, 1.2), UP, end, rest)))
    (shot,) = told(reading, "shot")
    assert (shot.track, shot.facts["outcome"], shot.facts["points"], shot.facts["basket"]) == (2, outcome, 3 if _is_three() else 2, "right")
    assert shot.start / 30 == pytest.approx(3.0, abs=0.3)
    assert shot.people["passed_by"] == 0


def _is_three() -> bool:
    return float(np.hypot(SHOOTER[0] - RIM[0], SHOOTER[1])) > COURT.arc_m


def test_a_clip_that_ends_in_the_air_knows_no_outcome() -> None:
    reading = read_scene(make_scene(game(held(*SHOOTER, 1.2), UP, OFF[:4])))
    assert {shot.facts["outcome"] for shot in told(reading, "shot")} <= {"unknown"}


def test_a_dribble_below_the_basket_is_no_shot() -> None:
    assert told(read_scene(make_scene(held(12.6, 0.0, 3.0))), "shot") == []


def test_three_seconds() -> None:
    inside = ((6.5, 0.5), (8.0, -5.0), (8.0, 5.0), (12.5, -5.5), (11.0, 1.0))  # the last stands in the paint
    reading = read_scene(make_scene(held(6.5, 0.5, 4.0), places=(*inside, *DEFENCE)))
    assert [(play.track, play.kind) for play in told(reading, "three-seconds")] == [(4, "three-seconds")]
    reading = read_scene(make_scene(held(6.5, 0.5, 2.5), places=(*inside, *DEFENCE)))
    assert told(reading, "three-seconds") == []
    assert told(read_scene(make_scene(held(6.5, 0.5, 4.0))), "three-seconds") == []


def _summary(reading: Reading) -> list[tuple[Any, ...]]:
    return [(play.kind, play.start, play.end, play.track, play.team, play.facts.get("outcome"), play.facts.get("points")) for play in reading.plays]


@settings(max_examples=8, deadline=None)
@given(passer=st.integers(0, 4), shooter=st.integers(0, 4))
def test_the_mirrored_court_is_the_same_game(passer: int, shooter: int) -> None:
    (ax, ay), (bx, by) = ATTACK[passer], ATTACK[shooter]
    thrown = flight((ax + 0.2, ay, 1.3), (bx + 0.2, by, 1.3), 0.6) if passer != shooter else held(ax, ay, 0.6)
    ball = game(held(ax, ay, 1.0), thrown, held(bx, by, 1.0), flight((bx, by, 2.4), RIM, 1.0), THROUGH)
    assert _summary(read_scene(make_scene(ball))) == _summary(read_scene(make_scene(ball, mirror=True)))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 14), st.floats(-7, 7)), min_size=1, max_size=10))
def test_nobody_has_a_ball_that_is_not_there(places: list[tuple[float, float]]) -> None:
    scene: Scene = make_scene(np.full((30, 3), np.nan), places=places)
    assert told(read_scene(scene), "possession") == []
