"""Detections drawn: whole pictures of them for ``courtside detect``, thin marks of some for the named video."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt
import supervision as sv

from courtside.errors import ConfigError, nearest
from courtside.render.color import INK, WHITE, Color, mix, outline_color, parse_hex
from courtside.render.label import chip_sprite
from courtside.render.place import place
from courtside.render.sprite import lay
from courtside.types import BALL, BALL_IN_BASKET, CLASSES, NUMBER, PLAYER_CLASSES, REFEREE, RIM, Image

_Box = npt.NDArray[np.float32]  # (4,) xyxy in pixels

OVERLAYS: Mapping[str, str] = {
    "ball": "a small triangle above the ball, where its way is known",
    "boxes": "a thin box round every player and referee",
    "court": "the court's lines where it was found, to judge that by eye",
    "masks": "everybody's mask in the team's colour, where the tracker follows masks",
    "numbers": "a thin box round every jersey number",
    "radar": "the court from above in a corner, a dot for everybody",
    "rim": "an ellipse on the rim",
}
"""What the named video may show besides the people, and what each looks like."""

GROUPS: Mapping[str, tuple[int, ...]] = {
    "players": PLAYER_CLASSES,
    "referees": (REFEREE,),
    "numbers": (NUMBER,),
    "ball": (BALL, BALL_IN_BASKET),
    "rim": (RIM,),
    **{name: (class_id,) for class_id, name in enumerate(CLASSES) if name not in ("ball", "rim")},
}
"""What ``only`` may name, and the classes it stands for."""

_HEX = ("#FF8A1F", "#FFC21A", "#FFE45C", "#35C46A", "#12A5A0", "#3D8BFF", "#9B6BFF", "#FF5C8A", "#E8E6C8", "#FF4B3E")
PALETTE: tuple[Color, ...] = tuple(parse_hex(color) for color in _HEX)
"""A colour for each of ``CLASSES``, told apart on wood, on blue and on black."""


def draw_detections(image: Image, detections: sv.Detections, only: frozenset[str] | None = None) -> Image:
    """Return a new picture with a box, a class name and a confidence for every detection; ``image`` is left as it is.

    Args:
        image: the frame.
        detections: boxes in its pixels, class ids into ``CLASSES``; confidence may be missing.
        only: keep these of ``GROUPS``; None keeps all.

    Raises:
        ConfigError: ``only`` names something unknown.
    """
    drawn = image.copy()
    kept = _keep(detections, only)
    if not len(kept):
        return drawn
    side = min(image.shape[:2])
    size_px = max(10, round(side * 0.019))
    thickness = max(1, round(side * 0.0022))
    confidences = [None] * len(kept) if kept.confidence is None else kept.confidence.tolist()
    # the surest on top, and first to choose where its label goes
    order = sorted(range(len(kept)), key=lambda i: confidences[i] or 0.0)
    sprites, wanted = [], []
    for i in order:
        class_id = int(_class_ids(kept)[i])
        box = kept.xyxy[i]
        _box(drawn, box, PALETTE[class_id], thickness)
        if class_id in (BALL, BALL_IN_BASKET):
            _triangle(drawn, box, PALETTE[class_id])
        text = CLASSES[class_id] if confidences[i] is None else f"{CLASSES[class_id]} {confidences[i]:.2f}"
        sprite = chip_sprite(text, mix(PALETTE[class_id], INK, 0.12), size_px, max(8, image.shape[1]))
        sprites.append(sprite)
        wanted.append((round(float(box[0])) - 1, round(float(box[1])) - sprite.height + 1, sprite.width, sprite.height))
    corners = place(wanted[::-1], (image.shape[1], image.shape[0]))[::-1]
    for sprite, (x, y) in zip(sprites, corners, strict=True):
        lay(drawn, sprite, x, y)
    return drawn


def draw_overlays(image: Image, detections: sv.Detections, overlays: frozenset[str]) -> Image:
    """Return a new picture with the thin marks of ``overlays`` (see ``OVERLAYS``); ``image`` is left as it is.

    Ball, masks, court and radar are drawn by ``draw_ball``, ``draw_masks``, ``draw_court`` and ``Radar``.

    Raises:
        ConfigError: an unknown overlay.
    """
    check_overlays(overlays)
    drawn = image.copy()
    thickness = max(1, round(min(image.shape[:2]) * 0.0016))
    for class_id, box in zip(_class_ids(detections).tolist(), detections.xyxy, strict=True):
        if "boxes" in overlays and class_id in (*PLAYER_CLASSES, REFEREE):
            _box(drawn, box, PALETTE[class_id], thickness)
        elif "numbers" in overlays and class_id == NUMBER:
            _box(drawn, box, PALETTE[NUMBER], thickness)
        elif "rim" in overlays and class_id == RIM:
            _ellipse(drawn, box, PALETTE[RIM], thickness)
    return drawn


def draw_ball(image: Image, box: tuple[float, float, float, float]) -> Image:
    """Return a new picture with a triangle above the ball, whose ``box`` is left, top, right, bottom in pixels."""
    drawn = image.copy()
    _triangle(drawn, np.array(box, np.float32), PALETTE[BALL])
    return drawn


def check_overlays(overlays: frozenset[str]) -> None:
    """Raise ConfigError when ``overlays`` has a word that ``OVERLAYS`` has not."""
    for word in sorted(overlays - set(OVERLAYS)):
        raise ConfigError(f"unknown overlay {word!r}{nearest(word, OVERLAYS)}: choose from {', '.join(OVERLAYS)}")


def _keep(detections: sv.Detections, only: frozenset[str] | None) -> sv.Detections:
    for word in sorted((only or frozenset()) - set(GROUPS)):
        raise ConfigError(f"unknown kind of detection {word!r}{nearest(word, GROUPS)}: choose from {', '.join(GROUPS)}")
    if only is None or not len(detections):
        return detections
    classes = [class_id for word in only for class_id in GROUPS[word]]
    return cast(sv.Detections, detections[np.isin(_class_ids(detections), classes)])


def _class_ids(detections: sv.Detections) -> npt.NDArray[np.int64]:
    if detections.class_id is None:
        return np.full(len(detections), CLASSES.index("player"))
    return np.asarray(detections.class_id, np.int64)


_SHIFT = 3
"""OpenCV takes fixed-point coordinates: this many bits below a pixel."""


def _fixed(value: float) -> int:
    return round(min(max(value, -32000.0), 32000.0) * (1 << _SHIFT))


def _box(image: Image, box: _Box, color: Color, thickness: int) -> None:
    first, last = (_fixed(box[0]), _fixed(box[1])), (_fixed(box[2]), _fixed(box[3]))
    cv2.rectangle(image, first, last, mix(color, INK, 0.75), thickness + 2, cv2.LINE_AA, _SHIFT)
    cv2.rectangle(image, first, last, color, thickness, cv2.LINE_AA, _SHIFT)


def _ellipse(image: Image, box: _Box, color: Color, thickness: int) -> None:
    centre = (_fixed((box[0] + box[2]) / 2), _fixed((box[1] + box[3]) / 2))
    axes = (max(1, _fixed((box[2] - box[0]) / 2)), max(1, _fixed((box[3] - box[1]) / 2)))
    cv2.ellipse(image, centre, axes, 0, 0, 360, mix(color, INK, 0.7), thickness + 2, cv2.LINE_AA, _SHIFT)
    cv2.ellipse(image, centre, axes, 0, 0, 360, color, thickness, cv2.LINE_AA, _SHIFT)


def _triangle(image: Image, box: _Box, color: Color) -> None:
    """A triangle with its tip just above the ball, or just below it where there is no room above."""
    half = max(4.0, min(image.shape[:2]) * 0.0105)
    gap = half * 0.5
    x = (float(box[0]) + float(box[2])) / 2
    above = float(box[1]) - gap - 1.6 * half >= 0
    tip = float(box[1]) - gap if above else float(box[3]) + gap
    base = tip - 1.6 * half if above else tip + 1.6 * half
    points = [np.array([[_fixed(x), _fixed(tip)], [_fixed(x - half), _fixed(base)], [_fixed(x + half), _fixed(base)]], np.int32)]
    cv2.polylines(image, points, True, outline_color(color), max(2, round(half * 0.36)), cv2.LINE_AA, _SHIFT)
    cv2.fillPoly(image, points, color, cv2.LINE_AA, _SHIFT)
    cv2.polylines(image, points, True, mix(color, WHITE, 0.35), 1, cv2.LINE_AA, _SHIFT)
