"""What is painted on a court, derived from its measures: named landmarks, lines as polylines, zones as polygons. Both halves by mirror."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from courtside.court.dimensions import Court

Points = npt.NDArray[np.float64]
"""(n, 2) in metres of the court frame."""

_ARC_STEP = math.radians(3)  # below 2 cm from chord to arc on the largest one


def _arc(centre_x: float, radius: float, start: float, end: float) -> Points:
    angles = np.linspace(start, end, max(2, math.ceil(abs(end - start) / _ARC_STEP) + 1))
    return np.stack([centre_x + radius * np.cos(angles), radius * np.sin(angles)], 1)


def landmarks(court: Court) -> dict[str, tuple[float, float]]:
    """Return the named points of the court.

    Names of the halves start with "left" (x < 0) or "right", those of the sides end with "far" (y < 0) or "near"; each left one is the mirror of a right one.
    """
    length, width, rim = court.half_length_m, court.half_width_m, court.rim_x_m
    paint, line = court.paint_width_m / 2, court.half_length_m - court.free_throw_m
    both_sides = {
        "corner": (length, width),
        "three baseline": (length, court.corner_y_m),
        "three break": (rim - court.arc_break_m, court.corner_y_m),
        "paint baseline": (length, paint),
        "paint free throw": (line, paint),
    }
    on_axis = {
        "rim": (rim, 0.0),
        "free throw": (line, 0.0),
        "free throw circle top": (line - court.circle_m, 0.0),
        "three top": (rim - court.arc_m, 0.0),
        "baseline": (length, 0.0),
    }
    points: dict[str, tuple[float, float]] = {}
    for half, sign in (("left", -1), ("right", 1)):
        points |= {f"{half} {name} {side}": (sign * x, by * y) for name, (x, y) in both_sides.items() for side, by in (("far", -1), ("near", 1))}
        points |= {f"{half} {name}": (sign * x, y) for name, (x, y) in on_axis.items()}
        points[f"{half} centre circle"] = (sign * court.circle_m, 0.0)
    points |= {"half way far": (0.0, -width), "half way near": (0.0, width), "centre": (0.0, 0.0)}
    points |= {"centre circle far": (0.0, -court.circle_m), "centre circle near": (0.0, court.circle_m)}
    return points


def three_point_line(court: Court) -> Points:
    """Return the right half's three-point line from the near baseline corner to the far one."""
    rim, y = court.rim_x_m, court.corner_y_m
    bend = math.atan2(y, -court.arc_break_m)
    return np.concatenate([[(court.half_length_m, y)], _arc(rim, court.arc_m, bend, 2 * math.pi - bend), [(court.half_length_m, -y)]])


def lines(court: Court) -> dict[str, Points]:
    """Return every painted line as a polyline (n, 2); a closed one ends where it starts. Dashes are drawn through."""
    length, width, paint = court.half_length_m, court.half_width_m, court.paint_width_m / 2
    line = length - court.free_throw_m
    half: dict[str, Points] = {
        "three": three_point_line(court),
        "paint": np.array([(length, paint), (line, paint), (line, -paint), (length, -paint)]),
        "free throw circle": _arc(line, court.circle_m, 0.5 * math.pi, 1.5 * math.pi),
    }
    if court.restricted_m is not None:
        board = length - court.backboard_m
        arc = _arc(court.rim_x_m, court.restricted_m, 0.5 * math.pi, 1.5 * math.pi)
        half["restricted"] = np.concatenate([[(board, court.restricted_m)], arc, [(board, -court.restricted_m)]])
    drawn: dict[str, Points] = {
        "boundary": np.array([(-length, -width), (length, -width), (length, width), (-length, width), (-length, -width)]),
        "half way": np.array([(0.0, -width), (0.0, width)]),
        "centre circle": _arc(0.0, court.circle_m, 0, 2 * math.pi),
    }
    for name, sign in (("left", -1), ("right", 1)):
        drawn |= {f"{name} {what}": points * (sign, 1) for what, points in half.items()}
    return drawn


def zones(court: Court) -> dict[str, Points]:
    """Return the areas that rules speak of, as polygons (n, 2) that are not closed: the court, each half's paint, two-point area and restricted area."""
    length, width, paint = court.half_length_m, court.half_width_m, court.paint_width_m / 2
    line = length - court.free_throw_m
    half: dict[str, Points] = {
        "paint": np.array([(length, paint), (line, paint), (line, -paint), (length, -paint)]),
        "two points": three_point_line(court),
    }
    if court.restricted_m is not None:
        half["restricted"] = lines(court)["right restricted"]
    areas: dict[str, Points] = {"court": np.array([(-length, -width), (length, -width), (length, width), (-length, width)])}
    for name, sign in (("left", -1), ("right", 1)):
        areas |= {f"{name} {what}": points * (sign, 1) for what, points in half.items()}
    return areas
