"""Names on the labelled real clips flipped left to right: is that noticed, and how right are they then?

    python bench/flipped.py --data ../shared/data --work WORK

A flipped clip is the nearest thing to a new one: people are found and followed otherwise than in the clip that the constants were chosen on, and the truth is
known. What was made in WORK before is taken again.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from suite import REAL, Case

from courtside.cli import stages
from courtside.config import load_settings
from courtside.evaluate import evaluate_run
from courtside.media import VideoWriter, probe, read_frames
from courtside.records import read_records
from courtside.truth import clip_of_run, load_truth

CRF = 8  # hardly any loss: what is told is of the flip, not of another encoding


def flipped(clip: Path, target: Path) -> Path:
    """Write the clip's mirror image, unless it is there."""
    if not target.is_file():
        info = probe(clip)
        with VideoWriter(target, info.width, info.height, info.rate, CRF) as writer:
            for frame in read_frames(clip, warn=lambda _: None):
                writer.write(np.ascontiguousarray(frame.image[:, ::-1]), frame.time_s)
    return target


def row(case: Case, data: Path, work: Path) -> tuple[bool | None, tuple[int, int, int]]:
    """Return whether the flip was noticed, and names right, drawn and known."""
    run = work / case.name
    run.mkdir(parents=True, exist_ok=True)
    settings = load_settings(None, None, [])
    stages.analyze([flipped(data / case.clip, run / f"{case.name}.mp4")], run / "run", settings, None)
    stages.resolve(run / "run", stages.rosters_from(data / case.rosters), settings)
    truth, records = load_truth(data / case.labels[0], clip_of_run(run / "run")), read_records(run / "run" / "records")
    assert truth.people is not None
    x1, y1, x2, y2 = truth.people.xyxy.T
    people = replace(truth.people, xyxy=np.stack([records.clip.width - x2, y1, records.clip.width - x1, y2], 1))
    scores = evaluate_run(run / "run", replace(truth, people=people)).identity
    assert scores is not None
    return records.mirrored, (scores.name_precision.right, scores.name_precision.of, scores.name_coverage.of)


def main() -> None:
    """Print a row a clip, and one for all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with clips/, rosters/ and truth/")
    parser.add_argument("--work", type=Path, required=True, help="where the flipped clips and their runs go")
    arguments = parser.parse_args()
    table = Table("clip, flipped", "noticed", "names right", "players named")
    counts = np.zeros(3, int)
    for case in REAL:
        noticed, found = row(case, arguments.data, arguments.work)
        counts += found
        table.add_row(case.name, {True: "yes", False: "NO", None: "undecided"}[noticed], *shares(*found))
    table.add_row("all", "", *shares(*counts.tolist()))
    Console().print(table)


def shares(right: int, drawn: int, known: int) -> tuple[str, str]:
    """Return both shares as text."""
    return (f"{100 * right / drawn:.1f} % ({right}/{drawn})" if drawn else "-"), f"{100 * right / known:.1f} % ({right}/{known})"


if __name__ == "__main__":
    main()
