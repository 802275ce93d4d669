"""Of the names drawn on hand-labelled frames, how many are right, and how many players carry theirs?

    python bench/identity.py --truth DATA/truth/tracks RUNS

RUNS holds one folder per clip (``courtside run CLIP -o RUNS/CLIP``), each with its ``tracks.parquet``; TRUTH one CSV per clip, every n-th frame labelled
(frame, x1, y1, x2, y2, role, team, number, who). Boxes are matched one to one at IoU 0.5. A name on a box that matches nobody is counted as wrong.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import supervision as sv
from rich.console import Console
from rich.table import Table
from scipy.optimize import linear_sum_assignment

Row = dict[str, Any]


def by_frame(rows: list[Row]) -> dict[int, list[Row]]:
    """Group rows by their frame number."""
    frames: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        frames[int(row["frame"])].append(row)
    return frames


def boxes(rows: list[Row]) -> np.ndarray[Any, Any]:
    """Return (n, 4) pixel boxes."""
    return np.array([[float(row[side]) for side in ("x1", "y1", "x2", "y2")] for row in rows]).reshape(-1, 4)


def score(truth: list[Row], drawn: list[Row]) -> tuple[Counter[str], list[str]]:
    """Count what is right on the labelled frames and list the wrong names."""
    counts: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    shown = by_frame(drawn)
    for frame, labelled in by_frame(truth).items():
        people = shown.get(frame, [])
        iou = sv.box_iou_batch(boxes(labelled), boxes(people)) if people else np.zeros((len(labelled), 0))
        rows, columns = linear_sum_assignment(-iou)
        pairs = {int(j): int(i) for i, j in zip(rows, columns, strict=True) if iou[i, j] >= 0.5}
        counts["labelled"] += len(labelled)
        counts["found"] += len(pairs)
        counts["players"] += sum(person["role"] == "player" for person in labelled)
        for j, person in enumerate(people):
            match = labelled[pairs[j]] if j in pairs else None
            if match is not None:
                counts["role right"] += person["role"] == match["role"]
                if match["role"] == "player" and person["team"]:
                    counts["team drawn"] += 1
                    counts["team right"] += person["team"] == match["team"]
            if person["number"]:
                right = match is not None and (person["team"], person["number"]) == (match["team"], match["number"])
                counts["number drawn"] += 1
                counts["number right"] += right
                if person["player"]:
                    counts["name drawn"] += 1
                    counts["name right"] += right
                if not right:
                    who = match["who"] if match else "nobody"
                    wrong[f"track {person['track_id']} as {person['team']} {person['number']} is {who}; first at frame {frame}"] += 1
    merged: dict[str, list[str]] = defaultdict(list)
    for text, n in wrong.items():
        head, _, first = text.partition("; first at frame ")
        merged[head] += [first] * n
    return counts, [f"{head}, frames {', '.join(frames)}" for head, frames in merged.items()]


def share(counts: Counter[str], part: str, whole: str) -> str:
    """Return "part / whole" in percent."""
    return f"{100 * counts[part] / counts[whole]:.1f} %  ({counts[part]}/{counts[whole]})" if counts[whole] else "-"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--truth", type=Path, required=True)
    arguments = parser.parse_args()
    table = Table("clip", "name precision", "name coverage", "number precision", "team", "role", "people found")
    total: Counter[str] = Counter()
    errors: list[str] = []
    clips = sorted(path for path in arguments.truth.glob("*.csv") if (arguments.runs / path.stem / "tracks.parquet").is_file())
    for path in clips:
        with path.open(newline="") as file:
            truth = list(csv.DictReader(file))
        counts, wrong = score(truth, pq.read_table(arguments.runs / path.stem / "tracks.parquet").to_pylist())
        total += counts
        errors += [f"{path.stem}: {line}" for line in wrong]
        table.add_row(path.stem, *columns_of(counts))
    table.add_row("all", *columns_of(total))
    console = Console(width=160)
    console.print(table)
    for line in errors:
        console.print(line, highlight=False)


def columns_of(counts: Counter[str]) -> list[str]:
    """Return the table's figures."""
    parts = [("name right", "name drawn"), ("name right", "players"), ("number right", "number drawn"), ("team right", "team drawn")]
    return [share(counts, part, whole) for part, whole in [*parts, ("role right", "found"), ("found", "labelled")]]


if __name__ == "__main__":
    main()
