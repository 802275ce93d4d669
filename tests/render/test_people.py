from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.errors import ConfigError
from courtside.render.people import draw_people
from courtside.types import Image, Person, Team

TEAMS = {"Knicks": Team("Knicks", "#F58426"), "Nets": Team("Nets", "#000000"), "Spurs": Team("Spurs", "#FFFFFF")}
WHERE = (300.0, 100.0, 360.0, 260.0)
PROVED = Person(1, WHERE, "player", "Knicks", "11", "Brunson", 0.99)


def floor(width: int = 640, height: int = 360) -> Image:
    return np.full((height, width, 3), (120, 170, 205), np.uint8)


def changed(before: Image, after: Image) -> tuple[int, int, int, int, int]:
    """Left, top, right, bottom and number of the pixels that differ."""
    rows, columns = np.nonzero((before != after).any(2))
    return (columns.min(), rows.min(), columns.max(), rows.max(), len(rows)) if len(rows) else (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "people",
    [
        [],
        [replace(PROVED, xyxy=(700.0, 100.0, 760.0, 260.0))],
        [replace(PROVED, xyxy=(300.0, -260.0, 360.0, -100.0))],
        [replace(PROVED, xyxy=(math.nan, 0.0, 10.0, 10.0))],
        [replace(PROVED, xyxy=(300.0, 260.0, 360.0, 100.0))],
    ],
    ids=["nobody", "off to the right", "off the top", "no number", "inside out"],
)
def test_nobody_to_draw_gives_the_same_picture(people: list[Person]) -> None:
    image = floor()
    drawn = draw_people(image, people, TEAMS)
    assert drawn is not image
    assert np.array_equal(drawn, image)


def test_the_frame_is_left_as_it_is() -> None:
    image = floor()
    before = image.copy()
    image.setflags(write=False)
    assert not np.array_equal(draw_people(image, [PROVED], TEAMS), before)
    assert np.array_equal(image, before)


def test_more_is_drawn_the_more_is_known() -> None:
    image = floor()
    ladder = [
        replace(PROVED, role="referee", team=None, number=None, player=None),
        replace(PROVED, team=None, number=None, player=None),
        replace(PROVED, number=None, player=None),
        replace(PROVED, player=None),
        PROVED,
    ]
    areas = [changed(image, draw_people(image, [person], TEAMS))[4] for person in ladder]
    assert areas == sorted(areas)
    assert len(set(areas)) == len(areas)


@pytest.mark.parametrize(
    "person",
    [
        replace(PROVED, team=None),
        replace(PROVED, team="Celtics"),
        replace(PROVED, team=None, player=None),
    ],
    ids=["name without a team", "team not given", "number without a team"],
)
def test_without_a_team_there_is_no_label(person: Person) -> None:
    image = floor()
    bare = replace(person, team=None, number=None, player=None)
    assert np.array_equal(draw_people(image, [person], TEAMS), draw_people(image, [bare], TEAMS))


def test_a_referee_has_no_name_whatever_is_said_of_him() -> None:
    image = floor()
    referee = replace(PROVED, role="referee")
    assert np.array_equal(draw_people(image, [referee], TEAMS), draw_people(image, [replace(referee, team=None, number=None, player=None)], TEAMS))


def test_a_name_without_a_number_is_not_drawn() -> None:
    image = floor()
    assert np.array_equal(draw_people(image, [replace(PROVED, number=None)], TEAMS), draw_people(image, [replace(PROVED, number=None, player=None)], TEAMS))


def test_the_marks_are_at_the_feet() -> None:
    image = floor()
    left, top, right, bottom, _ = changed(image, draw_people(image, [PROVED], TEAMS))
    x1, y1, x2, y2 = WHERE
    assert abs((left + right) / 2 - (x1 + x2) / 2) <= 2
    assert y1 + 0.8 * (y2 - y1) < top < y2 < bottom < y2 + 50


def test_the_ring_lies_behind_the_legs() -> None:
    image = floor()
    legs = np.s_[150:258, 322:338]
    image[legs] = (20, 20, 20)
    ringed = draw_people(image, [replace(PROVED, number=None, player=None)], TEAMS)
    assert np.abs(ringed[legs].astype(int) - image[legs]).mean() < 4
    bare = floor()
    assert np.abs(draw_people(bare, [replace(PROVED, number=None, player=None)], TEAMS)[240:258, 322:338].astype(int) - bare[240:258, 322:338]).mean() > 8


def test_the_ring_lies_behind_someone_nearer() -> None:
    image = floor()
    nearer = replace(PROVED, track_id=2, xyxy=(335.0, 180.0, 375.0, 340.0), team=None, number=None, player=None)
    image[180:300, 335:375] = (20, 20, 20)
    drawn = draw_people(image, [replace(PROVED, number=None, player=None), nearer], TEAMS)
    assert np.abs(drawn[240:280, 340:370].astype(int) - image[240:280, 340:370]).mean() < 6


@pytest.mark.parametrize("team", list(TEAMS))
@pytest.mark.parametrize("ground", [0, 30, 128, 225, 255])
def test_any_team_shows_on_any_floor(team: str, ground: int) -> None:
    image = np.full((360, 640, 3), ground, np.uint8)
    drawn = draw_people(image, [replace(PROVED, team=team)], TEAMS)
    assert int((np.abs(drawn.astype(int) - image).max(2) > 60).sum()) > 150


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 200), (16, 9), (320, 240), (640, 360), (1080, 1920), (3840, 2160)])
def test_any_size_of_picture(width: int, height: int) -> None:
    image = floor(width, height)
    box = (width * 0.4, height * 0.2, width * 0.55, height * 0.8)
    drawn = draw_people(image, [replace(PROVED, xyxy=box), replace(PROVED, track_id=2, xyxy=box, team="Nets")], TEAMS)
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    if min(width, height) > 200:
        left, _, right, _, _ = changed(image, drawn)
        assert 0.04 * height < right - left < 0.8 * width


@pytest.mark.parametrize("corner", [(-40.0, -120.0), (600.0, -120.0), (-40.0, 300.0), (610.0, 330.0)])
def test_a_label_is_whole_even_when_the_player_is_not(corner: tuple[float, float]) -> None:
    image = floor()
    x, y = corner
    person = replace(PROVED, xyxy=(x, y, x + 60, y + 160))
    named = draw_people(image, [person], TEAMS)
    _, _, _, _, area = changed(draw_people(image, [replace(person, number=None, player=None)], TEAMS), named)
    _, _, _, _, whole = changed(draw_people(image, [replace(PROVED, number=None, player=None)], TEAMS), draw_people(image, [PROVED], TEAMS))
    assert area > 0.85 * whole  # the rest is the pill's soft shadow over the ring


def test_labels_do_not_cover_one_another() -> None:
    image = floor(1280, 720)
    crowd = [replace(PROVED, track_id=i, xyxy=(600.0 + 6 * i, 300.0, 660.0 + 6 * i, 460.0), number=str(i)) for i in range(1, 11)]
    alone = draw_people(image, crowd[:1], TEAMS)
    bare = draw_people(image, [replace(person, number=None, player=None) for person in crowd], TEAMS)
    one = changed(draw_people(image, [replace(crowd[0], number=None, player=None)], TEAMS), alone)[4]
    assert changed(bare, draw_people(image, crowd, TEAMS))[4] > 8 * one


def test_a_bad_color_is_named() -> None:
    with pytest.raises(ConfigError, match="orange"):
        draw_people(floor(), [PROVED], {"Knicks": Team("Knicks", "orange")})


people = st.lists(
    st.builds(
        Person,
        st.integers(1, 99),
        st.tuples(*[st.floats(-900, 900, width=32)] * 4),
        st.sampled_from(["player", "referee"]),
        st.sampled_from([None, "Celtics", *TEAMS]),
        st.sampled_from([None, "0", "00", "11"]),
        st.none() | st.text(max_size=30),
    ),
    max_size=5,
    unique_by=lambda person: person.track_id,
)


@settings(deadline=None, max_examples=60)
@given(people, st.randoms(use_true_random=False))
def test_the_order_of_people_changes_nothing(crowd: list[Person], random: Callable[..., None]) -> None:
    image = floor(320, 240)
    shuffled = list(crowd)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's Random is typed as a callable here
    assert np.array_equal(draw_people(image, crowd, TEAMS), draw_people(image, shuffled, TEAMS))


def test_real_frame_is_marked_quickly(shared_data: Path) -> None:
    capture = cv2.VideoCapture(str(shared_data / "clips" / "nba12.avi"))
    image = np.asarray(capture.read()[1], np.uint8)
    capture.release()
    with (shared_data / "truth" / "tracks" / "nba12.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["frame"] == "0"]
    teams = {row["team"]: Team(row["team"], "#007AC1") for row in rows if row["team"]}
    crowd = [
        Person(
            i,
            (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"])),
            "referee" if row["role"] == "referee" else "player",
            row["team"] or None,
            row["number"] or None,
            "Player" if row["number"] else None,
        )
        for i, row in enumerate(rows)
    ]
    spent = []
    for _ in range(15):
        start = time.process_time()
        drawn = draw_people(image, crowd, teams)
        spent.append(time.process_time() - start)
    top = drawn[: image.shape[0] // 5]
    assert np.array_equal(top, image[: image.shape[0] // 5]), "nothing is drawn among the spectators"
    assert sorted(spent)[7] < 0.02  # about 2.5 ms when the machine is free; the room is for busy ones
