"""Real crops made harder: moved, turned and recoloured, and, where that is asked for, cut or covered so that the number no longer shows whole."""

from __future__ import annotations

import math

import cv2
import numpy as np

from courtside.train.numbers.degrade import as_image, degrade, recolor
from courtside.types import Image


def augment(image: Image, random: np.random.Generator, strength: float = 1.0) -> Image:
    """Return ``image`` moved a little and seen by another camera, more so with more ``strength`` (0-1); a whole number stays whole."""
    moved = recolor(_move(image, random, strength), random, strength)
    return degrade(moved, random, 0.8) if random.random() < strength else moved


def spoil(image: Image, n_digits: int, random: np.random.Generator) -> Image:
    """Return ``image``, upright and with its number about in the middle, with a part of the number cut off or covered.

    Real crops have a margin of jersey of about a sixth on each side, so what is taken away reaches well past the middle of the outer digit.
    """
    height, width = image.shape[:2]
    if random.random() < 0.55:
        if random.random() < 0.8:
            kept = max(3, round(width * (random.uniform(0.36, 0.6) if n_digits == 2 else random.uniform(0.3, 0.5))))
            start = 0 if random.random() < 0.5 else width - kept
            return image[:, start : start + kept]
        kept = max(3, round(height * random.uniform(0.32, 0.55)))
        start = 0 if random.random() < 0.5 else height - kept
        return image[start : start + kept]
    return _cover(image, random.uniform(0.42, 0.62) if n_digits == 2 else random.uniform(0.5, 0.68), random)


def _cover(image: Image, share: float, random: np.random.Generator) -> Image:
    height, width = image.shape[:2]
    draw = random.random()
    if draw < 0.4:
        color = np.array([(60, 85, 130), (90, 125, 185), (130, 165, 220), (40, 55, 85)][random.integers(4)]) + random.normal(0, 20, 3)
    elif draw < 0.7:
        color = image[random.integers(height), random.integers(width)].astype(np.float64)
    else:
        color = random.uniform(0, 255, 3)
    mask = np.zeros((height, width), np.float32)
    slant = random.normal(0, 0.08) * width
    if random.random() < 0.8:
        edge = share * width
        corners = np.array([(-2, -2), (edge + slant, -2), (edge - slant, height + 2), (-2, height + 2)])
        if random.random() < 0.5:
            corners[:, 0] = width - corners[:, 0]
    else:
        edge = min(share, 0.6) * height
        corners = np.array([(-2, -2), (-2, edge + slant), (width + 2, edge - slant), (width + 2, -2)])
        if random.random() < 0.5:
            corners[:, 1] = height - corners[:, 1]
    cv2.fillPoly(mask, [corners.astype(np.int32)], 1.0)
    mask = cv2.GaussianBlur(mask, (0, 0), random.uniform(0.4, 1.4)).astype(np.float32)
    thing = color * (1 + random.normal(0, 0.05, (height, width, 1)))
    return as_image(image + mask[..., None] * (thing - image))


def _move(image: Image, random: np.random.Generator, strength: float) -> Image:
    height, width = image.shape[:2]
    angle, shear = random.normal(0, 0.09 * strength), random.normal(0, 0.08 * strength)
    zoom = math.exp(strength * random.uniform(-0.22, 0.1))
    stretch = math.exp(strength * random.uniform(-0.28, 0.1))
    cos, sin = math.cos(angle) * zoom, math.sin(angle) * zoom
    matrix = np.array([[cos * stretch, (-sin + shear) * stretch, 0], [sin, cos, 0]], np.float32)
    out_w = max(6, round(width * min(1.1, stretch * (1 + strength * random.uniform(-0.05, 0.15)))))
    centre = np.array([width / 2, height / 2], np.float32)
    shift = strength * random.uniform(-0.06, 0.06, 2) * (width, height)
    matrix[:, 2] = np.array([out_w / 2, height / 2]) - matrix[:, :2] @ centre + shift
    return as_image(cv2.warpAffine(image, matrix, (out_w, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
