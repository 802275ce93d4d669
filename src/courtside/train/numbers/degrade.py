"""What a broadcast camera does to a picture: blur, movement, few pixels, noise, compression, odd colour."""

from __future__ import annotations

import math

import cv2
import numpy as np

from courtside.types import Image


def as_image(picture: object) -> Image:
    """Round and clip any array of levels to 0-255."""
    levels: Image = np.clip(np.asarray(picture), 0, 255).astype(np.uint8)
    return levels


def motion_blur(image: Image, length: float, angle: float) -> Image:
    """Smear by ``length`` pixels along ``angle`` (radians)."""
    side = 2 * math.ceil(length / 2) + 1
    if side < 3:
        return image
    kernel = np.zeros((side, side), np.float32)
    for t in np.linspace(-length / 2, length / 2, 4 * side):
        kernel[round(side // 2 + t * math.sin(angle)), round(side // 2 + t * math.cos(angle))] += 1
    return as_image(cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))


def recolor(image: Image, random: np.random.Generator, strength: float = 1.0) -> Image:
    """Change light, contrast and white balance; now and then the hue, the order of the channels or dark for light, for no colour of jersey is special."""
    gain = np.exp(random.normal(0, 0.22 * strength, 1) + random.normal(0, 0.08 * strength, 3))
    picture = (image.astype(np.float32) - 110) * math.exp(random.normal(0, 0.2 * strength)) + 110
    picture = picture * gain + random.normal(0, 14 * strength)
    draw = random.random() / max(strength, 1e-6)
    if draw < 0.12:
        picture = picture[..., random.permutation(3)]
    elif draw < 0.17:
        picture = 255 - picture
    elif draw < 0.22:
        picture = np.repeat(picture.mean(2, keepdims=True), 3, 2)
    elif draw < 0.35:
        hsv = cv2.cvtColor(as_image(picture), cv2.COLOR_BGR2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(np.int32) + int(random.integers(180))) % 180
        return as_image(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR))
    return as_image(picture)


def sharpen(image: Image, random: np.random.Generator) -> Image:
    """Put the halo around edges that cameras and upscalers of older broadcasts leave."""
    soft = cv2.GaussianBlur(image, (0, 0), random.uniform(0.8, 2.2)).astype(np.float32)
    return as_image(image + random.uniform(0.4, 1.8) * (image - soft))


def degrade(image: Image, random: np.random.Generator, strength: float = 1.0) -> Image:
    """Blur, smear, coarsen, add noise and compress, each only now and then; at ``strength`` 1 a legible digit stays legible to a person."""
    height = image.shape[0]
    if random.random() < 0.3:
        image = as_image(cv2.GaussianBlur(image, (0, 0), max(0.3, random.uniform(0.008, 0.032) * height * strength)))
    if random.random() < 0.2:
        image = motion_blur(image, random.uniform(0.03, 0.11) * height * strength, random.uniform(0, math.pi))
    if random.random() < 0.35:
        scale = max(0.25, min(1.0, random.uniform(13, 30) / height))
        if scale < 0.95:
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            if random.random() < 0.6:
                how = cv2.INTER_LINEAR if random.random() < 0.5 else cv2.INTER_CUBIC
                image = as_image(cv2.resize(small, (image.shape[1], height), interpolation=how))
            else:
                image = as_image(small)
    if random.random() < 0.2:
        image = sharpen(image, random)
    if random.random() < 0.25:
        image = as_image(image + random.normal(0, random.uniform(2, 13), image.shape))
    if random.random() < 0.35:
        image = as_image(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 90))])[1], cv2.IMREAD_COLOR))
    return image
