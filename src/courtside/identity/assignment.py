"""Who is who on the floor, all at once: every stretch of every tracklet of one shot is given to one of the ten players, or to nobody.

A filter over time that keeps many hypotheses, each saying which stretch every player was last seen in (multiple hypothesis tracking: Reid 1979, "An algorithm
for tracking multiple targets"), and a backward pass over them (forward-backward: Rabiner 1989, section III). So the chance of a stretch for a player knows of
all that was seen before and after, of him and of the others. One player is never in two places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.identity.continuity import Whereabouts, continuity

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

A_SIDE = 5
_SIXTH = -5.0  # nats for a sixth player of a team within one shot: a wrong number, or somebody of the bench
_SEVENTH = -2.0  # and for each more, for where one was substituted others were too
_OVERLAP_S = 0.07  # two stretches of one player may overlap this long; longer only where both lie in one place
_NEAREST = 3.5  # nats: a place says at most this for two stretches being one player, for bodies that hide each other are not where their boxes are
_ASTRAY = 0.05  # share of people who turn up where nobody would expect them
_NOBODY, _BRIEF, _BRIEF_S = 0.03, 0.5, 0.5  # chance that a new tracklet is no player: a double box, somebody of the bench; more of a brief one
_STRANGE_KIT = 0.3  # how well any kit fits nobody
_SHOWS, _A_LOOK, _MOST_LOOKS = 0.2, 8.0, 5.0  # chance that nobody shows a number at a look, the nats between numbers that a look is worth, how many count
_LEAST_KIT = 0.002  # a kit never says more than this against a team
_TOLD, _MOST_NUMBERS = 0.18, 8  # chance above that of any number from which a stretch's number is tried as a player's own, and how many of a team are
_AHEAD_S, _AHEAD_LEAST = 5.0, -8.0  # how far ahead in its tracklet a stretch's readings are weighed when hypotheses are dropped, and the least one may say
_HYPOTHESES, _WORSE = 400, 20.0  # how many are kept, and by how many nats one may be worse than the best


@dataclass(frozen=True)
class Stretch:
    """A part of a tracklet over which nothing suggests that the tracker went over to somebody else.

    ``start_s`` and ``end_s`` are times of the clip, ``found`` and ``lost`` where it begins and ends (None where unknown). ``follows`` is the index of the part
    before it in its tracklet and ``stays`` the chance that it is the same person. ``kit`` (3,) are the chances of kit 0, kit 1 and neither, ``numbers`` (101,)
    the log-likelihoods of each number. ``doubles`` are the indices of earlier stretches that it may be a second box of.
    """

    start_s: float
    end_s: float
    found: Whereabouts | None
    lost: Whereabouts | None
    follows: int | None
    stays: float
    kit: Floats
    numbers: Floats
    doubles: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Slot:
    """One player on the floor: his ``team`` (0 or 1) and the index of his ``number``, None for one whose number is not known."""

    team: int
    number: int | None


@dataclass(frozen=True)
class Assignment:
    """``chance`` (n, s + 1) of each of n stretches for each of the s ``slots``; the last column is nobody's."""

    slots: tuple[Slot, ...]
    chance: Floats


def assign(stretches: Sequence[Stretch], priors: Floats) -> Assignment:
    """Return who each of the ``stretches`` of one shot is.

    Args:
        stretches: in order of ``start_s``; ``follows`` counts in this order.
        priors: (2, 101) chances of each number in each team; a row sums to 1.
    """
    slots, nameless = _slots(stretches, priors)
    likelihood = _likelihoods(stretches, slots, priors, nameless)
    hopes = _hopes(stretches, likelihood)
    filter_ = _Filter(stretches, slots, priors, nameless)
    for n in range(len(stretches)):
        filter_.step(n, likelihood[n], hopes)
    return Assignment(tuple(slots), filter_.smoothed())


def _slots(stretches: Sequence[Stretch], priors: Floats) -> tuple[list[Slot], Floats]:
    """Return the players to try, and (2, 101) the priors of the numbers that have no slot of their own."""
    slots, nameless = [], priors.copy()
    for team in (0, 1):
        best = np.zeros(priors.shape[1])
        for stretch in stretches:
            chance = priors[team] * np.exp(stretch.numbers - stretch.numbers.max())
            best = np.maximum(best, stretch.kit[team] * chance / chance.sum())
        numbers = [int(number) for number in np.argsort(-best) if best[number] > priors[team].max() + _TOLD][:_MOST_NUMBERS]
        nameless[team, numbers] = 0
        slots += [Slot(team, number) for number in numbers] + [Slot(team, None)] * A_SIDE
    return slots, nameless


def _likelihoods(stretches: Sequence[Stretch], slots: Sequence[Slot], priors: Floats, nameless: Floats) -> Floats:
    """Return (n, s + 1): how well each player explains kit and readings of each stretch, in nats."""
    out = np.empty((len(stretches), len(slots) + 1))
    for n, stretch in enumerate(stretches):
        seen = np.exp(stretch.numbers - stretch.numbers.max())
        any_other = (nameless @ seen) / np.maximum(nameless.sum(1), 1e-9)
        for s, slot in enumerate(slots):
            number = seen[slot.number] if slot.number is not None else any_other[slot.team]
            out[n, s] = math.log(max(float(stretch.kit[slot.team]), _LEAST_KIT)) + math.log(number + 1e-12)
        looks = min(float(np.ptp(stretch.numbers)) / _A_LOOK, _MOST_LOOKS)
        read = math.log(float((priors @ seen).mean()) + 1e-12) + looks * math.log(_SHOWS)
        out[n, -1] = math.log(_STRANGE_KIT + float(stretch.kit[2])) + read
    return out


def _hopes(stretches: Sequence[Stretch], likelihood: Floats) -> Floats:
    """Return (n, s + 1): what the rest of its tracklet will say for each player if the tracker stays with him, at most 0.

    It only decides which hypotheses are kept: without it the right one is often dropped before its number is read.
    """
    hopes = np.zeros_like(likelihood)
    for n in range(len(stretches) - 1, -1, -1):
        before = stretches[n].follows
        if before is not None:
            here = np.maximum(likelihood[n] - likelihood[n].max(), _AHEAD_LEAST)
            hopes[before] = stretches[n].stays * math.exp((stretches[before].end_s - stretches[n].end_s) / _AHEAD_S) * (hopes[n] + here)
    return hopes


@dataclass(frozen=True)
class _Step:
    """How the hypotheses before a stretch lead to those after it: rows ``before`` and ``after`` (t,), whom it was given to, and the weight of that."""

    before: npt.NDArray[np.int16]
    after: npt.NDArray[np.int16]
    slot: npt.NDArray[np.int16]
    weight: npt.NDArray[np.float32]
    forward: Floats


class _Filter:
    def __init__(self, stretches: Sequence[Stretch], slots: Sequence[Slot], priors: Floats, nameless: Floats) -> None:
        self._stretches = stretches
        self._known = [np.array([s for s, slot in enumerate(slots) if slot.team == team and slot.number is not None], int) for team in (0, 1)]
        self._unknown = [np.array([s for s, slot in enumerate(slots) if slot.team == team and slot.number is None], int) for team in (0, 1)]
        self._priors = [np.array([priors[team, slots[s].number] for s in self._known[team]]) for team in (0, 1)]
        self._nameless = nameless.sum(1)
        self._until_s = _ends(stretches)
        # a hypothesis: the index of the stretch that each player was last seen in, -1 for one who has not been seen
        self._last = np.full((1, len(slots)), -1, np.int32)
        self._weight, self._hope = np.zeros(1), np.zeros(1)
        self._steps: list[_Step] = []

    def step(self, n: int, likelihood: Floats, hopes: Floats) -> None:
        """Give stretch ``n`` to everybody it could be, in every hypothesis, and keep the best of what comes out."""
        follows, nobody = self._stretches[n].follows, self._last.shape[1]
        weight = np.concatenate([self._turning_up(n), np.full((len(self._last), 1), self._nobody(n))], 1)
        hope = self._hope
        if follows is not None:
            weight, owner = self._staying(n, follows, weight)
            hope = hope - hopes[follows][owner]
        total = self._weight[:, None] + weight + likelihood
        promise = total + hope[:, None] + hopes[n]
        before, slot = np.nonzero(promise > promise.max() - _WORSE)
        last = self._last[before]
        given = np.flatnonzero(slot < nobody)
        last[given, slot[given]] = n
        # what differs only in how it came about is one hypothesis
        _, first, same = np.unique(np.ascontiguousarray(last).view(np.dtype((np.void, last.itemsize * nobody))).ravel(), return_index=True, return_inverse=True)
        merged, hoped = np.full(len(first), -np.inf), np.full(len(first), -np.inf)
        np.logaddexp.at(merged, same, total[before, slot])
        np.maximum.at(hoped, same, hope[before] + hopes[n][slot])
        kept = np.argsort(-(merged + hoped), kind="stable")[:_HYPOTHESES]
        row = np.full(len(first), -1)
        row[kept] = np.arange(len(kept))
        after = row[same]
        used = after >= 0
        # weights are relative to the best, so that they stay near 0
        best = merged[kept[0]]
        lead = (weight + likelihood)[before[used], slot[used]] - best
        # small numbers: an hour without a cut has many thousand steps
        small_before, small_after, small_slot = (rows[used].astype(np.int16) for rows in (before, after, slot))
        self._steps.append(_Step(small_before, small_after, small_slot, lead.astype(np.float32), self._weight))
        self._last, self._weight, self._hope = last[first[kept]], merged[kept] - best, hoped[kept]

    def _turning_up(self, n: int) -> Floats:
        """Return (h, s) log-densities, relative to anywhere on the floor, of each player turning up where stretch ``n`` begins; -inf for who is elsewhere."""
        now, seen = self._stretches[n], self._last >= 0
        again = np.full(n + 1, -np.inf)  # the last entry is for -1
        for i in np.unique(self._last[seen]):
            if self._stretches[i].end_s <= now.start_s + _OVERLAP_S or i in now.doubles:
                again[i] = _closeness(self._stretches[i], now)
        weight = np.where(seen, again[self._last], -np.inf)
        for team in (0, 1):
            known, unknown = self._known[team], self._unknown[team]
            count = seen[:, known].sum(1) + seen[:, unknown].sum(1)
            left = np.maximum(1 - seen[:, known] @ self._priors[team], 1e-3)
            new = np.select([count > A_SIDE, count == A_SIDE], [_SEVENTH, _SIXTH], 0.0) - np.log(left)
            weight[:, known] = np.where(seen[:, known], weight[:, known], np.log(self._priors[team] + 1e-12) + new[:, None])
            # those without a number are all alike: only the first of them who is still to come is tried
            rows = np.flatnonzero(~seen[:, unknown].all(1))
            weight[rows, unknown[np.argmin(seen[:, unknown], 1)[rows]]] = math.log(self._nameless[team] + 1e-12) + new[rows]
        return weight

    def _staying(self, n: int, follows: int, weight: Floats) -> tuple[Floats, Ints]:
        """Weigh in that the tracker most likely stayed with whom it followed; also return (h,) who that was."""
        stays, nobody = self._stretches[n].stays, weight.shape[1] - 1
        same = self._last == follows
        owner = np.where(same.any(1), same.argmax(1), nobody)
        weight = weight + math.log(1 - stays)
        weight[:, nobody] = math.log((1 - stays) * _NOBODY) + _NEAREST
        weight[np.arange(len(weight)), owner] = math.log(stays) + _NEAREST
        return weight, owner

    def _nobody(self, n: int) -> float:
        lasts_s = self._until_s[n] - self._stretches[n].start_s
        return math.log(_NOBODY + _BRIEF * math.exp(-lasts_s / _BRIEF_S))

    def smoothed(self) -> Floats:
        """Return (n, s + 1) the chances of each stretch for each player."""
        chance = np.zeros((len(self._steps), self._last.shape[1] + 1))
        backward = np.zeros(len(self._last))
        for n in range(len(self._steps) - 1, -1, -1):
            step = self._steps[n]
            ahead = step.weight + backward[step.after]
            total = step.forward[step.before] + ahead
            np.add.at(chance[n], step.slot, np.exp(total - total.max()))
            backward = np.full(len(step.forward), -np.inf)
            np.logaddexp.at(backward, step.before, ahead)
            backward -= backward.max()
        return np.asarray(chance / np.maximum(chance.sum(1, keepdims=True), 1e-300))


def _ends(stretches: Sequence[Stretch]) -> list[float]:
    """Return when the tracklet of each stretch ends."""
    until = [stretch.end_s for stretch in stretches]
    for n in range(len(stretches) - 1, -1, -1):
        before = stretches[n].follows
        if before is not None:
            until[before] = until[n]
    return until


def _closeness(before: Stretch, after: Stretch) -> float:
    """Return by how many nats the places speak for one player; 0 where they are not known."""
    if before.lost is None or after.found is None:
        return 0.0
    lost = before.lost
    if after.found.time_s <= lost.time_s:  # a double box: both are where he is
        apart = float(np.linalg.norm(after.found.place_m - lost.place_m))
        return math.log((1 - _ASTRAY) * math.exp(_NEAREST - apart**2 / 2) + _ASTRAY)
    return math.log((1 - _ASTRAY) * math.exp(min(continuity(lost, after.found), _NEAREST)) + _ASTRAY)
