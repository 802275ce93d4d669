"""explain: the evidence for what one track is called, as a picture and in a line."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from courtside.cli.progress import console
from courtside.cli.stages import run_folders
from courtside.errors import RecordsError
from courtside.pipeline.export import write_aside
from courtside.pipeline.results import read_people, read_teams
from courtside.records import read_records
from courtside.report.evidence import draw, gather
from courtside.types import NUMBERS


def explain(output: Path, track_id: int, file: Path | None) -> None:
    """Draw the evidence of one track to ``file``, by default ``evidence-TRACK.svg`` in the run's folder.

    Raises:
        RecordsError: the run is missing, is of several clips, or has no such track.
    """
    folders = run_folders(output)
    if len(folders) > 1:
        raise RecordsError(f"{output}: {len(folders)} clips, each with tracks of its own; give the folder of one, as {folders[0]}")
    folder = folders[0]
    records = read_records(folder / "records")
    evidence = gather(records, read_people(folder / "tracks.parquet"), read_teams(folder / "result.json"), track_id)
    if evidence is None:
        raise RecordsError(f"{folder}: no track {track_id}; the tracks are in result.json")
    path, picture = file or folder / f"evidence-{track_id}.svg", draw(evidence)
    write_aside(path, lambda aside: aside.write_text(picture, encoding="utf-8"))
    legible = evidence.chance[evidence.chance.sum(1) >= 0.5]
    texts, counts = np.unique(legible.argmax(1), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    read = ", ".join(f"{NUMBERS[texts[i]]} {counts[i]} times" for i in order.tolist()) or "no number was legible"
    console.print(f"{evidence.title}; read as {read}" if len(legible) else f"{evidence.title}; {read}", highlight=False, markup=False)
    console.print(f"{path}", highlight=False, markup=False)
