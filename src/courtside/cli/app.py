"""The commands. Each imports what it needs when it runs, so that ``courtside --help`` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from courtside import __version__
from courtside.cli.options import Clips, Config, DebugPictures, Device, Fps, MinConfidence, Offline, Output, Preset, Rosters, Set, find_clips, parse_rate
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

Shots = Annotated[
    str | None, typer.Option(help="Tell shots by the ball's flight, or as the notebook does by its classes: flight, notebook. Short for events.shots.")
]
Overlays = Annotated[list[str] | None, typer.Option("--overlay", help="Also draw: numbers, boxes, ball, rim, masks, court, radar. May be given again.")]


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
    device: Device = None,
    offline: Offline = False,
    debug_pictures: DebugPictures = False,
    shots: Shots = None,
) -> None:
    """Do it all: analyze, resolve, render.

    OUTPUT gets named.mp4, result.json, tracks.parquet, ball.parquet, tracks.mot.txt, court.json, events.json, stats.csv and summary.html (for several
    clips: a folder each). Run it again after an interruption and it goes on; what is done and still fits is not done again.
    """
    from courtside.cli import stages

    wanted, videos = [*(set_ or []), *_compute(device, offline), *_shots(shots)], find_clips(clips)
    settings = stages.settings_from(preset, config, wanted, min_confidence, overlay)
    teams = stages.rosters_from(rosters)  # read first, as the court is: a slip in a file should not cost the time of an analysis
    stages.court_from(settings)
    stages.analyze(videos, output, settings, parse_rate(fps))
    stages.resolve(output, teams, settings, only=[video.stem for video in videos])
    stages.render(output, settings, videos)
    if debug_pictures:
        stages.debug_pictures(output, videos)


def _shots(by: str | None) -> list[str]:
    return [] if by is None else [f"events.shots={by}"]


def _compute(device: str | None, offline: bool) -> list[str]:
    return [*([f"compute.device={device}"] if device else []), *(["compute.offline=true"] if offline else [])]


@app.command()
def analyze(
    clips: Clips,
    output: Output,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    fps: Fps = None,
    device: Device = None,
    offline: Offline = False,
) -> None:
    """Stage 1: watch the clips and write what is seen to OUTPUT/records. The only stage that runs models."""
    from courtside.cli import stages

    stages.analyze(find_clips(clips), output, stages.settings_from(preset, config, [*(set_ or []), *_compute(device, offline)]), parse_rate(fps))


Run = Annotated[Path, typer.Argument(metavar="OUTPUT", help="The output folder of an earlier run or analyze.", show_default=False)]


@app.command()
def resolve(
    output: Run,
    rosters: Rosters = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    min_confidence: MinConfidence = None,
    shots: Shots = None,
    corrections: Annotated[Path | None, typer.Option(help="The corrections.toml of another run, to be made on this one too.")] = None,
) -> None:
    """Stage 2: name the people, about a second, no video needed. Run it again with a corrected roster."""
    from courtside.cli import stages

    if corrections is not None:
        from courtside.cli.corrections import adopt

        adopt(output, corrections)
    settings = stages.settings_from(preset, config, [*(set_ or []), *_shots(shots)], min_confidence)
    stages.resolve(output, stages.rosters_from(rosters), settings)


@app.command()
def correct(
    output: Run,
    sayings: Annotated[
        list[str],
        typer.Argument(metavar="SAYING...", help='"7 is Tatum", "7 is 23", "7 is a referee", "7 is nobody", "split 3 at 4.2", "swap 5 and 8 from frame 90".'),
    ],
    clip: Annotated[str | None, typer.Option(help="Which clip's tracks are meant, where there are several.")] = None,
) -> None:
    """Say what the models got wrong, by the track numbers of tracks.parquet. It lasts, in corrections.toml beside them, for every resolve to come."""
    from courtside.cli.corrections import add

    add(output, sayings, clip)


@app.command()
def explain(
    output: Run,
    track: Annotated[int, typer.Option(help="Its number in result.json.", show_default=False)],
    file: Annotated[Path | None, typer.Option("--output", "-o", help="The picture, an SVG; by default OUTPUT/evidence-TRACK.svg.")] = None,
) -> None:
    """Draw why a track is called what it is called: all that was read off it, over time."""
    from courtside.cli.explain import explain as start

    start(output, track, file)


@app.command()
def render(
    output: Run,
    video: Annotated[list[Path] | None, typer.Option(help="The clip, where it has moved since. May be given again.")] = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    overlay: Overlays = None,
    radar: Annotated[bool, typer.Option("--radar", help="Also draw OUTPUT/radar.mp4: the court from above, a dot for everybody.")] = False,
    debug_pictures: DebugPictures = False,
) -> None:
    """Stage 3: draw OUTPUT/named.mp4. No models needed."""
    from courtside.cli import stages

    settings = stages.settings_from(preset, config, set_, overlays=overlay)
    stages.render(output, settings, videos=video or [])
    if radar:
        stages.render_radar(output, settings)
    if debug_pictures:
        stages.debug_pictures(output, video or [])


@app.command()
def maps(
    output: Run,
    folder: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for the pictures and players.csv; by default OUTPUT/maps.")] = None,
) -> None:
    """Draw each named player's heat map and path and the teams' spacing on the court; list speeds and distances."""
    from courtside.cli.maps import maps as start

    start(output, folder)


@app.command()
def report(
    output: Run,
    embed: Annotated[bool, typer.Option("--embed", help="Put the named video into the page, so that one file can be sent.")] = False,
) -> None:
    """Write OUTPUT/report.html: the video with its plays, box score, shot chart, heat maps, passes, spacing, and how sure all that is."""
    from courtside.cli.report import report as start

    start(output, embed)


@app.command()
def clips(
    output: Run,
    event: Annotated[list[str], typer.Option(help="What to cut out: shot, pass, turnover, rebound, three-seconds ... May be given again.", show_default=False)],
    folder: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for the clips; by default OUTPUT/clips.")] = None,
    video: Annotated[Path | None, typer.Option(help="Cut from this video, for example the clip itself, instead of OUTPUT/named.mp4.")] = None,
) -> None:
    """Cut the plays of one kind out of the named video, each as an MP4 of its own."""
    from courtside.cli.report import clips as start

    start(output, event, folder, video)


@app.command()
def export(
    output: Run,
    kind: Annotated[str, typer.Option("--format", help="csv: tracks.csv and ball.csv; floodlight: floodlight.npz, places as its XY takes them.")] = "csv",
    folder: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for the files; by default OUTPUT.")] = None,
) -> None:
    """Write a run for other tools: pandas, R and spreadsheets (csv), or floodlight."""
    from courtside.cli.export import export as start

    start(output, kind, folder)


@app.command()
def detect(
    source: Annotated[Path, typer.Argument(help="A picture, a folder of pictures, or a clip.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="For the drawn pictures or video: a folder, or a file for one picture or clip.")] = None,
    only: Annotated[str | None, typer.Option(help="Draw and list only: players, numbers, referees, ball or rim.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also list everything found as {file, xyxy in pixels of the file, score, class}.")] = None,
    confidence: Annotated[float, typer.Option(min=0.0, max=1.0, help="Boxes less sure than this are not drawn. The JSON list has them from 0.02 on.")] = 0.4,
    fps: Fps = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Find the ten classes in pictures or in a clip, and draw or list them."""
    from courtside.cli.pieces import detect_source

    detect_source(source, output, only, json_file, confidence, parse_rate(fps), config, set_ or [], preset)


@app.command()
def read(
    folder: Annotated[Path, typer.Argument(help="A folder of number crops; its sub-folders are read too.", show_default=False)],
    csv_file: Annotated[Path, typer.Option("--csv", help="Where the answers go: file, text (empty when illegible), confidence.", show_default=False)],
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Read the jersey number on each crop."""
    from courtside.cli.pieces import read_folder

    read_folder(folder, csv_file, preset, config, set_ or [])


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


Seed = Annotated[int, typer.Option(min=0, help="Another seed, another game.")]
Seconds = Annotated[float, typer.Option(min=0.1, max=3600, help="Length of the clip.")]


@app.command()
def simulate(
    output: Output,
    name: Annotated[str, typer.Option(help="Name of the clip.")] = "game",
    seed: Seed = 0,
    seconds: Seconds = 10.0,
    size: Annotated[str, typer.Option(help="Width and height in pixels.")] = "1280x720",
    fps: Annotated[str, typer.Option(help="Frames per second.")] = "30",
    league: Annotated[str, typer.Option(help="Whose court: nba, wnba, ncaa-men, ncaa-women, fiba or high-school.")] = "nba",
    knob: Annotated[
        list[str] | None,
        typer.Option(
            help="How hard it is, 0-1: occlusion=0.8, alike_kits, illegible, fast_pans, late_entrants, blur, campers; and cut_every_s, flashes (a minute), crf."
        ),
    ] = None,
    stills: Annotated[int | None, typer.Option(min=1, help="Instead of a clip: so many single frames of many games, as a COCO folder to train on.")] = None,
) -> None:
    """Make a broadcast clip of a game that never was, with its rosters and the exact truth: NAME.mp4, NAME.rosters.toml, NAME.truth/."""
    from courtside.cli.simulation import simulate as start
    from courtside.cli.simulation import simulate_stills

    if stills is not None:
        simulate_stills(output, stills, seed)
        return

    rate = parse_rate(fps)
    assert rate is not None  # only of None it makes None
    start(output, name, seed, seconds, size, rate, league, knob or [])


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")] = Path("courtside-demo"),
    seed: Seed = 7,
    seconds: Seconds = 10.0,
    show: Annotated[bool, typer.Option("--open", help="Open the summary page when it is done.")] = False,
) -> None:
    """See it work: simulate a game, name its players, measure how right that was. No input, no network, under two minutes."""
    from courtside.cli.simulation import demo as start

    start(output, seed, seconds, show)


@app.command()
def models() -> None:
    """List the models: name, what they need, licence, data, measured score, where the weights are."""
    from courtside.cli.pieces import list_models

    list_models()


Work = Annotated[Path, typer.Option("--work", help="Folder for checkpoints; a second call goes on where the first ended.")]
Minutes = Annotated[float, typer.Option(min=0.01, help="Time to train for; the learning rate falls to nothing by then.")]


@train.command("detector")
def train_detector(
    detection: Annotated[Path, typer.Option(help="Folder with train/ and valid/, COCO, ten classes.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The ONNX file to write.", show_default=False)],
    arenas: Annotated[Path | None, typer.Option(help="Folder with train/ and valid/, YOLO, seven classes.")] = None,
    simulated: Annotated[Path | None, typer.Option(help="Folder with train/ and valid/ of `courtside simulate --stills`.")] = None,
    harvest: Annotated[Path | None, typer.Option(help="Folder of `courtside train harvest-frames`: frames out of your own clips.")] = None,
    begin: Annotated[
        str | None, typer.Option("--start", help="What to go on from: courtside for the packaged detector, or an ONNX file that this wrote. Else from nothing.")
    ] = None,
    minutes: Minutes = 90.0,
    work: Work = Path("runs/detector"),
    seed: int = 0,
) -> None:
    """Train the ten-class detector on a CPU, from nothing or (--start courtside) on your own frames from the packaged one."""
    from courtside.cli.training import train_detector as start

    start(detection, arenas, simulated, harvest, begin, export, minutes, work, seed)


@train.command("numbers")
def train_numbers(
    numbers: Annotated[Path, typer.Option(help="Folder with train/ and valid/, one sub-folder of crops per number.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The ONNX file to write.", show_default=False)],
    harvest: Annotated[Path | None, typer.Option(help="Folder of `courtside train harvest`: crops out of your own clips.")] = None,
    frames: Annotated[Path | None, typer.Option(help="Folder of a COCO split of frames, for crops without a number.")] = None,
    fonts: Annotated[Path | None, typer.Option(help="Folder of font files to render numbers with, beside the system's.")] = None,
    begin: Annotated[Path | None, typer.Option("--start", help="PP-OCRv6_rec_small.onnx; found by itself where rapidocr is installed.")] = None,
    minutes: Minutes = 65.0,
    work: Work = Path("runs/numbers"),
    seed: int = 0,
) -> None:
    """Train the jersey-number reader on a CPU, from the trunk of an open text recogniser (PP-OCRv6 small, Apache-2.0)."""
    from courtside.cli.training import train_numbers as start

    start(numbers, harvest, frames, fonts, begin, export, minutes, work, seed)


@train.command("harvest")
def train_harvest(
    output: Run,
    folder: Annotated[Path, typer.Option("--to", help="Folder for the crops, one sub-folder per number; more may be added to it.", show_default=False)],
    video: Annotated[list[Path] | None, typer.Option(help="The clip, where it has moved since. May be given again.")] = None,
) -> None:
    """Cut the numbers of proved players out of resolved clips, to teach the number reader a league, a camera or kits that it reads badly.

    A player who is proved to be number 22 wears it in the frames, too, in which it was misread. Use the crops with `courtside train numbers --harvest`.
    """
    from courtside.cli.training import harvest_numbers

    harvest_numbers(output, folder, video or [])


@train.command("harvest-frames")
def train_harvest_frames(
    output: Run,
    folder: Annotated[Path, typer.Option("--to", help="Folder for the frames and their labels (COCO); more may be added to it.", show_default=False)],
    every: Annotated[int, typer.Option(min=1, help="Take every so-many-th frame.")] = 4,
    video: Annotated[list[Path] | None, typer.Option(help="The clip, where it has moved since. May be given again.")] = None,
) -> None:
    """Label frames of resolved clips by what several looks at each agree on, to teach the detector an arena or a camera that it does badly on.

    What is neither sure nor absent is marked as a crowd and teaches nothing. Use the frames with `courtside train detector --harvest`.
    """
    from courtside.cli.training import harvest_frames

    harvest_frames(output, folder, every, video or [])


@train.command("mirror")
def train_mirror(
    numbers: Annotated[Path, typer.Option(help="Folder of crops that the number reader was trained on.", show_default=False)],
    reader: Annotated[Path, typer.Option(help="The number reader's ONNX file, whose trunk is taken over.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The ONNX file to write.", show_default=False)],
    work: Annotated[Path, typer.Option(help="Folder that the number reader was trained in.")] = Path("runs/numbers"),
) -> None:
    """Train the model that tells a clip which was flipped left to right; some minutes on a CPU."""
    from courtside.cli.training import train_mirror as start

    start(numbers, work, reader, export)


@train.command("court")
def train_court(
    truth: Annotated[Path, typer.Option(help="Folder of label files, CLIP.json: where the court lies.", show_default=False)],
    pictures: Annotated[Path, typer.Option(help="Folder with train/ and valid/: the frames that some of them label.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The ONNX file to write.", show_default=False)],
    clips: Annotated[Path | None, typer.Option(help="Folder of the clips that the others label.")] = None,
    simulated: Annotated[Path | None, typer.Option(help="Folder of `courtside simulate --stills`.")] = None,
    held_out: Annotated[list[str] | None, typer.Option(help="A clip kept for validation, by name. May be given again.")] = None,
    begin: Annotated[Path | None, typer.Option("--start", help="A detector's checkpoint.pt, whose backbone is taken over.")] = None,
    minutes: Minutes = 60.0,
    work: Work = Path("runs/court"),
    seed: int = 0,
) -> None:
    """Train the model of the court's landmarks and lines on a CPU."""
    from courtside.cli.training import train_court as start

    start(truth, pictures, clips, simulated, held_out or [], begin, export, minutes, work, seed)


TrainedOn = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1 or mps.")]


@train.command("rfdetr")
def train_rfdetr(
    detection: Annotated[Path, typer.Option(help="Folder with train/ and valid/, COCO, ten classes.", show_default=False)],
    model: Annotated[str, typer.Option(help="What to start from: a folder or hub id of RF-DETR, RT-DETR, D-FINE ... in transformers.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The folder to write.", show_default=False)],
    minutes: Minutes = 60.0,
    work: Work = Path("runs/rfdetr"),
    batch: Annotated[int, typer.Option(min=1, help="Frames per step.")] = 4,
    device: TrainedOn = "auto",
    seed: int = 0,
) -> None:
    """Fine-tune RF-DETR (or another detector of transformers) on the ten classes; a GPU is all but needed. Needs the research extra."""
    from courtside.cli.training import train_rfdetr as start

    start(detection, model, export, minutes, work, batch, device, seed)


@train.command("smolvlm")
def train_smolvlm(
    numbers: Annotated[Path, typer.Option(help="Folder with train/ and valid/, one sub-folder of crops per number.", show_default=False)],
    export: Annotated[Path, typer.Option(help="The folder to write the adapter to.", show_default=False)],
    model: Annotated[str | None, typer.Option(help="What to start from: a folder or hub id of SmolVLM2; by default its 500M version.")] = None,
    minutes: Minutes = 60.0,
    work: Work = Path("runs/smolvlm"),
    batch: Annotated[int, typer.Option(min=1, help="Crops per step.")] = 8,
    device: TrainedOn = "auto",
    seed: int = 0,
) -> None:
    """Fine-tune SmolVLM2 to read numbers (a LoRA adapter); a GPU is all but needed. Needs the research extra."""
    from courtside.cli.training import train_smolvlm as start

    start(numbers, model, export, minutes, work, batch, device, seed)


@train.command("sam2")
def train_sam2(
    scenes: Annotated[Path, typer.Option(help="Folder for the scenes; simulated where there are none.")] = Path("runs/sam2/scenes"),
    clips: Annotated[int, typer.Option(min=1, help="Simulated clips to learn from.")] = 66,
    minutes: Minutes = 60.0,
    work: Work = Path("runs/sam2"),
    seed: int = 0,
) -> None:
    """Train a very small SAM2 on simulated clips: the proof that following masks works, to be used as tracker.model=WORK/network."""
    from courtside.cli.mask_training import train_sam2 as start

    start(scenes, clips, minutes, work, seed)
