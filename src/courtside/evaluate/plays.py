"""Whether what was played was seen: events by kind within a second, and what is said of the shots."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from courtside.evaluate.identity import Share
from courtside.evaluate.matching import Compared
from courtside.truth.labels import Event

TOLERANCE_S = 1.0
"""Two events of one kind are the same if they begin at most this far apart."""

_ABOUT_S = 0.25

_DOUBTFUL = "clear"
"""The fact that says False where a fair witness could not tell whether it was one: it is neither to be found nor to be left out."""

NEVER_LABELLED = frozenset({"team-possession", "out-of-bounds"})
"""Kinds that are told and that no truth has: they can be neither right nor wrong."""


@dataclass(frozen=True)
class EventScores:
    """Events of one kind: ``n_true`` of the found are in the truth, ``n_false`` are not, ``n_missed`` of the truth were not found."""

    n_true: int
    n_false: int
    n_missed: int

    @property
    def f1(self) -> float | None:
        """2 TP / (2 TP + FP + FN); None of nothing."""
        total = 2 * self.n_true + self.n_false + self.n_missed
        return 2 * self.n_true / total if total else None


@dataclass(frozen=True)
class PlayScores:
    """``kinds``: the events by kind. ``outcome``, ``shooter`` and ``points`` are of the found shots of which the truth knows them.

    ``points_told`` is of those whose points were told, not left open.
    """

    kinds: Mapping[str, EventScores]
    outcome: Share
    shooter: Share
    points: Share
    points_told: Share


def pair_events(truth: Sequence[Event], found: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Return the one-to-one pairs of events (all of one kind) that begin within ``TOLERANCE_S``: as many as can be, the nearest first.

    A stay in the paint is also the same if the two have more than half of the longer one in common: who enters it hidden has been in it all the same.
    """
    from scipy.optimize import linear_sum_assignment

    apart = np.abs(np.array([event.start_s for event in truth])[:, None] - np.array([float(event["start_s"]) for event in found])[None])
    for i, j in itertools.product(range(len(truth)), range(len(found))):
        if truth[i].kind == "three-seconds" and _shared(truth[i], found[j]) > 0.5:
            apart[i, j] = min(apart[i, j], TOLERANCE_S)
    rows, columns = linear_sum_assignment(np.where(apart <= TOLERANCE_S + 1e-9, apart - 1e3, 0.0))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if apart[i, j] <= TOLERANCE_S + 1e-9]


def _shared(event: Event, one: Mapping[str, Any]) -> float:
    """Return the share (0-1) of the longer of two events that both cover."""
    start_s, end_s = float(one["start_s"]), float(one.get("end_s", one["start_s"]))
    both_s = min(event.end_s, end_s) - max(event.start_s, start_s)
    return max(both_s, 0.0) / max(event.end_s - event.start_s, end_s - start_s, 1e-9)


def without_doubtful(truth: Sequence[Event], found: Sequence[Mapping[str, Any]]) -> tuple[list[Event], list[Mapping[str, Any]]]:
    """Leave out the events of the truth that are doubtful, and what was found that is the same as one of them and as none that is clear."""
    clear, doubtful = ([event for event in truth if (event.facts.get(_DOUBTFUL) is False) == doubt] for doubt in (False, True))
    kept = []
    for one in found:
        same = [event for event in (*clear, *doubtful) if event.kind == one["kind"] and pair_events([event], [one])]
        if not same or any(event.facts.get(_DOUBTFUL) is not False for event in same):
            kept.append(one)
    return clear, kept


def _whose(compared: Compared | None, rate: float) -> Callable[[Mapping[str, Any], float], str | None]:
    """Return a function that tells which labelled person an event's ``track_id`` covers about a time.

    It is whom it covers most often within ``_ABOUT_S``: in a single frame two boxes that lie on one another can be taken for each other. Where nothing is
    labelled then, it is whom it covers in the nearest labelled frame within a second.
    """
    seen: dict[int, list[tuple[int, str]]] = {}
    for frame, i, j in compared.pairs() if compared else ():
        assert compared is not None
        seen.setdefault(int(compared.drawn.track_id[j]), []).append((frame, compared.truth.who[i]))

    def whose(event: Mapping[str, Any], at_s: float) -> str | None:
        track = event.get("track_id")
        near = sorted((abs(frame / rate - at_s), who) for frame, who in (seen.get(int(track), []) if track is not None else []))
        about = Counter(who for away_s, who in near if away_s <= _ABOUT_S)
        if about:
            return about.most_common(1)[0][0]
        return near[0][1] if near and near[0][0] <= TOLERANCE_S else None

    return whose


def _right(pairs: Sequence[tuple[Event, Mapping[str, Any]]], fact: str) -> Share:
    known = [(true.facts[fact], (one.get("facts") or {}).get(fact)) for true, one in pairs if true.facts.get(fact) is not None]
    return Share(sum(a == b for a, b in known), len(known))


def score_plays(truth: Sequence[Event], found: Sequence[Mapping[str, Any]], compared: Compared | None, rate: float) -> PlayScores:
    """Compare the events. ``compared`` tells who a found shot's track is; ``rate`` is frames per second."""
    kinds, shots = {}, []
    truth, found = without_doubtful(truth, found)
    for kind in sorted({event.kind for event in truth} | {str(event["kind"]) for event in found} - NEVER_LABELLED):
        true, ours = [event for event in truth if event.kind == kind], [event for event in found if event["kind"] == kind]
        pairs = pair_events(true, ours)
        kinds[kind] = EventScores(len(pairs), len(ours) - len(pairs), len(true) - len(pairs))
        if kind == "shot":
            shots = [(true[i], ours[j]) for i, j in pairs]
    told = [(event, one) for event, one in shots if (one.get("facts") or {}).get("points") is not None]
    whose = _whose(compared, rate)
    shooters = [(event.who, whose(one, event.start_s)) for event, one in shots if event.who is not None]
    return PlayScores(kinds, _right(shots, "outcome"), Share(sum(a == b for a, b in shooters), len(shooters)), _right(shots, "points"), _right(told, "points"))
