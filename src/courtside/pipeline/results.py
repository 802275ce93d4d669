"""Reading back what RESOLVE wrote, for drawing and reporting."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from courtside.errors import RecordsError
from courtside.types import Person, Team


def read_people(path: Path) -> dict[int, list[Person]]:
    """Return the people of each frame from ``tracks.parquet``.

    Raises:
        RecordsError: the file is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = pq.read_table(path).to_pylist()
        people: dict[int, list[Person]] = defaultdict(list)
        for row in rows:
            box = (row["x1"], row["y1"], row["x2"], row["y2"])
            drawn = (row["role"], row["team"], row["number"], row["player"], row["probability"])
            people[row["frame"]].append(Person(row["track_id"], box, *drawn))
    except FileNotFoundError as error:
        raise RecordsError(f"{path}: not there; run `courtside resolve` first") from error
    except (OSError, KeyError, pa.ArrowInvalid) as error:
        raise RecordsError(f"{path}: damaged ({str(error).splitlines()[0]}); run `courtside resolve` again") from error
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
