from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from courtside.config import IdentitySettings
from courtside.errors import RecordsError
from courtside.evaluate.drawn import ball_of, drawn_of, read_court, read_drawn
from courtside.pipeline.export import write_tracks
from courtside.pipeline.resolve import Result, resolve
from courtside.records import DetectionTable
from courtside.types import BALL, PLAYER
from scenes import Walker, records

Cast = dict[str, Walker]


def test_people_read_back_are_those_of_the_result(cast: Cast, tmp_path: Path) -> None:
    found = records(list(cast.values()))
    result = resolve([found], (), IdentitySettings())
    write_tracks(tmp_path / "tracks.parquet", result, found, 0)
    read, made = read_drawn(tmp_path / "tracks.parquet"), drawn_of(result)
    assert read.court_m is None
    for name in ("frame", "track_id", "role", "team", "number", "player"):
        assert getattr(read, name).tolist() == getattr(made, name).tolist()
    assert read.xyxy == pytest.approx(made.xyxy, abs=1e-3)

    table = pq.read_table(tmp_path / "tracks.parquet")
    n = len(table)
    for name, values in (("court_x_m", [None, *range(n - 1)]), ("court_y_m", [None, *[1.0] * (n - 1)])):
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.float64()))
    pq.write_table(table, tmp_path / "tracks.parquet")
    placed = read_drawn(tmp_path / "tracks.parquet").court_m
    assert placed is not None and np.isnan(placed[0]).all() and placed[1].tolist() == [0.0, 1.0]


def test_nobody(tmp_path: Path) -> None:
    nobody = Result((), 1.0, ())
    assert drawn_of(nobody).xyxy.shape == (0, 4)
    write_tracks(tmp_path / "tracks.parquet", nobody, records([]), 0)
    assert len(read_drawn(tmp_path / "tracks.parquet").frame) == 0


def test_the_surest_ball_of_each_frame() -> None:
    rows = [(0, BALL, 0.2), (0, BALL, 0.9), (0, PLAYER, 0.95), (3, BALL, 0.4)]
    frame, kind, confidence = (np.array(values) for values in zip(*rows, strict=True))
    table = DetectionTable(frame, np.zeros(4, int), kind, confidence.astype(np.float32), np.arange(16, dtype=np.float32).reshape(4, 4))
    ball = ball_of(replace(records([]), detections=table))
    assert ball.frame.tolist() == [0, 3] and ball.xyxy[:, 0].tolist() == [4, 12]
    assert len(ball_of(records([])).frame) == 0


def test_court_json(tmp_path: Path) -> None:
    path = tmp_path / "court.json"
    rows = [{"frame": 3, "valid": False}, {"frame": 1, "valid": True, "court_to_pinhole": np.eye(3).tolist(), "error_m": 0.2}]
    path.write_text(json.dumps({"league": "fiba", "lens": [1, 2, 3, 4, 0.1, 0.2], "frames": rows}))
    court = read_court(path)
    assert (court.league, court.lens, court.frame.tolist(), court.valid.tolist()) == ("fiba", (1, 2, 3, 4, 0.1, 0.2), [1, 3], [True, False])
    assert court.court_to_pinhole[0].tolist() == np.eye(3).tolist() and np.isnan(court.court_to_pinhole[1]).all()


@pytest.mark.parametrize("reader", [read_court, read_drawn])
@pytest.mark.parametrize("text", [None, "", "[]", '{"frames": [{"frame": 1}]}'])
def test_a_file_that_is_missing_or_damaged(reader: Callable[[Path], object], text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RecordsError, match="file"):
        reader(path)
