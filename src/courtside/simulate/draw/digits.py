"""Block digits and plain letters as masks, drawn here so that a kit needs no font file."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]

# Athletic block digits as strokes on a 40 x 64 grid: corners are cut.
_STROKES: dict[str, tuple[tuple[tuple[int, int], ...], ...]] = {
    "0": (((13, 6), (27, 6), (34, 13), (34, 51), (27, 58), (13, 58), (6, 51), (6, 13), (13, 6)),),
    "1": (((10, 14), (20, 8), (20, 58)), ((9, 58), (31, 58))),
    "2": (((6, 18), (6, 13), (13, 6), (27, 6), (34, 13), (34, 24), (6, 52), (6, 58), (34, 58)),),
    "3": (((6, 16), (6, 13), (13, 6), (27, 6), (34, 13), (34, 26), (28, 31), (16, 31)), ((28, 31), (34, 38), (34, 51), (27, 58), (13, 58), (6, 51), (6, 47))),
    "4": (((27, 58), (27, 6), (6, 40), (6, 44), (36, 44)),),
    "5": (((33, 6), (7, 6), (7, 29), (27, 27), (34, 34), (34, 51), (27, 58), (13, 58), (6, 51), (6, 47)),),
    "6": (((34, 15), (34, 13), (27, 6), (13, 6), (6, 13), (6, 51), (13, 58), (27, 58), (34, 51), (34, 37), (27, 30), (6, 30)),),
    "7": (((6, 14), (6, 6), (34, 6), (34, 12), (17, 58)),),
    "8": (
        ((13, 6), (27, 6), (34, 13), (34, 25), (28, 31), (34, 37), (34, 51), (27, 58), (13, 58), (6, 51), (6, 37), (12, 31), (6, 25), (6, 13), (13, 6)),
        ((12, 31), (28, 31)),
    ),
    "9": (((6, 49), (6, 51), (13, 58), (27, 58), (34, 51), (34, 13), (27, 6), (13, 6), (6, 13), (6, 27), (13, 34), (34, 34)),),
}
# thickness of the strokes, width of a digit over its height, serifs of the 1
_STYLES: tuple[tuple[int, float, bool], ...] = ((11, 0.62, True), (9, 0.56, False), (13, 0.66, True), (11, 0.5, False))
STYLES = len(_STYLES)
"""How many styles of digits there are; a ``Kit.font`` is taken modulo this."""


@lru_cache(maxsize=512)
def number_mask(text: str, style: int, height: int) -> Mask:
    """Return (height, w) 0-255: the digits of ``text`` side by side, tight at left and right, ``height`` in pixels."""
    thickness, aspect, serif = _STYLES[style % STYLES]
    glyphs = []
    for digit in text:
        canvas = np.zeros((96, 72), np.uint8)
        strokes = _STROKES[digit]
        for stroke in strokes if serif or digit != "1" else strokes[:1]:
            cv2.polylines(canvas, [np.array(stroke, np.int32) + 16], False, 255, thickness, cv2.LINE_AA)
        glyph = _trim(canvas)
        width = max(2, round(height * aspect * (glyph.shape[1] / 42 if digit == "1" else 1)))
        glyphs += [cv2.resize(glyph, (width, height), interpolation=cv2.INTER_AREA), np.zeros((height, max(1, height // 8)), np.uint8)]
    return np.concatenate(glyphs[:-1], 1).astype(np.uint8, copy=False) if glyphs else np.zeros((height, 1), np.uint8)


@lru_cache(maxsize=1024)
def text_mask(text: str, height: int, bold: int = 1) -> Mask:
    """Return (height, w) 0-255: a line of sans-serif letters with caps ``height`` pixels tall, in strokes of 1 + ``bold`` 16ths of that."""
    scale = 64 / 22
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    canvas = np.zeros((128, max(1, width) + 40), np.uint8)
    cv2.putText(canvas, text, (20, 96), cv2.FONT_HERSHEY_SIMPLEX, scale, 255, 4 + 4 * bold, cv2.LINE_AA)
    columns = np.flatnonzero(canvas.max(0))
    if not len(columns):
        return np.zeros((height, 1), np.uint8)
    tight = canvas[26:102, columns[0] : columns[-1] + 1]
    return cv2.resize(tight, (max(1, round(tight.shape[1] * height / tight.shape[0])), height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def paint(picture: npt.NDArray[np.uint8], mask: Mask, left: int, top: int, color: tuple[int, int, int], strength: float = 1.0) -> None:
    """Lay ``color`` over the part of ``picture`` (h, w, 3) below ``mask``, whose corner is at (``left``, ``top``); what lies outside is cut off."""
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + mask.shape[1], picture.shape[1]), min(top + mask.shape[0], picture.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    share = mask[y0 - top : y1 - top, x0 - left : x1 - left, None].astype(np.float32) * (strength / 255)
    part = picture[y0:y1, x0:x1]
    part[:] = (part + share * (np.array(color, np.float32) - part) + 0.5).astype(np.uint8)


def grown(mask: Mask, radius: int) -> Mask:
    """Return ``mask`` with a border of ``radius`` pixels added around it and the shape grown into it."""
    padded = cv2.copyMakeBorder(mask, radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=(0,))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.dilate(padded, disc).astype(np.uint8, copy=False)


def _trim(mask: Mask) -> Mask:
    rows, columns = np.flatnonzero(mask.max(1) > 60), np.flatnonzero(mask.max(0) > 60)
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
