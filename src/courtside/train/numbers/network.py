"""The network: the convolutional trunk of an open text recogniser with three heads of our own; a crop costs it about 117 million multiply-adds.

The trunk is that of PP-OCRv6's small recogniser (PaddleOCR, Apache-2.0) but for its last block, with the batch norms folded into the convolutions, so that
``load_trunk`` can start it from the published ONNX file: what letters look like need not be learnt from nine thousand crops.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from courtside.errors import DataError
from courtside.models.numbers import CANVAS

_STAGES = ((96, (True, False, False)), (192, (True, False, True, False, True, False)), (384, (True,)))
"""Channels of each stage, and for each of its blocks whether it squeezes; between two stages the height is halved."""


class _Squeeze(nn.Module):
    """Squeeze and excitation: weigh the channels by what the whole picture holds."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(n, n // 4, 1), nn.Conv2d(n // 4, n, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * F.hardsigmoid(self.up(F.relu(self.down(x.mean((2, 3), keepdim=True)))))


class _Block(nn.Module):
    """Mix along the plane (depthwise), then along the channels."""

    def __init__(self, n_in: int, n_out: int, squeeze: bool) -> None:
        super().__init__()
        self.same = n_in == n_out
        self.plane = nn.Conv2d(n_in, n_in, 3, 1 if self.same else (2, 1), 1, groups=n_in)
        self.squeeze = _Squeeze(n_in) if squeeze else nn.Identity()
        self.widen, self.narrow = nn.Conv2d(n_in, 2 * n_in, 1), nn.Conv2d(2 * n_in, n_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze(self.plane(x))
        mixed: Tensor = self.narrow(F.gelu(self.widen(x)))
        return x + mixed if self.same else mixed


class _Trunk(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        width = _STAGES[0][0]
        self.first = nn.Conv2d(3, 48, 3, 2, 1)
        self.fine, self.fine2 = nn.Conv2d(48, 24, 2, padding=1), nn.Conv2d(24, 48, 2, padding=1)
        self.join, self.widen = nn.Conv2d(96, 48, 3, 2, 1), nn.Conv2d(48, width, 1)
        blocks = []
        for n, squeezes in _STAGES:
            if n != width:
                blocks.append(_Block(width, n, squeeze=False))
                width = n
            blocks += [_Block(n, n, squeeze) for squeeze in squeezes]
        self.blocks = nn.Sequential(*blocks)
        self.n_out = width

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first(x))
        # windows of 2 x 2 are padded at the far sides alone: the first row and column of what padding all around gives are cut away
        fine = F.relu(self.fine2(F.relu(self.fine(x))[:, :, 1:, 1:]))[:, :, 1:, 1:]
        x = torch.cat([F.max_pool2d(x, 2, 1, 1)[:, :, 1:, 1:], fine], 1)
        out: Tensor = self.blocks(F.relu(self.widen(F.relu(self.join(x)))))
        return out


class NumberNetwork(nn.Module):
    """Crop -> logits of tens (b, 11), units (b, 10) and state (b, 3). Input (b, 3, 48, 44) 0-255 BGR."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = _Trunk()
        self.neck = nn.Sequential(nn.Conv2d(self.trunk.n_out, 64, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True))
        cells = (CANVAS[1] // 16) * (CANVAS[0] // 4)
        # Where a digit stands is what tells tens from units, so the map is flattened, not pooled.
        self.join = nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(64 * cells, 192), nn.ReLU(inplace=True), nn.Dropout(0.3))
        self.tens, self.units, self.state = nn.Linear(192, 11), nn.Linear(192, 10), nn.Linear(192, 3)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits."""
        x = self.join(self.neck(self.trunk(crops.float() / 127.5 - 1)))
        return self.tens(x), self.units(x), self.state(x)


def load_trunk(network: NumberNetwork, path: Path) -> None:
    """Start the trunk from the recogniser's ONNX file (``PP-OCRv6_rec_small.onnx``, in rapidocr's wheel): its convolutions, in order, and their biases.

    Raises:
        DataError: the file is not there, no ONNX file, or another network's.
    """
    import onnx
    from onnx import numpy_helper

    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf raises its own kinds, without a common ancestor
        raise DataError(f"{path}: can't be read as ONNX ({str(error).splitlines()[0]}); give PP-OCRv6_rec_small.onnx out of rapidocr's wheel") from error
    constants = {item.name: item for item in graph.initializer}
    renamed = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity"}

    def constant(name: str) -> Tensor:
        while name in renamed:
            name = renamed[name]
        return torch.from_numpy(numpy_helper.to_array(constants[name]).copy())

    convolutions = [module for module in network.trunk.modules() if isinstance(module, nn.Conv2d)]
    given = [node for node in graph.node if node.op_type == "Conv"]
    biases = {renamed.get(node.input[0], node.input[0]): node.input[1] for node in graph.node if node.op_type == "Add"}
    try:
        for module, node in zip(convolutions, given, strict=False):
            weight, bias = constant(node.input[1]), constant(biases[node.output[0]]).flatten()
            if module.bias is None or weight.shape != module.weight.shape or bias.shape != module.bias.shape:
                raise KeyError(node.name)
            module.weight.data, module.bias.data = weight.contiguous(), bias.contiguous()
        if len(given) < len(convolutions):
            raise KeyError("too few convolutions")
    except KeyError as error:
        raise DataError(f"{path}: another network ({error.args[0]} does not fit); give PP-OCRv6_rec_small.onnx out of rapidocr's wheel") from error


class ExportedReader(nn.Module):
    """The network with what surrounds it at run time. Input (b, 48, 44, 3) uint8 BGR; outputs probabilities (b, 11), (b, 10), (b, 3).

    ``temperatures`` divide the logits of the digits and of the state, so that the probabilities can be taken at their word.
    """

    def __init__(self, network: NumberNetwork, temperatures: tuple[float, float] = (1.0, 1.0)) -> None:
        super().__init__()
        self.network, self.temperatures = network, temperatures

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the probabilities."""
        tens, units, state = self.network(crops.permute(0, 3, 1, 2))
        of_digits, of_state = self.temperatures
        return (tens.float() / of_digits).softmax(1), (units.float() / of_digits).softmax(1), (state.float() / of_state).softmax(1)
