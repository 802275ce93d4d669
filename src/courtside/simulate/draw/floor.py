"""The floor as a picture from above: planks, paint, lines, words."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from courtside.court import Court
from courtside.court.markings import lines, zones
from courtside.simulate.draw.arena import Arena
from courtside.simulate.draw.digits import paint, text_mask
from courtside.simulate.draw.surface import Surface
from courtside.simulate.scene import Color, Floats
from courtside.types import Image

BEYOND_X_M, BEYOND_FAR_M, BEYOND_NEAR_M = 7.0, 6.0, 9.0
"""How far the floor goes on beyond the baselines, the far and the near sideline."""
_X_PX, _Y_PX = 56, 32  # a metre across the court is foreshortened by every camera that stands beside it
_SHIFT = 4


def make_floor(court: Court, arena: Arena) -> Surface:
    """Paint the floor of ``court``."""
    random = np.random.default_rng(arena.seed)
    left, top = -court.half_length_m - BEYOND_X_M, -court.half_width_m - BEYOND_FAR_M
    size = (2 * (court.half_length_m + BEYOND_X_M), 2 * court.half_width_m + BEYOND_FAR_M + BEYOND_NEAR_M)
    picture = _planks(round(size[0] * _X_PX), round(size[1] * _Y_PX), arena.wood, random)
    areas = zones(court)

    def at(points: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        return np.asarray(np.round(((points - (left, top)) * (_X_PX, _Y_PX) - 0.5) * (1 << _SHIFT)), np.int32)

    # the apron around, then the wood inside again
    outside = np.full(picture.shape[:2], 255, np.uint8)
    cv2.fillPoly(outside, [at(areas["court"])], (0,), cv2.LINE_AA, _SHIFT)
    _stain(picture, outside, arena.apron, 0.93)
    beyond = np.full(picture.shape[:2], 255, np.uint8)
    hall = np.array([(-court.half_length_m - 3.4, -court.half_width_m - 2.2), (court.half_length_m + 3.4, court.half_width_m + 2.0)])
    (x0, y0), (x1, y1) = at(hall) >> _SHIFT
    beyond[y0:y1, x0:x1] = 0
    _stain(picture, beyond, (46, 42, 40), 0.9)
    for side in ("left", "right"):
        if arena.paint is not None:
            mask = np.zeros(picture.shape[:2], np.uint8)
            cv2.fillPoly(mask, [at(areas[f"{side} paint"])], (255,), cv2.LINE_AA, _SHIFT)
            _stain(picture, mask, arena.paint, 0.92)
    _logo(picture, court, arena, left, top)
    for name, points in lines(court).items():
        mask = np.zeros(picture.shape[:2], np.uint8)
        _stroke(mask, points, court.line_m, left, top)
        _stain(picture, mask, arena.arc if name.endswith("three") else arena.lines, 0.92)
    _words(picture, court, arena, left, top, random)
    _gleam(picture, random)
    return Surface(np.array([left, top, 0.0]), np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), size, picture)


def _stroke(mask: Image, points: Floats, width: float, left: float, top: float) -> None:
    """Fill the band of ``width`` metres along a polyline, whose pixels are not square."""
    for a, b in pairwise(points):
        along = (b - a) / max(float(np.hypot(*(b - a))), 1e-9) * width / 2
        normal = np.array([-along[1], along[0]])
        corners = np.array([a - along + normal, b + along + normal, b + along - normal, a - along - normal])
        at = np.round(((corners - (left, top)) * (_X_PX, _Y_PX) - 0.5) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [at], (255,), cv2.LINE_AA, _SHIFT)


def _planks(width: int, height: int, wood: Color, random: np.random.Generator) -> Image:
    """Maple strips along the length of the court, in panels of a few tones."""
    strips = -(-height // 3)
    tone = random.normal(0, 0.028, (strips, 1, 1))
    pieces = random.normal(0, 0.026, (strips, -(-width // 90)))
    rows = np.stack([np.roll(np.repeat(piece, 90), random.integers(90))[:width] for piece in pieces])[..., None]
    grain = cv2.resize(random.normal(0, 0.02, (height, width // 24)).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    shade = 1 + np.repeat(tone + rows, 3, 0)[:height] + grain
    broad = cv2.resize(random.normal(0, 0.025, (6, 10)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.asarray(np.clip(np.array(wood) * (shade + broad), 0, 255), np.uint8)


def _stain(picture: Image, mask: Image, color: Color, strength: float) -> None:
    """Paint through ``mask``; the planks shine through a little."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return
    window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    share = mask[window].astype(np.float32)[..., None] * (strength / 255)
    picture[window] = picture[window] + share * (np.array(color, np.float32) - picture[window])


def _logo(picture: Image, court: Court, arena: Arena, left: float, top: float) -> None:
    centre = (round(-left * _X_PX), round(-top * _Y_PX))
    color = arena.paint or arena.apron
    mask = np.zeros(picture.shape[:2], np.uint8)
    radius = court.circle_m * 1.15
    cv2.ellipse(mask, centre, (round(radius * _X_PX), round(radius * _Y_PX)), 0, 0, 360, (255,), -1, cv2.LINE_AA)
    _stain(picture, mask, color, 0.9)
    mask[:] = 0
    spikes = 5 + arena.seed % 4
    angles = np.linspace(0, 2 * np.pi, 2 * spikes, endpoint=False) - np.pi / 2
    radii = np.where(np.arange(2 * spikes) % 2 == 0, 0.95, 0.45) * radius
    star = np.stack([np.cos(angles) * radii * _X_PX, np.sin(angles) * radii * _Y_PX], 1) + centre
    cv2.fillPoly(mask, [np.round(star).astype(np.int32)], (255,), cv2.LINE_AA)
    _stain(picture, mask, arena.board_text if sum(arena.board_text) > 400 else (236, 236, 236), 0.85)


def _words(picture: Image, court: Court, arena: Arena, left: float, top: float, random: np.random.Generator) -> None:
    light: Color = (236, 236, 236) if sum(arena.apron) < 450 else (60, 40, 30)
    tall = 1.0
    for sign in (-1, 1):  # along the baselines, read from the court's inside
        mask = text_mask(arena.words[0], round(tall * _X_PX), 3)
        wide = cv2.resize(mask, (round(mask.shape[1] * 1.35), mask.shape[0]))
        turned = cv2.rotate(wide, cv2.ROTATE_90_COUNTERCLOCKWISE if sign < 0 else cv2.ROTATE_90_CLOCKWISE)
        turned = cv2.resize(turned, (turned.shape[1], round(turned.shape[0] * _Y_PX / _X_PX)), interpolation=cv2.INTER_AREA)
        x = (sign * (court.half_length_m + 1.1) - left) * _X_PX - turned.shape[1] / 2
        paint(picture, turned.astype(np.uint8, copy=False), round(x), round(-top * _Y_PX - turned.shape[0] / 2), light, 0.9)
    ink: Color = (70, 50, 40)
    places = [(0.36 * sign * court.half_length_m, y, word) for sign, y, word in ((-1, 0.72, 1), (1, 0.72, 2), (-1, -0.78, 2), (1, -0.78, 1))]
    for x, y, word in places:
        mask = text_mask(arena.words[word], round(0.7 * _Y_PX), 2)
        mask = cv2.resize(mask, (round(mask.shape[1] * _X_PX / _Y_PX), mask.shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
        column = round((x - left) * _X_PX - mask.shape[1] / 2)
        paint(picture, mask, column, round((y * court.half_width_m - top) * _Y_PX), ink if random.random() < 0.5 else (arena.paint or arena.apron), 0.8)


def _gleam(picture: Image, random: np.random.Generator) -> None:
    """Bright soft patches where lamps and boards are mirrored."""
    small = np.zeros((picture.shape[0] // 8, picture.shape[1] // 8), np.float32)
    for _ in range(26):
        centre = (int(random.integers(small.shape[1])), int(random.integers(small.shape[0])))
        cv2.ellipse(small, centre, (int(random.integers(3, 12)), int(random.integers(6, 16))), 0, 0, 360, (float(random.uniform(8, 26)),), -1)
    small = cv2.GaussianBlur(small, (0, 0), 5).astype(np.float32, copy=False)
    light = cv2.resize(small, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    picture[:] = np.clip(picture + light[..., None], 0, 255)
