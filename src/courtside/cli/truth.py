"""The commands for labels: import, check and export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtside.cli.options import Fps, parse_rate
from courtside.errors import TruthError

if TYPE_CHECKING:
    from fractions import Fraction

    from courtside.truth import Truth
    from courtside.types import ClipInfo

truth_app = typer.Typer(
    name="truth",
    help="Labels of what really happened in a clip (NAME.truth/): start them, check them, hand them on.",
    epilog="Start with: courtside run CLIP.mp4 -o out/, then: courtside truth import out/ --every 10 -o CLIP.truth",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of labels, NAME.truth/.", show_default=False)]


@truth_app.command("import")
def import_labels(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help="Labels of ONE clip: the output folder of a run, tracks .csv, court .json, MOT .txt or sequence folder, COCO .json, or a folder of labels.",
            show_default=False,
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="The folder of labels to make, as pr20.truth.", show_default=False)],
    clip: Annotated[Path | None, typer.Option(help="The clip, for labels that don't say its size, rate and length. It is decoded once to count.")] = None,
    run: Annotated[Path | None, typer.Option(help="An output folder of a run of the clip; says the same, at once.")] = None,
    fps: Fps = None,
    name: Annotated[str | None, typer.Option(help="The clip's name, where the labels' own is another; of a COCO file with several clips, which.")] = None,
    rosters: Annotated[Path | None, typer.Option("--rosters", "-r", help="TOML file with the two teams; gives labelled players their names.")] = None,
    every: Annotated[int, typer.Option(min=1, help="Keep every n-th frame: 10 is what a person can correct, and enough to score.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace FOLDER if there are labels in it.")] = False,
) -> None:
    """Make a folder of labels from others, to correct by hand or to score against.

    Several sources are joined, such as people from a CSV and the court from a JSON:

    courtside truth import tracks/pr20.csv court/pr20.json --clip pr20.mp4 -o pr20.truth

    Then edit people.csv in a spreadsheet (import the column "number" as text: 00 is not 0) and see with courtside truth check what is left to mend.
    """
    from courtside.cli.progress import console
    from courtside.rosters import load_rosters
    from courtside.truth import clip_info, load_truth, merge, thin, with_rosters, write_truth

    if (output / "truth.json").exists() and not force:
        raise TruthError(f"{output}: there are labels in it already, perhaps corrected ones; give another folder, or --force to replace them")
    teams = load_rosters(rosters) if rosters is not None else None
    info = _clip_info(clip, run, parse_rate(fps))
    joined: Truth | None = None
    for source in sources:
        labels = load_truth(source, info if joined is None else clip_info(joined), name)
        joined = labels if joined is None else merge(joined, labels)
    assert joined is not None  # typer demands one source at least
    if info is not None and name is None and joined.name != Path(info.path).stem:
        raise TruthError(f"labels of {joined.name!r}, but the clip is {Path(info.path).name}; if they are of this clip, say --name {Path(info.path).stem}")
    if teams is not None:
        joined = with_rosters(joined, teams)
    write_truth(thin(joined, every) if every > 1 else joined, output)
    console.print(f"{output}: labels of {joined.name}; see what is in them with: courtside truth check {output}", highlight=False, soft_wrap=True)


def _clip_info(clip: Path | None, run: Path | None, fps: Fraction | None) -> ClipInfo | None:
    from dataclasses import replace

    from courtside.cli.progress import progress, warn
    from courtside.media import probe, read_frames
    from courtside.truth import clip_of_run

    if clip is not None and run is not None:
        raise TruthError("--clip and --run both say what the clip is; give one of them")
    if fps is not None and clip is None:
        raise TruthError("--fps goes with --clip: it is for a clip whose own rate is wrong")
    if run is not None:
        return clip_of_run(run)
    if clip is None:
        return None
    info, n_frames = probe(clip, fps), 0
    with progress(f"count {clip.name}") as advance:  # headers lie about how many frames there are
        for frame in read_frames(clip, fps, warn):
            n_frames = frame.index + 1
            advance(n_frames, info.n_frames)
    return replace(info, n_frames=n_frames)


@truth_app.command()
def check(folder: Folder) -> None:
    """Look for mistakes in a folder of labels, and list what is labelled.

    The first mistake ends it, with the file, the line and what to do; run it again until there is none.
    """
    from rich.console import Console
    from rich.table import Table

    from courtside.truth import read_truth

    truth = read_truth(folder)
    duration_s = float(truth.n_frames / truth.rate)
    table = Table(title=f"{truth.name}: {truth.width}x{truth.height}, {truth.n_frames} frames at {float(truth.rate):.5g}/s ({duration_s:.1f} s)")
    for heading in ("table", "frames labelled", "rows", "what"):
        table.add_column(heading, overflow="fold")
    for row in _summary(truth):
        table.add_row(*row)
    Console().print(table)


def _summary(truth: Truth) -> list[tuple[str, str, str, str]]:
    from collections import Counter

    from courtside.truth.spans import format_frames

    rows = []
    if (people := truth.people) is not None:
        cast = dict(zip(people.who, zip(people.role, people.team, strict=True), strict=True))
        sides = Counter("referees" if role == "referee" else team or "players without a team" for role, team in cast.values())
        numbered = len({who for who, number in zip(people.who, people.number, strict=True) if number is not None})
        placed = int((people.court_m[:, 0] == people.court_m[:, 0]).sum())  # NaN where not
        what = f"{len(cast)} people: {', '.join(f'{n} {side}' for side, n in sorted(sides.items()))}; {numbered} with a number" + (
            f"; {placed} rows with a place on the court" if placed else ""
        )
        rows.append(("people", f"{len(people.labelled)}: {format_frames(people.labelled)}", str(len(people.frame)), what))
    if (court := truth.court) is not None:
        what = f"{court.league}; in view in {int(court.valid.sum())}" + ("" if any(court.lens[4:]) else "; no lens")
        rows.append(("court", f"{len(court.frame)}: {format_frames(court.frame)}", str(len(court.frame)), what))
    if (ball := truth.ball) is not None:
        rows.append(("ball", f"{len(ball.labelled)}: {format_frames(ball.labelled)}", str(len(ball.frame)), f"shows in {len(ball.frame)}"))
    if truth.events is not None:
        kinds = Counter(event.kind for event in truth.events)
        rows.append(("events", "all", str(len(truth.events)), ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) or "none was played"))
    labelled = {row[0] for row in rows}
    rows += [(name, "none", "", "not labelled") for name in ("people", "court", "ball", "events") if name not in labelled]
    return rows


@truth_app.command()
def export(folder: Folder, mot: Annotated[Path, typer.Option("--mot", metavar="FILE", help="The MOTChallenge gt.txt to write.", show_default=False)]) -> None:
    """Write the people for other tools, as MOTChallenge ground truth.

    Frames count from 1 there, and who is who is all that goes in: no teams, numbers, court or ball.
    """
    from courtside.cli.progress import console
    from courtside.pipeline.export import write_aside
    from courtside.truth import mot_text, read_truth

    text = mot_text(read_truth(folder))
    write_aside(mot, lambda aside: aside.write_text(text, encoding="utf-8"))
    console.print(f"{mot}: {len(text.splitlines())} rows", highlight=False, soft_wrap=True)
