"""eval: a run against the truth of its clip."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from courtside.errors import EvaluationError
from courtside.evaluate.drawn import Run, read_run
from courtside.evaluate.moments import worst_moments
from courtside.evaluate.page import page
from courtside.evaluate.scores import Scores, score_run
from courtside.evaluate.tables import NOT_MEASURED, Table, tables_of
from courtside.pipeline.export import write_aside
from courtside.truth.labels import Truth
from courtside.truth.load import load_truth
from courtside.truth.merge import merge
from courtside.types import ClipInfo


def evaluate(out: Path, truth: Path, json_file: Path | None = None, html_file: Path | None = None, oracle: bool = False) -> Scores:
    """Measure the run in ``out``, print the tables, write the files asked for.

    Raises:
        RecordsError: ``out`` holds no whole run.
        TruthError: the labels are wrong or of another clip.
        EvaluationError: run and truth don't belong together, or there is nothing to measure.
    """
    run = read_run(out)
    scores, compared = score_run(run, find_truth(truth, run), oracle=oracle)
    console = Console()
    for note in scores.notes:
        console.print(f"note: {note}", highlight=False, markup=False)
    for table in tables_of(scores):
        console.print(_rich(table))
    if json_file is not None:
        text = json.dumps(scores.to_json(), indent=2, ensure_ascii=False) + "\n"
        write_aside(json_file, lambda aside: aside.write_text(text, encoding="utf-8"))
    if html_file is not None:
        fps, wrong = run.records.settings.get("fps"), scores.identity.wrong if scores.identity else ()
        video = Path(run.records.clip.path)
        moments = worst_moments(video, Fraction(fps) if fps else None, compared, wrong) if compared is not None else []
        if wrong and not moments:
            console.print(f"note: {video} is not there: the page has no pictures", highlight=False, markup=False)
        text_page = page(scores, moments)
        write_aside(html_file, lambda aside: aside.write_text(text_page, encoding="utf-8"))
    return scores


def find_truth(path: Path, run: Run) -> Truth:
    """Return the truth of a run's clip; of a folder with tracks/CLIP.csv and court/CLIP.json both are read.

    Raises:
        TruthError: the labels are wrong or of another clip.
        EvaluationError: such a folder has no labels of this clip.
    """
    # the number of frames that were decoded; a header's may lie
    clip: ClipInfo = replace(run.records.clip, n_frames=len(run.records.frames.time_s))
    if not any((path / folder).is_dir() for folder in ("tracks", "court")) or (path / "truth.json").is_file():
        return load_truth(path, clip)
    stem = Path(clip.path).stem
    files = [file for file in (path / "tracks" / f"{stem}.csv", path / "court" / f"{stem}.json") if file.is_file()]
    if not files:
        raise EvaluationError(f"{path}: no labels of {stem} in its tracks and court folders")
    return functools.reduce(merge, [load_truth(file, clip) for file in files])


def _rich(table: Table) -> RichTable:
    shown = RichTable(*table.columns, title=table.title, title_justify="left", title_style="bold", caption=table.note or None, caption_justify="left")
    for column in shown.columns[1:]:
        column.justify = "left" if table.texts else "right"
    for row in table.rows:
        shown.add_row(*(f"[dim]{text}[/dim]" if text == NOT_MEASURED else text.replace("[", r"\[") for text in row))
    return shown
