"""Rendered jersey numbers: every number of ``NUMBERS``, whole, partly cut off or hidden, or not legible, as a broadcast camera would show them.

The real crops hold 42 numbers and no example of a number half out of the crop; here the truth is known because we draw it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.models.numbers import ILLEGIBLE, PARTIAL, WHOLE
from courtside.train.numbers.degrade import as_image, degrade, motion_blur
from courtside.train.numbers.fonts import HEIGHT, Mask, Typeface
from courtside.types import NUMBERS, Image

Color = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]

_SCENE = (184, 152)  # width, height: a back or chest around digits of HEIGHT pixels
_KIT: tuple[tuple[int, int, int], ...] = (  # BGR of common kits, varied when drawn
    (240, 240, 240), (235, 235, 235), (200, 200, 205), (25, 25, 28), (15, 15, 15), (110, 50, 20), (70, 30, 15), (170, 80, 30), (200, 140, 60), (35, 25, 170),
    (40, 30, 120), (50, 160, 240), (40, 200, 250), (60, 120, 40), (40, 80, 20), (120, 40, 90), (150, 60, 110), (30, 90, 230), (130, 130, 130), (150, 130, 20),
)  # fmt: skip
_LOST, _READABLE = 0.2, 0.45  # share of its width that a digit shows which can't be read, and which can
_SKIN: tuple[tuple[int, int, int], ...] = ((60, 85, 130), (90, 125, 185), (130, 165, 220), (40, 55, 85), (110, 150, 205))


@dataclass(frozen=True)
class Rendered:
    """One rendered crop. ``number`` says what is (or would be) on it; None when the jersey bears none."""

    image: Image
    number: str | None
    state: int


def render(faces: Sequence[Typeface], random: np.random.Generator, state: int) -> Rendered:
    """Draw one crop in the given state."""
    # The real crops hold too few numbers: draw all alike, the doubled ones, where a cut is hardest to see, a little more.
    number = NUMBERS[random.integers(len(NUMBERS))] if random.random() < 0.9 else str(random.choice(["00", "11", "22", "33", "44", "55", "1", "0", "10", "7"]))
    if state == WHOLE and random.random() < 0.12:
        number = str(random.integers(10))
    bare = state == ILLEGIBLE and random.random() < 0.5
    face = faces[int(random.integers(len(faces)))]
    aside = (state == WHOLE and random.random() < 0.25) or (state == PARTIAL and len(number) == 2 and random.random() < 0.3)
    scene, boxes = _jersey(face, None if bare else number, random, flat=not aside)
    if aside:
        scene, boxes = _turned(scene, boxes, state, random)
    left, top, right, bottom = _hull(boxes)
    if state == PARTIAL:
        if aside:
            window = _loose_window((left, top, right, bottom), random)
        elif random.random() < 0.6:
            window = _cutting_window(boxes, random)
        else:
            window = _loose_window((left, top, right, bottom), random)
            _hide(scene, boxes, random)
    else:
        window = _loose_window((left, top, right, bottom), random)
        if state == WHOLE and random.random() < 0.2:
            _brush(scene, (left, top, right, bottom), random)
    if bare and random.random() < 0.5:
        _wordmark(scene, face, (left, top, right, bottom), random)
    elif bare and random.random() < 0.5:
        _clutter(scene, random)
    squeeze = random.uniform(0.07, 0.15) if state == ILLEGIBLE and not bare and random.random() < 0.3 else min(1.1, random.uniform(0.55, 1.4))
    height = math.exp(random.uniform(math.log(16), math.log(60)))
    image = _shoot(scene, window, height, squeeze, random)
    if state == ILLEGIBLE and not bare and squeeze > 0.3:
        image = _ruin(image, random)
    return Rendered(degrade(image, random), None if bare else number, state)


def _vary(color: tuple[int, int, int], random: np.random.Generator, spread: float = 18) -> Color:
    return np.clip(np.array(color, np.float32) + random.normal(0, spread, 3), 0, 255).astype(np.float32)


def _contrasting(color: Color, random: np.random.Generator, least: float) -> Color:
    for _ in range(20):
        other = _vary(_KIT[random.integers(len(_KIT))], random)
        if abs(float((other - color) @ np.array([0.11, 0.59, 0.3], np.float32))) > least:
            return other
    return np.full(3, 255 if color.mean() < 128 else 0, np.float32)


def _smooth_noise(width: int, height: int, cells: int, random: np.random.Generator) -> npt.NDArray[np.float32]:
    coarse = random.normal(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _paint(scene: npt.NDArray[np.float32], mask: Mask, color: Color) -> None:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows):
        window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        scene[window] += (mask[window].astype(np.float32) / 255)[..., None] * (color - scene[window])


def _jersey(face: Typeface, number: str | None, random: np.random.Generator, flat: bool = True) -> tuple[npt.NDArray[np.float32], list[Box]]:
    """Return a scene (h, w, 3) and the boxes of its digits (of where they would be when ``number`` is None).

    Not ``flat``, there is nothing but cloth: a back's that is rolled up later.
    """
    width, height = _SCENE
    cloth = _vary(_KIT[random.integers(len(_KIT))], random)
    scene = np.broadcast_to(cloth, (height, width, 3)).copy()
    ink = _contrasting(cloth, random, 60)
    trim = _contrasting(ink, random, 50) if random.random() < 0.7 else cloth
    stretch, gap = random.uniform(0.6, 1.0), random.integers(1, 9)
    glyphs = [_resized(face.digits[int(digit)], stretch) for digit in (number or "0" * int(random.integers(1, 3)))]
    total = sum(glyph.shape[1] for glyph in glyphs) + gap * (len(glyphs) - 1)
    x, y = (width - total) / 2 + random.normal(0, 4), (height - HEIGHT) / 2 + 6
    reach = max(total / 2 + 6, 42) * random.uniform(1.0, 1.5)  # half the torso's width
    if flat and random.random() < 0.6:
        _surroundings(scene, width / 2 - reach, width / 2 + reach, trim, random)
    fill = np.zeros((height, width), np.uint8)
    boxes: list[Box] = []
    for glyph in glyphs:
        column, row = round(x), round(y)
        part = fill[row : row + HEIGHT, column : column + glyph.shape[1]]
        np.maximum(part, glyph, out=part)
        boxes.append((column, row, column + glyph.shape[1], row + HEIGHT))
        x += glyph.shape[1] + gap
    if random.random() < 0.65:
        _lettering(scene, face, ink if random.random() < 0.8 else trim, y, random)
    if number is not None:
        outline = int(random.integers(1, 5))
        if random.random() < 0.65:
            if random.random() < 0.3:
                second = _contrasting(trim, random, 40)
                _paint(scene, _grown(fill, outline + int(random.integers(1, 4))), second)
            _paint(scene, _grown(fill, outline), trim)
        elif random.random() < 0.2:  # a drop shadow
            moved = np.roll(fill, (outline, outline), (0, 1))
            _paint(scene, moved, trim)
        _paint(scene, fill, ink)
    _fold(scene, random)
    return scene, boxes


def _resized(glyph: Mask, stretch: float) -> Mask:
    return cv2.resize(glyph, (max(5, round(glyph.shape[1] * stretch)), HEIGHT), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def _grown(mask: Mask, radius: int) -> Mask:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.dilate(mask, disc).astype(np.uint8, copy=False)


def _surroundings(scene: npt.NDArray[np.float32], left: float, right: float, trim: Color, random: np.random.Generator) -> None:
    """Arms, floor, crowd or another player beside the torso, and perhaps a stripe down its side."""
    height, width = scene.shape[:2]
    for edge, far in ((left, 0), (right, width)):
        slant = random.normal(0, 7)
        if random.random() < 0.5:
            inner = edge + (9 if far == 0 else -9) * random.random()
            cv2.line(scene, (round(inner + slant), 0), (round(inner - slant), height), (trim * 0.9).tolist(), int(random.integers(2, 9)))
        other = _vary(_SKIN[random.integers(len(_SKIN))], random) if random.random() < 0.55 else random.uniform(0, 255, 3).astype(np.float32)
        corners = np.array([(edge + slant, 0), (far, 0), (far, height), (edge - slant, height)], np.int32)
        cv2.fillPoly(scene, [corners], other.tolist())
        if random.random() < 0.4:  # a limb in front of what is behind
            limb = _vary(_SKIN[random.integers(len(_SKIN))], random).tolist()
            start = (round(edge + random.normal(0, 8)), round(random.uniform(0, height)))
            cv2.line(scene, start, (far, round(random.uniform(0, height))), limb, int(random.integers(8, 22)))
    if random.random() < 0.5:  # neck and collar
        bottom = round(random.uniform(0.02, 0.16) * height)
        cv2.ellipse(scene, (width // 2, 0), (round(0.16 * width), bottom + 6), 0, 0, 360, trim.tolist(), -1)
        cv2.ellipse(scene, (width // 2, 0), (round(0.14 * width), bottom), 0, 0, 360, _vary(_SKIN[random.integers(len(_SKIN))], random).tolist(), -1)


def _turned(scene: npt.NDArray[np.float32], boxes: Sequence[Box], state: int, random: np.random.Generator) -> tuple[npt.NDArray[np.float32], list[Box]]:
    """Wrap the cloth around a body and turn it aside: so far that of two digits one can't be read any more (PARTIAL), or not that far.

    A digit at the edge of the shirt stands there alone, and as whole as one in the middle of a back: what tells them apart is the edge beside it.
    """
    height, width = scene.shape[:2]
    radius = random.uniform(0.75, 1.15) * HEIGHT  # a number is about as tall as half a back is wide
    ends = (np.array([(box[0], box[2]) for box in boxes]) - width / 2) / radius
    for _ in range(200):
        turn = random.uniform(-1.5, 1.5)
        shown = np.ptp(np.sin(np.clip(ends + turn, -np.pi / 2, np.pi / 2)), 1) / np.ptp(ends, 1)
        if (shown.min() < _LOST and shown.max() > _READABLE) if state == PARTIAL else shown.min() > _READABLE:
            break
    else:  # hardly ever: a number too wide for the body
        turn = 0.0 if state == WHOLE else math.copysign(1.2, random.normal())
    columns = (np.arange(width, dtype=np.float32) - width / 2) / radius
    cloth = (np.arcsin(np.clip(columns, -1, 1)) - turn) * radius + width / 2
    rows = np.arange(height, dtype=np.float32)[:, None] + np.zeros(width, np.float32)
    wrapped = cv2.remap(scene, np.tile(cloth.astype(np.float32), (height, 1)), rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    wrapped *= (1 - random.uniform(0, 0.5) * np.clip(np.abs(columns), 0, 1) ** 4)[None, :, None]  # the far side lies in the shade
    body = np.asarray(wrapped, np.float32)
    trim = _vary(_KIT[random.integers(len(_KIT))], random)
    _surroundings(body, width / 2 - radius, width / 2 + radius, trim, random)
    sides = np.sin(np.clip(ends + turn, -np.pi / 2, np.pi / 2)) * radius + width / 2
    return body, [(float(x0), box[1], float(x1), box[3]) for (x0, x1), box in zip(sides, boxes, strict=True)]


def _lettering(scene: npt.NDArray[np.float32], face: Typeface, color: Color, top: float, random: np.random.Generator) -> None:
    size = int(random.uniform(0.28, 0.6) * HEIGHT)
    row = round(top - random.uniform(0.08, 0.45) * HEIGHT - size) if random.random() < 0.85 else round(top + HEIGHT * random.uniform(1.08, 1.4))
    glyphs = [face.letters[random.integers(len(face.letters))] for _ in range(random.integers(4, 10))]
    widths = [max(3, glyph.shape[1] * size // HEIGHT) for glyph in glyphs]
    scaled = [as_image(cv2.resize(glyph, (width, size), interpolation=cv2.INTER_AREA)) for glyph, width in zip(glyphs, widths, strict=True)]
    gap = max(1, size // 9)
    column = round((scene.shape[1] - sum(glyph.shape[1] + gap for glyph in scaled)) / 2)
    bow = random.uniform(-0.15, 0.35) * size
    for i, glyph in enumerate(scaled):
        bend = round(bow * ((2 * i / max(1, len(scaled) - 1) - 1) ** 2))
        y0, x0 = row + bend, column
        y1, x1 = y0 + glyph.shape[0], x0 + glyph.shape[1]
        if y0 >= 0 and x0 >= 0 and y1 <= scene.shape[0] and x1 <= scene.shape[1]:
            _paint(scene[y0:y1, x0:x1], glyph, color)
        column = x1 + gap


def _wordmark(scene: npt.NDArray[np.float32], face: Typeface, box: Box, random: np.random.Generator) -> None:
    """Write a club's name where a number would be: detectors take it for one."""
    size = int(random.uniform(0.4, 1.0) * HEIGHT)
    color = _contrasting(scene[scene.shape[0] // 2, scene.shape[1] // 2].copy(), random, 60)
    glyphs = [face.letters[random.integers(len(face.letters))] for _ in range(random.integers(4, 9))]
    scaled = [as_image(cv2.resize(glyph, (max(3, glyph.shape[1] * size // HEIGHT), size), interpolation=cv2.INTER_AREA)) for glyph in glyphs]
    gap = max(1, size // 12)
    column = round((box[0] + box[2] - sum(glyph.shape[1] + gap for glyph in scaled)) / 2 + random.normal(0, 25))
    row = round((box[1] + box[3] - size) / 2 + random.normal(0, 6))
    rise = random.normal(0, 0.08) * size
    for i, glyph in enumerate(scaled):
        y0, x0 = row + round(i * rise), column
        y1, x1 = y0 + glyph.shape[0], x0 + glyph.shape[1]
        if y0 >= 0 and x0 >= 0 and y1 <= scene.shape[0] and x1 <= scene.shape[1]:
            _paint(scene[y0:y1, x0:x1], glyph, color)
        column = x1 + gap


def _fold(scene: npt.NDArray[np.float32], random: np.random.Generator) -> None:
    """Shade the cloth in place: soft light, and a few creases."""
    height, width = scene.shape[:2]
    shade = 1 + random.uniform(0.02, 0.16) * _smooth_noise(width // 4, height // 4, int(random.integers(3, 8)), random)
    for _ in range(random.integers(0, 4)):
        angle, place, breadth = random.uniform(0, math.pi), random.uniform(-50, 50), random.uniform(2, 10)
        yy, xx = np.ogrid[-height / 2 : height / 2 : 4, -width / 2 : width / 2 : 4]
        far = xx * math.cos(angle) + yy * math.sin(angle) - place
        shade += random.normal(0, 0.16) * np.exp(-((far / breadth) ** 2)).astype(np.float32)
    scene *= cv2.resize(np.clip(shade, 0.35, 1.6), (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    if random.random() < 0.3:
        scene += random.normal(0, random.uniform(2, 9), (height, width, 1)).astype(np.float32)


def _hull(boxes: Sequence[Box]) -> Box:
    array = np.array(boxes)
    return float(array[:, 0].min()), float(array[:, 1].min()), float(array[:, 2].max()), float(array[:, 3].max())


def _loose_window(box: Box, random: np.random.Generator) -> Box:
    """A window around the whole number: tight as a detector's box or loose as a hand-drawn one, off centre either way."""
    left, top, right, bottom = box
    loose = random.choice([0.12, 0.25, 0.42]) * HEIGHT
    margins = random.uniform(0.03 * HEIGHT, loose, 4)
    return left - margins[0], top - margins[1], right + margins[2], bottom + margins[3]


def _cutting_window(boxes: Sequence[Box], random: np.random.Generator) -> Box:
    """A window that leaves out 35 % or more of a digit, or all of it with less margin than a whole number has."""
    left, top, right, bottom = _loose_window(_hull(boxes), random)
    side = random.random()
    if side < 0.12:
        return left, top + (boxes[0][1] - top) + random.uniform(0.35, 0.6) * HEIGHT, right, bottom
    if side < 0.24:
        return left, top, right, bottom - (bottom - boxes[0][3]) - random.uniform(0.35, 0.6) * HEIGHT
    first, last = boxes[0], boxes[-1]
    # Of two digits one is cut anywhere from 35 % hidden to just past its edge; a lone one loses about half.
    if random.random() < 0.5:
        edge = first[2] - first[0]
        hidden = random.uniform(0.35, 1.05) if len(boxes) == 2 else random.uniform(0.4, 0.65)
        return first[0] + hidden * edge, top, right, bottom
    edge = last[2] - last[0]
    hidden = random.uniform(0.35, 1.05) if len(boxes) == 2 else random.uniform(0.4, 0.65)
    return left, top, last[2] - hidden * edge, bottom


def _blob(scene: npt.NDArray[np.float32], corners: npt.NDArray[np.float64], random: np.random.Generator) -> None:
    """Paint a soft-edged thing in front: skin, the jersey's own cloth, or any colour."""
    draw = random.random()
    if draw < 0.45:
        color = _vary(_SKIN[random.integers(len(_SKIN))], random)
    elif draw < 0.65:
        color = scene[random.integers(scene.shape[0]), random.integers(scene.shape[1])].copy()
    elif draw < 0.9:
        color = _vary(_KIT[random.integers(len(_KIT))], random)
    else:
        color = random.uniform(0, 255, 3).astype(np.float32)
    mask = np.zeros(scene.shape[:2], np.uint8)
    cv2.fillPoly(mask, [corners.astype(np.int32)], 255)
    _paint(scene, as_image(cv2.GaussianBlur(mask, (0, 0), random.uniform(0.5, 2.0))), color * random.uniform(0.85, 1.15))


def _hide(scene: npt.NDArray[np.float32], boxes: Sequence[Box], random: np.random.Generator) -> None:
    """Put something in front of 45 % or more of one digit, coming from one side of the number."""
    from_left = random.random() < 0.5
    digit = boxes[0] if from_left else boxes[-1]
    share = random.uniform(0.5, 1.1) if len(boxes) == 2 else random.uniform(0.5, 0.75)
    draw, slant = random.random(), random.normal(0, 6)
    height, width = scene.shape[:2]
    if draw < 0.75:
        edge = digit[0] + share * (digit[2] - digit[0]) if from_left else digit[2] - share * (digit[2] - digit[0])
        far = 0 if from_left else width
        _blob(scene, np.array([(far, 0), (edge + slant, 0), (edge - slant, height), (far, height)]), random)
    else:
        from_top = random.random() < 0.5
        edge = digit[1] + share * 0.6 * HEIGHT if from_top else digit[3] - share * 0.6 * HEIGHT
        far = 0 if from_top else height
        _blob(scene, np.array([(0, far), (0, edge + slant), (width, edge - slant), (width, far)]), random)


def _brush(scene: npt.NDArray[np.float32], box: Box, random: np.random.Generator) -> None:
    """Put something near the number that hides next to nothing of it: not every arm makes a number unreadable."""
    left, _, right, bottom = box
    height, width = scene.shape[:2]
    slant = random.normal(0, 3)
    draw = random.random()
    if draw < 0.4:
        edge = left - random.uniform(3, 10)
        _blob(scene, np.array([(0, 0), (edge + slant, 0), (edge - slant, height), (0, height)]), random)
    elif draw < 0.8:
        edge = right + random.uniform(3, 10)
        _blob(scene, np.array([(width, 0), (edge + slant, 0), (edge - slant, height), (width, height)]), random)
    else:
        edge = bottom + random.uniform(2, 10)
        _blob(scene, np.array([(0, height), (0, edge + slant), (width, edge - slant), (width, height)]), random)


def _clutter(scene: npt.NDArray[np.float32], random: np.random.Generator) -> None:
    for _ in range(random.integers(1, 5)):
        centre = random.uniform((40, 40), (scene.shape[1] - 40, scene.shape[0] - 40))
        _blob(scene, centre + random.normal(0, 30, (int(random.integers(3, 6)), 2)), random)


def _shoot(scene: npt.NDArray[np.float32], window: Box, height: float, squeeze: float, random: np.random.Generator) -> Image:
    """Photograph ``window`` at ``height`` pixels: turned, sheared, in perspective, on cloth that waves; ``squeeze`` < 1 is a body turned aside."""
    left, top, right, bottom = window
    out_h = max(8, round(height))
    out_w = max(4, round(out_h * max(4.0, right - left) * squeeze / max(8.0, bottom - top)))
    rows, columns = np.mgrid[0 : 2 * out_h, 0 : 2 * out_w].astype(np.float32)
    # Drawn at twice the size and shrunk by area, or thin strokes would alias.
    u, v = (columns + 0.5) / (2 * out_w) - 0.5, (rows + 0.5) / (2 * out_h) - 0.5
    if random.random() < 0.4:  # the body is round: its far side is squeezed more
        u = u + random.uniform(-0.35, 0.35) * (u * u - 0.25)
    angle, shear = random.normal(0, 0.09), random.normal(0, 0.09)
    tilt_x, tilt_y = random.normal(0, 0.12, 2)
    depth = 1 + tilt_x * u + tilt_y * v
    x, y = u * (right - left) / depth, v * (bottom - top) / depth
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = cos * x - sin * y + shear * y + (left + right) / 2, sin * x + cos * y + (top + bottom) / 2
    wave, phase = random.uniform(0.05, 0.13), random.uniform(0, 6, 2)
    x = x + random.uniform(0, 1.7) * np.sin(wave * y + phase[0])
    y = y + random.uniform(0, 1.7) * np.sin(wave * x + phase[1])
    fine = cv2.remap(scene, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return as_image(cv2.resize(fine, (out_w, out_h), interpolation=cv2.INTER_AREA))


def _ruin(image: Image, random: np.random.Generator) -> Image:
    """Blur, smear or coarsen past reading."""
    height, draw = image.shape[0], random.random()
    if draw < 0.45:
        return as_image(cv2.GaussianBlur(image, (0, 0), random.uniform(0.13, 0.3) * height))
    if draw < 0.75:
        return motion_blur(image, random.uniform(0.5, 0.9) * height, random.normal(0, 0.3))
    rows = int(random.integers(3, 6))
    small = cv2.resize(image, (max(2, round(rows * image.shape[1] / height)), rows), interpolation=cv2.INTER_AREA)
    return as_image(cv2.resize(small, (image.shape[1], height), interpolation=cv2.INTER_LINEAR))
