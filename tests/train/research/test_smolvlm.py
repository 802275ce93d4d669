"""Fine-tuning SmolVLM2: a step or two of a LoRA adapter on a tiny model."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the research extra")
pytest.importorskip("transformers", reason="needs the research extra")
pytest.importorskip("peft", reason="needs the research extra")

import torch

import tiny_models as tiny
from courtside.errors import DataError
from courtside.models.research.placement import Placement
from courtside.models.research.smolvlm import SmolVlmReader
from courtside.train.numbers.data import load_numbers
from courtside.train.research.smolvlm import Lesson, SmolVlmRecipe, fit


def crops(folder: Path, *numbers: str) -> None:
    for number in numbers:
        (folder / number).mkdir(parents=True)
        picture = np.full((24, 20, 3), 120, np.uint8)
        cv2.putText(picture, number, (1, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255))
        cv2.imwrite(str(folder / number / "0.png"), picture)


def test_the_loss_is_of_the_answer_alone(tmp_path: Path) -> None:
    reader = SmolVlmReader(str(tiny.smolvlm(tmp_path / "model")), device="cpu")
    crops(tmp_path / "data", "00", "7")
    batch = Lesson(reader._tokenizer, reader._network.config, torch.device("cpu")).batch(load_numbers(tmp_path / "data"))
    answers = [reader._tokenizer.decode(row[row >= 0]) for row in batch["labels"]]
    assert answers == [" 00<end_of_utterance>", " 7<end_of_utterance>"]
    assert batch["input_ids"].shape == batch["labels"].shape == batch["attention_mask"].shape
    assert (batch["labels"] >= 0).sum(1).tolist() == [4, 3] and batch["attention_mask"].sum(1).diff().tolist() == [-1]
    assert torch.isfinite(reader._network(**batch).loss)


def test_an_adapter_that_the_reader_takes(tmp_path: Path) -> None:
    model = tiny.smolvlm(tmp_path / "model")
    for split in ("train", "valid"):
        crops(tmp_path / "data" / split, "7", "23")
    said: list[str] = []
    recipe = SmolVlmRecipe(tmp_path / "data", str(model), minutes=0.01, batch=2, placement=Placement("cpu"))
    fit(recipe, tmp_path / "work", tmp_path / "export", said.append)
    assert said[0] == "2 crops to train on, 2 to validate" and any("valid: loss" in line for line in said)
    assert {"adapter_config.json", "adapter_model.safetensors"} <= {path.name for path in (tmp_path / "export").iterdir()}
    assert sum(path.stat().st_size for path in (tmp_path / "work").iterdir()) < 1e6  # the adapter alone
    assert len(SmolVlmReader(adapter=str(tmp_path / "export"), device="cpu").read([np.zeros((9, 9, 3), np.uint8)])) == 1


def test_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        fit(SmolVlmRecipe(tmp_path / "none"), tmp_path / "work", tmp_path / "export", print)
