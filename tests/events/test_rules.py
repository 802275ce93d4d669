"""Three seconds in the paint where the ball is lost sight of, or runs loose, between two touches of one team."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attack import ATTACK, DEFENCE, make_scene
from courtside.events.ball import pixels_per_metre, track_ball
from courtside.events.possession import Hold, body_scale
from courtside.events.rules import tell_three_seconds

N = 160
INSIDE = (11.0, 1.0)  # in the paint, the last attacker


@pytest.mark.parametrize(
    ("ball", "between", "stays"),
    [
        ((6.7, 0.5, 1.2), 20, 1),  # a pass
        ((6.7, 0.5, 1.2), 70, 1),  # beside a team mate all the time, whoever has it
        ((np.nan,) * 3, 70, 1),  # out of sight
        ((3.0, -7.0, 0.2), 20, 1),
        ((3.0, -7.0, 0.2), 70, 0),  # loose
        ((6.7, 0.5, 1.2), 130, 0),  # who knows what happened
    ],
)
def test_a_count_runs_on_between_touches(ball: tuple[float, float, float], between: int, stays: int) -> None:
    scene = make_scene(np.tile(ball, (N, 1)), places=(*ATTACK[:4], INSIDE, *DEFENCE))
    first = (N - between) // 2
    held = [Hold(0, 0, first, 1.0), Hold(1, first + between, N - 1, 1.0)]
    track = track_ball(scene, pixels_per_metre(scene))
    found = tell_three_seconds(scene, track, body_scale(scene), held, [], np.zeros(N, np.int64), np.ones(N))
    assert [play.track for play in found] == [4] * stays


@pytest.mark.parametrize(
    ("team", "sixth_s", "stays"),
    [
        ([0] * 5 + [1] * 5, 0.0, 1),
        ([0] * 6 + [1] * 4, 5.0, 0),
        ([0] * 6 + [1] * 4, 0.5, 0),  # for a moment all six are seen
        ([0] * 6 + [1] * 4, 0.1, 1),  # a blink
        ([0] * 6 + [1] * 5, 5.0, 1),  # five others are, too: he is none of them
    ],
)
def test_of_six_attackers_one_is_a_defender(team: list[int], sixth_s: float, stays: int) -> None:
    places = (*ATTACK[:4], INSIDE, (4.0, 3.0), *DEFENCE[: len(team) - 6])
    scene = make_scene(np.tile((6.7, 0.5, 1.2), (N, 1)), places=places)
    people = scene.people
    shown = (people.track != 5) | (people.frame < 30 * sixth_s) if team[5] == 0 else np.ones(len(people.frame), bool)
    columns = {name: getattr(people, name)[shown] for name in ("frame", "track", "xyxy", "feet_m")}
    scene = replace(scene, people=replace(people, **columns, team=np.array(team), referee=np.zeros(len(team), bool)))
    track, has = track_ball(scene, pixels_per_metre(scene)), np.zeros(N, np.int64)
    found = tell_three_seconds(scene, track, body_scale(scene), [Hold(0, 0, N - 1, 1.0)], [], has, np.ones(N))
    assert [play.track for play in found] == [4] * stays


@pytest.mark.parametrize(("thrower", "stays"), [((9.0, 7.9), 0), ((14.6, 3.0), 0), ((9.0, 7.5), 1), (ATTACK[0], 1)])
def test_a_throw_in_does_not_count(thrower: tuple[float, float], stays: int) -> None:
    scene = make_scene(np.tile((*ATTACK[1], 1.2), (N, 1)), places=(thrower, *ATTACK[1:4], INSIDE, *DEFENCE))
    held = [Hold(0, 0, 70, 1.0), Hold(1, 90, N - 1, 1.0)]  # thrown at 70, 2.3 s before the end
    track = track_ball(scene, pixels_per_metre(scene))
    assert len(tell_three_seconds(scene, track, body_scale(scene), held, [], np.zeros(N, np.int64), np.ones(N))) == stays


def test_nobody_held_the_ball() -> None:
    scene = make_scene(np.full((N, 3), np.nan), places=(*ATTACK[:4], INSIDE, *DEFENCE))
    track = track_ball(scene, pixels_per_metre(scene))
    assert tell_three_seconds(scene, track, body_scale(scene), [], [], np.full(N, -1), np.ones(N)) == []
