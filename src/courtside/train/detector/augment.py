"""Strong augmentation: other arenas, cameras and years must look familiar after training on three courts."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from courtside.train.detector.data import Boxes, Sample
from courtside.types import Image

Matrix = npt.NDArray[np.float32]


def warp_boxes(boxes: Boxes, matrix: Matrix) -> Boxes:
    """Return the axis-aligned hulls, (n, 4), of ``boxes`` (n, 4+) under a 2x3 affine ``matrix``.

    A rotated hull is larger than its person, so it is shrunk back to the size the un-rotated scale gives.
    """
    centre = (boxes[:, :2] + boxes[:, 2:4]) / 2 @ matrix[:, :2].T + matrix[:, 2]
    scale = np.array([math.hypot(matrix[0, 0], matrix[1, 0]), math.hypot(matrix[0, 1], matrix[1, 1])], np.float32)
    half = (boxes[:, 2:4] - boxes[:, :2]) / 2 * scale
    return np.concatenate([centre - half, centre + half], 1).astype(np.float32)


def random_crop(sample: Sample, size: int, zoom: tuple[float, float], random: np.random.Generator) -> Sample:
    """Cut a ``size`` x ``size`` window out of a randomly scaled, stretched, rotated and mirrored frame.

    Boxes that keep less than 35 % of their area inside the window are dropped, the others are clipped to it.
    """
    height, width = sample.image.shape[:2]
    scale = math.exp(random.uniform(math.log(zoom[0]), math.log(zoom[1])))
    stretch = math.exp(random.uniform(-0.25, 0.25))
    angle = random.normal(0, 0.025)
    mirror = -1.0 if random.random() < 0.5 else 1.0
    sx, sy = scale * stretch, scale / stretch
    linear = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]) @ np.diag([sx * mirror, sy])
    # The window's centre: anywhere that keeps it inside the frame, or the frame inside it; half the time on a box, so that small things are seen.
    if len(sample.boxes) and random.random() < 0.5:
        box = sample.boxes[random.integers(len(sample.boxes))]
        focus = (box[:2] + box[2:4]) / 2 + random.uniform(-0.35, 0.35, 2) * size / np.array([sx, sy])
    else:
        focus = random.uniform(0, 1, 2) * (width, height)
    half = size / 2 / np.array([sx, sy])
    low, high = np.minimum(half, np.array([width, height]) - half), np.maximum(half, np.array([width, height]) - half)
    focus = np.clip(focus, low, high)
    matrix = np.concatenate([linear, (size / 2 - linear @ focus)[:, None]], 1).astype(np.float32)
    interpolation = cv2.INTER_LINEAR if scale > 0.7 else cv2.INTER_AREA
    image = cv2.warpAffine(sample.image, matrix, (size, size), flags=interpolation, borderValue=(114, 114, 114))

    moved = warp_boxes(sample.boxes, matrix)
    area = np.prod(moved[:, 2:] - moved[:, :2], 1)
    clipped = moved.clip(0, size)
    sides = clipped[:, 2:] - clipped[:, :2]
    kept = (np.prod(sides, 1) > 0.35 * area) & (sides > 1.5).all(1)
    return Sample(
        image.astype(np.uint8, copy=False),
        np.concatenate([clipped, sample.boxes[:, 4:]], 1)[kept],
        np.concatenate([warp_boxes(sample.ignored, matrix), sample.ignored[:, 4:]], 1),
        sample.has_actions,
    )


def colours(image: Image, random: np.random.Generator) -> Image:
    """Return ``image`` in other colours: hue, saturation, exposure, a cast of the light, swapped channels, now and then grey or burnt white."""
    if random.random() < 0.9:
        hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
        turn = random.integers(-90, 90) if random.random() < 0.2 else random.integers(-10, 11)
        ramp = np.arange(256, dtype=np.float32)
        exposure = random.uniform(1.4, 2.2) if random.random() < 0.06 else random.uniform(0.7, 1.25)  # now and then an arena strobe
        tables = [
            ((ramp + turn) % 180),
            np.clip(ramp * random.uniform(0.4, 1.5), 0, 255),
            np.clip(255 * (ramp / 255) ** math.exp(random.normal(0, 0.3)) * exposure, 0, 255),
        ]
        hsv = cv2.merge([cv2.LUT(channel, table.astype(np.uint8)) for channel, table in zip(cv2.split(hsv), tables, strict=True)])
        image = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR).astype(np.uint8, copy=False)
    if random.random() < 0.2:
        image = np.ascontiguousarray(image[..., random.permutation(3)])
    if random.random() < 0.3:  # a cast of the arena's light or the camera's white balance
        gain, lift = random.uniform(0.8, 1.2, 3), random.uniform(-15, 15)
        image = np.clip(image * gain.astype(np.float32) + np.float32(lift), 0, 255).astype(np.uint8)
    if random.random() < 0.08:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
    return image


def camera_look(image: Image, random: np.random.Generator) -> Image:
    """Return ``image`` as another camera would give it: blurred, smeared by a pan, over-sharpened, noisy, compressed."""
    dice = random.random()
    if dice < 0.15:
        image = cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.4)).astype(np.uint8, copy=False)
    elif dice < 0.3:  # a pan smears sideways
        length = int(random.integers(3, 10))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), random.uniform(-15, 15), 1)
        smear = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
        image = cv2.filter2D(image, -1, smear / max(float(smear.sum()), 1e-3)).astype(np.uint8, copy=False)
    elif dice < 0.4:  # over-sharpened transfer
        soft = cv2.GaussianBlur(image, (0, 0), 1.5)
        image = cv2.addWeighted(image, 1.8, soft, -0.8, 0).astype(np.uint8, copy=False)
    if random.random() < 0.2:
        noise = random.standard_normal(image.shape, np.float32) * random.uniform(2, 12)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if random.random() < 0.25:
        _, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 80))])
        image = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    return image


def _score_graphic(sample: Sample, random: np.random.Generator) -> Sample:
    """Paint a broadcast graphic with digits over a part of the picture: people behind it keep their boxes, small things it hides are gone."""
    height, width = sample.image.shape[:2]
    wide, high = random.integers(width // 8, width // 2), random.integers(height // 20, height // 8)
    left, top = random.integers(0, width - wide), random.integers(0, height - high)
    image, color = sample.image.copy(), random.integers(0, 256, 3).tolist()
    cv2.rectangle(image, (int(left), int(top)), (int(left + wide), int(top + high)), color, -1)
    ink, place = [255 - value for value in color], (int(left + 4), int(top + 0.8 * high))
    text = " ".join(str(n) for n in random.integers(0, 120, 4))
    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, high / 40, ink, max(1, int(high) // 14), cv2.LINE_AA)
    boxes = sample.boxes
    overlap = np.minimum(boxes[:, 2:4], (left + wide, top + high)) - np.maximum(boxes[:, :2], (left, top))
    hidden = np.prod(overlap.clip(0), 1) / np.maximum(np.prod(boxes[:, 2:4] - boxes[:, :2], 1), 1e-6)
    return Sample(image, boxes[hidden < 0.6], sample.ignored, sample.has_actions)


def augment(sample: Sample, size: int, zoom: tuple[float, float], random: np.random.Generator) -> Sample:
    """Return a new random look at ``sample`` as a (size, size, 3) picture with its boxes."""
    crop = random_crop(sample, size, zoom, random)
    if random.random() < 0.2:
        crop = _score_graphic(crop, random)
    image = camera_look(colours(crop.image, random), random)
    return Sample(image, crop.boxes, crop.ignored, crop.has_actions)
