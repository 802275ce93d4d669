"""JSON files that a person may have edited: every complaint names the file and, where it can be told, the line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from courtside.errors import TruthError, nearest
from courtside.truth.table import read_text

T = TypeVar("T")

_CALLED: Mapping[type, str] = {str: "text in quotes", int: "a whole number", float: "a number", list: "a list in [ ]", dict: "an object in { }"}


@dataclass(frozen=True)
class JsonFile:
    """A parsed file, and its ``text`` to find lines in."""

    path: Path
    text: str
    data: Any

    def where(self, key: str | None = None) -> str:
        """Return "FILE, line N" of the first line that has ``key``, or the file's name."""
        at = self.text.find(json.dumps(key, ensure_ascii=False)) if key is not None else -1
        return str(self.path) if at < 0 else f"{self.path}, line {self.text.count(chr(10), 0, at) + 1}"

    def item_lines(self) -> list[int]:
        """Return the lines on which the items of the file's list begin."""
        decoder, lines, at, line, counted = json.JSONDecoder(), list[int](), self.text.index("[") + 1, 1, 0
        while True:
            while self.text[at] in " \t\r\n,":
                at += 1
            if self.text[at] == "]":
                return lines
            line, counted = line + self.text.count("\n", counted, at), at
            lines.append(line)
            _, at = decoder.raw_decode(self.text, at)

    def get(self, holder: Any, key: str, kind: type[T], inside: str = "") -> T:
        """Return ``holder[key]``; a whole number is taken for a float too.

        Raises:
            TruthError: ``holder`` is not an object, has no ``key``, or something else than a ``kind`` there.
        """
        place = inside or "the file"
        if not isinstance(holder, dict):
            raise TruthError(f"{self.where()}: {place} is not an object in {{ }}")
        if key not in holder:
            raise TruthError(f"{self.where()}: {key!r} is missing in {place}")
        return self.expect(holder[key], kind, key)

    def expect(self, value: Any, kind: type[T], key: str) -> T:
        """Return ``value``, which stands at ``key``.

        Raises:
            TruthError: it is not a ``kind``.
        """
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value) if abs(value) < 2**1000 else None
        if not isinstance(value, kind) or isinstance(value, bool):
            raise TruthError(f"{self.where(key)}: {key!r} is {json.dumps(value, ensure_ascii=False)[:40]} where {_CALLED[kind]} is needed")
        return value

    def only(self, holder: Mapping[str, Any], known: tuple[str, ...], inside: str) -> None:
        """Refuse keys that nothing reads.

        Raises:
            TruthError: there is one; the nearest known key is named.
        """
        for key in holder:
            if key not in known:
                raise TruthError(f"{self.where(key)}: unknown key {key!r}{nearest(key, known)}; {inside} has {', '.join(known)}")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def read_json(path: Path) -> JsonFile:
    """Read ``path``.

    Raises:
        TruthError: it is missing, can't be read or is not JSON; the message names the line.
    """
    text = read_text(path)
    try:
        return JsonFile(path, text, json.loads(text, parse_constant=_no_constant))
    except json.JSONDecodeError as error:
        raise TruthError(f"{path}, line {error.lineno}: not JSON ({error.msg})") from error
    except (ValueError, RecursionError) as error:  # NaN, a number of thousands of digits, a thousand brackets
        raise TruthError(f"{path}: not JSON ({error})") from error
