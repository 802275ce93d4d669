"""What a kit looks like to SigLIP, as in the notebook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.models.research.batches import Batches
from courtside.models.research.pictures import HALF, Preparation, preparation
from courtside.models.research.placement import Placement, whole
from courtside.types import Image

_BICUBIC = 3


class SiglipEncoder:
    """``AppearanceEncoder`` of the mean of SigLIP's last hidden states, as the notebook's team classifier takes it: (n, 768) for the default model.

    Args:
        model: a folder with config.json and weights, or an id on the Hugging Face hub.
        batch: crops per call of the network at first.
        device: see ``Placement``, as ``precision`` and ``offline``.
        precision: see ``Placement``.
        offline: see ``Placement``.
    """

    def __init__(self, model: str | None = None, batch: int = 32, device: str = "auto", precision: str = "auto", offline: bool = False) -> None:
        self.model = model or "google/siglip-base-patch16-224"
        self._placement, self._batches = Placement(device, precision, offline), Batches(batch, self.model)

    @cached_property
    def _network(self) -> Any:
        device = self._placement.torch_device()

        def load(source: str, **options: Any) -> Any:
            from transformers import SiglipVisionModel

            return whole(SiglipVisionModel.from_pretrained(source, output_loading_info=True, **options), source)

        return self._placement.load(self.model, "appearance.model", load, ("siglip", "siglip_vision_model")).eval().to(device)

    @cached_property
    def _prepare(self) -> Preparation:
        side = int(self._network.config.image_size)
        default = Preparation((side, side), None, *HALF, _BICUBIC)
        return preparation(self._placement.document(self.model, "preprocessor_config.json"), default, (side, side))

    def encode(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """See ``AppearanceEncoder.encode``."""
        vectors = self._batches.run(crops, self._encode)
        return np.stack(vectors) if vectors else np.zeros((0, self._network.config.hidden_size), np.float32)

    def _encode(self, crops: Sequence[Image]) -> list[npt.NDArray[np.float32]]:
        import torch

        batch = torch.from_numpy(np.stack([self._prepare(crop) for crop in crops])).to(self._placement.torch_device())
        with self._placement.running():
            hidden = self._network(pixel_values=batch).last_hidden_state
        return list(hidden.float().mean(1).cpu().numpy())
