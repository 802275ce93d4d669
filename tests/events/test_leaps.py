from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attack import ATTACK, held, leaping, make_scene
from courtside.events.leaps import Leaps
from courtside.events.possession import body_scale
from courtside.events.scene import Scene

AT_S = 2.0
FRAMES = np.array([30, 60, 110])
STANDING = make_scene(held(*ATTACK[0], 4.0))


def _of(scene: Scene, track: int = 3) -> list[float]:
    return [round(float(rise), 2) for rise in Leaps(scene, body_scale(scene)).of(track, FRAMES)]


def test_nobody() -> None:
    scene = make_scene(np.full((100, 3), np.nan), places=())
    assert _of(scene) == [0.0, 0.0, 0.0]
    assert len(Leaps(STANDING, body_scale(STANDING)).of(3, np.zeros(0, np.int64))) == 0


@pytest.mark.parametrize("metres", [0.0, 0.3, 0.8])
def test_who_goes_up(metres: float) -> None:
    scene = leaping(STANDING, 3, AT_S, metres)
    before, there, after = _of(scene)
    assert (before, after) == (0.0, 0.0)
    assert there == pytest.approx(metres, rel=0.15)  # his box is taller, and with it the metre
    assert _of(scene, track=2) == [0.0, 0.0, 0.0]


def test_a_camera_that_turns_makes_nobody_jump() -> None:
    motion, people = STANDING.motion.copy(), STANDING.people
    motion[1:, 1, 2] = -2.0  # pixels a frame
    xyxy = people.xyxy - 2.0 * np.outer(people.frame, (0, 1, 0, 1))
    assert _of(replace(STANDING, motion=motion, people=replace(people, xyxy=xyxy))) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("gone", ["before a cut", "not seen before", "not seen then"])
def test_what_is_not_known_is_nothing(gone: str) -> None:
    scene = leaping(STANDING, 3, AT_S, 0.8)
    people, cut = scene.people, scene.cut.copy()
    cut[50] = gone == "before a cut"
    first, last = {"before a cut": (0, 0), "not seen before": (20, 50), "not seen then": (51, 67)}[gone]
    kept = (people.track != 3) | (people.frame < first) | (people.frame >= last)
    columns = {name: getattr(people, name)[kept] for name in ("frame", "track", "xyxy", "feet_m")}
    assert _of(replace(scene, cut=cut, people=replace(people, **columns)))[1] == 0.0
