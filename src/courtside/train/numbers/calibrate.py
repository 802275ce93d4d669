"""Temperatures (Guo et al. 2017, "On Calibration of Modern Neural Networks"): one number a head that makes its probabilities honest, its choices unchanged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from courtside.models.numbers import PARTIAL, WHOLE, fit_crop
from courtside.train.numbers.data import NumberCrop, heads_of
from courtside.train.numbers.network import NumberNetwork
from courtside.train.numbers.validate import cut_off
from courtside.types import Image

_GRID = tuple(float(value) for value in np.geomspace(0.4, 4.0, 47))


def best_temperature(logits: Sequence[Tensor], classes: Sequence[Tensor]) -> float:
    """Return the temperature of a grid (0.4-4) under which the summed cross-entropy of (n, k) ``logits`` on (n,) ``classes`` is least; 1 without rows."""
    if not sum(len(rows) for rows in logits):
        return 1.0
    losses = [sum(float(F.cross_entropy(rows / value, wanted)) for rows, wanted in zip(logits, classes, strict=True) if len(rows)) for value in _GRID]
    return _GRID[int(np.argmin(losses))]


@torch.no_grad()
def calibrate(network: NumberNetwork, crops: Sequence[NumberCrop]) -> tuple[float, float]:
    """Return the temperatures of the digits and of the state on ``crops`` (as filed, all taken for whole) and on their ``cut_off`` versions (all partial)."""
    network.eval()

    def logits(images: Sequence[Image]) -> list[Tensor]:
        if not images:
            return [torch.zeros(0, 11), torch.zeros(0, 10), torch.zeros(0, 3)]
        parts = [network(torch.from_numpy(fit_crop(image)).permute(2, 0, 1)[None]) for image in images]
        return [torch.cat(column).float() for column in zip(*parts, strict=True)]

    tens, units, whole = logits([crop.raw for crop in crops])
    _, _, spoiled = logits(cut_off(crops))
    heads = torch.tensor([heads_of(crop.number) for crop in crops]).reshape(-1, 2)
    of_digits = best_temperature([tens, units], [heads[:, 0], heads[:, 1]])
    states = [torch.full((len(whole),), WHOLE), torch.full((len(spoiled),), PARTIAL)]
    return of_digits, best_temperature([whole, spoiled], states)
