"""``courtside simulate`` and ``courtside demo``."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from courtside.cli.progress import console, progress
from courtside.errors import ConfigError, RecordsError, nearest
from courtside.simulate.knobs import Knobs

_SIDE = (64, 3840)  # px


def parse_size(text: str) -> tuple[int, int]:
    """Return (width, height) of "1280x720".

    Raises:
        ConfigError: not a size, or a side outside 64-3840 px.
    """
    found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text)
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(_SIDE[0] <= side <= _SIDE[1] for side in size):
        raise ConfigError(f"--size {text}: not a picture's size; give WIDTHxHEIGHT with sides of {_SIDE[0]} to {_SIDE[1]}, as 1280x720")
    return size


def parse_knobs(settings: Sequence[str]) -> Knobs:
    """Return the knobs with ``name=value`` settings applied.

    Raises:
        ConfigError: an unknown knob, or a value out of its range.
    """
    known, given = [knob.name for knob in fields(Knobs)], dict[str, Any]()
    for setting in settings:
        name, _, text = setting.partition("=")
        if name not in known:
            raise ConfigError(f"--knob {setting}: unknown knob {name!r}{nearest(name, known)}; there are {', '.join(known)}")
        try:
            value = None if name == "cut_every_s" and text == "none" else int(text) if name == "crf" else float(text)
        except ValueError:
            raise ConfigError(f"--knob {setting}: write {name}=NUMBER") from None
        highest = {"cut_every_s": 3600, "flashes": 600, "crf": 51}.get(name, 1)
        if value is not None and not (0.5 if name == "cut_every_s" else 0) <= value <= highest:
            raise ConfigError(f"--knob {setting}: {name} must be {'0.5' if name == 'cut_every_s' else '0'} to {highest}")
        given[name] = value
    return Knobs(**given)


def simulate(output: Path, name: str, seed: int, seconds: float, size: str, rate: Fraction, league: str, knobs: Sequence[str]) -> None:
    """Simulate one clip into the folder ``output``."""
    from courtside.simulate.clip import Recipe
    from courtside.simulate.clip import simulate as make

    recipe = Recipe(seed, seconds, parse_size(size), rate, league, parse_knobs(knobs))
    folder = _made(output)
    with progress(f"simulate {name}") as advance:
        done = make(recipe, folder, name, advance)
    console.print(f"{done.clip}\n{done.rosters}\n{done.truth}", highlight=False)


def simulate_stills(output: Path, n: int, seed: int) -> None:
    """Simulate single frames for training into the folder ``output``."""
    from courtside.simulate.stills import make_stills

    with progress(f"simulate {n} frames") as advance:
        make_stills(_made(output), n, seed, advance)


def demo(output: Path, seed: int, seconds: float, show: bool) -> None:
    """Simulate a clip, name its players, and measure how well that went."""
    from courtside.cli import stages
    from courtside.cli.evaluate import evaluate
    from courtside.config import load_settings
    from courtside.simulate.clip import Recipe
    from courtside.simulate.clip import simulate as make

    folder = _made(output)
    recipe = Recipe(seed, seconds)
    console.print("A game that never was, and then courtside's view of it: no input, no network.", highlight=False)
    with progress("simulate game") as advance:
        done = make(recipe, folder, "game", advance)
    run, settings = folder / "run", load_settings(None, None, [])
    if run.is_dir():
        shutil.rmtree(run)  # the clip is new, whatever its name
    stages.analyze([done.clip], run, settings, None)
    stages.resolve(run, stages.rosters_from(done.rosters), settings)
    stages.render(run, settings, [done.clip])
    evaluate(run, done.truth, folder / "scores.json", folder / "scores.html")
    console.print(f"\nLook at {folder}:", highlight=False)
    for path, what in (
        (run / "named.mp4", "the clip, its players named"),
        (run / "summary.html", "who was found and how surely"),
        (folder / "scores.html", "how right that was, and the worst moments"),
    ):
        console.print(f"  {path}  {what}", highlight=False)
    if show:
        import typer

        typer.launch(str((run / "summary.html").resolve()))


def _made(folder: Path) -> Path:
    if folder.exists() and not folder.is_dir():
        raise RecordsError(f"{folder}: is a file; choose a folder for the results")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordsError(f"{folder}: can't be made ({error.strerror}); choose another output folder") from error
    return folder
