"""Writing the trained network as one ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from courtside.models.numbers import CANVAS
from courtside.train.numbers.network import ExportedReader, NumberNetwork

if TYPE_CHECKING:
    import onnx

_LARGE = 1000  # numbers in a weight; below it nothing is saved


def export(network: NumberNetwork, path: Path, temperatures: tuple[float, float] = (1.0, 1.0)) -> None:
    """Write ``network`` with its normalisation and softmax to ``path`` (aside first, then renamed); the batch size stays free."""
    import onnx

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
    model = onnx.load(aside)
    _store_in_bytes(model.graph)
    onnx.save(model, aside)
    aside.replace(path)


def _store_in_bytes(graph: onnx.GraphProto) -> None:
    """Store each large weight as 8-bit integers with a scale per output channel.

    They are cast and multiplied back by plain nodes, which ONNX Runtime folds when it opens the file: a quarter of the size, the same float arithmetic.
    """
    from onnx import TensorProto, helper, numpy_helper

    stored, nodes = [], []
    for item in graph.initializer:
        weight = numpy_helper.to_array(item)
        if weight.dtype != np.float32 or weight.size < _LARGE:
            stored.append(item)
            continue
        scale = np.abs(weight).max(tuple(range(1, weight.ndim)), keepdims=True) / 127 + np.float32(1e-12)
        stored += [
            numpy_helper.from_array(np.round(weight / scale).astype(np.int8), f"{item.name}.bytes"),
            numpy_helper.from_array(scale.astype(np.float32), f"{item.name}.scale"),
        ]
        nodes += [
            helper.make_node("Cast", [f"{item.name}.bytes"], [f"{item.name}.float"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{item.name}.float", f"{item.name}.scale"], [item.name]),
        ]
    nodes += list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(stored)
    graph.node.extend(nodes)
