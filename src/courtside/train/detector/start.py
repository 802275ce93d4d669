"""Going on from an exported detector, the packaged one for example, of which there is no checkpoint.

The export folds each batch norm into its convolution and rounds weights to 8 bits. Both can be undone but for the rounding: the folded weights are the
network's with norms that do nothing, and once the norms are given the statistics of real pictures, with the scale and shift that undo them, it computes the
same and can be trained on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from courtside.errors import DataError
from courtside.train.detector.network import DetectorNetwork

if TYPE_CHECKING:
    import onnx


def load_exported(network: DetectorNetwork, path: Path) -> None:
    """Fill ``network`` with the weights of an ONNX file that ``export`` wrote, in 8 bits or not; its norms do nothing then (see ``spread``).

    Raises:
        DataError: the file is not there, no ONNX file, or another network's.
    """
    import onnx

    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf raises its own kinds, without a common ancestor
        raise DataError(f"{path}: can't be read as ONNX ({str(error).splitlines()[0]}); give a file that `courtside train detector` wrote") from error
    constants = _constants(graph)
    nodes = {node.name: node.input for node in graph.node if node.op_type == "Conv"}
    state = network.state_dict()
    try:
        for name, module in network.named_modules():
            if not isinstance(module, nn.Conv2d):
                continue
            _, weight, bias = nodes[_node(name)]
            norm = None if module.bias is not None else name.rpartition(".")[0] + ".1"
            _set(state, f"{name}.weight", constants[weight])
            _set(state, f"{norm or name}.bias", constants[bias])
            if norm:
                layer = network.get_submodule(norm)
                assert isinstance(layer, nn.BatchNorm2d)
                state[f"{norm}.weight"].fill_(1)
                state[f"{norm}.running_mean"].zero_()
                state[f"{norm}.running_var"].fill_(1 - layer.eps)
    except (KeyError, ValueError) as error:
        raise DataError(f"{path}: another network ({error}); give a file that `courtside train detector` wrote") from error


def _node(name: str) -> str:
    """Return what the export calls the convolution ``name``: a path of modules, where a number is written with the module that it is a part of."""
    parts: list[str] = []
    for part in name.split("."):
        parts.append(f"{parts[-1]}.{part}" if part.isdigit() else part)
    return "/".join(["/network", *parts, "Conv"])


def _constants(graph: onnx.GraphProto) -> dict[str, npt.NDArray[np.float32]]:
    from onnx import numpy_helper

    found = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in found:
            value, scale, zero = (found[name] for name in node.input)
            shape = (-1, *[1] * (value.ndim - 1)) if scale.ndim else ()
            found[node.output[0]] = ((value.astype(np.int64) - zero.astype(np.int64).reshape(shape)) * scale.reshape(shape)).astype(np.float32)
    return found


def _set(state: dict[str, Tensor], name: str, value: npt.NDArray[np.float32]) -> None:
    if state[name].shape != value.shape:
        raise ValueError(f"{name} is {tuple(state[name].shape)} here and {value.shape} there")
    state[name].copy_(torch.from_numpy(value.copy()))


@torch.no_grad()
def spread(network: DetectorNetwork, batches: Iterable[Tensor]) -> None:
    """Give each batch norm the statistics of its inputs over ``batches`` of pictures (b, 3, h, w), and the scale and shift with which nothing else changes."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    sums = {norm: torch.zeros(2, norm.num_features, dtype=torch.float64) for norm in norms}
    counts = dict.fromkeys(norms, 0)

    def watch(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm2d)
        x = inputs[0].double()
        sums[norm] += torch.stack([x.sum((0, 2, 3)), x.square().sum((0, 2, 3))])
        counts[norm] += x.numel() // x.shape[1]

    training = network.training
    network.eval()
    hooks = [norm.register_forward_pre_hook(watch) for norm in norms]
    for pictures in batches:
        network(pictures)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        first, second = sums[norm] / counts[norm]
        variance = (second - first.square()).clamp(min=1e-6)
        assert norm.running_mean is not None and norm.running_var is not None
        slope = norm.weight / (norm.running_var + norm.eps).sqrt()
        norm.bias.add_(slope * (first - norm.running_mean))
        norm.weight.copy_(slope * (variance + norm.eps).sqrt())
        norm.running_mean.copy_(first)
        norm.running_var.copy_(variance)
    network.train(training)
