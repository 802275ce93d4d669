from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from courtside.court import COURTS, Camera, Court
from courtside.simulate.draw import Painter, make_arena
from courtside.simulate.draw.basket import Basket
from courtside.simulate.draw.floor import make_floor
from courtside.simulate.knobs import Knobs
from courtside.simulate.scene import Action, Actor, Cast, Kit, Moment
from courtside.types import Team

COURT = COURTS["nba"]
SIZE = (320, 180)
WHITE = Kit((240, 240, 240), (150, 60, 20), (240, 240, 240), (120, 40, 20), (240, 240, 240))
BLACK = Kit((30, 26, 26), (190, 190, 190), (30, 26, 26), (240, 240, 240), (120, 120, 120), 1)
GREY = Kit((140, 140, 145), (25, 25, 25), (25, 25, 25), (30, 30, 150), (140, 140, 145))


def actor(who: str, team: int | None, number: str) -> Actor:
    return Actor(who, "referee" if team is None else "player", team, number, "A. Harrow", 2.0, 1.0, (90, 125, 185), (20, 20, 22))


CAST = Cast((Team("North", "#FFFFFF"), Team("South", "#000000")), (WHITE, BLACK), GREY, (actor("a", 0, "23"), actor("b", 1, "8"), actor("c", None, "40")))


def stand(*places: tuple[float, float, float] | None, ball: tuple[float, float, float] = (0.0, 0.0, 1.0)) -> Moment:
    """One place (x, y, heading) for each actor, None for who is not there; nobody moves."""
    count = len(CAST.actors)
    filled = [*places, *[None] * (count - len(places))]
    where = np.array([place or (0.0, 0.0, 0.0) for place in filled])
    zero = np.zeros(count)
    return Moment(
        time_s=0.0,
        on_floor=np.array([place is not None for place in filled]),
        xy=where[:, :2],
        heading=where[:, 2],
        velocity=np.zeros((count, 2)),
        stride=zero,
        jump_m=zero,
        action=np.full(count, int(Action.MOVE)),
        phase=zero,
        look_at=where[:, :2] + 1,
        ball=np.array(ball),
        holder=None,
        dribble=False,
        clock_s=600.0,
        shot_clock_s=24.0,
        period=1,
        score=(12, 9),
        attacking=0,
        direction=1,
    )


def camera(x: float, y: float = 0.0, width_m: float = 5.0, size: tuple[int, int] = SIZE, pan: float = 0.0) -> Camera:
    """A camera high beside the court that has (x, y, 1) in its middle and sees ``width_m`` there."""
    away = 25.0
    return Camera((x, y + away, 9.0), pan, math.atan2(8.0, away), size[0] / width_m * math.hypot(away, 8.0), size)


TO_CAMERA, AWAY, SIDEWAYS = np.pi / 2, -np.pi / 2, 0.0


def new_painter(graphic: int = 3) -> Painter:
    random = np.random.default_rng(5)
    return Painter(COURT, CAST, replace(make_arena(random, COURT), graphic=graphic), Knobs(), random)


@pytest.fixture(scope="module")
def painter() -> Painter:
    return new_painter()


def test_an_empty_floor(painter: Painter) -> None:
    drawn = painter.draw(stand(ball=(60.0, 0.0, 1.0)), camera(0.0))
    assert drawn.image.shape == (180, 320, 3)
    assert drawn.image.dtype == np.uint8
    assert drawn.image.std() > 5
    assert (drawn.people, drawn.ball, drawn.rims) == ((), None, ())


def test_the_same_seed_draws_the_same_pictures() -> None:
    moment = stand((0, 0, TO_CAMERA), (1, 1, AWAY))
    first, second = (new_painter(1).draw(moment, camera(0.0)) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    assert first.people == second.people


def test_a_box_bounds_the_pixels_of_a_person(painter: Painter) -> None:
    view, place = camera(0.0), (0.3, 0.2, TO_CAMERA)
    away = (60.0, 0.0, 1.0)
    drawn, empty = painter.draw(stand(place, ball=away), view), painter.draw(stand(ball=away), view)
    (person,) = drawn.people
    assert person.row == 0
    assert person.visible > 0.97
    changed = np.abs(drawn.image.astype(int) - empty.image).max(2) > 40  # more than noise, shadow and reflection do
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    x1, y1, x2, y2 = person.xyxy
    assert abs(columns[0] - x1) <= 4
    assert abs(columns[-1] + 1 - x2) <= 4
    assert abs(rows[0] - y1) <= 4
    feet, _ = view.project(np.array([[0.3, 0.2, 0.0]]))
    assert abs(y2 - feet[0, 1]) < 8
    assert abs((x1 + x2) / 2 - feet[0, 0]) < 8
    assert 0.8 < (y2 - y1) / (2.0 * 320 / 5.0) < 1.1


def test_who_is_out_of_view_or_not_there_is_not_listed(painter: Painter) -> None:
    drawn = painter.draw(stand((0, 0, TO_CAMERA), (9, 0, TO_CAMERA), None), camera(0.0))
    assert [person.row for person in drawn.people] == [0]


def test_who_is_half_out_of_the_picture_is_seen_less(painter: Painter) -> None:
    view = camera(0.0, width_m=4.0)
    (cut,) = painter.draw(stand((-2.0, 0, TO_CAMERA)), view).people
    assert cut.xyxy[0] == 0
    assert 0.2 < cut.visible < 0.8


def test_who_stands_behind_another_is_seen_less_but_boxed_whole(painter: Painter) -> None:
    alone = painter.draw(stand((0, 0, TO_CAMERA)), camera(0.0)).people[0]
    far, near = painter.draw(stand((0, 0, TO_CAMERA), (0.1, 0.7, TO_CAMERA)), camera(0.0)).people
    assert (far.row, near.row) == (0, 1)
    assert near.visible > 0.97
    assert far.visible < 0.6 < alone.visible
    assert far.xyxy == alone.xyxy


def test_the_graphic_hides_what_is_below_it() -> None:
    moment, view = stand((0, 0, TO_CAMERA)), replace(camera(0.0), tilt=0.29)  # feet low in the picture, where the graphic is
    shown, covered = (new_painter(graphic).draw(moment, view).people[0].visible for graphic in (3, 0))
    assert covered < shown - 0.03


@pytest.mark.parametrize(("heading", "faces"), [(TO_CAMERA, True), (AWAY, True), (SIDEWAYS, False), (np.pi, False)])
def test_a_number_is_boxed_when_it_faces_the_camera(painter: Painter, heading: float, faces: bool) -> None:
    (person,) = painter.draw(stand((0, 0, heading)), camera(0.0)).people
    assert (person.number is not None) == faces
    if person.number is not None:
        assert person.number_visible > 0.6
        x1, y1, x2, y2 = person.number
        assert person.xyxy[0] < x1 < x2 < person.xyxy[2]
        assert person.xyxy[1] < y1 < y2 < (person.xyxy[1] + person.xyxy[3]) / 2


def test_a_number_behind_another_body_shows_less(painter: Painter) -> None:
    far, _ = painter.draw(stand((0, 0, TO_CAMERA), (0.05, 0.6, TO_CAMERA)), camera(0.0)).people
    assert far.number_visible < 0.3


@pytest.mark.parametrize(("ball", "seen"), [((0.9, 0.0, 1.0), True), ((0.0, -0.5, 1.0), False), ((30.0, 0.0, 1.0), False), ((0.0, 40.0, 1.0), False)])
def test_the_ball_is_boxed_unless_it_is_hidden_or_out_of_view(painter: Painter, ball: tuple[float, float, float], seen: bool) -> None:
    view = camera(0.0)
    drawn = painter.draw(stand((0, 0, TO_CAMERA), ball=ball), view)
    assert (drawn.ball is not None) == seen
    if drawn.ball is not None:
        at, _ = view.project(np.array([ball]))
        x1, y1, x2, y2 = drawn.ball
        assert abs((x1 + x2) / 2 - at[0, 0]) < 2
        assert abs((y1 + y2) / 2 - at[0, 1]) < 2


def test_a_fast_ball_is_drawn_out(painter: Painter) -> None:
    view, away = camera(0.0), stand(ball=(-1.0, 0.0, 1.0))
    painter.draw(away, view)
    flying = painter.draw(replace(away, time_s=1 / 30, ball=np.array([-0.4, 0.0, 1.0])), view).ball
    resting = painter.draw(replace(away, time_s=9.0, ball=np.array([-0.4, 0.0, 1.0])), view).ball
    assert flying is not None
    assert resting is not None
    assert flying[2] - flying[0] > 1.4 * (resting[2] - resting[0])


def test_the_rim_is_boxed_where_it_is(painter: Painter) -> None:
    view = camera(COURT.rim_x_m - 1, 0.0, 8.0)
    (rim,) = painter.draw(stand(), view).rims
    middle, _ = view.project(Basket(COURT, 1, (0, 0, 0)).centre[None])
    assert rim[0] < middle[0, 0] < rim[2]
    assert rim[1] < middle[0, 1] < rim[3]
    assert rim[2] - rim[0] == pytest.approx(0.46 * 320 / 8.0, rel=0.25)


def test_a_moving_camera_blurs_and_a_strobe_brightens(painter: Painter) -> None:
    moment, view = stand((0, 0, TO_CAMERA)), camera(0.0)
    still = painter.draw(moment, view).image
    panned = painter.draw(moment, view, replace(view, pan=0.02)).image
    burnt = painter.draw(moment, view, None, 1.0).image

    def edges(image: np.ndarray) -> float:
        return float(np.abs(np.diff(image.astype(float), axis=1)).mean())

    assert edges(panned) < 0.9 * edges(still)
    assert burnt.mean() > 1.4 * still.mean()


@pytest.mark.parametrize("court", COURTS.values(), ids=lambda court: court.league)
def test_every_floor_has_its_lines_where_the_camera_expects_them(court: Court) -> None:
    arena = replace(make_arena(np.random.default_rng(1), court), lines=(255, 255, 255), arc=(255, 255, 255), wood=(60, 90, 110), apron=(20, 20, 20))
    view = Camera((court.rim_x_m, 20.0, 9.0), 0.0, 0.45, 500.0, SIZE)
    image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    make_floor(court, arena).lay(image, view)
    line = court.half_length_m - court.free_throw_m
    on_line, _ = view.project(np.array([[line, y, 0.0] for y in np.linspace(-0.3, 0.3, 5) * court.paint_width_m]))
    beside, _ = view.project(np.array([[line - 0.4, y, 0.0] for y in np.linspace(-0.3, 0.3, 5) * court.paint_width_m]))

    def tone(points: np.ndarray) -> float:
        return float(np.median([image[round(y), round(x)].mean() for x, y in points]))

    assert tone(on_line) > tone(beside) + 25
