from __future__ import annotations

import math

import pytest

from courtside.court.dimensions import COURTS, FOOT_M, Court


@pytest.mark.parametrize(
    ("league", "length_ft", "arc_ft", "break_ft"),
    [
        # the straight part ends where the arc begins: sqrt(23.75² - 22²) = 8.95 ft in front of the rim, 14.2 ft from the baseline as every NBA floor plan says
        ("nba", 94, 23.75, 8.9478),
        ("ncaa-men", 94, 22.1458, math.sqrt(22.1458**2 - (25 - 40.125 / 12) ** 2)),
        ("high-school", 84, 19.75, 0.0),  # straight up to the rim's height
    ],
)
def test_a_court_in_feet(league: str, length_ft: float, arc_ft: float, break_ft: float) -> None:
    court = COURTS[league]
    assert court.length_m == pytest.approx(length_ft * FOOT_M)
    assert court.arc_m == pytest.approx(arc_ft * FOOT_M, abs=1e-3)
    assert court.arc_break_m == pytest.approx(break_ft * FOOT_M, abs=1e-3)


def test_fiba_is_metric() -> None:
    court = COURTS["fiba"]
    assert (court.length_m, court.width_m, court.rim_x_m) == (28, 15, pytest.approx(12.425))
    assert court.arc_break_m == pytest.approx(math.sqrt(6.75**2 - 6.6**2))  # FIBA's own plan: 2.99 m from the end line


@pytest.mark.parametrize("court", COURTS.values(), ids=COURTS)
def test_every_part_lies_on_the_court(court: Court) -> None:
    assert -1e-9 < court.arc_break_m < court.rim_x_m
    assert court.corner_y_m < court.half_width_m
    assert court.paint_width_m / 2 < court.corner_y_m
    assert court.backboard_m < court.rim_m < court.free_throw_m < court.half_length_m
