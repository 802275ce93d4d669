from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.court import COURTS
from courtside.court.dimensions import BALL_RADIUS_M, RIM_HEIGHT_M
from courtside.simulate.ball import Flight, bounce_throw, lob, throw

COURT = COURTS["nba"]
RIM = (COURT.rim_x_m, 0.0, RIM_HEIGHT_M)
STEP = 1 / 60


@given(st.floats(-10, 10), st.floats(-6, 6), st.floats(0.4, 1.5))
def test_a_throw_arrives(x: float, y: float, seconds: float) -> None:
    flight = throw((0.0, 0.0, 1.2), (x, y, 1.4), seconds)
    steps = 200
    for _ in range(steps):
        flight.advance(seconds / steps, COURT)
    assert math.dist((flight.x, flight.y, flight.z), (x, y, 1.4)) < 1e-6


def test_a_dropped_ball_bounces_as_the_rule_book_says() -> None:
    ball = Flight(0.0, 0.0, 1.8 + BALL_RADIUS_M, 0.0, 0.0, 0.0)
    top = 0.0
    for _ in range(600):
        ball.advance(1 / 500, COURT)
        top = max(top, ball.z) if ball.bounces == 1 else top
    assert 0.96 < top - BALL_RADIUS_M < 1.16  # FIBA: its bottom rises to 0.96-1.16 m


@pytest.mark.parametrize(("distance", "angle"), [(1.0, 70), (4.6, 55), (7.3, 52)])
def test_a_true_shot_falls_through(distance: float, angle: float) -> None:
    ball = lob((RIM[0] - distance, 0.0, 2.3), RIM, math.radians(angle))
    seconds, after = ball.foresee(STEP, COURT, 2.0)
    assert after.made == 1
    assert 0.3 < seconds < 3.0
    assert not ball.made, "looking ahead must not move the ball"
    assert math.hypot(after.x - RIM[0], after.y) < 0.25, "the net lets it drop below the ring"


@pytest.mark.parametrize(("long", "wide"), [(-0.3, 0.0), (0.0, 0.35), (0.1, -0.33)])
def test_a_shot_that_is_off_touches_the_ring_and_stays_out(long: float, wide: float) -> None:
    ball = lob((RIM[0] - 5, 0.0, 2.3), (RIM[0] + long, wide, RIM_HEIGHT_M), math.radians(50))
    _, after = ball.foresee(STEP, COURT, 1.5)
    assert after.rim
    assert not after.made


def test_the_board_sends_a_ball_back() -> None:
    ball = Flight(RIM[0] - 1, 0.6, 3.4, 6.0, 0.0, 1.0)
    for _ in range(30):
        ball.advance(STEP, COURT)
    assert ball.rim
    assert ball.vx < 0


def test_a_bounce_pass_meets_the_floor_once_on_the_way() -> None:
    ball = bounce_throw((0.0, 0.0, 1.2), (5.0, 0.0, 1.0), 0.7)
    while ball.x < 4.5:
        ball.advance(STEP, COURT)
    assert ball.bounces == 1
    assert ball.z > 0.4
