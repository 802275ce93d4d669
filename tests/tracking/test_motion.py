from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from courtside.tracking.motion import CameraMotion

NOBODY = np.zeros((0, 4))


def view(x: float, y: float, zoom: float = 1.0) -> np.ndarray:
    return np.array([[zoom, 0, -x], [0, zoom, -y]], float)


def truth(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    row = np.array([[0, 0, 1.0]])
    return np.vstack([after, row]) @ np.linalg.inv(np.vstack([before, row]))


def error_px(found: np.ndarray, expected: np.ndarray) -> float:
    corners = np.array([[0, 0, 1], [640, 0, 1], [0, 360, 1], [640, 360, 1]], float).T
    return float(np.abs((found @ corners)[:2] - (expected @ corners)[:2]).max())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(view(600, 300), view(600, 300), id="still"),
        pytest.param(view(600, 300), view(607, 298), id="pan"),
        pytest.param(view(600, 300), view(640, 300), id="fast pan"),
        pytest.param(view(600, 300), view(620, 310, 1.03), id="zoom"),
    ],
)
def test_finds_the_cameras_motion(arena: Any, before: np.ndarray, after: np.ndarray) -> None:
    camera = CameraMotion()
    camera.estimate(arena.frame(0, 0.0, [], before).image, NOBODY)
    motion = camera.estimate(arena.frame(1, 0.04, [], after).image, NOBODY)
    assert motion.valid
    assert error_px(motion.matrix, truth(before, after)) < 1.0


def test_first_frame_and_first_after_reset_are_not_valid(arena: Any) -> None:
    camera = CameraMotion()
    image = arena.frame(0, 0.0, []).image
    for _ in range(2):
        motion = camera.estimate(image, NOBODY)
        assert not motion.valid
        assert np.array_equal(motion.matrix, np.eye(3))
        assert camera.estimate(image, NOBODY).valid
        camera.reset()


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (40, 30), (320, 240)])
def test_a_picture_with_nothing_to_hold_on_to_gives_identity(size: tuple[int, int]) -> None:
    camera = CameraMotion()
    for level in (90, 91):
        motion = camera.estimate(np.full((size[1], size[0], 3), level, np.uint8), NOBODY)
        assert not motion.valid
        assert np.array_equal(motion.matrix, np.eye(3))


def test_people_who_all_run_one_way_are_not_the_background(arena: Any) -> None:
    camera = CameraMotion()
    for i in range(4):
        # A dozen people side by side fill most of the picture and run left; the floor between them stands still.
        people = [arena.body(620 + 50 * k - 8 * i, 600 - 20 * (k % 3), arena.navy, 200) for k in range(12)]
        frame = arena.frame(0, i / 30, people)
        motion = camera.estimate(frame.image, arena.boxes(people))
    assert error_px(motion.matrix, np.eye(3)) < 1.0


def test_a_still_overlay_on_a_blurred_pan_is_not_the_background(arena: Any) -> None:
    camera = CameraMotion()
    for i in range(6):
        image = cv2.blur(arena.frame(0, i / 30, [], view(600 + 12 * i, 300)).image, (13, 1))
        image[250:330, 60:580] = 30
        cv2.putText(image, "SA 72 DAL 73 2:09", (70, 305), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 255, 255), 3)
        motion = camera.estimate(image, NOBODY)
    assert motion.valid
    assert error_px(motion.matrix, truth(view(600, 300), view(612, 300))) < 2.0


def test_a_flash_is_told_and_taken_back(arena: Any) -> None:
    camera = CameraMotion()
    total = np.eye(3)
    for i in range(6):
        motion = camera.estimate(arena.frame(0, i / 30, [], view(600 + 5 * i, 300), glare=110 if i in (2, 3) else 0).image, NOBODY)
        assert motion.flash == (i in (2, 3))
        assert motion.valid == (i not in (0, 2, 3))
        total = motion.matrix @ total
    assert error_px(total, truth(view(600, 300), view(625, 300))) < 2.0


def test_a_picture_that_stays_bright_is_no_flash_for_ever(arena: Any) -> None:
    camera = CameraMotion()
    flashes = [camera.estimate(arena.frame(0, i / 30, [], glare=0 if i == 0 else 110).image, NOBODY).flash for i in range(20)]
    assert not any(flashes[10:])


def test_looks_only(arena: Any) -> None:
    camera = CameraMotion()
    frame, people = arena.frame(0, 0.0, []), np.array([[10.0, 10, 50, 90]])
    image, boxes = frame.image.copy(), people.copy()
    camera.estimate(frame.image, people)
    camera.estimate(frame.image, people)
    assert np.array_equal(frame.image, image)
    assert np.array_equal(people, boxes)
