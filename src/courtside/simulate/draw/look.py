"""What a person wears and looks like, as textures wrapped around torso and head and colours of the limbs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from courtside.simulate.draw.digits import grown, number_mask, paint, text_mask
from courtside.simulate.scene import Actor, Color, Kit

Texture = npt.NDArray[np.uint8]

TORSO_SIZE = (192, 384)
"""Rows from the neck down to the hips, columns around the body: 0 its right side, 1/4 the front, 1/2 its left, 3/4 the back."""
HEAD_SIZE = (72, 144)
NUMBER_ALPHA = 200
"""Alpha of a torso's texture inside the rectangle of a number; 255 elsewhere."""

_V_PX_PER_H = TORSO_SIZE[0] / 0.333  # the torso's texture is 0.333 of the body's height tall ...
_U_PX_PER_H = TORSO_SIZE[1] / (2 * np.pi * 0.105)  # ... and seen from the front a column is so wide


@dataclass(frozen=True)
class Look:
    """One person. ``torso`` (192, 384, 4) with ``NUMBER_ALPHA`` where a number is, ``head`` (72, 144, 3).

    ``numbers`` holds the rectangles (u0, v0, u1, v1) of the numbers, as shares (0-1) of the texture. ``sleeve_share`` is how far clothes cover the arms (0
    none, 2 both bones), ``leg_share`` the legs; ``arm_sleeves`` (left, right) and ``tights`` are worn below, ``sock_share`` is how far socks come up.
    """

    torso: Texture
    head: Texture
    numbers: tuple[tuple[float, float, float, float], ...]
    skin: Color
    cloth: Color
    sleeve_share: float
    arm_sleeves: tuple[Color | None, Color | None]
    legwear: Color
    stripe: Color | None
    leg_share: float
    tights: Color | None
    sock: Color
    sock_share: float
    shoes: Color
    build: float


def player_look(actor: Actor, kit: Kit, mark: str, random: np.random.Generator) -> Look:
    """Return how a player looks in ``kit``; ``mark`` is the word on his chest."""
    torso = _cloth(kit.jersey, random)
    rows, columns = TORSO_SIZE
    angle = np.arange(columns) / columns
    side = np.minimum(np.abs(angle - 0.5), np.minimum(angle, 1 - angle)) * 2 * np.pi  # from the nearer side, radians
    style = kit.font % 3
    if style != 1:
        _tint(torso[int(0.3 * rows) :], np.broadcast_to(side < (0.22 if style == 0 else 0.12), (rows - int(0.3 * rows), columns)), kit.trim)
    v = np.arange(rows)[:, None] / rows
    hole = np.clip((0.34 - v) / 0.34, 0, 1) ** 0.5 * 0.52
    front = np.abs(angle - 0.25) * 2 * np.pi
    back = np.abs(angle - 0.75) * 2 * np.pi
    depth = np.where(front < 1.2, 0.145, 0.075)
    neck = np.minimum(front, back) < np.clip(1 - v / depth, 0, 1) ** 0.5 * 0.95
    _tint(torso, (side < hole + 0.07) & (v < 0.37), kit.trim)
    neck_trim = np.minimum(front, back) < np.clip(1 - v / (depth + 0.028), 0, 1) ** 0.5 * 1.1
    _tint(torso, neck_trim, kit.trim)
    _tint(torso, (side < hole) | neck | (v < 0.012), actor.skin)
    _tint(torso, np.broadcast_to(v > 0.885, (rows, columns)), kit.shorts)
    _tint(torso, np.broadcast_to((v > 0.84) & (v < 0.89), (rows, columns)), kit.trim if style != 2 else kit.shorts)
    numbers = []
    if actor.number is not None:
        numbers.append(_number(torso, actor.number, kit, 0.25, 0.35 if mark else 0.28, 0.095))
        numbers.append(_number(torso, actor.number, kit, 0.75, 0.305, 0.118))
    if mark:
        _word(torso, mark, kit, 0.25, 0.245, 0.040)
    if actor.name:
        _word(torso, actor.name.split()[-1], kit, 0.75, 0.185, 0.034)
    bits = actor.sleeve
    dark: Color = (28, 24, 24)
    band = (240, 240, 240) if sum(kit.jersey) > 380 else dark
    white: Color = (238, 238, 238)
    return Look(
        _folded(torso, random),
        _head(actor.skin, actor.hair, band if bits & 8 else None, random),
        tuple(numbers),
        actor.skin,
        kit.jersey,
        0.0,
        (band if bits & 1 else None, band if bits & 2 else None),
        kit.shorts,
        kit.trim if style != 1 else None,
        0.93,
        band if bits & 4 else None,
        white if random.random() < 0.6 else dark,
        0.62 if bits & 16 else 0.26,
        actor.shoes,
        actor.build,
    )


def dressed_look(
    shirt: Color,
    trousers: Color,
    skin: Color,
    hair: Color,
    build: float,
    random: np.random.Generator,
    *,
    long: bool = False,
    collar: Color | None = None,
) -> Look:
    """Return a person in shirt and trousers: somebody of the crowd, a coach (``long`` sleeves, a ``collar``)."""
    torso = _cloth(shirt, random)
    rows, columns = TORSO_SIZE
    angle, v = np.arange(columns) / columns, np.arange(rows)[:, None] / rows
    front = np.abs(angle - 0.25) * 2 * np.pi
    _tint(torso, (front < 0.5 * np.clip(1 - v / (0.4 if collar else 0.07), 0, 1)), collar or skin)
    _tint(torso, np.broadcast_to(v > 0.93, (rows, columns)), trousers)
    if collar:
        _tint(torso, (front < 0.07) & (v > 0.06) & (v < 0.4), tuple(int(c) for c in random.integers(20, 180, 3)))  # type: ignore[arg-type]  # three of them
    return Look(
        _folded(torso, random),
        _head(skin, hair, None, random),
        (),
        skin,
        shirt,
        2.0 if long else 0.62,
        (None, None),
        trousers,
        None,
        2.0,
        None,
        trousers,
        0.2,
        (30, 30, 30),
        build,
    )


def referee_look(actor: Actor, kit: Kit, random: np.random.Generator) -> Look:
    """Return an official: ``kit``'s shirt with a dark yoke and stripes of its trim, and its number on the back."""
    torso = _cloth(kit.jersey, random)
    rows, columns = TORSO_SIZE
    angle, v = np.arange(columns) / columns, np.arange(rows)[:, None] / rows
    side = np.minimum(np.abs(angle - 0.5), np.minimum(angle, 1 - angle)) * 2 * np.pi
    if kit.font % 2:  # stripes, as on American school floors
        _tint(torso, np.broadcast_to((angle * 22) % 1 < 0.5, (rows, columns)), kit.trim)
    else:
        _tint(torso, np.broadcast_to(side < 0.42, (rows, columns)), kit.trim)
        _tint(torso, np.broadcast_to(v < 0.06, (rows, columns)), kit.trim)
    _tint(torso, np.broadcast_to(v > 0.90, (rows, columns)), kit.shorts)
    numbers = (_number(torso, actor.number, kit, 0.75, 0.22, 0.062),) if actor.number else ()
    black: Color = (26, 24, 24)
    return Look(
        _folded(torso, random), _head(actor.skin, actor.hair, None, random), numbers, actor.skin, kit.trim if not kit.font % 2 else kit.jersey, 0.62,
        (None, None), kit.shorts, None, 2.0, None, black, 0.2, black, actor.build,
    )  # fmt: skip


def _cloth(color: Color, random: np.random.Generator) -> Texture:
    texture = np.full((*TORSO_SIZE, 4), 255, np.uint8)
    texture[..., :3] = np.clip(np.array(color, np.int16) + np.roll(_weave(), int(random.integers(TORSO_SIZE[1])), 1), 0, 255)
    return texture


@lru_cache(maxsize=1)
def _weave() -> npt.NDArray[np.int16]:
    """Return (h, w, 1): the unevenness that all cloth shares."""
    return np.random.default_rng(7).normal(0, 2.5, (*TORSO_SIZE, 1)).astype(np.int16)


def _tint(texture: Texture, where: npt.NDArray[np.bool_], color: Color) -> None:
    texture[where, :3] = color


def _number(torso: Texture, number: str, kit: Kit, u: float, v: float, height: float) -> tuple[float, float, float, float]:
    """Paint a number with its top at ``v`` about the column ``u``, ``height`` in shares of the body's, and return its rectangle."""
    tall = round(height * _V_PX_PER_H)
    mask = number_mask(number, kit.font, tall)
    mask = cv2.resize(mask, (max(2, round(mask.shape[1] * _U_PX_PER_H / _V_PX_PER_H)), tall), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    left, top = round(u * TORSO_SIZE[1] - mask.shape[1] / 2), round(v * TORSO_SIZE[0])
    colors = torso[..., :3]
    bare = np.ascontiguousarray(colors)
    border = max(1, tall // 16)
    if kit.outline != kit.jersey:
        paint(bare, grown(mask, border), left - border, top - border, kit.outline)
    paint(bare, mask, left, top, kit.number)
    torso[..., :3] = bare
    box = (left - border, top - border, left + mask.shape[1] + border, top + tall + border)
    torso[box[1] : box[3], max(box[0], 0) : box[2], 3] = NUMBER_ALPHA
    return box[0] / TORSO_SIZE[1], box[1] / TORSO_SIZE[0], box[2] / TORSO_SIZE[1], box[3] / TORSO_SIZE[0]


def _word(torso: Texture, text: str, kit: Kit, u: float, v: float, height: float) -> None:
    tall = max(4, round(height * _V_PX_PER_H))
    mask = text_mask(text.upper()[:12], tall, 2)
    width = min(round(mask.shape[1] * _U_PX_PER_H / _V_PX_PER_H), round(0.27 * TORSO_SIZE[1]))
    mask = cv2.resize(mask, (max(2, width), tall), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    bare = np.ascontiguousarray(torso[..., :3])
    paint(bare, mask, round(u * TORSO_SIZE[1] - mask.shape[1] / 2), round(v * TORSO_SIZE[0]), kit.number)
    torso[..., :3] = bare


def _folded(texture: Texture, random: np.random.Generator) -> Texture:
    """Shade the cloth: soft folds that hang down, and darker towards the waist."""
    rows, columns = texture.shape[:2]
    shade = np.ones((rows, columns), np.float32)
    for across, down, strength in ((9, 4, 0.07), (22, 7, 0.05)):
        noise = random.normal(0, strength, (down, across)).astype(np.float32)
        shade += cv2.resize(noise, (columns, rows), interpolation=cv2.INTER_CUBIC)
    shade *= np.linspace(1.06, 0.9, rows, dtype=np.float32)[:, None]
    texture[..., :3] = np.clip(texture[..., :3] * np.clip(shade, 0.7, 1.2)[..., None], 0, 255)
    return texture


def _head(skin: Color, hair: Color, band: Color | None, random: np.random.Generator) -> Texture:
    rows, columns = HEAD_SIZE
    texture = np.empty((rows, columns, 3), np.uint8)
    texture[:] = skin
    angle, v = np.arange(columns) / columns, np.arange(rows)[:, None] / rows
    front = np.abs(angle - 0.25) * 2 * np.pi
    front = np.minimum(front, 2 * np.pi - front)
    dim = np.array(skin, np.float32)
    dark = tuple(int(c) for c in dim * 0.45)
    low = random.uniform(0.14, 0.24)
    line = np.where(front < 1.0, low, np.where(front < 1.75, 0.46, random.uniform(0.62, 0.78)))
    bald = random.random() < 0.12
    if not bald:
        texture[v < line] = hair
    texture[(np.abs(front - 0.38) < 0.17) & (np.abs(v - 0.46) < 0.03)] = tuple(int(c) for c in dim * 0.35)  # eyes
    texture[(np.abs(front - 0.38) < 0.2) & (np.abs(v - 0.40) < 0.014)] = dark  # brows
    texture[(front < 0.13) & (np.abs(v - 0.615) < 0.025)] = tuple(int(c) for c in dim * 0.7)  # below the nose
    texture[(front < 0.25) & (np.abs(v - 0.73) < 0.018)] = tuple(int(c) for c in dim * np.array([0.6, 0.5, 0.65]))  # mouth
    side = np.minimum(np.abs(angle - 0.5), np.minimum(angle, 1 - angle)) * 2 * np.pi
    texture[(side < 0.16) & (np.abs(v - 0.53) < 0.09)] = tuple(int(c) for c in dim * 0.8)  # ears
    if random.random() < 0.45:  # a beard
        texture[(v > 0.66) & (front < 1.3) & ~((front < 0.25) & (np.abs(v - 0.73) < 0.03))] = tuple(int(c) for c in 0.5 * dim + 0.5 * np.array(hair))
    if band is not None:
        texture[np.broadcast_to(np.abs(v - 0.235) < 0.06, (rows, columns))] = band
    return np.asarray(cv2.GaussianBlur(texture, (0, 0), 0.8), np.uint8)
