"""The network: the detector's backbone and neck, which know broadcasts of basketball, with a head of landmarks and lines."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from courtside.court import COURTS
from courtside.court.markings import landmarks
from courtside.train.pyramid import N_FEATURES, Pyramid, conv

N_LANDMARKS = len(landmarks(COURTS["nba"]))


class CourtNetwork(Pyramid):
    """Picture (b, 3, h, w) 0-255 BGR -> raw logits (b, N_LANDMARKS + 1, h/4, w/4), the lines' last."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Sequential(conv(N_FEATURES, 96), nn.Conv2d(96, N_LANDMARKS + 1, 1))
        bias = self.head[1].bias
        assert isinstance(bias, Tensor)
        nn.init.constant_(bias, -4.0)  # nearly every cell is background

    def forward(self, images: Tensor) -> Tensor:
        """Return the raw logits."""
        return self.head(self.features(images))  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped


def start_from_detector(network: CourtNetwork, checkpoint: Path) -> None:
    """Take the backbone and the neck from a detector's training checkpoint."""
    state = torch.load(checkpoint, weights_only=True)["average"]
    own = network.state_dict()
    network.load_state_dict({**own, **{name: value for name, value in state.items() if not name.startswith("head.")}})


def court_loss(raw: Tensor, heat: Tensor, paint: Tensor) -> dict[str, Tensor]:
    """Return the parts of the loss by name: penalty-reduced focal loss on the landmarks (Law & Deng 2018, eq. 1), cross-entropy and Dice on the lines."""
    logits = raw.float()
    chance = torch.sigmoid(logits[:, :-1]).clamp(1e-4, 1 - 1e-4)
    positive = heat.ge(0.8).float() * heat
    gain = torch.log(chance) * (1 - chance) ** 2 * positive + torch.log(1 - chance) * chance**2 * (1 - heat) ** 4
    lines = torch.sigmoid(logits[:, -1])
    dice = 1 - (2 * (lines * paint).sum() + 1) / ((lines**2).sum() + (paint**2).sum() + 1)
    weight = 1 + 3 * paint
    cross = (F.binary_cross_entropy_with_logits(logits[:, -1], paint, reduction="none") * weight).mean()
    return {"landmarks": -gain.sum() / positive.sum().clamp(min=1), "lines": dice + 2 * cross}


class ExportedCourt(nn.Module):
    """The network with what surrounds it at run time.

    Input (b, h, w, 3) uint8 BGR. Outputs: landmarks (b, N_LANDMARKS, 3), x and y as shares (0-1) of the picture and the confidence (0-1); lines
    (b, h/4, w/4) 0-1.
    """

    def __init__(self, network: CourtNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return landmarks and lines."""
        chance = torch.sigmoid(self.network(images.permute(0, 3, 1, 2)).float())
        heat, lines = chance[:, :-1], chance[:, -1]
        height, width = heat.shape[2], heat.shape[3]
        best, cell = heat.flatten(2).max(2)
        column, row = (cell % width).float(), (cell // width).float()
        # the centre of mass of the 5 x 5 cells around the peak
        x = torch.arange(width, device=heat.device)[None, None, None, :]
        y = torch.arange(height, device=heat.device)[None, None, :, None]
        near = heat * ((x - column[..., None, None]).abs() <= 2) * ((y - row[..., None, None]).abs() <= 2)
        mass = near.sum((2, 3)).clamp(min=1e-6)
        mean_x, mean_y = (near * x).sum((2, 3)) / mass, (near * y).sum((2, 3)) / mass
        return torch.stack([(mean_x + 0.5) / width, (mean_y + 0.5) / height, best], 2), lines
