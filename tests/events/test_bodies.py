from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attack import ATTACK, DEFENCE, held, make_scene
from courtside.events.bodies import joined, of_each_team, with_fives
from courtside.events.scene import Scene


def _seen(spans: list[tuple[int, int]], team: list[int], player: list[int]) -> Scene:
    """Everybody of a spread-out attack, each track only from one frame to another."""
    scene = make_scene(held(*ATTACK[0], 2.0), places=ATTACK[: len(spans)])
    people = scene.people
    kept = np.array([spans[track][0] <= frame < spans[track][1] for frame, track in zip(people.frame, people.track, strict=True)])
    columns = {name: getattr(people, name)[kept] for name in ("frame", "track", "xyxy", "feet_m")}
    return replace(scene, people=replace(people, **columns, team=np.array(team), player=np.array(player)))


def test_nobody() -> None:
    scene = make_scene(np.full((3, 3), np.nan), places=())
    assert joined(scene) is scene


@pytest.mark.parametrize(
    ("spans", "team", "player", "bodies"),
    [
        ([(0, 20), (40, 60)], [0, 0], [-1, -1], {0, 1}),  # far apart, and nobody knows
        ([(0, 20), (40, 60)], [0, 0], [7, 7], {0}),
        ([(0, 20), (40, 60)], [0, 0], [7, 8], {0, 1}),
        ([(0, 20), (40, 60)], [0, 1], [7, 7], {0, 1}),  # the teams say otherwise
        ([(0, 45), (40, 60)], [0, 0], [7, 7], {0, 1}),  # one man is not in two places
        ([(0, 20), (40, 60), (50, 60)], [0, 0, 0], [7, 7, 7], {0, 2}),
    ],
)
def test_one_player_is_one_body(spans: list[tuple[int, int]], team: list[int], player: list[int], bodies: set[int]) -> None:
    scene = joined(_seen(spans, team, player))
    assert set(scene.people.track.tolist()) == bodies
    rows = list(zip(scene.people.frame.tolist(), scene.people.track.tolist(), strict=True))
    assert len(rows) == len(set(rows))


def test_a_track_without_a_frame_is_nobody() -> None:
    scene = joined(_seen([(0, 20), (5, 5), (40, 60)], [0, 0, 0], [-1, 7, -1]))
    assert set(scene.people.track.tolist()) == {0, 2}
    assert scene.people.player is not None and scene.people.player.tolist() == [-1, 7, -1]
    nowhere = _seen([(5, 5)], [0], [-1])
    assert joined(nowhere) is nowhere


@pytest.mark.parametrize(
    ("attack", "defence", "team"),
    [
        (4, 5, 0),
        (5, 4, 1),
        (4, 4, -1),  # he may be of either
        (5, 5, -1),  # somebody too many: who knows
        (0, 0, -1),
    ],
)
def test_who_a_team_lacks_is_of_it_where_the_other_is_complete(attack: int, defence: int, team: int) -> None:
    scene = make_scene(held(*ATTACK[0], 1.0), places=(*ATTACK[:attack], *DEFENCE[:defence], (4.0, 3.0)))
    people = replace(scene.people, team=np.array([0] * attack + [1] * defence + [-1]))
    filled = with_fives(replace(scene, people=people)).people.team
    assert filled.tolist() == [0] * attack + [1] * defence + [team]


def test_a_referee_is_of_no_team() -> None:
    scene = make_scene(held(*ATTACK[0], 1.0), places=(*ATTACK, *DEFENCE[:4], (4.0, 3.0)))
    people = replace(scene.people, team=np.array([0] * 5 + [1] * 4 + [-1]), referee=np.array([False] * 9 + [True]))
    assert with_fives(replace(scene, people=people)).people.team[-1] == -1


def test_each_team_is_counted_frame_by_frame() -> None:
    scene = _seen([(0, 20), (10, 60), (0, 60)], [0, 0, 1], [-1, -1, -1])
    assert of_each_team(scene)[:, [5, 15, 30]].tolist() == [[1, 2, 1], [1, 1, 1]]
