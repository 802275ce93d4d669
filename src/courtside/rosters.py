"""Rosters: who may be on the floor, from a TOML file a person writes. The format is described in ``docs/rosters.md``."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from courtside.errors import RosterError, nearest
from courtside.toml_file import TomlFile, read_toml
from courtside.types import Team

_TEAM_KEYS = ("name", "color", "jersey", "players")
_LONGEST_NAME = 60  # characters: more is not a name, and no label could show it
_NUMBER = re.compile(r"00|0|[1-9][0-9]?")
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def load_rosters(path: Path) -> tuple[Team, ...]:
    """Read the one or two teams of ``path``, in the file's order, colours as "#RRGGBB".

    Raises:
        RosterError: anything is wrong with it; the message names the file, the line and, for an unknown key, the nearest known one.
    """
    file = read_toml(path, RosterError)
    for key in file.data:
        if key != "teams":
            raise RosterError(f"{file.where(key)}: unknown key {key!r}{nearest(key, ['teams'])}; a roster is a list of [[teams]]")
    entries = file.data.get("teams", [])
    if not isinstance(entries, list):
        raise RosterError(f"{file.where('teams')}: write [[teams]], in double brackets, above each team")
    if not entries:
        raise RosterError(f"{path}: no teams; add a [[teams]] with a name, a color and its players")
    if len(entries) > 2:
        raise RosterError(f"{file.where('teams', 2)}: a third team; a game has one or two in its rosters")
    teams = [_team(file, index, entry) for index, entry in enumerate(entries)]
    if len(teams) == 2 and _same(teams[0].name, teams[1].name):
        raise RosterError(f"{file.where('teams', 1, 'name')}: {teams[1].name!r} is there twice; each team has a name of its own")
    return tuple(teams)


def write_rosters(teams: Sequence[Team], path: Path) -> None:
    """Write ``teams`` so that ``load_rosters`` reads them back; aside first, then renamed."""
    lines: list[str] = []
    for team in teams:
        lines += ["[[teams]]", f"name = {_quoted(team.name)}", f"color = {_quoted(team.color)}"]
        lines += [f"jersey = {_quoted(team.jersey)}"] if team.jersey else []
        lines += ["", "[teams.players]", *(f"{number} = {_quoted(name)}" for number, name in team.players.items()), ""]
    aside = path.with_name(path.name + ".part")
    aside.write_text("\n".join(lines), encoding="utf-8")
    aside.replace(path)


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's; printable text beyond ASCII needs none
    return json.dumps(text, ensure_ascii=False)


def _team(file: TomlFile, index: int, entry: Any) -> Team:
    if not isinstance(entry, dict):
        raise RosterError(f"{file.where('teams', index)}: a team is a table; write [[teams]] above its name, color and players")
    for key in entry:
        if key not in _TEAM_KEYS:
            hint = nearest(key, _TEAM_KEYS)
            if _NUMBER.fullmatch(key):
                hint = "; players go below [teams.players]"
            raise RosterError(f"{file.where('teams', index, key)}: unknown key {key!r}{hint}; a team has {', '.join(_TEAM_KEYS)}")
    for key in ("name", "color"):
        if key not in entry:
            raise RosterError(f"{file.where('teams', index)}: the team has no {key}")
    return Team(
        name=_name(file.where("teams", index, "name"), "a team's name", entry["name"]),
        color=_color(file.where("teams", index, "color"), "color", entry["color"]),
        jersey=_color(file.where("teams", index, "jersey"), "jersey", entry["jersey"]) if "jersey" in entry else None,
        players=_players(file, index, entry.get("players", {})),
    )


def _players(file: TomlFile, index: int, entry: Any) -> dict[str, str]:
    where = file.where("teams", index, "players")
    if not isinstance(entry, dict):
        raise RosterError(f'{where}: players is a table of numbers and names, like 23 = "Robinson" below [teams.players]')
    players: dict[str, str] = {}
    for number, value in entry.items():
        where = file.where("teams", index, "players", number)
        if not _NUMBER.fullmatch(number):
            if number in _TEAM_KEYS:
                raise RosterError(f"{where}: {number!r} is the team's, not a player's; put it above [teams.players]")
            hint = f" (did you mean {number.lstrip('0') or '00'!r}?)" if number.isdecimal() and number.isascii() and int(number) < 100 else ""
            raise RosterError(f'{where}: {number!r} is not a jersey number{hint}; they are "0" to "99" and "00"')
        name = _name(where, f"the name of number {number}", value)
        for other, known in players.items():
            if _same(name, known):
                raise RosterError(f"{where}: {name!r} is number {other} already; if they are two people, add an initial")
        players[number] = name
    return players


def _name(where: str, what: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RosterError(f"{where}: {what} must be text in quotes, not {value!r}")
    name = value.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise RosterError(f"{where}: {what} must be 1 to {_LONGEST_NAME} printable characters")
    return name


def _color(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not _COLOR.fullmatch(value):
        raise RosterError(f'{where}: {key} {value!r} is not a colour; write "#RRGGBB" or "#RGB", like "#006BB6"')
    digits = value[1:].upper()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
