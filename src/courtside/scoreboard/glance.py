"""What is seen of a score graphic at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""

ROLES: tuple[str, ...] = ("clock", "shot_clock", "period", "name_0", "name_1", "score_0", "score_1")
"""What a cell of the graphic can be; team 0 is the left or upper one."""


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text without blanks, where it stands, and how sure (0-1) the reader is of it."""

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class Glance:
    """One look at one frame.

    ``box`` is where the graphic stands, None where it was not found in this part of the clip. ``texts`` has for each of ``ROLES`` that has a cell what was read
    there, and how surely (0-1); it is empty where the graphic is not there or covered.
    """

    frame: int
    box: Box | None
    texts: Mapping[str, tuple[str, float]]
