"""Where people stood on the court: read back from ``tracks.parquet``, and what follows from it, speed, distance, spacing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from courtside.errors import RecordsError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SPEED_OVER_S = 0.5
"""A speed is the way from one place to that so much later, over this time: a foot's wobble does not count, a sprint does."""

_STRIDE_S = 0.2  # distance is added up in strides of this; frame by frame the wobble of a box would add up to a walk
_LONGEST_STEP_S = 0.25  # two places farther apart in time have a gap between them
_FASTEST_M_S = 12.0  # faster than anybody: a cut or a swapped track
LEAST_TEAMMATES = 3
"""Fewer say nothing of how a team is spread."""

Who = tuple[str, str, str]
"""team, number, player"""


@dataclass(frozen=True)
class Places:
    """A row per person and frame, sorted by frame.

    ``frame``, ``time_s``, ``track_id`` (n,); ``xy_m`` (n, 2) in metres of the court frame, NaN where it is not known; ``role``, ``team``, ``number``,
    ``player`` (n,) objects, None where nothing is drawn.
    """

    frame: Ints
    time_s: Floats
    track_id: Ints
    xy_m: Floats
    role: npt.NDArray[np.object_]
    team: npt.NDArray[np.object_]
    number: npt.NDArray[np.object_]
    player: npt.NDArray[np.object_]


@dataclass(frozen=True)
class Movement:
    """How a player moved while seen: for ``seen_s``, over ``distance_m``; ``mean_m_s``; ``top_m_s``, the 95th percentile of speeds over ``SPEED_OVER_S``.

    The speeds are NaN for a player who was never seen for long enough.
    """

    seen_s: float
    distance_m: float
    mean_m_s: float
    top_m_s: float


def read_places(path: Path, *, live: bool = True) -> Places:
    """Read the places in ``tracks.parquet``: of the frames in which the game is shown live, or of all of them, replays and close-ups too.

    Raises:
        RecordsError: the file is missing or damaged, or was written by a version that knew no court.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("role", "team", "number", "player")
    try:
        table = pq.read_table(path, columns=["frame", "time_s", "track_id", *names, "court_x_m", "court_y_m"])
        if live and "live" in pq.read_schema(path).names:  # a run of before kinds of shots were told has no such column
            table = table.filter(pq.read_table(path, columns=["live"]).column("live"))
        # a null in a column of numbers reads as NaN
        xy_m = np.stack([table.column(name).to_numpy().astype(float) for name in ("court_x_m", "court_y_m")], 1)
        texts = {name: np.array(table.column(name).to_pylist(), object) for name in names}
        numbers = {name: table.column(name).to_numpy() for name in ("frame", "time_s", "track_id")}
    except FileNotFoundError as error:
        raise RecordsError(f"{path}: not there; run `courtside resolve` first") from error
    except (OSError, KeyError, pa.ArrowInvalid) as error:
        raise RecordsError(f"{path}: has no places on the court, or is damaged; run `courtside resolve` again") from error
    return Places(numbers["frame"].astype(np.int64), numbers["time_s"].astype(float), numbers["track_id"].astype(np.int64), xy_m, **texts)


def runs(places: Places, rows: Ints) -> list[Ints]:
    """Split ``rows`` of ``places`` into runs of one track in which the place is known without a gap; each is in order of time."""
    rows = rows[np.isfinite(places.xy_m[rows]).all(1)]
    rows = rows[np.lexsort((places.time_s[rows], places.track_id[rows]))]
    step_s, step_m = np.diff(places.time_s[rows]), np.hypot(*np.diff(places.xy_m[rows], axis=0).T)
    broken = (np.diff(places.track_id[rows]) != 0) | (step_s > _LONGEST_STEP_S) | (step_m > _FASTEST_M_S * step_s + 0.3)
    return [run for run in np.split(rows, np.flatnonzero(broken) + 1) if len(run)]


def named(places: Places) -> dict[Who, Ints]:
    """Return the rows of each named player, in order of team and number."""
    rows: dict[Who, list[int]] = {}
    for row, (team, number, player) in enumerate(zip(places.team, places.number, places.player, strict=True)):
        if team and number and player and places.role[row] == "player":
            rows.setdefault((team, number, player), []).append(row)
    return {who: np.array(mine, np.int64) for who, mine in sorted(rows.items(), key=lambda item: (item[0][0], len(item[0][1]), item[0][1]))}


def movement(places: Places, rows: Ints) -> Movement:
    """Return how the player of ``rows`` moved; nothing is added across gaps."""
    seen_s, distance_m, speeds = 0.0, 0.0, [np.zeros(0)]
    for run in runs(places, rows):
        at, where = places.time_s[run], places.xy_m[run]
        length_s = float(at[-1] - at[0])
        strides = np.linspace(at[0], at[-1], max(1, round(length_s / _STRIDE_S)) + 1)
        seen_s += length_s
        distance_m += float(np.hypot(*np.diff(_at(strides, at, where), axis=0).T).sum())
        starts = at[at + SPEED_OVER_S <= at[-1] + 1e-9]
        speeds.append(np.hypot(*(_at(starts + SPEED_OVER_S, at, where) - _at(starts, at, where)).T) / SPEED_OVER_S)
    every = np.concatenate(speeds)
    return Movement(seen_s, distance_m, distance_m / seen_s if seen_s >= SPEED_OVER_S else np.nan, float(np.percentile(every, 95)) if len(every) else np.nan)


def _at(time_s: Floats, known_s: Floats, where: Floats) -> Floats:
    return np.stack([np.interp(time_s, known_s, where[:, axis]) for axis in range(2)], 1)


def spacing(places: Places) -> Mapping[str, tuple[Ints, Floats]]:
    """Return for each team the frames in which at least ``LEAST_TEAMMATES`` of it have a place, and the mean distance in metres between two of them then.

    The mean over pairs, not over an outline, because it is the same on average however many of the five are seen.
    """
    found: dict[str, tuple[Ints, Floats]] = {}
    usable = np.isfinite(places.xy_m).all(1) & (places.role == "player")
    for team in sorted({team for team in places.team[usable] if team}):
        rows = np.flatnonzero(usable & (places.team == team))
        frames, starts = np.unique(places.frame[rows], return_index=True)
        kept, metres = [], []
        for frame, mine in zip(frames, np.split(rows, starts[1:]), strict=True):
            if len(mine) >= LEAST_TEAMMATES:
                first, second = np.triu_indices(len(mine), 1)
                kept.append(frame)
                metres.append(np.hypot(*(places.xy_m[mine][first] - places.xy_m[mine][second]).T).mean())
        if kept:
            found[team] = np.array(kept, np.int64), np.array(metres)
    return found
