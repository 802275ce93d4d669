"""How much a set of readings says for each of the 101 jersey numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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

_SELDOM_HALF, _OFTEN_HALF, _TURNED = 0.05, 0.7, 0.13
"""Chance that through a whole look only one digit of a two-digit number shows (an arm, another player, the edge of the shirt); the same for a player who is
turned away all the time; and the share of such players. Readings of half a number agree with each other, look after look, so they must not count as
if they were independent: measured on broadcast clips, a 25 seen from the side was read as 5 for four seconds."""

_ALWAYS_MISREAD = 0.002
"""Chance that a number is taken for another one whenever it is read: one that no roster lists is not proved beyond that, however many looks agree. A 13 was
read as 11 for three seconds."""

_NARROW, _NARROW_LEAST, _NARROW_SAYS = -1.9, -1.1, 2.0
"""What the shape of a number's box says for half a number where a single digit is read: log-odds of so much for each e-fold that it is wider than tall, this
much for a square one, and at most so much either way. Measured on four broadcast clips: the middle of 386 whole single digits is 0.71 as wide as tall, of 46
halves 0.59, for the rest of the number is seen from the side; on simulated clips 0.66 and 0.52."""

_GLIMPSES, _GLIMPSED, _GLIMPSES_SAY = 20.0, 0.09, (-1.5, 4.0)
"""What glimpses of two digits say for half a number where mostly a single one is read: log-odds of so much for each unit of their share beyond this one, and
the least and most. Of the readings of whole single digits 4 % (the middle of 65 tracklets on broadcasts) and 2 % (17 simulated) look most like some two-digit
number, however unsure, of those of halves 31 % (2) and 12 % (4)."""

_ENOUGH_SHAPES, _ENOUGH_GLIMPSES = 3, 8  # readings from which both count in full

_LEAST_LEGIBLE, _LEAST_LEGIBLE_TWO = 0.8, 0.4
"""A reading that may well not be a whole number says nothing: stripes and folds look like a 1, time and again. On labelled clips 0.5 and 0.6
name fewer people. Nothing looks like two digits so easily."""

_SURE, _FLATTENED = 0.9, 2.0
"""A reading whose likeliest number has a smaller share of its belief mixes up likenesses: on labelled clips those believed between 0.5 and 0.8 are right half
of the time. Its belief is flattened by this temperature."""

_LOOK_S = 1.0
"""Readings less than this apart are much the same picture: k of them count as sqrt(k)."""

_ONE_DIGIT = np.array([len(number) == 1 for number in NUMBERS])
_TWO_DIGITS = [i for i, number in enumerate(NUMBERS) if len(number) == 2]
_FIRST, _SECOND = ([NUMBERS.index(NUMBERS[i][k]) for i in _TWO_DIGITS] for k in (0, 1))


@dataclass(frozen=True)
class Readings:
    """The numbers read off one person: ``chance`` (r, 101) at ``time_s`` (r,), sorted, and ``aspect`` (r,), the width of each number's box over its height."""

    time_s: Floats
    chance: Floats
    aspect: Floats

    def of(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_] | slice) -> Readings:
        """Return some of them."""
        return Readings(self.time_s[rows], self.chance[rows], self.aspect[rows])


def together(parts: Sequence[Readings]) -> Readings:
    """Return the readings of one or more stretches of one person as one."""
    whole = Readings(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("time_s", "chance", "aspect")))
    return whole.of(np.argsort(whole.time_s, kind="stable"))


def share_read(readings: Readings, number: int) -> float:
    """Return the share (0-1) of the legible readings whose likeliest number is this one; 0 where nothing is legible."""
    legible = readings.chance.sum(1) >= _LEAST_LEGIBLE
    return float((readings.chance[legible].argmax(1) == number).mean()) if legible.any() else 0.0


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
    flat = np.maximum(belief, 1e-6) ** (1 / _FLATTENED)
    unsure = belief.max(1, keepdims=True) < _SURE * legible
    belief = np.where(unsure, flat / flat.sum(1, keepdims=True) * legible, belief)
    belief = np.where(legible >= np.where(_one_digit(chance), _LEAST_LEGIBLE, _LEAST_LEGIBLE_TWO)[:, None], belief, 0)
    nothing = np.clip(1 - belief.sum(1, keepdims=True), 0, 1)
    return np.asarray(np.log((1 - _STRAY) * belief + _STRAY * belief @ _MISTAKES + nothing / len(NUMBERS) + 1e-9))


def looks(time_s: Floats) -> Floats:
    """Return (r,) which look each reading at ``time_s`` (r,), sorted, belongs to, counted from 0."""
    return np.asarray(np.floor((time_s - time_s[0]) / _LOOK_S), float) if len(time_s) else np.zeros(0)


def _one_digit(chance: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """Return (r,) whether each reading looks most like a single digit."""
    return np.asarray(_ONE_DIGIT[np.argmax(np.asarray(chance).reshape(-1, len(NUMBERS)), 1)])


def _read_as_one_digit(readings: Readings) -> Floats:
    """Return (r,) how far each reading is believed to be a single digit, 0 where it may not be a whole number."""
    belief = np.asarray(readings.chance, float)
    return np.asarray(belief[:, _ONE_DIGIT].sum(1) * (belief.sum(1) >= _LEAST_LEGIBLE))


def _shape_says(log_aspect: npt.ArrayLike) -> Floats:
    return np.clip(_NARROW * np.asarray(log_aspect, float) + _NARROW_LEAST, -_NARROW_SAYS, _NARROW_SAYS)


def narrowness(readings: Readings) -> Floats:
    """Return (r,) what the shape of each reading's box says for half a number against a whole single digit, in nats; 0 where it is not read as one."""
    return np.asarray(_shape_says(np.log(readings.aspect)) * _read_as_one_digit(readings))


def _turned_log_odds(readings: Readings) -> float:
    """Return what the shapes of all boxes and the glimpses of two digits say for somebody who is turned away all the time, in nats.

    They are properties of him and of his shirt, so each counts once, however long he is seen.
    """
    single = _read_as_one_digit(readings)
    if single.sum() < 0.5:  # what is read has two digits
        return 0.0
    shape = float(_shape_says(np.average(np.log(readings.aspect), weights=single))) * min(1.0, float(single.sum()) / _ENOUGH_SHAPES)
    share = float((~_one_digit(readings.chance)).mean())
    glimpses = float(np.clip(_GLIMPSES * (share - _GLIMPSED), *_GLIMPSES_SAY)) * min(1.0, len(single) / _ENOUGH_GLIMPSES)
    legible = np.asarray(readings.chance, float).sum(1)
    return (shape + glimpses) * float(single.sum() / legible[legible >= _LEAST_LEGIBLE].sum())


def look_log_likelihoods(
    readings: Readings, half_seen: float, narrow: Floats | None = None, halves: Sequence[Sequence[int]] = (_FIRST, _SECOND)
) -> tuple[Floats, Floats, Floats]:
    """Return the evidence look by look: (k, 101) log-likelihoods of each number WORN, and the first and last time (k,) of each look's readings.

    Within a look a number is seen whole, or, with chance ``half_seen``, only one of its digits is, any of ``halves``; ``narrow`` (r,) is what the shape of each
    reading says for that, of ``narrowness``.
    """
    time_s = readings.time_s
    seen, look = reading_log_likelihoods(readings.chance), looks(time_s)
    narrow = np.zeros(len(time_s)) if narrow is None else narrow
    rows, first, last = [], [], []
    for which in np.unique(look):
        inside = look == which
        total = seen[inside].sum(0) / np.sqrt(inside.sum())
        worn = total.copy()
        half = np.logaddexp.reduce([total[digits] for digits in halves]) - np.log(len(halves)) + narrow[inside].sum() / np.sqrt(inside.sum())
        worn[_TWO_DIGITS] = np.logaddexp(np.log(1 - half_seen) + total[_TWO_DIGITS], np.log(half_seen) + half)
        rows.append(worn)
        first.append(time_s[inside][0])
        last.append(time_s[inside][-1])
    return np.array(rows).reshape(-1, len(NUMBERS)), np.array(first), np.array(last)


def number_log_likelihood(readings: Readings) -> Floats:
    """Return (101,): the log-likelihood of each number given all readings of one person."""
    facing = look_log_likelihoods(readings, _SELDOM_HALF)[0].sum(0)
    # who is turned away shows mostly the same side all the time
    sides = [look_log_likelihoods(readings, _OFTEN_HALF, halves=halves)[0].sum(0) for halves in ([_FIRST], [_SECOND], [_FIRST, _SECOND])]
    turned = np.logaddexp.reduce(sides) - np.log(len(sides))
    turned[_TWO_DIGITS] += _turned_log_odds(readings)
    return np.asarray(np.logaddexp(np.log(1 - _TURNED) + facing, np.log(_TURNED) + turned))


def allowing_for_likeness(log: Floats) -> Floats:
    """Return log-likelihoods (101,) that allow for a number that is taken for another one whenever it is read."""
    likeness = np.log(np.exp(log - log.max()) @ _MISTAKES + 1e-300) + log.max()
    return np.asarray(np.logaddexp(np.log(1 - _ALWAYS_MISREAD) + log, np.log(_ALWAYS_MISREAD) + likeness))


def chance_of(reading: Reading) -> npt.NDArray[np.float32]:
    """Return the (101,) belief of a reading, for readers that give no more than a text and a confidence too."""
    if reading.chance is not None:
        return reading.chance
    chance = np.zeros(len(NUMBERS), np.float32)
    if reading.text in NUMBERS:
        chance[NUMBERS.index(reading.text)] = reading.confidence
    return chance
