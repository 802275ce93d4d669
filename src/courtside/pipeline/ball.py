"""The ball's way through a clip as a table, a row a frame: ``ball.parquet``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from courtside.events.reading import Reading
from courtside.pipeline.export import write_aside
from courtside.pipeline.resolve import Result
from courtside.pipeline.results import read_table
from courtside.records import Records

Box = tuple[float, float, float, float]


def write_ball(path: Path, reading: Reading, records: Records, result: Result, clip: int) -> None:
    """Write where the ball is in each frame of a clip, and who has it; null where that is not known.

    Raises:
        RecordsError: it can't be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    ball, n = reading.ball, len(records.frames.time_s)
    tracks = [track for track in result.tracks if track.clip == clip]
    who = np.full(n, -1, np.int64)
    for play in reading.plays:
        if play.kind == "possession" and play.track is not None:
            who[play.start : play.end + 1] = play.track
    size = np.where(ball.known, ball.size, np.nan)
    columns: dict[str, Any] = {
        "frame": pa.array(np.arange(n), pa.int32()),
        "time_s": pa.array(records.frames.time_s, pa.float64()),
        **{name: pa.array(ball.xy[:, i], pa.float32(), from_pandas=True) for i, name in enumerate(("x", "y"))},  # NaN is null
        "diameter": pa.array(size, pa.float32(), from_pandas=True),
        "seen": pa.array(ball.seen, pa.bool_()),
        "flies": pa.array(ball.flies, pa.bool_()),
        "track_id": pa.array([None if i < 0 else tracks[i].track_id for i in who.tolist()], pa.int32()),
        "team": pa.array([result.teams[i].name if i >= 0 else None for i in reading.has.tolist()], pa.string()),
    }
    write_aside(path, lambda aside: pq.write_table(pa.table(columns), aside, compression="zstd"))


def read_ball(path: Path) -> Callable[[int], Box | None]:
    """Return a function that gives the ball's box in a frame, left, top, right, bottom in pixels, None where it is not known.

    Raises:
        RecordsError: the file is missing or damaged.
    """
    table = read_table(path, ("x", "y", "diameter"))
    x, y, size = (table.column(name).to_numpy() for name in ("x", "y", "diameter"))

    def ball(frame: int) -> Box | None:
        if not 0 <= frame < len(x) or not np.isfinite([x[frame], y[frame], size[frame]]).all():
            return None
        half = size[frame] / 2
        return float(x[frame] - half), float(y[frame] - half), float(x[frame] + half), float(y[frame] + half)

    return ball
