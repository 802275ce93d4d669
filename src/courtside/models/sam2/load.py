"""Find and load a SAM2 or EdgeTAM video model; nothing is downloaded before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.errors import ModelError
from courtside.models.research.batches import is_out_of_memory
from courtside.models.research.placement import Placement

HUB: Mapping[str, str] = {
    "tiny": "facebook/sam2.1-hiera-tiny",
    "small": "facebook/sam2.1-hiera-small",
    "base+": "facebook/sam2.1-hiera-base-plus",
    "large": "facebook/sam2.1-hiera-large",
    "edgetam": "yonigozlan/EdgeTAM-hf",
}
"""Short names of models on the hub; code and weights of all are Apache-2.0."""

_CLASSES = {"sam2_video": "Sam2VideoModel", "edgetam_video": "EdgeTamVideoModel"}


def load(model: str, placement: Placement) -> Any:
    """Load a model for inference and put it where ``placement`` says.

    Args:
        model: a name in ``HUB``, any hub id, or a folder as transformers saves models.
        placement: where it runs.

    Raises:
        ModelError: torch or transformers is missing, the model can't be had, is of another kind, or does not fit.
    """
    device = placement.torch_device()

    def read(source: str, **options: Any) -> Any:
        import transformers

        config = transformers.AutoConfig.from_pretrained(source, **options)
        if config.model_type not in _CLASSES:
            raise ModelError(f"{source}: is a {config.model_type} model; tracker.model takes SAM2 or EdgeTAM video models ({', '.join(HUB)})")
        return getattr(transformers, _CLASSES[config.model_type]).from_pretrained(source, config=config, **options)

    network = placement.load(HUB.get(model, model), "tracker.model", read).eval()
    try:
        return network.to(device)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise ModelError(f"{model}: does not fit into the memory of {device}; use a smaller model (tracker.model=tiny) or compute.device=cpu") from error
