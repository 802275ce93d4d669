"""What makes labels wrong. One set of rules for what is read, imported and written; the caller says where a row stands."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from courtside.court import COURTS
from courtside.errors import TruthError, nearest
from courtside.truth.labels import BallLabels, CourtLabels, Event, PeopleLabels, ShotKind, Truth
from courtside.types import NUMBERS, Team

Where = Callable[[str, int | None], str]
"""Given a table ("clip", "teams", "people", "court", "ball", "events") and a row from 0, or None for the table itself, says where that is."""

ROLES = ("player", "referee")
SHOT_KINDS: tuple[ShotKind, ...] = ("main", "close-up", "replay", "crowd")
KINDS = ("shot", "pass", "possession", "rebound", "turnover", "three-seconds")

_OUTSIDE_PX = 1.0  # a box that only touches the picture's edge, with the rounding of whoever drew it
_LATE_S = 1.0  # a clip with gaps in its time stamps lasts longer than frames / rate
_LARGEST = 10**7  # frames: 90 hours; a typing slip should not fill the memory
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_NUMBERS = frozenset(NUMBERS)


def row_of(table: str, row: int | None) -> str:
    """Say where for a truth that comes from no file."""
    return table if row is None else f"{table}, row {row}"


def check_truth(truth: Truth, where: Where = row_of) -> None:
    """Let labels pass that could be true.

    Raises:
        TruthError: something can't be: a box wholly outside the picture, a frame beyond the clip, a team that is not one of the clip's, a person twice in a
            frame, nothing labelled at all, ... The message says where and what.
    """
    _check_clip(truth, where)
    frames = [table.labelled for table in (truth.people, truth.ball) if table is not None] + ([truth.court.frame] if truth.court is not None else [])
    if truth.events is None and not any(map(len, frames)):
        raise TruthError(f"{where('clip', None)}: the truth is empty: no frame is labelled, in no table")
    teams = tuple(team.name for team in truth.teams)
    if truth.people is not None:
        _check_people(truth, truth.people, teams, where)
    if truth.court is not None:
        _check_court(truth, truth.court, where)
    if truth.ball is not None:
        _check_ball(truth, truth.ball, where)
    if truth.events is not None:
        _check_events(truth, truth.events, teams, where)


def _check_clip(truth: Truth, where: Where) -> None:
    place = where("clip", None)
    if not truth.name or _unprintable(truth.name) or "/" in truth.name or "\\" in truth.name:
        raise TruthError(f"{place}: name {truth.name!r} is not a clip's; give its file name without ending")
    for key, value in (("width", truth.width), ("height", truth.height), ("n_frames", truth.n_frames)):
        if not 0 < value < _LARGEST:
            raise TruthError(f"{place}: {key} {value} is impossible; give a whole number from 1 to {_LARGEST - 1}")
    if not 0 < truth.rate <= 1000:
        raise TruthError(f"{place}: rate {truth.rate} is impossible; give frames per second, as 30 or 30000/1001")
    last = -1
    for cut in truth.cuts:
        if cut <= last:
            raise TruthError(f"{place}: cuts {list(truth.cuts)} do not rise; give the first frame of each new shot, in order, each once")
        if cut >= truth.n_frames:
            raise TruthError(f"{place}: cut {cut} {_beyond(truth)}")
        last = cut
    _check_shots(truth, place)
    names: set[str] = set()
    for index, team in enumerate(truth.teams):
        _check_team(team, where("teams", index))
        if team.name in names:
            raise TruthError(f"{where('teams', index)}: team {team.name!r} is there twice; each team has a name of its own")
        names.add(team.name)


def _check_shots(truth: Truth, place: str) -> None:
    taken: dict[int, ShotKind] = {}
    for kind, frames in truth.shots.items():
        for frame in frames.tolist():
            if frame >= truth.n_frames:
                raise TruthError(f"{place}: shots: frame {frame} of {kind!r} {_beyond(truth)}")
            if taken.setdefault(frame, kind) != kind:
                raise TruthError(f"{place}: shots: frame {frame} is {taken[frame]!r} and {kind!r}; a frame is of one kind")


def _check_team(team: Team, place: str) -> None:
    if not team.name or _unprintable(team.name):
        raise TruthError(f"{place}: {team.name!r} is not a team's name")
    for key, color in (("color", team.color), ("jersey", team.jersey)):
        if color is not None and not _COLOR.fullmatch(color):
            raise TruthError(f'{place}: {key} {color!r} of {team.name!r} is not a color; write "#RRGGBB"')
    for number, name in team.players.items():
        if number not in _NUMBERS:
            raise TruthError(f"{place}: {number!r} of {team.name!r} {_not_a_number(number)}")
        if not name or _unprintable(name):
            raise TruthError(f"{place}: {name!r}, number {number} of {team.name!r}, is not a player's name")


def _check_people(truth: Truth, people: PeopleLabels, teams: Sequence[str], where: Where) -> None:
    shapes = {"xyxy": (4,), "court_m": (2,)} | dict.fromkeys(("who", "role", "team", "number", "player", "visible"), ())
    _check_frames(truth, "people", people.frame, people.labelled, {name: (getattr(people, name), shape) for name, shape in shapes.items()}, where)
    _check_boxes(truth, "people", people.xyxy, where)
    half = np.isnan(people.court_m).any(1) & ~np.isnan(people.court_m).all(1)
    _refuse(half | np.isinf(people.court_m).any(1), lambda row: f"{where('people', row)}: court_x_m and court_y_m are two numbers, or both empty")
    _refuse(
        ~(np.isnan(people.visible) | ((people.visible >= 0) & (people.visible <= 1))),
        lambda row: f"{where('people', row)}: visible {people.visible[row]:g} is not between 0 and 1",
    )
    in_frame: dict[tuple[int, str], int] = {}
    shirts: dict[tuple[int, str, str], int] = {}
    known: dict[tuple[str, str], int] = {}
    for row, (frame, who, role, team, number, player) in enumerate(
        zip(people.frame.tolist(), people.who, people.role, people.team, people.number, people.player, strict=True)
    ):
        if not who or _unprintable(who):
            raise TruthError(f"{where('people', row)}: {'who is empty' if not who else f'who {who!r} has spaces around it or unprintable letters'}")
        if role not in ROLES:
            raise TruthError(f"{where('people', row)}: unknown role {role!r}{nearest(str(role), ROLES)}; a role is player or referee")
        _check_known_team(team, teams, where("people", row))
        if role == "referee" and team is not None:
            raise TruthError(f"{where('people', row)}: a referee has no team, but {who!r} has {team!r}")
        if number is not None and number not in _NUMBERS:
            raise TruthError(f"{where('people', row)}: number {number!r} {_not_a_number(number)}")
        if player is not None and (not player or _unprintable(player)):
            raise TruthError(f"{where('people', row)}: player {player!r} has spaces around it or unprintable letters")
        first = in_frame.setdefault((frame, who), row)
        if first != row:
            raise TruthError(f"{where('people', row)}: {who!r} is in frame {frame} already ({where('people', first)})")
        if team is not None and number is not None:
            first = shirts.setdefault((frame, team, number), row)
            if first != row:
                other = people.who[first]
                raise TruthError(f"{where('people', row)}: number {number} of {team} is {other!r} in frame {frame} already ({where('people', first)})")
        for column, value in (("role", role), ("team", team), ("number", number), ("player", player)):
            first = row if value is None else known.setdefault((who, column), row)
            before = getattr(people, column)[first]
            if value != before:
                raise TruthError(f"{where('people', row)}: {who!r} has {column} {value!r} here but {before!r} before ({where('people', first)})")


def _check_court(truth: Truth, court: CourtLabels, where: Where) -> None:
    columns = {"valid": (court.valid, ()), "court_to_pinhole": (court.court_to_pinhole, (3, 3))}
    _check_frames(truth, "court", court.frame, None, columns, where)
    _once("court", court.frame, where)
    if court.league not in COURTS:
        raise TruthError(f"{where('court', None)}: unknown league {court.league!r}{nearest(court.league, COURTS)}; one of {', '.join(COURTS)}")
    if not np.isfinite(court.lens).all() or court.lens[2] <= 0 or court.lens[3] <= 0:
        raise TruthError(f"{where('court', None)}: lens {court.lens} is impossible; cx, cy, sx, sy, k1, k2 are numbers, sx and sy above 0")
    finite = np.isfinite(court.court_to_pinhole).all((1, 2))
    _refuse(court.valid & ~finite, lambda row: f"{where('court', row)}: the court is in view but not all nine numbers of its homography are there")
    rows = np.flatnonzero(court.valid & finite)
    flat = np.linalg.matrix_rank(court.court_to_pinhole[rows]) < 3 if len(rows) else np.zeros(0, bool)
    if flat.any():
        raise TruthError(f"{where('court', int(rows[flat.argmax()]))}: the nine numbers are no homography: they can't be inverted")


def _check_ball(truth: Truth, ball: BallLabels, where: Where) -> None:
    _check_frames(truth, "ball", ball.frame, ball.labelled, {"xyxy": (ball.xyxy, (4,)), "court_m": (ball.court_m, (3,))}, where)
    _check_boxes(truth, "ball", ball.xyxy, where)
    _once("ball", ball.frame, where)
    half = np.isnan(ball.court_m).any(1) & ~np.isnan(ball.court_m).all(1)
    _refuse(half | np.isinf(ball.court_m).any(1), lambda row: f"{where('ball', row)}: court_x_m, court_y_m and court_z_m are three numbers, or all empty")


def _check_events(truth: Truth, events: Iterable[Event], teams: Sequence[str], where: Where) -> None:
    end_s = float(truth.n_frames / truth.rate)
    cast = set(truth.people.who) if truth.people is not None else None
    for row, event in enumerate(events):
        place = where("events", row)
        if event.kind not in KINDS:
            raise TruthError(f"{place}: unknown kind {event.kind!r}{nearest(event.kind, KINDS)}; one of {', '.join(KINDS)}")
        if not (np.isfinite(event.start_s) and np.isfinite(event.end_s) and 0 <= event.start_s <= event.end_s):
            raise TruthError(f"{place}: start_s {event.start_s} to end_s {event.end_s} is no stretch of time; 0 <= start_s <= end_s")
        if event.start_s > end_s + _LATE_S:
            raise TruthError(f"{place}: start_s {event.start_s:g} is beyond the clip, which lasts {end_s:.2f} s")
        _check_known_team(event.team, teams, place)
        if event.who is not None and cast is not None and event.who not in cast:
            raise TruthError(f"{place}: unknown who {event.who!r}{nearest(event.who, cast)}; nobody among the people has this name")
        try:
            json.dumps(dict(event.facts), allow_nan=False, ensure_ascii=False).encode()
        except (TypeError, ValueError) as error:
            raise TruthError(f"{place}: the facts can't be written as JSON ({error})") from error


def _check_frames(
    truth: Truth,
    table: str,
    frame: npt.NDArray[np.int64],
    labelled: npt.NDArray[np.int64] | None,
    columns: dict[str, tuple[npt.NDArray[np.generic], tuple[int, ...]]],
    where: Where,
) -> None:
    for name, (column, shape) in columns.items():
        if column.shape != (len(frame), *shape):
            raise TruthError(f"{where(table, None)}: {name} has shape {column.shape} where {(len(frame), *shape)} is needed")
    _refuse((frame < 0) | (frame >= truth.n_frames), lambda row: f"{where(table, row)}: frame {frame[row]} {_beyond(truth)}")
    if (np.diff(frame) < 0).any():
        raise TruthError(f"{where(table, None)}: the rows are not sorted by frame")
    if labelled is None:
        return
    if len(labelled) and (labelled[0] < 0 or labelled[-1] >= truth.n_frames):
        raise TruthError(f"{where(table, None)}: labelled frame {labelled[0] if labelled[0] < 0 else labelled[-1]} {_beyond(truth)}")
    if (np.diff(labelled) <= 0).any():
        raise TruthError(f"{where(table, None)}: the labelled frames do not rise")
    _refuse(~np.isin(frame, labelled), lambda row: f"{where(table, row)}: frame {frame[row]} is not among the labelled frames; add it to them or leave it out")


def _check_boxes(truth: Truth, table: str, xyxy: npt.NDArray[np.float64], where: Where) -> None:
    _refuse(~np.isfinite(xyxy).all(1), lambda row: f"{where(table, row)}: a side of the box is not a number")
    for low, high in ("x1", "x2"), ("y1", "y2"):
        axis = "xy".index(low[0])
        _refuse(
            xyxy[:, axis + 2] <= xyxy[:, axis],
            lambda row: f"{where(table, row)}: {high} {xyxy[row, axis + 2]:g} is not above {low} {xyxy[row, axis]:g}",  # noqa: B023 - called at once
        )
    start, end = xyxy[:, :2], xyxy[:, 2:]
    outside = (end < -_OUTSIDE_PX) | (start > np.array([truth.width, truth.height]) + _OUTSIDE_PX)
    _refuse(
        outside.any(1),
        lambda row: (
            f"{where(table, row)}: the box {', '.join(f'{side:g}' for side in xyxy[row])} lies outside the picture of {truth.width}x{truth.height}; "
            "are these labels of this clip?"
        ),
    )


def _check_known_team(team: str | None, teams: Sequence[str], place: str) -> None:
    if team is not None and team not in teams:
        raise TruthError(f"{place}: unknown team {team!r}{nearest(team, teams)}; " + (f"the teams are {', '.join(teams)}" if teams else "no teams are given"))


def _once(table: str, frame: npt.NDArray[np.int64], where: Where) -> None:
    again = np.concatenate([[False], np.diff(frame) == 0])[: len(frame)]
    _refuse(again, lambda row: f"{where(table, row)}: frame {frame[row]} is there already ({where(table, row - 1)})")


def _refuse(wrong: npt.ArrayLike, message: Callable[[int], str]) -> None:
    """Raise ``message`` of the first row that is ``wrong`` (n,)."""
    rows = np.flatnonzero(wrong)
    if len(rows):
        raise TruthError(message(int(rows[0])))


def _beyond(truth: Truth) -> str:
    return f"is beyond the clip, which has {truth.n_frames} frames (0 to {truth.n_frames - 1})"


def _not_a_number(number: str) -> str:
    short = number.lstrip("0") or "0"
    hint = f" (did you mean {short!r}?)" if short in _NUMBERS else ""
    return f'is not a jersey number{hint}; they are "0" to "99" and "00"'


def _unprintable(text: str) -> bool:
    return text != text.strip() or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)
