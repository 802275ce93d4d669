from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.court import COURTS, Camera, Court, Lens
from courtside.court.bundle import Marks, Stand, fit_looks, fit_stand, project
from courtside.court.markings import landmarks, lines
from courtside.court.pose import camera_of
from courtside.court.registration import LONGEST_GAP_S, CourtTrack, plain_homography, register
from courtside.court.sighting import Sighting

NBA, SIZE = COURTS["nba"], (1280, 720)
BEND = -0.01
LENS = Lens(640, 360, 640, 640, BEND)
N_LANDMARKS = len(landmarks(NBA))


def camera_at(time_s: float, jump: float = 0.0) -> Camera:
    return Camera((-1.0, 30.0, 9.5), 0.3 + 0.12 * np.sin(time_s) + jump, 0.29 + 0.01 * np.cos(time_s), 1900 + 150 * time_s, SIZE, 0.002, LENS)


def in_picture(pixels: np.ndarray, depth: np.ndarray) -> np.ndarray:
    return (depth > 0) & (pixels >= 0).all(1) & (pixels < SIZE).all(1)


def flat(points: np.ndarray) -> np.ndarray:
    return np.concatenate([points, np.zeros((len(points), 1))], 1)


def sight(frame: int, camera: Camera, random: np.random.Generator, noise_px: float = 1.5, court: Court = NBA, lost: float = 0.3) -> Sighting:
    pixels, depth = camera.project(flat(np.array(list(landmarks(court).values()))))
    seen = in_picture(pixels, depth) & (random.random(len(pixels)) > lost)
    painted = [np.linspace(a, b, 25) for line in lines(court).values() for a, b in itertools.pairwise(line)]
    paint, ahead = camera.project(flat(np.concatenate(painted)))
    paint = paint[in_picture(paint, ahead)]
    paint = paint[random.permutation(len(paint))[:200]]
    return Sighting(frame, pixels + random.normal(0, noise_px, pixels.shape), seen * 0.8, paint + random.normal(0, noise_px, paint.shape))


def floor_error(track: CourtTrack, frame: int, camera: Camera) -> float:
    floor = np.stack(np.meshgrid(np.linspace(-14, 14, 15), np.linspace(-7.5, 7.5, 9)), -1).reshape(-1, 2)
    pixels, depth = camera.project(flat(floor))
    seen = in_picture(pixels, depth)
    straight = Lens(*track.lens).unbend(pixels[seen])
    back = np.concatenate([straight, np.ones((len(straight), 1))], 1) @ np.linalg.inv(track.court_to_pinhole[frame]).T
    return float(np.median(np.hypot(*(back[:, :2] / back[:, 2:] - floor[seen]).T)))


@settings(max_examples=40)
@given(st.floats(-4, 4), st.floats(20, 36), st.floats(6, 14), st.floats(-0.4, 0.4), st.floats(0.2, 0.45), st.floats(-0.02, 0.02), st.floats(900, 3500))
def test_a_camera_comes_back_from_its_homography(x: float, y: float, z: float, pan: float, tilt: float, roll: float, focal: float) -> None:
    camera = Camera((x, y, z), pan, tilt, focal, SIZE, roll)
    for sign in (1, -3.0):
        found = camera_of(camera.court_to_pinhole() * sign, SIZE)
        assert found is not None
        assert found.position_m == pytest.approx(camera.position_m, abs=1e-4)
        assert (found.pan, found.tilt, found.roll, found.focal_px) == pytest.approx((pan, tilt, roll, focal), rel=1e-4, abs=1e-5)


def test_no_camera_gives_a_singular_map() -> None:
    assert camera_of(np.ones((3, 3)), SIZE) is None
    assert camera_of(np.eye(3), SIZE) is None


def test_the_bundle_projects_as_a_camera_does() -> None:
    camera = camera_at(0.4)
    floor = np.array([(3.0, 2.0), (12.0, -6.0), (0.0, 7.0)])
    look = np.array([(camera.pan, camera.tilt, camera.roll, np.log(camera.focal_px / SIZE[0]))])
    expected, _ = camera.project(flat(floor))
    assert np.allclose(project(np.array([*camera.position_m, BEND]), np.repeat(look, 3, 0), floor, SIZE), expected)


def test_one_stand_is_found_for_many_pictures() -> None:
    random = np.random.default_rng(0)
    cameras = [camera_at(t) for t in np.linspace(0, 6, 20)]
    floor = np.array(list(landmarks(NBA).values()))
    parts = []
    for i, camera in enumerate(cameras):
        pixels, depth = camera.project(flat(floor))
        seen = in_picture(pixels, depth)
        parts.append((np.full(int(seen.sum()), i), floor[seen], pixels[seen] + random.normal(0, 1, (int(seen.sum()), 2))))
    picture, points, pixels = (np.concatenate(column) for column in zip(*parts, strict=True))
    marks = Marks(picture, points, pixels, np.full(points.shape, np.nan), np.ones(len(points)))
    true = np.array([(c.pan, c.tilt, c.roll, np.log(c.focal_px / SIZE[0])) for c in cameras])
    stand, looks = fit_stand(Stand(np.array([0.0, 32.0, 10.5])), true + random.normal(0, 0.01, true.shape), marks, SIZE)
    assert stand.position_m == pytest.approx((-1, 30, 9.5), abs=0.8)
    assert stand.bend == pytest.approx(BEND, abs=0.01)
    assert np.abs(looks[:, :2] - true[:, :2]).max() < 0.01


def test_more_marks_make_a_look_surer() -> None:
    camera, floor = camera_at(0), np.array(list(landmarks(NBA).values()))
    pixels, depth = camera.project(flat(floor))
    seen = np.flatnonzero(in_picture(pixels, depth))
    look = np.array([(camera.pan, camera.tilt, camera.roll, np.log(camera.focal_px / SIZE[0]))])
    spreads = []
    for used in (seen[:5], seen):
        marks = Marks(np.zeros(len(used), np.int64), floor[used], pixels[used], np.full((len(used), 2), np.nan), np.ones(len(used)))
        spreads.append(np.linalg.det(fit_looks(Stand(np.array(camera.position_m), BEND), look, marks, SIZE)[1][0]))
    assert spreads[1] < spreads[0]


@pytest.mark.parametrize("n_sure", [0, 3, 4])
def test_few_landmarks_give_no_homography(n_sure: int) -> None:
    seen = sight(0, camera_at(0), np.random.default_rng(0), lost=0.0)
    confidence = seen.confidence.copy()
    confidence[np.flatnonzero(confidence)[n_sure:]] = 0
    assert plain_homography(Sighting(0, seen.landmarks, confidence, seen.paint), NBA, 1280) is None


def test_landmarks_on_one_line_give_no_homography() -> None:
    names = list(landmarks(NBA))
    pixels, _ = camera_at(0).project(flat(np.array(list(landmarks(NBA).values()))))
    on_line = np.array([name.startswith("right") and ("baseline" in name or "corner" in name) for name in names])
    assert on_line.sum() >= 5 and plain_homography(Sighting(0, pixels, on_line * 0.9, np.zeros((0, 2))), NBA, 1280) is None


def registered(frames: range, n: int, seed: int = 0, cut: int | None = None, court: Court = NBA, **how: float) -> tuple[CourtTrack, list[Camera]]:
    random = np.random.default_rng(seed)
    cameras = [camera_at(i / 30, jump=0.0 if cut is None or i < cut else -0.5) for i in range(n)]
    cuts = np.arange(n) == (-1 if cut is None else cut)
    return register([sight(i, cameras[i], random, court=court, **how) for i in frames], np.arange(n) / 30, cuts, court, SIZE), cameras


def test_nothing_seen_is_no_court() -> None:
    track, _ = registered(range(0), 10)
    assert not track.valid.any() and np.isnan(track.court_to_pinhole).all() and np.isnan(track.error_m).all()


def test_no_frames_are_no_trouble() -> None:
    assert register([], np.zeros(0), np.zeros(0, bool), NBA, SIZE).valid.shape == (0,)


@pytest.mark.parametrize("league", ["nba", "fiba", "ncaa-men", "high-school"])
def test_every_frame_is_placed_from_some(league: str) -> None:
    track, cameras = registered(range(0, 60, 3), 60, court=COURTS[league])
    assert track.valid.all()
    errors = [floor_error(track, i, cameras[i]) for i in range(60)]
    assert np.median(errors) < 0.06 and max(errors) < 0.2
    assert 0 < np.median(track.error_m) < 0.3


def test_wrong_landmarks_are_seen_through() -> None:
    random = np.random.default_rng(1)
    cameras = [camera_at(i / 30) for i in range(30)]
    sightings = []
    for i in range(0, 30, 3):
        seen = sight(i, cameras[i], random)
        landmarks_px = seen.landmarks.copy()
        landmarks_px[random.choice(N_LANDMARKS, 4, replace=False)] += 200
        sightings.append(Sighting(i, landmarks_px, seen.confidence, seen.paint))
    track = register(sightings, np.arange(30) / 30, np.zeros(30, bool), NBA, SIZE)
    assert max(floor_error(track, i, cameras[i]) for i in range(30)) < 0.3


def test_nothing_is_carried_across_a_cut() -> None:
    track, cameras = registered(range(0, 60, 3), 60, cut=31)
    assert max(floor_error(track, i, cameras[i]) for i in range(60) if track.valid[i]) < 0.3
    one_side, _ = registered(range(0, 30, 3), 60, cut=31)
    assert one_side.valid[:31].all() and not one_side.valid[31:].any()


def test_long_gaps_have_no_court() -> None:
    random, cameras = np.random.default_rng(0), [camera_at(i / 30) for i in range(120)]
    track = register([sight(i, cameras[i], random) for i in (*range(0, 31, 3), *range(90, 120, 3))], np.arange(120) / 30, np.zeros(120, bool), NBA, SIZE)
    middle = np.arange(30 + int(30 * LONGEST_GAP_S) + 1, 90 - int(30 * LONGEST_GAP_S))
    assert not track.valid[middle].any() and track.valid[:31].all() and track.valid[90:].all()


def test_a_frame_that_is_wrong_as_a_whole_is_left_out() -> None:
    random, cameras = np.random.default_rng(0), [camera_at(i / 30) for i in range(60)]
    sightings = [sight(i, cameras[i], random) for i in range(0, 60, 3)]
    sightings[8] = sight(24, camera_at(0.8, jump=0.15), random)  # it took another paint for this one
    track = register(sightings, np.arange(60) / 30, np.zeros(60, bool), NBA, SIZE)
    assert max(floor_error(track, i, cameras[i]) for i in range(60)) < 0.3
