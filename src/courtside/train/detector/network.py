"""The network: the shared backbone and neck with one stride-4 head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from courtside.train.detector.targets import CHANNELS, SHAPE_OF_CHANNEL, SHAPES
from courtside.train.pyramid import N_FEATURES, Pyramid, conv
from courtside.types import BALL, NUMBER, PLAYER_CLASSES, REFEREE, RIM

_N_HEAT, _N_SIDES, _N_ACTIONS = len(CHANNELS), 4 * len(SHAPES), len(PLAYER_CLASSES)
N_OUTPUTS = _N_HEAT + _N_SIDES + _N_ACTIONS + 1
"""Per cell: heat, sides, action, ball in basket."""


class DetectorNetwork(Pyramid):
    """Picture -> per-cell outputs. Input (b, 3, h, w) 0-255 BGR with h and w multiples of 32; output (b, N_OUTPUTS, h/4, w/4) raw logits."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Sequential(conv(N_FEATURES, 56), nn.Conv2d(56, N_OUTPUTS, 1))
        bias = self.head[1].bias
        assert isinstance(bias, Tensor)
        with torch.no_grad():
            bias.zero_()
            bias[:_N_HEAT] = -4.0  # nearly every cell is background: start there (Lin et al. 2017, focal loss)
            bias[_N_HEAT : _N_HEAT + 4] = 3.0  # people are some cells wide, the rest is about one
            bias[_N_HEAT + 4 : _N_HEAT + _N_SIDES] = 1.0

    def forward(self, images: Tensor) -> Tensor:
        """Return the raw outputs."""
        return self.head(self.features(images))  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped


def split_outputs(raw: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Split raw outputs into heat logits (b, 5, h, w), sides in cells (b, 4, 4, h, w), action logits (b, 5, h, w) and basket logits (b, h, w)."""
    heat, sides, action, basket = torch.split(raw, [_N_HEAT, _N_SIDES, _N_ACTIONS, 1], 1)
    return heat, torch.unflatten(F.softplus(sides.float()), 1, (len(SHAPES), 4)), action, basket[:, 0]


def _with_neighbours(sides: Tensor, heat: Tensor) -> Tensor:
    """Return ``sides`` (b, 4, 4, h, w) with people's boxes averaged over the 3 x 3 cells around, weighted by ``heat`` (b, 5, h, w).

    Each of those cells was trained to give the same box, and their errors differ: half a point of AP at IoU 0.5, two at 0.7.
    """
    height, width = heat.shape[2], heat.shape[3]
    x, y = torch.arange(width, device=heat.device)[None, None], torch.arange(height, device=heat.device)[None, :, None]
    left, top, right, bottom = sides[:, 0].unbind(1)
    box = torch.stack([x - left, y - top, x + right, y + bottom], 1)
    weight = torch.maximum(heat[:, 0], heat[:, 1])[:, None]
    box = F.avg_pool2d(box * weight, 3, 1, 1) / F.avg_pool2d(weight, 3, 1, 1).clamp(min=1e-9)
    mean = torch.stack([x - box[:, 0], y - box[:, 1], box[:, 2] - x, box[:, 3] - y], 1)
    return torch.cat([mean[:, None], sides[:, 1:]], 1)


class ExportedDetector(nn.Module):
    """The network with what surrounds it at run time, so that the ONNX file takes plain pictures and gives boxes.

    Input (b, h, w, 3) uint8 BGR. Outputs, best first: boxes (b, k, 4) x1 y1 x2 y2 as shares (0-1) of the picture, scores (b, k) 0-1, class ids (b, k).
    """

    def __init__(self, network: DetectorNetwork, n_best: int = 150) -> None:
        super().__init__()
        self.network, self.n_best = network, n_best
        # class of each heat channel; players and balls are refined by their own outputs
        self.register_buffer("first_class", torch.tensor([PLAYER_CLASSES[0], REFEREE, BALL, NUMBER, RIM]))
        self.register_buffer("shape", torch.tensor(SHAPE_OF_CHANNEL))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return boxes, scores and class ids."""
        heat, sides, action, basket = split_outputs(self.network(images.permute(0, 3, 1, 2)))
        heat = torch.sigmoid(heat.float())
        sides = _with_neighbours(sides, heat)
        heat = heat * (F.max_pool2d(heat, 3, 1, 1) == heat)
        height, width = heat.shape[2], heat.shape[3]
        scores, order = heat.flatten(1).topk(self.n_best, 1)
        channel, cell = order // (height * width), order % (height * width)
        column, row = (cell % width).float() + 0.5, (cell // width).float() + 0.5
        # (b, 4, shapes * cells): one gather picks the right shape's sides
        flat = sides.transpose(1, 2).flatten(2)
        near = flat.gather(2, (self.shape[channel] * (height * width) + cell)[:, None].expand(-1, 4, -1))  # type: ignore[index]  # as below
        boxes = torch.stack(
            [(column - near[:, 0]) / width, (row - near[:, 1]) / height, (column + near[:, 2]) / width, (row + near[:, 3]) / height], 2
        ).clamp(0, 1)
        doing = action.flatten(2).argmax(1).gather(1, cell)
        made = (basket.flatten(1) > 0).long().gather(1, cell)
        first = self.first_class[channel]  # type: ignore[index]  # registered buffers are typed Tensor | Module
        class_ids = first + torch.where(channel == 0, doing, torch.where(channel == 2, made, torch.zeros_like(made)))
        return boxes, scores, class_ids
