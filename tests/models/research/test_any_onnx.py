"""Detectors in ONNX files, by the shapes of their outputs: tiny graphs that give what they are told to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="needs the train extra")

import onnx

from courtside.errors import ModelError
from courtside.models.research.any_onnx import AnyOnnxDetector
from courtside.types import BALL, CLASSES, PLAYER, REFEREE, Image

WIDTH, HEIGHT = 64, 32
BOX, OTHER = (0.25, 0.25, 0.5, 0.75), (0.6, 0.1, 0.9, 0.9)  # x1 y1 x2 y2 as shares


def graph(path: Path, outputs: dict[str, np.ndarray], shape: tuple[Any, ...] = ("b", 3, HEIGHT, WIDTH), sizes: bool = False, names: str | None = None) -> str:
    """A model that gives ``outputs`` for each picture of the batch, plus 0 times its pixels, so that the batch's size comes from the input."""
    helper, kinds = onnx.helper, onnx.TensorProto
    kind = kinds.UINT8 if shape[-1] == 3 else kinds.FLOAT
    inputs = [helper.make_tensor_value_info("images", kind, shape)]
    nodes = [
        helper.make_node("Cast", ["images"], ["pixels"], to=kinds.FLOAT),
        helper.make_node("ReduceMean", ["pixels", "axes"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
    ]
    stored = [onnx.numpy_helper.from_array(np.array([1, 2, 3]), "axes"), onnx.numpy_helper.from_array(np.float32(0), "zero")]
    if sizes:
        inputs.append(helper.make_tensor_value_info("orig_target_sizes", kinds.INT64, ("b", 2)))
        nodes.append(helper.make_node("Cast", ["orig_target_sizes"], ["as_float"], to=kinds.FLOAT))
    results = []
    for name, value in outputs.items():
        of_sizes = sizes and name == "boxes"
        wide = np.concatenate([np.eye(2), np.eye(2)], 1).astype(np.float32)
        stored.append(onnx.numpy_helper.from_array(value.astype(np.float32)[None], f"{name}_value"))
        stored.append(onnx.numpy_helper.from_array(np.array([-1, *[1] * value.ndim]), f"{name}_shape"))
        nodes.append(helper.make_node("Reshape", ["nothing", f"{name}_shape"], [f"{name}_nothing"]))
        nodes.append(helper.make_node("Add", [f"{name}_value", f"{name}_nothing"], [f"{name}_sum"]))
        last = f"{name}_sum"
        if of_sizes:  # shares times the sizes it was told
            stored.append(onnx.numpy_helper.from_array(wide, "wide"))
            stored.append(onnx.numpy_helper.from_array(np.array([-1, 1, 4]), "sides_shape"))
            nodes.append(helper.make_node("MatMul", ["as_float", "wide"], ["sides_flat"]))
            nodes.append(helper.make_node("Reshape", ["sides_flat", "sides_shape"], ["sides"]))
            nodes.append(helper.make_node("Mul", [last, "sides"], ["scaled"]))
            last = "scaled"
        to = kinds.INT64 if name == "labels" and value.dtype.kind == "i" else kinds.FLOAT
        nodes.append(helper.make_node("Cast", [last], [name], to=to))
        results.append(helper.make_tensor_value_info(name, to, ("b", *value.shape)))
    model = helper.make_model(helper.make_graph(nodes, "g", inputs, results, stored), opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    if names:
        helper.set_model_props(model, {"names": names})
    onnx.save(model, path)
    return str(path)


def centred(box: tuple[float, ...]) -> list[float]:
    return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]]


def one_hot(n: int, *columns: int) -> np.ndarray:
    rows = np.full((len(columns), n), -9.0)
    rows[np.arange(len(columns)), list(columns)] = 2.2  # sigmoid: 0.9
    return rows


PIXELS = np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
CENTRES = np.array([centred(BOX), centred(OTHER)])
LISTED = {"boxes": np.array([BOX, OTHER]) * PIXELS, "scores": np.array([0.9, 0.8]), "labels": np.array([PLAYER, REFEREE])}
YOLO = np.concatenate([CENTRES * PIXELS, 1 / (1 + np.exp(-one_hot(10, PLAYER, REFEREE)))], 1)
FILLED = np.concatenate([YOLO, np.tile(YOLO[:1] * 0, (30, 1))])  # as long as real ones: more rows than columns
LAYOUTS: dict[str, dict[str, np.ndarray]] = {
    "boxes, scores, labels in pixels": LISTED,
    "boxes, scores, labels in shares": {**LISTED, "boxes": np.array([BOX, OTHER])},
    "DETR": {"pred_boxes": CENTRES, "logits": one_hot(10, PLAYER, REFEREE)},
    "DETR with nothing": {"dets": CENTRES, "labels": one_hot(11, PLAYER, REFEREE)},
    "YOLO": {"output0": FILLED.T},
    "YOLO without NMS": {"output0": np.concatenate([np.array([BOX, OTHER]) * PIXELS, [[0.9, PLAYER], [0.8, REFEREE]]], 1)},
}


@pytest.fixture(params=LAYOUTS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return graph(tmp_path / "model.onnx", LAYOUTS[request.param])


def test_every_layout(path: str, pictures: list[Image]) -> None:
    detector = AnyOnnxDetector(path, batch=2)
    assert detector.detect([]) == []
    before = [picture.copy() for picture in pictures]
    for found, picture in zip(detector.detect(pictures), pictures, strict=True):
        assert found.class_id is not None and found.confidence is not None
        assert sorted(found.class_id) == [PLAYER, REFEREE] and found.confidence.min() > 0.7
        height, width = picture.shape[:2]
        player = found.xyxy[list(found.class_id).index(PLAYER)]
        assert np.allclose(player, np.array(BOX) * [width, height, width, height], atol=0.05)
    assert all(np.array_equal(a, b) for a, b in zip(pictures, before, strict=True))


def test_batch_equals_one_by_one(path: str, pictures: list[Image]) -> None:
    together = AnyOnnxDetector(path, batch=3).detect(pictures)
    alone = [AnyOnnxDetector(path).detect([picture])[0] for picture in pictures]
    assert all(np.allclose(a.xyxy, b.xyxy) and np.array_equal(a.class_id, b.class_id) for a, b in zip(together, alone, strict=True))


@pytest.mark.parametrize("shape", [(1, 3, HEIGHT, WIDTH), (2, 3, HEIGHT, WIDTH), ("b", HEIGHT, WIDTH, 3), ("b", 3, "h", "w")])
def test_inputs(tmp_path: Path, shape: tuple[Any, ...], pictures: list[Image]) -> None:
    path = graph(tmp_path / "model.onnx", LAYOUTS["DETR"], shape)
    found = AnyOnnxDetector(path, batch=2, size=(WIDTH, HEIGHT)).detect(pictures)
    assert [sorted(one.class_id) for one in found if one.class_id is not None] == [[PLAYER, REFEREE]] * 3


def test_told_the_sizes_boxes_are_in_pixels_of_the_pictures(tmp_path: Path, pictures: list[Image]) -> None:
    outputs = {**LISTED, "boxes": np.array([BOX, OTHER])}
    found = AnyOnnxDetector(graph(tmp_path / "model.onnx", outputs, sizes=True)).detect(pictures)
    for one, picture in zip(found, pictures, strict=True):
        height, width = picture.shape[:2]
        assert np.allclose(one.xyxy[list(one.class_id).index(PLAYER)], np.array(BOX) * [width, height, width, height], atol=0.05)


def test_class_names_of_the_file(tmp_path: Path, pictures: list[Image]) -> None:
    columns = np.concatenate([CENTRES * PIXELS, [[0.9, 0, 0], [0, 0, 0.8]]], 1)
    outputs = {"output0": np.concatenate([columns, np.zeros((30, 7))]).T}
    path = graph(tmp_path / "model.onnx", outputs, names="{0: 'person', 1: 'dog', 2: 'sports ball'}")
    found = AnyOnnxDetector(path, classes={"person": "player", "sports ball": "ball"}).detect(pictures[:1])[0]
    assert found.class_id is not None and sorted(found.class_id) == [BALL, PLAYER]
    with pytest.raises(ModelError, match="none of its 3 classes is called player"):
        AnyOnnxDetector(path).detect(pictures)


def test_labels_beyond_ours(tmp_path: Path, pictures: list[Image]) -> None:
    path = graph(tmp_path / "model.onnx", {**LISTED, "labels": np.array([1, 37])})
    with pytest.raises(ModelError, match=f"gives label 37, but ours are {len(CLASSES)}; say which"):
        AnyOnnxDetector(path).detect(pictures)
    found = AnyOnnxDetector(path, classes={"1": "player"}).detect(pictures[:1])[0]
    assert found.class_id is not None and found.class_id.tolist() == [PLAYER]


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ({"output0": np.zeros(5)}, "expected boxes with scores and labels"),
        ({"boxes": np.zeros((2, 4))}, "expected boxes with scores and labels"),
        ({"pred_boxes": CENTRES, "logits": one_hot(7, 0, 1)}, "7 classes without names, ours are 10"),
    ],
)
def test_outputs_that_nobody_knows(tmp_path: Path, outputs: dict[str, np.ndarray], says: str, pictures: list[Image]) -> None:
    with pytest.raises(ModelError, match=says):
        AnyOnnxDetector(graph(tmp_path / "model.onnx", outputs)).detect(pictures)


def test_no_model_and_no_gpu(tmp_path: Path, pictures: list[Image]) -> None:
    import onnxruntime as ort

    with pytest.raises(ModelError, match=r"Set detector\.model"):
        AnyOnnxDetector().detect(pictures)
    with pytest.raises(ModelError, match="no such model file"):
        AnyOnnxDetector(str(tmp_path / "none.onnx")).detect(pictures)
    if "CUDAExecutionProvider" not in ort.get_available_providers():
        with pytest.raises(ModelError, match="onnxruntime-gpu"):
            AnyOnnxDetector(graph(tmp_path / "model.onnx", LISTED), device="cuda").detect(pictures)
