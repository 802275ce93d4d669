"""What the camera shows between two cuts: the game as it is played, or a close-up, a replay, the crowd. From records and the court alone, no pixels.

A clip is of a game, so the shot that shows most of it is taken for the game camera's: where the court was found, and of those where most people were for
longest. Every shot is held against it: is the court where that camera would see it, how many people are there, how large are they, how long does it last? And
where the court is known: do people run as they ran before, at the same or at a slower pace? What people do is never the same twice.

A clip of one shot, whoever took it from wherever, has nothing to be held against and is the game.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from courtside.court import Court, Lens
from courtside.court.camera import floor_under
from courtside.court.registration import CourtTrack, line_agreement
from courtside.records import Records
from courtside.truth.labels import ShotKind
from courtside.types import PLAYER_CLASSES, REFEREE

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

KINDS: tuple[ShotKind, ...] = ("main", "close-up", "replay", "crowd")

_SURE = 0.4  # confidence of a box that is somebody
_PRIOR = np.log([0.55, 0.20, 0.15, 0.10])
# What is expected of each kind, as logarithms and their spreads: seconds; how tall people are and how many there are, against the game camera's.
_LENGTH = np.log([9.0, 2.5, 4.5, 2.5]), np.array([1.0, 0.6, 0.5, 0.6])
_TALL = np.log([1.0, 2.4, 1.5, 1.2]), np.array([0.25, 0.5, 0.4, 0.8])
_MANY = np.log([1.0, 0.12, 0.4, 0.06]), np.array([0.4, 0.8, 0.6, 0.8])
# The chance that the court is found where the game camera would see it, that it is found but not there, that it is not found.
_COURT = {"there": np.array([0.96, 0.02, 0.2, 0.02]), "elsewhere": np.array([0.01, 0.03, 0.3, 0.03]), "nowhere": np.array([0.03, 0.95, 0.5, 0.95])}
_AGAIN = np.array([0.003, 0.003, 0.8, 0.003])  # and that, where it is there, people move as they moved before
_LEAST_BOXES = 5  # to tell how tall people are
_NONE_AT_ALL = 0.3  # people a frame, added to both sides of a ratio
_LINES, _FOR_THE_LINES = 0.45, 9  # share of the paint on the court's lines (0.6 to 0.9 where it is right), and how many sightings of a shot to look at

_BEFORE_S = 60.0  # a replay shows what was played not longer ago
_PACES = (1.0, 0.75, 0.6, 0.5, 0.4, 0.33, 0.25)
_EVERY_S = 0.1  # the pictures of people's places are so far apart
_LEAST_S = 1.0  # in less nobody has gone anywhere
_MOMENTS, _LEAST_PEOPLE, _MOST_PEOPLE = 30, 4, 16  # of a shot looked at; in one of them
_SAME_PLACE_M = 0.6
_SAME, _MOVED = 0.55, 0.1
"""The share of people who must be where they were, moment for moment, and how much larger it must be than that against one moment held still.

People who only stand around look alike at any two moments."""


@dataclass(frozen=True)
class CameraShot:
    """The frames from ``first`` to ``last`` (included) are one shot, of this ``kind`` with this ``probability`` (0-1)."""

    first: int
    last: int
    kind: ShotKind
    probability: float


def live_frames(shots: Iterable[CameraShot], n_frames: int) -> Bools:
    """Return (n_frames,) in which frames the game is shown live by the game camera. Frames of no shot are: nobody said otherwise."""
    live = np.ones(n_frames, bool)
    for shot in shots:
        live[shot.first : shot.last + 1] = shot.kind == "main"
    return live


def camera_shots(records: Records, court: CourtTrack | None, measures: Court) -> tuple[CameraShot, ...]:
    """Tell what each shot of a clip is.

    Args:
        records: of the clip.
        court: where the court lies, None where nobody looked.
        measures: whose court it is.
    """
    n = len(records.frames.time_s)
    if not n:
        return ()
    firsts = np.unique([0, *np.flatnonzero(records.frames.cut)])
    ends = [*firsts[1:], n]
    seen = [_look(records, court, measures, first, end) for first, end in zip(firsts, ends, strict=True)]
    best = max(range(len(seen)), key=lambda i: (seen[i].court == "there", seen[i].many * seen[i].seconds))
    people = _places(records, court) if court is not None and sum(look.court == "there" for look in seen) > 1 else None
    found = []
    for i, (first, end) in enumerate(zip(firsts.tolist(), ends, strict=True)):
        again = people.again(first, end) if people is not None and seen[i].court == "there" else None
        chances = _chances(seen[i], seen[best], again)
        kind = int(chances.argmax())
        found.append(CameraShot(first, int(end) - 1, KINDS[kind], float(chances[kind])))
        if people is not None and KINDS[kind] != "main":
            people.leave_out(first, end)  # a replay of a replay shows the same play
    return tuple(found)


@dataclass(frozen=True)
class _Look:
    """What a shot looks like: ``tall`` is the median height of people over the picture's, None where there are too few."""

    seconds: float
    many: float
    tall: float | None
    court: Literal["there", "elsewhere", "nowhere"]


def _look(records: Records, court: CourtTrack | None, measures: Court, first: int, end: int) -> _Look:
    times, found, height = records.frames.time_s, records.detections, records.clip.height
    rows = slice(*np.searchsorted(found.frame, (first, end)))
    tall = (found.xyxy[rows, 3] - found.xyxy[rows, 1])[_somebody(records, rows)] / height
    where: Literal["there", "elsewhere", "nowhere"] = "nowhere"
    if court is not None and court.valid[first:end].mean() > 0.5:
        where = "there" if _lines_lie(records, court, measures, first, end) else "elsewhere"
    seconds = float(times[end - 1] - times[first]) + 1 / float(records.clip.rate)
    return _Look(seconds, len(tall) / (end - first), float(np.median(tall)) if len(tall) >= _LEAST_BOXES else None, where)


def _lines_lie(records: Records, court: CourtTrack, measures: Court, first: int, end: int) -> bool:
    """Tell whether the painted lines of a shot lie where the game camera would see them; where none is seen, they do not."""
    inside = [sighting for sighting in records.court if first <= sighting.frame < end]
    return line_agreement(inside[:: max(1, len(inside) // _FOR_THE_LINES)], court, measures) >= _LINES


def _chances(look: _Look, game: _Look, again: bool | None) -> Floats:
    """Return (4,) the chance of each of ``KINDS``."""
    log = _PRIOR + _normal(np.log(look.seconds), *_LENGTH)
    log += _normal(np.log((look.many + _NONE_AT_ALL) / (game.many + _NONE_AT_ALL)), *_MANY)
    if look.tall is not None and game.tall is not None:
        log += _normal(np.log(look.tall / game.tall), *_TALL)
    if game.court == "there":
        log += np.log(_COURT[look.court])
    if again is not None:
        log += np.log(_AGAIN if again else 1 - _AGAIN)
    chances = np.exp(log - log.max())
    return np.asarray(chances / chances.sum())


def _normal(value: float, mean: Floats, spread: Floats) -> Floats:
    return np.asarray(-0.5 * ((value - mean) / spread) ** 2 - np.log(spread))


@dataclass(frozen=True)
class _Places:
    """Where people were, every ``_EVERY_S`` seconds: ``frame``, ``shot`` and ``time_s`` (k,), ``floor`` (k, p, 2) in metres, NaN where nobody else was seen."""

    frame: npt.NDArray[np.int64]
    shot: npt.NDArray[np.int64]
    time_s: Floats
    floor: Floats

    def leave_out(self, first: int, end: int) -> None:
        """Forget what a shot showed."""
        self.shot[(self.frame >= first) & (self.frame < end)] = -1

    def again(self, first: int, end: int) -> bool | None:
        """Tell whether the frames from ``first`` to before ``end`` show what was shown before; None where that can't be known."""
        enough = np.isfinite(self.floor[:, :, 0]).sum(1) >= _LEAST_PEOPLE
        mine = np.flatnonzero(enough & (self.frame >= first) & (self.frame < end))
        if len(mine) < _LEAST_S / _EVERY_S:
            return None
        mine = mine[:: max(1, len(mine) // _MOMENTS)]
        past = np.flatnonzero((self.frame < first) & (self.shot >= 0) & (self.time_s > self.time_s[mine[0]] - _BEFORE_S))
        if not len(past):
            return None
        alike, half = _alike(self.floor[past], self.floor[mine]), len(mine) // 2
        # what a replay shows may have begun, or gone on, while something else was shown
        parts = [slice(None), *((slice(half), slice(half, None)) if half >= _LEAST_S / _EVERY_S else ())]
        return any(_run_alike(alike[:, part], self.time_s[mine[part]], self.shot[past]) for part in parts)


def _run_alike(alike: Floats, time_s: Floats, shot: npt.NDArray[np.int64]) -> bool:
    """Tell whether moments at ``time_s`` (m,) follow upon each other like some of those past: ``alike`` (k, m), of which ``shot`` (k,) tells the shot."""
    passed, columns, best = (time_s - time_s[0]) / _EVERY_S, np.arange(len(time_s)), 0.0
    for pace in _PACES:
        steps = np.round(passed * pace).astype(int)
        starts = np.arange(max(0, len(shot) - steps[-1]))
        starts = starts[shot[starts] == shot[starts + steps[-1]]]
        if len(starts):
            best = max(best, float(alike[starts[:, None] + steps, columns].mean(1).max()))
    return bool(best >= _SAME and best >= alike.mean(1).max() + _MOVED)


def _alike(a: Floats, b: Floats) -> Floats:
    """Return (k, m): how alike pictures ``a`` (k, p, 2) are to ``b`` (m, p, 2), the share of people who stand where somebody stands in the other.

    Of the two the one that shows less counts. Who stands near by counts in part.
    """
    near = np.nan_to_num(np.exp(-((a[:, None, :, None] - b[None, :, None]) ** 2).sum(-1) / _SAME_PLACE_M**2))  # who is not there is near nobody
    seen_a, seen_b = (np.isfinite(one[:, :, 0]).sum(1) for one in (a, b))
    share = np.maximum(near.max(3).sum(2) / np.maximum(seen_a, 1)[:, None], near.max(2).sum(2) / np.maximum(seen_b, 1))
    return np.asarray(np.where((seen_a >= _LEAST_PEOPLE)[:, None], share, 0.0))


def _places(records: Records, court: CourtTrack) -> _Places:
    times, found, lens = records.frames.time_s, records.detections, Lens(*court.lens)
    sampled = np.flatnonzero(np.diff(np.floor((times - times[0]) / _EVERY_S + 1e-6), prepend=-1) > 0)
    floor = np.full((len(sampled), _MOST_PEOPLE, 2), np.nan)
    for i, frame in enumerate(sampled.tolist()):
        if court.valid[frame]:
            rows = slice(*np.searchsorted(found.frame, (frame, frame + 1)))
            box = found.xyxy[rows][_somebody(records, rows)][:_MOST_PEOPLE].astype(float)
            floor[i, : len(box)] = floor_under(court.court_to_pinhole[frame], lens, np.stack([(box[:, 0] + box[:, 2]) / 2, box[:, 3]], 1))
    return _Places(sampled, np.asarray(np.cumsum(records.frames.cut), np.int64)[sampled], times[sampled], floor)


def _somebody(records: Records, rows: slice) -> Bools:
    found = records.detections
    return np.asarray(np.isin(found.class_id[rows], (*PLAYER_CLASSES, REFEREE)) & (found.confidence[rows] >= _SURE), bool)
