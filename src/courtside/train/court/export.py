"""Writing the trained court network as one ONNX file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from courtside.models.court import CANVAS
from courtside.train.court.network import CourtNetwork, ExportedCourt
from courtside.train.quantise import quantise
from courtside.types import Image


def export(network: CourtNetwork, path: Path, calibration: Sequence[Image] = ()) -> None:
    """Write ``network`` with its pre- and post-processing to ``path`` (aside first, then renamed); the batch size stays free.

    Args:
        network: what was trained.
        path: the ONNX file to write.
        calibration: some dozens of ordinary inputs of the size of ``CANVAS``; with them the convolutions are quantised to 8 bits.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside, names = path.with_suffix(".part"), ["landmarks", "lines"]
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            ExportedCourt(network).eval(),
            (torch.zeros(1, CANVAS[1], CANVAS[0], 3, dtype=torch.uint8),),
            str(plain),
            input_names=["images"],
            output_names=names,
            dynamic_axes={name: {0: "batch"} for name in ("images", *names)},
            opset_version=17,
            dynamo=False,
        )
        if calibration:
            quantise(plain, aside, calibration)
        else:
            aside.write_bytes(plain.read_bytes())
    aside.replace(path)
