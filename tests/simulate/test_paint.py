from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from courtside.court import COURTS
from courtside.simulate.ball import throw
from courtside.simulate.cast import N_PLAYERS, make_cast
from courtside.simulate.knobs import Knobs
from courtside.simulate.movement import Bodies
from courtside.simulate.paint import Paint, Stay, as_shown
from courtside.simulate.world import Air, Throw, World
from courtside.truth.labels import Event, PeopleLabels

COURT = COURTS["nba"]
MIDDLE, EDGE, OUT = (11.0, 0.0), (11.0, COURT.paint_width_m / 2 - 0.1), (11.0, 4.0)


def _world() -> World:
    random = np.random.default_rng(1)
    cast = make_cast(random, Knobs(), COURT)
    world = World(COURT, cast, Knobs(), random, Bodies(len(cast.actors), 0.3), [list(range(5)), list(range(N_PLAYERS, N_PLAYERS + 5))])
    world.bodies.xy[:] = (7.0, 5.0)
    world.holder = 0
    return world


def _stays(*parts: tuple[float, tuple[float, float], str]) -> list[Stay]:
    """Player 4 stands for so many seconds in each of the places; the ball is "held", "passed", "loose", "dead", being "shot", "theirs" or "behind" the line."""
    return _watched(Paint(), *parts, (0.2, OUT, "held"))


def _watched(paint: Paint, *parts: tuple[float, tuple[float, float], str]) -> list[Stay]:
    world, found, now = _world(), [], 0.0
    flying = Throw(throw((7.0, 5.0, 1.3), (8.0, -5.0, 1.3), 0.8), Air.PASS, 0, 0.0)
    for seconds, place, ball in parts:
        for _ in range(round(seconds * 10)):
            world.time_s = now = now + 0.1
            world.bodies.xy[4] = place
            world.holder = None if ball in ("passed", "loose") else N_PLAYERS if ball == "theirs" else 0
            world.thrown = flying if ball == "passed" else None
            world.shooting = 0 if ball == "shot" else None
            world.bodies.xy[0] = (-3.0, 5.0) if ball == "behind" else (7.0, 5.0)
            found += paint.watch(world, live=ball != "dead")
    return found


@pytest.mark.parametrize(
    ("parts", "clear"),
    [
        ([], None),
        ([(2.5, MIDDLE, "held")], None),
        ([(3.1, MIDDLE, "held")], False),  # a referee would not stop the game for a tenth of a second
        ([(4.0, MIDDLE, "held")], True),
        ([(4.0, EDGE, "held")], False),  # a foot may be out
        ([(1.5, MIDDLE, "held"), (1.0, MIDDLE, "passed"), (1.5, MIDDLE, "held")], True),
        ([(2.6, MIDDLE, "held"), (1.4, MIDDLE, "passed")], False),  # nobody caught it
        ([(2.0, MIDDLE, "held"), (0.5, MIDDLE, "loose"), (2.0, MIDDLE, "held")], None),
        ([(2.0, MIDDLE, "held"), (0.5, OUT, "held"), (2.0, MIDDLE, "held")], None),
        ([(2.0, MIDDLE, "held"), (2.0, MIDDLE, "shot")], None),
        ([(4.0, MIDDLE, "theirs")], None),
        ([(4.0, MIDDLE, "dead")], None),
        ([(4.0, MIDDLE, "behind")], None),  # the ball is in the back court
        ([(2.0, MIDDLE, "behind"), (4.0, MIDDLE, "held")], True),
    ],
)
def test_the_rule(parts: list[tuple[float, tuple[float, float], str]], clear: bool | None) -> None:
    found = _stays(*parts)
    assert [stay.clear for stay in found] == ([] if clear is None else [clear])
    assert all(stay.row == 4 for stay in found)


def test_how_long_it_was() -> None:
    (stay,) = _stays((1.0, OUT, "held"), (4.0, MIDDLE, "held"))
    assert (stay.start_s, stay.end_s, stay.seconds) == (pytest.approx(1.1), pytest.approx(5.0), pytest.approx(3.9))


@pytest.mark.parametrize(
    ("parts", "clear"),
    [
        ([], []),
        ([(2.5, MIDDLE, "held")], []),
        ([(4.0, MIDDLE, "held")], [True]),
        ([(3.1, MIDDLE, "held")], [False]),
        ([(4.0, MIDDLE, "held"), (0.2, OUT, "held")], []),  # it has ended before
    ],
)
def test_a_stay_under_way_at_the_end(parts: list[tuple[float, tuple[float, float], str]], clear: list[bool]) -> None:
    paint, now = Paint(), sum(seconds for seconds, _, _ in parts)
    _watched(paint, *parts)
    stays = list(paint.finish(now))
    assert [(stay.row, stay.clear) for stay in stays] == [(4, told) for told in clear]
    assert all(stay.end_s == pytest.approx(now) for stay in stays)
    assert list(paint.finish(now)) == []  # once


@pytest.mark.parametrize(
    ("from_s", "to_s", "clear"),
    [
        (0.0, 10.0, True),
        (3.0, 6.0, False),  # 2 s of it are in the picture
        (0.0, 5.0, False),
        (20.0, 30.0, False),
    ],
)
def test_what_the_picture_does_not_show_is_doubtful(from_s: float, to_s: float, clear: bool) -> None:
    frames = np.arange(round(from_s * 30), round(to_s * 30))
    texts = [np.array([*[text] * len(frames), None], object)[:-1] for text in ("x", "player", None)]
    people = PeopleLabels(np.arange(900), frames, texts[0], np.zeros((len(frames), 4)), texts[1], texts[2], texts[2], texts[2])
    stay, shot = Event("three-seconds", 4.0, 8.0, "x", facts={"seconds": 4.0, "clear": True}), Event("shot", 4.0, 8.0, "x")
    doubtful = replace(stay, facts={"seconds": 4.0, "clear": False})
    assert as_shown([stay, shot, doubtful], people, Fraction(30)) == (replace(stay, facts={"seconds": 4.0, "clear": clear}), shot, doubtful)


def test_nothing_was_played() -> None:
    nothing = np.zeros(0, object)
    people = PeopleLabels(np.arange(9), np.zeros(0, np.int64), nothing, np.zeros((0, 4)), nothing, nothing, nothing, nothing)
    assert as_shown([], people, Fraction(30)) == ()
