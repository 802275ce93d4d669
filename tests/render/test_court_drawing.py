from __future__ import annotations

import numpy as np
import pytest

from courtside.court import COURTS
from courtside.court.markings import landmarks
from courtside.render.court_drawing import MARGIN_M, CourtDrawing


@pytest.mark.parametrize("league", COURTS)
@pytest.mark.parametrize("width", [64, 700])
def test_the_whole_court_and_its_margin_fit(league: str, width: int) -> None:
    court = COURTS[league]
    drawing = CourtDrawing(court, width)
    assert drawing.image.shape == (drawing.height, width, 3)
    corner = drawing.to_pixels(np.array([(-court.half_length_m - MARGIN_M, -court.half_width_m - MARGIN_M)]))[0]
    assert np.abs(corner + 0.5).max() <= 0.5
    points = drawing.to_pixels(np.array(list(landmarks(court).values())))
    assert (points >= 0).all() and (points < (width, drawing.height)).all()


@pytest.mark.parametrize("league", COURTS)
def test_lines_are_where_to_pixels_says(league: str) -> None:
    court = COURTS[league]
    drawing = CourtDrawing(court, 900)
    bright = drawing.image.min(2) > 225
    for place in ((-court.half_length_m, 3.0), (0.0, -5.0), (court.rim_x_m - court.arc_m, 0.0), (2.0, court.half_width_m)):
        x, y = np.rint(drawing.to_pixels(np.array([place]))[0]).astype(int)
        assert bright[y - 1 : y + 2, x - 1 : x + 2].any(), place
    assert not bright[20:30, 20:30].any()


def test_right_is_right_and_the_near_side_is_down() -> None:
    drawing = CourtDrawing(COURTS["nba"], 300)
    centre, right, near = drawing.to_pixels(np.array([(0, 0), (1, 0), (0, 1)]))
    assert right[0] - centre[0] == pytest.approx(drawing.scale) and near[1] - centre[1] == pytest.approx(drawing.scale)
    assert drawing.to_pixels(np.zeros((0, 2))).shape == (0, 2)
    assert np.isnan(drawing.to_pixels(np.full((1, 2), np.nan))).all()


def test_leagues_look_different() -> None:
    floors = {CourtDrawing(COURTS[league], 120).image.tobytes() for league in ("nba", "wnba", "ncaa-men", "fiba", "high-school")}
    assert len(floors) == 5
