"""Fitting: a time budget instead of a step count, because a laptop's speed is not known; resumable, with an averaged model."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from courtside.media.prefetch import prefetch
from courtside.models.numbers import ILLEGIBLE, PARTIAL, WHOLE, fit_crop
from courtside.train.numbers.augment import augment, spoil
from courtside.train.numbers.clean import Cleaned, judge, predict
from courtside.train.numbers.data import NumberCrop, heads_of, load_empty_patches, load_numbers, turn
from courtside.train.numbers.degrade import degrade, recolor
from courtside.train.numbers.fonts import Typeface, find_fonts, font_folders, load_typefaces
from courtside.train.numbers.network import NumberNetwork
from courtside.train.numbers.render import render
from courtside.train.numbers.validate import cut_off, describe, score
from courtside.types import Image

Say = Callable[[str], None]


@dataclass(frozen=True)
class NumbersRecipe:
    """How to train.

    ``numbers`` holds ``train`` and ``valid``, each a folder per number; ``frames`` is a folder of the detector's labelled frames to cut number-less patches from
    (or None), ``fonts`` a folder of more fonts than the machine's own (or None). Of ``minutes``, ``clean_minutes`` go to laying and weighing the crops.
    ``real`` and ``empty`` are shares of a batch: real crops and number-less patches; the rest is rendered. ``threads`` 0 is all cores.
    """

    numbers: Path
    frames: Path | None = None
    fonts: Path | None = None
    minutes: float = 60.0
    clean_minutes: float = 10.0
    real: float = 0.62
    empty: float = 0.05
    batch: int = 64
    learning_rate: float = 2.5e-3
    weight_decay: float = 0.04
    threads: int = 0
    seed: int = 0


Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
Drawn = tuple[Image, str | None, int, float]


@dataclass(frozen=True)
class Sources:
    """What batches are drawn from: crops with the way each is set and its vote, number-less patches, and typefaces."""

    crops: Sequence[NumberCrop]
    cleaned: Cleaned
    patches: Sequence[Image]
    faces: Sequence[Typeface]


def _draw_real(sources: Sources, chances: np.ndarray[tuple[int], np.dtype[np.float64]], random: np.random.Generator) -> Drawn:
    i = int(random.choice(len(chances), p=chances))
    crop, cleaned = sources.crops[i], sources.cleaned
    if crop.turned and cleaned.turns[i] < 4 and random.random() < 0.15:
        return augment(crop.raw, random), crop.number, WHOLE, float(cleaned.votes[i])  # a player on the floor lies too
    upright = turn(crop.image, int(cleaned.turns[i]))
    if random.random() < 0.22:
        return augment(spoil(upright, len(crop.number), random), random), None, PARTIAL, 1.0
    return augment(upright, random), crop.number, WHOLE, float(cleaned.votes[i])


def _draw_rendered(sources: Sources, random: np.random.Generator) -> Drawn:
    state = int(random.choice([WHOLE, PARTIAL, ILLEGIBLE], p=[0.6, 0.3, 0.1]))
    rendered = render(sources.faces, random, state)
    return rendered.image, rendered.number if state == WHOLE else None, state, 1.0


def batches(sources: Sources, recipe: NumbersRecipe, seed: int) -> Iterator[Batch]:
    """Yield pictures (b, 3, 44, 36) uint8, tens (b,) and units (b,) with -1 where unknown, states (b,) and votes (b,), for ever."""
    random = np.random.default_rng(seed)
    votes = sources.cleaned.votes
    use = np.flatnonzero(votes > 0)
    chances = np.zeros(len(votes))
    if len(use):
        counts = {number: 0 for number in {crop.number for crop in sources.crops}}
        for crop in sources.crops:
            counts[crop.number] += 1
        chances[use] = [counts[sources.crops[i].number] ** -0.3 for i in use]  # the rare numbers a little more often
        chances /= chances.sum()
    while True:
        drawn: list[Drawn] = []
        for _ in range(recipe.batch):
            kind = random.random()
            if len(use) and kind < recipe.real:
                drawn.append(_draw_real(sources, chances, random))
            elif sources.patches and kind > 1 - recipe.empty:
                patch = sources.patches[random.integers(len(sources.patches))]
                drawn.append((degrade(recolor(patch, random), random), None, ILLEGIBLE, 1.0))
            else:
                drawn.append(_draw_rendered(sources, random))
        heads = [heads_of(number) if number is not None else (-1, -1) for _, number, _, _ in drawn]
        yield (
            torch.from_numpy(np.stack([fit_crop(image) for image, _, _, _ in drawn])).permute(0, 3, 1, 2),
            torch.tensor([tens for tens, _ in heads]),
            torch.tensor([units for _, units in heads]),
            torch.tensor([state for _, _, state, _ in drawn]),
            torch.tensor([vote for _, _, _, vote in drawn]),
        )


def numbers_loss(outputs: tuple[Tensor, Tensor, Tensor], tens: Tensor, units: Tensor, states: Tensor, votes: Tensor) -> Tensor:
    """Cross-entropies of the three heads, weighed by vote; the digits count only where they are known."""
    raw_tens, raw_units, raw_states = (output.float() for output in outputs)
    of_tens = F.cross_entropy(raw_tens, tens, ignore_index=-1, label_smoothing=0.03, reduction="none")
    of_units = F.cross_entropy(raw_units, units, ignore_index=-1, label_smoothing=0.03, reduction="none")
    of_states = F.cross_entropy(raw_states, states, reduction="none")
    return ((of_tens + of_units + 0.7 * of_states) * votes).sum() / votes.sum().clamp(min=1)


class _Trainer:
    """One network with its average and optimiser, trained for a budget of seconds that may be spent in several sittings."""

    def __init__(self, recipe: NumbersRecipe) -> None:
        self.recipe = recipe
        self.network = NumberNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub misses this overload
        self.average = NumberNetwork()
        self.average.load_state_dict(self.network.state_dict())
        self.optimiser = torch.optim.AdamW(self.network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.step, self.spent_s = 0, 0.0

    def copy(self) -> _Trainer:
        twin = _Trainer(self.recipe)
        twin.network.load_state_dict(self.network.state_dict())
        twin.average.load_state_dict(self.average.state_dict())
        return twin

    def save(self, path: Path) -> None:
        aside = path.with_suffix(".part")
        state = {"network": self.network.state_dict(), "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict()}
        torch.save({**state, "step": self.step, "spent_s": self.spent_s}, aside)
        aside.replace(path)

    def load(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.spent_s = state["step"], state["spent_s"]

    def run(self, sources: Sources, budget_s: float, say: Say, every_s: float = math.inf, pause: Callable[[], None] = lambda: None) -> None:
        """Train until ``budget_s`` seconds are spent, calling ``pause`` every ``every_s`` seconds (its time is not counted)."""
        began = time.monotonic() - self.spent_s
        last = time.monotonic()
        stream = prefetch(batches(sources, self.recipe, self.recipe.seed + self.step), depth=4)
        try:
            while (spent_s := time.monotonic() - began) < budget_s:
                self.spent_s = spent_s
                share = spent_s / budget_s
                for group in self.optimiser.param_groups:
                    group["lr"] = self.recipe.learning_rate * min(1.0, (self.step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * share)) + 0.003)
                loss = self._learn(next(stream))
                if self.step % 200 == 0:
                    say(f"step {self.step}  {spent_s / 60:.1f}/{budget_s / 60:.0f} min  loss {loss:.3f}")
                if time.monotonic() - last > every_s:
                    paused = time.monotonic()
                    pause()
                    last = time.monotonic()
                    began += last - paused
        finally:
            stream.close()

    def _learn(self, batch: Batch) -> float:
        pictures, *targets = batch
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16):
            outputs = self.network(pictures.to(memory_format=torch.channels_last))
        loss = numbers_loss(outputs, *targets)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # untyped in torch's stub
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        decay = min(0.998, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, value in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                if mean.dtype.is_floating_point:
                    mean.lerp_(value, 1 - decay)
                else:
                    mean.copy_(value)
        return float(loss.detach())


def validate(network: NumberNetwork, valid: Sequence[NumberCrop]) -> dict[str, float]:
    """Return the figures of ``score`` on the crops as filed; their "cut" figures are on crops spoiled by ``cut_off``."""
    numbers, states = predict(network, [crop.raw for crop in valid])
    spoiled, spoiled_states = predict(network, cut_off(valid))
    return score(numbers * states[:, [WHOLE]], [crop.number for crop in valid], spoiled * spoiled_states[:, [WHOLE]])


def clean(recipe: NumbersRecipe, sources: Sources, say: Say) -> Cleaned:
    """Lay and weigh the training crops in ``recipe.clean_minutes``, cross-validated in two halves (see the module ``clean``)."""
    third_s = recipe.clean_minutes * 60 / 3
    crops = sources.crops
    first = _Trainer(recipe)
    standing = Cleaned(np.zeros(len(crops), np.int64), np.array([not crop.turned for crop in crops], np.float32), np.ones(len(crops), np.float32))
    first.run(Sources(crops, standing, sources.patches, sources.faces), third_s, say)
    laid = judge(first.average, crops)
    say(f"first look: {(laid.votes == 1).mean():.1%} of the labels found, turns {np.bincount(laid.turns, minlength=8).tolist()}")
    halves = np.arange(len(crops)) % 2
    turns, votes, chances = laid.turns.copy(), laid.votes.copy(), laid.chances.copy()
    for half in (0, 1):
        learner = first.copy()
        known = np.where((halves == half) & (laid.votes == 1), 1.0, 0.0).astype(np.float32)
        learner.run(Sources(crops, Cleaned(laid.turns, known, laid.chances), sources.patches, sources.faces), third_s, say)
        others = np.flatnonzero(halves != half)
        verdict = judge(learner.average, [crops[i] for i in others])
        turns[others], votes[others], chances[others] = verdict.turns, verdict.votes, verdict.chances
    say(f"cleaned: {(votes == 1).mean():.1%} agreed, {(votes == 0).mean():.1%} taken for wrong, turns {np.bincount(turns, minlength=8).tolist()}")
    return Cleaned(turns, votes, chances)


def fit(recipe: NumbersRecipe, folder: Path, say: Say, save_every_s: float = 240.0) -> NumberNetwork:
    """Train (or go on training) in ``folder`` and return the averaged network.

    ``folder/cleaned.npz`` holds what was found of the crops, ``folder/checkpoint.pt`` the state; both are written aside and renamed. A second call with the same
    folder goes on where it ends.

    Raises:
        DataError: a data folder is missing or empty.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads or (os.cpu_count() or 1))
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    crops, valid = load_numbers(recipe.numbers / "train"), load_numbers(recipe.numbers / "valid")
    patches = load_empty_patches(recipe.frames, 3000, np.random.default_rng(recipe.seed)) if recipe.frames else []
    faces = load_typefaces(find_fonts([*font_folders(), *([recipe.fonts] if recipe.fonts else [])]))
    say(f"{len(crops)} crops to train on, {len(valid)} to validate, {len(patches)} patches without a number, {len(faces)} typefaces")
    nothing = Cleaned(np.zeros(len(crops), np.int64), np.ones(len(crops), np.float32), np.ones(len(crops), np.float32))
    stored = folder / "cleaned.npz"
    if not stored.is_file():
        clean(recipe, Sources(crops, nothing, patches, faces), say).save(stored)
    sources = Sources(crops, Cleaned.load(stored), patches, faces)
    trainer = _Trainer(recipe)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.is_file():
        trainer.load(checkpoint)
        say(f"going on at step {trainer.step}, {trainer.spent_s / 60:.0f} minutes spent")

    def pause() -> None:
        trainer.save(checkpoint)
        say(f"  valid: {describe(validate(trainer.average, valid))}")

    trainer.run(sources, (recipe.minutes - recipe.clean_minutes) * 60, say, save_every_s, pause)
    pause()
    return trainer.average
