"""People as television draws them: a ring on the floor round the feet, and a name under it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache

import cv2
import numpy as np

from courtside.render.color import INK, NEUTRAL, REFEREE_COLOR, WHITE, Color, outline_color, parse_hex
from courtside.render.label import label_sprite
from courtside.render.place import place
from courtside.render.sprite import Layers, Sprite, lay, smoothstep
from courtside.types import Image, Person, Team

Corners = tuple[float, float, float, float]

_FLATNESS = 0.34
"""Height of a circle on the floor over its width: a broadcast camera looks down at about 20 degrees."""


class _Ring(Enum):
    TEAM = "team"
    NEUTRAL = "neutral"
    REFEREE = "referee"


def draw_people(image: Image, people: Sequence[Person], teams: Mapping[str, Team]) -> Image:
    """Return a new picture with everyone marked; ``image`` is left as it is.

    A player has a ring in the team's colour and as much of a label as is known (``#11 Brunson``, ``#11``, none); one whose team is None or not in
    ``teams`` a thin neutral ring and no label; a referee a small broken ring. Labels stay inside the picture and off one another. Sizes follow the
    picture's shorter side.

    Args:
        image: the frame.
        people: who is in it, boxes in its pixels.
        teams: by the name that ``Person.team`` holds.

    Raises:
        ConfigError: a team's colour is not "#RRGGBB".
    """
    drawn = image.copy()
    side = min(image.shape[:2])
    seen = [person for person in people if _has_area(person.xyxy, image)]
    for person in sorted(seen, key=lambda person: (person.xyxy[3], person.track_id)):
        team = teams.get(person.team) if person.team is not None else None
        nearer = [other.xyxy for other in seen if other.xyxy[3] > person.xyxy[3]]
        _draw_ring(drawn, image, person, team, nearer)

    labelled = [person for person in seen if person.role == "player" and person.number and person.team in teams]
    # the named first, then by track: an order that does not change as people pass one another, so neither do the labels' places
    labelled.sort(key=lambda person: (not person.player, person.track_id))
    sprites = [_label(person, teams, side, image.shape[1]) for person in labelled]
    wanted = []
    for person, sprite in zip(labelled, sprites, strict=True):
        x, y, _, radius_y = _ground(person, side)
        wanted.append((round(x - sprite.width / 2), round(y + radius_y * 0.86), sprite.width, sprite.height))
    for sprite, (x, y) in reversed(list(zip(sprites, place(wanted, (image.shape[1], image.shape[0])), strict=True))):
        lay(drawn, sprite, x, y)
    return drawn


def _has_area(xyxy: Corners, image: Image) -> bool:
    height, width = image.shape[:2]
    return all(map(math.isfinite, xyxy)) and xyxy[2] > max(xyxy[0], 0) and xyxy[3] > max(xyxy[1], 0) and xyxy[0] < width and xyxy[1] < height


def _label(person: Person, teams: Mapping[str, Team], side: int, width: int) -> Sprite:
    color = parse_hex(teams[person.team or ""].color)
    size_px = max(11, round(side * 0.0255))
    return label_sprite(person.number or "", person.player or "", color, size_px, max(8, min(width, round(size_px * 14))))


def _ground(person: Person, side: int) -> tuple[float, float, int, int]:
    """Return the ring's centre and radii in pixels: x, y, radius_x, radius_y."""
    x1, y1, x2, y2 = person.xyxy
    # the mean of width and height changes less than either when someone stretches out an arm or bends down
    radius = 0.36 * math.sqrt((x2 - x1) * (y2 - y1)) * (0.72 if person.role == "referee" else 1)
    # steps of 4 % keep the number of different rings small enough to remember them
    radius = 1.04 ** round(math.log(min(max(radius, 5, side * 0.016), side * 0.095), 1.04))
    radius_x = max(4, round(radius))
    radius_y = max(2, round(radius * _FLATNESS))
    # the box ends at the toes, the middle of the stance is a little behind them
    return (x1 + x2) / 2, y2 - 0.35 * radius_y, radius_x, radius_y


def _draw_ring(drawn: Image, image: Image, person: Person, team: Team | None, nearer: Sequence[Corners]) -> None:
    side = min(image.shape[:2])
    x, y, radius_x, radius_y = _ground(person, side)
    line = max(1.2, side * 0.004)
    if person.role == "referee":
        sprite = _ring_sprite(radius_x, radius_y, round(line * 0.8, 1), REFEREE_COLOR, _Ring.REFEREE)
    elif team is None:
        sprite = _ring_sprite(radius_x, radius_y, round(line * 0.62, 1), NEUTRAL, _Ring.NEUTRAL)
    else:
        sprite = _ring_sprite(radius_x, radius_y, round(line, 1), parse_hex(team.color), _Ring.TEAM)
    left, top = round(x - sprite.width / 2), round(y - sprite.height / 2)
    lay(drawn, sprite, left, top, _floor_matte(image, left, top, sprite, person.xyxy, nearer))


@lru_cache(maxsize=512)
def _ring_sprite(radius_x: int, radius_y: int, line: float, color: Color, kind: _Ring) -> Sprite:
    margin = math.ceil(line * 2.5) + 1
    rows, columns = np.mgrid[0 : 2 * (radius_y + margin) + 1, 0 : 2 * (radius_x + margin) + 1].astype(np.float32)
    x, y = columns - radius_x - margin, rows - radius_y - margin
    u, v = x / radius_x, y / radius_y
    r = np.maximum(np.hypot(u, v), 1e-3)
    # pixels to the ellipse: its implicit equation over the length of the gradient
    distance = (r - 1) * r / np.maximum(np.hypot(u / radius_x, v / radius_y), 1e-6)
    near = (np.clip(v, -1, 1) + 1) / 2  # 0 at the far side of the ring, 1 at the side towards the camera
    half = line * (0.62 + 0.55 * near)
    band = np.clip(0.5 + half - np.abs(distance + line), 0, 1)
    inside = np.clip(0.5 - (distance + line), 0, 1)
    layers = Layers(*rows.shape)
    layers.add(INK, 0.34 * (1 - smoothstep(np.abs(distance + line * 0.4), line * 0.5, line * 3.4)) * (0.55 + 0.45 * near))
    if kind is _Ring.REFEREE:
        # nine gaps, none at the very front
        broken = np.clip(0.5 + (np.abs(((np.arctan2(v, u) / (2 * np.pi) * 9 + 0.25) % 1) - 0.5) - 0.17) * radius_x * 0.5, 0, 1)
        layers.add(color, 0.92 * band * np.asarray(broken, np.float32))
        return layers.sprite()
    if kind is _Ring.NEUTRAL:
        layers.add(color, band * (0.5 + 0.35 * near))
        return layers.sprite()
    layers.add(color, inside * (0.12 + 0.30 * r**3) * (0.7 + 0.3 * near))
    hairline = np.clip(0.5 + half + max(0.8, line * 0.3) - np.abs(distance + line), 0, 1)
    layers.add(outline_color(color), hairline * (0.45 + 0.45 * near))
    # lit from the upper left: a lighter far-left arc, the rest the plain colour
    light = 0.28 * np.clip(-(u + 0.6 * v) / 1.17, 0, 1)[..., None]
    shaded = np.array(color, np.float32) * (1 - light) + np.array(WHITE, np.float32) * light
    layers.add(np.asarray(shaded, np.float32), band * (0.72 + 0.26 * near))
    return layers.sprite()


def _soft_key() -> Image:
    difference = np.arange(256, dtype=np.float32)
    return np.asarray(np.rint(255 * (1 - 0.92 * smoothstep(difference, 22, 58))), np.uint8)


_KEY = _soft_key()
"""How much of the ring shows (0-255) by how far a pixel is from the floor's colour (0-255)."""


def _floor_matte(image: Image, left: int, top: int, sprite: Sprite, box: Corners, nearer: Sequence[Corners]) -> Image | None:
    """Return where the floor is seen (255) and where shoes and legs are (near 0), so that the ring lies behind them.

    It is the broadcaster's chroma key in little: row by row, the floor's colour is that at the two ends of the ring; within the person's own box, and
    those of people nearer to the camera, what differs from both ends is somebody. Elsewhere nothing stands in front of the ring.
    """
    height, width = image.shape[:2]
    x1, x2, y1, y2 = max(left, 0), min(left + sprite.width, width), max(top, 0), min(top + sprite.height, height)
    if x2 - x1 < 8 or y2 - y1 < 3:
        return None
    flank = max(2, (x2 - x1) // 10)
    ends = [image[y1:y2, x1 : x1 + flank], image[y1:y2, x2 - flank : x2]]
    # an end behind somebody else shows his shirt, not the floor: believe the other one
    clear = [
        end
        for end, x in zip(ends, (x1 + flank / 2, x2 - flank / 2), strict=True)
        if not any(other[0] <= x <= other[2] and other[1] <= (y1 + y2) / 2 for other in nearer)
    ]
    floors = [cv2.blur(cv2.resize(end, (1, y2 - y1), interpolation=cv2.INTER_AREA), (1, 5)) for end in clear or ends]
    matte = np.full((sprite.height, sprite.width), 255, np.uint8)
    for other in (box, *nearer):
        c1, c2 = max(x1, math.floor(other[0])), min(x2, math.ceil(other[2]))
        r1, r2 = max(y1, math.floor(other[1])), min(y2, math.ceil(other[3]) + 1)
        if c1 >= c2 or r1 >= r2:
            continue
        patch = image[r1:r2, c1:c2]
        differences = [cv2.absdiff(patch, cv2.resize(floor[r1 - y1 : r2 - y1], (c2 - c1, r2 - r1))) for floor in floors]
        nearest = differences[0] if len(differences) == 1 else cv2.min(differences[0], differences[1])
        blue, green, red = cv2.split(nearest)
        key = cv2.blur(cv2.LUT(cv2.max(cv2.max(blue, green), red), _KEY), (3, 3))
        part = matte[r1 - top : r2 - top, c1 - left : c2 - left]
        part[:] = cv2.min(part, key)
    return matte
