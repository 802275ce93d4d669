from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from courtside.errors import DataError
from courtside.models.numbers import CANVAS, ILLEGIBLE, PARTIAL, WHOLE, OnnxNumberReader
from courtside.train.numbers.clean import Cleaned, predict
from courtside.train.numbers.data import load_numbers
from courtside.train.numbers.export import export
from courtside.train.numbers.fit import NumbersRecipe, Sources, batches, fit, numbers_loss
from courtside.train.numbers.fonts import load_typefaces
from courtside.train.numbers.network import NumberNetwork
from courtside.train.numbers.render import render
from courtside.types import NUMBERS

FACES = load_typefaces([])


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for split, n in (("train", 12), ("valid", 6)):
        for i in range(n):
            rendered = render(FACES, random, WHOLE)
            folder = tmp_path / "numbers" / split / str(rendered.number)
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / f"{i}.png"), rendered.image)
    return tmp_path / "numbers"


def test_training_leaves_a_checkpoint_and_goes_on_from_it(numbers: Path, tmp_path: Path) -> None:
    said: list[str] = []
    recipe = NumbersRecipe(numbers, minutes=0.04, cleanings=(0.3, 0.6), batch=8, threads=1)
    fit(recipe, tmp_path / "work", said.append)
    assert {path.name for path in (tmp_path / "work").iterdir()} == {"checkpoint.pt", "cleaned.npz"}
    steps = torch.load(tmp_path / "work" / "checkpoint.pt", weights_only=True)["step"]
    assert steps > 0 and any("p100" in line for line in said)
    fit(recipe, tmp_path / "work", said.append)
    assert any(f"going on at step {steps}" in line for line in said)
    cleanings = [line.split(":")[0] for line in said if "cleaning" in line]
    assert len(set(cleanings)) == len(cleanings)  # none is done again


def test_a_folder_of_other_crops_is_not_gone_on_from(numbers: Path, tmp_path: Path) -> None:
    recipe = NumbersRecipe(numbers, minutes=0.001, cleanings=(), batch=8, threads=1)
    fit(recipe, tmp_path / "work", lambda _: None)
    with pytest.raises(DataError, match="12 crops, now there are 36"):
        fit(replace(recipe, harvest=numbers / "train"), tmp_path / "work", lambda _: None)


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="train"):
        fit(NumbersRecipe(tmp_path), tmp_path / "work", lambda _: None)


@pytest.mark.parametrize("votes", [0.0, 1.0])
def test_a_batch(numbers: Path, votes: float) -> None:
    crops = load_numbers(numbers / "train")
    cleaned = Cleaned(np.zeros(len(crops), np.int64), np.ones(len(crops), bool), np.full(len(crops), votes, np.float32))
    patches = [np.zeros((10, 8, 3), np.uint8)]
    pictures, tens, units, states, weights = next(batches(Sources(crops, cleaned, patches, FACES), NumbersRecipe(numbers, batch=32), seed=3))
    assert pictures.shape == (32, 3, CANVAS[1], CANVAS[0]) and pictures.dtype == torch.uint8
    assert set(states.tolist()) <= {WHOLE, PARTIAL, ILLEGIBLE}
    assert ((tens >= 0) == (states == WHOLE)).all() and ((units >= 0) == (states == WHOLE)).all()
    assert (weights > 0).all()


def total(*outputs_and_targets: Any) -> float:
    return float(sum(numbers_loss(*outputs_and_targets).values()))


def test_the_loss_ignores_digits_that_are_not_known() -> None:
    states, votes = torch.tensor([PARTIAL]), torch.ones(1)
    unknown = torch.tensor([-1])
    one, other = (total((torch.full((1, 11), x), torch.eye(10)[[3]] * x, torch.zeros(1, 3)), unknown, unknown, states, votes) for x in (1.0, 9.0))
    assert one == other


def test_a_crop_without_a_vote_counts_for_nothing() -> None:
    outputs = torch.randn(2, 11), torch.randn(2, 10), torch.randn(2, 3)
    alone = total(tuple(o[:1] for o in outputs), torch.tensor([1]), torch.tensor([2]), torch.tensor([WHOLE]), torch.tensor([1.0]))
    both = total(outputs, torch.tensor([1, 9]), torch.tensor([2, 9]), torch.tensor([WHOLE, WHOLE]), torch.tensor([1.0, 0.0]))
    assert both == pytest.approx(alone, rel=1e-5)


def test_the_exported_file_says_what_the_network_says(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    torch.manual_seed(0)
    network = NumberNetwork().eval()
    export(network, tmp_path / "numbers.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["numbers.onnx"]
    assert (tmp_path / "numbers.onnx").stat().st_size <= 5_000_000
    random = np.random.default_rng(0)
    crops = [render(FACES, random, WHOLE).image for _ in range(5)]
    numbers, states = predict(network, crops)
    read = OnnxNumberReader(tmp_path / "numbers.onnx", batch_size=2).read_distribution(crops)
    assert read.shape == (5, len(NUMBERS)) and np.allclose(read, numbers * states[:, [WHOLE]], atol=0.01)


def test_a_higher_temperature_is_less_sure(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    network = NumberNetwork().eval()
    crops = [render(FACES, np.random.default_rng(1), WHOLE).image]
    surest = []
    for temperature in (0.2, 5.0):
        export(network, tmp_path / "numbers.onnx", (temperature, temperature))
        surest.append(OnnxNumberReader(tmp_path / "numbers.onnx").read_distribution(crops).max())
    assert surest[0] > surest[1]
