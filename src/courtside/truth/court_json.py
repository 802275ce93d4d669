"""``court/CLIP.json``: where the court lies, in feet from the far left corner of a court of 94 x 50 ft."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.court.dimensions import FOOT_M
from courtside.errors import TruthError
from courtside.truth.check import Where
from courtside.truth.clip import Measures, known_length, rows_at, same_size
from courtside.truth.json_file import JsonFile
from courtside.truth.labels import CourtLabels, Truth
from courtside.types import ClipInfo

_FEET = np.array([[1 / FOOT_M, 0, 47], [0, 1 / FOOT_M, 25], [0, 0, 1]])  # metres from the centre to feet from the far left corner
_STILLS_HZ = Fraction(30)  # frames that were cut out of a broadcast and lie there as pictures, without a clip


def read_court_json(file: JsonFile, clip: ClipInfo | None) -> tuple[Truth, Where]:
    """Read where the court lies; the homographies stay in the pixels they are in.

    Labels of stills (no ``size`` in the file, and 640x640 in its ``units``) need no ``clip``: they are taken to be of 30 frames/s and to end with the last.

    Raises:
        TruthError: the file is wrong, ``clip`` is missing where it is needed, or has another size.
    """
    path, data = file.path, file.data
    entries = file.get(data, "frames", dict)
    frames: dict[int, tuple[str, npt.NDArray[np.float64] | None]] = {}  # with the key as written, by which its line is found
    for key, entry in entries.items():
        if not re.fullmatch(r"[0-9]{1,9}", key):
            raise TruthError(f"{file.where(key)}: frame {key!r} is not a frame number")
        if int(key) in frames:
            raise TruthError(f"{file.where(key)}: frame {int(key)} is there already ({file.where(frames[int(key)][0])})")
        frames[int(key)] = key, _matrix(file, key, entry, "lens" in data)
    if not frames:
        raise TruthError(f"{path}: no frame is labelled")
    order = sorted(frames)
    matrices = [frames[frame][1] for frame in order]
    court = CourtLabels(
        league="nba",
        lens=_lens(file),
        frame=np.array(order, np.int64),
        valid=np.array([matrix is not None for matrix in matrices]),
        court_to_pinhole=np.array([np.full((3, 3), np.nan) if matrix is None else matrix @ _FEET for matrix in matrices]),
    )
    info = _measures(file, clip, order[-1])
    name = file.get(data, "clip", str) if "clip" in data else path.stem
    truth = Truth(name, info.width, info.height, info.rate, info.n_frames, court=court)
    return truth, rows_at(path, {"court": lambda row: file.where(frames[order[row]][0])})


def _measures(file: JsonFile, clip: ClipInfo | None, last: int) -> Measures:
    stills = "size" not in file.data
    if not stills:
        size = [file.expect(side, int, "size") for side in file.get(file.data, "size", list)]
    else:
        stated = re.search(r"(\d{2,5})x(\d{2,5})", str(file.data.get("units", "")))
        size = [int(stated[1]), int(stated[2])] if stated else []
    if len(size) != 2:
        if stills:
            return known_length(file.path, clip)
        raise TruthError(f"{file.where('size')}: size is [width, height] in pixels")
    width, height = size
    same_size(file.path, clip, width, height)
    if stills and clip is None:
        return Measures(width, height, _STILLS_HZ, last + 1)
    return known_length(file.path, clip)


def _matrix(file: JsonFile, key: str, entry: Any, has_lens: bool) -> npt.NDArray[np.float64] | None:
    """Return the 3x3, or None where no court is in view. Without a lens for the clip the plain map is as good."""
    if not isinstance(entry, dict):
        raise TruthError(f"{file.where(key)}: the frame is not an object in {{ }}")
    if entry.get("court") is False:
        return None
    rows = entry.get("court_to_pinhole", None if has_lens else entry.get("court_to_image"))
    try:
        matrix = np.array(rows, float)
    except (TypeError, ValueError):
        matrix = np.zeros(0)
    if matrix.shape != (3, 3):
        raise TruthError(f'{file.where(key)}: court_to_pinhole is not a list of three lists of three numbers; write "court": false where no court is in view')
    return matrix


def _lens(file: JsonFile) -> tuple[float, float, float, float, float, float]:
    if "lens" not in file.data:
        return CourtLabels().lens
    lens = file.get(file.data, "lens", dict)
    cx, cy, sx, sy, k1, k2 = (file.get(lens, key, float, "lens") for key in ("cx", "cy", "sx", "sy", "k1", "k2"))
    return cx, cy, sx, sy, k1, k2
