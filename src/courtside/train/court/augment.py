"""Strong augmentation: other floors, paints, arenas and cameras must look familiar after training on six courts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.models.court import CANVAS
from courtside.train.court.data import CourtSample, landmark_points, line_points, mirrored_order
from courtside.train.detector.augment import camera_look, colours
from courtside.types import Image

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CourtView:
    """What the network sees, (h, w, 3) of ``CANVAS``, and where in it the landmarks (k, 2) and lines (n, 2 each) lie; NaN for what is behind the camera."""

    image: Image
    landmarks: Floats
    lines: list[Floats]


def fitting(sample: CourtSample) -> Floats:
    """Return (3, 3): from the pixels of the whole frame to those of ``CANVAS``, as at run time: the aspect kept, the rest grey."""
    height, width = sample.image.shape[:2]
    scale = min(CANVAS[0] / width, CANVAS[1] / height)
    left, top = (CANVAS[0] - scale * width + scale - 1) / 2, (CANVAS[1] - scale * height + scale - 1) / 2
    return np.array([[scale, 0, left], [0, scale, top], [0, 0, 1]])


def fit_view(sample: CourtSample) -> CourtView:
    """Return the whole frame as the network gets it at run time."""
    return _warped(sample, fitting(sample), mirror=False)


def moved(points: Floats, matrix: Floats) -> Floats:
    """Return points (n, 2) under a 3x3 map."""
    homogeneous = np.concatenate([points, np.ones((len(points), 1))], 1) @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:])


def _warped(sample: CourtSample, matrix: Floats, mirror: bool) -> CourtView:
    image, points = sample.image, sample.project(landmark_points(sample.court))
    drawn = [sample.project(line) for line in line_points(sample.court)]
    if mirror:
        width = image.shape[1]
        image = np.ascontiguousarray(image[:, ::-1])
        flip = np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
        points, drawn = moved(points, flip)[mirrored_order()], [moved(line, flip) for line in drawn]
    canvas = cv2.warpPerspective(image, matrix, CANVAS, flags=cv2.INTER_LINEAR, borderValue=(114, 114, 114)).astype(np.uint8, copy=False)
    return CourtView(canvas, moved(points, matrix), [moved(line, matrix) for line in drawn])


def augment(sample: CourtSample, random: np.random.Generator) -> CourtView:
    """Return a new random look at ``sample``: zoomed, moved, stretched, turned, tilted, mirrored, recoloured, blurred, and partly covered."""
    height, width = sample.image.shape[:2]
    scale = CANVAS[0] / width * math.exp(random.uniform(-0.25, 0.4))
    stretch, angle = math.exp(random.normal(0, 0.08)), random.normal(0, 0.03)
    cos, sin = math.cos(angle), math.sin(angle)
    room = np.array([width, height]) * 0.5 * abs(1 - CANVAS[0] / (scale * width)) + (0.06 * width, 0.06 * height)
    centre = np.array([width, height]) / 2 + random.uniform(-1, 1, 2) * room
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag([scale * stretch, scale / stretch])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = linear, np.array(CANVAS) / 2 - linear @ centre
    keystone = np.eye(3)
    keystone[2, :2] = random.normal(0, 1, 2) * (0.1 / CANVAS[0], 0.12 / CANVAS[1])
    middle = np.array([[1.0, 0, CANVAS[0] / 2], [0, 1, CANVAS[1] / 2], [0, 0, 1]])
    view = _warped(sample, middle @ keystone @ np.linalg.inv(middle) @ matrix, mirror=bool(random.random() < 0.5))
    image = camera_look(colours(_floor_tone(view, random), random), random)
    return CourtView(_covered(image, random), view.landmarks, view.lines)


def _floor_tone(view: CourtView, random: np.random.Generator) -> Image:
    """Give the floor inside a random part of the court another colour: paints and stains differ from arena to arena more than anything else."""
    image = view.image
    if random.random() < 0.5:
        return image
    hull = [line for line in view.lines if np.isfinite(line).all() and len(line) > 8]
    if not hull:
        return image
    mask = np.zeros(image.shape[:2], np.uint8)
    line = hull[int(random.integers(len(hull)))]
    cv2.fillPoly(mask, [np.round(line.clip(-4000, 4000) * 16).astype(np.int32)], 255, cv2.LINE_AA, shift=4)
    floor = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    # only what is floor-coloured: near the median of what the mask covers
    inside = floor[mask > 0]
    if len(inside) < 200:
        return image
    near = np.abs(floor[..., 2].astype(int) - int(np.median(inside[:, 2]))) < 45
    color = random.uniform(0, 255, 3)
    share = (mask / 255 * near)[..., None] * random.uniform(0.3, 0.9)
    painted = color * (image.mean(2, keepdims=True) / max(1.0, float(image[mask > 0].mean()))).clip(0, 1.6)
    return np.asarray(np.clip(image + share * (painted - image), 0, 255), np.uint8)


def _covered(image: Image, random: np.random.Generator) -> Image:
    """Cover parts of the picture: score graphics, heads in the foreground, people."""
    height, width = image.shape[:2]
    for _ in range(int(random.integers(0, 5))):
        wide, high = int(width * random.uniform(0.03, 0.3)), int(height * random.uniform(0.05, 0.3))
        left, top = int(random.uniform(-0.1, 1) * width), int(random.uniform(-0.1, 1) * height)
        color = random.integers(0, 256, 3).tolist()
        if random.random() < 0.5:
            cv2.rectangle(image, (left, top), (left + wide, top + high), color, -1)
        else:
            cv2.ellipse(image, (left, top), (wide // 3, high // 2), float(random.uniform(-20, 20)), 0, 360, color, -1, cv2.LINE_AA)
    return image
