"""Is a video file as long as it says it is? A download or copy that stopped half-way is told from a whole file by the sizes its container declares."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

_MP4_STARTS = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}


def declared_size(path: Path) -> int | None:
    """Return the bytes that the container of ``path`` says it has, or None where it doesn't say (MPEG-TS, a live recording, no video at all).

    Knows AVI (RIFF), MP4/MOV (boxes) and Matroska/WebM (segment). A whole file has at least this many bytes.

    Raises:
        OSError: the file can't be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] == b"RIFF":
            return _riff(file, size)
        if head[4:8] in _MP4_STARTS:
            return _boxes(file, size)
        if head[:4] == b"\x1aE\xdf\xa3":
            return _matroska(file)
    return None


def _riff(file: BinaryIO, size: int) -> int | None:
    """Long AVI files are several RIFF chunks in a row."""
    end = 0
    while end < size:
        file.seek(end)
        head = file.read(8)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] != b"RIFF":
            break
        if length in (0, 0xFFFFFFFF):  # never filled in: the recorder was cut off, or writes to a pipe
            return None
        end += 8 + length
    return end


def _boxes(file: BinaryIO, size: int) -> int | None:
    end, kinds = 0, set()
    while end < size:
        file.seek(end)
        head = file.read(16)
        if len(head) < 8:
            return end + 8
        kinds.add(head[4:8])
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:  # "to the end of the file"
            return size if b"moov" in kinds else size + 8
        if length < 8:
            return None
        end += length
    # Cut exactly between two boxes, the sizes agree, but nothing says how to read the pictures.
    return end if b"moov" in kinds else max(end, size) + 8


def _matroska(file: BinaryIO) -> int | None:
    file.seek(4)
    header = _vint(file)
    if header is None:
        return None
    file.seek(header, os.SEEK_CUR)
    if file.read(4) != b"\x18S\x80g":
        return None
    length = _vint(file)
    return None if length is None else file.tell() + length


def _vint(file: BinaryIO) -> int | None:
    """An EBML length: the leading zeros of the first byte say how many bytes follow; all ones means "unknown"."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    extra = 8 - first[0].bit_length()
    rest = file.read(extra)
    value = int.from_bytes(bytes([first[0] & (0x7F >> extra)]) + rest, "big")
    return None if value == (1 << 7 * (extra + 1)) - 1 else value
