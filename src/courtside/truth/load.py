"""Labels of any kind that is known, told apart by what is in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from courtside.errors import TruthError
from courtside.truth.check import Where, check_truth
from courtside.truth.coco import read_coco
from courtside.truth.court_json import read_court_json
from courtside.truth.folder import read_truth
from courtside.truth.json_file import read_json
from courtside.truth.labels import Truth
from courtside.truth.mot import SEQUENCE, read_mot
from courtside.truth.run import is_run, read_run
from courtside.truth.tracks_csv import read_tracks_csv
from courtside.types import ClipInfo

_KINDS = "a folder of labels, tracks CLIP.csv, court CLIP.json, MOT (gt.txt, or a folder with seqinfo.ini and gt/gt.txt), COCO .json, or a run's output folder"
_COCO = "_annotations.coco.json"


def load_truth(path: Path, clip: ClipInfo | None = None, name: str | None = None) -> Truth:
    """Read and check labels: our own folder, a CSV of who is who, a JSON of where the court lies, MOT, COCO, or a run's output folder.

    Args:
        path: the file or folder.
        clip: size, rate and number of frames for labels that don't say them (CSV, MOT without ``seqinfo.ini``, court JSON); where labels do, only compared.
        name: the clip's name, where the labels' own is not it; of a COCO file with several clips, the one to read.

    Raises:
        TruthError: the labels are missing, of no known kind or wrong, or of another clip than ``clip``. The message names file and line.
    """
    truth, where = _read(path, clip, name)
    truth = replace(truth, name=name) if name is not None else truth
    if where is not None:
        check_truth(truth, where)
    return truth


def _read(path: Path, clip: ClipInfo | None, name: str | None) -> tuple[Truth, Where | None]:
    if not path.exists():
        raise TruthError(f"{path}: no such file or folder")
    if path.name in ("truth.json", "result.json", "tracks.parquet"):
        path = path.parent
    if path.is_dir():
        if (path / "truth.json").is_file():
            return read_truth(path), None  # checked already
        if (path / SEQUENCE).is_file() or (path / "gt" / "gt.txt").is_file():
            return read_mot(path, clip)
        if is_run(path):
            return read_run(path)
        if (path / _COCO).is_file():
            return read_coco(read_json(path / _COCO), clip, name)
        raise TruthError(f"{path}: no labels of a known kind in this folder; give {_KINDS}")
    if path.suffix.lower() == ".csv":
        return read_tracks_csv(path, clip)
    if path.suffix.lower() == ".txt":
        return read_mot(path, clip)
    if path.suffix.lower() == ".json":
        file = read_json(path)
        keys = set(file.data) if isinstance(file.data, dict) else set()
        if {"images", "annotations"} <= keys:
            return read_coco(file, clip, name)
        if "frames" in keys:
            return read_court_json(file, clip)
    raise TruthError(f"{path}: labels of no known kind; give {_KINDS}")
