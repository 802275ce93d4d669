"""Writing the trained network as one ONNX file."""

from __future__ import annotations

from pathlib import Path

import torch

from courtside.models.numbers import CANVAS
from courtside.train.numbers.network import ExportedReader, NumberNetwork


def export(network: NumberNetwork, path: Path, temperatures: tuple[float, float] = (1.0, 1.0)) -> None:
    """Write ``network`` with its normalisation and softmax to ``path`` (aside first, then renamed); the batch size stays free."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    names = ["tens", "units", "state"]
    torch.onnx.export(
        ExportedReader(network, temperatures).eval(),
        (torch.zeros(1, CANVAS[1], CANVAS[0], 3, dtype=torch.uint8),),
        str(aside),
        input_names=["crops"],
        output_names=names,
        dynamic_axes={name: {0: "batch"} for name in ("crops", *names)},
        opset_version=17,
        dynamo=False,
    )
    aside.replace(path)
