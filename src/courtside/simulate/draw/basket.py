"""The basket and what carries it, drawn from its measures."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import Camera, Court
from courtside.court.dimensions import RIM_HEIGHT_M, RIM_RADIUS_M
from courtside.simulate.draw.digits import text_mask
from courtside.simulate.scene import Color, Floats
from courtside.types import Image

Box = tuple[float, float, float, float]

_BOARD_WIDTH_M, _BOARD_HEIGHT_M, _BOARD_BOTTOM_M = 1.83, 1.07, 2.90
_RING_M = 0.018  # thickness
_HOOKS_M = 0.045  # the ring with the hooks below it that hold the net
_PLATE_M = 0.15  # height of the plate that holds the ring
_NET_M, _NET_RADIUS_M = 0.40, 0.11
_STRANDS = 12
_ORANGE: Color = (46, 80, 232)
_FAR_ORANGE: Color = (36, 62, 200)
_BOARD_PAD: Color = (62, 60, 60)
_SHIFT = 4
_FACES = ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5))


@dataclass(frozen=True)
class Basket:
    """The basket at one end: ``sign`` -1 the left one, 1 the right one; ``pad`` colours its padding."""

    court: Court
    sign: int
    pad: Color

    @property
    def centre(self) -> Floats:
        """The middle of the ring, metres."""
        return np.array([self.sign * self.court.rim_x_m, 0.0, RIM_HEIGHT_M])

    def ring(self) -> Floats:
        """Return (48, 3): points on the ring."""
        angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        return np.asarray(self.centre + RIM_RADIUS_M * np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1))

    def box(self, camera: Camera) -> Box | None:
        """Return the ring's box in the picture, None when less than half of it is inside."""
        ring = self.ring()
        points, depth = camera.project(np.concatenate([ring, ring - (0.0, 0.0, _HOOKS_M)]))
        if depth.min() < 1:
            return None
        thick = _RING_M * camera.focal_px / float(depth.mean()) / 2 + 1.0
        low, high = points.min(0) - thick, points.max(0) + thick
        width, height = camera.size_px
        clipped = np.array([max(low[0], 0), max(low[1], 0), min(high[0], width), min(high[1], height)])
        if (clipped[2:] <= clipped[:2]).any() or np.prod(clipped[2:] - clipped[:2]) < 0.5 * np.prod(high - low):
            return None
        return float(clipped[0]), float(clipped[1]), float(clipped[2]), float(clipped[3])

    def draw_stand(self, image: Image, ids: npt.NDArray[np.uint8], camera: Camera, shot_clock: str) -> None:
        """Draw base, arm, board and shot clock."""
        s, end = self.sign, self.court.half_length_m
        board = end - self.court.backboard_m
        dark: Color = (52, 48, 46)
        self._block(image, ids, camera, (s * (end + 1.5), s * (end + 2.9)), (-0.55, 0.55), (0.0, 1.15), self.pad)
        self._block(image, ids, camera, (s * (end + 1.6), s * (end + 2.1)), (-0.28, 0.28), (1.15, 2.5), self.pad)
        self._beam(image, ids, camera, np.array([s * (end + 1.9), 0.0, 2.4]), np.array([s * (end + 0.4), 0.0, 3.35]), 0.30, (205, 205, 208))
        self._beam(image, ids, camera, np.array([s * (end + 0.5), 0.0, 3.35]), np.array([s * (board + 0.1), 0.0, 3.3]), 0.26, (205, 205, 208))
        self._glass(image, camera, s * board)
        self._block(image, ids, camera, (s * (board + 0.05), s * (board + 0.3)), (-0.36, 0.36), (4.15, 4.65), dark)
        self._digits(image, camera, s * board, shot_clock)

    def draw_ring(self, image: Image, camera: Camera, *, front: bool) -> None:
        """Draw the half of the ring that is behind or in front of a ball that falls through; the net goes with the front one."""
        points = self.ring()
        pixels, depth = camera.project(points)
        if depth.min() < 1:
            return
        near = depth < depth.mean()
        scale = camera.focal_px / float(depth.mean())
        thick = max(1, round(2.6 * _RING_M * scale))
        if front:
            self._net(image, camera, scale)
            # the plate that holds it to the board
            x = self.sign * (self.court.half_length_m - self.court.backboard_m)
            arm = camera.project(np.array([[x, 0.0, RIM_HEIGHT_M - 0.03], [x - self.sign * 0.13, 0.0, RIM_HEIGHT_M - 0.03]]))[0]
            cv2.line(image, *_fixed(arm), (32, 60, 214), max(1, round(_PLATE_M * scale)), cv2.LINE_AA, _SHIFT)
        chosen = near if front else ~near
        hooks = camera.project(points - (0.0, 0.0, _HOOKS_M))[0]
        shade: Color = _ORANGE if front else _FAR_ORANGE
        for i in np.flatnonzero(chosen):
            after = (i + 1) % len(points)
            cv2.line(image, *_fixed(np.stack([pixels[i], hooks[after]])), shade, 1, cv2.LINE_AA, _SHIFT)
            cv2.line(image, *_fixed(hooks[[i, after]]), shade, 1, cv2.LINE_AA, _SHIFT)
            cv2.line(image, *_fixed(pixels[[i, after]]), shade, thick, cv2.LINE_AA, _SHIFT)

    def _net(self, image: Image, camera: Camera, scale: float) -> None:
        angle = np.linspace(0, 2 * np.pi, _STRANDS, endpoint=False)
        layers = []
        for level in range(5):
            share = level / 4
            radius = RIM_RADIUS_M + (_NET_RADIUS_M - RIM_RADIUS_M) * share**0.7
            turned = angle + (np.pi / _STRANDS) * (level % 2)
            layers.append(self.centre - (0.0, 0.0, _HOOKS_M) + np.stack([radius * np.cos(turned), radius * np.sin(turned), 0 * turned - _NET_M * share], 1))
        pixels = camera.project(np.concatenate(layers))[0].reshape(5, _STRANDS, 2)
        thick = max(1, round(0.008 * scale))
        for level in range(4):
            for i in range(_STRANDS):
                for j in (i, (i + (1 if level % 2 else -1)) % _STRANDS):
                    a, b = _fixed(np.stack([pixels[level, i], pixels[level + 1, j]]))
                    cv2.line(image, a, b, (222, 222, 224), thick, cv2.LINE_AA, _SHIFT)

    def _glass(self, image: Image, camera: Camera, x: float) -> None:
        half, low, high = _BOARD_WIDTH_M / 2, _BOARD_BOTTOM_M, _BOARD_BOTTOM_M + _BOARD_HEIGHT_M
        outer = np.array([(x, -half, low), (x, half, low), (x, half, high), (x, -half, high)])
        inner = np.array([(x, -0.305, 3.05), (x, 0.305, 3.05), (x, 0.305, 3.51), (x, -0.305, 3.51)])
        pixels, depth = camera.project(np.concatenate([outer, inner]))
        if depth.min() < 1:
            return
        scale = camera.focal_px / float(depth.mean())
        glass = np.round(pixels[:4]).astype(np.int32)
        x0, y0 = np.maximum(glass.min(0), 0)
        x1, y1 = np.minimum(glass.max(0) + 1, (image.shape[1], image.shape[0]))
        if x0 >= x1 or y0 >= y1:
            return
        part = image[y0:y1, x0:x1]
        tinted = part.copy()
        cv2.fillPoly(tinted, [glass - (x0, y0)], (214, 208, 205))
        cv2.addWeighted(tinted, 0.22, part, 0.78, 0, dst=part)
        for corners, width, color in ((pixels[:4], 0.042, (228, 228, 230)), (pixels[4:], 0.05, (236, 236, 236))):
            cv2.polylines(
                image, [np.round(corners * (1 << _SHIFT)).clip(-1e6, 1e6).astype(np.int32)], True, color, max(1, round(width * scale)), cv2.LINE_AA, _SHIFT
            )
        a, b = _fixed(pixels[:2])
        cv2.line(image, a, b, _BOARD_PAD, max(1, round(0.10 * scale)), cv2.LINE_AA, _SHIFT)

    def _digits(self, image: Image, camera: Camera, x: float, text: str) -> None:
        if not text:
            return
        # seen from the court's middle
        y = np.array([-0.3, 0.3, 0.3, -0.3]) * -self.sign
        corners = np.stack([np.full(4, x + self.sign * 0.05), -y, np.array([4.6, 4.6, 4.2, 4.2])], 1)
        pixels, depth = camera.project(corners)
        if depth.min() < 1:
            return
        (ax, ay), (bx, by) = pixels[1] - pixels[0], pixels[3] - pixels[0]
        facing = ax * by - ay * bx
        if facing <= 0:
            return
        mask = text_mask(text, 32, 3)
        source = np.array([(0, 0), (mask.shape[1], 0), (mask.shape[1], 32), (0, 32)], np.float32)
        x0, y0 = np.maximum(np.floor(pixels.min(0)), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(pixels.max(0)), (image.shape[1], image.shape[0])).astype(int)
        if x0 >= x1 or y0 >= y1:
            return
        matrix = cv2.getPerspectiveTransform(source, (pixels - (x0, y0)).astype(np.float32))
        warped = cv2.warpPerspective(mask, matrix, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_AREA)[..., None].astype(np.float32) / 255
        part = image[y0:y1, x0:x1]
        part[:] = part + warped * (np.array((40, 50, 250), np.float32) - part)

    def _block(
        self, image: Image, ids: npt.NDArray[np.uint8], camera: Camera, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], color: Color
    ) -> None:
        corners = np.array([(a, b, c) for a in x for b in y for c in z])
        self._faces(image, ids, camera, corners, color)

    def _beam(self, image: Image, ids: npt.NDArray[np.uint8], camera: Camera, start: Floats, end: Floats, thick: float, color: Color) -> None:
        line = end - start
        up = np.cross(line / np.linalg.norm(line), np.array([0.0, 1.0, 0.0]))
        up *= np.sign(up[2]) * thick / 2
        side = np.array([0.0, thick / 2, 0.0])
        corners = np.array([spot + b * side + c * up for spot in (start, end) for b in (-1, 1) for c in (-1, 1)])
        self._faces(image, ids, camera, corners, color)

    def _faces(self, image: Image, ids: npt.NDArray[np.uint8], camera: Camera, corners: Floats, color: Color) -> None:
        pixels, depth = camera.project(corners)
        if depth.min() < 1:
            return
        middle = corners.mean(0)
        for face in _FACES:
            points = corners[list(face)]
            outwards = points.mean(0) - middle
            outwards /= np.linalg.norm(outwards)
            if outwards @ (np.array(camera.position_m) - points.mean(0)) <= 0:
                continue
            light = 0.72 + 0.30 * max(outwards[2], 0) + 0.14 * outwards[1]
            polygon = np.round(pixels[list(face)] * (1 << _SHIFT)).clip(-1e6, 1e6).astype(np.int32)
            cv2.fillPoly(image, [polygon], tuple(min(255, int(c * light)) for c in color), cv2.LINE_AA, _SHIFT)
            cv2.fillPoly(ids, [polygon], (0,), cv2.LINE_8, _SHIFT)


def _fixed(points: Floats) -> tuple[tuple[int, int], tuple[int, int]]:
    (ax, ay), (bx, by) = np.round(points * (1 << _SHIFT)).clip(-1e6, 1e6).astype(int).tolist()
    return (ax, ay), (bx, by)
