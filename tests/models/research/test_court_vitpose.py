"""ViTPose for courts, with a tiny model of its real class."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the research extra")
pytest.importorskip("transformers", reason="needs the research extra")

import tiny_models as tiny
from courtside.errors import ModelError
from courtside.models import zoo
from courtside.models.research.court_landmarks import LANDMARKS, VERTICES
from courtside.models.research.court_vitpose import VitPoseCourt
from courtside.types import CourtModel, Image


def vitpose(folder: Path, n_points: int = 33, n_experts: int = 1, simple: bool = True) -> Path:
    import torch
    from transformers import VitPoseBackboneConfig, VitPoseConfig, VitPoseForPoseEstimation

    torch.manual_seed(0)
    backbone = VitPoseBackboneConfig(
        image_size=[32, 64],
        patch_size=[8, 8],
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        mlp_ratio=2,
        num_experts=n_experts,
        part_features=4,
        out_indices=[1],
    )
    config = VitPoseConfig(backbone_config=backbone, use_simple_decoder=simple, **tiny.labelled({i: f"LABEL_{i}" for i in range(n_points)}))
    VitPoseForPoseEstimation(config).save_pretrained(folder)
    return folder


def model_of(folder: Path, **options: Any) -> VitPoseCourt:
    return VitPoseCourt(str(folder), device="cpu", **options)


MODELS: dict[str, dict[str, Any]] = {"simple": {}, "classic": {"simple": False}, "experts": {"n_experts": 2}}


@pytest.fixture(scope="module", params=MODELS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vitpose(tmp_path_factory.mktemp("model"), **MODELS[request.param])


def test_what_comes_out(folder: Path, pictures: list[Image]) -> None:
    model: CourtModel = model_of(folder)
    assert model.see([]) == []
    before = [picture.copy() for picture in pictures]
    seen = model.see(pictures)
    assert len(seen) == 3
    for pixels, confidence, paint in seen:
        assert pixels.shape == (37, 2) and confidence.shape == (37,) and paint.shape == (0, 2)
        assert pixels.dtype == confidence.dtype == np.float32 and ((confidence >= 0) & (confidence <= 1)).all()
        assert {LANDMARKS[i] for i in np.flatnonzero(confidence)} <= set(VERTICES)
    assert all(np.array_equal(a, b) for a, b in zip(pictures, before, strict=True))


def test_batch_equals_one_by_one(folder: Path, pictures: list[Image]) -> None:
    model = model_of(folder)
    together, alone = model.see(pictures), [model_of(folder).see([picture])[0] for picture in pictures]
    for (pixels, sure, _), (other, also, _) in zip(together, alone, strict=True):
        assert np.allclose(sure, also, atol=1e-5) and np.allclose(pixels[sure > 1e-3], other[sure > 1e-3], atol=0.05)


@pytest.mark.parametrize("size", [(160, 90), (90, 160), (64, 32)])
def test_points_are_put_back_where_they_were(tmp_path: Path, size: tuple[int, int]) -> None:
    """A stand-in for a network finds a bright spot in what it is shown; it must come out where it is in the picture."""
    import torch

    model = model_of(vitpose(tmp_path))
    config = types.SimpleNamespace(id2label=dict.fromkeys(range(33), "LABEL_0"), backbone_config=types.SimpleNamespace(image_size=[128, 256], num_experts=1))

    def brightness(pixels: Any) -> Any:
        shade = torch.nn.functional.avg_pool2d(pixels.mean(1, keepdim=True), 4)
        return types.SimpleNamespace(heatmaps=((shade - shade.amin()) / (shade.amax() - shade.amin())).expand(-1, 33, -1, -1).contiguous())

    brightness.config = config  # type: ignore[attr-defined]  # a function that stands for a network
    model.__dict__["_network"] = brightness
    where = np.array([size[0] * 0.7, size[1] * 0.3])
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    spot = np.exp(-((x - where[0]) ** 2 + (y - where[1]) ** 2) / (2 * 4**2))
    (pixels, confidence, _) = model.see([np.repeat((255 * spot)[..., None], 3, 2).astype(np.uint8)])[0]
    assert confidence.max() > 0.9 and np.abs(pixels[confidence > 0] - where).max() < 1.5


def test_the_preparation_beside_the_model_is_kept_to(tmp_path: Path, pictures: list[Image]) -> None:
    plain = model_of(vitpose(tmp_path)).see(pictures)[0][1]
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0, 0, 0], "image_std": [1, 1, 1], "size": {"height": 32, "width": 64}}))
    assert not np.allclose(model_of(tmp_path).see(pictures)[0][1], plain)


def test_a_map(tmp_path: Path, pictures: list[Image]) -> None:
    folder = vitpose(tmp_path, n_points=6)
    with pytest.raises(ModelError, match="6 points without names"):
        model_of(folder).see(pictures)
    named = {str(i): LANDMARKS[i + 3] for i in range(5)}
    assert set(np.flatnonzero(model_of(folder, landmarks=named).see(pictures)[0][1])) <= set(range(3, 8))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (None, "Set court.model to a folder or to an id"),
        ("no such thing", "no such folder, and no id on the Hugging Face hub"),
        ("someone/court-vitpose", r"is not among what was downloaded before, and compute.offline is on; `hf download .* set court.model=FOLDER"),
    ],
)
def test_what_is_missing(model: str | None, says: str, pictures: list[Image]) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        VitPoseCourt(model, device="cpu", offline=True).see(pictures)
    assert "\n" not in str(caught.value)


def test_another_kind_of_model(tmp_path: Path, pictures: list[Image]) -> None:
    with pytest.raises(ModelError, match=r"is a model of type 'yolos'; court\.model must be one of vitpose"):
        model_of(tiny.yolos(tmp_path)).see(pictures)


def test_weights_that_are_not_there_are_not_made_up(tmp_path: Path, pictures: list[Image]) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(vitpose(tmp_path) / "model.safetensors")
    weights.pop(next(name for name in weights if name.startswith("head")))
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="lack 1 of the model's weights"):
        model_of(tmp_path).see(pictures)


def test_it_is_in_the_zoo() -> None:
    assert isinstance(zoo.create("court", "vitpose", model="x", device="cpu", precision="auto", offline=True), VitPoseCourt)
