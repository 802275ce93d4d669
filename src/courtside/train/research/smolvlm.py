"""Fine-tuning SmolVLM2 to read jersey numbers: a LoRA adapter on its language model."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from courtside.errors import DataError
from courtside.models.research.pictures import Preparation
from courtside.models.research.placement import Placement, need
from courtside.models.research.smolvlm import MODEL, crop_preparation, load_smolvlm, load_tokenizer, n_image_tokens, prompt_ids
from courtside.train.loop import Loop
from courtside.train.numbers.data import NumberCrop, load_numbers

_LEARNED = r".*text_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
_IGNORED = -100  # a label that transformers' losses leave out
_VALIDATED = 64


@dataclass(frozen=True)
class SmolVlmRecipe:
    """How to fine-tune: ``numbers`` holds ``train`` and ``valid``, a folder of crops per number; ``model`` is a folder or hub id; ``rank`` the adapter's."""

    numbers: Path
    model: str = MODEL
    minutes: float = 60.0
    batch: int = 8
    rank: int = 8
    learning_rate: float = 2e-4
    seed: int = 0
    placement: Placement = field(default_factory=Placement)


class Lesson:
    """Turns crops into what the model is trained with: the question as ``SmolVlmReader`` asks it, and the answer, of which alone the loss is taken."""

    def __init__(self, tokenizer: Any, config: Any, device: torch.device) -> None:
        self._tokenizer, self._device = tokenizer, device
        self._prepare: Preparation = crop_preparation(config)
        self._question = prompt_ids(tokenizer, n_image_tokens(config))

    def batch(self, crops: list[NumberCrop]) -> dict[str, torch.Tensor]:
        """Return the model's arguments for some crops."""
        answers = [list(self._tokenizer(f" {crop.number}<end_of_utterance>", add_special_tokens=False)["input_ids"]) for crop in crops]
        longest = max(len(answer) for answer in answers)
        pad = answers[0][-1]
        ids = [[*self._question, *answer, *[pad] * (longest - len(answer))] for answer in answers]
        labels = [[*[_IGNORED] * len(self._question), *answer, *[_IGNORED] * (longest - len(answer))] for answer in answers]
        seen = [[1] * (len(self._question) + len(answer)) + [0] * (longest - len(answer)) for answer in answers]
        tensors = {name: torch.tensor(rows, device=self._device) for name, rows in (("input_ids", ids), ("labels", labels), ("attention_mask", seen))}
        pictures = torch.from_numpy(np.stack([self._prepare(crop.image) for crop in crops]))[:, None].to(self._device)
        return {**tensors, "pixel_values": pictures}


def _batches(recipe: SmolVlmRecipe, crops: list[NumberCrop], lesson: Lesson, seed: int) -> Iterator[dict[str, torch.Tensor]]:
    random = np.random.default_rng(seed)
    while True:
        yield lesson.batch([crops[random.integers(len(crops))] for _ in range(recipe.batch)])


def fit(recipe: SmolVlmRecipe, folder: Path, export: Path, say: Callable[[str], None]) -> None:
    """Fine-tune (or go on fine-tuning) in ``folder`` and write an adapter that ``numbers.adapter`` can name to ``export``.

    Crops with the black bars of a quarter turn are left out: a 6 upside down is a 9.

    Raises:
        DataError: there is nothing to learn from.
        ModelError: the model to start from can't be had, or peft is missing.
    """
    torch.manual_seed(recipe.seed)
    peft = need("peft", "research")
    crops = [crop for crop in load_numbers(recipe.numbers / "train") if not crop.turned]
    held_out = load_numbers(recipe.numbers / "valid")
    valid = held_out[:: max(1, len(held_out) // _VALIDATED)]
    if not crops:
        raise DataError(f"{recipe.numbers}/train: every crop is turned by a quarter; none is left to learn from")
    say(f"{len(crops)} crops to train on, {len(valid)} to validate")
    base = load_smolvlm(recipe.model, recipe.placement)
    lesson = Lesson(load_tokenizer(recipe.model, recipe.placement), base.config, recipe.placement.torch_device())
    wanted = peft.LoraConfig(r=recipe.rank, lora_alpha=2 * recipe.rank, target_modules=_LEARNED, base_model_name_or_path=recipe.model)
    network = peft.get_peft_model(base, wanted).to(recipe.placement.torch_device()).train()
    network.peft_config["default"].base_model_name_or_path = recipe.model
    # only the adapter is kept track of, averaged and saved: the base is large, and stays as it is
    adapter = nn.ParameterList([part for part in network.parameters() if part.requires_grad])
    average = copy.deepcopy(adapter)
    loop = Loop(adapter, average, torch.optim.AdamW(adapter.parameters(), recipe.learning_rate), folder, recipe.minutes, say)

    @torch.no_grad()
    def report() -> None:
        losses = [float(network(**lesson.batch(valid[start : start + recipe.batch])).loss) for start in range(0, len(valid), recipe.batch)]
        say(f"  valid: loss {np.mean(losses):.3f}")

    batches = _batches(recipe, crops, lesson, recipe.seed + loop.step)
    for _ in loop.run(report):
        loop.learn({"loss": network(**next(batches)).loss})
    adapter.load_state_dict(average.state_dict())
    network.eval().save_pretrained(export)
