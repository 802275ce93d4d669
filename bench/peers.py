"""courtside beside what else there is, on the same clips and the same detections.

    courtside run CLIP -o OUT/CLIP        first, for each clip (no rosters needed)
    python bench/peers.py --runs OUT --truth DATA/truth/tracks [--json peers.json]

Part 1, tracking. The detections stored in OUT/CLIP/records go through our tracker and those of the package `trackers`; the tracks are compared with the
labelled boxes of TRUTH/CLIP.csv (frame, x1, y1, x2, y2, ..., who; every n-th frame is enough). All split boxes into sure and unsure at the same two
confidences, all forget at the same cuts; the rest of their settings are their own. Ours were chosen on the project's four labelled clips: expect less of a
lead elsewhere.

"ours, resolved" is what `courtside resolve` makes of the run: offline, with the numbers that were read, and its own tracker's ids as a start.

Part 2, glue. All that happens between the models, done as the notebook does it (dense masks, everything kept in memory, one call of the reader for each
crop) and as we do, on one clip's stored boxes, each in a fresh process, at two lengths. Reader and encoder are ours in both, so what differs is the glue.
`boxes` is what courtside does; `masks` makes the notebook's very pictures from the same masks in our way, so that like is compared with like.

`trackers` depends on opencv-python, whose files overwrite opencv-python-headless's. With uv: uv sync --extra bench (it leaves that out). With pip:
pip install --no-deps --target DIR trackers==2.6.1 pydeprecate requests, then PYTHONPATH=DIR. Close other programs first: part 2 measures wall time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import supervision as sv
from peers_glue import STAGES, Took, check_memory, free_mb, given, growth_mb, ratio, run_ways, same_pictures
from peers_tracking import COLUMNS, Score, Tracked, contenders, resolved, score, track
from rich.console import Console
from rich.table import Table

from courtside.errors import CourtsideError, DataError
from courtside.records import Records, read_records
from courtside.truth import PeopleLabels, load_truth

Runs = Mapping[str, Records]


def find_runs(folder: Path) -> Runs:
    """Return clip name -> records of every run in ``folder``, or of the run that ``folder`` itself is.

    Raises:
        DataError: there is none.
        RecordsError: one is damaged.
    """
    if not folder.is_dir():
        raise DataError(f"--runs {folder}: no such folder; run `courtside run CLIP -o {folder}/CLIP` for each clip first")
    found = [one for one in (folder, *sorted(folder.iterdir())) if (one / "records" / "manifest.json").is_file()]
    if not found:
        raise DataError(f"--runs {folder}: no run in it; run `courtside run CLIP -o {folder}/CLIP` for each clip first")
    records = [read_records(one / "records") for one in found]
    return {Path(one.clip.path).stem: one for one in records}


def find_truth(folder: Path | None) -> dict[str, Path]:
    """Return clip name -> labels of it, in any of the formats that `courtside eval` reads and that hold people.

    Raises:
        DataError: there is none.
    """
    if folder is None:
        raise DataError("give --truth FOLDER with labels named like the clips (CLIP.csv), or --part glue, which needs none")
    if not folder.is_dir():
        raise DataError(f"--truth {folder}: no such folder")
    found = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".txt") or (path / "truth.json").is_file()}
    if not found:
        raise DataError(f"--truth {folder}: no labels (CLIP.csv, CLIP.txt, or CLIP/truth.json) in it")
    return found


def find_clip(records: Records, clips: Path | None) -> Path:
    """Return the clip that records were made of: in ``clips``, or where it was then.

    Raises:
        DataError: it is not there.
    """
    stored = Path(records.clip.path)
    path = stored if clips is None else clips / stored.name
    if not path.is_file():
        raise DataError(f"{path}: the clip is not there; say with --clips FOLDER where it is")
    return path


def compare_trackers(runs: Runs, truth: Mapping[str, Path], arguments: argparse.Namespace, console: Console) -> list[Score]:
    """Run every tracker over every labelled clip.

    Raises:
        DataError: no run's clip is labelled, or something is missing.
    """
    labelled = [name for name in truth if name in runs]
    if not labelled:
        raise DataError(f"--truth has {', '.join(truth)} and --runs has {', '.join(runs)}: no clip in both")
    for name in sorted(set(truth) - set(runs)):
        console.print(f"{name}: labelled, but not among the runs: left out")
    makers = contenders(arguments.high, arguments.birth, arguments.own_thresholds)
    found: dict[str, dict[str, tuple[PeopleLabels, Tracked]]] = {name: {} for name in makers}
    for clip in labelled:
        console.print(f"tracking {clip}: {len(runs[clip].frames.cut)} frames, {len(makers)} trackers")
        people = load_truth(truth[clip], runs[clip].clip, clip).people
        if people is None:
            raise DataError(f"{truth[clip]}: holds no labels of people")
        for name, tracked in track(find_clip(runs[clip], arguments.clips), runs[clip], makers, arguments.frames).items():
            found[name][clip] = people, tracked
        # it looks back from the end of the clip, which none of the others may
        found.setdefault("ours, resolved", {})[clip] = people, resolved(runs[clip])
    return [line for name, clips in found.items() for line in score(name, clips)]


def tracking_table(scores: Sequence[Score], each: bool) -> Table:
    """Return a row per tracker, over all clips; with ``each`` a block per clip too."""
    ours_ms = {one.clips: one.columns["ms"] for one in scores if one.tracker == "ours"}
    table = Table("tracker", *([] if not each else ["clip"]), *COLUMNS, "ms / ours", title="Tracking: same detections, labelled frames")
    for clips in ours_ms if each else ["all"]:
        for one in (one for one in scores if one.clips == clips):
            cells = [f"{value:.2f}" if key == "ms" else str(value) if isinstance(value, int) else f"{value:.1f}" for key, value in one.columns.items()]
            times = ratio(one.columns["ms"], ours_ms[clips])
            table.add_row(one.tracker, *([clips] if each else []), *cells, _times(times), style="bold" if one.tracker == "ours" else "")
        table.add_section()
    return table


def compare_glue(runs: Runs, arguments: argparse.Namespace, console: Console) -> tuple[str, list[Took]]:
    """Run every way at every length on one clip: ``--clip``, or else the largest picture.

    Raises:
        DataError: the clip is not there or too short, or there is too little memory.
    """
    name = arguments.clip or max(runs, key=lambda one: (runs[one].clip.width * runs[one].clip.height, len(runs[one].frames.cut)))
    if name not in runs:
        raise DataError(f"--clip {name}: not among the runs ({', '.join(runs)})")
    records, lengths = runs[name], sorted(set(arguments.lengths))
    n_frames = len(records.frames.cut)
    if lengths[0] < 1 or lengths[-1] > n_frames:
        raise DataError(f"--lengths must lie between 1 and the {n_frames} frames of {name}")
    boxes = given(records)
    check_memory(records, boxes, lengths[-1], free_mb())
    return name, run_ways(find_clip(records, arguments.clips), boxes, lengths, console.print)


def glue_tables(name: str, took: Sequence[Took]) -> list[Table]:
    """Return where the time goes at the longest length, and the memory at all lengths."""
    lengths = sorted({one.n_frames for one in took})
    by_way = {one.way: one for one in took if one.n_frames == lengths[-1]}
    theirs = by_way["notebook"]
    ours = [one for way, one in by_way.items() if way != "notebook"]
    n_masks = theirs.n_masks / theirs.n_frames
    time = Table("ms a frame", "notebook", *(cell for one in ours for cell in (one.way, f"notebook / {one.way}")))
    time.title = f"Glue: {name}, {theirs.n_frames} frames, {n_masks:.1f} players a frame"
    for stage in (*STAGES, "all"):
        cells = [cell for one in ours for cell in (f"{one.ms[stage]:.2f}", _times(ratio(theirs.ms[stage], one.ms[stage])))]
        time.add_row(stage, f"{theirs.ms[stage]:.2f}", *cells, style="bold" if stage == "all" else "", end_section=stage == STAGES[-1])
    a_crop = {way: 1000 * one.stages_s.get("read", 0.0) / max(one.n_read, 1) for way, one in by_way.items()}
    crop_cells = [cell for one in ours for cell in (f"{a_crop[one.way]:.2f}", _times(ratio(a_crop["notebook"], a_crop[one.way])))]
    time.add_row("read, ms a crop", f"{a_crop['notebook']:.2f}", *crop_cells)
    calls = [cell for one in ours for cell in (f"{one.n_read} in {one.n_calls}", "")]
    time.add_row("crops in calls", f"{theirs.n_read} in {theirs.n_calls}", *calls)

    memory = Table("way", *(f"{n} frames, MB" for n in lengths), "MB a frame more", "before the first", "notebook / it", title="Glue: peak memory")
    for way, one in by_way.items():
        peaks = [next(run.peak_mb for run in took if run.way == way and run.n_frames == n) for n in lengths]
        cells = [f"{growth_mb(took, way):z.2f}" if len(lengths) > 1 else "-", f"{one.base_mb:.0f}", _times(ratio(theirs.peak_mb, peaks[-1]))]
        memory.add_row(way, *(f"{peak:.0f}" for peak in peaks), *cells)
    return [time, memory]


def agreement(took: Sequence[Took]) -> dict[str, float]:
    """Return how far the ways came to the same, at the longest length."""
    longest = max(one.n_frames for one in took)
    by_way = {one.way: one for one in took if one.n_frames == longest}
    theirs, ours = by_way["notebook"].owners, by_way["boxes"].owners
    return {
        "pictures_same_notebook_masks": same_pictures(by_way["notebook"], by_way["masks"]),
        "owners_same_notebook_masks": float(theirs == by_way["masks"].owners),
        "owners_notebook": len(theirs),
        "owners_boxes": len(ours),
        "owners_in_both": len(theirs & ours),
    }


def as_json(scores: Sequence[Score], glue: tuple[str, Sequence[Took]] | None) -> dict[str, Any]:
    """Return all figures as plain values."""
    document: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "python": sys.version.split()[0], "supervision": sv.__version__},
        "tracking": [{"tracker": one.tracker, "clips": one.clips, **one.columns} for one in scores],
    }
    if glue:
        name, took = glue
        ours = [one for one in took if one.way != "notebook"]
        theirs = {one.n_frames: one for one in took if one.way == "notebook"}
        document["glue"] = {
            "clip": name,
            "runs": [
                {"way": one.way, "frames": one.n_frames, "ms_a_frame": one.ms, "cpu_ms_a_frame": 1000 * one.cpu_s / one.n_frames}
                | {key: getattr(one, key) for key in ("base_mb", "peak_mb", "n_masks", "n_read", "n_calls")}
                for one in took
            ],
            "ratios": [
                {
                    "notebook_over": one.way,
                    "frames": one.n_frames,
                    "time": ratio(theirs[one.n_frames].ms["all"], one.ms["all"]),
                    "peak_memory": ratio(theirs[one.n_frames].peak_mb, one.peak_mb),
                }
                for one in ours
            ],
            "growth_mb_a_frame": {way: growth_mb(took, way) for way in {one.way: None for one in took}},
            "agreement": agreement(took),
        }
    return document


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}x" if value < 10 else f"{value:.0f}x"


def parse(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, required=True, help="folder of runs, OUT/CLIP each; or one run")
    parser.add_argument("--truth", type=Path, help="folder of labels: CLIP.csv, or any of `courtside eval`'s formats; part 1 needs it")
    parser.add_argument("--clips", type=Path, help="folder of the clips; without it they are looked for where they were when they were run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there too")
    parser.add_argument("--part", choices=("both", "tracking", "glue"), default="both")
    tracking = parser.add_argument_group("tracking")
    tracking.add_argument("--each", action="store_true", help="rows for each clip too")
    tracking.add_argument("--frames", type=int, help="stop after so many frames of each clip: a quick look, no result")
    tracking.add_argument("--high", type=float, default=0.35, help="confidence from which a box is sure, for all (%(default)s)")
    tracking.add_argument("--birth", type=float, default=0.45, help="confidence from which a box begins a track, for all (%(default)s)")
    tracking.add_argument("--own-thresholds", action="store_true", help="leave the others at the confidences they were published with")
    glue = parser.add_argument_group("glue")
    glue.add_argument("--clip", help="name of the run to use (default: the one with the largest picture)")
    glue.add_argument("--lengths", type=int, nargs="+", default=[50, 200], metavar="N", help="frames, two or more to see memory grow (50 200)")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, write; return the exit status."""
    arguments = parse(words)
    console, notes = Console(width=150 if arguments.part != "glue" else 120), Console(stderr=True, highlight=False)
    scores: list[Score] = []
    glue = None
    try:
        if arguments.json and not arguments.json.parent.is_dir():
            raise DataError(f"--json {arguments.json}: no such folder")
        if arguments.frames is not None and arguments.frames < 1:
            raise DataError("--frames must be at least 1")
        runs = find_runs(arguments.runs)
        if arguments.part != "glue":
            scores = compare_trackers(runs, find_truth(arguments.truth), arguments, notes)
        if arguments.part != "tracking":
            glue = compare_glue(runs, arguments, notes)
        if arguments.json:
            arguments.json.write_text(json.dumps(as_json(scores, glue), indent=2) + "\n")
    except (CourtsideError, OSError) as error:
        notes.print(f"error: {error}", markup=False, soft_wrap=True)
        return 2
    if scores:
        console.print(tracking_table(scores, arguments.each))
        console.print("\n".join(f"{key:9} {text}" for key, text in COLUMNS.items()), highlight=False)
    if glue:
        for table in glue_tables(*glue):
            console.print(table)
        found = agreement(glue[1])
        console.print(
            f"Pictures of notebook and masks alike to the last bit: {100 * found['pictures_same_notebook_masks']:.0f} %. Numbers given to a player: "
            f"notebook {found['owners_notebook']:.0f}, boxes {found['owners_boxes']:.0f}, the same {found['owners_in_both']:.0f}.",
            highlight=False,
            soft_wrap=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
