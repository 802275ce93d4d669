"""Pictures for networks: equal to what the models' own processors make, where these run without torchvision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from courtside.models.research.pictures import HALF, IMAGENET, UNIT, Preparation, preparation
from courtside.types import Image

DEFAULT = Preparation((32, 32), None, *HALF, 3)


@pytest.mark.parametrize(
    ("document", "shape"),
    [
        (None, (3, 32, 32)),
        ({}, (3, 32, 32)),
        ({"size": {"height": 20, "width": 30}}, (3, 20, 30)),
        ({"size": 24}, (3, 24, 24)),
        ({"size": {"shortest_edge": 45}}, (3, 45, 80)),
        ({"size": {"shortest_edge": 90, "longest_edge": 80}}, (3, 45, 80)),
        ({"do_resize": False}, (3, 90, 160)),
    ],
)
def test_sizes(document: dict[str, Any] | None, shape: tuple[int, ...], pictures: list[Image]) -> None:
    prepared = preparation(document, DEFAULT)(pictures[0])
    assert prepared.shape == shape and prepared.dtype == np.float32


def test_a_size_asked_for_overrules_the_file(pictures: list[Image]) -> None:
    assert preparation({"size": {"shortest_edge": 45}}, DEFAULT, (16, 8))(pictures[0]).shape == (3, 8, 16)


def test_colours() -> None:
    blue = np.zeros((4, 4, 3), np.uint8)
    blue[..., 0] = 255
    assert np.allclose(Preparation(None, None, *UNIT)(blue)[:, 0, 0], [0, 0, 1])
    assert np.allclose(Preparation(None, None, *HALF)(blue)[:, 0, 0], [-1, -1, 1])
    assert np.allclose(preparation({"do_normalize": False, "do_rescale": False}, DEFAULT)(blue)[:, 0, 0], [0, 0, 255])
    assert np.allclose(preparation({"image_mean": IMAGENET[0], "image_std": IMAGENET[1]}, DEFAULT)(blue)[2, 0, 0], (1 - 0.406) / 0.225)


@pytest.mark.parametrize("name", ["RTDetrImageProcessorPil", "SiglipImageProcessorPil"])
def test_equal_to_the_models_own_processor(name: str, pictures: list[Image]) -> None:
    transformers = pytest.importorskip("transformers", reason="needs the research extra")
    pytest.importorskip("torch", reason="needs the research extra")
    processor = getattr(transformers, name)(size={"height": 40, "width": 64})
    theirs = processor([picture[:, :, ::-1] for picture in pictures], return_tensors="np")["pixel_values"]
    ours = preparation(processor.to_dict(), DEFAULT)
    for their, picture in zip(theirs, pictures, strict=True):
        assert np.allclose(their, ours(picture), atol=1e-5)
