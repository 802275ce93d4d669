"""What somebody who watched the clip says against the models, and how it changes a result.

A correction holds on to the picture and not to a track's number: it knows the clip, the times and the boxes of whom it speaks of. So it can be made again on
any other result of the clip, whatever the tracks are called there and wherever they begin and end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

import numpy as np
import numpy.typing as npt

from courtside.errors import CourtsideError
from courtside.pipeline.resolve import Result, Track
from courtside.records import Records
from courtside.types import Team

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]

_SAME_IOU = 0.5  # overlap from which a box is the one that was meant
_SAME_S = 0.1  # a frame this near is the one that was meant, at another frame rate too
_ROUNDED_S = 1e-3  # times are kept in milliseconds
_BRIEFLY_S = 0.3  # two tracks of one player may overlap this long, where a double box began or ended

What = Literal["player", "team", "unknown", "referee", "nobody"]


class CorrectionError(CourtsideError):
    """A correction is not understood, or its file is wrong."""


@dataclass(frozen=True)
class Spot:
    """A box at a time (s): ``xyxy`` in pixels of the clip. ``beside`` are the boxes of others that lay over it then, so as not to take them for it."""

    time_s: float
    xyxy: Box
    beside: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Named:
    """Whoever was ``seen`` there is what ``what`` says.

    "player": wears this ``number``, of this ``team`` or, where that is None, of the one he is taken for; "team": is of this team; "unknown": a player whose
    number is not what it was taken for; "referee"; "nobody": does not take part. ``say`` is how it was put, ``clip`` the clip's file name.
    """

    say: str
    clip: str
    what: What
    team: str | None
    number: str | None
    seen: tuple[Spot, ...]


@dataclass(frozen=True)
class Split:
    """The person seen ``before`` is not the one seen ``after``: somebody else from ``at_s`` on."""

    say: str
    clip: str
    at_s: float
    before: Spot
    after: Spot


@dataclass(frozen=True)
class Swap:
    """Two people were exchanged at ``at_s``: each of the two seen ``before`` (in order) is not the one seen ``after``, but the other. None: not seen there."""

    say: str
    clip: str
    at_s: float
    before: tuple[Spot | None, Spot | None]
    after: tuple[Spot | None, Spot | None]


Correction = Named | Split | Swap


def correct(result: Result, corrections: Sequence[Correction], clips: Sequence[Records]) -> tuple[Result, tuple[Correction, ...]]:
    """Apply ``corrections``, one after the other, to a ``result`` of ``clips``.

    What is said is drawn with probability 1. A player who was named is not in another place at the same time: the other track loses his number, even where
    an earlier correction had given it. What is true already changes nothing, so that it makes no difference whether corrections are applied once or twice.

    Returns:
        The corrected result, and the corrections that found nobody to speak of.
    """
    numbers = {PurePath(records.clip.path).name: i for i, records in enumerate(clips)}
    teams = {team.name: team for team in result.teams}
    tracks, missed = list(result.tracks), []
    for correction in corrections:
        clip = numbers.get(correction.clip)
        if clip is None:
            missed.append(correction)
            continue
        others = [track for track in tracks if track.clip != clip]
        shown = _Shown([track for track in tracks if track.clip == clip], clips[clip].frames.time_s)
        match correction:
            case Named():
                found = shown.name(correction, teams)
            case Split():
                found = shown.split(correction)
            case Swap():
                found = shown.swap(correction)
        if not found:
            missed.append(correction)
        tracks = others + shown.tracks
    return replace(result, tracks=tuple(sorted(tracks, key=lambda track: (track.clip, track.track_id)))), tuple(missed)


class _Shown:
    """The tracks of one clip while they are corrected; each method says whether it found those it speaks of."""

    def __init__(self, tracks: list[Track], time_s: Floats) -> None:
        self.tracks, self._time_s = tracks, time_s

    def name(self, said: Named, teams: Mapping[str, Team]) -> bool:
        holders = {spot: self.holder(spot) for spot in said.seen}
        hits = [i for i in holders.values() if i is not None]
        named = []
        # who was seen most comes last, and so keeps the name where two tracks claim it at one time
        for i in sorted(set(hits), key=hits.count):
            track = self.tracks[i]
            told = _told(track, said, teams)
            if told is not None:
                self._replace_part(i, self._his(track, i, holders), told)
                named.append(i)
        for i in named:
            self._clear_for((i,))
        if said.what == "nobody":
            self.tracks = [track for i, track in enumerate(self.tracks) if i not in named]
        return bool(named)

    def split(self, said: Split) -> bool:
        before, after = self.holder(said.before), self.holder(said.after)
        if before is not None and before == after:
            track = replace(self.tracks[before], corrected=True)
            later = self._from(track, said.at_s)
            self.tracks[before] = _rows(track, ~later)
            self.tracks.append(replace(_rows(track, later), track_id=self._free_id()))
        return before is not None and after is not None

    def swap(self, said: Swap) -> bool:
        (a, b), (a_later, b_later) = ([self.holder(spot) if spot else None for spot in pair] for pair in (said.before, said.after))
        one, other = (a if a is not None else a_later), (b if b is not None else b_later)
        if one is None or other is None or one == other:
            return False
        if (a is not None and a == a_later) or (b is not None and b == b_later):
            first, second = (replace(self.tracks[i], corrected=True) for i in (one, other))
            later, later_too = self._from(first, said.at_s), self._from(second, said.at_s)
            self.tracks[one] = _joined(first, _rows(first, ~later), _rows(second, later_too))
            self.tracks[other] = _joined(second, _rows(second, ~later_too), _rows(first, later))
            self._clear_for((one, other))
        return True

    def holder(self, spot: Spot) -> int | None:
        """Return the index of the track that has this box then."""
        frame = nearest_frame(self._time_s, spot.time_s)
        if frame is None:
            return None
        boxes = [(i, row) for i, track in enumerate(self.tracks) if (row := row_of(track, frame)) is not None]
        likeness = [(box_iou(spot.xyxy, box), i) for i, row in boxes if not _nearer(box := self.tracks[i].xyxy[row], spot)]
        best, i = max(likeness, default=(0.0, -1))
        return i if best >= _SAME_IOU else None

    def _his(self, track: Track, i: int, holders: Mapping[Spot, int | None]) -> Rows:
        """Return which of the track's rows are of the one who was meant: each goes with the nearest time at which that is known of the track."""
        known = [(spot.time_s, holder == i) for spot, holder in holders.items() if self._is_there(track, spot.time_s)]
        times, his = np.array([time_s for time_s, _ in known]), np.array([mine for _, mine in known])
        return np.asarray(his[np.abs(self._time_s[track.frame][:, None] - times[None]).argmin(1)], bool)

    def _is_there(self, track: Track, time_s: float) -> bool:
        frame = nearest_frame(self._time_s, time_s)
        return frame is not None and row_of(track, frame) is not None

    def _from(self, track: Track, at_s: float) -> Rows:
        return np.asarray(self._time_s[track.frame] >= at_s - _ROUNDED_S)

    def _replace_part(self, i: int, his: Rows, told: Track) -> None:
        """Let ``told`` be the track in the rows that are ``his``; the larger part keeps the track's number."""
        rest = _rows(self.tracks[i], ~his)
        told = _rows(told, his)
        if len(rest.frame):
            if his.mean() >= 0.5:
                rest = replace(rest, track_id=self._free_id())
            else:
                told = replace(told, track_id=self._free_id())
            self.tracks.append(rest)
        self.tracks[i] = told

    def _clear_for(self, winners: Sequence[int]) -> None:
        """Take their numbers from everybody who has one of them at the same time."""
        frame_s = float(np.median(np.diff(self._time_s))) if len(self._time_s) > 1 else 0.0
        for winner in (self.tracks[i] for i in winners):
            for j, track in enumerate(self.tracks):
                if winner.number is None or j in winners or (track.team, track.number) != (winner.team, winner.number):
                    continue
                both = np.isin(track.frame, winner.frame)
                if both.sum() * frame_s > _BRIEFLY_S:
                    self.tracks[j] = replace(_unnamed(track), corrected=True)
                elif both.any():
                    self.tracks[j] = replace(track, well_seen=track.well_seen & ~both)

    def _free_id(self) -> int:
        return max((track.track_id for track in self.tracks), default=0) + 1


def nearest_frame(time_s: Floats, wanted_s: float) -> int | None:
    """Return the frame at that time, None where the clip (``time_s`` of each frame) has none."""
    if not len(time_s):
        return None
    frame = int(np.abs(time_s - wanted_s).argmin())
    return frame if abs(time_s[frame] - wanted_s) <= _SAME_S else None


def row_of(track: Track, frame: int) -> int | None:
    """Return which of the track's rows is of this frame."""
    row = int(np.searchsorted(track.frame, frame))
    return row if row < len(track.frame) and track.frame[row] == frame else None


def box_iou(a: Box | Floats, b: Box | Floats) -> float:
    """Return the intersection over union (0-1) of two boxes."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0.0) * max(height, 0.0)
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return float(shared / max(areas - shared, 1e-9))


def _nearer(box: Floats, spot: Spot) -> bool:
    """Tell whether a box is more like one beside the spot than like the spot's own."""
    return any(box_iou(other, box) > box_iou(spot.xyxy, box) for other in spot.beside)


def _told(track: Track, said: Named, teams: Mapping[str, Team]) -> Track | None:
    """Return the track as it was said to be; None where that can't be said of this one."""
    if said.what == "nobody":
        return track
    if said.what == "referee":
        return replace(track, role="referee", team=None, number=None, player=None, probability=1.0, best=None, corrected=True)
    if said.what == "unknown":
        return replace(_unnamed(track), corrected=True)
    team = teams.get(said.team or track.team or "")
    if team is None:
        return None
    number = said.number if said.what == "player" else track.number if track.team == team.name else None
    player = team.players.get(number) if number is not None else None
    sure = 1.0 if said.what == "player" or number is None else track.probability
    # where the models weren't sure of him they left the name out; who watched has seen him there
    seen = np.ones_like(track.well_seen) if said.what == "player" else track.well_seen
    return replace(track, role="player", team=team.name, number=number, player=player, probability=sure, well_seen=seen, corrected=True)


def _unnamed(track: Track) -> Track:
    if track.number is None:
        return track
    return replace(track, number=None, player=None, probability=track.best.team_chance if track.best is not None else track.probability)


def _rows(track: Track, rows: Rows) -> Track:
    return replace(track, frame=track.frame[rows], xyxy=track.xyxy[rows], well_seen=track.well_seen[rows])


def _joined(who: Track, *parts: Track) -> Track:
    frame, xyxy, seen = (np.concatenate([getattr(part, name) for part in parts]) for name in ("frame", "xyxy", "well_seen"))
    return replace(who, frame=frame, xyxy=xyxy, well_seen=seen)
