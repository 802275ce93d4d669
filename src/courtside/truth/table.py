"""Reading a CSV file that a person may have edited in a spreadsheet: every complaint names the file and the line."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from courtside.errors import TruthError, nearest

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Strings = npt.NDArray[np.object_]

_FRAME = re.compile(r"[0-9]{1,9}")


def read_text(path: Path) -> str:
    """Return the text of a file, without the byte-order mark that some programs put before it.

    Raises:
        TruthError: it is missing, can't be read or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise TruthError(f"{path}: no such file") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise TruthError(f"{path}: can't be read ({getattr(error, 'strerror', None) or error})") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TruthError(f"{path}, line {line}: not UTF-8 text; save it as UTF-8") from error


@dataclass(frozen=True)
class Table:
    """The cells of a CSV file as text, stripped, and the ``lines`` (from 1) its rows stand on. Rows with nothing in them are not there."""

    path: Path
    cells: dict[str, list[str]]
    lines: list[int]

    def where(self, row: int | None) -> str:
        """Return "FILE, line N" for a row, or the file's name."""
        return str(self.path) if row is None else f"{self.path}, line {self.lines[row]}"

    def sorted_by_frame(self) -> Table:
        """Return the rows by rising frame; rows of one frame keep their order."""
        order = np.argsort(self.frames(), kind="stable").tolist()
        return Table(self.path, {name: [column[i] for i in order] for name, column in self.cells.items()}, [self.lines[i] for i in order])

    def frames(self) -> Ints:
        """Return the column ``frame`` (n,).

        Raises:
            TruthError: a cell is not a whole number from 0 on.
        """
        for row, cell in enumerate(self.cells["frame"]):
            if not _FRAME.fullmatch(cell):
                raise TruthError(f"{self.where(row)}: frame {cell!r} is not a frame number; frames count 0, 1, 2, ...")
        return np.array([int(cell) for cell in self.cells["frame"]], np.int64)

    def floats(self, names: Sequence[str], may_be_empty: bool = False) -> Floats:
        """Return columns as (n, len(names)); an empty cell or a column that is not there is NaN.

        Raises:
            TruthError: a cell is not a finite number, or is empty where it may not be.
        """
        found = np.full((len(self.lines), len(names)), np.nan)
        for i, name in enumerate(names):
            for row, cell in enumerate(self.cells.get(name, ())):
                if not cell and may_be_empty:
                    continue
                try:
                    number = float(cell)
                except ValueError:
                    number = math.nan
                if not math.isfinite(number):
                    hint = f"; write {cell.replace(',', '.')}" if re.fullmatch(r"-?\d+,\d+", cell) else ""
                    raise TruthError(f"{self.where(row)}: {name} {cell!r} is not a number{hint}" if cell else f"{self.where(row)}: {name} is empty")
                found[row, i] = number
        return found

    def strings(self, name: str) -> Strings:
        """Return a column (n,) of str, None where a cell is empty or the column is not there."""
        found = np.full(len(self.lines), None, object)
        for row, cell in enumerate(self.cells.get(name, ())):
            found[row] = cell or None
        return found


def read_table(path: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Read a CSV file (UTF-8, commas, names of the columns in the first line, in any order).

    Raises:
        TruthError: it can't be read, lacks a ``needed`` column, has one that is neither needed nor ``optional``, or a row with too many or too few cells.
    """
    text = read_text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise TruthError(f"{path}, line {reader.line_num}: not a CSV file ({error})") from error
    known = [*needed, *optional]
    if not rows:
        raise TruthError(f"{path}: empty; its first line names the columns: {','.join(known)}")
    line, names = rows.pop(0)
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise TruthError(f"{path}, line {line}: the columns are not separated by commas; save it as comma-separated, with points in decimal numbers")
    for name in names:
        if name not in known:
            raise TruthError(f"{path}, line {line}: unknown column {name!r}{nearest(name, known)}; it has {', '.join(known)}")
        if names.count(name) > 1:
            raise TruthError(f"{path}, line {line}: column {name!r} is there twice")
    for name in needed:
        if name not in names:
            raise TruthError(f"{path}, line {line}: column {name!r} is missing; it has {', '.join(known)}")
    for line, cells in rows:
        if len(cells) != len(names):
            raise TruthError(f"{path}, line {line}: {len(cells)} cells where the first line names {len(names)} columns")
    columns = {name: [cells[i] for _, cells in rows] for i, name in enumerate(names)}
    return Table(path, columns, [line for line, _ in rows])
