"""Free flights among small things that moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attack import COURT, SIZE, flight, make_scene
from courtside.events.arcs import Arc, find_arcs
from courtside.events.ball import pixels_per_metre
from courtside.events.scene import Boxes, Scene, Spots
from courtside.events.shots import rings

RIM = (COURT.rim_x_m, 0.0, 3.05)
NOT_THERE = np.full((20, 3), np.nan)
SHOT = np.concatenate([NOT_THERE, flight((6.0, 4.0, 2.4), RIM, 1.0), NOT_THERE])


def as_spots(ball: np.ndarray, strays: int = 0, seed: int = 0) -> Scene:
    """Return the attack with the ball in no detection, only among what moved, ``strays`` of which a frame are anything."""
    scene = make_scene(ball)
    random = np.random.default_rng(seed)
    xy = np.concatenate([(scene.balls.xyxy[:, :2] + scene.balls.xyxy[:, 2:]) / 2, random.uniform((0, 0), SIZE, (strays * len(ball), 2))])
    frame = np.concatenate([scene.balls.frame, np.repeat(np.arange(len(ball)), strays)])
    order = np.argsort(frame, kind="stable")
    return replace(scene, balls=Boxes(), spots=Spots(frame[order], xy[order] + random.normal(0, 1, xy.shape)))


def arcs(scene: Scene) -> list[Arc]:
    return find_arcs(scene, pixels_per_metre(scene), [ring.xy for ring in rings(scene)])


def true_xy(ball: np.ndarray) -> np.ndarray:
    boxes = make_scene(ball).balls
    xy = np.full((len(ball), 2), np.nan)
    xy[boxes.frame] = (boxes.xyxy[:, :2] + boxes.xyxy[:, 2:]) / 2
    return xy


@pytest.mark.parametrize("strays", [0, 3, 15])
def test_nothing_flies_where_no_ball_is(strays: int) -> None:
    assert arcs(as_spots(np.full((90, 3), np.nan), strays)) == []


@pytest.mark.parametrize("strays", [0, 3, 10])
def test_a_shot_is_found_among_what_else_moves(strays: int) -> None:
    (arc,) = arcs(as_spots(SHOT, strays))
    assert arc.thrown
    assert arc.frame[0] <= 23 and arc.frame[-1] >= 46
    assert np.hypot(*(arc.xy - true_xy(SHOT)[arc.frame]).T).max() < 15


@pytest.mark.parametrize(
    "way",
    [
        np.linspace((5, 3, 2.0), (11, -3, 2.0), 40),  # something carried along
        np.tile((8.0, 2.0, 1.0), (40, 1)),
        np.stack([8 + 0.4 * np.sin(np.arange(60)), np.full(60, 2.0), 1 + 0.4 * np.cos(np.arange(60))], 1),  # swung
    ],
)
def test_what_does_not_fall_does_not_fly(way: np.ndarray) -> None:
    assert arcs(as_spots(way)) == []


def test_a_dribble_flies_but_is_not_thrown() -> None:
    bounce = flight((6.5, 0.5, 0.12), (6.5, 0.5, 0.12), 0.75)
    found = arcs(as_spots(np.concatenate([bounce, bounce, bounce])))
    assert not any(arc.thrown for arc in found)


def test_no_flight_goes_on_across_a_cut() -> None:
    cut = np.zeros(len(SHOT), bool)
    cut[35] = True
    scene = replace(as_spots(SHOT), cut=cut)
    assert all(not arc.frame[0] < 35 <= arc.frame[-1] for arc in arcs(scene))


def test_it_is_followed_while_the_camera_turns() -> None:
    scene = as_spots(SHOT)
    pan = np.array([-5.0, 1.0])
    motion = np.tile(np.eye(3)[:2], (len(SHOT), 1, 1))
    motion[1:, :, 2] = pan
    moved = scene.spots.xy + scene.spots.frame[:, None] * pan
    people = replace(scene.people, xyxy=scene.people.xyxy + scene.people.frame[:, None] * np.tile(pan, 2))
    found = find_arcs(replace(scene, spots=Spots(scene.spots.frame, moved), people=people, motion=motion), pixels_per_metre(scene))
    assert len(found) == 1 and np.ptp(found[0].frame) >= 22
    assert np.hypot(*(found[0].xy - true_xy(SHOT)[found[0].frame] - found[0].frame[:, None] * pan).T).max() < 15


_there = st.tuples(st.floats(4, 12), st.floats(-6, 6), st.floats(1.0, 2.5))


@settings(max_examples=15, deadline=None)
@given(_there, _there, st.floats(0.7, 1.2))
def test_whatever_is_thrown_is_followed_or_left_out_but_never_elsewhere(start: tuple[float, ...], end: tuple[float, ...], seconds: float) -> None:
    ball = np.concatenate([NOT_THERE, flight(start, end, seconds), NOT_THERE])
    true = true_xy(ball)
    for arc in arcs(as_spots(ball, strays=2)):
        away = np.hypot(*(arc.xy - true[arc.frame]).T)
        assert (away < 20).mean() > 0.8
