"""How much a set of readings says for each of the 101 jersey numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from courtside.types import NUMBERS, Reading

Floats = npt.NDArray[np.float64]

_STRAY = 0.15
"""Share of looks in which another number is read: off somebody else, or misread."""

_ONE_DIGIT_SHARED, _NO_DIGIT_SHARED, _OTHER_LENGTH = 0.5, 0.25, 0.25
_ONE_DIGIT_TOO = 0.8
"""What is read then, of a two-digit number: another with one of its digits in its place, another two-digit one, or a single digit (half a number apart, which
is a matter of its own); and how often another single digit is read of a single one. Of 118 and 59 mistakes on four broadcast clips (legible from 0.8): 56, 23,
21 and 83 %."""

_SELDOM_HALF, _OFTEN_HALF, _TURNED = 0.05, 0.7, 0.2
"""Chance that through a whole look only one digit of a two-digit number shows (an arm, another player, the edge of the shirt); the same for a player who is
turned away all the time; and the share of such players. Readings of half a number agree with each other, look after look, so they must not count as
if they were independent: measured on broadcast clips, a 25 seen from the side was read as 5 for four seconds."""

_LEAST_LEGIBLE = 0.8
"""A reading that may well not be a whole number says nothing: stripes and folds look like a 1, time and again. On labelled clips 0.5 and 0.6
name fewer people."""

_SURE, _FLATTENED = 0.9, 2.0
"""A reading whose likeliest number has a smaller share of its belief mixes up likenesses: on labelled clips those believed between 0.5 and 0.8 are right half
of the time. Its belief is flattened by this temperature."""

_LOOK_S = 1.0
"""Readings less than this apart are much the same picture: k of them count as sqrt(k)."""

_TWO_DIGITS = [i for i, number in enumerate(NUMBERS) if len(number) == 2]
_FIRST, _SECOND = ([NUMBERS.index(NUMBERS[i][k]) for i in _TWO_DIGITS] for k in (0, 1))


def _mistakes() -> Floats:
    """Return (101, 101): the chance of reading number r where w is seen, given that another one than w is read; columns, of w, sum to 1."""
    two = np.array([len(number) == 2 for number in NUMBERS])
    first, second = (np.array([number[place] if len(number) == 2 else "" for number in NUMBERS]) for place in (0, -1))
    shared = two[:, None] & two & ((first[:, None] == first) ^ (second[:, None] == second))
    others = two[:, None] & two & ~shared & ~np.eye(len(NUMBERS), dtype=bool)
    singles = ~two[:, None] & ~two & ~np.eye(len(NUMBERS), dtype=bool)
    kinds = (
        (shared, _ONE_DIGIT_SHARED),
        (others, _NO_DIGIT_SHARED),
        (~two[:, None] & two, _OTHER_LENGTH),
        (singles, _ONE_DIGIT_TOO),
        (two[:, None] & ~two, 1 - _ONE_DIGIT_TOO),
    )
    return np.asarray(sum(share * kind / np.maximum(kind.sum(0), 1) for kind, share in kinds), float)


_MISTAKES = _mistakes()


def reading_log_likelihoods(chance: npt.NDArray[np.floating]) -> Floats:
    """Return (r, 101) log-likelihoods of each number as the one that is SEEN in each reading, ``chance`` (r, 101); a row that says nothing is constant.

    The reader's row is its belief under equal priors, so it is proportional to the likelihood; what it left for "not a whole number" speaks for every number
    alike. The share of looks that stray speaks for what is easily mistaken for the number that was read.
    """
    belief = np.asarray(chance, float).reshape(-1, len(NUMBERS))
    legible = belief.sum(1, keepdims=True)
    belief = np.where(legible >= _LEAST_LEGIBLE, belief, 0)
    flat = np.maximum(belief, 1e-6) ** (1 / _FLATTENED)
    unsure = belief.max(1, keepdims=True) < _SURE * belief.sum(1, keepdims=True)
    belief = np.where(unsure, flat / flat.sum(1, keepdims=True) * legible, belief)
    nothing = np.clip(1 - belief.sum(1, keepdims=True), 0, 1)
    return np.asarray(np.log((1 - _STRAY) * belief + _STRAY * belief @ _MISTAKES + nothing / len(NUMBERS) + 1e-9))


def looks(time_s: Floats) -> Floats:
    """Return (r,) which look each reading at ``time_s`` (r,), sorted, belongs to, counted from 0."""
    return np.asarray(np.floor((time_s - time_s[0]) / _LOOK_S), float) if len(time_s) else np.zeros(0)


def look_log_likelihoods(chance: npt.NDArray[np.floating], time_s: Floats, half_seen: float) -> tuple[Floats, Floats, Floats]:
    """Return the evidence look by look: (k, 101) log-likelihoods of each number WORN, and the first and last time (k,) of each look's readings.

    Within a look a number is seen whole, or, with chance ``half_seen``, only one of its digits is.
    """
    seen, look = reading_log_likelihoods(chance), looks(time_s)
    rows, first, last = [], [], []
    for which in np.unique(look):
        inside = look == which
        total = seen[inside].sum(0) / np.sqrt(inside.sum())
        worn = total.copy()
        half = np.logaddexp(total[_FIRST], total[_SECOND]) - np.log(2)
        worn[_TWO_DIGITS] = np.logaddexp(np.log(1 - half_seen) + total[_TWO_DIGITS], np.log(half_seen) + half)
        rows.append(worn)
        first.append(time_s[inside][0])
        last.append(time_s[inside][-1])
    return np.array(rows).reshape(-1, len(NUMBERS)), np.array(first), np.array(last)


def number_log_likelihood(chance: npt.NDArray[np.floating], time_s: Floats) -> Floats:
    """Return (101,): the log-likelihood of each number given all readings of one person at ``time_s`` (r,), sorted."""
    facing, turned = (look_log_likelihoods(chance, time_s, half)[0].sum(0) for half in (_SELDOM_HALF, _OFTEN_HALF))
    return np.asarray(np.logaddexp(np.log(1 - _TURNED) + facing, np.log(_TURNED) + turned))


def chance_of(reading: Reading) -> npt.NDArray[np.float32]:
    """Return the (101,) belief of a reading, for readers that give no more than a text and a confidence too."""
    if reading.chance is not None:
        return reading.chance
    chance = np.zeros(len(NUMBERS), np.float32)
    if reading.text in NUMBERS:
        chance[NUMBERS.index(reading.text)] = reading.confidence
    return chance
