"""What moves by itself between three frames, in pictures made here: a textured arena, a camera that pans, and a ball."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from courtside.tracking.movers import Movers
from courtside.types import Frame, Image

SIZE = (640, 360)
PEOPLE = np.array([(60 + 120 * i, 200, 110 + 120 * i, 330) for i in range(5)], float)
BALL_PX = 16.0  # of a ball beside people 130 px tall
PAN = 6.0


def arena(random: np.random.Generator) -> Image:
    noise = random.integers(0, 256, (SIZE[1] + 100, SIZE[0] + 200, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 4).astype(np.uint8) // 2


def frames(pan: float, ball: tuple[float, float] | None, graphic: bool = False, n: int = 5, seed: int = 0) -> Iterator[tuple[Frame, np.ndarray]]:
    """Yield pictures and the motion from the one before; ``ball`` is how far it comes a frame, seen against the arena."""
    background = arena(np.random.default_rng(seed))
    for i in range(n):
        shift = round(pan * i)
        image = np.ascontiguousarray(background[: SIZE[1], shift : shift + SIZE[0]])
        if ball is not None:
            middle = (300 + ball[0] * i - shift, 100 + ball[1] * i)
            cv2.circle(image, (round(middle[0]), round(middle[1])), int(BALL_PX / 2), (40, 110, 220), -1)
        if graphic:
            cv2.rectangle(image, (20, 20), (60, 32), (255, 255, 255), -1)
        motion = np.eye(3)
        motion[0, 2] = -(shift - round(pan * (i - 1))) if i else 0.0
        yield Frame(i, i / 30, image), motion


def spots(movers: Movers, shown: Iterator[tuple[Frame, np.ndarray]], people: np.ndarray = PEOPLE) -> dict[int, np.ndarray]:
    found = [movers.look(frame, motion, people) for frame, motion in shown]
    return dict(one for one in found if one is not None)


@pytest.mark.parametrize("pan", [0.0, PAN])
@pytest.mark.parametrize("ball", [(20.0, -8.0), (-18.0, 5.0), (0.0, 19.0)])
def test_a_ball_in_the_air_is_the_clearest_of_all(pan: float, ball: tuple[float, float]) -> None:
    found = spots(Movers(), frames(pan, ball))
    assert sorted(found) == [1, 2, 3]  # the first has nothing before it, the last nothing after it
    for i, xy in found.items():
        true = (300 + ball[0] * i - round(pan * i), 100 + ball[1] * i)
        assert np.hypot(*(xy[0] - true)) < BALL_PX / 2


@pytest.mark.parametrize(("pan", "graphic"), [(0.0, False), (PAN, False), (PAN, True)])
def test_what_only_the_camera_moves_is_nothing(pan: float, graphic: bool) -> None:
    assert all(not len(xy) for xy in spots(Movers(), frames(pan, None, graphic)).values())


def test_what_moves_on_somebody_is_his_hand() -> None:
    people = np.concatenate([PEOPLE, [(250, 40, 420, 160)]])
    assert all(not len(xy) for xy in spots(Movers(), frames(0.0, (20.0, 0.0)), people).values())


def test_where_nobody_plays_nothing_is_looked_for() -> None:
    assert all(not len(xy) for xy in spots(Movers(), frames(0.0, (20.0, 0.0)), PEOPLE[:2]).values())


def test_after_a_cut_it_begins_anew() -> None:
    movers = Movers()
    assert len(spots(movers, frames(0.0, (20.0, 0.0)))) == 3
    movers.reset()
    assert [movers.look(frame, motion, PEOPLE) is None for frame, motion in frames(0.0, (20.0, 0.0), n=3)] == [True, True, False]


def test_places_are_pixels_of_the_frame_and_not_of_the_small_picture() -> None:
    large = [(Frame(f.index, f.time_s, cv2.resize(f.image, None, fx=2, fy=2).astype(np.uint8)), m) for f, m in frames(0.0, (20.0, 0.0))]
    found = spots(Movers(), iter(large), 2 * PEOPLE)
    assert np.hypot(*(found[2][0] - (2 * 340, 2 * 100))) < BALL_PX
