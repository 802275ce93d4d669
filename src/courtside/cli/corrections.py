"""correct: what a user says of the tracks he sees; and the file in which it lasts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from pydantic import ValidationError

from courtside.cli import stages
from courtside.cli.progress import console
from courtside.config import Settings
from courtside.errors import ConfigError, RecordsError
from courtside.pipeline.corrections import CorrectionError, correct
from courtside.pipeline.corrections_file import NAME, read_corrections, write_corrections
from courtside.pipeline.corrections_said import understand
from courtside.pipeline.resolve import resolve
from courtside.pipeline.results import read_teams
from courtside.records import read_records
from courtside.types import Team

ANONYMOUS = ("Team A", "Team B")
"""What ``resolve`` calls teams without a roster."""


def adopt(output: Path, file: Path) -> None:
    """Take the corrections of another run over into the folders of the clips they are of, where they last.

    Raises:
        CorrectionError: the file is missing or damaged, is of none of these clips, or one of them has other corrections of its own.
    """
    if not file.is_file():
        raise CorrectionError(f"{file}: no such file; give the {NAME} of another run")
    theirs = read_corrections(file)
    found = {
        folder: [said for said in theirs if said.clip == PurePath(read_records(folder / "records").clip.path).name] for folder in stages.run_folders(output)
    }
    if not any(found.values()):
        raise CorrectionError(f"{file}: nothing in it is of a clip in {output}; it speaks of {', '.join(sorted({said.clip for said in theirs})) or 'none'}")
    for folder, said in found.items():
        ours = list(read_corrections(folder / NAME))
        if said and ours and ours != said:
            raise CorrectionError(f"{folder / NAME}: this run has corrections of its own; move that file away, or put the entries of both into one")
    for folder, said in found.items():
        if said:
            write_corrections(folder / NAME, said)


def add(output: Path, sayings: Sequence[str], clip: str | None) -> None:
    """Note what is said of the tracks in ``output``, and resolve again with the teams and settings of the result there.

    Raises:
        CorrectionError: something is not understood, or there is no such track, time or player; then nothing is noted.
        RecordsError: the result is missing, or is not what would come out now, so that its tracks may have other numbers.
    """
    folders = stages.run_folders(output)
    index = _which(folders, clip)
    rosters, settings = _as_resolved(folders[0])
    records = [read_records(folder / "records") for folder in folders]
    found = resolve(records, rosters, settings.identity, stages.court_from(settings), settings.court.fit)
    result = stages.corrected(folders, found, records)
    for i, folder in enumerate(folders):
        if _numbered(folder) != [(track.track_id, int(track.frame[0]), int(track.frame[-1])) for track in result.tracks if track.clip == i]:
            raise RecordsError(f"{folder}: its tracks have other numbers now than in result.json; run `courtside resolve` again and look at the new ones")
    said = list(read_corrections(folders[index] / NAME))
    for text in sayings:
        ids = {track.track_id for track in result.tracks if track.clip == index}
        said.append(understand(text, result, records, index))
        result, missed = correct(result, said[-1:], records)
        if missed:
            raise CorrectionError(f'"{text}": somebody else covers him all the time, so he can\'t be told by his place; correct the other one')
        fresh = sorted(track.track_id for track in result.tracks if track.clip == index and track.track_id not in ids)
        console.print(f"{said[-1].say}: done" + "".join(f"; the new part is track {track_id}" for track_id in fresh), highlight=False)
    write_corrections(folders[index] / NAME, said)
    stages.resolve(output, rosters, settings)


def _which(folders: Sequence[Path], clip: str | None) -> int:
    if clip is None and len(folders) == 1:
        return 0
    names = [folder.name for folder in folders]
    if clip is None:
        raise ConfigError(f"there are {len(folders)} clips, each with tracks of its own; say which with --clip, one of {', '.join(names)}")
    if len(folders) == 1:
        return 0
    if Path(clip).stem not in names:
        raise ConfigError(f"--clip {clip}: not in this folder; one of {', '.join(names)}")
    return names.index(Path(clip).stem)


def _as_resolved(folder: Path) -> tuple[tuple[Team, ...], Settings]:
    """Return the rosters and the settings that the result was made with."""
    teams = read_teams(folder / "result.json").values()
    try:
        settings = Settings.model_validate(_document(folder)["settings"])
    except (KeyError, ValidationError) as error:
        raise RecordsError(f"{folder / 'result.json'}: of another version; run `courtside resolve` again and look at its track numbers") from error
    return tuple(team for team in teams if team.players or team.name not in ANONYMOUS), settings


def _numbered(folder: Path) -> list[tuple[int, int, int]]:
    return [(track["track_id"], track["first_frame"], track["last_frame"]) for track in _document(folder)["tracks"]]


def _document(folder: Path) -> Any:
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))  # read_teams has made sure that it is there
