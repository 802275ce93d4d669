"""TOML files that people write by hand: read so that whatever is wrong is named with its file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtside.errors import CourtsideError

LARGEST_BYTES = 1_000_000
"""A file over this is no hand-written TOML (a clip given as a roster, say) and is not read."""

KeyPath = tuple[str | int, ...]
"""Where a value is: table names and keys, and for ``[[table]]`` the index from 0 behind its name."""

_PART = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEY})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_KEY})\s*=")


@dataclass(frozen=True)
class TomlFile:
    """A parsed file: ``data`` as ``tomllib`` gives it, ``lines`` the line (from 1) of every key and table header."""

    path: Path
    data: dict[str, Any]
    lines: dict[KeyPath, int]

    def where(self, *keys: str | int) -> str:
        """Return "FILE, line N" for the value at ``keys``, or for the nearest thing around it that stands on a line of its own."""
        for end in range(len(keys), 0, -1):
            if keys[:end] in self.lines:
                return f"{self.path}, line {self.lines[keys[:end]]}"
        return str(self.path)


def read_toml(path: Path, error: type[CourtsideError]) -> TomlFile:
    """Read ``path``.

    Raises:
        CourtsideError: of the type ``error``, when the file is missing, unreadable, too large, not UTF-8 or not TOML.
    """
    if path.is_dir():
        raise error(f"{path}: is a folder; give a TOML file")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError as failure:
        raise error(f"{path}: no such file") from failure
    except (OSError, ValueError) as failure:  # ValueError: a path with a NUL in it
        raise error(f"{path}: can't read it ({getattr(failure, 'strerror', None) or failure})") from failure
    if len(content) > LARGEST_BYTES:
        raise error(f"{path}: over {LARGEST_BYTES // 1_000_000} MB, so not a hand-written TOML file")
    try:
        text = content.decode("utf-8-sig")  # some editors begin UTF-8 with a byte-order mark
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        raise error(f"{path}, line {line}: not UTF-8 text; save the file as UTF-8") from failure
    keys = list(_keys(text))
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        raise error(_explain(path, text, keys, str(failure))) from failure
    except RecursionError as failure:
        raise error(f"{path}: nested too deeply") from failure
    lines: dict[KeyPath, int] = {}
    for line, key in keys:
        for end in range(1, len(key) + 1):  # a dotted key or [a.b] opens the tables before it too
            lines.setdefault(key[:end], line)
    return TomlFile(path, data, lines)


def _explain(path: Path, text: str, keys: list[tuple[int, KeyPath]], message: str) -> str:
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = int(found[1]) if found and found[1] else text.count("\n", 0, len(text.rstrip())) + 1
    what = message[: found.start()] if found else message
    if what.startswith("Cannot overwrite"):
        last = next((key for at, key in reversed(keys) if at <= line), ())
        first = next((at for at, key in keys if key == last), line)
        if first < line:
            return f'{path}, line {line}: "{last[-1]}" is given twice (first on line {first})'
    hint = "; text goes in quotes" if what == "Invalid value" else ""
    return f"{path}, line {line}: not valid TOML: {what}{hint}"


def _keys(text: str) -> Iterator[tuple[int, KeyPath]]:
    """Yield (line from 1, path) of every ``[header]`` and ``key =`` that begins a line; tomllib keeps no positions."""
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _inside_arrays(_split(header[2]), counts)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, (*table, *_split(assignment[1]))


def _inside_arrays(key: KeyPath, counts: dict[KeyPath, int]) -> KeyPath:
    """Return ``key`` with the current index behind each name before the last that is an array of tables."""
    full: KeyPath = ()
    for part in key[:-1]:
        full = (*full, part)
        if full in counts:
            full = (*full, counts[full])
    return (*full, *key[-1:])


def _split(key: str) -> KeyPath:
    try:
        table: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:  # a bad escape: the file won't parse either, and says so itself
        return (key,)
    parts: list[str] = []
    while isinstance(table, dict):
        [(part, table)] = table.items()
        parts.append(part)
    return tuple(parts)
