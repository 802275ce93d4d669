"""The text format of MOTChallenge: ``frame,id,left,top,width,height,considered,class,visibility``, frames from 1; read and written."""

from __future__ import annotations

import configparser
from fractions import Fraction
from pathlib import Path

import numpy as np

from courtside.errors import TruthError
from courtside.truth.check import Where
from courtside.truth.clip import Measures, known_length, rows_at, same_size
from courtside.truth.labels import PeopleLabels, Truth
from courtside.truth.table import read_text
from courtside.types import ClipInfo

SEQUENCE = "seqinfo.ini"
_PEDESTRIAN = 1
_IGNORED = 0  # "considered" 0: labelled, but not to be scored


def find_mot(path: Path) -> tuple[Path, Path | None]:
    """Return the text file and, where there is one, the sequence's ``seqinfo.ini``, from a sequence's folder or the text file itself."""
    text = path / "gt" / "gt.txt" if path.is_dir() else path
    sequence = text.parent.parent / SEQUENCE if text.parent.name == "gt" else text.with_name(SEQUENCE)
    return text, sequence if sequence.is_file() else None


def read_mot(path: Path, clip: ClipInfo | None) -> tuple[Truth, Where]:
    """Read who is where from a sequence's folder (``seqinfo.ini`` and ``gt/gt.txt``) or a text file.

    Everybody is a player, as the format knows no roles. Rows that are not to be considered, and classes other than 1 (or -1, none), are left out. The frames
    with rows are the labelled ones.

    Raises:
        TruthError: a line is wrong, or ``clip`` is missing where there is no ``seqinfo.ini``, or has another size.
    """
    text, sequence = find_mot(path)
    frames, names, boxes, visible, lines = [], [], [], [], []
    for line, row in enumerate(read_text(text).splitlines(), 1):
        if not row.strip():
            continue
        where = f"{text}, line {line}"
        cells = [cell.strip() for cell in row.split(",")]
        try:
            frame, one = int(cells[0]), int(cells[1])
            left, top, width, height, *rest = map(float, cells[2:])
        except (ValueError, IndexError) as error:
            raise TruthError(f"{where}: not frame,id,left,top,width,height,... in numbers") from error
        if frame < 1:
            raise TruthError(f"{where}: frame {frame}; in this format frames count from 1")
        considered, kind, share = (*rest, *(1.0, 1.0, -1.0)[len(rest) :])[:3]
        if kind not in (_PEDESTRIAN, -1) or (considered == _IGNORED and kind == _PEDESTRIAN):
            continue
        frames.append(frame - 1)
        names.append(str(one))
        boxes.append((left, top, left + width, top + height))
        visible.append(share if share >= 0 else np.nan)
        lines.append(line)
    if not frames:
        raise TruthError(f"{text}: nobody is labelled in it")
    order = np.argsort(np.array(frames), kind="stable")
    n, frame_column = len(frames), np.array(frames, np.int64)[order]
    people = PeopleLabels(
        labelled=np.unique(frame_column),
        frame=frame_column,
        who=np.array(names, object)[order],
        xyxy=np.array(boxes)[order],
        role=np.full(n, "player", object),
        team=np.full(n, None, object),
        number=np.full(n, None, object),
        player=np.full(n, None, object),
        court_m=np.full((n, 2), np.nan),
        visible=np.array(visible)[order],
    )
    name, info = _sequence(sequence, clip) if sequence else ("", known_length(text, clip))
    if not name:
        name = Path(clip.path).stem if clip is not None and text.stem == "gt" else text.stem.removesuffix(".mot")
    truth = Truth(name, info.width, info.height, info.rate, info.n_frames, people=people)
    return truth, rows_at(text, {"people": lambda row: f"{text}, line {lines[order[row]]}"})


def _sequence(path: Path, clip: ClipInfo | None) -> tuple[str, Measures]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(path))
        entry = parser["Sequence"]
        info = Measures(int(entry["imWidth"]), int(entry["imHeight"]), Fraction(entry["frameRate"]), int(entry["seqLength"]))
    except (configparser.Error, KeyError, ValueError, ZeroDivisionError) as error:
        reason = str(error).splitlines()[0]
        raise TruthError(f"{path}: [Sequence] needs imWidth, imHeight, frameRate and seqLength as numbers ({reason})") from error
    same_size(path, clip, info.width, info.height)
    return entry.get("name", path.parent.name), info


def mot_text(truth: Truth) -> str:
    """Return the people as MOTChallenge ground truth; ids count from 1 in the order of the names. Teams, numbers and labelled frames without anybody are lost.

    Raises:
        TruthError: no people are labelled.
    """
    people = truth.people
    if people is None or not len(people.frame):
        raise TruthError(f"{truth.name}: no people are labelled, so there is nothing to write")
    ids = {who: i for i, who in enumerate(sorted(set(people.who)), 1)}
    rows = sorted(
        (frame + 1, ids[who], x1, y1, x2 - x1, y2 - y1, -1.0 if np.isnan(share) else share)
        for frame, who, (x1, y1, x2, y2), share in zip(people.frame.tolist(), people.who, people.xyxy.tolist(), people.visible.tolist(), strict=True)
    )
    return "".join(f"{frame},{one},{left:.2f},{top:.2f},{width:.2f},{height:.2f},1,1,{share:g}\n" for frame, one, left, top, width, height, share in rows)
