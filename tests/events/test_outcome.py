"""Made or missed: what each sign says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attack import make_scene
from courtside.events.ball import pixels_per_metre, track_ball
from courtside.events.outcome import chance_made, signs
from courtside.events.scene import Spots
from courtside.events.shots import Flight, rings

FELL = {"crosses beside the middle": 0.2, "falls beside the middle": 0.2, "straight down": 1.0}


@pytest.mark.parametrize(
    ("signs", "least", "most"),
    [
        ({"never at the ring": 1.0}, 0.5, 0.5),  # nothing was seen
        (FELL, 0.9, 1.0),
        ({**FELL, "stands behind the baseline": 1.0}, 0.95, 1.0),
        ({**FELL, "shot again": 1.0}, 0.0, 0.5),
        ({"never at the ring": 1.0, "shot again": 1.0}, 0.0, 0.1),
        ({"never at the ring": 1.0, "watched on": 1.0}, 0.0, 0.3),
        ({"never at the ring": 1.0, "taken to the baseline": 1.0}, 0.7, 1.0),
        ({"falls beside the middle": 3.0, "off the ring, high": 1.0, "the net swings": 1.0}, 0.95, 1.0),
        ({"falls beside the middle": 1.0, "straight down": 1.0, "the net hangs still": 1.0}, 0.0, 0.4),
    ],
)
def test_what_signs_say(signs: dict[str, float], least: float, most: float) -> None:
    assert least <= chance_made(signs) <= most


@pytest.mark.parametrize(
    ("moving", "below_m", "swings", "still"),
    [
        (range(0), 0.3, 0.0, 1.0),
        (range(60, 62), 0.3, 0.0, 0.0),  # something passes
        (range(60, 70), 0.3, 1.0, 0.0),
        (range(60, 70), 0.9, 0.0, 1.0),  # below the net
        (range(40, 50), 0.3, 0.0, 1.0),  # before the ball is there
        (range(60, 100, 12), 0.3, 0.0, 0.0),
    ],
)
def test_the_net(moving: range, below_m: float, swings: float, still: float) -> None:
    scene = make_scene(np.full((120, 3), np.nan))
    ball = track_ball(scene, pixels_per_metre(scene))
    (ring,) = [ring for ring in rings(scene) if ring.side == 1]
    shot = Flight(ring, 20, 55, 55, arc=True, holder=None, shooter=None)
    frames = np.array(moving, np.int64)
    at = ring.xy[frames] + np.stack([0 * ring.scale[frames], below_m * ring.scale[frames]], 1)
    seen = Spots(np.concatenate([[0], frames]), np.concatenate([[(1.0, 1.0)], at]))  # something moves elsewhere, too: spots were looked for
    found = signs(replace(scene, spots=seen), ball, shot, [], None)
    assert (found["the net swings"], found["the net hangs still"]) == pytest.approx((swings, still))


def test_without_spots_the_net_says_nothing() -> None:
    scene = make_scene(np.full((120, 3), np.nan))
    shot = Flight(rings(scene)[1], 20, 55, 55, arc=True, holder=None, shooter=None)
    assert not [name for name in signs(scene, track_ball(scene, pixels_per_metre(scene)), shot, [], None) if "net" in name]
