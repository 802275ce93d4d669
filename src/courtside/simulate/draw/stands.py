"""Everything beyond the floor: stands full of people, the benches, the boards, and the heads of those who sit before the camera."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from courtside.court import Camera, Court
from courtside.simulate.draw.arena import Arena
from courtside.simulate.draw.body import Bodies
from courtside.simulate.draw.digits import paint, text_mask
from courtside.simulate.draw.look import Look, dressed_look
from courtside.simulate.draw.pose import pose
from courtside.simulate.draw.surface import Surface
from courtside.simulate.scene import Action, Color, Floats, Moment
from courtside.types import Image

SKINS: tuple[Color, ...] = ((60, 85, 130), (48, 66, 104), (95, 130, 190), (135, 168, 222), (150, 180, 228), (40, 55, 85))
HAIRS: tuple[Color, ...] = ((22, 22, 24), (30, 34, 44), (40, 60, 90), (70, 110, 150), (120, 120, 125), (25, 25, 25))
_STAND_PX = 44  # texels a metre
_SPRITE_PX = 52
_FLOOR_LINE = 0.64  # where on a sprite, from its top, its owner's place on the floor is
_ROW_M, _SEAT_M = 0.86, 0.58
_ROWS = 26
_RISE = 0.52  # metres up for each metre back
_GAP_M = 4.0  # from the sideline to the first row
_SIDE_GAP_M = 4.0  # from the baseline
_BENCH_M = 2.0  # from the far sideline to the chairs


@dataclass(frozen=True)
class Backdrop:
    """What stands beyond the floor, farthest first, and ``front``, what stands before the camera's side of it."""

    back: tuple[Surface, ...]
    front: tuple[Surface, ...]


@dataclass(frozen=True)
class Sprite:
    """Somebody cut out.

    ``colors`` (h, w, 3) are premultiplied, ``rest`` (h, w, 3) is how much of what is behind shows, ``foot`` (x, y) where his place on the floor is.
    """

    colors: Image
    rest: Image
    foot: tuple[float, float]


def make_backdrop(court: Court, arena: Arena, kits: tuple[Color, Color]) -> Backdrop:
    """Build stands, benches and boards; ``kits`` colour the warm-up shirts of the two benches."""
    random = np.random.default_rng(arena.seed + 1)
    front = _sprites(arena, random, 48, np.pi / 2)
    long = 2 * (court.half_length_m + _SIDE_GAP_M)
    depth = _ROWS * _ROW_M
    slope = np.array([0.0, -1.0, _RISE])
    slope /= np.linalg.norm(slope)
    slant = depth * float(np.hypot(1, _RISE))
    y = -court.half_width_m - _GAP_M
    half = long / 2 + depth
    seen_from = np.array([0.0, court.half_width_m + 20.0, 8.5])
    # texture rows run from the last row of seats down to the first
    outline = np.array([(0, 0), (2 * half, 0), (half + long / 2, slant), (half - long / 2, slant)])
    top = np.array([-half, y, 0.0]) + slope * slant
    right = np.array([1.0, 0, 0])
    upright = _stand_up(front, right, -slope, np.array([0.0, y, 0.0]) + slope * slant / 2, seen_from)
    surfaces = [Surface(top, right, -slope, (2 * half, slant), _stand(2 * half, upright, arena, random), outline, soft=True)]
    wide = 2 * court.half_width_m + _GAP_M + 8.0
    total = wide + depth
    for sign in (-1, 1):
        up = np.array([sign * 1.0, 0.0, _RISE])
        up /= np.linalg.norm(up)
        across = np.array([0.0, sign * 1.0, 0.0])
        x = sign * long / 2
        facing = _sprites(arena, random, 28, np.pi - 0.25 if sign > 0 else 0.25)
        upright = _stand_up(facing, across, -up, np.array([x, -2.0, 0.0]) + up * slant * 0.35, seen_from)
        picture = _stand(total, upright, arena, random)
        start = y - depth if sign > 0 else y + wide
        corner = np.array([x, start, 0.0]) + up * slant
        mitre = [(0, 0), (total, 0), (total, slant), (depth, slant)] if sign > 0 else [(0, 0), (total, 0), (total - depth, slant), (0, slant)]
        surfaces.append(Surface(corner, across, -up, (total, slant), picture, np.array(mitre, float), soft=True))
    surfaces += _benches(court, arena, kits, random)
    return Backdrop(tuple(surfaces), (_heads(court, arena, random),))


def _sprites(arena: Arena, random: np.random.Generator, count: int, heading: float) -> list[Image]:
    """Return people seated, seen somewhat from above, as premultiplied BGRA pictures of ``_SPRITE_PX`` a metre."""
    looks = []
    for _ in range(count):
        shirt = arena.crowd[0] if random.random() < arena.fans else arena.crowd[1 + random.integers(len(arena.crowd) - 1)]
        looks.append(_somebody(shirt, random))
    return [_shoot(look, _SPRITE_PX, random, float(heading + random.normal(0, 0.35))) for look in looks]


def _stand_up(sprites: list[Image], across: Floats, down: Floats, spot: Floats, seen_from: Floats) -> list[Sprite]:
    """Bend sprites so that, painted on the slope at ``spot``, they stand upright for who looks from ``seen_from``."""
    to = spot - seen_from
    flat = float(np.hypot(to[0], to[1]))
    camera = Camera((seen_from[0], seen_from[1], seen_from[2]), float(np.arctan2(to[0], -to[1])), float(np.arctan2(-to[2], flat)), 1000.0, (2000, 1000))
    step = 0.05
    places, depth = camera.project(np.stack([spot, spot + step * across, spot + step * down]))
    seen = np.stack([places[1] - places[0], places[2] - places[0]], 1) / step * (depth[0] / 1000.0)  # metres on the picture for metres on the slope
    back = np.linalg.inv(seen) * (_STAND_PX / _SPRITE_PX)
    bent = []
    for sprite in sprites:
        rows, columns = sprite.shape[:2]
        foot = np.array([columns / 2, _FLOOR_LINE * rows])
        corners = (np.array([(0, 0), (columns, 0), (0, rows), (columns, rows)]) - foot) @ back.T
        # the foot line stays at the sprite's own place, so that it can be laid down like any other
        reach = np.ceil(np.abs(corners).max(0)).astype(int) + 1
        tall = int(np.ceil(reach[1] / _FLOOR_LINE))
        size = (2 * int(reach[0]), max(tall, int(np.ceil(reach[1] / (1 - _FLOOR_LINE)))))
        matrix = np.concatenate([back, (np.array([size[0] / 2, _FLOOR_LINE * size[1]]) - back @ foot)[:, None]], 1)
        bent.append(_cut_out(np.asarray(cv2.warpAffine(sprite, matrix, size, flags=cv2.INTER_AREA), np.uint8)))
    return bent


def _somebody(shirt: Color, random: np.random.Generator) -> Look:
    trousers = tuple(int(c) for c in np.clip(random.uniform(20, 90) + random.normal(0, 12, 3), 5, 200))
    skin, hair = SKINS[random.integers(len(SKINS))], HAIRS[random.integers(len(HAIRS))]
    return dressed_look(shirt, trousers, skin, hair, float(random.uniform(0.9, 1.25)), random, long=bool(random.random() < 0.45))  # type: ignore[arg-type]  # three of them


def _still(heading: float, random: np.random.Generator, action: Action = Action.MOVE, tall: float = 1.75, *, seated: bool = True) -> tuple[Floats, Floats]:
    """Return the joints (1, 21, 3) of somebody at the origin and the point he looks at."""
    one = np.zeros(1)
    look = np.array([[np.cos(heading), np.sin(heading)]]) * 8 + random.normal(0, 3, (1, 2))
    moment = Moment(
        0.0, np.ones(1, bool), np.zeros((1, 2)), np.array([heading]), np.zeros((1, 2)), one, one, np.array([int(action)]), random.uniform(0, 1, 1), look,
        np.zeros(3), None, False, 0.0, 0.0, 1, (0, 0), 0, 1,
    )  # fmt: skip
    return pose(moment, np.array([tall]), np.array([seated])), look


def _shoot(
    look: Look,
    px: float,
    random: np.random.Generator,
    heading: float | None = None,
    *,
    seated: bool = True,
    tall: float | None = None,
    action: Action | None = None,
) -> Image:
    """Take a picture of one person alone at ``px`` pixels a metre."""
    heading = np.pi / 2 + random.normal(0, 0.35) if heading is None else heading
    tall = float(random.uniform(1.58, 1.88)) if tall is None else tall
    if action is None:
        action = Action.REACH if random.random() < 0.05 else Action.MOVE
    joints, look_at = _still(heading, random, action, tall, seated=seated)
    size = (round(1.9 * px), round(2.5 * px))
    away = 28.0
    camera = Camera((0.0, away, 0.9 + 0.30 * away), 0.0, float(np.arctan(0.30)), px * float(np.hypot(away, 0.3 * away)), size)
    bodies = Bodies(camera, joints, np.array([tall]), look_at, [look])
    image, alpha = np.zeros((size[1], size[0], 3), np.uint8), np.zeros((size[1], size[0]), np.uint8)
    bodies.draw(0, image, None, alpha)
    return np.dstack([image, alpha])


def _cut_out(image: Image) -> Sprite:
    """Trim what is empty off a premultiplied BGRA picture."""
    rows, columns = np.flatnonzero(image[..., 3].any(1)), np.flatnonzero(image[..., 3].any(0))
    if not len(rows):
        rows, columns = np.array([0]), np.array([0])
    part = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    foot = (image.shape[1] / 2 - columns[0], _FLOOR_LINE * image.shape[0] - rows[0])
    return Sprite(np.ascontiguousarray(part[..., :3]), np.repeat(255 - part[..., 3:], 3, 2), foot)


def _paste(picture: Image, sprite: Sprite, x: float, y: float, light: float = 1.0) -> None:
    """Lay a sprite with its owner's place at (``x``, ``y``) texels into a picture (h, w, 3), or a premultiplied one with alpha."""
    left, top = round(x - sprite.foot[0]), round(y - sprite.foot[1])
    height, width = sprite.colors.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, picture.shape[1]), min(top + height, picture.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part, window = picture[y0:y1, x0:x1, :3], np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    lit = cv2.convertScaleAbs(sprite.colors[window], alpha=light)
    part[:] = cv2.add(cv2.multiply(part, sprite.rest[window], scale=1 / 255), lit)
    if picture.shape[2] == 4:
        cover = picture[y0:y1, x0:x1, 3]
        cover[:] = 255 - cv2.multiply(255 - cover, np.ascontiguousarray(sprite.rest[window][..., 0]), scale=1 / 255)


def _stand(width_m: float, sprites: list[Sprite], arena: Arena, random: np.random.Generator) -> Image:
    """Return rows of seats, the last row at the top, with stairs and empty seats."""
    height = round(_ROWS * _ROW_M * float(np.hypot(1, _RISE)) * _STAND_PX)
    picture = np.full((height, round(width_m * _STAND_PX), 3), 34, np.uint8)
    seat = np.array(arena.crowd[0], float) * 0.35 + 20
    pitch = height / _ROWS
    stairs = np.arange(random.uniform(4, 8), width_m, 11.0)
    for row in range(_ROWS):
        y = (row + 0.9) * pitch
        picture[round(y - 0.42 * pitch) : round(y - 0.05 * pitch)] = seat
        light = arena.crowd_light * (0.62 + 0.38 * (row / _ROWS))
        x = random.uniform(0, _SEAT_M)
        while x < width_m:
            x += _SEAT_M * random.uniform(0.92, 1.1)
            if np.abs(stairs - x).min(initial=9.0) < 0.62 or random.random() < 0.04:
                continue
            sprite = sprites[random.integers(len(sprites))]
            _paste(picture, sprite, x * _STAND_PX, y + random.normal(0, 1.5), light * random.uniform(0.8, 1.1))
        for stair in stairs:
            left = round((stair - 0.6) * _STAND_PX)
            picture[round(y - 0.1 * pitch) : round(y), max(left, 0) : left + round(1.2 * _STAND_PX)] = 95
    return picture


def _benches(court: Court, arena: Arena, kits: tuple[Color, Color], random: np.random.Generator) -> list[Surface]:
    """Return the scorer's table with its board, and a picture of those who sit beside it, both upright planes."""
    px = 64
    half = court.half_length_m + 2.5
    tall = 2.9
    picture = np.zeros((round(tall * px), round(2 * half * px), 4), np.uint8)
    floor = picture.shape[0] - round(0.35 * px)
    table = 5.0
    xs = np.arange(-half + 0.6, half - 0.4, 0.66)
    for x in xs:
        if abs(x) < table - 0.2:
            continue
        bench = 5.6 < abs(x) < 12.2
        if bench:
            kit = kits[0] if x < 0 else kits[1]
            shirt = kit if random.random() < 0.65 else (40, 36, 36)
            look = _somebody(shirt, random) if random.random() < 0.72 else _suit(random)
        else:
            look = _somebody(arena.crowd[1 + random.integers(len(arena.crowd) - 1)], random)
        tall_m = float(random.uniform(1.85, 2.08)) if bench else float(random.uniform(1.6, 1.88))
        sprite = _cut_out(_shoot(look, px, random, tall=tall_m))
        _paste(picture, sprite, (x + half) * px, floor + random.normal(0, 2), min(1.0, arena.crowd_light + 0.12))
    for x in (-6.6, 7.1, -11.9):  # coaches stand
        sprite = _cut_out(_shoot(_suit(random), px, random, float(np.pi / 2 + random.normal(0, 0.6)), seated=False, tall=1.88, action=Action.MOVE))
        _paste(picture, sprite, (x + half) * px, floor + 4, min(1.0, arena.crowd_light + 0.2))
    cover = np.maximum(picture[..., 3:].astype(np.float32), 1)
    picture[..., :3] = np.clip(picture[..., :3] * (255 / cover), 0, 255)  # a surface wants its colours whole
    y = -court.half_width_m - _BENCH_M
    bottom = 0.35 * tall / (picture.shape[0] / px)
    seats = Surface(np.array([-half, y, tall - bottom]), np.array([1.0, 0, 0]), np.array([0, 0, -1.0]), (2 * half, tall), picture)
    officials = _officials(table, arena, random)
    behind = replace(officials, corner=np.array([-table, y - 0.6, 2.0]))
    board = _board(2 * table, 0.92, arena, random)
    return [seats, behind, Surface(np.array([-table, y + 0.5, 0.92]), np.array([1.0, 0, 0]), np.array([0, 0, -1.0]), (2 * table, 0.92), board)]


def _officials(table: float, arena: Arena, random: np.random.Generator) -> Surface:
    px = 56
    picture = np.zeros((round(2.0 * px), round(2 * table * px), 4), np.uint8)
    for x in np.arange(0.5, 2 * table - 0.3, 0.8):
        look = _suit(random) if random.random() < 0.6 else _somebody(arena.crowd[1], random)
        _paste(picture, _cut_out(_shoot(look, px, random)), x * px, 1.95 * px, min(1.0, arena.crowd_light + 0.05))
    cover = np.maximum(picture[..., 3:].astype(np.float32), 1)
    picture[..., :3] = np.clip(picture[..., :3] * (255 / cover), 0, 255)
    return Surface(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 0, -1.0]), (2 * table, 2.0), picture)


def _suit(random: np.random.Generator) -> Look:
    grey = int(random.integers(22, 70))
    cloth: Color = (grey + 6, grey, grey)
    skin, hair = SKINS[random.integers(len(SKINS))], HAIRS[random.integers(len(HAIRS))]
    return dressed_look(cloth, cloth, skin, hair, float(random.uniform(1.0, 1.25)), random, long=True, collar=(225, 225, 225))


def _board(width_m: float, height_m: float, arena: Arena, random: np.random.Generator) -> Image:
    px = 64
    picture = np.empty((round(height_m * px), round(width_m * px), 3), np.uint8)
    picture[:] = arena.board
    picture[: px // 16] = 30
    x = random.uniform(0.2, 1.0) * px
    while x < picture.shape[1]:
        mask = text_mask(arena.words[random.integers(3)], round(0.45 * px), 2)
        paint(picture, mask, round(x), round(0.25 * px), arena.board_text)
        x += mask.shape[1] + random.uniform(0.6, 1.4) * px
    return picture


def _heads(court: Court, arena: Arena, random: np.random.Generator) -> Surface:
    """Return those who sit at the near sideline, seen from behind, as an upright picture."""
    px = 64
    half = court.half_length_m + 4
    tall = 2.0
    picture = np.zeros((round(tall * px), round(2 * half * px), 4), np.uint8)
    people = []
    for _ in range(16):
        shirt = arena.crowd[0] if random.random() < arena.fans else arena.crowd[1 + random.integers(len(arena.crowd) - 1)]
        people.append(_cut_out(_shoot(_somebody(shirt, random), px, random, float(-np.pi / 2 + random.normal(0, 0.3)), action=Action.MOVE)))
    x = -half
    while x < half:
        x += random.uniform(0.55, 0.95) + (random.random() < 0.12) * random.uniform(0.5, 2.0)
        _paste(picture, people[random.integers(len(people))], (x + half) * px, 1.65 * px + random.normal(0, 3), 0.75)
    cover = np.maximum(picture[..., 3:].astype(np.float32), 1)
    picture[..., :3] = np.clip(picture[..., :3] * (255 / cover), 0, 255)
    return Surface(np.array([-half, court.half_width_m + 3.0, 1.45]), np.array([1.0, 0, 0]), np.array([0, 0, -1.0]), (2 * half, tall), picture)
