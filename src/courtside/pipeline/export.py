"""What a run leaves behind for others to load: ``result.json``, ``tracks.parquet``, ``court.json``, a MOT text file. All is written aside and renamed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from courtside.court import Court
from courtside.court.registration import CourtTrack
from courtside.errors import RecordsError
from courtside.pipeline.court import everybodys_positions
from courtside.pipeline.resolve import Result, Track
from courtside.records import Records
from courtside.types import Team

RESULT_FORMAT = 1


def write_aside(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file beside ``path``, then put it in its place.

    Raises:
        RecordsError: the folder can't be written or the disk is full.
    """
    aside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(aside)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise RecordsError(f"{path}: can't write ({error.strerror or error}); free some space or choose another output folder") from error


def write_tracks(path: Path, result: Result, records: Records, clip: int) -> None:
    """Write ``tracks.parquet``: a row per person and frame, sorted by frame, then track.

    Team, number and player are null where nothing is drawn, the place on the court where it is not known.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            ("frame", pa.int32()),
            ("time_s", pa.float64()),
            ("track_id", pa.int32()),
            *((side, pa.float32()) for side in ("x1", "y1", "x2", "y2")),
            *((name, pa.string()) for name in ("role", "team", "number", "player")),
            ("probability", pa.float32()),
            ("court_x_m", pa.float32()),
            ("court_y_m", pa.float32()),
            ("live", pa.bool_()),
        ]
    )
    tracks = [track for track in result.tracks if track.clip == clip]
    lengths = [len(track.frame) for track in tracks]
    frame = np.concatenate([track.frame for track in tracks]) if tracks else np.zeros(0, int)
    xyxy = np.concatenate([track.xyxy for track in tracks]) if tracks else np.zeros((0, 4))
    track_id = np.repeat([track.track_id for track in tracks], lengths).astype(int)
    court, frames = (result.courts[clip] if result.courts else None), records.frames
    places = np.full((len(frame), 2), np.nan)
    if court is not None and tracks:
        places = np.concatenate(everybodys_positions([(track.frame, track.xyxy) for track in tracks], frames.time_s, frames.cut, court))
    order = np.lexsort((track_id, frame))
    which = np.repeat(np.arange(len(tracks)), lengths)[order]
    columns: dict[str, Any] = {"frame": frame[order], "time_s": records.frames.time_s[frame[order]], "track_id": track_id[order]}
    columns |= {side: xyxy[order, i].astype(np.float32) for i, side in enumerate(("x1", "y1", "x2", "y2"))}
    columns |= {name: [getattr(tracks[i], name) for i in which] for name in ("role", "team", "probability")}
    seen = np.concatenate([track.well_seen for track in tracks])[order] if tracks else np.zeros(0, bool)
    columns |= {name: [getattr(tracks[i], name) if well else None for i, well in zip(which, seen, strict=True)] for name in ("number", "player")}
    columns |= {name: pa.array(places[order, i], pa.float32(), from_pandas=True) for i, name in enumerate(("court_x_m", "court_y_m"))}  # NaN is null
    columns["live"] = result.live(clip, len(frames.time_s))[frame[order]]
    table = pa.table({field.name: pa.array(columns[field.name], field.type) for field in schema}, schema=schema)
    write_aside(path, lambda aside: pq.write_table(table, aside, compression="zstd"))


def write_mot(path: Path, result: Result, clip: int) -> None:
    """Write the MOTChallenge text format: frame from 1, id, left, top, width, height, confidence, -1, -1, -1."""
    tracks = [track for track in result.tracks if track.clip == clip]
    rows = sorted(
        (int(frame) + 1, track.track_id, *map(float, box), track.probability) for track in tracks for frame, box in zip(track.frame, track.xyxy, strict=True)
    )
    lines = (f"{frame},{one},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},{sure:.4f},-1,-1,-1\n" for frame, one, x1, y1, x2, y2, sure in rows)
    write_aside(path, lambda aside: aside.write_text("".join(lines)))


def write_court(path: Path, court: CourtTrack, measures: Court) -> None:
    """Write ``court.json``: the court's measures, the lens, and for every frame ``valid``, ``court_to_pinhole`` (3x3 or null) and ``error_m`` (or null)."""
    frames = [
        {
            "frame": i,
            "valid": bool(valid),
            "court_to_pinhole": [[float(f"{value:.8g}") for value in row] for row in map_.tolist()] if valid else None,
            "error_m": round(float(error), 3) if valid and np.isfinite(error) else None,
        }
        for i, (valid, map_, error) in enumerate(zip(court.valid, court.court_to_pinhole, court.error_m, strict=True))
    ]
    own = asdict(measures)
    document = {"format": 1, "league": own.pop("league"), "court": own, "lens": list(court.lens), "frames": frames}
    text = json.dumps(document)
    write_aside(path, lambda aside: aside.write_text(text))


def _team(team: Team) -> dict[str, Any]:
    return {"name": team.name, "color": team.color, "jersey": team.jersey, "players": dict(team.players)}


def _track(track: Track, records: Records) -> dict[str, Any]:
    best = track.best
    return {
        "track_id": track.track_id,
        "role": track.role,
        "team": track.team,
        "number": track.number,
        "player": track.player,
        "probability": round(track.probability, 4),
        "corrected": track.corrected,
        "first_frame": int(track.frame[0]),
        "last_frame": int(track.frame[-1]),
        "start_s": round(float(records.frames.time_s[track.frame[0]]), 3),
        "end_s": round(float(records.frames.time_s[track.frame[-1]]), 3),
        "n_frames": len(track.frame),
        "n_readings": track.n_readings,
        "best_guess": {"number": best.number, "number_chance": round(best.number_chance, 4), "team_chance": round(best.team_chance, 4)} if best else None,
    }


def write_result(path: Path, result: Result, records: Records, clip: int, settings: dict[str, Any]) -> None:
    """Write ``result.json``: clip, settings, teams and tracks. The boxes are in ``tracks.parquet``."""
    info = records.clip
    document = {
        "format": RESULT_FORMAT,
        "clip": {
            "path": info.path,
            "width": info.width,
            "height": info.height,
            "rate": str(info.rate),
            "n_frames": info.n_frames,
            "cuts": [i for i, cut in enumerate(records.frames.cut) if cut],
        },
        "settings": settings,
        "shots": [asdict(shot) | {"probability": round(shot.probability, 4)} for shot in result.shots[clip]] if result.shots else [],
        "teams": [_team(team) for team in result.teams],
        "teams_probability": round(result.teams_chance, 4),
        "tracks": [_track(track, records) for track in result.tracks if track.clip == clip],
        "warnings": list(records.warnings),
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    write_aside(path, lambda aside: aside.write_text(text, encoding="utf-8"))
