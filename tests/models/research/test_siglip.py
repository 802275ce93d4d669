"""SigLIP's look at kits, with a tiny model of the real class."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the research extra")
pytest.importorskip("transformers", reason="needs the research extra")

import torch

import tiny_models as tiny
from courtside.errors import ModelError
from courtside.models.research.siglip import SiglipEncoder
from courtside.types import Image


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny.siglip(tmp_path_factory.mktemp("siglip")))


def test_empty_and_shapes(folder: str, pictures: list[Image]) -> None:
    encoder = SiglipEncoder(folder, device="cpu")
    assert encoder.encode([]).shape == (0, 16)
    before = [picture.copy() for picture in pictures]
    vectors = encoder.encode([*pictures, np.zeros((1, 1, 3), np.uint8)])
    assert vectors.shape == (4, 16) and vectors.dtype == np.float32 and np.isfinite(vectors).all()
    assert all(np.array_equal(a, b) for a, b in zip(pictures, before, strict=True))


def test_batch_equals_one_by_one(folder: str, pictures: list[Image]) -> None:
    alone = np.concatenate([SiglipEncoder(folder, batch=1, device="cpu").encode([picture]) for picture in pictures])
    assert np.allclose(SiglipEncoder(folder, device="cpu").encode(pictures), alone, atol=1e-5)


def test_it_is_the_mean_of_the_hidden_states(folder: str, pictures: list[Image]) -> None:
    from transformers import SiglipImageProcessorPil, SiglipVisionModel

    inputs = SiglipImageProcessorPil(size={"height": 32, "width": 32})(pictures[0][:, :, ::-1], return_tensors="pt")
    with torch.inference_mode():
        expected = SiglipVisionModel.from_pretrained(folder)(**inputs).last_hidden_state.mean(1)
    assert np.allclose(SiglipEncoder(folder, device="cpu").encode(pictures[:1]), expected.numpy(), atol=1e-5)


def test_a_model_that_is_not_there(pictures: list[Image]) -> None:
    with pytest.raises(ModelError, match=r"appearance\.model=FOLDER"):
        SiglipEncoder("nobody/no-such-model", device="cpu", offline=True).encode(pictures)
