"""The ball's way as a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from courtside.config import IdentitySettings
from courtside.errors import RecordsError
from courtside.events.ball import BallTrack
from courtside.events.reading import Reading
from courtside.events.touches import Play
from courtside.pipeline.ball import read_ball, write_ball
from courtside.pipeline.events import read_plays
from courtside.pipeline.resolve import resolve
from courtside.pipeline.tidy import write_ball_csv
from scenes import BLACK, WHITE, Walker, records, seen

N = 6


def test_an_empty_clip(tmp_path: Path) -> None:
    found = records([], n_frames=0)
    result = resolve([found], (), IdentitySettings())
    write_ball(tmp_path / "ball.parquet", read_plays(found, result), found, result, 0)
    assert pq.read_table(tmp_path / "ball.parquet").num_rows == 0
    assert read_ball(tmp_path / "ball.parquet")(0) is None


def test_a_row_a_frame_with_who_has_it(tmp_path: Path) -> None:
    walkers = [Walker(4, 0, N, 100.0, [(0, WHITE)], seen("4", 0, N)), Walker(9, 0, N, 300.0, [(0, BLACK)], seen("7", 0, N))]
    found = records(walkers, n_frames=N)
    result = resolve([found], (), IdentitySettings())
    xy = np.full((N, 2), np.nan)
    xy[1:4] = (50.0, 80.0)
    known = np.isfinite(xy[:, 0])
    ball = BallTrack(xy, np.where(known, 12.0, np.nan), known & (np.arange(N) != 2), np.arange(N) == 3)
    hold = Play("possession", 1, 2, 1, -1, None, 0.9)
    path = tmp_path / "ball.parquet"
    write_ball(path, Reading("flight", (hold,), ball, np.array([-1, 0, 0, 0, -1, -1]), {}, {}), found, result, 0)
    rows = pq.read_table(path).to_pylist()
    assert [row["frame"] for row in rows] == list(range(N)) and rows[3]["time_s"] == pytest.approx(found.frames.time_s[3])
    assert [row["x"] for row in rows] == [None, 50, 50, 50, None, None]
    assert [row["seen"] for row in rows] == [False, True, False, True, False, False]
    assert [row["flies"] for row in rows] == [False, False, False, True, False, False]
    whose = [track.track_id for track in result.tracks][1]
    assert [row["track_id"] for row in rows] == [None, whose, whose, None, None, None]
    assert [row["team"] for row in rows] == [None, *[result.teams[0].name] * 3, None, None]
    box = read_ball(path)
    assert (box(0), box(1), box(99)) == (None, (44.0, 74.0, 56.0, 86.0), None)
    assert write_ball_csv(tmp_path, tmp_path / "ball.csv") == N
    assert (tmp_path / "ball.csv").read_text().splitlines()[1].endswith(",,,,false,false,,")


@pytest.mark.parametrize(("content", "says"), [(None, "not there"), (b"PAR", "damaged")])
def test_a_file_that_can_not_be_read(tmp_path: Path, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / "ball.parquet").write_bytes(content)
    with pytest.raises(RecordsError, match=says):
        read_ball(tmp_path / "ball.parquet")
    with pytest.raises(RecordsError, match=says):
        write_ball_csv(tmp_path, tmp_path / "ball.csv")
