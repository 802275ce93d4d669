"""The folder ``NAME.truth/``: labels that a person can edit in a spreadsheet and a text editor. Described in ``docs/truth.md``."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.errors import TruthError
from courtside.truth.check import SHOT_KINDS, check_truth
from courtside.truth.json_file import JsonFile, read_json
from courtside.truth.labels import BallLabels, CourtLabels, Event, PeopleLabels, ShotKind, Truth
from courtside.truth.people_csv import NEEDED, OPTIONAL, read_people
from courtside.truth.spans import format_frames, parse_frames
from courtside.truth.table import Table, read_table
from courtside.types import Team

FORMAT = 1
"""Raised when a folder of an older version would be read wrongly."""

FILES = {"people": "people.csv", "court": "court.csv", "ball": "ball.csv", "events": "events.json"}
"""Which file holds which table; ``truth.json`` says which of them are there."""

_MAIN = "truth.json"
_CLIP_KEYS = ("name", "width", "height", "rate", "n_frames")
_TEAM_KEYS = ("name", "color", "jersey", "players")
_LENS_KEYS = ("cx", "cy", "sx", "sy", "k1", "k2")
_EVENT_KEYS = ("kind", "start_s", "end_s", "who", "team", "facts")
_HOMOGRAPHY = tuple(f"h{row}{column}" for row in (1, 2, 3) for column in (1, 2, 3))
_PEOPLE = ("frame", "who", "x1", "y1", "x2", "y2", "role", "team", "number", "player", "court_x_m", "court_y_m", "visible")
_BALL_NEEDED, _BALL_OPTIONAL = ("frame", "x1", "y1", "x2", "y2"), ("court_x_m", "court_y_m", "court_z_m")
_YES, _NO = ("1", "true", "yes"), ("0", "false", "no")  # spreadsheets write TRUE

assert sorted(_PEOPLE) == sorted((*NEEDED, *OPTIONAL))


@dataclass
class _Places:
    """Where the rows of each table stand."""

    main: JsonFile
    tables: dict[str, Table] = field(default_factory=dict)
    event_lines: Sequence[int] = ()

    def __call__(self, table: str, row: int | None) -> str:
        if table in self.tables and row is not None:
            return self.tables[table].where(row)
        if table == "events" and row is not None:
            return f"{self.main.path.with_name(FILES['events'])}, line {self.event_lines[row]}"
        return self.main.where(table)


def read_truth(path: Path) -> Truth:
    """Read and check the folder ``path``.

    Raises:
        TruthError: it is no truth folder, or something in it is wrong; the message names the file, the line and what to do.
    """
    if not path.is_dir():
        raise TruthError(f"{path}: no such folder")
    if not (path / _MAIN).is_file():
        raise TruthError(f"{path}: no {_MAIN} in it, so not a folder of labels")
    main = read_json(path / _MAIN)
    if main.get(main.data, "format", int) != FORMAT:
        raise TruthError(f"{main.where('format')}: format {main.data['format']} is not one that this version reads ({FORMAT})")
    main.only(main.data, ("format", "clip", "cuts", "shots", "teams", *FILES), "the file")
    for table, name in FILES.items():
        if (path / name).exists() and table not in main.data:
            raise TruthError(f'{main.where()}: {name} lies beside it, but there is no "{table}" in it; add {{}} under that key, or delete the file')
    places = _Places(main)
    clip = main.get(main.data, "clip", dict)
    main.only(clip, _CLIP_KEYS, "clip")
    width, height, n_frames = (main.get(clip, key, int, "clip") for key in ("width", "height", "n_frames"))
    truth = Truth(
        name=main.get(clip, "name", str, "clip"),
        width=width,
        height=height,
        rate=_rate(main, clip),
        n_frames=n_frames,
        teams=tuple(_team(main, entry) for entry in main.get(main.data, "teams", list)) if "teams" in main.data else (),
        cuts=tuple(main.expect(cut, int, "cuts") for cut in main.get(main.data, "cuts", list)) if "cuts" in main.data else (),
        people=_people(main, places, n_frames) if "people" in main.data else None,
        court=_court(main, places) if "court" in main.data else None,
        ball=_ball(main, places, n_frames) if "ball" in main.data else None,
        events=_events(main, places) if "events" in main.data else None,
        shots=_shots(main, n_frames) if "shots" in main.data else {},
    )
    check_truth(truth, places)
    return truth


def _rate(main: JsonFile, clip: Any) -> Fraction:
    text = main.get(clip, "rate", str, "clip")
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise TruthError(f'{main.where("rate")}: rate {text!r} is not a frame rate; write frames per second, as "30" or "30000/1001"') from error


def _team(main: JsonFile, entry: Any) -> Team:
    name = main.get(entry, "name", str, "a team")
    main.only(entry, _TEAM_KEYS, "a team")
    jersey = entry.get("jersey")
    players = main.expect(entry.get("players", {}), dict, "players")
    return Team(
        name=name,
        color=main.get(entry, "color", str, f"team {name!r}"),
        jersey=None if jersey is None else main.expect(jersey, str, "jersey"),
        players={number: main.expect(player, str, number) for number, player in players.items()},
    )


def _shots(main: JsonFile, n_frames: int) -> dict[ShotKind, npt.NDArray[np.int64]]:
    entry = main.get(main.data, "shots", dict)
    main.only(entry, SHOT_KINDS, "'shots'")
    return {kind: _frames(main, entry, kind, n_frames, "shots") for kind in SHOT_KINDS if kind in entry}


def _labelled(main: JsonFile, table: str, n_frames: int) -> npt.NDArray[np.int64] | None:
    entry = main.get(main.data, table, dict)
    main.only(entry, ("labelled",), f"{table!r}")
    if "labelled" not in entry:
        return None
    return _frames(main, entry, "labelled", n_frames, table)


def _frames(main: JsonFile, entry: Any, key: str, n_frames: int, inside: str) -> npt.NDArray[np.int64]:
    text = main.get(entry, key, str, repr(inside))
    try:
        return parse_frames(text, n_frames)
    except ValueError as error:
        raise TruthError(f"{main.where(inside)}: {key}: {error}") from error


def _people(main: JsonFile, places: _Places, n_frames: int) -> PeopleLabels:
    labels, places.tables["people"] = read_people(main.path.with_name(FILES["people"]), _labelled(main, "people", n_frames))
    return labels


def _court(main: JsonFile, places: _Places) -> CourtLabels:
    entry = main.get(main.data, "court", dict)
    main.only(entry, ("league", "lens"), "'court'")
    lens = CourtLabels().lens
    if "lens" in entry:
        main.only(main.get(entry, "lens", dict), _LENS_KEYS, "lens")
        cx, cy, sx, sy, k1, k2 = (main.get(entry["lens"], key, float, "lens") for key in _LENS_KEYS)
        lens = (cx, cy, sx, sy, k1, k2)
    table = read_table(main.path.with_name(FILES["court"]), ("frame", "valid", *_HOMOGRAPHY)).sorted_by_frame()
    places.tables["court"] = table
    words = [cell.lower() for cell in table.cells["valid"]]
    for row, word in enumerate(words):
        if word not in (*_YES, *_NO):
            raise TruthError(f"{table.where(row)}: valid {word!r} is neither 1 (the court is in view) nor 0")
    valid = np.isin(np.array(words, str), _YES)
    matrix = table.floats(_HOMOGRAPHY, may_be_empty=True).reshape(-1, 3, 3)
    matrix[~valid] = np.nan
    return CourtLabels(main.get(entry, "league", str, "'court'"), lens, table.frames(), valid, matrix)


def _ball(main: JsonFile, places: _Places, n_frames: int) -> BallLabels:
    labelled = _labelled(main, "ball", n_frames)
    table = read_table(main.path.with_name(FILES["ball"]), _BALL_NEEDED, _BALL_OPTIONAL).sorted_by_frame()
    places.tables["ball"] = table
    frame = table.frames()
    return BallLabels(
        np.unique(frame) if labelled is None else labelled, frame, table.floats(_BALL_NEEDED[1:]), table.floats(_BALL_OPTIONAL, may_be_empty=True)
    )


def _events(main: JsonFile, places: _Places) -> tuple[Event, ...]:
    main.only(main.get(main.data, "events", dict), (), "'events'")
    file = read_json(main.path.with_name(FILES["events"]))
    if not isinstance(file.data, list):
        raise TruthError(f"{file.path}: not a list; write [ and ] around the events")
    places.event_lines = file.item_lines()
    events = []
    for row, entry in enumerate(file.data):
        one = JsonFile(Path(places("events", row)), "", entry)  # a file of its own as far as messages go, whose name has the line
        one.only(one.expect(entry, dict, "event"), _EVENT_KEYS, "an event")
        events.append(
            Event(
                kind=one.get(entry, "kind", str, "the event"),
                start_s=one.get(entry, "start_s", float, "the event"),
                end_s=one.get(entry, "end_s", float, "the event"),
                who=None if entry.get("who") is None else one.get(entry, "who", str),
                team=None if entry.get("team") is None else one.get(entry, "team", str),
                facts=one.expect(entry.get("facts", {}), dict, "facts"),
            )
        )
    return tuple(events)


def write_truth(truth: Truth, folder: Path) -> None:
    """Write labels to ``folder``, aside first; a folder of labels that is there already is replaced.

    Raises:
        TruthError: the labels are wrong (``check_truth``), the folder holds something else, or it can't be written.
    """
    check_truth(truth)
    ours = {_MAIN, *FILES.values()}
    try:
        others = sorted(file.name for file in folder.iterdir() if file.name not in ours) if folder.is_dir() else []
        if others or (folder.exists() and not folder.is_dir()):
            raise TruthError(
                f"{folder}: holds {others[0]!r}, which is no labels; give another folder" if others else f"{folder}: a file is there; give a folder"
            )
        aside, old = folder.with_name(folder.name + ".part"), folder.with_name(folder.name + ".old")
        shutil.rmtree(aside, ignore_errors=True)
        try:
            aside.mkdir(parents=True)
            _write(truth, aside)
            if folder.exists():
                shutil.rmtree(old, ignore_errors=True)
                folder.rename(old)
            aside.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        except OSError:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    except OSError as error:
        raise TruthError(f"{folder}: can't write ({error.strerror or error}); free some space or choose another folder") from error


def _write(truth: Truth, folder: Path) -> None:
    document: dict[str, Any] = {
        "format": FORMAT,
        "clip": {"name": truth.name, "width": truth.width, "height": truth.height, "rate": str(truth.rate), "n_frames": truth.n_frames},
        "cuts": [int(cut) for cut in truth.cuts],
        **({"shots": {kind: format_frames(frames) for kind, frames in truth.shots.items()}} if truth.shots else {}),
        "teams": [{"name": team.name, "color": team.color, "jersey": team.jersey, "players": dict(team.players)} for team in truth.teams],
    }
    people, court, ball = truth.people, truth.court, truth.ball
    if people is not None:
        document["people"] = {"labelled": format_frames(people.labelled)}
        columns = (people.frame, people.who, *people.xyxy.T, people.role, people.team, people.number, people.player, *people.court_m.T, people.visible)
        _write_table(folder / FILES["people"], _PEOPLE, columns)
    if court is not None:
        document["court"] = {"league": court.league, "lens": dict(zip(_LENS_KEYS, map(float, court.lens), strict=True))}
        matrix = np.where(court.valid[:, None, None], court.court_to_pinhole, np.nan).reshape(-1, 9)
        _write_table(folder / FILES["court"], ("frame", "valid", *_HOMOGRAPHY), (court.frame, court.valid.astype(int), *matrix.T))
    if ball is not None:
        document["ball"] = {"labelled": format_frames(ball.labelled)}
        _write_table(folder / FILES["ball"], (*_BALL_NEEDED, *_BALL_OPTIONAL), (ball.frame, *ball.xyxy.T, *ball.court_m.T))
    if truth.events is not None:
        document["events"] = {}
        lines = [json.dumps({key: getattr(event, key) for key in _EVENT_KEYS} | {"facts": dict(event.facts)}, ensure_ascii=False) for event in truth.events]
        (folder / FILES["events"]).write_text("[" + ",".join(f"\n{line}" for line in lines) + "\n]\n", encoding="utf-8")
    (folder / _MAIN).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_table(path: Path, names: Sequence[str], columns: Iterable[npt.NDArray[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*(map(_cell, column.tolist()) for column in columns), strict=True))


def _cell(value: Any) -> str:
    """All the digits that make a number, without a point where it is whole; empty for what is not known."""
    if value is None or value != value:  # NaN
        return ""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
