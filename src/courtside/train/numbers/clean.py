"""Finding how each training crop lies, and which labels are wrong.

How it lies: each crop is laid the way in which a text recogniser finds its label likeliest. The network that is being trained will not do: it learns from crops
still mirrored that a mirrored 3 is a 3.

Which labels are wrong, by the network that is being trained: small-loss selection (Jiang et al. 2018, "MentorNet"). Before its last steps a network has learned
what most crops agree on and not yet single wrong labels by heart; a crop in which it surely sees another number loses its vote, and one in which it sees
nothing clear keeps a small one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from courtside.errors import DataError
from courtside.models.numbers import fit_crop, number_distribution
from courtside.train.numbers.data import TURNS, NumberCrop, turn
from courtside.train.numbers.network import ExportedReader, NumberNetwork
from courtside.train.numbers.recogniser import TextRecogniser
from courtside.types import NUMBERS, Image

Scores = npt.NDArray[np.float32]

# How often each of TURNS occurs, looked up by eye: crops with bars lie on their side; of the others, some of the squarish ones do, and some are mirrored.
_UPRIGHT = np.array([1, 0, 0, 0, 0, 0, 0, 0], np.float32)
_LIES_BARRED = np.array([0, 0.4, 0, 0.4, 0, 0.1, 0, 0.1], np.float32)
_LIES_SQUARE = np.array([0.5, 0.06, 0.04, 0.06, 0.22, 0.04, 0.04, 0.04], np.float32)
_LIES_NARROW = np.array([0.7, 0, 0.05, 0, 0.2, 0, 0.05, 0], np.float32)
_AGREES = 0.25  # the network gives the label this chance or more: a vote of 1
_DISSENTS = 0.6  # it gives another number this chance or more: the label is taken for wrong
_DOUBTFUL_VOTE = 0.3
_READ_ANYHOW, _WAS_READ, _TOLD = 1e-3, 0.02, 0.6
_TURNCOAT = 0.5  # share of its vote that a crop keeps which may be mirrored and has a digit that looks like another then


@dataclass(frozen=True)
class Cleaned:
    """For n crops: ``turns`` (n,) into ``TURNS``; whether that was ``told`` (n,) or guessed; ``votes`` (n,) 0-1, 0 where the label is taken for wrong."""

    turns: npt.NDArray[np.int64]
    told: npt.NDArray[np.bool_]
    votes: Scores

    def save(self, path: Path) -> None:
        """Write to ``path`` (npz), aside first, then renamed."""
        aside = path.with_suffix(".part")
        with aside.open("wb") as file:
            np.savez(file, turns=self.turns, told=self.told, votes=self.votes)
        aside.replace(path)

    @staticmethod
    def load(path: Path) -> Cleaned:
        """Read what ``save`` wrote.

        Raises:
            DataError: an older version wrote it.
        """
        with np.load(path) as stored:
            if "told" not in stored:
                raise DataError(f"{path}: of an older version; train in another folder (--work)")
            return Cleaned(stored["turns"], stored["told"], stored["votes"])


@torch.no_grad()
def predict(network: NumberNetwork, images: Sequence[Image], batch: int = 256) -> tuple[Scores, Scores]:
    """Return the (n, 101) distributions over ``NUMBERS`` given that the number is whole, and the (n, 3) states."""
    exported = ExportedReader(network).eval()
    numbers, states = [np.zeros((0, len(NUMBERS)), np.float32)], [np.zeros((0, 3), np.float32)]
    for start in range(0, len(images), batch):
        pictures = torch.from_numpy(np.stack([fit_crop(image) for image in images[start : start + batch]]))
        with torch.autocast("cpu", torch.bfloat16):
            tens, units, state = (output.float().numpy() for output in exported(pictures))
        numbers.append(number_distribution(tens, units, np.ones_like(state)))
        states.append(state)
    return np.concatenate(numbers), np.concatenate(states)


def prior_of(crop: NumberCrop) -> Scores:
    """Return the chances (8,) of ``TURNS`` for a crop before anyone has looked at its number."""
    if crop.upright:
        return _UPRIGHT
    if crop.turned:
        return _LIES_BARRED
    height, width = crop.image.shape[:2]
    return _LIES_SQUARE if 0.77 < width / height < 1.3 else _LIES_NARROW


def choose_turns(of_label: npt.NDArray[np.floating], prior: Scores) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return each crop's likeliest turn (n,), and (n,) whether it is told: likelier than all others together, by what was read and not by ``prior`` alone.

    ``of_label`` (n, 8) is the chance of reading the label in every turn; ``prior`` (n, 8) how likely each turn is.
    """
    weight = (of_label + _READ_ANYHOW) * prior
    turns = weight.argmax(1)
    return turns, (weight.max(1, initial=0) > _TOLD * weight.sum(1)) & (of_label.max(1, initial=0) > _WAS_READ)


def weigh(seen: Scores, labels: npt.NDArray[np.int64], told: npt.NDArray[np.bool_]) -> Scores:
    """Return votes (n,) from the reader's (n, 101) chances of crops as they lie, and whether how they lie is ``told`` (n,)."""
    rows = np.arange(len(labels))
    rivals = seen.copy()
    rivals[rows, labels] = 0
    votes = np.where(seen[rows, labels] >= _AGREES, 1.0, np.where(rivals.max(1, initial=0) >= _DISSENTS, 0.0, _DOUBTFUL_VOTE))
    turncoats = np.array([bool(set(NUMBERS[label]) & set("25")) for label in labels], bool)
    return np.where(turncoats & ~told, _TURNCOAT * votes, votes).astype(np.float32)


def lay(recogniser: TextRecogniser, crops: Sequence[NumberCrop]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return how each of ``crops`` lies (n,), and whether the recogniser could tell; where it can't, the likeliest way it was filed."""
    prior = np.array([prior_of(crop) for crop in crops], np.float32).reshape(-1, len(TURNS))
    of_label = np.zeros((len(crops), len(TURNS)))
    for index in range(len(TURNS)):
        possible = np.flatnonzero(prior[:, index])
        labels = [NUMBERS.index(crops[int(i)].number) for i in possible]
        of_label[possible, index] = recogniser.chances([turn(crops[int(i)].image, index) for i in possible])[np.arange(len(possible)), labels]
    turns, told = choose_turns(of_label, prior)
    return turns, told | np.array([crop.upright for crop in crops], bool)


def clean(reader: NumberNetwork, crops: Sequence[NumberCrop], laid: Cleaned) -> Cleaned:
    """Weigh the labels of ``crops``, ``laid`` as they are, by ``reader``."""
    labels = np.array([NUMBERS.index(crop.number) for crop in crops], np.int64)
    seen = predict(reader, [turn(crop.image, int(index)) for crop, index in zip(crops, laid.turns, strict=True)])[0]
    return replace(laid, votes=weigh(seen, labels, laid.told))
