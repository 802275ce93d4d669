"""export: a run in the formats of other people's tools."""

from __future__ import annotations

from pathlib import Path

from courtside.cli.progress import console
from courtside.cli.stages import run_folders
from courtside.errors import ConfigError, nearest
from courtside.pipeline.tidy import write_ball_csv, write_csv, write_floodlight

_FORMATS = {
    "csv": ((write_csv, "tracks.csv", "rows"), (write_ball_csv, "ball.csv", "frames")),
    "floodlight": ((write_floodlight, "floodlight.npz", "groups of people"),),
}


def export(output: Path, kind: str, into: Path | None) -> None:
    """Write each clip of ``output`` as ``kind`` to ``into``, by default to its own folder.

    Raises:
        ConfigError: the kind is unknown.
        RecordsError: a run is not there, has not what is to be written, or nothing can be written.
    """
    if kind not in _FORMATS:
        raise ConfigError(f"--format {kind}: unknown{nearest(kind, _FORMATS)}; one of {', '.join(_FORMATS)}")
    folders = run_folders(output)
    for folder in folders:
        for write, name, what in _FORMATS[kind]:
            path = (folder if into is None else into if folders == [output] else into / folder.name) / name
            console.print(f"{path}: {write(folder, path)} {what}", highlight=False, markup=False)
