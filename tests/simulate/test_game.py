from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import islice, pairwise

import cv2
import numpy as np
import pytest

from courtside.court import COURTS
from courtside.court.markings import zones
from courtside.simulate.cast import make_cast
from courtside.simulate.game import Game
from courtside.simulate.knobs import Knobs
from courtside.simulate.scene import Moment

RATE = Fraction(30)
SEEDS = range(4)


def _play(seed: int, seconds: float, rate: Fraction = RATE, league: str = "nba", knobs: Knobs | None = None) -> tuple[Game, list[Moment]]:
    random, court = np.random.default_rng(seed), COURTS[league]
    knobs = knobs or Knobs(late_entrants=0.3)
    game = Game(court, make_cast(random, knobs, court), random, knobs)
    return game, list(islice(game.moments(rate), round(seconds * rate)))


@cache
def _minute(seed: int) -> tuple[Game, list[Moment]]:
    return _play(seed, 60)


@pytest.fixture(params=SEEDS)
def played(request: pytest.FixtureRequest) -> tuple[Game, list[Moment]]:
    return _minute(request.param)


def test_five_a_side_and_three_referees_are_always_on_the_floor(played: tuple[Game, list[Moment]]) -> None:
    for moment in played[1]:
        assert moment.on_floor[:10].sum() == 5
        assert moment.on_floor[10:20].sum() == 5
        assert moment.on_floor[20:].all()


def test_nobody_runs_faster_than_a_man_or_leaves_the_hall(played: tuple[Game, list[Moment]]) -> None:
    game, moments = played
    limit = np.array([game.world.court.half_length_m, game.world.court.half_width_m])
    for a, b in pairwise(moments):
        step = np.hypot(*(b.xy - a.xy).T) * float(RATE)
        assert step.max() < 9.0
        assert (np.abs(b.xy[b.on_floor]) < limit + 3.0).all(), "seats and boards stop who runs off"


def test_two_bodies_are_never_in_one_place(played: tuple[Game, list[Moment]]) -> None:
    for moment in played[1]:
        xy = moment.xy[moment.on_floor]
        gaps = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + 9 * np.eye(len(xy))
        assert gaps.min() > 0.2


def test_a_ball_has_one_holder_near_it_or_flies_without_jumps(played: tuple[Game, list[Moment]]) -> None:
    for a, b in pairwise(played[1]):
        assert np.hypot(*(b.ball - a.ball)[:2]) < 0.9, "27 m/s is no ball any more"
        if b.holder is not None:
            assert b.on_floor[b.holder]
            assert np.hypot(*(b.ball[:2] - b.xy[b.holder])) < 1.6
        else:
            assert not b.dribble
        assert 0.1 < b.ball[2] < 9.0


def test_the_score_is_the_sum_of_the_shots_made(played: tuple[Game, list[Moment]]) -> None:
    game, moments = played
    made: Counter[str | None] = Counter()
    for event in game.events:
        if event.kind == "shot" and event.facts["outcome"] == "made":
            made[event.team] += event.facts["points"]
    for team, before, after in zip(game.world.cast.teams, moments[0].score, game.world.score, strict=True):
        assert after - before == made[team.name]


def test_three_points_are_for_shots_from_beyond_the_line(played: tuple[Game, list[Moment]]) -> None:
    game, moments = played
    rows = {actor.who: row for row, actor in enumerate(game.world.cast.actors)}
    inside = [zones(game.world.court)[f"{side} two points"].astype(np.float32) for side in ("left", "right")]
    for event in game.events:
        if event.kind != "shot" or event.start_s < 1:
            continue
        row = rows[event.who or ""]
        gather = moments[round((event.start_s - 0.55) * RATE)].xy[row]
        depth = max(cv2.pointPolygonTest(zone, (float(gather[0]), float(gather[1])), True) for zone in inside)
        if abs(depth) > 0.4:  # nearer to the line the foot at take-off decides
            assert event.facts["points"] == (2 if depth > 0 else 3)


def test_possessions_of_one_ball_do_not_overlap_and_events_are_in_time(played: tuple[Game, list[Moment]]) -> None:
    game, moments = played
    held = sorted((event.start_s, event.end_s) for event in game.events if event.kind == "possession")
    assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(held))
    assert all(0 <= event.start_s <= event.end_s <= moments[-1].time_s + 0.1 for event in game.events)
    who = {actor.who: actor.team for actor in game.world.cast.actors}
    teams = game.world.cast.teams
    assert all(event.who is not None and event.team == teams[who[event.who] or 0].name for event in game.events)


def test_passes_go_to_team_mates(played: tuple[Game, list[Moment]]) -> None:
    game, _ = played
    team = {actor.who: actor.team for actor in game.world.cast.actors}
    passes = [event for event in game.events if event.kind == "pass"]
    assert all(team[event.who or ""] == team[event.facts["to"]] and event.who != event.facts["to"] for event in passes)


def test_a_minute_is_full_of_basketball() -> None:
    kinds: Counter[str] = Counter()
    for seed in SEEDS:
        game, _ = _minute(seed)
        kinds.update(event.kind for event in game.events)
    assert kinds["pass"] > 16
    assert kinds["shot"] > 4
    assert kinds["rebound"] > 1


def test_the_same_seed_is_the_same_game_and_another_is_not() -> None:
    (one, a), (two, b), (_, c) = _play(7, 8), _play(7, 8), _play(8, 8)
    assert one.events == two.events
    assert all(np.array_equal(x.xy, y.xy) and np.array_equal(x.ball, y.ball) and np.array_equal(x.heading, y.heading) for x, y in zip(a, b, strict=True))
    assert not np.array_equal(a[-1].xy, c[-1].xy)


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(60)])
@pytest.mark.parametrize("league", ["fiba", "high-school"])
def test_any_rate_and_court(rate: Fraction, league: str) -> None:
    _, moments = _play(2, 3, rate, league)
    assert [moment.time_s for moment in moments[:3]] == [0.0, float(1 / rate), float(2 / rate)]
    assert np.isfinite(moments[-1].xy).all()


def test_late_entrants_come_in_by_substitution() -> None:
    changed = 0
    for seed in range(6):
        _, moments = _play(seed, 20, knobs=Knobs(late_entrants=1.0))
        changed += int((moments[0].on_floor != moments[-1].on_floor).any())
    assert changed >= 4


def test_campers_stay_too_long_and_others_do_not() -> None:
    clear = {}
    for campers in (0.0, 1.0):
        game, _ = _play(2, 75, Fraction(15), knobs=Knobs(campers=campers))
        stays = [event for event in game.events if event.kind == "three-seconds"]
        assert all(event.facts["seconds"] > 3.3 for event in stays if event.facts["clear"])
        assert all(event.end_s - event.start_s > 2.6 for event in stays)
        clear[campers] = sum(event.facts["clear"] for event in stays)
    assert clear[0.0] < clear[1.0]


def test_a_shot_says_what_the_shot_clock_showed(played: tuple[Game, list[Moment]]) -> None:
    game, moments = played
    for event in game.events:
        if event.kind == "shot":
            at = min(round(event.start_s * RATE), len(moments) - 1)
            assert event.facts["shot_clock_s"] == pytest.approx(moments[at].shot_clock_s, abs=0.1) or event.facts["outcome"] == "blocked"
            assert (event.facts["outcome"] == "blocked") == (event.facts.get("blocked_by") is not None)


def test_what_is_under_way_at_the_end() -> None:
    whole, _ = _play(0, 60)
    shot = next(event for event in whole.events if event.kind == "shot" and event.facts["type"] in ("two", "three"))
    for until_s, kind in ((shot.start_s + 0.4, "shot"), (shot.start_s - 0.2, "possession")):
        game, moments = _play(0, until_s)
        known = len(game.events)
        game.finish()
        (last,) = (event for event in game.events[known:] if event.kind in ("shot", "possession"))
        assert (last.kind, last.who, last.end_s) == (kind, shot.who, pytest.approx(moments[-1].time_s, abs=0.2))
        assert kind == "possession" or (last.start_s, last.facts["outcome"], last.facts["clear"]) == (shot.start_s, None, False)


def test_clocks_run_down() -> None:
    _, moments = _play(3, 20, knobs=Knobs(late_entrants=0.0))
    clocks = np.array([moment.clock_s for moment in moments])
    assert (np.diff(clocks) <= 1e-9).all()
    assert clocks[0] - clocks[-1] > 8
    assert all(0 <= moment.shot_clock_s <= 24 for moment in moments)
