"""Reading back what RESOLVE wrote, for drawing and reporting."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from courtside.court import COURTS, Court
from courtside.court.custom import flaw
from courtside.court.registration import CourtTrack
from courtside.errors import RecordsError
from courtside.types import Person, Team

if TYPE_CHECKING:
    import pyarrow as pa

_PERSON = ("track_id", "x1", "y1", "x2", "y2", "role", "team", "number", "player", "probability")


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a table that ``resolve`` wrote, of a row per ``frame`` or more; all its columns, or these and ``frame``.

    Raises:
        RecordsError: the file is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, columns=None if columns is None else ["frame", *columns])
        table.column("frame")
        return table
    except FileNotFoundError as error:
        raise RecordsError(f"{path}: not there; run `courtside resolve` first") from error
    except (OSError, KeyError, pa.ArrowInvalid) as error:
        raise RecordsError(f"{path}: damaged ({str(error).splitlines()[0]}); run `courtside resolve` again") from error


def read_people(path: Path) -> Callable[[int], list[Person]]:
    """Return a function that gives the people of a frame, from ``tracks.parquet``.

    Raises:
        RecordsError: the file is missing or damaged.
    """
    table = read_table(path, _PERSON)
    frames = table.column("frame").to_numpy()

    def people(frame: int) -> list[Person]:
        # rows are sorted by frame; only one frame's become objects at a time
        start, end = (int(i) for i in np.searchsorted(frames, (frame, frame + 1)))
        found = []
        for row in table.slice(start, end - start).to_pylist():
            box = (row["x1"], row["y1"], row["x2"], row["y2"])
            found.append(Person(row["track_id"], box, row["role"], row["team"], row["number"], row["player"], row["probability"]))
        return found

    return people


def read_teams(path: Path) -> dict[str, Team]:
    """Return the teams of ``result.json`` by name.

    Raises:
        RecordsError: the file is missing or damaged.
    """
    try:
        return {team["name"]: Team(**team) for team in json.loads(path.read_text(encoding="utf-8"))["teams"]}
    except FileNotFoundError as error:
        raise RecordsError(f"{path}: not there; run `courtside resolve` first") from error
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RecordsError(f"{path}: damaged; run `courtside resolve` again") from error


def read_court(path: Path) -> tuple[Court, CourtTrack]:
    """Return whose court it is and where it lies, from ``court.json``.

    Raises:
        RecordsError: nobody looked for the court in this run, or the file is damaged.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        cx, cy, sx, sy, k1, k2 = (float(value) for value in document["lens"])
        frames = document["frames"]
        nowhere = np.full((3, 3), np.nan)
        maps = [np.array(frame["court_to_pinhole"], float).reshape(3, 3) if frame["valid"] else nowhere for frame in frames]
        error_m = np.array([np.nan if frame["error_m"] is None else frame["error_m"] for frame in frames], float)
        valid = np.array([frame["valid"] for frame in frames], bool)
        return _measures(document), CourtTrack(valid, np.array(maps).reshape(-1, 3, 3), (cx, cy, sx, sy, k1, k2), error_m)
    except FileNotFoundError as error:
        raise RecordsError(f"{path.parent}: no court in this run; run `courtside analyze` and `resolve` again with court.backend=courtside") from error
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RecordsError(f"{path}: damaged; run `courtside resolve` again") from error


def _measures(document: dict[str, Any]) -> Court:
    if "court" not in document:  # as written before a court could be somebody's own
        return COURTS[document["league"]]
    court = Court(document["league"], **document["court"])
    if flaw(court) is not None:
        raise ValueError(flaw(court))
    return court
