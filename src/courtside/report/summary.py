"""One page about one clip: who was found, how sure that is, what was seen but not proved, and how long it took."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from courtside.errors import RecordsError
from courtside.report.page import page
from courtside.types import Role


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """The clip as decoded. ``cuts_s`` are the times at which a new shot begins (none: one shot); ``rate`` is frames per second."""

    name: str
    width: int
    height: int
    rate: Fraction
    n_frames: int
    duration_s: float
    cuts_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedPlayer:
    """A player whose identity is proved.

    ``probability`` (0-1) is that of the name; ``visible_s`` how long he is on screen; ``named_share`` (0-1) of those frames carry his name. ``name`` is ""
    where there is no roster, so that only the number is known.
    """

    number: str
    name: str
    probability: float
    visible_s: float
    named_share: float


@dataclass(frozen=True, slots=True)
class TeamFound:
    """One side. ``color`` is "#RRGGBB"."""

    name: str
    color: str
    players: tuple[NamedPlayer, ...] = ()


@dataclass(frozen=True, slots=True)
class Unproved:
    """Someone seen and followed who carries no name, and ``why`` not, in words. ``team`` and ``number`` are what is known or merely likely, else None."""

    team: str | None
    number: str | None
    visible_s: float
    why: str


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long one stage took for how many frames (0 where frames mean nothing to it)."""

    stage: str
    seconds: float
    n_frames: int = 0


@dataclass(frozen=True, slots=True)
class TrackStrip:
    """When one person is visible: ``spans_s`` are (first, last) seconds. ``label`` is what is drawn of him ("#11 Brunson"), "" for nothing."""

    label: str
    role: Role
    team: str | None
    spans_s: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """All that the page shows. ``files`` are names relative to the page, with what each is; ``video`` is the one to play, None for no player."""

    clip: ClipFacts
    teams: tuple[TeamFound, ...] = ()
    unproved: tuple[Unproved, ...] = ()
    n_referees: int = 0
    warnings: tuple[str, ...] = ()
    stages: tuple[StageTime, ...] = ()
    timeline: tuple[TrackStrip, ...] = ()
    video: str | None = "named.mp4"
    files: tuple[tuple[str, str], ...] = (
        ("named.mp4", "the clip with names"),
        ("result.json", "who is who"),
        ("tracks.parquet", "a row per person and frame"),
        ("ball.parquet", "where the ball is and who has it"),
        ("tracks.mot.txt", "boxes and ids, MOT format"),
    )


def write_summary(path: Path, summary: RunSummary) -> None:
    """Write the page: one HTML file that needs no network, whole or not there at all.

    Raises:
        RecordsError: it can't be written there.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(page(summary), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise RecordsError(f"{path}: can't write the summary ({error.strerror or error}); free some space or choose another output folder") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
