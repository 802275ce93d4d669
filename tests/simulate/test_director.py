from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from courtside.court import COURTS, Camera
from courtside.simulate.cast import make_cast
from courtside.simulate.director import View, between, broadcast, in_clip
from courtside.simulate.game import Game
from courtside.simulate.knobs import Knobs
from courtside.simulate.scene import Moment
from courtside.truth.labels import Event

RATE = Fraction(30)
COURT = COURTS["nba"]


def _film(seed: int, n_frames: int, knobs: Knobs, size_px: tuple[int, int] = (1280, 720)) -> list[tuple[Moment, View]]:
    random = np.random.default_rng(seed)
    game = Game(COURT, make_cast(random, knobs, COURT), random, knobs)
    return list(broadcast(game, RATE, n_frames, size_px, knobs, random))


def _turned(a: Camera, b: Camera) -> float:
    return max(abs(a.pan - b.pan), abs(a.tilt - b.tilt))


@pytest.mark.parametrize("seed", range(6))
def test_a_single_shot_is_the_main_camera_and_looks_like_a_broadcast(seed: int) -> None:
    film = _film(seed, 240, Knobs(cut_every_s=None))
    assert {view.kind for _, view in film} == {"main"}
    assert not any(view.cut for _, view in film)
    assert len({view.camera.position_m for _, view in film}) == 1
    heights, in_picture = [], []
    for moment, view in film[::20]:
        camera = view.camera
        assert 27 <= camera.position_m[1] <= 38
        assert 7 <= camera.position_m[2] <= 14
        assert 10 < math.degrees(camera.tilt) < 22
        assert 1900 < camera.focal_px < 5200
        feet = np.concatenate([moment.xy[moment.on_floor], np.zeros((13, 1))], 1)
        low, _ = camera.project(feet)
        high, _ = camera.project(feet + (0, 0, 2.0))
        seen = (low[:, 0] > 0) & (low[:, 0] < 1280)
        heights += list((low[:, 1] - high[:, 1])[seen])
        ball, _ = camera.project(moment.ball[None])
        in_picture.append(0 < ball[0, 0] < 1280 and 0 < ball[0, 1] < 720)
    assert 110 < np.median(heights) < 230
    assert np.mean(in_picture) > 0.9


def test_the_main_camera_turns_without_jumps_and_faster_with_the_knob() -> None:
    def pans(wild: float) -> list[float]:
        return [
            abs(b.camera.pan - a.camera.pan) for seed in range(3) for film in [_film(seed, 240, Knobs(fast_pans=wild))] for (_, a), (_, b) in pairwise(film)
        ]

    calm, wild = pans(0.0), pans(1.0)
    assert max(calm) < math.radians(1.5)
    assert max(wild) < math.radians(4)
    assert np.quantile(wild, 0.9) > 1.2 * np.quantile(calm, 0.9)


def test_the_shutter_stays_open_for_its_share_of_the_frame() -> None:
    film = _film(1, 90, Knobs(blur=0.5))
    for (_, a), (_, b) in pairwise(film):
        assert _turned(a.camera, a.camera_end) <= 0.6 * _turned(a.camera, b.camera) + 0.002
    assert any(_turned(view.camera, view.camera_end) > 0 for _, view in film)
    assert all(view.camera == view.camera_end for _, view in _film(1, 30, Knobs(blur=0.0)))


def test_cuts_lead_away_and_back_and_replays_show_no_new_game() -> None:
    kinds: set[str] = set()
    for seed in range(6):
        film = _film(seed, 900, Knobs(cut_every_s=3.0))
        kinds |= {view.kind for _, view in film}
        assert film[0][1].kind == "main"
        assert not film[0][1].cut
        newest = -1.0
        for (_, a), (moment, b) in pairwise(film):
            assert moment.time_s == pytest.approx(b.time_s)
            assert (a.camera.position_m == b.camera.position_m and a.kind == b.kind) or b.cut
            newest = max(newest, a.time_s)
            if b.kind == "replay":
                assert newest - 10 <= b.time_s <= newest
            else:
                assert b.time_s > newest
    assert kinds == {"main", "close-up", "replay", "crowd"}


def test_a_replay_is_slow() -> None:
    for seed in range(2):
        film = _film(seed, 900, Knobs(cut_every_s=3.0))
        steps = [b.time_s - a.time_s for (_, a), (_, b) in pairwise(film) if a.kind == b.kind == "replay" and not b.cut]
        assert steps == pytest.approx([0.5 / 30] * len(steps), abs=1e-6)


@pytest.mark.parametrize(("per_minute", "least", "most"), [(0.0, 0, 0), (60.0, 5, 60)])
def test_flashes_come_as_often_as_asked(per_minute: float, least: int, most: int) -> None:
    flashes = [view.flash for _, view in _film(2, 900, Knobs(flashes=per_minute)) if view.flash]
    assert least <= len(flashes) <= most
    assert all(0.4 <= flash <= 1 for flash in flashes)


def test_the_size_of_the_picture_changes_no_view() -> None:
    small, large = _film(4, 30, Knobs(), (640, 360)), _film(4, 30, Knobs(), (1920, 1080))
    for (_, a), (_, b) in zip(small, large, strict=True):
        assert b.camera.focal_px == pytest.approx(3 * a.camera.focal_px)
        assert b.camera.pan == pytest.approx(a.camera.pan)


def test_the_same_seed_is_the_same_film() -> None:
    one, two = (_film(9, 200, Knobs(cut_every_s=2.0, flashes=30)) for _ in range(2))
    assert [view for _, view in one] == [view for _, view in two]


def test_halfway_between_two_moments() -> None:
    film = _film(3, 2, Knobs())
    a, b = film[0][0], film[1][0]
    middle = between(a, b, 0.5)
    assert middle.time_s == pytest.approx((a.time_s + b.time_s) / 2)
    assert np.allclose(middle.xy, (a.xy + b.xy) / 2)
    assert between(a, b, 0.0) is a


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        ([], []),
        ([(0, 0.0), (1, 0.1), (2, 0.2)], [(0.1, 0.2)]),
        ([(0, 0.0), (1, 0.1), (12, 0.2)], [(0.1, 1.2)]),  # ten frames of replay in between
        ([(0, 0.0)], []),
    ],
)
def test_events_are_moved_to_the_clips_time(live: list[tuple[int, float]], expected: list[tuple[float, float]]) -> None:
    moved = in_clip([Event("pass", 0.1, 0.2)], live, Fraction(10))
    assert [(event.start_s, event.end_s) for event in moved] == [pytest.approx(pair) for pair in expected]
