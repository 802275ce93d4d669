"""Finding how each training crop lies and which labels are wrong, with the network that is being trained.

How it lies: a copy of the network is trained a little on rendered numbers alone, some of them mirrored or turned and then called illegible; each crop is laid
the way in which that copy finds its label likeliest. The network itself will not do: it learns from crops still mirrored that a mirrored 3 is a 3.

Which labels are wrong: small-loss selection (Jiang et al. 2018, "MentorNet"). Before its last steps a network has learned what most crops agree on and not yet
single wrong labels by heart; a crop in which it surely sees another number loses its vote, and one in which it sees nothing clear keeps a small one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from courtside.models.numbers import WHOLE, fit_crop, number_distribution
from courtside.train.numbers.data import TURNS, NumberCrop, turn
from courtside.train.numbers.network import ExportedReader, NumberNetwork
from courtside.types import NUMBERS, Image

Scores = npt.NDArray[np.float32]

# How often each of TURNS occurs, looked up by eye: crops with bars lie on their side; of the others, some of the squarish ones do, and some are mirrored.
_LIES_BARRED = np.array([0, 0.4, 0, 0.4, 0, 0.1, 0, 0.1], np.float32)
_LIES_SQUARE = np.array([0.5, 0.06, 0.04, 0.06, 0.22, 0.04, 0.04, 0.04], np.float32)
_LIES_NARROW = np.array([0.7, 0, 0.05, 0, 0.2, 0, 0.05, 0], np.float32)
_AGREES = 0.25  # the network gives the label this chance or more: a vote of 1
_DISSENTS = 0.6  # it gives another number this chance or more, in the likeliest turn: the label is taken for wrong
_DOUBTFUL_VOTE = 0.3


@dataclass(frozen=True)
class Cleaned:
    """For n crops: ``turns`` (n,) into ``TURNS``; ``votes`` (n,) 0-1, 0 where the label is taken for wrong; ``chances`` (n,) the judge's of the label."""

    turns: npt.NDArray[np.int64]
    votes: Scores
    chances: Scores

    def save(self, path: Path) -> None:
        """Write to ``path`` (npz), aside first, then renamed."""
        aside = path.with_suffix(".part")
        with aside.open("wb") as file:
            np.savez(file, turns=self.turns, votes=self.votes, chances=self.chances)
        aside.replace(path)

    @staticmethod
    def load(path: Path) -> Cleaned:
        """Read what ``save`` wrote."""
        with np.load(path) as stored:
            return Cleaned(stored["turns"], stored["votes"], stored["chances"])


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
    if crop.turned:
        return _LIES_BARRED
    height, width = crop.image.shape[:2]
    return _LIES_SQUARE if 0.77 < width / height < 1.3 else _LIES_NARROW


def choose_turns(seen: Scores, labels: npt.NDArray[np.int64], prior: Scores) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return each crop's likeliest turn (n,) given its label, and (n,) given none.

    ``seen`` (n, 8, 101) is the chance of every number in every turn, small where the number does not stand upright; ``prior`` (n, 8) how likely each turn is.
    """
    of_label = np.take_along_axis(seen, labels[:, None, None], 2)[..., 0]
    return ((of_label + 1e-6) * prior).argmax(1), ((seen.max(2, initial=0) + 1e-6) * prior).argmax(1)


def weigh(as_labelled: Scores, freely: Scores, labels: npt.NDArray[np.int64]) -> tuple[Scores, Scores]:
    """Return votes (n,) and the labels' chances (n,) from the (n, 101) chances of the crops in their turn given the label, and in that given none."""
    rows = np.arange(len(labels))
    chances = np.maximum(as_labelled[rows, labels], freely[rows, labels])
    rivals = freely.copy()
    rivals[rows, labels] = 0
    votes = np.where(chances >= _AGREES, 1.0, np.where(rivals.max(1, initial=0) >= _DISSENTS, 0.0, _DOUBTFUL_VOTE)).astype(np.float32)
    return votes, chances.astype(np.float32)


def clean(layer: NumberNetwork, reader: NumberNetwork, crops: Sequence[NumberCrop]) -> Cleaned:
    """Lay ``crops`` by ``layer``, which knows a mirrored or turned number from an upright one, and weigh their labels by ``reader``."""
    labels = np.array([NUMBERS.index(crop.number) for crop in crops], np.int64)
    prior = np.array([prior_of(crop) for crop in crops], np.float32).reshape(-1, len(TURNS))
    seen = np.zeros((len(crops), len(TURNS), len(NUMBERS)), np.float32)
    for index in range(len(TURNS)):
        possible = np.flatnonzero(prior[:, index])
        numbers, states = predict(layer, [turn(crops[int(i)].image, index) for i in possible])
        seen[possible, index] = numbers * states[:, [WHOLE]]
    turns, free_turns = choose_turns(seen, labels, prior)
    as_labelled = predict(reader, [turn(crop.image, int(index)) for crop, index in zip(crops, turns, strict=True)])[0]
    freely = as_labelled.copy()
    moved = np.flatnonzero(turns != free_turns)
    freely[moved] = predict(reader, [turn(crops[int(i)].image, int(free_turns[i])) for i in moved])[0]
    return Cleaned(turns, *weigh(as_labelled, freely, labels))
