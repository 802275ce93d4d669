from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from courtside.court.camera import Camera, Lens
from courtside.evaluate.court import court_at, places, score_court, to_floor, to_picture
from courtside.truth.labels import CourtLabels

LENS = Lens(640, 360, 360, 360, 0.01, 0.002)
CAMERA = Camera((0.0, 25.0, 8.0), 0.1, 0.35, 1100.0, (1280, 720), lens=LENS)


def court(*pans: float | None, frames: tuple[int, ...] | None = None, camera: Camera = CAMERA, sign: float = 1.0) -> CourtLabels:
    """One frame per pan of the camera; None: no court in view."""
    homographies = [np.full((3, 3), np.nan) if pan is None else sign * replace(camera, pan=pan).court_to_pinhole() for pan in pans]
    lens = camera.lens
    return CourtLabels(
        "nba",
        (lens.cx, lens.cy, lens.sx, lens.sy, lens.k1, lens.k2),
        np.array(frames or range(len(pans)), int),
        np.array([pan is not None for pan in pans], bool),
        np.array(homographies).reshape(-1, 3, 3),
    )


FLOOR = np.array([[0.0, 0.0], [-4.0, 5.0], [6.0, -7.0]])


@pytest.mark.parametrize("sign", [1.0, -3.0])
def test_floor_and_picture_are_there_and_back_as_the_camera_sees_them(sign: float) -> None:
    homography = sign * CAMERA.court_to_pinhole()
    pixels = to_picture(homography, LENS, FLOOR)
    assert pixels == pytest.approx(CAMERA.project(np.c_[FLOOR, np.zeros(3)])[0])
    assert to_floor(homography, LENS, pixels) == pytest.approx(FLOOR)


def test_what_is_behind_the_camera_or_in_the_sky_is_nowhere() -> None:
    assert np.isnan(to_picture(CAMERA.court_to_pinhole(), LENS, np.array([[0.0, 60.0]]))).all()
    assert np.isnan(to_floor(CAMERA.court_to_pinhole(), LENS, np.array([[640.0, -900.0]]))).all()


def test_no_frames() -> None:
    found = score_court(CourtLabels(), CourtLabels(), 1280, 720)
    assert (found.n_in_play, found.n_solved, found.median_m, found.p95_px) == (0, 0, None, None)


def test_the_true_court_is_not_off_whatever_its_scale() -> None:
    found = score_court(court(0.0, 0.1), court(0.0, 0.1, sign=-2.0), 1280, 720)
    assert (found.n_in_play, found.n_solved, found.n_wrong, found.n_claimed) == (2, 2, 0, 0)
    assert found.p95_m == pytest.approx(0, abs=1e-6) and found.p95_px == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(
    ("truth", "found", "solved", "claimed"),
    [((0.1,), (None,), 0, 0), ((None,), (0.1,), 0, 1), ((None,), (None,), 0, 0), ((0.1, None, 0.2), (None, 0.0, 0.2), 1, 1)],
)
def test_frames_solved_missed_and_made_up(truth: tuple[float | None, ...], found: tuple[float | None, ...], solved: int, claimed: int) -> None:
    scores = score_court(court(*truth), court(*found), 1280, 720)
    assert (scores.n_solved, scores.n_claimed) == (solved, claimed)


@pytest.mark.parametrize(("metres", "wrong"), [(0.5, ()), (3.0, (0,))])
def test_a_court_that_is_shifted_is_that_far_off(metres: float, wrong: tuple[int, ...]) -> None:
    shift = np.array([[1.0, 0, metres], [0, 1, 0], [0, 0, 1]])
    truth = court(0.1)
    found = score_court(truth, replace(truth, court_to_pinhole=truth.court_to_pinhole @ shift), 1280, 720)
    assert found.median_m == pytest.approx(metres) and found.p95_m == pytest.approx(metres)
    assert found.wrong_frames == wrong and found.n_wrong == len(wrong)


def test_between_two_labels_the_camera_turns_evenly() -> None:
    at = court_at(court(0.0, 0.06, frames=(0, 6)), 30.0)
    for frame in (0, 2, 3, 6):
        expected = replace(CAMERA, pan=0.01 * frame).court_to_pinhole()
        homography = at(frame)
        assert homography is not None
        assert to_floor(homography, LENS, to_picture(expected, LENS, FLOOR)) == pytest.approx(FLOOR, abs=1e-4)


@pytest.mark.parametrize(
    ("labels", "frame", "cuts"),
    [
        (CourtLabels(), 0, ()),
        (court(0.0, 0.1, frames=(3, 6)), 2, ()),  # before the first
        (court(0.0, 0.1, frames=(3, 6)), 7, ()),
        (court(0.0, 0.1, frames=(0, 30)), 15, ()),  # a second is too long
        (court(0.0, 0.1, frames=(0, 6)), 3, (4,)),  # a cut between
        (court(0.0, None, frames=(0, 6)), 3, ()),
        (court(None), 0, ()),
    ],
)
def test_where_the_court_is_not_known(labels: CourtLabels, frame: int, cuts: tuple[int, ...]) -> None:
    assert court_at(labels, 30.0, cuts)(frame) is None


def test_people_stand_below_the_middle_of_their_boxes() -> None:
    truth = court(0.1)
    foot = to_picture(truth.court_to_pinhole[0], LENS, FLOOR)
    boxes = np.c_[foot[:, 0] - 20, foot[:, 1] - 150, foot[:, 0] + 20, foot[:, 1]]
    found = places(truth, court_at(truth, 30.0), np.array([0, 0, 9]), boxes)
    assert found[:2] == pytest.approx(FLOOR[:2]) and np.isnan(found[2]).all()
