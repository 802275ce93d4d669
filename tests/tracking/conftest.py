"""A made-up arena: a textured floor seen by a camera that can move, and people who are blocks of colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import supervision as sv

from courtside.types import PLAYER, Frame

SIZE = (640, 360)
STILL = np.array([[1, 0, -600], [0, 1, -300]], float)


@dataclass
class Body:
    """One person: foot-to-head box in floor pixels (before the camera), kit colour (BGR), and what the detector says."""

    x: float
    y: float
    colour: tuple[int, int, int]
    height: float = 80.0
    confidence: float = 0.9
    class_id: int = PLAYER


class Arena:
    """Draws frames and makes the detections that go with them. Floor pixels are picture pixels plus (600, 300) while the camera is still."""

    white, navy, grey = (235, 235, 235), (110, 40, 20), (140, 140, 140)
    body = Body

    def __init__(self) -> None:
        rng = np.random.default_rng(7)
        noise = rng.integers(0, 255, (180, 320, 3), np.uint8)
        self._floor = cv2.GaussianBlur(cv2.resize(noise, (1920, 1080), interpolation=cv2.INTER_CUBIC), (0, 0), 2)

    def frame(self, index: int, time_s: float, bodies: list[Body], camera: npt.NDArray[np.float64] | None = None, glare: int = 0) -> Frame:
        """Return the picture; ``camera`` (2, 3) maps floor pixels to picture pixels, bodies later in the list stand in front."""
        camera = STILL if camera is None else camera
        image = cv2.warpAffine(self._floor, camera, SIZE, borderMode=cv2.BORDER_REFLECT)
        rng = np.random.default_rng(index)
        for body, (x1, y1, x2, y2) in zip(bodies, self.boxes(bodies, camera), strict=True):
            left, top, right, bottom = (int(np.clip(v, 0, limit)) for v, limit in ((x1, SIZE[0]), (y1, SIZE[1]), (x2, SIZE[0]), (y2, SIZE[1])))
            patch = image[top:bottom, left:right]
            patch[:] = np.clip(np.array(body.colour) + rng.normal(0, 8, patch.shape), 0, 255).astype(np.uint8)
        if glare:
            image = cv2.add(image, np.full_like(image, glare))
        return Frame(index, time_s, image.astype(np.uint8))

    def boxes(self, bodies: list[Body], camera: npt.NDArray[np.float64] | None = None) -> npt.NDArray[np.float64]:
        """Return (n, 4) boxes in the picture."""
        camera = STILL if camera is None else camera
        zoom = float(np.hypot(camera[0, 0], camera[1, 0]))
        rows = []
        for body in bodies:
            x, y = camera[:, :2] @ np.array([body.x, body.y]) + camera[:, 2]
            h = body.height * zoom
            rows.append([x - 0.2 * h, y - h, x + 0.2 * h, y])
        return np.array(rows, float).reshape(-1, 4)

    def detections(self, bodies: list[Body], camera: npt.NDArray[np.float64] | None = None) -> sv.Detections:
        """Return what a perfect detector finds."""
        return sv.Detections(
            self.boxes(bodies, camera).astype(np.float32),
            confidence=np.array([body.confidence for body in bodies], np.float32),
            class_id=np.array([body.class_id for body in bodies], int),
        )


@pytest.fixture(scope="session")
def arena() -> Arena:
    return Arena()
