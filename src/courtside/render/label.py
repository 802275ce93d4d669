"""Labels: text on a rounded pill, set once per text, colour and size."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from courtside.render.color import INK, WHITE, Color, luminance, mix, outline_color, text_color
from courtside.render.sprite import Layers, Plane, Sprite, smoothstep

_FOLDER = Path(__file__).parent / "fonts"
FONTS: tuple[Path, ...] = (_FOLDER / "BarlowCondensed-SemiBold.ttf", _FOLDER / "RobotoCondensed-Bold.subset.ttf")
"""Narrow faces, so that long names fit: the first has every Latin letter in common use; the second, for a text the first can't set, Greek and Cyrillic too."""


@lru_cache(maxsize=64)
def _font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    # the basic layout is in every build of Pillow, so a label looks the same everywhere
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.BASIC)


def choose_font(text: str) -> Path:
    """Return the first of ``FONTS`` that has every letter of ``text``, or the last, which has most."""
    return next((path for path in FONTS if all(_has(path, letter) for letter in _plain(text))), FONTS[-1])


def settable(text: str, path: Path) -> str:
    """Return ``text`` as the font at ``path`` can set it: a letter it lacks loses its marks, and one it lacks even then becomes "?"."""
    forms = ((letter, unicodedata.normalize("NFKD", letter)[:1]) for letter in _plain(text))
    return "".join(next((form for form in pair if _has(path, form)), "?") for pair in forms)


def _plain(text: str) -> str:
    seen = (letter for letter in unicodedata.normalize("NFC", text) if letter.isprintable() or letter.isspace())
    return " ".join("".join(seen).split())


@lru_cache(maxsize=4096)
def _has(path: Path, letter: str) -> bool:
    font = _font(path, 24)
    # Pillow can't be asked what a font covers, but a letter that is missing looks like one that can't exist
    return letter.isascii() or bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


@lru_cache(maxsize=512)
def label_sprite(number: str, name: str, color: Color, size_px: int, max_width_px: int) -> Sprite:
    """Return a pill in ``color`` that says "#number name"; either may be "".

    The number sits in a deeper shade of the colour, as on a broadcaster's name strap. A name that makes the pill wider than ``max_width_px`` is cut with an
    ellipsis, and dropped where not even that fits.

    Args:
        number: without the "#".
        name: any text; see ``settable``.
        color: the pill's colour; text, outline and shade follow from it.
        size_px: height of the letters' box.
        max_width_px: the widest it may be.
    """
    return _pill(f"#{number}" if number else "", name, color, size_px, max_width_px)


@lru_cache(maxsize=512)
def chip_sprite(text: str, color: Color, size_px: int, max_width_px: int) -> Sprite:
    """Return a pill in ``color`` with ``text`` as it is, cut with an ellipsis at ``max_width_px``."""
    return _pill("", text, color, size_px, max_width_px)


@lru_cache(maxsize=512)
def disc_sprite(text: str, color: Color, radius_px: int) -> Sprite:
    """Return a disc in ``color`` with ``text``, such as a number, in its middle; ``text`` may be ""."""
    margin = max(1, round(radius_px * 0.22))
    side = 2 * (radius_px + margin) + 1
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    outside = np.asarray(np.hypot(rows - side // 2, columns - side // 2) - radius_px, np.float32)
    line = max(1.0, radius_px * 0.11)
    layers = Layers(side, side)
    layers.add(INK, 0.42 * (1 - smoothstep(outside, -margin, margin)))
    layers.add(outline_color(color), np.clip(0.5 - outside, 0, 1))
    layers.add(color, np.clip(0.5 - (outside + line), 0, 1))
    if text:
        path = choose_font(text)
        font = _font(path, max(6, round(radius_px * (1.5 if len(text) < 3 else 1.1))))
        shown = settable(text, path)
        layers.add(text_color(color), _text(shown, font, side / 2 - font.getlength(shown) / 2, side / 2 + font.size * 0.35, rows.shape))
    return layers.sprite()


def _pill(first: str, rest: str, color: Color, size_px: int, max_width_px: int) -> Sprite:
    # one font for all of it: two side by side look like a mistake
    path = choose_font(first + rest)
    first, rest, font = settable(first, path), settable(rest, path), _font(path, size_px)
    pad, gap = max(2, round(size_px * 0.34)), max(2, round(size_px * 0.26))
    margin = max(1, round(size_px * 0.14))  # room for the soft shadow
    height = round(size_px * 1.22)
    first_width = round(font.getlength(first)) + (pad + gap if first else 0)
    lead = gap if first else pad
    rest = _shorten(rest, font, max_width_px - 2 * margin - first_width - lead - pad)
    width = first_width + (round(font.getlength(rest)) + lead + pad if rest else 0)
    if first and not rest:
        width += pad - gap
    width = max(width, height // 2)

    rows, columns = np.mgrid[0 : height + 2 * margin, 0 : width + 2 * margin].astype(np.float32)
    outside = _rounded(columns - margin + 0.5, rows - margin + 0.5, width, height, height * 0.28)
    body = np.clip(0.5 - outside, 0, 1)
    line = max(1.0, size_px * 0.045)
    inner = np.clip(0.5 - (outside + line), 0, 1)
    if text_color(color) != WHITE:
        cell = mix(color, INK, 0.12)
    else:
        cell = mix(color, WHITE, 0.2) if luminance(color) < 0.03 else mix(color, INK, 0.34)
    layers = Layers(*rows.shape)
    layers.add(INK, 0.42 * (1 - smoothstep(outside, -margin, margin)))
    layers.add(outline_color(color), 0.9 * body)
    layers.add(color, inner)
    if first and rest:
        layers.add(cell, inner * np.clip(margin + first_width - columns, 0, 1))
    # a light from above, faint: enough to lift the pill off the floor
    layers.add(WHITE, inner * 0.10 * (1 - smoothstep(rows, margin, margin + height * 0.6)))
    baseline = margin + height / 2 + size_px * 0.35  # capitals and digits of this font are 0.70 of its size high
    if first:
        layers.add(text_color(cell if rest else color), _text(first, font, margin + pad, baseline, rows.shape))
    if rest:
        layers.add(text_color(color), _text(rest, font, margin + first_width + lead, baseline, rows.shape))
    return layers.sprite()


def _shorten(text: str, font: ImageFont.FreeTypeFont, width_px: float) -> str:
    if font.getlength(text) <= width_px:
        return text
    while text and font.getlength(text + "…") > width_px:
        text = text[:-1].rstrip()
    return text + "…" if text else ""


def _rounded(x: Plane, y: Plane, width: float, height: float, radius: float) -> Plane:
    """Distance in pixels to a rounded rectangle's edge, negative inside (the usual signed-distance formula)."""
    away_x, away_y = np.abs(x - width / 2) - width / 2 + radius, np.abs(y - height / 2) - height / 2 + radius
    corner = np.hypot(np.maximum(away_x, 0), np.maximum(away_y, 0))
    return np.asarray(corner + np.minimum(np.maximum(away_x, away_y), 0) - radius, np.float32)


def _text(text: str, font: ImageFont.FreeTypeFont, x: float, baseline: float, shape: tuple[int, ...]) -> Plane:
    canvas = Picture.new("L", (shape[1], shape[0]), 0)
    ImageDraw.Draw(canvas).text((x, round(baseline)), text, font=font, fill=255, anchor="ls")
    return np.asarray(np.asarray(canvas, np.float32) / 255, np.float32)
