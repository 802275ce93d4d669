from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import onnx
import torch
from onnx import helper, numpy_helper

from courtside.errors import DataError
from courtside.models.numbers import CANVAS
from courtside.train.numbers.network import NumberNetwork, load_trunk


def write_recogniser(network: NumberNetwork, path: Path, n_convolutions: int | None = None) -> None:
    """Write the trunk's convolutions as the recogniser's file holds them: each followed by an addition, its constants behind an identity."""
    nodes, constants = [], []
    convolutions = [module for module in network.trunk.modules() if isinstance(module, torch.nn.Conv2d)]
    for i, module in enumerate(convolutions[:n_convolutions]):
        weight, bias = module.weight.detach().numpy(), module.bias.detach().numpy().reshape(1, -1, 1, 1)
        constants += [numpy_helper.from_array(weight, f"w{i}"), numpy_helper.from_array(bias, f"b{i}")]
        nodes += [
            helper.make_node("Identity", [f"w{i}"], [f"weight{i}"]),
            helper.make_node("Conv", [f"x{i}", f"weight{i}"], [f"y{i}"]),
            helper.make_node("Identity", [f"y{i}"], [f"z{i}"]),
            helper.make_node("Add", [f"z{i}", f"b{i}"], [f"x{i + 1}"]),
        ]
    onnx.save(helper.make_model(helper.make_graph(nodes, "recogniser", [], [], constants)), path)


def test_the_trunk_starts_from_the_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    given, network = NumberNetwork().eval(), NumberNetwork().eval()
    write_recogniser(given, tmp_path / "recogniser.onnx")
    crops = torch.rand(2, 3, CANVAS[1], CANVAS[0])
    assert not torch.allclose(network.trunk(crops), given.trunk(crops))
    load_trunk(network, tmp_path / "recogniser.onnx")
    assert torch.allclose(network.trunk(crops), given.trunk(crops), atol=1e-6)


@pytest.mark.parametrize(("n_convolutions", "message"), [(0, "too few"), (5, "too few"), (None, "can't be read")])
def test_another_file_is_refused(tmp_path: Path, n_convolutions: int | None, message: str) -> None:
    path = tmp_path / "other.onnx"
    if n_convolutions is None:
        path.write_text("nothing of the kind")
    else:
        write_recogniser(NumberNetwork(), path, n_convolutions)
    with pytest.raises(DataError, match=message):
        load_trunk(NumberNetwork(), path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere"):
        load_trunk(NumberNetwork(), tmp_path / "nowhere.onnx")
