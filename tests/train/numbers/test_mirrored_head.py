from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from onnx import TensorProto, helper

from courtside.errors import DataError
from courtside.models.mirrored import MirrorSense
from courtside.models.zoo import WEIGHTS
from courtside.train.numbers.mirrored import Head, export, fit_head, trunk_of

READER = WEIGHTS / "numbers.onnx"


def test_what_differs_from_its_mirror_image_is_told() -> None:
    random = np.random.default_rng(0)
    worn = random.normal(0, 1, (640, 8, 3, 11)).astype(np.float16)
    worn[:, 0, 1, 2] += 4
    head = fit_head(worn[:512], worn[:512, :, :, ::-1].copy() * np.array([-1] + [1] * 7, np.float16)[:, None, None])
    held_out = torch.from_numpy(worn[512:]).float()
    with torch.no_grad():
        told = head(held_out) > head(held_out.flip(3) * torch.tensor([-1.0] + [1.0] * 7)[:, None, None])
    assert told.float().mean() > 0.8


def test_trunk_and_head_in_one_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    head, trunk, crops = Head(torch.ones(1, 384, 1, 1)).eval(), trunk_of(READER), np.random.default_rng(0).integers(0, 255, (3, 48, 44, 3)).astype(np.uint8)
    export(trunk, head, tmp_path / "mirrored.onnx")
    seen = ort.InferenceSession(trunk.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"crops": crops})[0]
    with torch.no_grad():
        expected = head(torch.from_numpy(seen)).numpy()
    found = ort.InferenceSession(str(tmp_path / "mirrored.onnx"), providers=["CPUExecutionProvider"]).run(["logit"], {"crops": crops})[0]
    assert found == pytest.approx(expected, abs=1e-3)
    assert MirrorSense(tmp_path / "mirrored.onnx").log_odds(list(crops)).shape == (3,)


def test_another_network_is_refused(tmp_path: Path) -> None:
    value = helper.make_tensor_value_info("crops", TensorProto.FLOAT, [1])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1])
    onnx.save(helper.make_model(helper.make_graph([helper.make_node("Relu", ["crops"], ["out"])], "g", [value], [out])), tmp_path / "other.onnx")
    with pytest.raises(DataError, match="not a number reader"):
        trunk_of(tmp_path / "other.onnx")
