"""Whose ball it is, touch by touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attack import ATTACK, DEFENCE, make_scene
from courtside.events.possession import Hold
from courtside.events.scene import Scene
from courtside.events.shots import Flight, Ring
from courtside.events.touches import Shot, control, tell_passes, tell_rebounds

N = 700
NOWHERE = Ring(1, np.full((N, 2), np.nan), np.full(N, np.nan))
SHOT = Shot(Flight(NOWHERE, 150, 170, 170, True, 0, 0), 0.1)


def touched(stranger_s: float, at: tuple[float, float] = DEFENCE[0]) -> tuple[Scene, list[Hold]]:
    """Return a scene in which one team's man (track 5) stands at a place and has the ball for some seconds between two touches of the other team."""
    scene = make_scene(np.full((N, 3), np.nan), places=(*ATTACK, at, *DEFENCE[1:]))
    end = 160 + round(30 * stranger_s)
    return scene, [Hold(0, 60, 150, 1.0), Hold(5, 160, end, 1.0), Hold(1, end + 10, end + 100, 1.0)]


def test_nobody_has_it() -> None:
    scene, _ = touched(1.0)
    assert (control(scene, [], []) == -1).all()


@pytest.mark.parametrize(
    ("seconds", "at", "shots", "won"),
    [
        (4.0, DEFENCE[0], [], False),  # a guard beside the ball, or a misread kit
        (4.0, (-5.0, 0.0), [], True),  # brought to the other half
        (4.0, DEFENCE[0], [SHOT], True),  # a rebound
        (13.0, DEFENCE[0], [], True),  # nobody has it for so long by mistake
    ],
)
def test_a_ball_is_hardly_ever_won_and_lost_again_under_one_basket(seconds: float, at: tuple[float, float], shots: list[Shot], won: bool) -> None:
    scene, held = touched(seconds, at)
    middle = (held[1].start + held[1].end) // 2
    assert control(scene, held, shots)[[100, middle, held[2].end]].tolist() == [0, int(won), 0]
    steals = [play for play in tell_passes(scene, held, shots) if play.kind == "turnover"]
    assert len(steals) == (0 if not won else 1 if shots else 2)


def test_a_dead_ball_ends_what_was_played() -> None:
    scene, held = touched(4.0)
    people = scene.people
    referee = np.arange(10) == 5
    scene = replace(scene, people=replace(people, team=np.where(referee, -1, people.team), referee=referee))
    assert control(scene, held, [])[held[1].start + 10] != 1


@pytest.mark.parametrize(
    ("shot", "after", "rebounds"),
    [
        (SHOT, [], []),
        (SHOT, [(6, 180, 400)], [(0, 6)]),
        (replace(SHOT, made=0.0, blocked_by=5), [(6, 180, 400)], [(0, 6)]),
        (replace(SHOT, made=0.9), [(6, 180, 400)], []),
        (SHOT, [(6, 380, 400)], []),  # too late to be one
        (SHOT, [(9, 180, 400)], []),  # the referee
        (SHOT, [(6, 180, 220), (9, 250, 300)], []),  # it went out: he hands it to the referee
        (SHOT, [(6, 180, 200), (7, 210, 220), (9, 250, 300)], []),
        (SHOT, [(6, 180, 400), (9, 410, 450)], [(0, 6)]),  # a whistle, much later
    ],
)
def test_rebounds(shot: Shot, after: list[tuple[int, int, int]], rebounds: list[tuple[int, int]]) -> None:
    scene = make_scene(np.full((N, 3), np.nan))
    people = scene.people
    scene = replace(scene, people=replace(people, team=np.where(np.arange(10) == 9, -1, people.team), referee=np.arange(10) == 9))
    told = tell_rebounds(scene, [Hold(0, 60, 150, 1.0), *(Hold(*hold, 1.0) for hold in after)], [shot])
    assert [(i, play.track) for i, play in told] == rebounds
