"""What the network should say about a picture: centre heat maps (CenterNet, Zhou et al. 2019, "Objects as Points") and distances to the box's sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.train.detector.data import Boxes, Sample
from courtside.types import BALL, BALL_IN_BASKET, NUMBER, PLAYER_CLASSES, REFEREE, RIM

STRIDE = 4
CHANNELS = ("player", "referee", "ball", "number", "rim")
"""Heat-map channels. What a player does, and whether the ball is in the basket, are told apart at the peaks only."""

SHAPES = ("person", "ball", "number", "rim")
"""Kinds of box, each with its own sides: a number lies in the middle of a player, so one cell must be able to speak of both."""

SHAPE_OF_CHANNEL = (0, 0, 1, 2, 3)

CHANNEL_OF_CLASS = {BALL: 2, BALL_IN_BASKET: 2, NUMBER: 3, REFEREE: 1, RIM: 4, **dict.fromkeys(PLAYER_CLASSES, 0)}

_SPREAD = 0.12  # standard deviation of a peak as a share of the box's side
_LEAST_SPREAD = 0.6  # in cells


@dataclass(frozen=True)
class Targets:
    """For a picture of (h, w) cells of ``STRIDE`` pixels.

    heat (5, h, w) in 0-1; weight (5, h, w), 0 where nothing is known; sides (4, 4, h, w): per shape the left, top, right, bottom distances in
    cells; positive (4, h, w) bool, where a shape's sides are known; action (h, w) and basket (h, w): class index or -1 where not labelled.
    """

    heat: npt.NDArray[np.float32]
    weight: npt.NDArray[np.float32]
    sides: npt.NDArray[np.float32]
    positive: npt.NDArray[np.bool_]
    action: npt.NDArray[np.int64]
    basket: npt.NDArray[np.int64]


def _blank(weight: npt.NDArray[np.float32], region: Boxes) -> None:
    height, width = weight.shape
    x1, y1, x2, y2 = region / STRIDE
    weight[max(0, int(y1)) : min(height, int(y2) + 1), max(0, int(x1)) : min(width, int(x2) + 1)] = 0


def render_targets(sample: Sample) -> Targets:
    """Draw the targets of ``sample``; where boxes share a cell the smaller one has it, for it is what the larger one would hide."""
    height, width = (side // STRIDE for side in sample.image.shape[:2])
    heat = np.zeros((len(CHANNELS), height, width), np.float32)
    weight = np.ones_like(heat)
    sides = np.zeros((len(SHAPES), 4, height, width), np.float32)
    positive = np.zeros((len(SHAPES), height, width), np.bool_)
    action = np.full((height, width), -1, np.int64)
    basket = np.full((height, width), -1, np.int64)
    for region in sample.ignored:
        _blank(weight[CHANNEL_OF_CLASS[int(region[4])]], region[:4])
    boxes = sample.boxes
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for x1, y1, x2, y2, kind in boxes[np.argsort(-areas)]:
        class_id, channel = int(kind), CHANNEL_OF_CLASS[int(kind)]
        x1, y1, x2, y2 = x1 / STRIDE, y1 / STRIDE, x2 / STRIDE, y2 / STRIDE
        column, row = min(int((x1 + x2) / 2), width - 1), min(int((y1 + y2) / 2), height - 1)
        spread_x, spread_y = max(_LEAST_SPREAD, (x2 - x1) * _SPREAD), max(_LEAST_SPREAD, (y2 - y1) * _SPREAD)
        left, right = max(0, int(column - 3 * spread_x)), min(width, int(column + 3 * spread_x) + 2)
        top, bottom = max(0, int(row - 3 * spread_y)), min(height, int(row + 3 * spread_y) + 2)
        bell_x = np.exp(-((np.arange(left, right) - column) ** 2) / (2 * spread_x**2))
        bell_y = np.exp(-((np.arange(top, bottom) - row) ** 2) / (2 * spread_y**2))
        window = heat[channel, top:bottom, left:right]
        np.maximum(window, np.outer(bell_y, bell_x), out=window)
        weight[channel, row, column] = 1
        core = 1 if min(x2 - x1, y2 - y1) > 4 else 0
        rows, columns = np.mgrid[max(0, row - core) : min(height, row + core + 1), max(0, column - core) : min(width, column + core + 1)]
        shape = SHAPE_OF_CHANNEL[channel]
        sides[shape, :, rows, columns] = np.stack([columns + 0.5 - x1, rows + 0.5 - y1, x2 - columns - 0.5, y2 - rows - 0.5], -1)
        positive[shape, rows, columns] = True
        if shape == 0:
            action[rows, columns] = PLAYER_CLASSES.index(class_id) if sample.has_actions and class_id in PLAYER_CLASSES else -1
        elif shape == 1:
            basket[rows, columns] = int(class_id == BALL_IN_BASKET) if sample.has_actions else -1
    return Targets(heat, weight, sides, positive, action, basket)
