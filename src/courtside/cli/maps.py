"""maps: pictures of a run on the court, and how far and how fast everybody went."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from courtside.cli.stages import run_folders
from courtside.errors import RecordsError
from courtside.pipeline.export import write_aside
from courtside.pipeline.places import Movement, Who, movement, named, read_places
from courtside.pipeline.results import read_court, read_teams
from courtside.render.color import NEUTRAL, parse_hex
from courtside.render.court_drawing import CourtDrawing
from courtside.render.maps import player_picture, spacing_picture
from courtside.types import Image

_WIDTH_PX = 900
_COLUMNS = ("team", "number", "player", "seen_s", "distance_m", "mean_m_s", "top_m_s")


def maps(output: Path, into: Path | None) -> None:
    """Write, for each clip in ``output``, a picture of each named player, spacing.png and players.csv to ``into`` (default: its folder's ``maps``).

    Raises:
        RecordsError: a run has no court, or nothing can be written.
    """
    folders = run_folders(output)
    for folder in folders:
        target = folder / "maps" if into is None else into if folders == [output] else into / folder.name
        _maps_of(folder, target)


def _maps_of(folder: Path, target: Path) -> None:
    court, track = read_court(folder / "court.json")
    if not track.valid.any():
        raise RecordsError(f"{folder}: no court was found in any frame of this clip; is {court.league!r} the right league (court.league)?")
    places, teams = read_places(folder / "tracks.parquet"), read_teams(folder / "result.json")
    drawing, who = CourtDrawing(court, _WIDTH_PX), named(places)
    moved = {one: movement(places, rows) for one, rows in who.items()}
    taken: set[str] = set()
    for (team, number, player), rows in who.items():
        color = parse_hex(teams[team].color) if team in teams else NEUTRAL
        facts = _facts(moved[team, number, player])
        _write_picture(target / f"{file_name((team, number, player), taken)}.png", player_picture(drawing, places, rows, color, number, player, facts))
    spread = spacing_picture(drawing, places, teams)
    if spread is not None:
        _write_picture(target / "spacing.png", spread)
    write_aside(target / "players.csv", lambda aside: _write_csv(aside, moved))
    console = Console()
    console.print(_table(folder.name, moved))
    console.print(f"{target}: {len(who) + (spread is not None)} pictures and players.csv", highlight=False, markup=False)


def file_name(who: Who, taken: set[str]) -> str:
    """Return a name for a player's file that any file system takes, unlike all of ``taken`` (also where case does not count), and add it there."""
    plain = re.sub(r"[^\w]+", "-", "-".join(who)).strip("-_").lower()[:60] or "player"
    name, n = plain, 1
    while name in taken or name == "spacing":
        n += 1
        name = f"{plain}-{n}"
    taken.add(name)
    return name


def _facts(moved: Movement) -> str:
    top = "" if np.isnan(moved.top_m_s) else f", top {moved.top_m_s:.1f} m/s"
    return f"{moved.distance_m:.0f} m in {moved.seen_s:.1f} s{top}"


def _write_picture(path: Path, picture: Image) -> None:
    code = cv2.imencode(".png", picture)[1].tobytes()
    write_aside(path, lambda aside: aside.write_bytes(code))


def _write_csv(path: Path, moved: Mapping[Who, Movement]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for who, how in moved.items():
            writer.writerow([*who, *("" if np.isnan(value) else f"{value:.2f}" for value in (how.seen_s, how.distance_m, how.mean_m_s, how.top_m_s))])


def _table(title: str, moved: Mapping[Who, Movement]) -> Table:
    table = Table("team", "number", "player", "seen, s", "distance, m", "mean, m/s", "top, m/s", title=escape(title), title_justify="left")
    for column in table.columns[3:]:
        column.justify = "right"
    for who, how in moved.items():
        table.add_row(*map(escape, who), *("" if np.isnan(value) else f"{value:.1f}" for value in (how.seen_s, how.distance_m, how.mean_m_s, how.top_m_s)))
    return table
