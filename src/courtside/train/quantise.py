"""Turning a network's convolutions into 8-bit integers: 2.5 times as fast on a CPU, a quarter of the size."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from courtside.types import Image

_FLOAT = ("/stem/", "/head/head.1/")
"""Convolutions that stay in floating point: the first sees raw pixels, the last gives coordinates."""


class _Frames:
    """What onnxruntime's calibration reads: one picture a call, None at the end."""

    def __init__(self, images: Sequence[Image]) -> None:
        self._images: Iterator[Image] = iter(images)

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        """Return the next input of the network."""
        image = next(self._images, None)
        return None if image is None else {"images": image[None]}


def quantise(plain: Path, target: Path, calibration: Sequence[Image]) -> None:
    """Write ``plain``, a ``Pyramid``'s ONNX file with an input "images", to ``target`` in 8 bits.

    ``calibration`` are some dozens of ordinary inputs, which show the range of the activations.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
        nodes = onnx.load(str(prepared)).graph.node
        # Additions inside the network join residuals; those outside it compute coordinates, which 8 bits would round to 1/255 of the picture.
        network = [n.name for n in nodes if n.name.startswith("/network/") and n.op_type in ("Conv", "Add") and not any(part in n.name for part in _FLOAT)]
        quantize_static(
            str(prepared),
            str(target),
            _Frames(calibration),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            nodes_to_quantize=network,
        )
