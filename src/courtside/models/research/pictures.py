"""From pictures to what a network takes, by the ``preprocessor_config.json`` beside it.

By hand, because the libraries' own image processors need torchvision, or differ from one model to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.types import Image

Floats = npt.NDArray[np.float32]

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
UNIT = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
"""(mean, standard deviation) of red, green and blue, 0-1, that are taken out."""

_BILINEAR = 2


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is done to a picture.

    It is stretched to ``size`` (width, height), or, with ``edges`` (shortest, longest), scaled so that no side exceeds its edge; then scaled to 0-1 and
    ``mean`` and ``std`` (red, green, blue) taken out. ``resample`` is Pillow's number of the filter.
    """

    size: tuple[int, int] | None
    edges: tuple[int, int] | None = None
    mean: tuple[float, ...] = IMAGENET[0]
    std: tuple[float, ...] = IMAGENET[1]
    resample: int = _BILINEAR
    scale: float = 1 / 255

    def __call__(self, image: Image) -> Floats:
        """Return (3, height, width) of one BGR picture."""
        from PIL import Image as Pillow

        rgb = np.ascontiguousarray(image[:, :, ::-1])
        wanted = self._wanted(rgb.shape[1], rgb.shape[0])
        if (rgb.shape[1], rgb.shape[0]) != wanted:
            rgb = np.asarray(Pillow.fromarray(rgb).resize(wanted, Pillow.Resampling(self.resample)))
        scaled = (rgb.astype(np.float32) * self.scale - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        return np.ascontiguousarray(scaled.transpose(2, 0, 1), np.float32)

    def _wanted(self, width: int, height: int) -> tuple[int, int]:
        if self.size:
            return self.size
        if not self.edges:
            return width, height
        shortest, longest = self.edges
        scale = min(shortest / min(width, height), longest / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))


def preparation(document: Mapping[str, Any] | None, default: Preparation, size: tuple[int, int] | None = None) -> Preparation:
    """Return what a ``preprocessor_config.json`` asks for, ``default`` where it is silent or missing; ``size`` (width, height) overrules its size."""
    if document is None:
        return Preparation(size or default.size, None if size else default.edges, default.mean, default.std, default.resample, default.scale)
    wanted, edges = _size(document.get("size"), default) if document.get("do_resize", True) else (None, None)
    resample, normalises = document.get("resample"), document.get("do_normalize", True)
    return Preparation(
        size or wanted,
        None if size else edges,
        tuple(document.get("image_mean") or default.mean) if normalises else UNIT[0],
        tuple(document.get("image_std") or default.std) if normalises else UNIT[1],
        default.resample if resample is None else int(resample),
        float(document.get("rescale_factor", 1 / 255)) if document.get("do_rescale", True) else 1.0,
    )


def _size(given: Any, default: Preparation) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    if isinstance(given, int):
        return (given, given), None
    if isinstance(given, Mapping):
        if "height" in given and "width" in given:
            return (int(given["width"]), int(given["height"])), None
        shortest = given.get("shortest_edge") or given.get("max_height")
        longest = given.get("longest_edge") or given.get("max_width")
        if shortest is not None or longest is not None:
            return None, (int(1e6 if shortest is None else shortest), int(1e6 if longest is None else longest))
    return default.size, default.edges
