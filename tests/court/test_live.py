from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.court import COURTS, Camera, Lens
from courtside.court.live import LiveCourt, register_live
from courtside.court.markings import landmarks, lines
from courtside.court.registration import LONGEST_GAP_S, CourtTrack
from courtside.court.sighting import Sighting

NBA, SIZE, RATE = COURTS["nba"], (1280, 720), 30
FLOOR = np.stack(np.meshgrid(np.linspace(-14, 14, 15), np.linspace(-7.5, 7.5, 9)), -1).reshape(-1, 2)


def camera_at(time_s: float) -> Camera:
    lens = Lens(640, 360, 640, 640, 0.015)
    return Camera((-1.0, 30.0, 9.5), 0.3 - 0.35 * np.sin(time_s), 0.29 + 0.01 * np.cos(time_s), 1700 + 150 * time_s, SIZE, 0.002, lens)


def shown(camera: Camera, floor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pixels, depth = camera.project(np.concatenate([floor, np.zeros((len(floor), 1))], 1))
    return pixels, (depth > 0) & (pixels >= 0).all(1) & (pixels < SIZE).all(1)


def sight(frame: int, camera: Camera, random: np.random.Generator) -> Sighting:
    pixels, inside = shown(camera, np.array(list(landmarks(NBA).values())))
    painted = np.concatenate([np.linspace(a, b, 25) for line in lines(NBA).values() for a, b in itertools.pairwise(line)])
    paint, visible = shown(camera, painted)
    paint = paint[visible][random.permutation(int(visible.sum()))[:200]]
    seen = inside & (random.random(len(pixels)) > 0.3)
    return Sighting(frame, pixels + random.normal(0, 1.5, pixels.shape), np.where(seen, 0.8, 0.0), paint + random.normal(0, 1.5, paint.shape))


def motion_between(before: Camera, after: Camera) -> np.ndarray:
    """The similarity that takes what one picture shows to the next."""
    pixels = np.stack(np.meshgrid(np.linspace(100, 1180, 6), np.linspace(200, 650, 5)), -1).reshape(-1, 2)
    floor = before.to_floor(pixels)
    moved, _ = after.project(np.concatenate([floor, np.zeros((len(floor), 1))], 1))
    x, y, one, nil = *pixels.T, np.ones(len(pixels)), np.zeros(len(pixels))
    a, b, c, d = np.linalg.lstsq(np.concatenate([np.stack([x, -y, one, nil], 1), np.stack([y, x, nil, one], 1)]), moved.T.ravel(), rcond=None)[0]
    return np.array([[a, -b, c], [b, a, d]])


class Clip:
    """A pan over the whole court, looked at five times a second."""

    def __init__(self, n: int = 120, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        self.time_s, self.cuts = np.arange(n) / RATE, np.arange(n) == 0
        self.cameras = [camera_at(t) for t in self.time_s]
        self.sightings = [sight(i, self.cameras[i], random) for i in range(0, n, 6)]
        self.motion = np.array([np.eye(3)[:2], *(motion_between(a, b) for a, b in itertools.pairwise(self.cameras))])[:n].reshape(-1, 2, 3)

    def register(self, n: int | None = None) -> CourtTrack:
        seen = [sighting for sighting in self.sightings if n is None or sighting.frame < n]
        return register_live(seen, self.time_s[:n], self.cuts[:n], self.motion[:n], NBA, SIZE)

    def error_m(self, track: CourtTrack, frame: int) -> float:
        pixels, inside = shown(self.cameras[frame], FLOOR)
        flat = Lens(*track.lens).unbend(pixels[inside])
        back = np.concatenate([flat, np.ones((len(flat), 1))], 1) @ np.linalg.inv(track.court_to_pinhole[frame]).T
        return float(np.median(np.hypot(*(back[:, :2] / back[:, 2:] - FLOOR[inside]).T)))


CLIP = Clip()
WHOLE = CLIP.register()


def test_nothing_to_see() -> None:
    assert register_live([], np.zeros(0), np.zeros(0, bool), np.zeros((0, 2, 3)), NBA, SIZE).valid.shape == (0,)
    clip = Clip(20)
    clip.sightings = [replace(seen, confidence=np.zeros(len(seen.confidence)), paint=np.zeros((0, 2))) for seen in clip.sightings]
    assert not clip.register().valid.any()


def test_every_frame_is_placed_and_its_error_is_owned_up_to() -> None:
    assert WHOLE.valid.all()
    errors = np.array([CLIP.error_m(WHOLE, i) for i in range(len(CLIP.time_s))])
    assert np.median(errors) < 0.12 and errors.max() < 0.5
    assert 0.3 < np.median(errors) / np.median(WHOLE.error_m) < 3


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 119), st.integers(0, 1000))
def test_no_frame_depends_on_what_comes_after_it(n: int, seed: int) -> None:
    def same(track: CourtTrack) -> bool:
        return bool((track.valid[:n] == WHOLE.valid[:n]).all() and np.array_equal(track.court_to_pinhole[:n], WHOLE.court_to_pinhole[:n], equal_nan=True))

    assert same(CLIP.register(n))
    random, other = np.random.default_rng(seed), Clip()
    other.sightings = [
        seen if seen.frame < n else replace(seen, landmarks=random.uniform(0, 1280, seen.landmarks.shape), paint=random.uniform(0, 720, (50, 2)))
        for seen in CLIP.sightings
    ]
    other.motion = np.where(np.arange(120)[:, None, None] < n, CLIP.motion, random.normal(0, 3, (120, 2, 3)))
    other.cuts = CLIP.cuts | ((np.arange(120) >= n) & (random.random(120) < 0.1))
    assert same(other.register())


@pytest.mark.parametrize("cut", [False, True], ids=["no cut", "cut"])
def test_a_court_lasts_for_a_while_unseen_but_not_beyond_a_cut(cut: bool) -> None:
    clip = Clip(90)
    clip.sightings = [seen for seen in clip.sightings if seen.frame < 40]
    clip.cuts[45] = cut
    valid, last = clip.register().valid, clip.sightings[-1].frame
    until = 45 if cut else last + round(LONGEST_GAP_S * RATE) + 1
    assert valid[:until].all() and not valid[until:].any()


def test_one_wrong_look_is_not_believed() -> None:
    clip = Clip(48)
    shifted = clip.sightings[6]
    clip.sightings[6] = replace(shifted, landmarks=shifted.landmarks + (90, 0), paint=shifted.paint + (90, 0))
    track = clip.register()
    assert max(clip.error_m(track, i) for i in range(48) if track.valid[i]) < 0.5


def test_what_it_remembers_does_not_grow() -> None:
    live, random = LiveCourt(NBA, SIZE), np.random.default_rng(0)
    for i in range(30):
        camera = camera_at(i / 4)
        live.step(i / 4, i == 0, np.eye(3)[:2], sight(i, camera, random))
    assert len(live._pictures) <= 12
