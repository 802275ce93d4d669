"""Small pictures with transparency, made once and laid on many frames."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.render.color import Color
from courtside.types import Image

Plane = npt.NDArray[np.float32]
"""(height, width), 0-1."""


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """``ink`` (h, w, 3) is BGR already multiplied by its opacity; ``keep`` (h, w, 3) is what stays of the picture below, 0-255.

    Both are bytes, so that laying one down is two vectorised calls.
    """

    ink: Image
    keep: Image

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.ink.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.ink.shape[0])


class Layers:
    """Builds a sprite from the bottom up."""

    def __init__(self, height: int, width: int) -> None:
        self._ink = np.zeros((height, width, 3), np.float32)
        self._alpha = np.zeros((height, width), np.float32)

    def add(self, color: Color | npt.NDArray[np.float32], opacity: Plane) -> None:
        """Put ``color`` (one BGR, or one per pixel as (h, w, 3)) on top, as opaque as ``opacity`` says."""
        keep = 1 - opacity
        self._ink = self._ink * keep[..., None] + np.asarray(color, np.float32) * opacity[..., None]
        self._alpha = self._alpha * keep + opacity

    def sprite(self) -> Sprite:
        """Return what has been put together so far."""
        ink = np.clip(np.rint(self._ink), 0, 255).astype(np.uint8)
        keep = np.clip(np.rint(255 * (1 - self._alpha)), 0, 255).astype(np.uint8)
        return Sprite(ink, np.repeat(keep[..., None], 3, 2))


def smoothstep(value: Plane, low: float, high: float) -> Plane:
    """Return 0 below ``low``, 1 above ``high`` and a smooth rise between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def lay(image: Image, sprite: Sprite, x: int, y: int, matte: Image | None = None) -> None:
    """Draw ``sprite`` into ``image`` IN PLACE with its top-left corner at (x, y); what is outside the picture is dropped.

    ``matte`` (h, w of the sprite, 0-255) thins the sprite pixel by pixel: 0 leaves the picture as it is.
    """
    x1, y1, x2, y2 = max(x, 0), max(y, 0), min(x + sprite.width, image.shape[1]), min(y + sprite.height, image.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    part = np.s_[y1 - y : y2 - y, x1 - x : x2 - x]
    below, ink, keep = image[y1:y2, x1:x2], sprite.ink[part], sprite.keep[part]
    if matte is not None:
        thin = cv2.merge([matte[part]] * 3)
        ink = np.asarray(cv2.multiply(ink, thin, scale=1 / 255), np.uint8)
        keep = np.asarray(cv2.bitwise_not(cv2.multiply(cv2.bitwise_not(keep), thin, scale=1 / 255)), np.uint8)
    image[y1:y2, x1:x2] = cv2.add(cv2.multiply(below, keep, scale=1 / 255), ink)
