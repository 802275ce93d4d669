"""The output folder of a run as labels to start from: right where the run was right, to be corrected by hand where it was not."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from courtside.errors import TruthError
from courtside.truth.check import Where
from courtside.truth.clip import rows_at
from courtside.truth.json_file import JsonFile, read_json
from courtside.truth.labels import PeopleLabels, Truth
from courtside.types import ClipInfo, Team

_RESULT, _TRACKS, _MANIFEST = "result.json", "tracks.parquet", "records/manifest.json"


def is_run(path: Path) -> bool:
    """Tell whether a folder is the output of a run."""
    return (path / _RESULT).is_file() or (path / _MANIFEST).is_file()


def clip_of_run(path: Path) -> ClipInfo:
    """Return what a run's folder says of its clip; its number of frames was counted, not read from a header.

    Raises:
        TruthError: there is no run of one clip in it, or it is damaged.
    """
    return _clip(_document(path, _RESULT if (path / _RESULT).is_file() else _MANIFEST))


def read_run(path: Path) -> tuple[Truth, Where]:
    """Read a run's people, all of its frames labelled.

    Tracks that were drawn as the same number of the same team and are never in one frame together become one person ("Dallas Mavericks 41"); every other
    track is a person of its own ("track 7").

    Raises:
        TruthError: there is no run of one clip in it, or it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = _document(path, _RESULT)
    info = _clip(file)
    try:
        teams = tuple(Team(**team) for team in file.data["teams"])
        cuts = tuple(int(cut) for cut in file.data["clip"]["cuts"])
        table = pq.read_table(path / _TRACKS)
        column = {name: np.asarray(table.column(name).to_numpy(zero_copy_only=False)) for name in table.column_names}
        frame, track = column["frame"].astype(np.int64), column["track_id"].astype(np.int64)
        xyxy = np.stack([column[side] for side in ("x1", "y1", "x2", "y2")], 1).astype(float)
        role, team, number, player = (column[name].astype(object) for name in ("role", "team", "number", "player"))
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise TruthError(f"{path}: damaged ({str(error).splitlines()[0]}); run `courtside resolve` again") from error
    n_frames = info.n_frames or 0
    people = PeopleLabels(
        labelled=np.arange(n_frames),
        frame=frame,
        who=_names(frame, track, team, number),
        xyxy=np.round(xyxy, 1),  # a person corrects to the pixel at best, and reads short numbers more easily
        role=role,
        team=team,
        number=number,
        player=player,
        court_m=np.full((len(frame), 2), np.nan),
        visible=np.full(len(frame), np.nan),
    )
    truth = Truth(Path(info.path).stem, info.width, info.height, info.rate, n_frames, teams, cuts, people)
    return truth, rows_at(path / _RESULT, {"people": lambda row: f"{path / _TRACKS}, frame {frame[row]}, track {track[row]}"})


def _names(frame: Any, track: Any, team: Any, number: Any) -> Any:
    shirts: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one, its_team, its_number in zip(track.tolist(), team, number, strict=True):
        if its_team is not None and its_number is not None:
            shirts[its_team, its_number].add(one)
    names = {one: f"track {one}" for one in set(track.tolist())}
    for (its_team, its_number), tracks in shirts.items():
        frames = frame[np.isin(track, list(tracks))]
        if len(np.unique(frames)) == len(frames):
            names.update(dict.fromkeys(tracks, f"{its_team} {its_number}"))
    return np.array([names[one] for one in track.tolist()], object)


def _document(path: Path, name: str) -> JsonFile:
    if not (path / name).is_file():
        inside = sorted(folder.name for folder in path.iterdir() if is_run(folder)) if path.is_dir() else []
        hint = f"; give one clip's folder, such as {path / inside[0]}" if inside else "; run `courtside run` on the clip first"
        raise TruthError(f"{path}: no {name} there{hint}")
    return read_json(path / name)


def _clip(file: JsonFile) -> ClipInfo:
    try:
        clip = file.data["clip"]
        return ClipInfo(str(clip["path"]), int(clip["width"]), int(clip["height"]), Fraction(clip["rate"]), int(clip["n_frames"]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise TruthError(f"{file.path}: damaged; run `courtside run` again") from error
