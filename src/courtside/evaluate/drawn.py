"""What a run says, as columns: who is drawn where, where it sees the court, the ball and the plays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.errors import RecordsError
from courtside.pipeline.resolve import Result
from courtside.records import Records, read_records
from courtside.truth.labels import CourtLabels
from courtside.types import BALL, Team

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Strings = npt.NDArray[np.object_]

_TEXTS = ("role", "team", "number", "player")


@dataclass(frozen=True)
class Drawn:
    """n people in frames, sorted by frame: ``frame``, ``track_id`` (n,), ``xyxy`` (n, 4) pixels, ``role``, ``team``, ``number``, ``player`` (n,) str or None.

    ``court_m`` (n, 2) is where they stand in metres, NaN where that is not known, None where the run places nobody.
    """

    frame: Ints
    track_id: Ints
    xyxy: Floats
    role: Strings
    team: Strings
    number: Strings
    player: Strings
    court_m: Floats | None = None


@dataclass(frozen=True)
class BallFound:
    """The surest ball of each frame that has one, sorted by frame: ``frame``, ``confidence`` (n,), ``xyxy`` (n, 4)."""

    frame: Ints
    confidence: Floats
    xyxy: Floats


@dataclass(frozen=True)
class Run:
    """A run's folder read whole. ``court`` and ``events`` are None where the run has none; ``settings`` are those of the resolving."""

    records: Records
    teams: tuple[Team, ...]
    people: Drawn
    ball: BallFound
    court: CourtLabels | None = None
    events: tuple[Mapping[str, Any], ...] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def _texts(values: list[Any]) -> Strings:
    column = np.empty(len(values), object)
    column[:] = values
    return column


def drawn_of(result: Result, clip: int = 0) -> Drawn:
    """Return the people of one clip of a ``Result``, as ``tracks.parquet`` would hold them."""
    tracks = [track for track in result.tracks if track.clip == clip]
    lengths = [len(track.frame) for track in tracks]
    frame = np.concatenate([np.zeros(0, np.int64), *(track.frame for track in tracks)])
    track_id = np.repeat(np.array([track.track_id for track in tracks], np.int64), lengths)
    which = np.repeat(np.arange(len(tracks)), lengths)
    order = np.lexsort((track_id, frame))
    seen = np.concatenate([np.zeros(0, bool), *(track.well_seen for track in tracks)])[order]
    texts = {name: _texts([getattr(tracks[i], name) for i in which[order]]) for name in _TEXTS}
    for name in ("number", "player"):
        texts[name][~seen] = None
    xyxy = np.concatenate([np.zeros((0, 4)), *(track.xyxy for track in tracks)])[order]
    return Drawn(frame[order], track_id[order], xyxy, texts["role"], texts["team"], texts["number"], texts["player"])


def read_drawn(path: Path) -> Drawn:
    """Read ``tracks.parquet``.

    Raises:
        RecordsError: it is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        columns = {name: table.column(name) for name in ("frame", "track_id", "x1", "y1", "x2", "y2", *_TEXTS)}
    except FileNotFoundError as error:
        raise RecordsError(f"{path}: not there; run `courtside resolve` first") from error
    except (OSError, KeyError, pa.ArrowInvalid) as error:
        raise RecordsError(f"{path}: damaged ({str(error).splitlines()[0]}); run `courtside resolve` again") from error
    frame, track_id = (np.asarray(columns[name].to_numpy(), np.int64) for name in ("frame", "track_id"))
    xyxy = np.stack([np.asarray(columns[side].to_numpy(), float) for side in ("x1", "y1", "x2", "y2")], 1)
    court_m = None
    if {"court_x_m", "court_y_m"} <= set(table.column_names):
        court_m = np.stack([np.array([np.nan if v is None else v for v in table.column(name).to_pylist()], float) for name in ("court_x_m", "court_y_m")], 1)
        if np.isnan(court_m).all() and not path.with_name("court.json").is_file():
            court_m = None  # nobody looked for the court, which is not the same as not finding it
    return Drawn(frame, track_id, xyxy, **{name: _texts(columns[name].to_pylist()) for name in _TEXTS}, court_m=court_m)


def ball_of(records: Records) -> BallFound:
    """Return the surest ball detection of each frame."""
    table = records.detections
    rows = np.flatnonzero(table.class_id == BALL)
    rows = rows[np.lexsort((-table.confidence[rows], table.frame[rows]))]
    frame, first = np.unique(table.frame[rows], return_index=True)
    return BallFound(frame.astype(np.int64), table.confidence[rows][first].astype(float), table.xyxy[rows][first].astype(float))


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordsError(f"{path}: missing or damaged; run `courtside resolve` again") from error


def read_court(path: Path) -> CourtLabels:
    """Read ``court.json``: {"league", "lens": [cx, cy, sx, sy, k1, k2], "frames": [{"frame", "valid", "court_to_pinhole"}]}.

    Raises:
        RecordsError: it is damaged.
    """
    document = _document(path)
    try:
        frames = sorted(document["frames"], key=lambda row: int(row["frame"]))
        homographies = [row.get("court_to_pinhole") if row["valid"] else None for row in frames]
        lens = document.get("lens") or (0, 0, 1, 1, 0, 0)
        lens = [lens[name] for name in ("cx", "cy", "sx", "sy", "k1", "k2")] if isinstance(lens, dict) else lens
        cx, cy, sx, sy, k1, k2 = (float(value) for value in lens)
        return CourtLabels(
            str(document.get("league", "nba")),
            (cx, cy, sx, sy, k1, k2),
            np.array([int(row["frame"]) for row in frames], np.int64),
            np.array([h is not None for h in homographies], bool),
            np.array([np.full((3, 3), np.nan) if h is None else h for h in homographies], float).reshape(-1, 3, 3),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RecordsError(f"{path}: damaged ({error}); run `courtside resolve` again") from error


def _read_events(path: Path) -> tuple[Mapping[str, Any], ...]:
    events = _document(path)
    events = events.get("events") if isinstance(events, dict) else events
    if not isinstance(events, list) or not all(isinstance(event, dict) and "kind" in event and "start_s" in event for event in events):
        raise RecordsError(f"{path}: damaged; run `courtside resolve` again")
    return tuple(events)


def read_run(folder: Path) -> Run:
    """Read the folder that ``courtside run`` wrote for one clip.

    Raises:
        RecordsError: a file is missing or damaged.
    """
    if not (folder / "records").is_dir():
        several = sorted(path.parent.name for path in folder.glob("*/records")) if folder.is_dir() else []
        hint = f"give one clip's folder, as {folder / several[0]}" if several else "give the folder that `courtside run` wrote"
        raise RecordsError(f"{folder}: no run of one clip there; {hint}")
    records, result = read_records(folder / "records"), folder / "result.json"
    document = _document(result)
    try:
        teams, settings = tuple(Team(**team) for team in document["teams"]), dict(document.get("settings", {}))
    except (KeyError, TypeError) as error:
        raise RecordsError(f"{result}: damaged; run `courtside resolve` again") from error
    court, events = folder / "court.json", folder / "events.json"
    return Run(
        records,
        teams,
        read_drawn(folder / "tracks.parquet"),
        ball_of(records),
        read_court(court) if court.is_file() else None,
        _read_events(events) if events.is_file() else None,
        settings,
    )


def with_teams(people: Drawn, names: Mapping[str, str]) -> Drawn:
    """Return the same people with their teams renamed by ``names``."""
    return replace(people, team=_texts([names.get(team, team) for team in people.team]))
