"""Shots that no flight tells: blocked ones, and those of which the ball's way was not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from attack import ATTACK, COURT, DEFENCE, flight, held, leaping, make_scene
from courtside.events.reading import read_scene
from courtside.events.scene import Scene
from courtside.events.touches import Play

RIM = (COURT.rim_x_m, 0.0, 3.05)
SHOOTER, FOE, FAR_FOE = (8.8, 4.6), (9.5, 4.3), (11.5, 2.0)
UP_S = 1.5
RAISED = np.linspace((9.0, 4.6, 1.2), (9.0, 4.6, 2.4), 9)
LOOSE = flight((9.0, 4.6, 2.4), (7.0, 7.0, 0.2), 0.7)
HIDDEN = np.full((14, 3), np.nan)
AT_THE_RING = np.array([(RIM[0] - 0.1, 0.1, 2.9 - 0.1 * i) for i in range(4)])
THROUGH = np.array([(RIM[0], 0.0, 3.0 - 2.6 * i / 30) for i in range(30)])
PASSED = flight((9.0, 4.6, 2.4), (12.7, 5.5, 1.3), 0.6)


def _scene(*after: np.ndarray, leaps: Mapping[int, float], foe: tuple[float, float] = FOE) -> Scene:
    """Player 2 has the ball for 1.2 s and raises it; those in ``leaps`` go up as he does, player 7 stands before him."""
    places = (*ATTACK[:2], SHOOTER, *ATTACK[3:], *DEFENCE[:2], foe, *DEFENCE[3:])
    scene = make_scene(np.concatenate([held(*SHOOTER, 1.2), RAISED, *after]), places=places)
    for track, metres in leaps.items():
        scene = leaping(scene, track, UP_S, metres)
    return scene


def _shots(scene: Scene) -> list[Play]:
    return [play for play in read_scene(scene).plays if play.kind == "shot"]


GONE = np.full((40, 3), np.nan)


@pytest.mark.parametrize(
    ("after", "leaps", "foe", "outcomes"),
    [
        ((LOOSE, GONE), {}, FOE, []),  # nobody goes up
        ((LOOSE, GONE), {2: 0.9, 7: 0.9}, FOE, ["blocked"]),
        ((LOOSE, GONE), {2: 0.9}, FAR_FOE, []),  # he lost it
        ((PASSED, held(*ATTACK[4], 1.2)), {2: 0.6, 7: 0.5}, FOE, []),
        ((HIDDEN, AT_THE_RING, held(*DEFENCE[3], 2.0)), {2: 0.9, 7: 0.9}, FOE, ["unknown"]),
        ((HIDDEN, THROUGH, GONE), {2: 0.9, 7: 0.9}, FOE, ["made"]),
    ],
)
def test_who_goes_up_with_the_ball(after: tuple[np.ndarray, ...], leaps: dict[int, float], foe: tuple[float, float], outcomes: list[str]) -> None:
    assert [shot.facts["outcome"] for shot in _shots(_scene(*after, leaps=leaps, foe=foe))] == outcomes


def test_a_blocked_shot_is_told_with_both_and_rebounded() -> None:
    scene = _scene(LOOSE, held(*DEFENCE[3], 1.5), leaps={2: 0.9, 7: 0.9})
    (shot,) = _shots(scene)
    assert (shot.track, shot.team, shot.people["blocked_by"], shot.facts["points"]) == (2, 0, 7, 2)
    assert shot.start / 30 == pytest.approx(1.3, abs=0.3)
    assert 0.5 <= shot.probability < 1
    (rebound,) = (play for play in read_scene(scene).plays if play.kind == "rebound")
    assert (rebound.track, rebound.facts["offensive"], shot.people["rebound_by"]) == (8, False, 8)
    assert not [play for play in read_scene(scene).plays if play.kind == "turnover"]


def test_without_a_court_nobody_is_near_the_basket() -> None:
    scene = _scene(LOOSE, GONE, leaps={2: 0.9, 7: 0.9})
    assert _shots(replace(scene, court=None, cameras=None)) == []


@pytest.mark.parametrize("ends", ["the clip", "the camera's shot"])
def test_what_came_of_it_must_be_watched(ends: str) -> None:
    scene = _scene(LOOSE[:8] if ends == "the clip" else LOOSE, held(*DEFENCE[3], 0.0 if ends == "the clip" else 1.5), leaps={2: 0.9, 7: 0.9})
    cut = scene.cut.copy()
    cut[54:55] = ends != "the clip"
    assert _shots(replace(scene, cut=cut)) == []
