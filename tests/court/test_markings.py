from __future__ import annotations

import cv2
import numpy as np
import pytest

from courtside.court.dimensions import COURTS, Court
from courtside.court.markings import landmarks, lines, three_point_line, zones

ALL = pytest.mark.parametrize("court", COURTS.values(), ids=COURTS)


@ALL
def test_a_court_equals_its_mirror(court: Court) -> None:
    points = landmarks(court)
    for name, (x, y) in points.items():
        if name.startswith("left"):
            assert points["right" + name[4:]] == (-x, y)
        if name.endswith("far"):
            assert points[name[:-3] + "near"] == (x, pytest.approx(-y))
    painted = lines(court)
    for name, line in painted.items():
        if name.startswith("left"):
            assert np.allclose(painted["right" + name[4:]] * (-1, 1), line)


@ALL
def test_names_are_of_different_points(court: Court) -> None:
    points = list(landmarks(court).values())
    distinct = {(round(x, 6), round(y, 6)) for x, y in points}
    # in high school the free-throw circle touches the three-point line: 19 + 6 = 5.25 + 19.75 ft
    assert len(points) >= 33 and len(points) - len(distinct) == (2 if court.league == "high-school" else 0)


@ALL
def test_everything_painted_lies_on_the_court(court: Court) -> None:
    for line in lines(court).values():
        assert (np.abs(line) <= (court.half_length_m + 1e-9, court.half_width_m + 1e-9)).all()


@ALL
def test_the_three_point_line_keeps_its_distance(court: Court) -> None:
    line = three_point_line(court)
    bend = line[1:-1]
    assert np.allclose(np.hypot(bend[:, 0] - court.rim_x_m, bend[:, 1]), court.arc_m)
    assert np.allclose(np.abs(line[[0, -1], 1]), court.corner_y_m)
    assert np.allclose(line[1], (court.rim_x_m - court.arc_break_m, court.corner_y_m))
    assert np.hypot(*np.diff(bend, axis=0).T).max() < 0.4


@ALL
@pytest.mark.parametrize(
    ("zone", "place", "inside"), [("paint", "rim", True), ("two points", "rim", True), ("two points", "centre", False), ("court", "centre", True)]
)
def test_zones_hold_what_they_should(court: Court, zone: str, place: str, inside: bool) -> None:
    areas, points = zones(court), landmarks(court)
    area = areas[zone if zone == "court" else f"left {zone}"]
    where = points[place if place == "centre" else f"left {place}"]
    assert (cv2.pointPolygonTest(area.astype(np.float32), where, measureDist=False) >= 0) == inside


def test_a_court_without_a_restricted_area_paints_none() -> None:
    assert "left restricted" not in lines(COURTS["high-school"]) and "left restricted" not in zones(COURTS["high-school"])
    assert "left restricted" in lines(COURTS["nba"])
