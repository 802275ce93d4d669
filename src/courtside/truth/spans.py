"""Frame numbers as a person writes them: "0-200/10, 203" is every tenth frame from 0 to 200, and 203."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_SPAN = re.compile(r"(\d{1,9})(?:\s*-\s*(\d{1,9})(?:\s*/\s*(\d{1,9}))?)?", re.ASCII)
_SHORTEST = 3  # two frames are written one by one


def format_frames(frames: Ints) -> str:
    """Return sorted, unique ``frames`` (n,) as text; "" for none."""
    known = [int(frame) for frame in frames]
    parts, at = [], 0
    while at < len(known):
        end = at + 1
        step = known[end] - known[at] if end < len(known) else 0
        while end + 1 < len(known) and known[end + 1] - known[end] == step:
            end += 1
        if end - at + 1 >= _SHORTEST and end < len(known):
            parts.append(f"{known[at]}-{known[end]}" + (f"/{step}" if step != 1 else ""))
            at = end + 1
        else:
            parts.append(str(known[at]))
            at += 1
    return ", ".join(parts)


def parse_frames(text: str, n_frames: int) -> Ints:
    """Return the frames that ``text`` names, sorted, each once.

    Raises:
        ValueError: it is not such a text, or names a frame that is not among the clip's ``n_frames``; the message says which part.
    """
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is no range of frames; write 0-200/10 for every tenth frame from 0 to 200, or 203 for one")
        first, last, step = int(match[1]), int(match[2] or match[1]), int(match[3] or 1)
        if last < first or step < 1:
            raise ValueError(f"{part!r} ends before it begins or has a step of 0; write 0-200/10 for every tenth frame from 0 to 200")
        if last >= n_frames:
            raise ValueError(f"frame {last} is beyond the clip, which has {n_frames} frames (0 to {n_frames - 1})")
        found.update(range(first, last + 1, step))
    return np.array(sorted(found), np.int64)
