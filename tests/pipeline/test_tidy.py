"""A run in the formats of other people's tools."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from courtside.court import COURTS, Camera
from courtside.court.registration import CourtTrack
from courtside.errors import RecordsError
from courtside.pipeline.export import write_court
from courtside.pipeline.tidy import REFEREES, UNKNOWN, write_csv, write_floodlight

N = 5
COLUMNS = {
    "frame": pa.int32(),
    "time_s": pa.float64(),
    "track_id": pa.int32(),
    "x1": pa.float32(),
    "y1": pa.float32(),
    "x2": pa.float32(),
    "y2": pa.float32(),
    "role": pa.string(),
    "team": pa.string(),
    "number": pa.string(),
    "player": pa.string(),
    "probability": pa.float32(),
    "court_x_m": pa.float32(),
    "court_y_m": pa.float32(),
}
Row = tuple[object, ...]


def person(frame: int, track: int, role: str, team: str | None, number: str | None, player: str | None, x: float | None, y: float | None) -> Row:
    return (frame, frame / 25, track, 1.0, 2.0, 3.0, 4.0, role, team, number, player, 0.97, x, y)


ROWS = (
    person(0, 1, "player", "Spurs", "00", 'Smith, "JR"', 1.0, 2.0),
    person(0, 2, "referee", None, None, None, -3.0, 0.5),
    person(1, 3, "player", None, None, None, 4.0, 4.0),
    person(2, 4, "player", "Spurs", "00", 'Smith, "JR"', 1.5, 2.5),  # the same player on another track
    person(2, 5, "player", "Spurs", "7", None, None, None),
    person(3, 5, "player", "Spurs", "7", None, 0.0, -7.0),
    person(3, 6, "player", "Heat", None, None, 2.0, 3.0),
)


def a_run(folder: Path, rows: tuple[Row, ...] = ROWS, valid: bool | None = True) -> Path:
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    table = pa.table({name: pa.array(column, kind) for (name, kind), column in zip(COLUMNS.items(), columns, strict=True)})
    pq.write_table(table, folder / "tracks.parquet")
    (folder / "result.json").write_text(json.dumps({"clip": {"rate": "25"}}))
    if valid is not None:
        maps = np.repeat(Camera((0, 30, 10), 0, 0.3, 900, (640, 360)).court_to_pinhole()[None], N, 0)
        write_court(folder / "court.json", CourtTrack(np.arange(N) < (4 if valid else 0), maps, (320, 180, 320, 320, 0, 0), np.full(N, 0.05)), COURTS["fiba"])
    return folder


def test_csv(tmp_path: Path) -> None:
    assert write_csv(a_run(tmp_path), tmp_path / "new" / "tracks.csv") == len(ROWS)
    rows = list(csv.DictReader((tmp_path / "new" / "tracks.csv").read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == [*COLUMNS, "court_valid", "court_error_m"]
    assert rows[0]["number"] == "00" and rows[0]["player"] == 'Smith, "JR"' and float(rows[0]["court_error_m"]) == 0.05 and rows[0]["court_valid"] == "true"
    assert rows[4]["court_x_m"] == rows[4]["player"] == "" and rows[4]["number"] == "7"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["tracks.csv"]


@pytest.mark.parametrize("rows", [(), ROWS])
def test_csv_without_a_court(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    assert write_csv(a_run(tmp_path, rows, valid=None), tmp_path / "tracks.csv") == len(rows)
    found = list(csv.DictReader((tmp_path / "tracks.csv").read_text(encoding="utf-8").splitlines()))
    assert len(found) == len(rows) and all(row["court_valid"] == "false" and row["court_error_m"] == "" for row in found)


def test_arrays_for_floodlight(tmp_path: Path) -> None:
    assert write_floodlight(a_run(tmp_path), tmp_path / "floodlight.npz") == 4
    data = np.load(tmp_path / "floodlight.npz")  # as anybody loads it: nothing in it needs pickle
    assert data["groups"].tolist() == ["Heat", "Spurs", REFEREES, UNKNOWN]
    assert float(data["framerate"]) == 25 and data["xlim"].tolist() == [-14, 14] and data["ylim"].tolist() == [-7.5, 7.5]
    assert np.allclose(data["time_s"], np.arange(N) / 25)
    assert data["number_1"].tolist() == ["7", "00"] and data["player_1"].tolist() == ["", 'Smith, "JR"']
    expected = np.full((N, 4), np.nan)
    expected[3, :2], expected[0, 2:], expected[2, 2:] = (0, 7), (1, -2), (1.5, -2.5)  # y points up
    assert np.array_equal(data["xy_1"], expected, equal_nan=True)
    assert all(data[f"xy_{i}"].shape == (N, 2 * len(data[f"player_{i}"])) for i in range(4))
    assert {path.name for path in tmp_path.iterdir()} == {"tracks.parquet", "result.json", "court.json", "floodlight.npz"}


def test_nobody(tmp_path: Path) -> None:
    assert write_floodlight(a_run(tmp_path, ()), tmp_path / "floodlight.npz") == 0
    data = np.load(tmp_path / "floodlight.npz")
    assert data["groups"].shape == (0,) and len(data["time_s"]) == N


def test_floodlight_takes_them(tmp_path: Path) -> None:
    floodlight = pytest.importorskip("floodlight", reason="not part of any extra: install it to see that it takes what is written for it")
    write_floodlight(a_run(tmp_path), tmp_path / "floodlight.npz")
    data = np.load(tmp_path / "floodlight.npz")
    xy = floodlight.XY(xy=data["xy_1"], framerate=float(data["framerate"]))
    assert xy.N == 2 and xy.point(2, 1).tolist() == [1.5, -2.5]


@pytest.mark.parametrize("write", [write_csv, write_floodlight])
def test_what_is_missing_or_damaged(tmp_path: Path, write: object) -> None:
    assert callable(write)
    with pytest.raises(RecordsError, match="run `courtside"):
        write(tmp_path, tmp_path / "x")
    a_run(tmp_path)
    (tmp_path / "tracks.parquet").write_bytes(b"PAR1")
    with pytest.raises(RecordsError, match="run `courtside resolve` again"):
        write(tmp_path, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_places_need_a_court(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match=r"no court was found in any frame .* use --format csv"):
        write_floodlight(a_run(tmp_path, valid=False), tmp_path / "x")
    a_run(tmp_path)
    (tmp_path / "result.json").write_text('{"clip": {"rate": "0/0"}}')
    with pytest.raises(RecordsError, match=r"result.json: damaged"):
        write_floodlight(tmp_path, tmp_path / "x")
