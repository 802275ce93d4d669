"""Writing the trained network as one ONNX file."""

from __future__ import annotations

from pathlib import Path

import torch

from courtside.train.detector.network import DetectorNetwork, ExportedDetector


def export(network: DetectorNetwork, path: Path) -> None:
    """Write ``network`` with its pre- and post-processing to ``path`` (aside first, then renamed); batch and picture size stay free."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    example = torch.zeros(1, 640, 640, 3, dtype=torch.uint8)
    torch.onnx.export(
        ExportedDetector(network).eval(),
        (example,),
        str(aside),
        input_names=["images"],
        output_names=["boxes", "scores", "class_ids"],
        dynamic_axes={"images": {0: "batch", 1: "height", 2: "width"}, "boxes": {0: "batch"}, "scores": {0: "batch"}, "class_ids": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    aside.replace(path)
