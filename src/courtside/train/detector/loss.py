"""The loss: penalty-reduced focal loss on the heat maps, GIoU on the boxes, cross-entropy on what a player does."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from courtside.train.detector.network import split_outputs
from courtside.train.detector.targets import SHAPES

_CHANNEL_WEIGHT = (1.0, 1.0, 2.0, 1.5, 1.0)  # the ball is one in a frame and small, numbers are small
_SHAPE_WEIGHT = (3.0, 1.0, 1.0, 1.0)  # people's outstretched limbs make the hardest boxes
_ACTION_WEIGHT = (0.04, 1.0, 1.0, 1.5, 1.0)  # a plain player is 50 to 130 times as frequent as the others; with 0.3 nobody was ever anything else


def heat_loss(logits: Tensor, heat: Tensor, weight: Tensor) -> Tensor:
    """Penalty-reduced focal loss (CornerNet, Law & Deng 2018, eq. 1; alpha 2, beta 4), per positive. All tensors (b, 5, h, w)."""
    chance = torch.sigmoid(logits.float()).clamp(1e-4, 1 - 1e-4)
    channel = torch.tensor(_CHANNEL_WEIGHT)[None, :, None, None]
    positive = heat.ge(0.999).float()
    gain = torch.log(chance) * (1 - chance) ** 2 * positive + torch.log(1 - chance) * chance**2 * (1 - heat) ** 4 * (1 - positive)
    return -(gain * weight * channel).sum() / positive.sum().clamp(min=1)


def box_loss(sides: Tensor, wanted: Tensor) -> Tensor:
    """Mean 1 - GIoU (Rezatofighi et al. 2019) of boxes given as (n, 4) distances from a shared point."""
    inner, outer = torch.minimum(sides, wanted), torch.maximum(sides, wanted)
    area = (sides[:, 0] + sides[:, 2]) * (sides[:, 1] + sides[:, 3])
    wanted_area = (wanted[:, 0] + wanted[:, 2]) * (wanted[:, 1] + wanted[:, 3])
    overlap = (inner[:, 0] + inner[:, 2]).clamp(min=0) * (inner[:, 1] + inner[:, 3]).clamp(min=0)
    union = area + wanted_area - overlap + 1e-6
    hull = (outer[:, 0] + outer[:, 2]) * (outer[:, 1] + outer[:, 3]) + 1e-6
    return (1 - overlap / union + (hull - union) / hull).mean()


def detector_loss(raw: Tensor, heat: Tensor, weight: Tensor, sides: Tensor, positive: Tensor, action: Tensor, basket: Tensor) -> dict[str, Tensor]:
    """Return the parts of the loss by name; their sum is what to minimise."""
    heat_logits, near, action_logits, basket_logits = split_outputs(raw)
    parts = {"heat": heat_loss(heat_logits, heat, weight)}
    shapes = [shape for shape in range(len(SHAPES)) if positive[:, shape].any()]
    if shapes:
        losses = [box_loss(near[:, k].permute(0, 2, 3, 1)[positive[:, k]], sides[:, k].permute(0, 2, 3, 1)[positive[:, k]]) for k in shapes]
        parts["box"] = torch.stack([_SHAPE_WEIGHT[k] * loss for k, loss in zip(shapes, losses, strict=True)]).sum()
    if (action >= 0).any():
        parts["action"] = 0.3 * F.cross_entropy(action_logits.float(), action, torch.tensor(_ACTION_WEIGHT), ignore_index=-1)
    known = basket >= 0
    if known.any():
        parts["basket"] = 0.1 * F.binary_cross_entropy_with_logits(basket_logits.float()[known], basket[known].float())
    return parts
