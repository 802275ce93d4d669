"""Fitting the number reader."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
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
from courtside.train.loop import Loop, Say
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


def numbers_loss(outputs: tuple[Tensor, Tensor, Tensor], tens: Tensor, units: Tensor, states: Tensor, votes: Tensor) -> dict[str, Tensor]:
    """Return the cross-entropies of the three heads by name, weighed by vote; the digits count only where they are known. Their sum is what to minimise."""
    raw_tens, raw_units, raw_states = (output.float() for output in outputs)
    of_tens = F.cross_entropy(raw_tens, tens, ignore_index=-1, label_smoothing=0.02, reduction="none")
    of_units = F.cross_entropy(raw_units, units, ignore_index=-1, label_smoothing=0.02, reduction="none")
    of_states = F.cross_entropy(raw_states, states, reduction="none")
    total = votes.sum().clamp(min=1)
    return {name: (loss * votes).sum() / total for name, loss in (("tens", of_tens), ("units", of_units), ("state", 0.7 * of_states))}


def _optimiser(network: NumberNetwork, recipe: NumbersRecipe) -> torch.optim.AdamW:
    """What already knows letters learns more slowly than what starts from nothing."""
    trunk = set(network.trunk.parameters()) if recipe.start is not None else set()
    groups = [
        {"params": [weight for weight in network.parameters() if (weight in trunk) == slow], "lr": rate}
        for slow, rate in ((False, recipe.learning_rate), (True, recipe.learning_rate * recipe.trunk_rate))
    ]
    return torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)


def _begin(crops: Sequence[NumberCrop], start: Path | None, say: Say) -> Cleaned:
    """Return how the crops lie as far as it can be told before anything is learned."""
    standing = np.array([not crop.turned for crop in crops], bool)
    if start is None:
        return Cleaned(np.zeros(len(crops), np.int64), standing, standing.astype(np.float32))
    turns, told = lay(TextRecogniser(start), crops)
    say(f"  how {told.mean():.1%} of the crops lie could be told: turns {np.bincount(turns[told], minlength=len(TURNS)).tolist()}")
    return Cleaned(turns, told, (told | standing).astype(np.float32))


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
    network = NumberNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub misses this overload
    average = NumberNetwork()
    if recipe.start is not None:
        load_trunk(network, recipe.start)
    cleaned_file = folder / "cleaned.npz"
    if cleaned_file.is_file():
        cleaned = Cleaned.load(cleaned_file)
        if len(cleaned.turns) != len(crops):
            raise DataError(f"{folder}: was begun with {len(cleaned.turns)} crops, now there are {len(crops)}; train in another folder (--work)")
    else:
        cleaned = _begin(crops, recipe.start, say)
        cleaned.save(cleaned_file)
    loop = Loop(network, average, _optimiser(network, recipe), folder, recipe.minutes, say)

    def stream(share: float) -> Generator[Batch, None, None]:
        wanted = recipe if share < 1 - recipe.finish else replace(recipe, real=max(recipe.real, 0.8), gentle=max(recipe.gentle, 0.75))
        return prefetch(batches(Sources(crops, cleaned, patches, faces), wanted, recipe.seed + loop.step), depth=4)

    drawn: Generator[Batch, None, None] | None = None
    phase, begin = -1, (*recipe.cleanings, 1 - recipe.finish)  # where each but the first phase begins
    try:
        for share in loop.run(lambda: say(f"  valid: {describe(validate(average, valid))}"), save_every_s):
            due = sum(share >= point for point in begin)
            if due > phase:
                if phase >= 0 and due <= len(recipe.cleanings):
                    cleaned = clean(average, crops, cleaned)
                    cleaned.save(cleaned_file)
                    loop.save()  # or it would be done again
                    votes = cleaned.votes
                    say(f"  cleaning {due}: {(votes == 1).mean():.1%} of the labels agreed to, {(votes == 0).mean():.1%} taken for wrong")
                if drawn is not None:
                    drawn.close()
                drawn, phase = stream(share), due
            assert drawn is not None
            pictures, *targets = next(drawn)
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(pictures.to(memory_format=torch.channels_last))
            loop.learn(numbers_loss(outputs, *targets))
    finally:
        if drawn is not None:
            drawn.close()
    return average
