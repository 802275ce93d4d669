"""Flat painted things in space, laid into the picture: the floor, the stands, boards. One lookup a pixel, lens and perspective together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np

from courtside.court import Camera, Lens
from courtside.simulate.scene import Floats
from courtside.types import Image

_STEP = 8  # pixels between the places where the map is computed; between them it is straight to a tenth of a pixel
_NEAR_M = 0.4


@dataclass
class Surface:
    """A rectangle in space with a picture on it.

    Args:
        corner: (3,) metres, where the picture's top-left corner is.
        across: (3,) unit vector along the picture's rows; ``down`` along its columns.
        size_m: (width, height).
        texture: (h, w, 3) or, with alpha, (h, w, 4).
        outline: (n, 2) metres along ``across`` and ``down``: the part that is there; all of it by default.
        soft: draw it at half the resolution, which is enough for what is far behind the play.
    """

    corner: Floats
    across: Floats
    down: Floats
    size_m: tuple[float, float]
    texture: Image
    outline: Floats | None = None
    soft: bool = False
    _levels: list[Image] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._levels = [self.texture]
        while min(self._levels[-1].shape[:2]) > 60 and len(self._levels) < 4:
            last = self._levels[-1]
            self._levels.append(np.asarray(cv2.resize(last, (last.shape[1] // 2, last.shape[0] // 2), interpolation=cv2.INTER_AREA), np.uint8))

    def polygon(self, camera: Camera) -> Floats:
        """Return (n, 2): the outline in pixels of the picture, clipped to what lies in front of the camera; empty when nothing does."""
        width, height = self.size_m
        corners = self.outline if self.outline is not None else np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
        steps = np.linspace(0, 1, 12, endpoint=False)[:, None]
        edges = np.concatenate([a + steps * (b - a) for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)])
        points = self.corner + edges[:, :1] * self.across + edges[:, 1:] * self.down
        points = _in_front(points, camera)
        return camera.project(points)[0] if len(points) else np.zeros((0, 2))

    def lay(self, image: Image, camera: Camera) -> tuple[int, int, Image] | None:
        """Draw it into ``image`` as ``camera`` sees it.

        Returns (left, top, cover): where in the picture the part lies that it may cover, and where it does (h, w), 0 or 255; None when it is out of view.
        """
        polygon = self.polygon(camera)
        if len(polygon) < 3:
            return None
        height, width = image.shape[:2]
        x0, y0 = np.maximum(np.floor(polygon.min(0)), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(polygon.max(0)) + 1, (width, height)).astype(int)
        if x0 >= x1 or y0 >= y1:
            return None
        rays = _rays(camera.lens, camera.size_px)
        i0, i1 = y0 // _STEP, -(-y1 // _STEP) + 2
        j0, j1 = x0 // _STEP, -(-x1 // _STEP) + 2
        back = np.linalg.inv(self._homography(camera))
        texel = rays[i0:i1, j0:j1] @ back.T
        depth = texel[..., 2:]
        # behind the horizon anything will do: the outline keeps it out of the picture
        texel = texel[..., :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth)
        level = self._level(texel)
        texture = self._levels[level]
        share = np.array([texture.shape[1] / self.texture.shape[1], texture.shape[0] / self.texture.shape[0]])
        coarse = np.clip((texel + 0.5) * share - 0.5, -1e4, 1e5).astype(np.float32)
        shape = (coarse.shape[1] * _STEP, coarse.shape[0] * _STEP)
        full = cv2.resize(coarse, shape, interpolation=cv2.INTER_LINEAR)
        oy, ox = y0 - (i0 - 1) * _STEP, x0 - (j0 - 1) * _STEP
        maps = full[oy : oy + y1 - y0, ox : ox + x1 - x0]
        if self.soft:
            maps = np.ascontiguousarray(maps[::2, ::2])
        drawn = np.asarray(cv2.remap(texture, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)  # type: ignore[call-overload]  # the stubs want two maps
        if self.soft:
            drawn = np.asarray(cv2.resize(drawn, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_LINEAR), np.uint8)
        part = image[y0:y1, x0:x1]
        mask = np.zeros(part.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round((polygon - (x0, y0)) * 16).clip(-1e8, 1e8).astype(np.int32)], (255,), shift=4)
        if texture.shape[2] == 4:
            cv2.bitwise_and(mask, cv2.compare(drawn[..., 3], 127, cv2.CMP_GT), dst=mask)  # type: ignore[call-overload]  # the stubs know no scalars
            drawn = np.asarray(cv2.cvtColor(drawn, cv2.COLOR_BGRA2BGR), np.uint8)
        cv2.copyTo(drawn, mask, part)
        return int(x0), int(y0), mask

    def _homography(self, camera: Camera) -> Floats:
        """Return (3, 3): texels to pinhole pixels."""
        rows, columns = self.texture.shape[:2]
        frame = np.stack([self.across * (self.size_m[0] / columns), self.down * (self.size_m[1] / rows), self.corner], 1)
        frame[:, 2] += 0.5 * (frame[:, 0] + frame[:, 1])  # texel centres
        return np.asarray(camera.matrix() @ np.concatenate([frame, [[0, 0, 1]]]))

    def _level(self, texel: Floats) -> int:
        rows, columns = self.texture.shape[:2]
        inside = (texel[..., 0] > 0) & (texel[..., 0] < columns) & (texel[..., 1] > 0) & (texel[..., 1] < rows)
        if texel.shape[0] < 2 or texel.shape[1] < 2 or not inside[:-1, :-1].any():
            return 0
        right, below = texel[:-1, 1:] - texel[:-1, :-1], texel[1:, :-1] - texel[:-1, :-1]
        areas = np.abs(right[..., 0] * below[..., 1] - right[..., 1] * below[..., 0])[inside[:-1, :-1]]
        per_pixel = float(np.sqrt(np.median(areas))) / _STEP
        return int(np.clip(round(np.log2(max(per_pixel, 1e-3))), 0, len(self._levels) - 1))


def _in_front(points: Floats, camera: Camera) -> Floats:
    depth = camera.project(points)[1]
    kept = []
    for a, b, da, db in zip(points, np.roll(points, -1, 0), depth, np.roll(depth, -1), strict=True):
        if da > _NEAR_M:
            kept.append(a)
        if (da > _NEAR_M) != (db > _NEAR_M):
            kept.append(a + (b - a) * ((_NEAR_M - da) / (db - da)))
    return np.array(kept)


@lru_cache(maxsize=8)
def _rays(lens: Lens, size: tuple[int, int]) -> Floats:
    """Return (rows, columns, 3): where a pinhole would see the pixels of a grid that is one cell larger than the picture at every side, homogeneous."""
    width, height = size
    x = (np.arange(-1, -(-width // _STEP) + 1) + 0.5) * _STEP - 0.5
    y = (np.arange(-1, -(-height // _STEP) + 1) + 0.5) * _STEP - 0.5
    grid = np.stack(np.meshgrid(x, y), -1)
    flat = lens.unbend(grid.reshape(-1, 2)).reshape(grid.shape)
    return np.concatenate([flat, np.ones((*grid.shape[:2], 1))], -1)
