"""How much a set of readings says for each of the 101 jersey numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from courtside.types import NUMBERS, Reading

Floats = npt.NDArray[np.float64]

_RIGHT, _PART, _STRAY = 0.84, 0.05, 0.06
"""What is seen when a player's number is n: n itself; for two digits, one of them alone (each); any number at all, read off somebody else or misread.
The shares come from the reader's behaviour on cut-off crops and from number boxes that lie on two players."""

_LOOK_S = 0.5
"""Readings less than this apart are much the same picture: k of them count as sqrt(k) looks."""


def _confusion() -> Floats:
    """Return (101, 101): row n, column r is the chance that r is what a perfect reader sees when the player's number is n."""
    table = np.full((len(NUMBERS), len(NUMBERS)), _STRAY / len(NUMBERS))
    for row, number in enumerate(NUMBERS):
        table[row, row] += _RIGHT
        for digit in set(number) if len(number) == 2 else set():
            table[row, NUMBERS.index(digit)] += _PART
    return np.asarray(table / table.sum(1, keepdims=True))


_CONFUSION = _confusion()


def look_weights(time_s: Floats) -> Floats:
    """Return (r,) weights for readings at ``time_s`` (r,), sorted: the k readings of one look of ``_LOOK_S`` share sqrt(k)."""
    if not len(time_s):
        return np.zeros(0)
    look = np.floor((time_s - time_s[0]) / _LOOK_S).astype(int)
    counts = np.bincount(look)[look]
    return np.asarray(np.sqrt(counts) / counts)


def reading_log_likelihoods(chance: npt.NDArray[np.floating]) -> Floats:
    """Return (r, 101) log-likelihoods of each number for readings ``chance`` (r, 101); a row that says nothing is constant.

    The reader's row is its belief under equal priors, so the likelihood of number n is the sum over what may have been seen, times the chance of seeing that
    given n; what the reader left for "not legible" speaks for every number alike.
    """
    if not len(chance):
        return np.zeros((0, len(NUMBERS)))
    belief = np.asarray(chance, float)
    nothing = np.clip(1 - belief.sum(1, keepdims=True), 0, 1) / len(NUMBERS)
    return np.asarray(np.log(belief @ _CONFUSION.T + nothing + 1e-9))


def number_log_likelihood(chance: npt.NDArray[np.floating], time_s: Floats) -> Floats:
    """Return (101,): the log-likelihood of each number given all readings of one person, looks weighted by how independent they are."""
    return np.asarray((reading_log_likelihoods(chance) * look_weights(time_s)[:, None]).sum(0))


def chance_of(reading: Reading) -> npt.NDArray[np.float32]:
    """Return the (101,) belief of a reading, for readers that give no more than a text and a confidence too."""
    if reading.chance is not None:
        return reading.chance
    chance = np.zeros(len(NUMBERS), np.float32)
    if reading.text in NUMBERS:
        chance[NUMBERS.index(reading.text)] = reading.confidence
    return chance
