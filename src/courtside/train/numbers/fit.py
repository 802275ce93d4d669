"""Fitting: a time budget instead of a step count, because a laptop's speed is not known; resumable, with an averaged model."""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from courtside.errors import DataError
from courtside.media.prefetch import prefetch
from courtside.models.numbers import ILLEGIBLE, PARTIAL, WHOLE, fit_crop
from courtside.train.numbers.augment import augment, spoil
from courtside.train.numbers.clean import Cleaned, clean, lay, predict
from courtside.train.numbers.data import TURNS, NumberCrop, heads_of, load_empty_patches, load_numbers, turn
from courtside.train.numbers.degrade import degrade, recolor
from courtside.train.numbers.fonts import Typeface, find_fonts, font_folders, load_typefaces
from courtside.train.numbers.network import NumberNetwork, load_trunk
from courtside.train.numbers.recogniser import TextRecogniser
from courtside.train.numbers.render import render
from courtside.train.numbers.validate import cut_off, describe, score
from courtside.types import Image

Say = Callable[[str], None]


@dataclass(frozen=True)
class NumbersRecipe:
    """How to train.

    ``numbers`` holds ``train`` and ``valid``, each a folder per number; ``harvest`` is a folder per number of crops out of resolved clips (see ``harvest``),
    drawn twice as often, or None; ``frames`` is a folder of the detector's labelled frames to cut number-less patches
    from (or None), ``fonts`` a folder of more fonts than the machine's own (or None), ``start`` the text recogniser's ONNX file that the trunk starts from
    and that lays the crops (None: from nothing, and crops as they were filed; several points worse). ``trunk_rate`` is the trunk's learning rate as a share
    of the heads'. The crops' labels are weighed at the shares ``cleanings`` of ``minutes``.
    ``real`` and ``empty`` are shares of a batch: real crops and number-less patches; the rest is rendered; of the real ones ``gentle`` are augmented only a
    little. In the last ``finish`` of the time four fifths are real, three quarters of them gentle: in the end real ones are to be read as they are.
    ``threads`` 0 is all cores.
    """

    numbers: Path
    harvest: Path | None = None
    frames: Path | None = None
    fonts: Path | None = None
    start: Path | None = None
    minutes: float = 65.0
    cleanings: tuple[float, ...] = (0.15, 0.35)
    real: float = 0.66
    empty: float = 0.05
    gentle: float = 0.5
    finish: float = 0.15
    batch: int = 64
    learning_rate: float = 1.5e-3
    trunk_rate: float = 0.27
    weight_decay: float = 0.02
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


def _draw_real(sources: Sources, chances: np.ndarray[tuple[int], np.dtype[np.float64]], recipe: NumbersRecipe, random: np.random.Generator) -> Drawn:
    i = int(random.choice(len(chances), p=chances))
    crop, cleaned = sources.crops[i], sources.cleaned
    if crop.turned and cleaned.turns[i] < 4 and random.random() < 0.15:
        return augment(crop.raw, random), crop.number, WHOLE, float(cleaned.votes[i])  # a player on the floor lies too
    upright = turn(crop.image, int(cleaned.turns[i]))
    if random.random() < 0.22:
        return augment(spoil(upright, len(crop.number), random), random), None, PARTIAL, 1.0
    return augment(upright, random, 0.3 if random.random() < recipe.gentle else 1.0), crop.number, WHOLE, float(cleaned.votes[i])


def _draw_rendered(sources: Sources, random: np.random.Generator) -> Drawn:
    state = int(random.choice([WHOLE, PARTIAL, ILLEGIBLE], p=[0.6, 0.3, 0.1]))
    rendered = render(sources.faces, random, state)
    return rendered.image, rendered.number if state == WHOLE else None, state, 1.0


def batches(sources: Sources, recipe: NumbersRecipe, seed: int) -> Iterator[Batch]:
    """Yield pictures (b, 3, 48, 44) uint8, tens (b,) and units (b,) with -1 where unknown, states (b,) and votes (b,), for ever."""
    random = np.random.default_rng(seed)
    votes = sources.cleaned.votes
    use = np.flatnonzero(votes > 0)
    chances = np.zeros(len(votes))
    if len(use):
        counts = Counter(crop.number for crop in sources.crops)
        chances[use] = [counts[sources.crops[int(i)].number] ** -0.3 for i in use]  # the rare numbers a little more often
        chances /= chances.sum()
    while True:
        drawn: list[Drawn] = []
        for _ in range(recipe.batch):
            kind = random.random()
            if len(use) and kind < recipe.real:
                drawn.append(_draw_real(sources, chances, recipe, random))
            elif sources.patches and kind > 1 - recipe.empty:
                patch = sources.patches[int(random.integers(len(sources.patches)))]
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
    of_tens = F.cross_entropy(raw_tens, tens, ignore_index=-1, label_smoothing=0.02, reduction="none")
    of_units = F.cross_entropy(raw_units, units, ignore_index=-1, label_smoothing=0.02, reduction="none")
    of_states = F.cross_entropy(raw_states, states, reduction="none")
    return ((of_tens + of_units + 0.7 * of_states) * votes).sum() / votes.sum().clamp(min=1)


class _Trainer:
    """A network with its average and optimiser, and what it has made of the crops so far."""

    def __init__(self, recipe: NumbersRecipe, crops: Sequence[NumberCrop]) -> None:
        self.recipe, self.crops = recipe, crops
        self.network = NumberNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub misses this overload
        if recipe.start is not None:
            load_trunk(self.network, recipe.start)
        self.average = NumberNetwork()
        self.average.load_state_dict(self.network.state_dict())
        # what already knows letters learns more slowly than what starts from nothing
        trunk = set(self.network.trunk.parameters()) if recipe.start is not None else set()
        groups = [
            {"params": [weight for weight in self.network.parameters() if (weight in trunk) == slow], "share": share}
            for slow, share in ((False, 1.0), (True, recipe.trunk_rate))
        ]
        self.optimiser = torch.optim.AdamW(groups, recipe.learning_rate, weight_decay=recipe.weight_decay)
        standing = np.array([not crop.turned for crop in crops], bool)
        self.cleaned = Cleaned(np.zeros(len(crops), np.int64), standing, standing.astype(np.float32))
        self.step, self.spent_s, self.cleanings = 0, 0.0, 0

    def save(self, folder: Path) -> None:
        self.cleaned.save(folder / "cleaned.npz")
        aside = folder / "checkpoint.part"
        state = {"network": self.network.state_dict(), "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict()}
        torch.save({**state, "step": self.step, "spent_s": self.spent_s, "cleanings": self.cleanings}, aside)
        aside.replace(folder / "checkpoint.pt")

    def load(self, folder: Path) -> None:
        state = torch.load(folder / "checkpoint.pt", weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.spent_s, self.cleanings = state["step"], state["spent_s"], state["cleanings"]
        self.cleaned = Cleaned.load(folder / "cleaned.npz")

    def lay(self, say: Say) -> None:
        if self.recipe.start is not None:
            turns, told = lay(TextRecogniser(self.recipe.start), self.crops)
            self.cleaned = Cleaned(turns, told, np.where(told, 1, self.cleaned.votes).astype(np.float32))
            say(f"  how {told.mean():.1%} of the crops lie could be told: turns {np.bincount(turns[told], minlength=len(TURNS)).tolist()}")

    def clean(self, say: Say) -> None:
        self.cleaned = clean(self.average, self.crops, self.cleaned)
        self.cleanings += 1
        votes = self.cleaned.votes
        say(f"  cleaning {self.cleanings}: {(votes == 1).mean():.1%} of the labels agreed to, {(votes == 0).mean():.1%} taken for wrong")

    def learn(self, batch: Batch, share: float) -> float:
        """Take one step at ``share`` (0-1) of the budget and return the loss."""
        for group in self.optimiser.param_groups:
            rate = self.recipe.learning_rate * group["share"]
            group["lr"] = rate * min(1.0, (self.step + 1) / 150) * (0.5 * (1 + math.cos(math.pi * share)) + 0.003)
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


def fit(recipe: NumbersRecipe, folder: Path, say: Say, save_every_s: float = 240.0) -> NumberNetwork:
    """Train (or go on training) in ``folder`` and return the averaged network.

    ``folder/cleaned.npz`` holds what was found of the crops, ``folder/checkpoint.pt`` the state; both are written aside and renamed. A second call with the
    same folder goes on where it ends.

    Raises:
        DataError: a data folder is missing or empty, or ``folder`` is of other crops.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads or (os.cpu_count() or 1))
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    crops, valid = load_numbers(recipe.numbers / "train"), load_numbers(recipe.numbers / "valid")
    crops += 2 * load_numbers(recipe.harvest, upright=True) if recipe.harvest else []
    patches = load_empty_patches(recipe.frames, 3000, np.random.default_rng(recipe.seed)) if recipe.frames else []
    faces = load_typefaces(find_fonts([*font_folders(), *([recipe.fonts] if recipe.fonts else [])]))
    say(f"{len(crops)} crops to train on, {len(valid)} to validate, {len(patches)} patches without a number, {len(faces)} typefaces")
    trainer = _Trainer(recipe, crops)
    if (folder / "checkpoint.pt").is_file():
        trainer.load(folder)
        if len(trainer.cleaned.turns) != len(crops):
            raise DataError(f"{folder}: was begun with {len(trainer.cleaned.turns)} crops, now there are {len(crops)}; train in another folder (--work)")
        say(f"going on at step {trainer.step}, {trainer.spent_s / 60:.0f} of {recipe.minutes:.0f} minutes spent")
    else:
        trainer.lay(say)
    budget_s = recipe.minutes * 60
    began, last_save = time.monotonic() - trainer.spent_s, time.monotonic()

    def stream(share: float) -> Generator[Batch, None, None]:
        wanted = recipe if share < 1 - recipe.finish else replace(recipe, real=max(recipe.real, 0.8), gentle=max(recipe.gentle, 0.75))
        return prefetch(batches(Sources(crops, trainer.cleaned, patches, faces), wanted, recipe.seed + trainer.step), depth=4)

    began_at = trainer.spent_s / budget_s
    drawn, finishing = stream(began_at), began_at >= 1 - recipe.finish
    try:
        while (spent_s := time.monotonic() - began) < budget_s:
            trainer.spent_s = spent_s
            if trainer.cleanings < len(recipe.cleanings) and spent_s >= recipe.cleanings[trainer.cleanings] * budget_s:
                trainer.clean(say)
                drawn.close()
                drawn = stream(spent_s / budget_s)
            if not finishing and spent_s / budget_s >= 1 - recipe.finish:
                finishing = True
                drawn.close()
                drawn = stream(spent_s / budget_s)
            loss = trainer.learn(next(drawn), spent_s / budget_s)
            if trainer.step % 200 == 0:
                say(f"step {trainer.step}  {spent_s / 60:.1f}/{recipe.minutes:.0f} min  loss {loss:.3f}")
            if time.monotonic() - last_save > save_every_s:
                trainer.save(folder)
                say(f"  valid: {describe(validate(trainer.average, valid))}")
                last_save = time.monotonic()
    finally:
        drawn.close()
    trainer.save(folder)
    say(f"  valid: {describe(validate(trainer.average, valid))}")
    return trainer.average
