"""From what a user says of the tracks he sees, "7 is Tatum", to a correction that knows whom it speaks of by time and place."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np
import numpy.typing as npt

from courtside.errors import nearest
from courtside.pipeline.corrections import Box, Correction, CorrectionError, Named, Split, Spot, Swap, What, box_iou, row_of
from courtside.pipeline.resolve import Result, Track
from courtside.records import Records
from courtside.types import NUMBERS, Team

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_IS = re.compile(r"(?:track\s+)?(\d+)\s+is\s+(.+)", re.IGNORECASE)
_SPLIT = re.compile(r"split\s+(?:track\s+)?(\d+)\s+(?:at|from)\s+(.+)", re.IGNORECASE)
_SWAP = re.compile(r"swap\s+(?:tracks?\s+)?(\d+)\s+(?:and|with)\s+(?:track\s+)?(\d+)\s+(?:at|from)\s+(.+)", re.IGNORECASE)
_FRAME = re.compile(r"frame\s+(\d+)", re.IGNORECASE)
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)\s*s?", re.IGNORECASE)
_NUMBER = re.compile(r"(?:number\s*|no\.?\s*|#\s*)?(\d\d?)", re.IGNORECASE)

_HOW = 'write it as "7 is Tatum", "7 is 23", "7 is a referee", "7 is nobody", "split 3 at 00:04.2" or "swap 5 and 8 from frame 90"'
_WHAT: dict[str, What] = {"referee": "referee", "nobody": "nobody", "unknown": "unknown"}
_EVERY_S, _MOST_SPOTS = 1.0, 20  # a track is held on to about once a second, but a long one not at a hundred places
_NEAR_S = 1.0  # how far from a split or swap the clearest view of somebody is looked for
_BESIDE_IOU = 0.25  # who lies over somebody as much as this could be taken for him


def understand(text: str, result: Result, clips: Sequence[Records], clip: int) -> Correction:
    """Return the correction that ``text`` makes to a clip of ``result``.

    Raises:
        CorrectionError: it is not understood, or there is no such track, time or player.
    """
    say = " ".join(text.split())
    tracks = {track.track_id: track for track in result.tracks if track.clip == clip}
    view = _View(say, PurePath(clips[clip].clip.path).name, tracks, clips[clip].frames.time_s)
    if found := _SPLIT.fullmatch(say):
        return view.split(view.track(found[1]), view.time(found[2]))
    if found := _SWAP.fullmatch(say):
        return view.swap(view.track(found[1]), view.track(found[2]), view.time(found[3]))
    if found := _IS.fullmatch(say):
        track = view.track(found[1])
        what, team, number = _who(say, found[2].strip(" ."), track, result.teams)
        return Named(say, view.clip, what, team, number, view.spots(track))
    raise CorrectionError(f'"{say}": not understood; {_HOW}')


def _who(say: str, words: str, track: Track, teams: Sequence[Team]) -> tuple[What, str | None, str | None]:
    """Return what the words make of a track: what, team and number. The team is None where it is said of no roster's, for then it has no name that lasts."""
    plain = re.sub(r"^(a|the)\s+", "", words.casefold())
    if plain in _WHAT:
        return _WHAT[plain], None, None
    theirs = [team for team in teams if team.name == track.team]
    for team in teams:
        for title in (team.name, team.name.split()[-1]):
            if not f"{plain} ".startswith(f"{title.casefold()} "):
                continue
            rest = plain[len(title) :].strip()
            if not rest:
                return "team", team.name, None
            number = _number(rest) or _worn_by(say, rest, [team])
            if number:
                return "player", team.name, number
    number = _number(plain)
    if number is None:
        known = _wearers(plain, teams)
        if not known:
            raise CorrectionError(f'"{say}": {_no_such(plain, words, teams)}')
        meant = [team for team in known if team in theirs] or known
        if len(meant) > 1:
            raise CorrectionError(f'"{say}": both teams have one of that name; say which, as "{track.track_id} is {known[0].name} {words}"')
        return "player", meant[0].name, _worn_by(say, plain, meant)
    listed = [team for team in teams if number in team.players]
    if theirs:
        return "player", theirs[0].name if theirs[0].players else None, number
    if len(listed) != 1:
        raise CorrectionError(
            f'"{say}": it is not known which team track {track.track_id} is of; say it, as "{track.track_id} is {_some_team(teams)} {number}"'
        )
    return "player", listed[0].name, number


def _some_team(teams: Sequence[Team]) -> str:
    return teams[0].name if teams else "TEAM"


def _number(words: str) -> str | None:
    found = _NUMBER.fullmatch(words)
    return found[1] if found and found[1] in NUMBERS else None


def _names(team: Team, words: str) -> list[str]:
    """Return the numbers of those who are called so: by the whole name, or else by a word of it."""
    whole = [number for number, name in team.players.items() if name.casefold() == words]
    return whole or [number for number, name in team.players.items() if words in name.casefold().split()]


def _wearers(words: str, teams: Sequence[Team]) -> list[Team]:
    return [team for team in teams if _names(team, words)]


def _worn_by(say: str, words: str, teams: Sequence[Team]) -> str | None:
    numbers = [(number, team.players[number]) for team in teams for number in _names(team, words)]
    if len(numbers) > 1:
        raise CorrectionError(f'"{say}": that could be {" or ".join(name for _, name in numbers)}; write the whole name or the number')
    return numbers[0][0] if numbers else None


def _no_such(plain: str, words: str, teams: Sequence[Team]) -> str:
    if not any(team.players for team in teams):
        return 'no roster is known, so nobody by name; write the number, as "7 is 23", or resolve again with --rosters'
    if re.fullmatch(r"\W*\d+", plain):
        return f'{words} is not a jersey number; they are "0" to "99" and "00"'
    called = {word.casefold(): name for team in teams for name in (*team.players.values(), team.name) for word in (name, *name.split())}
    hint = nearest(plain, called)
    close = re.search(r"'(.+)'", hint)
    return f"nobody on the rosters is called {words!r}" + (f" (did you mean {called[close[1]]!r}?)" if close else "")


class _View:
    """One clip of a result as the user sees it."""

    def __init__(self, say: str, clip: str, tracks: dict[int, Track], time_s: Floats) -> None:
        self._say, self.clip, self._tracks, self._time_s = say, clip, tracks, time_s

    def track(self, digits: str) -> Track:
        track = self._tracks.get(int(digits))
        if track is None:
            most = max(self._tracks, default=0)
            raise CorrectionError(f'"{self._say}": there is no track {int(digits)} in {self.clip}; its tracks are numbered 1 to {most}')
        return track

    def time(self, text: str) -> float:
        if found := _FRAME.fullmatch(text):
            frame = int(found[1])
            if frame >= len(self._time_s):
                raise CorrectionError(f'"{self._say}": {self.clip} has {len(self._time_s)} frames, counted from 0')
            return round(float(self._time_s[frame]), 3)
        found = _TIME.fullmatch(text)
        if not found:
            raise CorrectionError(f'"{self._say}": {text!r} is no time; write seconds, as 4.2 or 00:04.2, or a frame, as frame 90')
        hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return 3600 * hours + 60 * minutes + seconds

    def split(self, track: Track, at_s: float) -> Split:
        before, after = self._around(track, at_s)
        if before is None or after is None:
            raise CorrectionError(f'"{self._say}": {self._when(track)}')
        return Split(self._say, self.clip, at_s, before, after)

    def swap(self, one: Track, other: Track, at_s: float) -> Swap:
        if one is other:
            raise CorrectionError(f'"{self._say}": a track can\'t be swapped with itself')
        (a, a_later), (b, b_later) = self._around(one, at_s), self._around(other, at_s)
        if not (a and a_later) and not (b and b_later):
            raise CorrectionError(f'"{self._say}": {self._when(one)}, and {self._when(other)}')
        return Swap(self._say, self.clip, at_s, (a, b), (a_later, b_later))

    def _when(self, track: Track) -> str:
        first, last = (self._time_s[track.frame[row]] for row in (0, -1))
        return f"track {track.track_id} is seen from {clock(first)} to {clock(last)}"

    def _around(self, track: Track, at_s: float) -> tuple[Spot | None, Spot | None]:
        times = self._time_s[track.frame]
        before, after = np.flatnonzero(times < at_s - 1e-3), np.flatnonzero(times >= at_s - 1e-3)
        near = [rows[np.abs(times[rows] - at_s) <= max(_NEAR_S, np.abs(times[rows] - at_s).min())] if len(rows) else rows for rows in (before, after)]
        return self._clearest(track, near[0]), self._clearest(track, near[1])

    def spots(self, track: Track) -> tuple[Spot, ...]:
        """Return where the track is held on to: the clearest view of every second, or of every twentieth of a long one."""
        times = self._time_s[track.frame]
        n = int(np.clip(round((times[-1] - times[0]) / _EVERY_S), 1, _MOST_SPOTS))
        edges = np.linspace(times[0], times[-1] + 1e-6, n + 1)
        found = [self._clearest(track, np.flatnonzero((times >= start) & (times < end))) for start, end in itertools.pairwise(edges)]
        return tuple(spot for spot in found if spot is not None)

    def _clearest(self, track: Track, rows: Ints) -> Spot | None:
        """Return the track's box that others cover least in the given rows, the middle one of equals."""
        if not len(rows):
            return None
        worst = [max((box_iou(track.xyxy[row], other) for other in self._others(track, int(track.frame[row]))), default=0.0) for row in rows]
        middle = np.abs(rows - rows.mean())
        row = int(rows[np.lexsort((middle, ~track.well_seen[rows], np.round(worst, 2)))[0]])
        frame = int(track.frame[row])
        beside = tuple(_rounded(box) for box in self._others(track, frame) if box_iou(track.xyxy[row], box) >= _BESIDE_IOU)
        return Spot(round(float(self._time_s[frame]), 3), _rounded(track.xyxy[row]), beside)

    def _others(self, track: Track, frame: int) -> list[Floats]:
        return [other.xyxy[row] for other in self._tracks.values() if other is not track and (row := row_of(other, frame)) is not None]


def _rounded(box: Floats) -> Box:
    x1, y1, x2, y2 = (round(float(side), 1) for side in box)
    return x1, y1, x2, y2


def clock(time_s: float) -> str:
    """Return a time as a player shows it: "01:04.2"."""
    minutes, seconds = divmod(round(float(time_s), 1), 60)
    return f"{int(minutes):02d}:{seconds:04.1f}"
