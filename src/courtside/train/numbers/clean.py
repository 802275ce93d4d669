"""Finding how each training crop lies and which labels are wrong, with the network that is being trained.

Small-loss selection (Jiang et al. 2018, "MentorNet"): early on a network has learned what most crops agree on, and not yet single wrong labels by heart. It
starts from rendered numbers, whose labels are certain, and from the crops as they lie; then every crop is laid the way in which its label is likeliest, and
loses its vote when the network is sure of another number. After more training on the crops set upright this is done once more, now with a better judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from courtside.models.numbers import NUMBERS, fit_crop, number_distribution
from courtside.train.numbers.data import TURNS, NumberCrop, turn
from courtside.train.numbers.network import ExportedReader, NumberNetwork
from courtside.types import Image

Scores = npt.NDArray[np.float32]

# How often each of TURNS occurs, looked up by eye: crops with bars lie on their side, the others mostly stand, some mirrored.
_LIES = np.array([0.52, 0.05, 0.08, 0.05, 0.16, 0.04, 0.06, 0.04], np.float32)
_LIES_TURNED = np.array([0.02, 0.38, 0.02, 0.38, 0.02, 0.08, 0.02, 0.08], np.float32)
_AGREES = 0.25  # the judge gives the label this chance or more: a vote of 1
_DISSENTS = 0.6  # the judge gives another number this chance or more: the label is taken for wrong
_DOUBTFUL_VOTE = 0.3
_PLAIN = 0.85  # the label has this chance or more in a likely turn: no need to look at the other turns


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


def judge(network: NumberNetwork, crops: Sequence[NumberCrop]) -> Cleaned:
    """Lay and weigh ``crops`` by ``network``, which should not yet know them by heart."""
    labels = np.array([NUMBERS.index(crop.number) for crop in crops], int)
    prior = np.stack([_LIES_TURNED if crop.turned else _LIES for crop in crops]) if crops else np.zeros((0, len(TURNS)), np.float32)
    seen = np.zeros((len(crops), len(TURNS), len(NUMBERS)), np.float32)
    settled = np.zeros(len(crops), bool)
    for index in np.argsort(-(_LIES + _LIES_TURNED)):  # the likely turns first: a crop that reads as labelled in one needs no other
        open_rows = np.flatnonzero(~settled)
        seen[open_rows, index] = predict(network, [turn(crops[int(i)].image, int(index)) for i in open_rows])[0]
        settled |= (seen[np.arange(len(crops)), index, labels] > _PLAIN) & (prior[:, index] >= 0.1)
    return weigh(seen, labels, prior)


def weigh(seen: Scores, labels: npt.NDArray[np.int64], prior: Scores) -> Cleaned:
    """Choose each crop's turn and vote from ``seen`` (n, 8, 101), chances of every number in every turn, and ``prior`` (n, 8), how likely each turn is."""
    of_label = np.take_along_axis(seen, labels[:, None, None], 2)[..., 0]
    turns = (of_label * prior).argmax(1)
    chances = of_label.max(1, where=prior >= prior.max(1, keepdims=True) * 0.05, initial=0.0).astype(np.float32)
    rivals = seen.copy()
    np.put_along_axis(rivals, labels[:, None, None], 0, 2)
    # Only in a likely turn does the judge's certainty of another number count: nearly every digit looks like some other one when mirrored.
    dissent = rivals.max(2).max(1, where=prior >= prior.max(1, keepdims=True) * 0.5, initial=0.0)
    votes = np.where(chances >= _AGREES, 1.0, np.where(dissent >= _DISSENTS, 0.0, _DOUBTFUL_VOTE)).astype(np.float32)
    return Cleaned(turns.astype(np.int64), votes, chances)
