"""A court seen from straight above, as its league paints it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import Court
from courtside.court.dimensions import FOOT_M, RIM_RADIUS_M
from courtside.court.markings import lines, zones
from courtside.render.color import Color, mix, parse_hex
from courtside.types import Image

Floats = npt.NDArray[np.float64]

MARGIN_M = 1.6
"""Floor shown beyond the lines: room for a throw-in."""

_BACKBOARD_M = 6 * FOOT_M  # the same in every rule book (FIBA: 1.8 m)
_PLANK_M = 0.45
_FINER = 4  # drawn so many times larger and averaged: OpenCV has no lines of 1.4 px


@dataclass(frozen=True)
class _Look:
    floor: Color
    paint: Color
    apron: Color
    line: Color = (250, 250, 250)


def _look(floor: str, paint: str, apron: str) -> _Look:
    return _Look(parse_hex(floor), parse_hex(paint), parse_hex(apron))


# muted versions of what the leagues' floors look like on television: dots of any team's colour must stand out on them
_LOOKS = {
    "nba": _look("#D2AE82", "#A97B50", "#6E5540"),
    "wnba": _look("#D6B48C", "#C07F52", "#7A5A45"),
    "ncaa-men": _look("#D8B98D", "#7E8CA3", "#4E5A6C"),
    "ncaa-women": _look("#D8B98D", "#7E8CA3", "#4E5A6C"),
    "fiba": _look("#CFAE80", "#6F8FA6", "#48637A"),
    "high-school": _look("#DDC093", "#B5886A", "#7B5546"),
}
_RIM: Color = (40, 110, 235)


class CourtDrawing:
    """A court of ``width_px`` across, its length from left to right, the near sideline at the bottom, ``MARGIN_M`` of floor round it.

    ``image`` (height, width, 3) is the empty court; copy it to draw on it. ``scale`` is pixels a metre.
    """

    def __init__(self, court: Court, width_px: int) -> None:
        self.court = court
        self.scale = width_px / (court.length_m + 2 * MARGIN_M)
        self.width = width_px
        self.height = max(1, round((court.width_m + 2 * MARGIN_M) * self.scale))
        self.image = self._paint()

    def to_pixels(self, places: Floats) -> Floats:
        """Return (n, 2) pixels of places (n, 2) in metres of the court frame; NaN stays NaN."""
        return np.asarray(np.asarray(places, float) * self.scale + (self.width / 2 - 0.5, self.height / 2 - 0.5))

    def _paint(self) -> Image:
        look, court, fine = _LOOKS.get(self.court.league, _LOOKS["nba"]), self.court, self.scale * _FINER
        canvas = np.full((self.height * _FINER, self.width * _FINER, 3), look.apron, np.uint8)
        for name, area in zones(court).items():
            if name == "court" or name.endswith("paint"):
                cv2.fillPoly(canvas, [self._fine(area)], look.floor if name == "court" else look.paint)
        cv2.fillPoly(canvas, [self._fine(lines(court)["centre circle"])], mix(look.floor, look.paint, 0.55))
        _lay_planks(canvas, max(2, round(_PLANK_M * fine)))
        # a line a third of a pixel wide would be gone: at least 1.2 px where the drawing is small
        thickness = max(round(court.line_m * fine), round(1.2 * _FINER))
        for line in lines(court).values():
            cv2.polylines(canvas, [self._fine(line)], False, look.line, thickness, cv2.LINE_AA)
        for sign in (-1, 1):
            board, rim = sign * (court.half_length_m - court.backboard_m), sign * court.rim_x_m
            ends = self._fine(np.array([(board, -_BACKBOARD_M / 2), (board, _BACKBOARD_M / 2), (board, 0), (rim, 0)], float))
            cv2.line(canvas, ends[0].tolist(), ends[1].tolist(), look.line, thickness, cv2.LINE_AA)
            cv2.circle(canvas, ends[3].tolist(), max(2 * _FINER, math.ceil(RIM_RADIUS_M * fine)), _RIM, thickness, cv2.LINE_AA)
        return np.asarray(cv2.resize(canvas, (self.width, self.height), interpolation=cv2.INTER_AREA), np.uint8)

    def _fine(self, places: Floats) -> npt.NDArray[np.int32]:
        return np.rint((self.to_pixels(places) + 0.5) * _FINER).astype(np.int32)


def _lay_planks(canvas: Image, plank_px: int) -> None:
    """Shade ``canvas`` IN PLACE in strips along the court, so faint that it is seen as wood and not as lines."""
    rng = np.random.default_rng(5)
    height, width = canvas.shape[:2]
    n_rows, n_columns = math.ceil(height / plank_px), math.ceil(width / (plank_px * 9)) + 1
    tones = rng.normal(0, 1.6, (n_rows, n_columns)).clip(-4, 4)
    shift = rng.integers(0, plank_px * 9, n_rows)
    column = np.arange(width)
    for row in range(n_rows):
        strip = canvas[row * plank_px : (row + 1) * plank_px]
        tone = tones[row][(column + shift[row]) // (plank_px * 9) % n_columns]
        strip[:] = np.clip(strip + tone[None, :, None], 0, 255).astype(np.uint8)
