"""A run for other people's tools: a tidy CSV file, and arrays for floodlight."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.errors import RecordsError
from courtside.pipeline.export import write_aside
from courtside.pipeline.places import Places, read_places
from courtside.pipeline.results import read_court, read_table

Floats = npt.NDArray[np.float64]

REFEREES, UNKNOWN = "referees", "unknown"
"""The groups of those who play for no team, and of those whose team is not proved."""


def write_csv(folder: Path, path: Path) -> int:
    """Write a run's ``tracks.parquet`` as CSV, and return how many rows that is.

    Its columns, and two on the frame's court: ``court_valid``, whether it is known where it lies, and ``court_error_m``, the expected error in metres. What is
    null is empty.

    Raises:
        RecordsError: the run is not there or damaged, or the file can't be written.
    """
    import pyarrow as pa
    import pyarrow.csv

    table = read_table(folder / "tracks.parquet")
    frame = table.column("frame").to_numpy()
    valid, error_m = np.zeros(len(frame), bool), np.full(len(frame), np.nan)
    if (folder / "court.json").is_file():
        court = read_court(folder / "court.json")[1]
        valid, error_m = court.valid[frame], np.where(court.valid, court.error_m, np.nan)[frame]
    table = table.append_column("court_valid", pa.array(valid)).append_column("court_error_m", pa.array(error_m, from_pandas=True))  # NaN is null
    write_aside(path, lambda aside: pyarrow.csv.write_csv(table, aside))
    return int(table.num_rows)


def write_ball_csv(folder: Path, path: Path) -> int:
    """Write a run's ``ball.parquet`` as CSV, null as empty, and return how many rows that is.

    Raises:
        RecordsError: the run is not there or damaged, or the file can't be written.
    """
    import pyarrow.csv

    table = read_table(folder / "ball.parquet")
    write_aside(path, lambda aside: pyarrow.csv.write_csv(table, aside))
    return int(table.num_rows)


def write_floodlight(folder: Path, path: Path) -> int:
    """Write a run's places on the court as arrays for floodlight's ``XY``, ``Teamsheet`` and ``Pitch``, and return how many groups of people there are.

    An .npz file: ``framerate``; ``time_s`` (T,) of every frame; ``xlim`` and ``ylim`` (2,) of the court in metres; ``groups`` (k,), the teams, ``REFEREES`` and
    ``UNKNOWN``, as far as they have anybody; and for the i-th of them ``xy_i`` (T, 2 N), ``player_i`` (N,) and ``number_i`` (N,), empty where not proved. All
    tracks of one proved player make one column pair. As floodlight draws upwards, y is that of the court frame with its sign changed: the far sideline is up.

    Raises:
        RecordsError: the run is not there or damaged, or knows no court, or the file can't be written.
    """
    court, track = read_court(folder / "court.json")
    if not track.valid.any():
        raise RecordsError(f"{folder}: no court was found in any frame of this clip, so there are no places to export; use --format csv")
    places, rate, n = read_places(folder / "tracks.parquet"), _rate(folder / "result.json"), len(track.valid)
    arrays: dict[str, Any] = {
        "framerate": float(rate),
        "time_s": _times(places, rate, n),
        "xlim": np.array([-court.half_length_m, court.half_length_m]),
        "ylim": np.array([-court.half_width_m, court.half_width_m]),
    }
    groups = _groups(places)
    arrays["groups"] = np.array(list(groups), str)
    for i, people in enumerate(groups.values()):
        xy = np.full((n, 2 * len(people)), np.nan)
        for column, rows in enumerate(people.values()):
            xy[places.frame[rows], 2 * column] = places.xy_m[rows, 0]
            xy[places.frame[rows], 2 * column + 1] = -places.xy_m[rows, 1]
        arrays |= {f"xy_{i}": xy, f"player_{i}": np.array([who[0] for who in people], str), f"number_{i}": np.array([who[1] for who in people], str)}

    def write(aside: Path) -> None:
        with aside.open("wb") as file:  # given a name, numpy would add .npz to it
            np.savez_compressed(file, **arrays)

    write_aside(path, write)
    return len(groups)


def _rate(path: Path) -> Fraction:
    try:
        return Fraction(json.loads(path.read_text(encoding="utf-8"))["clip"]["rate"])
    except FileNotFoundError as error:
        raise RecordsError(f"{path}: not there; run `courtside resolve` first") from error
    except (OSError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise RecordsError(f"{path}: damaged; run `courtside resolve` again") from error


def _times(places: Places, rate: Fraction, n: int) -> Floats:
    """Return (n,) the time of every frame: as it is known where somebody was seen, in even steps between and around."""
    even = np.arange(n) / float(rate)
    frames, first = np.unique(places.frame, return_index=True)
    if not len(frames):
        return even
    late = places.time_s[first] - even[frames]
    return np.asarray(even + np.interp(np.arange(n), frames, late))


def _groups(places: Places) -> dict[str, dict[tuple[str, str, int], npt.NDArray[np.int64]]]:
    """Return the rows of each person, (player, number, track or -1 where the number is proved), by group: the teams in order, then who is in none."""
    found: dict[str, dict[tuple[str, str, int], list[int]]] = {team: {} for team in sorted({team for team in places.team if team})}
    found |= {REFEREES: {}, UNKNOWN: {}}
    for row in np.flatnonzero(np.isfinite(places.xy_m).all(1)):
        team, number, player = places.team[row], places.number[row], places.player[row]
        group = REFEREES if places.role[row] == "referee" else team or UNKNOWN
        who = (player or "", number, -1) if team and number else ("", "", int(places.track_id[row]))
        found[group].setdefault(who, []).append(int(row))
    return {group: {who: np.array(people[who], np.int64) for who in sorted(people)} for group, people in found.items() if people}
