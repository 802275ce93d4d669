"""Any detector of transformers, with tiny models of its real classes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the research extra")
pytest.importorskip("transformers", reason="needs the research extra")

import tiny_models as tiny
from courtside.errors import ModelError
from courtside.models.research.hub_detector import HubDetector, corners
from courtside.models.research.rfdetr import RfDetrDetector
from courtside.types import CLASSES, PLAYER, Image

Make = Callable[[Path], Path]
SQUARE: dict[str, object] = {"size": {"height": 64, "width": 96}, "do_normalize": False}
EDGES: dict[str, object] = {"size": {"shortest_edge": 48, "longest_edge": 96}}

MODELS = {
    "rf-detr": tiny.rf_detr,
    "yolos": tiny.yolos,
    "yolos, squares": lambda folder: tiny.yolos(folder, preparation=SQUARE),
    "yolos, aspect kept": lambda folder: tiny.yolos(folder, preparation=EDGES),
}


@pytest.fixture(scope="module", params=MODELS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return MODELS[request.param](tmp_path_factory.mktemp("model"))


def detector(folder: Path, **options: object) -> HubDetector:
    return HubDetector(str(folder), confidence=0.001, device="cpu", **options)  # type: ignore[arg-type]  # any of its options


def test_no_pictures(folder: Path) -> None:
    assert detector(folder).detect([]) == []


def test_what_comes_out(folder: Path, pictures: list[Image]) -> None:
    before = [picture.copy() for picture in pictures]
    found = detector(folder).detect(pictures)
    assert len(found) == 3
    for one, picture in zip(found, pictures, strict=True):
        assert one.confidence is not None and one.class_id is not None
        assert len(one) > 0 and one.xyxy.shape == (len(one), 4) and one.xyxy.dtype == np.float32
        assert one.confidence.dtype == np.float32 and ((one.confidence >= 0.001) & (one.confidence <= 1)).all()
        assert ((one.class_id >= 0) & (one.class_id < len(CLASSES))).all()
        assert (one.xyxy >= 0).all() and (one.xyxy <= (*picture.shape[1::-1], *picture.shape[1::-1])).all()
    assert all(np.array_equal(a, b) for a, b in zip(pictures, before, strict=True))


def test_batch_equals_one_by_one(folder: Path, pictures: list[Image]) -> None:
    together = detector(folder).detect(pictures)
    alone = [detector(folder, batch=1).detect([picture])[0] for picture in pictures]
    for one, other in zip(together, alone, strict=True):
        assert len(one) == len(other)
        assert np.allclose(np.sort(one.confidence), np.sort(other.confidence), atol=1e-4)
        assert np.allclose(np.sort(one.xyxy, 0), np.sort(other.xyxy, 0), atol=0.05)


def test_confidence_is_kept_to(folder: Path, pictures: list[Image]) -> None:
    assert all(len(found) == 0 for found in HubDetector(str(folder), confidence=1.0, device="cpu").detect(pictures))


def test_half_precision_is_near(folder: Path, pictures: list[Image]) -> None:
    single, half = (detector(folder, precision=precision).detect(pictures[:1])[0] for precision in ("fp32", "bf16"))
    assert single.confidence is not None and half.confidence is not None
    assert abs(single.confidence.max() - half.confidence.max()) < 0.05


def test_a_class_map(tmp_path: Path, pictures: list[Image]) -> None:
    folder = tiny.yolos(tmp_path, {0: "person", 1: "sports ball", 2: "dog"})
    found = detector(folder, classes={"person": "player"}).detect(pictures)[0]
    assert found.class_id is not None and set(found.class_id) == {PLAYER}
    with pytest.raises(ModelError, match=r"none of its 3 classes is called player \(it has person, sports ball, dog\)"):
        detector(folder).detect(pictures)
    with pytest.raises(ModelError, match=r"no class 'persons' \(did you mean 'person'\?\)"):
        detector(folder, classes={"persons": "player"}).detect(pictures)


def test_a_checkpoint_of_another_class_count(tmp_path: Path, pictures: list[Image]) -> None:
    folder = tiny.yolos(tmp_path, {i: f"LABEL_{i}" for i in range(7)})
    with pytest.raises(ModelError, match="7 classes without names, ours are 10"):
        detector(folder).detect(pictures)


def test_rfdetr_takes_a_folder(tmp_path: Path, pictures: list[Image]) -> None:
    folder = str(tiny.rf_detr(tmp_path))
    here = RfDetrDetector(folder, confidence=0.001, device="cpu").detect(pictures[:1])[0]
    assert np.allclose(here.xyxy, HubDetector(folder, confidence=0.001, device="cpu").detect(pictures[:1])[0].xyxy)


def test_weights_that_are_not_there_are_not_made_up(tmp_path: Path, pictures: list[Image]) -> None:
    folder = tiny.rf_detr(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "decoder_layers": 2}))
    with pytest.raises(ModelError, match=r"its files lack .* of the model's weights"):
        detector(folder).detect(pictures)
    (folder / "config.json").write_text(json.dumps({**config, **tiny.labelled({i: f"thing {i}" for i in range(20)})}))
    with pytest.raises(ModelError, match="can't be loaded"):
        detector(folder).detect(pictures)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (None, r"Set detector\.model"),
        ("no/such/folder", "no such folder, and no id"),
        ("nobody/no-such-model", r"compute\.offline is on; `hf download nobody/no-such-model .*set detector\.model=FOLDER"),
    ],
)
def test_a_model_that_is_not_there(model: str | None, says: str, pictures: list[Image]) -> None:
    with pytest.raises(ModelError, match=says):
        HubDetector(model, device="cpu", offline=True).detect(pictures)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, r"no config\.json in this folder"),
        ({"config.json": json.dumps({"model_type": "rf_detr"})}, "can't be loaded"),  # no weights
        ({"config.json": "{"}, "can't be loaded"),
        ({"config.json": json.dumps({"model_type": "bert"})}, "can't be loaded"),
    ],
)
def test_a_folder_that_is_no_detector(tmp_path: Path, files: dict[str, str], says: str, pictures: list[Image]) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ModelError, match=says) as caught:
        detector(tmp_path).detect(pictures)
    assert "\n" not in str(caught.value)


def test_a_file_is_not_a_folder(tmp_path: Path, pictures: list[Image]) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match=r"is a file; detector\.model is a folder"):
        detector(tmp_path / "model.safetensors").detect(pictures)


def test_a_gpu_that_is_not_there(tmp_path: Path, pictures: list[Image]) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(ModelError, match=r"compute\.device=cuda: this torch sees no such device here \(it sees cpu|mps"):
        HubDetector(str(tiny.yolos(tmp_path)), device="cuda").detect(pictures)


def test_corners_stay_inside() -> None:
    assert np.allclose(corners(np.array([[0.5, 0.5, 0.2, 0.4], [0.0, 1.0, 0.2, 0.2]], np.float32)), [[0.4, 0.3, 0.6, 0.7], [0, 0.9, 0.1, 1]])
