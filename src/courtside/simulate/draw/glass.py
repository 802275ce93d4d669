"""What a broadcast camera and its coder do to a picture: motion blur, softness, edge correction, tint, fall-off of light, noise, strobes."""

from __future__ import annotations

import cv2
import numpy as np

from courtside.court import Camera
from courtside.types import Image


class Optics:
    """One camera's picture quality, drawn once.

    Args:
        size: (width, height).
        warmth: gains of blue, green and red.
        random: settles noise and softness.
    """

    def __init__(self, size: tuple[int, int], warmth: tuple[float, float, float], random: np.random.Generator) -> None:
        width, height = size
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        fall = 1 - random.uniform(0.04, 0.12) * (0.6 * x * x + 0.4 * y * y)
        self._gain = np.clip(fall[..., None] * np.array(warmth) * 200, 0, 255).astype(np.uint8)  # 200 stands for 1
        grain = random.normal(0, random.uniform(0.6, 1.8), (height + 64, width + 64, 1)) + random.normal(0, 0.5, (height + 64, width + 64, 3))
        self._noise = np.clip(cv2.GaussianBlur(grain.astype(np.float32), (0, 0), 0.6) * 1.3 + 128, 0, 255).astype(np.uint8)
        self._sigma, self._halo = float(random.uniform(0.65, 1.05)), float(random.uniform(0.0, 0.25))

    def look(self, image: Image, flow: tuple[float, float], flash: float, exposure: float, offset: tuple[int, int]) -> Image:
        """Return the picture as broadcast.

        ``flow`` is how far it moved while the shutter was open, pixels; ``flash`` 0-1 a strobe's light; ``offset`` (0-63 each) shifts the noise.
        """
        if np.hypot(*flow) > 0.8:
            image = np.asarray(cv2.filter2D(image, -1, _line(flow), borderType=cv2.BORDER_REPLICATE), np.uint8)
        soft = cv2.GaussianBlur(image, (5, 5), self._sigma)
        image = np.asarray(cv2.addWeighted(soft, 1 + self._halo, cv2.GaussianBlur(image, (7, 7), 2.0), -self._halo, 0.0), np.uint8)
        image = np.asarray(cv2.multiply(image, self._gain, scale=exposure / 200), np.uint8)
        if flash > 0:
            # a strobe adds light: what is bright burns out, what is dark is only lifted
            image = np.asarray(cv2.convertScaleAbs(image, alpha=1 + 0.9 * flash, beta=45 * flash), np.uint8)
        noise = self._noise[offset[1] : offset[1] + image.shape[0], offset[0] : offset[0] + image.shape[1]]
        return np.asarray(cv2.addWeighted(image, 1.0, noise, 1.0, -128.0), np.uint8)


def mean_flow(camera: Camera, camera_end: Camera | None) -> tuple[float, float]:
    """Return how far (dx, dy) in pixels the picture moves on the whole between two cameras."""
    if camera_end is None:
        return 0.0, 0.0
    right, down, forward = camera.axes()
    spread = 0.3 * camera.size_px[0] / camera.focal_px
    points = np.array([camera.position_m + 30 * (forward + spread * (i * right + 0.5 * j * down)) for i in (-1, 0, 1) for j in (-1, 0, 1)])
    before, _ = camera.project(points)
    after, depth = camera_end.project(points)
    if depth.min() < 1:
        return 0.0, 0.0
    dx, dy = (after - before).mean(0)
    return float(np.clip(dx, -60, 60)), float(np.clip(dy, -60, 60))


def _line(flow: tuple[float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return an odd-sized kernel that averages along ``flow``, centred."""
    reach = int(np.ceil(max(abs(flow[0]), abs(flow[1])) / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for share in np.linspace(-0.5, 0.5, 4 * reach + 1):
        x, y = reach + share * flow[0], reach + share * flow[1]
        i, j = int(np.floor(y)), int(np.floor(x))
        fy, fx = y - i, x - j
        for di, dj, weight in ((0, 0, (1 - fy) * (1 - fx)), (0, 1, (1 - fy) * fx), (1, 0, fy * (1 - fx)), (1, 1, fy * fx)):
            if weight > 0:
                kernel[i + di, j + dj] += weight
    return np.asarray(kernel / kernel.sum(), np.float32)
