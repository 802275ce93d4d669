"""What a report is made of: everything a run left behind, and in words what it did not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from courtside.court import Court
from courtside.court.registration import CourtTrack
from courtside.errors import RecordsError
from courtside.pipeline.events import read_events
from courtside.pipeline.places import Ints, Places, read_places
from courtside.pipeline.results import read_court
from courtside.pipeline.statistics import read_stats
from courtside.report.markup import color

_T = TypeVar("_T")
Event = Mapping[str, Any]
Who = tuple[str, str]
"""team and number"""


@dataclass(frozen=True)
class Game:
    """One clip of a run.

    ``teams`` maps name to colour, in order; ``tracks`` and ``settings`` are as in ``result.json``, ``events`` and ``stats`` as docs/events.md has them. What
    is None is not there, and ``missing`` says why. ``video`` is the name of the named video beside the page.
    """

    name: str
    size: tuple[int, int]
    rate: Fraction
    seconds: float
    n_frames: int
    cuts_s: tuple[float, ...]
    teams: Mapping[str, str]
    teams_chance: float
    tracks: Sequence[Mapping[str, Any]]
    warnings: Sequence[str] = ()
    events: Mapping[str, Any] | None = None
    stats: Mapping[str, Any] | None = None
    places: Places | None = None
    court: tuple[Court, CourtTrack] | None = None
    video: str | None = None
    missing: tuple[str, ...] = ()
    away: tuple[tuple[float, float, str], ...] = ()
    """From when to when, in seconds, the camera shows something else than the game, and what."""

    def of(self, *kinds: str) -> list[Event]:
        """Return the events of these kinds, in order of time."""
        return [event for event in self.events["events"] if event["kind"] in kinds] if self.events else []

    def why_not(self, kind: str) -> str | None:
        """Return why nothing could be told of this kind of event; None where it could."""
        if self.events is None:
            return "this run has no events"
        told = self.events["kinds"].get(kind, {"n": 0, "reason": "not looked for"})
        return None if told["n"] else told["reason"]

    def painted(self, team: str | None) -> str:
        """Return the class that paints an element in the colours of ``team``."""
        return f"t{list(self.teams).index(team)}" if team is not None and team in self.teams else "tx"

    def players(self) -> dict[Who, tuple[str | None, Ints]]:
        """Return name and rows in ``places`` of everybody whose team and number are proved, by team and number."""
        if self.places is None:
            return {}
        found: dict[Who, list[int]] = {}
        for row, who in enumerate(zip(self.places.team, self.places.number, strict=True)):
            if who[0] and who[1] and self.places.role[row] == "player":
                found.setdefault(who, []).append(row)
        order = list(self.teams)
        ranked = sorted(found.items(), key=lambda one: (order.index(one[0][0]) if one[0][0] in order else len(order), len(one[0][1]), one[0][1]))
        return {who: (self.places.player[rows[0]], np.array(rows, np.int64)) for who, rows in ranked}


def read_game(folder: Path) -> Game:
    """Read the run of one clip. Only ``result.json`` must be there.

    Raises:
        RecordsError: it is missing or damaged.
    """
    missing: list[str] = []

    def unless_missing(read: Callable[[Path], _T], name: str) -> _T | None:
        try:
            return read(folder / name)
        except RecordsError as error:
            missing.append(str(error).removeprefix(f"{folder}/").removeprefix(f"{folder}: "))
            return None

    result = _read_result(folder / "result.json")
    events = unless_missing(read_events, "events.json")
    stats = unless_missing(read_stats, "stats.json")
    places = unless_missing(read_places, "tracks.parquet")
    court = unless_missing(read_court, "court.json")
    if court is not None and not court[1].valid.any():
        court = None
        missing.append("the court was found in no frame: no places, distances, charts")
    video = "named.mp4" if (folder / "named.mp4").is_file() else None
    if video is None:
        missing.append("named.mp4: not there; run `courtside render` and `courtside report` again to watch the plays")
    if not any(track["player"] for track in result["tracks"]):
        missing.append("nobody could be named; is there a roster (`courtside resolve --rosters`)?")
    clip = result["clip"]
    rate = Fraction(clip["rate"])
    return Game(
        Path(clip["path"]).name,
        (clip["width"], clip["height"]),
        rate,
        float(events["clip"]["seconds"]) if events else float(clip["n_frames"] / rate),
        clip["n_frames"],
        tuple(float(frame / rate) for frame in clip["cuts"]),
        {team["name"]: color(team["color"]) for team in result["teams"]},
        float(result["teams_probability"]),
        result["tracks"],
        result["warnings"],
        events,
        stats,
        places,
        court,
        video,
        tuple(missing),
        tuple((float(shot["first"] / rate), float((shot["last"] + 1) / rate), shot["kind"]) for shot in result.get("shots", ()) if shot["kind"] != "main"),
    )


def _read_result(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        wanted: dict[str, type] = {"clip": dict, "teams": list, "tracks": list, "warnings": list}
        if all(isinstance(document[name], kind) for name, kind in wanted.items()):
            return dict(document)
    except FileNotFoundError as error:
        raise RecordsError(f"{path}: not there; run `courtside resolve` first") from error
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RecordsError(f"{path}: damaged; run `courtside resolve` again") from error
    raise RecordsError(f"{path}: damaged; run `courtside resolve` again")
