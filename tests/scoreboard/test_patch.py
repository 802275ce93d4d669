from __future__ import annotations

import cv2
import numpy as np
import pytest

from courtside.scoreboard import Template, find_patches, stands_still
from courtside.types import Image

WIDTH, HEIGHT = 960, 540
GRAPHIC = (300, 450, 660, 500)


def scene(shift: int, graphic: bool = True) -> Image:
    """Return a textured picture moved by ``shift`` pixels with a graphic over it."""
    wide = np.random.default_rng(0).integers(0, 255, (60, 200, 3), np.uint8)
    image = np.ascontiguousarray(np.roll(cv2.resize(wide, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR), shift, 1))
    if graphic:
        x1, y1, x2, y2 = GRAPHIC
        cv2.rectangle(image, (x1, y1), (x2, y2), (40, 20, 20), -1)
        cv2.putText(image, f"SA 72 DAL 73 2:{shift % 60:02d}", (x1 + 15, y2 - 15), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (240, 240, 240), 2)
    return image


@pytest.mark.parametrize(
    ("images", "found"),
    [
        ([], False),
        ([scene(0)], False),  # one picture does not move
        ([scene(37 * i) for i in range(6)], True),
        ([scene(37 * i, graphic=False) for i in range(6)], False),
    ],
)
def test_what_stays_while_the_rest_moves(images: list[Image], found: bool) -> None:
    places = find_patches(images)
    assert bool(places) == found
    if found:
        x1, y1, x2, y2 = places[0]
        assert abs(x1 - GRAPHIC[0]) < 40 and abs(x2 - GRAPHIC[2]) < 80 and abs(y1 - GRAPHIC[1]) < 25 and abs(y2 - GRAPHIC[3]) < 25


def test_a_camera_that_stands_still_tells_nothing() -> None:
    assert stands_still([scene(0)] * 6)
    assert not stands_still([scene(37 * i) for i in range(6)])


def test_whether_the_graphic_is_there() -> None:
    template = Template([scene(37 * i) for i in range(6)], (290, 440, 670, 510))
    assert template.is_in(scene(501))
    assert not template.is_in(scene(501, graphic=False))
    assert not template.is_in(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    assert not Template.none().is_in(scene(0))
