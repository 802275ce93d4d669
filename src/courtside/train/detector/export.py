"""Writing the trained network as one ONNX file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from courtside.train.detector.network import DetectorNetwork, ExportedDetector
from courtside.train.quantise import quantise
from courtside.types import Image


def export(network: DetectorNetwork, path: Path, calibration: Sequence[Image] = ()) -> None:
    """Write ``network`` with its pre- and post-processing to ``path`` (aside first, then renamed); batch and picture size stay free.

    Args:
        network: what was trained.
        path: the ONNX file to write.
        calibration: some dozens of ordinary frames; with them the convolutions are quantised to 8 bits, without they stay in floating point.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        _write(network, plain)
        if calibration:
            quantise(plain, aside, [np.asarray(cv2.resize(image, (640, 640)), np.uint8) for image in calibration])
        else:
            aside.write_bytes(plain.read_bytes())
    aside.replace(path)


def _write(network: DetectorNetwork, path: Path) -> None:
    names = ["boxes", "scores", "class_ids"]
    torch.onnx.export(
        ExportedDetector(network).eval(),
        (torch.zeros(1, 640, 640, 3, dtype=torch.uint8),),
        str(path),
        input_names=["images"],
        output_names=names,
        dynamic_axes={"images": {0: "batch", 1: "height", 2: "width"}, **{name: {0: "batch"} for name in names}},
        opset_version=17,
        dynamo=False,
    )
