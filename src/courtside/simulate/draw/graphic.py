"""The broadcaster's score graphic."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from courtside.simulate.draw.digits import paint, text_mask
from courtside.simulate.scene import Cast, Color, Moment
from courtside.types import Image

NONE = 3
"""The style that shows no graphic."""
_PERIODS = ("1ST", "2ND", "3RD", "4TH")


class ScoreGraphic:
    """Draws team names, score, period and clocks; what stays the same from frame to frame is drawn once.

    Args:
        cast: whose names and colours are shown.
        style: 0 a wide bar at the bottom's middle, 1 a box at the lower right, 2 a box at the lower left, 3 none.
        size: (width, height) of the picture.
    """

    def __init__(self, cast: Cast, style: int, size: tuple[int, int]) -> None:
        self.style, self._cast = style, cast
        width, height = size
        unit = height / 720
        bar = (round(610 * unit), round(50 * unit)) if style == 0 else (round(380 * unit), round(76 * unit))
        left = {0: (width - bar[0]) // 2, 1: round(width - bar[0] - 84 * unit), 2: round(84 * unit)}.get(style, 0)
        self._at, self._size, self._unit = (left, round(height - bar[1] - 64 * unit)), bar, unit
        self._shown: tuple[object, ...] | None = None
        self._picture = np.zeros((bar[1], bar[0], 3), np.uint8)

    def cover(self, ids: npt.NDArray[np.uint8], mark: int) -> None:
        """Write ``mark`` into ``ids`` where it stands."""
        if self.style != NONE:
            (x, y), (width, height) = self._at, self._size
            ids[y : y + height, x : x + width] = mark

    def draw(self, image: Image, moment: Moment) -> None:
        """Lay it over ``image``."""
        if self.style == NONE:
            return
        minutes, seconds = divmod(max(moment.clock_s, 0.0), 60)
        clock = f"{int(minutes)}:{int(seconds):02d}" if minutes else f"{seconds:.1f}"
        shown = (moment.score, clock, max(0, int(np.ceil(moment.shot_clock_s))), moment.period)
        if shown != self._shown:
            self._shown = shown
            self._render(moment.score, clock, str(shown[2]), _PERIODS[moment.period - 1] if 1 <= moment.period <= 4 else "OT")
        (x, y), (width, height) = self._at, self._size
        part = image[y : y + height, x : x + width]
        cv2.addWeighted(self._picture, 0.94, part, 0.06, 0, dst=part)

    def _render(self, score: tuple[int, int], clock: str, shot_clock: str, period: str) -> None:
        picture, unit = self._picture, self._unit
        height, width = picture.shape[:2]
        picture[:] = (np.linspace(58, 22, height)[:, None, None]).astype(np.uint8)
        tall = height if self.style == 0 else round(height * 0.6)
        cells = (0.30, 0.30) if self.style == 0 else (0.5, 0.5)
        left = 0.0
        for team, share in enumerate(cells):
            kit = self._cast.kits[team]
            color = kit.jersey if sum(kit.jersey) < 620 else kit.number
            x0, x1 = round(left * width), round((left + share) * width)
            split = x0 + round(0.6 * (x1 - x0))
            picture[:tall, x0:split] = (np.array(color)[None, None] * np.linspace(1.05, 0.75, tall)[:, None, None]).clip(0, 255)
            picture[:tall, split:x1] = 232
            light = sum(color) < 400
            name = self._cast.teams[team].name.replace(" ", "")[:3].upper()
            self._text(name, (x0 + split) / 2, tall / 2, tall * 0.62, (245, 245, 245) if light else (20, 20, 20))
            self._text(str(score[team]), (split + x1) / 2, tall / 2, tall * 0.66, (24, 24, 24))
            left += share
        if self.style == 0:
            self._text(period, 0.665 * width, height / 2, height * 0.5, (230, 230, 230))
            self._text(clock, 0.79 * width, height / 2, height * 0.58, (245, 245, 245))
            picture[:, round(0.89 * width) :] = (30, 30, 130)
            self._text(shot_clock, 0.945 * width, height / 2, height * 0.6, (250, 250, 250))
        else:
            middle, size = (tall + height) / 2, (height - tall) * 0.72
            self._text(period, 0.2 * width, middle, size, (230, 230, 230))
            self._text(clock, 0.5 * width, middle, size, (245, 245, 245))
            self._text(shot_clock, 0.84 * width, middle, size, (80, 90, 250))
        cv2.rectangle(picture, (0, 0), (width - 1, height - 1), (12, 12, 12), max(1, round(unit)))

    def _text(self, text: str, x: float, y: float, size: float, color: Color) -> None:
        mask = text_mask(text, max(4, round(size)), 2)
        paint(self._picture, mask, round(x - mask.shape[1] / 2), round(y - mask.shape[0] / 2), color)
