"""The measures of a court by league. Only what a rule book states is a number here; every other point is derived (``markings``).

The court frame: metres, origin at the court's centre, x along the length to the right as the main camera sees it, y across towards the near sideline, z up.
Distances are to the outer edge of a line where the rule book measures so; 5 cm of line width are below what a broadcast camera resolves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FOOT_M = 0.3048
INCH_M = 0.0254

RIM_HEIGHT_M = 10 * FOOT_M  # the same in every rule book (FIBA: 3.05 m)
RIM_RADIUS_M = 9 * INCH_M  # FIBA: 0.225 to 0.2295 m
BALL_RADIUS_M = 0.12  # size 7: 0.749-0.780 m around


@dataclass(frozen=True)
class Court:
    """One league's court, or one of somebody's own (``custom``), all in metres.

    ``free_throw_m`` and ``rim_m`` are measured from the baseline, ``corner_three_m`` from the sideline, ``arc_m`` and ``restricted_m`` from the point below
    the middle of the rim; ``restricted_m`` is None where no such arc is painted.
    """

    league: str
    length_m: float
    width_m: float
    paint_width_m: float
    free_throw_m: float
    rim_m: float
    backboard_m: float
    arc_m: float
    corner_three_m: float
    restricted_m: float | None
    circle_m: float
    line_m: float = 2 * INCH_M

    @property
    def half_length_m(self) -> float:
        """From the centre to a baseline."""
        return self.length_m / 2

    @property
    def half_width_m(self) -> float:
        """From the centre to a sideline."""
        return self.width_m / 2

    @property
    def rim_x_m(self) -> float:
        """From the centre to the point below the middle of a rim."""
        return self.half_length_m - self.rim_m

    @property
    def corner_y_m(self) -> float:
        """From the long axis to the straight part of the three-point line."""
        return min(self.half_width_m - self.corner_three_m, self.arc_m)

    @property
    def arc_break_m(self) -> float:
        """How far in front of the rim (towards the centre) the straight part of the three-point line meets the arc: where geometry says."""
        return math.sqrt(max(self.arc_m**2 - self.corner_y_m**2, 0.0))

    def outside_m(self, places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return (n,) how far beyond the lines each place (n, 2) lies, 0 on the court, NaN where unknown."""
        beyond = np.abs(places) - (self.half_length_m, self.half_width_m)
        return np.asarray(np.hypot(*np.maximum(beyond, 0).T))


def _feet(
    league: str, *, length: float, paint: float, arc: float, corner: float, restricted: float | None, free_throw: float = 19.0, rim: float = 5.25
) -> Court:
    return Court(
        league,
        length * FOOT_M,
        50 * FOOT_M,
        paint * FOOT_M,
        free_throw * FOOT_M,
        rim * FOOT_M,
        4 * FOOT_M,
        arc * FOOT_M,
        corner * FOOT_M,
        None if restricted is None else restricted * FOOT_M,
        6 * FOOT_M,
    )


COURTS: dict[str, Court] = {
    court.league: court
    for court in (
        # NBA Rule No. 1: 94 x 50 ft, lane 16 ft, free-throw line 15 ft from the backboard (4 ft in), arc 23 ft 9 in, lines 3 ft from the sidelines, 4 ft arc.
        _feet("nba", length=94, paint=16, arc=23.75, corner=3, restricted=4),
        # WNBA Rule No. 1: as the NBA's, arc 22 ft 1 3/4 in.
        _feet("wnba", length=94, paint=16, arc=22 + 1.75 / 12, corner=3, restricted=4),
        # NCAA Men's Rule 1: lane 12 ft, arc 22 ft 1 3/4 in (since 2019-20), straight part 40 1/8 in from the sideline, 4 ft arc.
        _feet("ncaa-men", length=94, paint=12, arc=22 + 1.75 / 12, corner=40.125 / 12, restricted=4),
        # NCAA Women's Rule 1: the same line since 2021-22.
        _feet("ncaa-women", length=94, paint=12, arc=22 + 1.75 / 12, corner=40.125 / 12, restricted=4),
        # NFHS Rule 1: 84 x 50 ft, lane 12 ft, arc 19 ft 9 in with straight parts down to the baseline from the rim's height on; no restricted arc.
        _feet("high-school", length=84, paint=12, arc=19.75, corner=25 - 19.75, restricted=None),
        # FIBA Official Basketball Rules, Art. 2: 28 x 15 m, restricted area 4.9 m wide, free-throw line 5.8 m from the end line, basket 1.575 m, board 1.2 m,
        # arc 6.75 m, 0.9 m from the side line, no-charge half-circle 1.25 m, circles 1.8 m.
        Court("fiba", 28.0, 15.0, 4.9, 5.8, 1.575, 1.2, 6.75, 0.9, 1.25, 1.8, 0.05),
    )
}
