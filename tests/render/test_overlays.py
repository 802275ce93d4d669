from __future__ import annotations

import numpy as np
import pytest
import supervision as sv

from courtside.errors import ConfigError
from courtside.render.overlays import GROUPS, OVERLAYS, PALETTE, draw_ball, draw_detections, draw_overlays
from courtside.types import BALL, BALL_IN_BASKET, CLASSES, NUMBER, PLAYER, PLAYER_CLASSES, REFEREE, RIM, Image


def grey(width: int = 640, height: int = 360) -> Image:
    return np.full((height, width, 3), 90, np.uint8)


def one(class_id: int, xyxy: tuple[float, float, float, float] = (300, 150, 340, 220), confidence: float | None = 0.9) -> sv.Detections:
    score = None if confidence is None else np.array([confidence], np.float32)
    return sv.Detections(np.array([xyxy], np.float32), confidence=score, class_id=np.array([class_id]))


@pytest.mark.parametrize("detections", [sv.Detections.empty(), one(PLAYER)[:0]], ids=["empty", "none left"])
def test_nothing_found_gives_the_same_picture(detections: sv.Detections) -> None:
    image = grey()
    for drawn in (
        draw_detections(image, detections),
        draw_detections(image, detections, frozenset({"players"})),
        draw_overlays(image, detections, frozenset(OVERLAYS)),
    ):
        assert drawn is not image
        assert np.array_equal(drawn, image)


@pytest.mark.parametrize("class_id", range(len(CLASSES)), ids=CLASSES)
def test_every_class_has_its_own_color_and_a_label(class_id: int) -> None:
    image = grey()
    image.setflags(write=False)
    drawn = draw_detections(image, one(class_id))
    side = np.abs(np.array(PALETTE) - drawn[185, 300].astype(int)).sum(1)
    assert side.argmin() == class_id
    assert (drawn[138:148, 302:320] != image[138:148, 302:320]).any(2).mean() > 0.9
    assert len(set(PALETTE)) == len(CLASSES)


@pytest.mark.parametrize(
    ("only", "shown"),
    [
        (frozenset(), set()),
        (None, set(range(10))),
        (frozenset({"players"}), set(PLAYER_CLASSES)),
        (frozenset({"numbers"}), {NUMBER}),
        (frozenset({"number"}), {NUMBER}),
        (frozenset({"referees", "rim"}), {REFEREE, RIM}),
        (frozenset({"ball"}), {BALL, BALL_IN_BASKET}),
        (frozenset({"player"}), {PLAYER}),
    ],
)
def test_only(only: frozenset[str] | None, shown: set[int]) -> None:
    image = grey()
    found = {class_id for class_id in range(10) if not np.array_equal(draw_detections(image, one(class_id), only), image)}
    assert found == shown


@pytest.mark.parametrize(
    ("overlays", "shown"),
    [
        (frozenset(), set()),
        (frozenset({"ball"}), set()),  # not what the detector takes for a ball, but the ball's way
        (frozenset({"boxes"}), {*PLAYER_CLASSES, REFEREE}),
        (frozenset({"numbers"}), {NUMBER}),
        (frozenset({"rim"}), {RIM}),
        (frozenset(OVERLAYS), set(range(10)) - {BALL, BALL_IN_BASKET}),
    ],
)
def test_overlays(overlays: frozenset[str], shown: set[int]) -> None:
    image = grey()
    image.setflags(write=False)
    found = {class_id for class_id in range(10) if not np.array_equal(draw_overlays(image, one(class_id), overlays), image)}
    assert found == shown


def test_unknown_words_name_the_nearest() -> None:
    with pytest.raises(ConfigError, match="numbers"):
        draw_overlays(grey(), sv.Detections.empty(), frozenset({"nubmers"}))
    with pytest.raises(ConfigError, match="players"):
        draw_detections(grey(), sv.Detections.empty(), frozenset({"playres"}))
    assert set(CLASSES) <= set(GROUPS)


@pytest.mark.parametrize(("top", "above"), [(150.0, True), (1.0, False)])
def test_the_ball_is_pointed_at_from_where_there_is_room(top: float, above: bool) -> None:
    image = grey()
    image.setflags(write=False)
    drawn = draw_ball(image, (300.0, top, 312.0, top + 12))
    rows = np.nonzero((drawn != image).any((1, 2)))[0]
    assert rows.max() < top + 1 if above else rows.min() > top + 11
    assert not (drawn[round(top) + 2 : round(top) + 10, 300:312] != 90).any(), "the ball itself stays free"


@pytest.mark.parametrize(("width", "height"), [(1, 1), (16, 9), (320, 240), (3840, 2160)])
def test_any_size_and_boxes_that_leave_the_picture(width: int, height: int) -> None:
    image = grey(width, height)
    boxes = np.array([(-1e6, -1e6, 1e6, 1e6), (-50, -50, 3, 3), (width - 2, height - 2, width + 60, height + 60)] * 2, np.float32)
    found = sv.Detections(boxes, class_id=np.array([PLAYER, BALL, RIM, NUMBER, REFEREE, BALL_IN_BASKET]))
    assert draw_detections(image, found).shape == image.shape
    assert draw_overlays(image, found, frozenset(OVERLAYS)).shape == image.shape


def test_confidence_may_be_missing() -> None:
    assert not np.array_equal(draw_detections(grey(), one(PLAYER, confidence=None)), draw_detections(grey(), one(PLAYER)))
