"""The truth of one clip as columns: who is who, where the court lies, the ball, and what was played. It may be sparse: every n-th frame, one table only.

Frames count decoded frames from 0; boxes are pixels of the clip; metres are of the court frame (origin at the court's centre, x to the right, y towards the
near sideline, z up).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from courtside.types import Team

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Strings = npt.NDArray[np.object_]

ShotKind = Literal["main", "close-up", "replay", "crowd"]
"""What the camera between two cuts shows: the game as the main camera sees it, somebody large, what was played before, or no play at all."""


def _none(*shape: int) -> Floats:
    return np.zeros(shape)


@dataclass(frozen=True)
class PeopleLabels:
    """n people in frames, sorted by frame.

    ``labelled`` lists the frames in which everybody was labelled, those with nobody too. ``who`` is a name that lasts for a person within the clip (the same
    across a cut). ``role`` is "player" or "referee"; ``team``, ``number`` and ``player`` are str, or None where unknown or none. ``court_m`` (n, 2) is where
    the feet stand, NaN where unknown. ``visible`` (n,) 0-1 is the share of the body that shows, NaN where unknown.
    """

    labelled: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    frame: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    who: Strings = field(default_factory=lambda: np.zeros(0, object))
    xyxy: Floats = field(default_factory=lambda: _none(0, 4))
    role: Strings = field(default_factory=lambda: np.zeros(0, object))
    team: Strings = field(default_factory=lambda: np.zeros(0, object))
    number: Strings = field(default_factory=lambda: np.zeros(0, object))
    player: Strings = field(default_factory=lambda: np.zeros(0, object))
    court_m: Floats = field(default_factory=lambda: _none(0, 2))
    visible: Floats = field(default_factory=lambda: _none(0))


@dataclass(frozen=True)
class CourtLabels:
    """Where the court lies in k frames, sorted by frame.

    ``valid`` (k,) is False where no court is in view; ``court_to_pinhole`` (k, 3, 3) maps floor metres (x, y, 1) to homogeneous pinhole pixels (NaN where not
    valid), which ``lens`` then bends: (cx, cy, sx, sy, k1, k2) as in ``courtside.court.Lens``, one for the clip. ``league`` names the court's measures.
    """

    league: str = "nba"
    lens: tuple[float, float, float, float, float, float] = (0.0, 0.0, 1.0, 1.0, 0.0, 0.0)
    frame: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    valid: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    court_to_pinhole: Floats = field(default_factory=lambda: _none(0, 3, 3))


@dataclass(frozen=True)
class BallLabels:
    """The ball in frames, sorted.

    ``labelled`` are the frames looked at, ``frame`` (n,) those where it shows; ``xyxy`` (n, 4), ``court_m`` (n, 3) NaN where unknown.
    """

    labelled: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    frame: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    xyxy: Floats = field(default_factory=lambda: _none(0, 4))
    court_m: Floats = field(default_factory=lambda: _none(0, 3))


@dataclass(frozen=True)
class Event:
    """Something that was played: ``kind`` is "shot", "pass", "possession", "rebound", "turnover" or "three-seconds".

    Times are seconds of the clip; ``end_s`` equals ``start_s`` for a moment. ``who`` is a person of ``PeopleLabels``; ``facts`` holds what else is known, such
    as {"outcome": "made", "points": 3, "to": "..."}.
    """

    kind: str
    start_s: float
    end_s: float
    who: str | None = None
    team: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Truth:
    """The truth of one clip. ``name`` is the clip's file name without ending. A table that was not labelled is None, which is not the same as an empty one.

    ``shots`` has the frames of each kind of shot, (k,) rising, as far as somebody looked.
    """

    name: str
    width: int
    height: int
    rate: Fraction
    n_frames: int
    teams: tuple[Team, ...] = ()
    cuts: tuple[int, ...] = ()
    people: PeopleLabels | None = None
    court: CourtLabels | None = None
    ball: BallLabels | None = None
    events: tuple[Event, ...] | None = None
    shots: Mapping[ShotKind, Ints] = field(default_factory=dict)
