"""detect, read and models: single pieces of the system on their own."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

import cv2
import numpy as np
import supervision as sv

from courtside.cli.options import IMAGE_SUFFIXES
from courtside.cli.progress import console, progress, warn
from courtside.config import load_settings
from courtside.errors import ConfigError, MediaError, nearest
from courtside.models import zoo
from courtside.pipeline.export import write_aside
from courtside.pipeline.models import make_detector, make_reader
from courtside.types import BALL, BALL_IN_BASKET, CLASSES, NUMBER, PLAYER_CLASSES, REFEREE, RIM, Focusing, Image

_LISTED_FROM = 0.02  # what a precision-recall curve needs is more than anyone would draw
_FOCUS_FRAMES = 60  # of a clip; each picture of a folder is looked at afresh
_ONLY = {"players": PLAYER_CLASSES, "numbers": (NUMBER,), "referees": (REFEREE,), "ball": (BALL, BALL_IN_BASKET), "rim": (RIM,)}


def read_image(path: Path) -> Image:
    """Return a picture file as BGR.

    Raises:
        MediaError: it can't be read.
    """
    try:
        image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR) if path.stat().st_size else None
    except (OSError, cv2.error) as error:
        raise MediaError(f"{path}: can't be read ({error})") from error
    if image is None:
        raise MediaError(f"{path}: not a picture (or a damaged one)")
    return image.astype(np.uint8, copy=False)


def find_images(source: Path) -> list[Path]:
    """Return the pictures of a folder and its sub-folders, sorted; or the one picture.

    Raises:
        MediaError: there is none.
    """
    if not source.exists():
        raise MediaError(f"{source}: no such file or folder")
    files = sorted(source.rglob("*")) if source.is_dir() else [source]
    images = [file for file in files if file.is_file() and file.suffix.lower() in IMAGE_SUFFIXES]
    if not images:
        raise MediaError(f"{source}: no picture in this folder (looked for {', '.join(sorted(IMAGE_SUFFIXES))})")
    return images


def detect_source(
    source: Path,
    output: Path | None,
    only: str | None,
    json_file: Path | None,
    confidence: float,
    fps: Fraction | None,
    config: Path | None,
    overrides: Sequence[str],
    preset: str | None = None,
) -> None:
    """Detect on pictures or a clip; draw to ``output``, list to ``json_file``."""
    if output is None and json_file is None:
        raise ConfigError("nothing to do: give -o OUT for drawn pictures, --json FILE for a list, or both")
    if only is not None and only not in _ONLY:
        raise ConfigError(f"--only {only}: unknown{nearest(only, _ONLY)}; one of {', '.join(_ONLY)}")
    settings = load_settings(preset, config, overrides)
    listed = settings.detector.model_copy(update={"confidence": _LISTED_FROM})
    detector = make_detector(settings.model_copy(update={"detector": listed}))
    wanted = _ONLY[only] if only else tuple(range(len(CLASSES)))
    rows: list[dict[str, Any]] = []

    def find(image: Image, **where: Any) -> sv.Detections:
        if isinstance(detector, Focusing) and where.get("frame", 0) % _FOCUS_FRAMES == 0:
            detector.focus(image)
        found = detector.detect([image])[0]
        assert found.class_id is not None and found.confidence is not None
        chosen = found[np.isin(found.class_id, wanted)]
        assert isinstance(chosen, sv.Detections) and chosen.class_id is not None and chosen.confidence is not None
        for xyxy, score, class_id in zip(chosen.xyxy, chosen.confidence, chosen.class_id, strict=True):
            rows.append({**where, "xyxy": [round(float(side), 2) for side in xyxy], "score": round(float(score), 5), "class": CLASSES[class_id]})
        drawn = chosen[chosen.confidence >= confidence]
        assert isinstance(drawn, sv.Detections)
        return drawn

    is_clip = source.is_file() and source.suffix.lower() not in IMAGE_SUFFIXES
    if is_clip:
        _detect_clip(source, output, find, fps)
    else:
        _detect_images(source, output, find)
    if json_file is not None:
        write_aside(json_file, lambda aside: aside.write_text(json.dumps(rows)))
        console.print(f"{json_file}: {len(rows)} boxes", highlight=False)


def _detect_images(source: Path, output: Path | None, find: Callable[..., sv.Detections]) -> None:
    from courtside.render.overlays import draw_detections

    images = find_images(source)
    unreadable: list[str] = []
    with progress("detect") as advance:
        for i, path in enumerate(images):
            name = path.relative_to(source) if source.is_dir() else Path(path.name)
            try:
                image = read_image(path)
            except MediaError as error:
                if source.is_file():
                    raise
                unreadable.append(str(error))
                continue
            found = find(image, file=str(name))
            if output is not None:
                one_file = source.is_file() and output.suffix.lower() in IMAGE_SUFFIXES
                _write_image(output if one_file else output / name, draw_detections(image, found, None))
            advance(i + 1, len(images))
    for message in unreadable:
        warn(f"left out: {message}")


def _write_image(path: Path, image: Image) -> None:
    fine, code = cv2.imencode(path.suffix, image)
    if not fine:
        raise ConfigError(f"{path}: can't write pictures of this kind; use .png or .jpg")
    write_aside(path, lambda aside: aside.write_bytes(code.tobytes()))


def _detect_clip(source: Path, output: Path | None, find: Callable[..., sv.Detections], fps: Fraction | None) -> None:
    from courtside.media import VideoWriter, prefetch, probe, read_frames
    from courtside.render.overlays import draw_detections

    info = probe(source, fps)
    frames = prefetch(read_frames(source, fps, warn), depth=4)
    try:
        with progress(f"detect {source.name}") as advance:
            if output is None:
                for frame in frames:
                    find(frame.image, file=source.name, frame=frame.index)
                    advance(frame.index + 1, info.n_frames)
                return
            target = output if output.suffix.lower() == ".mp4" else output / f"{source.stem}.mp4"
            target.parent.mkdir(parents=True, exist_ok=True)
            with VideoWriter(target, info.width, info.height, info.rate) as writer:
                for frame in frames:
                    found = find(frame.image, file=source.name, frame=frame.index)
                    writer.write(draw_detections(frame.image, found, None), frame.time_s)
                    advance(frame.index + 1, info.n_frames)
            console.print(str(target), highlight=False)
    finally:
        frames.close()


_READ_AT_ONCE = 64
_INSTALLED = {True: "installed", False: "not installed"}


def read_folder(folder: Path, csv_file: Path, preset: str | None = None, config: Path | None = None, overrides: Sequence[str] = ()) -> None:
    """Read every crop of a folder into a CSV file."""
    images = find_images(folder)
    reader = make_reader(load_settings(preset, config, overrides))

    def answers() -> Iterator[tuple[str, str, str]]:
        with progress("read") as advance:
            for start in range(0, len(images), _READ_AT_ONCE):
                chunk = images[start : start + _READ_AT_ONCE]
                readings = reader.read([read_image(path) for path in chunk])
                for path, reading in zip(chunk, readings, strict=True):
                    name = path.relative_to(folder) if folder.is_dir() else Path(path.name)
                    yield str(name), reading.text or "", f"{reading.confidence:.4f}"
                advance(start + len(chunk), len(images))

    def write(aside: Path) -> None:
        file: TextIO
        with aside.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "text", "confidence"))
            writer.writerows(answers())

    write_aside(csv_file, write)
    console.print(f"{csv_file}: {len(images)} crops", highlight=False)


def list_models() -> None:
    """Print the model cards, one below the other: a table of so much text is unreadable in a narrow window."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    for card in (*zoo.CARDS, *zoo.MASKS):
        needs = f"[{'green' if card.is_installed else 'yellow'}]{card.extra}: {_INSTALLED[card.is_installed]}[/]" if card.extra else "nothing more"
        weights = f"in the package, sha256 {card.sha256}" if card.sha256 else card.source or "none"
        block = Table(title=f"[bold]{card.role}: {card.name}[/]", title_justify="left", show_header=False, box=None, pad_edge=False)
        block.add_column(style="dim", no_wrap=True)
        block.add_column(overflow="fold")
        for heading, text in (("needs", needs), ("licence", card.licence), ("data", card.data), ("measured", card.score), ("weights", weights)):
            block.add_row(heading, text)
        console.print(block)
        console.print()


