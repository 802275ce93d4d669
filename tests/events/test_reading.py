from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attack import ATTACK, COURT, DEFENCE, flight, held, make_scene
from courtside.events.reading import KINDS, Reading, read_scene
from courtside.events.scene import Boxes, Scene, Spots

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
        ({"size": (60, 60)}, ("shot", "rebound")),  # the basket is not in the picture
    ],
)
def test_what_can_not_be_told_says_why(change: dict[str, Any], silent: tuple[str, ...]) -> None:
    scene = replace(make_scene(game(held(6.5, 0.5, 1.0), PASS, held(*SHOOTER, 1.0), UP, THROUGH)), **change)
    reading = read_scene(scene)
    assert {kind for kind in KINDS if reading.reasons[kind]} == set(silent)
    assert not any(play.kind in silent for play in reading.plays)


def test_without_teams_only_touches_and_shots_are_told() -> None:
    scene = make_scene(game(held(6.5, 0.5, 1.0), PASS, held(*SHOOTER, 1.0), UP, THROUGH))
    reading = read_scene(replace(scene, people=replace(scene.people, team=np.full(10, -1))))
    silent = {"team-possession", "pass", "turnover", "three-seconds", "out-of-bounds"}
    assert {kind for kind in KINDS if reading.reasons[kind]} == silent
    assert not any(play.kind in silent for play in reading.plays)


def test_a_clip_that_begins_in_the_air_knows_no_shooter() -> None:
    reading = read_scene(make_scene(game(UP[8:], THROUGH, np.full((30, 3), np.nan))))
    (shot,) = told(reading, "shot")
    assert (shot.track, shot.place_m, shot.facts["points"], shot.facts["shot_clock_s"], shot.people["passed_by"]) == (None, None, None, None, None)
    assert shot.facts["outcome"] == "made"


def _lost_for_a_moment(place: tuple[float, float]) -> Scene:
    """Player 0 has the ball, is lost for a third of a second, and another track, 10, begins with the ball at a place."""
    n = 90
    scene = make_scene(game(held(*ATTACK[0], 1.5), held(*place, 1.5)), places=(*ATTACK, *DEFENCE))
    later = make_scene(game(held(*ATTACK[0], 1.5), held(*place, 1.5)), places=(place, *ATTACK[1:], *DEFENCE))
    people, others = scene.people, later.people
    gone = (people.track == 0) & (people.frame >= 45)
    come = (others.track == 0) & (others.frame >= 55)
    frame = np.concatenate([people.frame[~gone], others.frame[come]])
    order = np.argsort(frame, kind="stable")
    joined = [np.concatenate([a[~gone], b[come]])[order] for a, b in ((people.xyxy, others.xyxy), (people.feet_m, others.feet_m))]
    track = np.concatenate([people.track[~gone], np.full(come.sum(), 10)])[order]
    assert scene.n_frames == n
    new = replace(people, frame=frame[order], track=track, xyxy=joined[0], feet_m=joined[1], team=np.append(people.team, 0), referee=np.zeros(11, bool))
    return replace(scene, people=new)


@pytest.mark.parametrize(("place", "passes"), [((7.2, 1.2), 0), ((8.0, -2.0), 1)])
def test_who_may_have_thrown_it_to_himself_has_not_passed(place: tuple[float, float], passes: int) -> None:
    assert len(told(read_scene(_lost_for_a_moment(place)), "pass")) == passes


def test_one_player_by_name_passes_nothing_to_himself() -> None:
    scene = _lost_for_a_moment((8.0, -2.0))
    player = np.array([3, *[-1] * 9, 3])
    reading = read_scene(replace(scene, people=replace(scene.people, player=player)))
    assert told(reading, "pass") == []


def test_who_is_behind_the_baseline_scores_two() -> None:
    behind = (14.5, 1.0)
    ball = game(held(*behind, 1.5), flight((14.3, 1.0, 2.6), RIM, 0.5), THROUGH, np.full((30, 3), np.nan))
    reading = read_scene(make_scene(ball, places=(behind, *ATTACK[1:], *DEFENCE)))
    (shot,) = told(reading, "shot")
    assert shot.track == 0
    assert (shot.facts["points"], shot.facts["zone"]) != (3, "corner three")


def test_the_shot_clock_runs_from_when_the_ball_was_won() -> None:
    lost = flight((6.7, 0.5, 1.3), (9.5, -3.5, 1.3), 0.5)
    reading = read_scene(make_scene(game(held(6.5, 0.5, 2.5), lost, held(9.5, -3.5, 5.0))))
    first, second = told(reading, "team-possession")
    assert not first.facts["shot_clock_exact"], "the clip began with it"
    assert second.facts["shot_clock_exact"]
    assert second.facts["elapsed_s"] == pytest.approx(5.0, abs=0.4)
    assert second.facts["shot_clock_s"] == pytest.approx(24 - second.facts["elapsed_s"], abs=0.1)


def test_a_pass_and_who_has_it() -> None:
    reading = read_scene(make_scene(game(held(6.5, 0.5, 1.2), PASS, held(*SHOOTER, 1.2))))
    assert [play.track for play in told(reading, "possession")] == [0, 2]
    (thrown,) = told(reading, "pass")
    assert (thrown.track, thrown.people["to"], thrown.team) == (0, 2, 0)
    assert thrown.start / 30 == pytest.approx(1.2, abs=0.25)
    assert told(reading, "shot") == []


@pytest.mark.parametrize(("flight_s", "told_speed"), [(0.04, False), (0.6, True)])
def test_a_pass_is_not_told_to_be_faster_than_anybody_throws(flight_s: float, told_speed: bool) -> None:
    thrown = flight((6.7, 0.5, 1.3), (8.2, 5.0, 1.3), flight_s)
    speeds = [play.facts["speed_m_s"] for play in told(read_scene(make_scene(game(held(6.5, 0.5, 1.2), thrown, held(*SHOOTER, 1.2)))), "pass")]
    assert [speed is not None for speed in speeds] == [told_speed]
    assert all(speed < 25 for speed in speeds if speed is not None)


@pytest.mark.parametrize(("end", "outcome"), [(THROUGH, "made"), (OFF, "missed")])
def test_a_shot(end: np.ndarray, outcome: str) -> None:
    x, y = 8.8, 4.6
    rest = held(12.6, 3.5, 1.5) if outcome == "missed" else np.full((30, 3), np.nan)
    thrown, up = flight((6.7, 0.5, 1.3), (x + 0.2, y, 1.3), 0.6), flight((x + 0.2, y, 2.4), RIM, 1.0)
    ball = game(held(6.5, 0.5, 1.2), thrown, held(x, y, 1.2), up, end, rest)
    (shot,) = told(read_scene(make_scene(ball, places=(*ATTACK[:2], (x, y), *ATTACK[3:], *DEFENCE))), "shot")
    assert (shot.track, shot.facts["outcome"], shot.facts["points"], shot.facts["basket"]) == (2, outcome, 2, "right")
    assert shot.start / 30 == pytest.approx(3.0, abs=0.3)
    assert shot.people["passed_by"] == 0


def test_of_a_shot_from_near_the_line_nobody_knows_what_it_counts() -> None:
    assert 0 < COURT.arc_m - np.hypot(SHOOTER[0] - RIM[0], SHOOTER[1]) < 0.5
    (shot,) = told(read_scene(make_scene(game(held(6.5, 0.5, 1.2), PASS, held(*SHOOTER, 1.2), UP, THROUGH))), "shot")
    assert shot.track == 2 and shot.facts["points"] is None
    assert 0.5 < shot.facts["points_probability"] < 0.85


def test_a_shot_missed_where_the_same_basket_is_shot_at_again_soon() -> None:
    unseen, again = np.full((20, 3), np.nan), game(held(*SHOOTER, 1.0), UP, THROUGH)
    shots = told(read_scene(make_scene(game(held(6.5, 0.5, 1.0), PASS, held(*SHOOTER, 1.0), UP, unseen, again))), "shot")
    assert [shot.facts["outcome"] for shot in shots] == ["missed", "made"]


def test_a_shot_begins_in_the_hands_although_the_ball_leaves_the_picture_and_bounces() -> None:
    on_the_ring = (RIM[0] + 0.2, 0.0, RIM[2] + 0.28)
    up, bounce = flight((8.2, 5.0, 2.4), on_the_ring, 1.4), flight(on_the_ring, (RIM[0] - 0.3, 0.4, 2.6), 0.8)
    up[8:-2] = np.nan  # above the picture
    (shot,) = told(read_scene(make_scene(game(held(6.5, 0.5, 1.0), PASS, held(*SHOOTER, 1.0), up, bounce))), "shot")
    assert shot.track == ATTACK.index(SHOOTER)
    assert shot.start / 30 == pytest.approx(2.6, abs=0.3)
    assert shot.end / 30 == pytest.approx(4.0, abs=0.15)  # at the ring, not where the bounce comes down


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


def test_three_seconds_run_on_while_the_ball_is_passed_and_not_while_it_is_loose() -> None:
    inside = ((6.5, 0.5), (8.0, -5.0), (8.0, 5.0), (12.5, -5.5), (11.0, 1.0))
    passed = game(held(6.5, 0.5, 1.7), PASS, held(*SHOOTER, 1.7))
    (stay,) = told(read_scene(make_scene(passed, places=(*inside, *DEFENCE))), "three-seconds")
    assert stay.facts["seconds"] == pytest.approx(4.0, abs=0.3)
    rolls = np.linspace((6.7, 0.5, 0.2), (3.0, -7.0, 0.2), 30)
    loose = game(rolls, np.tile((3.0, -7.0, 0.2), (30, 1)), rolls[::-1])
    reading = read_scene(make_scene(game(held(6.5, 0.5, 1.7), loose, held(6.5, 0.5, 1.7)), places=(*inside, *DEFENCE)))
    assert told(reading, "three-seconds") == []


@pytest.mark.parametrize(("last", "has"), [(SHOOTER, 0), ((8.3, 0.3), -1)])
def test_who_touches_the_ball_between_two_of_one_team_is_of_that_team(last: tuple[float, float], has: int) -> None:
    ball = game(
        held(6.5, 0.5, 1.2), flight((6.7, 0.5, 1.2), (8.2, -5.0, 1.2), 0.5), held(8.0, -5.0, 1.2), flight((8.2, -5.0, 1.2), (*last, 1.2), 0.5), held(*last, 1.2)
    )
    scene = make_scene(ball, places=(*ATTACK[:4], (11.0, 1.0), *DEFENCE[:4]))
    strange = scene.people.team.copy()
    strange[ATTACK.index((8.0, -5.0))] = -1
    reading = read_scene(replace(scene, people=replace(scene.people, team=strange)))
    assert reading.has[70] == has
    assert len(told(reading, "three-seconds")) == (has == 0)


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


def _acting(frames: range, sure: float = 0.9) -> dict[str, Boxes]:
    scene = make_scene(held(*SHOOTER, 1.0))
    box = scene.people.xyxy[scene.people.track == 2][0]
    rows = np.array(frames, np.int64)
    return {"player-jump-shot": Boxes(rows, np.full(len(rows), sure), np.tile(box, (len(rows), 1)))}


@pytest.mark.parametrize(
    ("acting", "in_basket", "outcomes"),
    [
        (_acting(range(20, 22)), (), []),  # two frames are none
        (_acting(range(20, 30), sure=0.3), (), []),
        (_acting(range(20, 30)), (), ["missed"]),
        (_acting(range(20, 30)), (60,), ["missed"]),  # one frame in the basket is none
        (_acting(range(20, 30)), (60, 61), ["made"]),
        (_acting(range(20, 30)), (100, 101), ["missed"]),  # too late
    ],
)
def test_shots_as_the_notebook_tells_them(acting: dict[str, Boxes], in_basket: tuple[int, ...], outcomes: list[str]) -> None:
    scene = replace(make_scene(held(*SHOOTER, 5.0)), acting=acting)
    boxes = Boxes(np.array(in_basket, np.int64), np.full(len(in_basket), 0.9), np.zeros((len(in_basket), 4)))
    reading = read_scene(replace(scene, in_basket=boxes), "notebook")
    assert [(shot.track, shot.facts["outcome"]) for shot in told(reading, "shot")] == [(2, outcome) for outcome in outcomes]


def test_the_notebook_says_when_no_shooting_player_was_found() -> None:
    reading = read_scene(make_scene(game(held(*SHOOTER, 1.2), UP, THROUGH)), "notebook")
    assert reading.reasons["shot"] == "not enough evidence: no shooting player was found"
    assert told(reading, "shot") == []


def unseen_in_the_air(*parts: np.ndarray, flown: int) -> Scene:
    """Return a game in which the detector sees the ball in no frame of the part ``flown``: all that shows is that something moves."""
    scene = make_scene(game(*parts))
    start = sum(len(part) for part in parts[:flown])
    air = (scene.balls.frame >= start) & (scene.balls.frame < start + len(parts[flown]))
    xy = (scene.balls.xyxy[:, :2] + scene.balls.xyxy[:, 2:]) / 2
    balls = Boxes(scene.balls.frame[~air], scene.balls.confidence[~air], scene.balls.xyxy[~air])
    return replace(scene, balls=balls, spots=Spots(scene.balls.frame[air], xy[air]))


def test_a_shot_that_no_detector_sees_is_told_by_its_flight() -> None:
    scene = unseen_in_the_air(held(6.5, 0.5, 1.0), PASS, held(*SHOOTER, 1.0), UP, THROUGH, flown=3)
    (shot,) = told(read_scene(scene), "shot")
    assert shot.track == ATTACK.index(SHOOTER) and shot.team == 0
    assert abs(shot.start - 78) <= 5
    assert told(read_scene(replace(scene, spots=Spots())), "shot") == [] or told(read_scene(replace(scene, spots=Spots())), "shot")[0].start > 85


def test_of_those_who_stand_together_nobody_is_told_to_have_shot() -> None:
    together = (*ATTACK[:3], (8.0, 4.99), (8.0, 5.01), *DEFENCE)
    scene = make_scene(game(held(6.5, 0.5, 1.0), PASS, held(*SHOOTER, 1.0), UP, THROUGH), places=together)
    (shot,) = told(read_scene(scene), "shot")
    assert shot.track is None and shot.team == 0
    assert shot.facts["shooter_probability"] < 0.6


@pytest.mark.parametrize(
    ("below_m", "spots", "n_shots"),
    [
        (np.linspace(0.2, 0.7, 7), True, 1),
        (np.linspace(0.2, 0.7, 7), False, 0),  # where nothing that moves was looked for, hands below the net do the same
        (np.linspace(0.4, 0.7, 7), True, 0),  # begins below the net
        (np.linspace(0.7, 0.2, 7), True, 0),  # goes up
        (np.linspace(0.2, 0.7, 40), True, 0),  # is carried down
    ],
)
def test_a_ball_that_falls_through_the_net_is_a_shot_that_nobody_saw(below_m: np.ndarray, spots: bool, n_shots: int) -> None:
    ball = np.full((150, 3), np.nan)
    x, y, z = RIM
    ball[90 : 90 + len(below_m)] = np.stack([np.full(len(below_m), x), np.full(len(below_m), y), z - below_m], 1)
    ball[:60] = held(*SHOOTER, 2.0)
    scene = make_scene(ball)
    if spots:
        middle = (scene.balls.xyxy[:, :2] + scene.balls.xyxy[:, 2:]) / 2
        scene = replace(scene, spots=Spots(scene.balls.frame, middle))
    shots = told(read_scene(scene), "shot")
    assert len(shots) == n_shots
    for shot in shots:
        assert (shot.track, shot.facts["outcome"]) == (None, "made") and 60 <= shot.start <= 90
