"""Options that several commands share, and the reading of what users type."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from courtside.errors import ConfigError, MediaError

VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".ts", ".mts", ".mpg", ".mpeg", ".wmv", ".flv"})
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})

Clips = Annotated[list[Path], typer.Argument(help="Clips of ONE game, or a folder of them. They share teams and identities.", show_default=False)]
Rosters = Annotated[Path | None, typer.Option("--rosters", "-r", help="TOML file with the two teams. Without it players are told apart by team and number.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for the results; made if it is not there.", show_default=False)]
Preset = Annotated[str | None, typer.Option(help="A named set of settings: default, fast, notebook, accurate.")]
Config = Annotated[Path | None, typer.Option(help="TOML file of settings; goes over the preset.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="One setting, as tracker.max_age_s=2; goes over the file. May be given again.")]
Device = Annotated[str | None, typer.Option(help="Where models of the research extra run: auto, cpu, cuda, cuda:1 or mps.")]
Offline = Annotated[bool, typer.Option("--offline", help="Download nothing; use the models that are on this machine.")]
DebugPictures = Annotated[bool, typer.Option("--debug-pictures", help="Also write pictures of the kits and numbers that were looked at to OUTPUT/debug.")]
Fps = Annotated[str | None, typer.Option(help="The true frame rate, as 30, 29.97 or 30000/1001, where the clip's own is wrong.")]
MinConfidence = Annotated[float | None, typer.Option(min=0.5, max=1.0, help="What is less probable than this is not drawn. Higher: fewer, surer names.")]

_NTSC = {"23.976": Fraction(24000, 1001), "23.98": Fraction(24000, 1001), "29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}


def parse_rate(text: str | None) -> Fraction | None:
    """Return frames per second; "29.97" is what television means by it, 30000/1001.

    Raises:
        ConfigError: not a number, or not between 1 and 1000.
    """
    if text is None:
        return None
    try:
        rate = _NTSC.get(text.strip()) or Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 1 <= rate <= 1000:
        raise ConfigError(f"--fps {text}: not a frame rate; give frames per second, as 30, 29.97 or 30000/1001")
    return rate


def find_clips(paths: list[Path]) -> list[Path]:
    """Return the clips among files and folders, in the order given, folders sorted by name.

    Raises:
        MediaError: a path is not there, a folder holds no clip, or two clips share a name.
    """
    clips: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() in VIDEO_SUFFIXES)
            if not inside:
                raise MediaError(f"{path}: no clip in this folder (looked for {', '.join(sorted(VIDEO_SUFFIXES))})")
            clips += inside
        elif path.exists():
            clips.append(path)
        else:
            raise MediaError(f"{path}: no such file or folder")
    stems = [clip.stem for clip in clips]
    for clip in clips:
        if stems.count(clip.stem) > 1:
            raise MediaError(f"{clip}: two clips are called {clip.stem!r}, so their results would be too; rename one")
    return clips
