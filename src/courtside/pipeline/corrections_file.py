"""corrections.toml: what was corrected, kept apart from what the models said. The format is described in ``docs/corrections.md``."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from courtside.errors import nearest
from courtside.pipeline.corrections import Correction, CorrectionError, Named, Split, Spot, Swap, What
from courtside.pipeline.export import write_aside
from courtside.toml_file import TomlFile, read_toml
from courtside.types import NUMBERS

NAME = "corrections.toml"

_HEAD = "# What was corrected by hand. `courtside correct` adds to it; delete an entry to take it back, then run `courtside resolve` again.\n"
_KINDS = {"is": ("team", "number", "seen"), "split_s": ("before", "after"), "swap_s": ("before", "after")}


def write_corrections(path: Path, corrections: Sequence[Correction]) -> None:
    """Write ``corrections`` so that ``read_corrections`` reads them back.

    Raises:
        RecordsError: the folder can't be written.
    """
    text = "\n".join([_HEAD, *(_entry(correction) for correction in corrections)])
    write_aside(path, lambda aside: aside.write_text(text, encoding="utf-8"))


def _entry(said: Correction) -> str:
    lines = ["[[corrections]]", f"say = {_quoted(said.say)}", f"clip = {_quoted(said.clip)}"]
    match said:
        case Named():
            lines += [f"is = {_quoted(said.what)}"]
            lines += [f"{key} = {_quoted(value)}" for key, value in (("team", said.team), ("number", said.number)) if value is not None]
            lines += [f"seen = {_spots(said.seen)}"]
        case Split():
            lines += [f"split_s = {said.at_s!r}", f"before = {_spots([said.before])}", f"after = {_spots([said.after])}"]
        case Swap():
            lines += [f"swap_s = {said.at_s!r}", f"before = {_spots(said.before)}", f"after = {_spots(said.after)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # JSON's escapes are TOML's


def _spots(spots: Sequence[Spot | None]) -> str:
    return "[\n" + "".join(f"  {_spot(spot)},\n" for spot in spots) + "]"


def _spot(spot: Spot | None) -> str:
    if spot is None:
        return "{}"
    beside = f", beside = {[list(box) for box in spot.beside]}" if spot.beside else ""
    return f"{{ s = {spot.time_s!r}, box = {list(spot.xyxy)}{beside} }}"


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Read the file, in its order; none where there is no file.

    Raises:
        CorrectionError: anything is wrong with it; the message names the file and the line.
    """
    if not path.exists():
        return ()
    file = read_toml(path, CorrectionError)
    for key in file.data:
        if key != "corrections":
            raise CorrectionError(f"{file.where(key)}: unknown key {key!r}{nearest(key, ['corrections'])}; the file is a list of [[corrections]]")
    entries = file.data.get("corrections", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CorrectionError(f"{file.where('corrections')}: write [[corrections]], in double brackets, above each correction")
    return tuple(_correction(_Entry(file, i, entry)) for i, entry in enumerate(entries))


class _Entry:
    def __init__(self, file: TomlFile, index: int, entry: dict[str, Any]) -> None:
        self._file, self._index, self._entry = file, index, entry

    @property
    def kind(self) -> str:
        """The key that says what sort of correction it is; every other key is known."""
        found = [kind for kind in _KINDS if kind in self._entry]
        if len(found) != 1:
            raise self.wrong("is", "a correction has one of is, split_s and swap_s; let `courtside correct OUTPUT` write it")
        known = ("say", "clip", found[0], *_KINDS[found[0]])
        for key in self._entry:
            if key not in known:
                raise self.wrong(key, f"unknown key {key!r}{nearest(key, known)}; this correction has {', '.join(known)}")
        return found[0]

    def wrong(self, key: str, what: str) -> CorrectionError:
        return CorrectionError(f"{self._file.where('corrections', self._index, key)}: {what}")

    def text(self, key: str) -> str:
        value = self._entry.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"{key} must be text in quotes")
        return value

    def seconds(self, key: str) -> float:
        value: Any = self._entry.get(key)
        if not _is_number(value):
            raise self.wrong(key, f"{key} must be a number of seconds")
        return float(value)

    def spots(self, key: str, n: int | None = None, empty: bool = False) -> list[Spot | None]:
        value = self._entry.get(key)
        if not isinstance(value, list) or not value or (n is not None and len(value) != n):
            raise self.wrong(key, f"{key} must list {'where somebody was seen' if n is None else f'{n} of'} {{ s = 1.5, box = [left, top, right, bottom] }}")
        return [None if empty and spot == {} else self._spot(key, spot) for spot in value]

    def _spot(self, key: str, value: Any) -> Spot:
        beside = value.get("beside", []) if isinstance(value, dict) else None
        if not isinstance(beside, list) or not {"s", "box"} <= set(value) <= {"s", "box", "beside"} or not _is_number(value["s"]):
            raise self.wrong(key, f"in {key}, write {{ s = 1.5, box = [left, top, right, bottom] }}: seconds and pixels")
        boxes = [value["box"], *beside]
        if not all(isinstance(box, list) and len(box) == 4 and all(map(_is_number, box)) and box[0] < box[2] and box[1] < box[3] for box in boxes):
            raise self.wrong(key, f"in {key}, a box is [left, top, right, bottom] in pixels, left < right and top < bottom")
        first, *others = [(float(x1), float(y1), float(x2), float(y2)) for x1, y1, x2, y2 in boxes]
        return Spot(float(value["s"]), first, tuple(others))

    def has(self, key: str) -> bool:
        return key in self._entry


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _correction(entry: _Entry) -> Correction:
    kind = entry.kind
    say, clip = entry.text("say"), entry.text("clip")
    if kind == "is":
        return _named(entry, say, clip)
    at_s, count = entry.seconds(kind), 1 if kind == "split_s" else 2
    before, after = (entry.spots(key, count, empty=count == 2) for key in ("before", "after"))
    if any(spot and spot.time_s >= at_s for spot in before) or any(spot and spot.time_s < at_s - 1e-3 for spot in after):
        raise entry.wrong(kind, f"what is seen before and after must be before and after {kind} = {at_s}")
    if kind == "split_s" and before[0] and after[0]:
        return Split(say, clip, at_s, before[0], after[0])
    return Swap(say, clip, at_s, (before[0], before[1]), (after[0], after[1]))


def _named(entry: _Entry, say: str, clip: str) -> Named:
    kinds: dict[str, What] = {what: what for what in get_args(What)}
    what = kinds.get(entry.text("is"))
    if what is None:
        raise entry.wrong("is", f"is = {entry.text('is')!r}: unknown{nearest(entry.text('is'), kinds)}; one of {', '.join(kinds)}")
    team, number = (entry.text(key) if entry.has(key) else None for key in ("team", "number"))
    if number is not None and number not in NUMBERS:
        raise entry.wrong("number", f'{number!r} is not a jersey number; they are "0" to "99" and "00"')
    if (what == "player") != (number is not None) or (what == "team" and team is None):
        raise entry.wrong("is", 'is = "player" has a number, is = "team" a team, and no other has a number')
    return Named(say, clip, what, team, number, tuple(spot for spot in entry.spots("seen") if spot))
