"""Colours: "#RRGGBB" to BGR, what can be read on what, and colours for teams that have none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from courtside.errors import ConfigError

Color = tuple[int, int, int]
"""Blue, green, red, each 0-255."""

WHITE: Color = (255, 255, 255)
INK: Color = (26, 20, 16)
"""The near-black of text and outlines: pure black looks like a hole in a picture."""
NEUTRAL: Color = (214, 214, 210)
"""Someone whose team is not known."""
REFEREE_COLOR: Color = (178, 232, 240)
"""The grey-yellow of the officials' marker."""

_FALLBACK = ("#E4572E", "#17BEBB", "#FFC914", "#7B5EA7", "#2E86DE", "#76B041", "#D6409F", "#8D6E63")


@lru_cache(maxsize=256)
def parse_hex(color: str) -> Color:
    """Return the BGR of "#RRGGBB" (case does not matter).

    Raises:
        ConfigError: ``color`` is written in any other way.
    """
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", color):
        raise ConfigError(f"{color!r} is not a colour: write it as #RRGGBB, such as #1D428A")
    return int(color[5:7], 16), int(color[3:5], 16), int(color[1:3], 16)


def luminance(color: Color) -> float:
    """Return the relative luminance, 0 (black) to 1 (white); WCAG 2.2, "relative luminance"."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.0722 * linear[0] + 0.7152 * linear[1] + 0.2126 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours, 1 (same) to 21 (black on white); WCAG 2.2, "contrast ratio"."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_color(background: Color) -> Color:
    """Return white or ink, whichever is read better on ``background``; white wins near ties, as it does on jerseys."""
    return WHITE if contrast(background, WHITE) * 1.6 >= contrast(background, INK) else INK


def mix(one: Color, other: Color, share: float) -> Color:
    """Return ``one`` with ``share`` (0-1) of ``other`` in it."""
    b, g, r = (round(a * (1 - share) + c * share) for a, c in zip(one, other, strict=True))
    return b, g, r


def outline_color(color: Color) -> Color:
    """Return the hairline that keeps ``color`` visible on any floor: light round dark colours, dark round light ones."""
    return mix(color, WHITE, 0.82) if luminance(color) < 0.35 else mix(color, INK, 0.72)


def distinct_colors(n: int, taken: Iterable[str] = ()) -> list[str]:
    """Return ``n`` colours ("#RRGGBB") for teams that have none, each as far as can be from the others and from ``taken``.

    The same call gives the same colours. Past the palette's length colours repeat.

    Raises:
        ConfigError: a colour in ``taken`` is not "#RRGGBB".
    """
    used = [_lab(color) for color in taken]
    left: list[str] = []
    chosen: list[str] = []
    for _ in range(n):
        left = left or list(_FALLBACK)
        distances = [min((float(np.linalg.norm(_lab(color) - lab)) for lab in used), default=0.0) for color in left]
        best = left.pop(int(np.argmax(distances)))
        used.append(_lab(best))
        chosen.append(best)
    return chosen


def _lab(color: str) -> npt.NDArray[np.float32]:
    pixel = np.array([[parse_hex(color)]], np.float32) / 255
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_BGR2Lab)[0, 0], np.float32)
