"""Whether what was played was seen: events by kind within a second, and what is said of the shots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from courtside.evaluate.identity import Share
from courtside.evaluate.matching import Compared
from courtside.truth.labels import Event

TOLERANCE_S = 1.0
"""Two events of one kind are the same if they begin at most this far apart."""

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
    """``kinds``: the events by kind. ``outcome``, ``shooter`` and ``points`` are of the found shots of which the truth knows them."""

    kinds: Mapping[str, EventScores]
    outcome: Share
    shooter: Share
    points: Share


def pair_events(truth: Sequence[Event], found: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Return the one-to-one pairs of events (all of one kind) that begin within ``TOLERANCE_S``: as many as can be, the nearest first."""
    from scipy.optimize import linear_sum_assignment

    apart = np.abs(np.array([event.start_s for event in truth])[:, None] - np.array([float(event["start_s"]) for event in found])[None])
    rows, columns = linear_sum_assignment(np.where(apart <= TOLERANCE_S + 1e-9, apart - 1e3, 0.0))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if apart[i, j] <= TOLERANCE_S + 1e-9]


def _whose(compared: Compared | None, rate: float) -> Callable[[Mapping[str, Any], float], str | None]:
    """Return a function that tells which labelled person an event's ``track_id`` covers in the labelled frame nearest to a time, within a second."""
    seen: dict[int, list[tuple[int, str]]] = {}
    for frame, i, j in compared.pairs() if compared else ():
        assert compared is not None
        seen.setdefault(int(compared.drawn.track_id[j]), []).append((frame, compared.truth.who[i]))

    def whose(event: Mapping[str, Any], at_s: float) -> str | None:
        track = event.get("track_id")
        near = min(seen.get(int(track), []) if track is not None else [], key=lambda one: abs(one[0] / rate - at_s), default=None)
        return near[1] if near and abs(near[0] / rate - at_s) <= TOLERANCE_S else None

    return whose


def _right(pairs: Sequence[tuple[Event, Mapping[str, Any]]], fact: str) -> Share:
    known = [(true.facts[fact], (one.get("facts") or {}).get(fact)) for true, one in pairs if true.facts.get(fact) is not None]
    return Share(sum(a == b for a, b in known), len(known))


def score_plays(truth: Sequence[Event], found: Sequence[Mapping[str, Any]], compared: Compared | None, rate: float) -> PlayScores:
    """Compare the events. ``compared`` tells who a found shot's track is; ``rate`` is frames per second."""
    kinds, shots = {}, []
    for kind in sorted({event.kind for event in truth} | {str(event["kind"]) for event in found} - NEVER_LABELLED):
        true, ours = [event for event in truth if event.kind == kind], [event for event in found if event["kind"] == kind]
        pairs = pair_events(true, ours)
        kinds[kind] = EventScores(len(pairs), len(ours) - len(pairs), len(true) - len(pairs))
        if kind == "shot":
            shots = [(true[i], ours[j]) for i, j in pairs]
    whose = _whose(compared, rate)
    shooters = [(event.who, whose(one, event.start_s)) for event, one in shots if event.who is not None]
    return PlayScores(kinds, _right(shots, "outcome"), Share(sum(a == b for a, b in shooters), len(shooters)), _right(shots, "points"))
