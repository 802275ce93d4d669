from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attack import flight, make_scene
from courtside.events.arcs import Arc
from courtside.events.ball import pixels_per_metre, track_ball
from courtside.events.scene import Boxes, Scene

THROWN = flight((4, 3, 1.5), (9, -3, 1.5), 1.0)


def middles(scene: Scene) -> np.ndarray:
    return (scene.balls.xyxy[:, :2] + scene.balls.xyxy[:, 2:]) / 2


def test_no_ball_no_track() -> None:
    scene = make_scene(np.full((20, 3), np.nan))
    assert not track_ball(scene, pixels_per_metre(scene)).known.any()


def test_it_keeps_to_the_ball_among_false_ones() -> None:
    scene = make_scene(THROWN)
    true = middles(scene)
    random = np.random.default_rng(1)
    n = len(true)
    strays = random.uniform((0, 0), scene.size, (n, 2))
    frame = np.concatenate([scene.balls.frame, np.arange(n)])
    order = np.argsort(frame, kind="stable")
    xyxy = np.concatenate([scene.balls.xyxy, np.concatenate([strays - 8, strays + 8], 1)])
    confidence = np.concatenate([np.full(n, 0.55), np.full(n, 0.25)])
    found = track_ball(replace(scene, balls=Boxes(frame[order], confidence[order], xyxy[order])), pixels_per_metre(scene))
    assert found.xy == pytest.approx(true)


@pytest.mark.parametrize(("gap_s", "bridged"), [(0.2, True), (0.8, False)])
def test_only_short_gaps_are_bridged_and_said_to_be(gap_s: float, bridged: bool) -> None:
    ball = np.concatenate([np.tile((7.0, 0.0, 1.2), (60, 1))])
    ball[20 : 20 + round(30 * gap_s)] = np.nan
    scene = make_scene(ball)
    found = track_ball(scene, pixels_per_metre(scene))
    assert found.known[22] == bridged
    assert not found.seen[22]
    assert found.seen[10]


def test_nothing_is_carried_across_a_cut() -> None:
    ball = np.tile((7.0, 0.0, 1.2), (40, 1))
    ball[18:22] = np.nan
    scene = make_scene(ball)
    cut = np.zeros(40, bool)
    cut[20] = True
    found = track_ball(replace(scene, cut=cut), pixels_per_metre(scene))
    assert not found.known[18:22].any()


def test_a_flight_wins_over_what_is_taken_for_a_ball_meanwhile() -> None:
    scene = make_scene(THROWN)
    n, true = len(THROWN), middles(scene)
    still = Boxes(np.arange(n), np.full(n, 0.3), np.tile((300.0, 80.0, 316.0, 96.0), (n, 1)))
    arc = Arc(np.arange(2, n - 2), true[2 : n - 2], 20.0, thrown=True)
    found = track_ball(replace(scene, balls=still), pixels_per_metre(scene), [arc])
    assert found.xy[2 : n - 2] == pytest.approx(true[2 : n - 2])
    assert found.flies[2 : n - 2].all() and not found.flies[[0, 1, n - 1]].any()


def test_a_flight_beside_a_ball_that_is_seen_well_is_nobodys() -> None:
    scene = make_scene(THROWN)
    n, true = len(THROWN), middles(scene)
    astray = Arc(np.arange(2, n - 2), true[2 : n - 2] + (0, 300), 20.0, thrown=True)
    found = track_ball(replace(scene, balls=replace(scene.balls, confidence=np.full(n, 0.9))), pixels_per_metre(scene), [astray])
    assert found.xy == pytest.approx(true)
    assert not found.flies.any()


def test_a_dribble_is_not_in_the_air() -> None:
    scene = make_scene(THROWN)
    n, true = len(THROWN), middles(scene)
    found = track_ball(scene, pixels_per_metre(scene), [Arc(np.arange(n), true, 20.0, thrown=False)])
    assert found.known.all() and not found.flies.any()


@pytest.mark.parametrize(("place", "is_it"), [((8.0, -5.0, 2.1), True), ((14.0, -9.0, 4.0), False)])
def test_what_stands_still_is_the_ball_only_where_somebody_holds_it(place: tuple[float, float, float], is_it: bool) -> None:
    scene = make_scene(np.tile(place, (150, 1)))
    faint = replace(scene, balls=replace(scene.balls, confidence=np.full(150, 0.35)))
    assert track_ball(faint, pixels_per_metre(faint)).seen.all() == is_it
    assert track_ball(faint, pixels_per_metre(faint)).known.any() == is_it
