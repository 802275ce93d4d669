"""The radar: the court from above with a dot for everyone whose place is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import Court
from courtside.pipeline.places import Places, runs
from courtside.render.color import NEUTRAL, Color, parse_hex
from courtside.render.court_drawing import CourtDrawing
from courtside.render.label import disc_sprite
from courtside.render.sprite import lay
from courtside.types import Image, Person, Team

TRAIL_S = 1.0
INSET_SHARE = 0.28
"""Of the picture's width: the radar as picture-in-picture."""

_INSET_OPACITY = 0.88
_REFEREE: Color = (128, 128, 128)
_RADIUS_M = 0.72  # of a dot: larger than a person, so that its number can be read
_LEAST_RADIUS_PX = 7


class Radar:
    """Draws frames of the radar, ``width_px`` across.

    Args:
        court: whose court.
        places: of everybody in the clip.
        teams: by name; who is of none of them is neutral.
        width_px: of the picture.

    Raises:
        ConfigError: a team's colour is not "#RRGGBB".
    """

    def __init__(self, court: Court, places: Places, teams: Mapping[str, Team], width_px: int) -> None:
        self.court = CourtDrawing(court, width_px)
        self._places, self._teams = places, {name: parse_hex(team.color) for name, team in teams.items()}
        self._pixels = self.court.to_pixels(places.xy_m)
        self._radius = max(_LEAST_RADIUS_PX, round(_RADIUS_M * self.court.scale))
        # which run a row belongs to: a trail never leads across a gap
        self._run = np.full(len(places.frame), -1)
        for i, run in enumerate(runs(places, np.arange(len(places.frame)))):
            self._run[run] = i

    def draw(self, frame: int) -> Image:
        """Return the court with everyone whose place in ``frame`` is known."""
        image, places = self.court.image.copy(), self._places
        start, end = np.searchsorted(places.frame, (frame, frame + 1))
        now = np.arange(start, end)[self._run[start:end] >= 0]
        if not len(now):
            return image
        # the named on top, then by track: dots that pass one another don't flicker
        now = now[np.lexsort((-places.track_id[now], places.player[now].astype(bool), places.role[now] == "player"))]
        first = np.searchsorted(places.time_s, places.time_s[now[0]] - TRAIL_S)
        for row in now:
            if places.role[row] == "player":
                past = np.arange(first, row + 1)
                self._trail(image, past[self._run[past] == self._run[row]], self._color(row))
        for row in now:
            player = places.role[row] == "player"
            sprite = disc_sprite((places.number[row] or "") if player else "", self._color(row), self._radius if player else round(self._radius * 0.55))
            x, y = self._pixels[row]
            lay(image, sprite, round(x - (sprite.width - 1) / 2), round(y - (sprite.height - 1) / 2))
        return image

    def _color(self, row: int) -> Color:
        return _REFEREE if self._places.role[row] != "player" else self._teams.get(self._places.team[row], NEUTRAL)

    def _trail(self, image: Image, rows: npt.NDArray[np.int64], color: Color) -> None:
        """Draw the way of ``rows`` into ``image`` IN PLACE, fading out and thinning towards its beginning."""
        if len(rows) < 2:
            return
        points, width = self._pixels[rows], max(2, round(self._radius * 0.7))
        left, top = np.maximum(np.floor(points.min(0)).astype(int) - width, 0)
        right, bottom = np.ceil(points.max(0)).astype(int) + width + 1
        part = image[top:bottom, left:right]
        if not part.size:
            return
        age = (self._places.time_s[rows[-1]] - self._places.time_s[rows]) / TRAIL_S
        cover = np.zeros(part.shape[:2], np.uint8)
        fixed = np.rint((points - (left, top)) * 16).astype(int)
        for i in range(len(rows) - 1):  # oldest first, so that the younger and stronger part lies on top
            strength = float(np.clip(1 - age[i], 0, 1))
            cv2.line(cover, fixed[i].tolist(), fixed[i + 1].tolist(), round(170 * strength), max(1, round(width * (0.3 + 0.7 * strength))), cv2.LINE_AA, 4)
        alpha = cover[..., None].astype(np.float32) / 255
        part[:] = np.rint(part * (1 - alpha) + np.array(color, np.float32) * alpha).astype(np.uint8)


def free_corner(people: Iterable[Person], size: tuple[int, int], inset: tuple[int, int]) -> tuple[int, int]:
    """Return the corner (x, y) of an inset of size ``inset`` (width, height) in a picture ``size``: top left or lower left.

    It is where fewer players have their feet, and with them ring and label; the top left where that is equal, since a main camera has the crowd there.
    """
    margin = round(size[0] * 0.012)
    corners = ((margin, margin), (margin, size[1] - inset[1] - margin))
    hidden = [0, 0]
    for person in people:
        x1, _, x2, feet = person.xyxy
        for i, (left, top) in enumerate(corners):
            hidden[i] += person.role == "player" and x1 < left + inset[0] and x2 > left and top < feet < top + inset[1]
    return corners[int(hidden[1] < hidden[0])]


def lay_inset(image: Image, inset: Image, corner: tuple[int, int]) -> Image:
    """Return a new picture with ``inset``, slightly transparent, at ``corner`` (x, y); what is outside is dropped."""
    drawn, (x, y) = image.copy(), corner
    part = drawn[max(y, 0) : max(y + inset.shape[0], 0), max(x, 0) : max(x + inset.shape[1], 0)]
    shown = inset[max(-y, 0) :, max(-x, 0) :][: part.shape[0], : part.shape[1]]
    if part.size:
        part[:] = cv2.addWeighted(shown, _INSET_OPACITY, part, 1 - _INSET_OPACITY, 0)
    return drawn
