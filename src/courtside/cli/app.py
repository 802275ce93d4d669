"""The commands. Each imports what it needs when it runs, so that ``courtside --help`` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from courtside import __version__
from courtside.cli.options import Clips, Config, Fps, MinConfidence, Output, Preset, Rosters, Set, find_clips, parse_rate
from courtside.cli.truth import truth_app

app = typer.Typer(
    name="courtside",
    help="Find, follow and NAME every player in a basketball broadcast clip: on the video and as data. Offline, on a laptop's CPU.",
    epilog="Start with: courtside run CLIP.mp4 --rosters ROSTERS.toml -o out/",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
train = typer.Typer(help="Train our own models (needs the train extra: torch, onnx).", no_args_is_help=True)
app.add_typer(train, name="train")
app.add_typer(truth_app, name="truth")

Overlays = Annotated[list[str] | None, typer.Option("--overlay", help="Also draw: numbers, boxes, ball, rim. May be given again.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"courtside {__version__}")
        raise typer.Exit


@app.callback()
def _courtside(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    """Find, follow and name every player in a basketball broadcast clip."""


@app.command()
def run(
    clips: Clips,
    output: Output,
    rosters: Rosters = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    fps: Fps = None,
    min_confidence: MinConfidence = None,
    overlay: Overlays = None,
) -> None:
    """Do it all: analyze, resolve, render.

    OUTPUT gets named.mp4, result.json, tracks.parquet, tracks.mot.txt and summary.html (for several clips: a folder each). Run it again after an
    interruption and it goes on; what is done and still fits is not done again.
    """
    from courtside.cli import stages

    settings, videos = stages.settings_from(preset, config, set_, min_confidence, overlay), find_clips(clips)
    teams = stages.rosters_from(rosters)  # read first: a slip in it should not cost the time of an analysis
    stages.analyze(videos, output, settings, parse_rate(fps))
    stages.resolve(output, teams, settings, only=[video.stem for video in videos])
    stages.render(output, settings, videos)


@app.command()
def analyze(clips: Clips, output: Output, preset: Preset = None, config: Config = None, set_: Set = None, fps: Fps = None) -> None:
    """Stage 1: watch the clips and write what is seen to OUTPUT/records. The only stage that runs models."""
    from courtside.cli import stages

    stages.analyze(find_clips(clips), output, stages.settings_from(preset, config, set_), parse_rate(fps))


Run = Annotated[Path, typer.Argument(metavar="OUTPUT", help="The output folder of an earlier run or analyze.", show_default=False)]


@app.command()
def resolve(
    output: Run, rosters: Rosters = None, preset: Preset = None, config: Config = None, set_: Set = None, min_confidence: MinConfidence = None
) -> None:
    """Stage 2: name the people, about a second, no video needed. Run it again with a corrected roster."""
    from courtside.cli import stages

    stages.resolve(output, stages.rosters_from(rosters), stages.settings_from(preset, config, set_, min_confidence))


@app.command()
def render(
    output: Run,
    video: Annotated[list[Path] | None, typer.Option(help="The clip, where it has moved since. May be given again.")] = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    overlay: Overlays = None,
) -> None:
    """Stage 3: draw OUTPUT/named.mp4. No models needed."""
    from courtside.cli import stages

    stages.render(output, stages.settings_from(preset, config, set_, overlays=overlay), videos=video or [])


@app.command()
def detect(
    source: Annotated[Path, typer.Argument(help="A picture, a folder of pictures, or a clip.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="For the drawn pictures or video: a folder, or a file for one picture or clip.")] = None,
    only: Annotated[str | None, typer.Option(help="Draw and list only: players, numbers, referees, ball or rim.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also list everything found as {file, xyxy in pixels of the file, score, class}.")] = None,
    confidence: Annotated[float, typer.Option(min=0.0, max=1.0, help="Boxes less sure than this are not drawn. The JSON list has them from 0.02 on.")] = 0.4,
    fps: Fps = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Find the ten classes in pictures or in a clip, and draw or list them."""
    from courtside.cli.pieces import detect_source

    detect_source(source, output, only, json_file, confidence, parse_rate(fps), config, set_ or [])


@app.command()
def read(
    folder: Annotated[Path, typer.Argument(help="A folder of number crops; its sub-folders are read too.", show_default=False)],
    csv_file: Annotated[Path, typer.Option("--csv", help="Where the answers go: file, text (empty when illegible), confidence.", show_default=False)],
) -> None:
    """Read the jersey number on each crop."""
    from courtside.cli.pieces import read_folder

    read_folder(folder, csv_file)


@app.command("eval")
def evaluate(
    out: Run,
    truth: Annotated[Path, typer.Argument(help="NAME.truth/, or labels of another kind (see `courtside truth import --help`).", show_default=False)],
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write every figure to this file.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Also write a page with the figures and pictures of the worst moments.")] = None,
    oracle: Annotated[bool, typer.Option("--oracle", help="Also tell which stage loses how much, by making each perfect in turn.")] = False,
) -> None:
    """Measure a run against the truth of its clip: tracking, names, teams, court, ball, plays."""
    from courtside.cli.evaluate import evaluate as start

    start(out, truth, json_file, html_file, oracle)


@app.command()
def models() -> None:
    """List the models: name, licence, data, measured score, sha256."""
    from courtside.cli.pieces import list_models

    list_models()


Work = Annotated[Path, typer.Option("--work", help="Folder for checkpoints; a second call goes on where the first ended.")]
Minutes = Annotated[float, typer.Option(min=0.01, help="Time to train for; the learning rate falls to nothing by then.")]


@train.command("detector")
def train_detector(
    detection: Annotated[Path, typer.Option(help="Folder with train/ and valid/, COCO, ten classes.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The ONNX file to write.", show_default=False)],
    arenas: Annotated[Path | None, typer.Option(help="Folder with train/ and valid/, YOLO, seven classes.")] = None,
    minutes: Minutes = 90.0,
    work: Work = Path("runs/detector"),
    seed: int = 0,
) -> None:
    """Train the ten-class detector on a CPU."""
    from courtside.cli.training import train_detector as start

    start(detection, arenas, export, minutes, work, seed)


@train.command("numbers")
def train_numbers(
    numbers: Annotated[Path, typer.Option(help="Folder with train/ and valid/, one sub-folder of crops per number.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The ONNX file to write.", show_default=False)],
    frames: Annotated[Path | None, typer.Option(help="Folder of a COCO split of frames, for crops without a number.")] = None,
    fonts: Annotated[Path | None, typer.Option(help="Folder of font files to render numbers with, beside the system's.")] = None,
    begin: Annotated[Path | None, typer.Option("--start", help="PP-OCRv6_rec_small.onnx; found by itself where rapidocr is installed.")] = None,
    minutes: Minutes = 65.0,
    work: Work = Path("runs/numbers"),
    seed: int = 0,
) -> None:
    """Train the jersey-number reader on a CPU, from the trunk of an open text recogniser (PP-OCRv6 small, Apache-2.0)."""
    from courtside.cli.training import train_numbers as start

    start(numbers, frames, fonts, begin, export, minutes, work, seed)


@train.command("court")
def train_court(
    truth: Annotated[Path, typer.Option(help="Folder of label files, CLIP.json: where the court lies.", show_default=False)],
    pictures: Annotated[Path, typer.Option(help="Folder with train/ and valid/: the frames that some of them label.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The ONNX file to write.", show_default=False)],
    clips: Annotated[Path | None, typer.Option(help="Folder of the clips that the others label.")] = None,
    held_out: Annotated[list[str] | None, typer.Option(help="A clip kept for validation, by name. May be given again.")] = None,
    begin: Annotated[Path | None, typer.Option("--start", help="A detector's checkpoint.pt, whose backbone is taken over.")] = None,
    minutes: Minutes = 60.0,
    work: Work = Path("runs/court"),
    seed: int = 0,
) -> None:
    """Train the model of the court's landmarks and lines on a CPU."""
    from courtside.cli.training import train_court as start

    start(truth, pictures, clips, held_out or [], begin, export, minutes, work, seed)
