"""Masks in the colours of the teams."""

from __future__ import annotations

import numpy as np
import supervision as sv

from courtside.render.color import NEUTRAL, REFEREE_COLOR
from courtside.render.masks import draw_masks, masks_of_people
from courtside.types import Person, Team

HEIGHT, WIDTH = 120, 160
GREY = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)
TEAMS = {"Reds": Team("Reds", "#FF0000")}


def person(track_id: int, left: int, team: str | None = None, role: str = "player") -> Person:
    return Person(track_id, (left, 20, left + 30, 100), role, team)  # type: ignore[arg-type]  # one of the two roles


def masks_at(*lefts: int) -> sv.CompactMask:
    dense = np.zeros((len(lefts), HEIGHT, WIDTH), bool)
    for mask, left in zip(dense, lefts, strict=True):
        mask[30:90, left + 5 : left + 25] = True
    boxes = np.array([(left, 20, left + 29, 99) for left in lefts]).reshape(-1, 4)
    return sv.CompactMask.from_dense(dense, boxes, (HEIGHT, WIDTH))


def test_nobody() -> None:
    assert (draw_masks(GREY, [], masks_at(), TEAMS) == GREY).all()


def test_half_the_colour_inside_and_nothing_outside() -> None:
    before = GREY.copy()
    drawn = draw_masks(GREY, [person(1, 20, "Reds"), person(2, 60), person(3, 100, role="referee")], masks_at(20, 60, 100), TEAMS)
    for left, color in ((20, (0, 0, 255)), (60, NEUTRAL), (100, REFEREE_COLOR)):
        np.testing.assert_allclose(drawn[60, left + 15], (100 + np.array(color)) / 2, atol=1)
    outside = np.ones((HEIGHT, WIDTH), bool)
    outside[28:92] = False
    assert (drawn[outside] == 100).all()
    np.testing.assert_array_equal(GREY, before)


def test_whoever_is_nearer_lies_on_top() -> None:
    near, far = person(2, 20, "Reds"), Person(1, (20, 20, 50, 90), "player")
    for people in ([near, far], [far, near]):
        drawn = draw_masks(GREY, people, masks_at(20, 20), TEAMS)
        assert drawn[60, 35, 2] > 180 and drawn[60, 35, 0] < 110


def test_an_empty_mask_and_a_mask_over_the_edge() -> None:
    empty = sv.CompactMask.from_dense(np.zeros((1, HEIGHT, WIDTH), bool), np.array([[0, 0, 0, 0]]), (HEIGHT, WIDTH))
    assert (draw_masks(GREY, [person(1, 20)], empty, TEAMS) == GREY).all()
    small = GREY[:60, :30].copy()  # a stream that has changed its size
    assert draw_masks(small, [person(1, 20)], masks_at(20), TEAMS).shape == small.shape


def test_boxes_say_whose_mask_is_whose() -> None:
    people = [person(7, 61), person(8, 20), person(9, 120)]
    xyxy = np.array([[20, 20, 50, 100], [60, 20, 90, 100], [100, 20, 130, 100]], float)
    shown, masks = masks_of_people(people, xyxy, np.array([41, 42, 0]), np.array([42, 41]), masks_at(60, 20))
    found = {who.track_id: int(masks.offsets[i][0]) for i, who in enumerate(shown)}
    assert found == {7: 60, 8: 20}
    nobody, none = masks_of_people([], xyxy, np.array([41, 42, 0]), np.array([42, 41]), masks_at(60, 20))
    assert nobody == [] and len(none) == 0
    nobody, none = masks_of_people(people, xyxy[:0], np.zeros(0, int), np.zeros(0, int), masks_at())
    assert nobody == [] and len(none) == 0
