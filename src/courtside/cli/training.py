"""``courtside train``: fit, then export and say what was reached."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.cli.progress import advancing, console, progress
from courtside.errors import ModelError
from courtside.models.research.placement import Placement, need

if TYPE_CHECKING:
    from courtside.records import Records
    from courtside.types import Frame

_RECOGNISER = "PP-OCRv6_rec_small.onnx"


def _say(message: str) -> None:
    console.print(message, highlight=False)


def _need_torch() -> None:
    # two busy-waiting thread pools on few cores make each other several times slower
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import onnx  # noqa: F401  # asked for only to see that it is there
        import torch  # noqa: F401  # the same
    except ImportError as error:
        raise ModelError("training needs the train extra: pip install 'courtside[train]'") from error


def train_detector(
    detection: Path,
    arenas: Path | None,
    simulated: Path | None,
    harvest: Path | None,
    start: str | None,
    export_to: Path,
    minutes: float,
    work: Path,
    seed: int,
) -> None:
    """Train (or go on training) the detector and write its ONNX file."""
    _need_torch()
    from courtside.models import zoo
    from courtside.train.detector.data import calibration_images
    from courtside.train.detector.export import export
    from courtside.train.detector.fit import DetectorRecipe, fit

    begin = None if start is None else Path(start)
    if start == "courtside":
        card = zoo.find_card("detector", start)
        assert card is not None
        begin = zoo.checked_weights(card)
    network = fit(DetectorRecipe(detection, arenas, simulated, harvest, begin, minutes=minutes, seed=seed), work, _say)
    export(network, export_to, calibration_images(detection, arenas))
    _say(f"{export_to}: {export_to.stat().st_size / 1e6:.1f} MB")


def _recogniser() -> Path:
    spec = importlib.util.find_spec("rapidocr")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / "models" / _RECOGNISER).is_file():
            return path
    raise ModelError(f"no {_RECOGNISER} to start from: pip install --no-deps rapidocr (its wheel holds it), or say where it is with --start")


def harvest_numbers(output: Path, folder: Path, videos: Sequence[Path]) -> None:
    """Write the crops of proved numbers of each clip in ``output`` to ``folder``."""
    from courtside.pipeline.results import read_people
    from courtside.train.numbers.harvest import harvest, write_crops

    for run, records, clip, frames in _resolved_clips(output, videos):
        counts = write_crops(harvest(frames, records, read_people(run / "tracks.parquet")), clip.stem, folder)
        _say(f"{clip.name}: {counts.total()} crops of {len(counts)} numbers")


def harvest_frames(output: Path, folder: Path, every: int, videos: Sequence[Path]) -> None:
    """Add frames of each clip in ``output``, labelled by the packaged detector and the tracks, to ``folder``."""
    from courtside.models import zoo
    from courtside.models.detector import OnnxDetector
    from courtside.pipeline.results import read_people
    from courtside.train.detector.harvest import LEAST_CONFIDENCE, harvest, write_frames

    detector = zoo.create("detector", "courtside", confidence=LEAST_CONFIDENCE)
    assert isinstance(detector, OnnxDetector)
    for run, _, clip, frames in _resolved_clips(output, videos):
        n_boxes = write_frames(harvest(frames, detector, read_people(run / "tracks.parquet"), every), clip.stem, folder)
        _say(f"{clip.name}: {n_boxes} boxes")


def _resolved_clips(output: Path, videos: Sequence[Path]) -> Iterator[tuple[Path, Records, Path, Iterator[Frame]]]:
    """Yield the run folder, records, video and frames of each clip in ``output``, with a progress bar while the frames are taken."""
    from courtside.cli.stages import find_video, run_folders
    from courtside.media import prefetch, read_frames
    from courtside.records import read_records

    for run in run_folders(output, [video.stem for video in videos] or None):
        records = read_records(run / "records")
        clip, fps = find_video(records, run, videos), records.settings.get("fps")
        frames = prefetch(read_frames(clip, Fraction(fps) if fps else None, lambda _: None), depth=4)
        try:
            with progress(f"harvest {clip.name}") as advance:
                yield run, records, clip, advancing(frames, advance, len(records.frames.time_s))
        finally:
            frames.close()


def train_numbers(
    numbers: Path,
    harvest: Path | None,
    frames: Path | None,
    fonts: Path | None,
    start: Path | None,
    export_to: Path,
    minutes: float,
    work: Path,
    seed: int,
) -> None:
    """Train (or go on training) the number reader and write its ONNX file."""
    _need_torch()
    from courtside.train.numbers.calibrate import calibrate
    from courtside.train.numbers.data import load_numbers
    from courtside.train.numbers.export import export
    from courtside.train.numbers.fit import NumbersRecipe, fit

    network = fit(NumbersRecipe(numbers, harvest, frames, fonts, start or _recogniser(), minutes=minutes, seed=seed), work, _say)
    export(network, export_to, calibrate(network, load_numbers(numbers / "valid")))
    _say(f"{export_to}: {export_to.stat().st_size / 1e6:.1f} MB")


def train_mirror(numbers: Path, run: Path, reader: Path, export_to: Path) -> None:
    """Make the model that tells a flipped clip, on the trunk of a number reader."""
    _need_torch()
    from courtside.train.numbers.mirrored import make

    right, n = make(numbers, run, reader, export_to)
    _say(f"{export_to}: {export_to.stat().st_size / 1e6:.1f} MB, right on {right:.3f} of {n} validation crops")


def train_court(
    truth: Path,
    pictures: Path,
    clips: Path | None,
    simulated: Path | None,
    held_out: list[str],
    start: Path | None,
    export_to: Path,
    minutes: float,
    work: Path,
    seed: int,
) -> None:
    """Train (or go on training) the court model and write its ONNX file."""
    _need_torch()
    from courtside.train.court.export import export
    from courtside.train.court.fit import CourtRecipe, calibration_views, fit, load

    recipe = CourtRecipe(truth, pictures, clips, simulated, tuple(held_out), start, minutes=minutes, seed=seed)
    network = fit(recipe, work, _say)
    export(network, export_to, calibration_views(load(recipe)[0]))
    _say(f"{export_to}: {export_to.stat().st_size / 1e6:.1f} MB")


def train_rfdetr(detection: Path, model: str, export_to: Path, minutes: float, work: Path, batch: int, device: str, seed: int) -> None:
    """Fine-tune (or go on fine-tuning) a detector of transformers and write its folder."""
    placement = _placement(device)
    from courtside.train.research.detector import HubDetectorRecipe, fit

    fit(HubDetectorRecipe(detection, model, minutes=minutes, batch=batch, seed=seed, placement=placement), work, export_to, _say)


def train_smolvlm(numbers: Path, model: str | None, export_to: Path, minutes: float, work: Path, batch: int, device: str, seed: int) -> None:
    """Fine-tune (or go on fine-tuning) SmolVLM2 and write the adapter's folder."""
    placement = _placement(device)
    from courtside.models.research.smolvlm import MODEL
    from courtside.train.research.smolvlm import SmolVlmRecipe, fit

    fit(SmolVlmRecipe(numbers, model or MODEL, minutes=minutes, batch=batch, seed=seed, placement=placement), work, export_to, _say)
    _say(f"{export_to}: read with it by numbers.backend=smolvlm and numbers.adapter={export_to}")


def _placement(device: str) -> Placement:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    placement = Placement(device, "fp32")
    placement.torch_device()  # says what is missing before any data is read
    need("transformers", "research")
    return placement
