"""From records and resolved tracks to plays and statistics: the wiring of ``courtside.events``, and its files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.court import Lens
from courtside.errors import RecordsError
from courtside.events.reading import KINDS, Reading, ShotsBy, read_scene
from courtside.events.scene import Boxes, People, Scene, Spots, cameras_of
from courtside.events.touches import Play
from courtside.pipeline.court import everybodys_positions
from courtside.pipeline.export import write_aside
from courtside.pipeline.resolve import Result, Track
from courtside.pipeline.score import check_shots, game_time
from courtside.records import Records
from courtside.scoreboard import Board
from courtside.types import BALL, BALL_IN_BASKET, CLASSES, PLAYER_CLASSES, RIM

EVENTS_FORMAT = 1

_WINDOW_S = {"shot": (3.0, 2.5), "three-seconds": (1.0, 1.0), "turnover": (2.0, 2.0), "rebound": (2.5, 1.5), "out-of-bounds": (2.5, 2.0)}
"""Seconds before and after an event that are worth watching."""

_LIKELY_TEAM = 0.75  # for telling who has the ball a good guess will do; what is drawn must be proved


def _team_of(track: Track, names: tuple[str, ...]) -> int:
    if track.role != "player":
        return -1
    if track.team in names:
        return names.index(track.team)
    return track.best.team if track.best is not None and track.best.team_chance >= _LIKELY_TEAM else -1


def _players(tracks: Sequence[Track]) -> npt.NDArray[np.int64]:
    """Return a number for each track that is the same where team and number are proved to be the same, -1 where they are not proved."""
    names = [(track.team, track.number) if track.role == "player" and track.team and track.number else None for track in tracks]
    numbers = {name: i for i, name in enumerate(names)}
    return np.array([-1 if name is None else numbers[name] for name in names], np.int64)


def _boxes(records: Records, class_id: int, live: npt.NDArray[np.bool_]) -> Boxes:
    table = records.detections
    rows = np.flatnonzero((table.class_id == class_id) & live[table.frame])
    return Boxes(table.frame[rows].astype(np.int64), table.confidence[rows].astype(float), table.xyxy[rows].astype(float))


def scene_of(records: Records, result: Result, clip: int = 0) -> Scene:
    """Return what the plays of one clip are read from; track i of its ``people`` is the i-th of the clip's tracks in ``result``.

    Of replays, close-ups and the crowd it has nothing: what is played there was played before, or is seen by a camera that nobody can place.
    """
    frames, info = records.frames, records.clip
    live = result.live(clip, len(frames.time_s))
    tracks = [track for track in result.tracks if track.clip == clip]
    court = result.courts[clip] if result.courts else None
    names = tuple(team.name for team in result.teams)
    lengths = [len(track.frame) for track in tracks]
    frame = np.concatenate([np.zeros(0, np.int64), *(track.frame for track in tracks)]).astype(np.int64)
    xyxy = np.concatenate([np.zeros((0, 4)), *(track.xyxy for track in tracks)])
    unknown = [np.full((n, 2), np.nan) for n in lengths]
    feet = everybodys_positions([(track.frame, track.xyxy) for track in tracks], frames.time_s, frames.cut, court) if court is not None else unknown
    which = np.repeat(np.arange(len(tracks)), lengths)
    order = np.lexsort((which, frame))
    order = order[live[frame[order]]]
    people = People(
        frame[order],
        which[order],
        xyxy[order],
        np.concatenate([np.zeros((0, 2)), *feet])[order],
        np.array([_team_of(track, names) for track in tracks], np.int64),
        np.array([track.role == "referee" for track in tracks], bool),
        _players(tracks),
    )
    size = info.width, info.height
    return Scene(
        frames.time_s,
        frames.cut,
        frames.motion,
        size,
        people,
        _boxes(records, BALL, live),
        _boxes(records, RIM, live),
        _boxes(records, BALL_IN_BASKET, live),
        {CLASSES[i]: _boxes(records, i, live) for i in PLAYER_CLASSES[1:]},
        cameras_of(court.valid & live, court.court_to_pinhole, Lens(*court.lens), size, np.cumsum(frames.cut)) if court is not None else None,
        result.measures if court is not None else None,
        _spots(records, live),
    )


def _spots(records: Records, live: npt.NDArray[np.bool_]) -> Spots:
    table = records.movers
    if table is None:
        return Spots()
    shown = live[table.frame]
    return Spots(table.frame[shown], table.xy[shown].astype(float))


def read_plays(records: Records, result: Result, clip: int = 0, shots: ShotsBy = "flight") -> Reading:
    """Return the ball's way, who has it and what was played in one clip.

    Args:
        records: of the clip.
        result: of the game's clips.
        clip: which of them.
        shots: "flight" tells shots by how the ball flies, "notebook" by the detector's classes alone.
    """
    return read_scene(scene_of(records, result, clip), shots)


def describe_plays(reading: Reading, records: Records, result: Result, clip: int = 0, board: Board | None = None) -> dict[str, Any]:
    """Return what was played in one clip, as ``events.json`` has it (docs/events.md).

    Args:
        reading: of ``read_plays``.
        records: of the clip.
        result: of the game's clips.
        clip: which of them.
        board: what the score graphic said in this clip, for the game's time and to check outcomes by; None where it was not read.
    """
    tracks = [track for track in result.tracks if track.clip == clip]
    names = [team.name for team in result.teams]
    plays = check_shots(reading.plays, board, names, records.frames.time_s)
    events = [_event(i, play, records, tracks, names, board) for i, play in enumerate(plays, 1)]
    counts = Counter(play.kind for play in plays)
    shots_of = [event for event in events if event["kind"] == "shot"]
    for event in events:
        if event["kind"] == "rebound":  # of the last shot before it
            event["facts"]["shot"] = max((shot["id"] for shot in shots_of if shot["start_s"] <= event["start_s"]), default=None)
    info, times = records.clip, records.frames.time_s
    live = float(result.live(clip, len(times)).mean()) if len(times) else 0.0
    return {
        "format": EVENTS_FORMAT,
        "league": result.measures.league if result.courts and result.courts[clip] is not None else None,
        "shots": reading.shots_by,
        "clip": {"seconds": round(_length_s(records), 3), "n_frames": len(times), "rate": str(info.rate)},
        "coverage": {name: round(share, 3) for name, share in {**reading.coverage, "live": live}.items()},
        "kinds": {kind: {"n": counts[kind], "reason": reading.reasons[kind]} for kind in KINDS},
        "events": events,
    }


def _length_s(records: Records) -> float:
    times = records.frames.time_s
    return float(times[-1] - times[0]) + 1 / float(records.clip.rate) if len(times) else 0.0


def _person(track: Track | None) -> dict[str, Any] | None:
    return None if track is None else {"track_id": track.track_id, "team": track.team, "number": track.number, "player": track.player}


def _event(number: int, play: Play, records: Records, tracks: Sequence[Track], names: Sequence[str], board: Board | None) -> dict[str, Any]:
    times = records.frames.time_s
    start_s, end_s = (round(float(times[frame]), 3) for frame in (play.start, play.end))
    before_s, after_s = _WINDOW_S.get(play.kind, (1.0, 1.0))
    who = None if play.track is None else tracks[play.track]
    # where nobody is told the team is known well enough when its players' are: a team's possession, a shot by one of two who stand together
    team = who.team if who is not None else names[play.team] if play.kind in ("team-possession", "shot") and play.team >= 0 else None
    people = {name: _person(None if track is None else tracks[track]) for name, track in play.people.items()}
    return {
        "id": number,
        "kind": play.kind,
        "start_s": start_s,
        "end_s": end_s,
        "start_frame": play.start,
        "end_frame": play.end,
        **game_time(board, start_s),
        "track_id": who.track_id if who is not None else None,
        "team": team,
        "number": who.number if who is not None else None,
        "player": who.player if who is not None else None,
        "court_m": None if play.place_m is None else [round(value, 2) for value in play.place_m],
        "probability": round(float(play.probability), 3),
        "clip": {"start_s": max(0.0, round(start_s - before_s, 3)), "end_s": round(min(float(times[-1]), end_s + after_s), 3)},
        "facts": {**play.facts, **people},
    }


def write_events(path: Path, document: Mapping[str, Any]) -> None:
    """Write ``events.json``.

    Raises:
        RecordsError: it can't be written.
    """
    text = json.dumps(document, indent=1, ensure_ascii=False)
    write_aside(path, lambda aside: aside.write_text(text, encoding="utf-8"))


def read_events(path: Path) -> dict[str, Any]:
    """Read ``events.json``; see ``read_document`` for the errors."""
    return read_document(path, EVENTS_FORMAT, "events")


def read_document(path: Path, version: int, rows: str) -> dict[str, Any]:
    """Read a JSON file that ``resolve`` wrote: its ``format`` is ``version``, and it has a list called ``rows``.

    Raises:
        RecordsError: it is missing, damaged or of another version.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] == version and isinstance(document[rows], list):
            return dict(document)
    except FileNotFoundError as error:
        raise RecordsError(f"{path}: not there; run `courtside resolve` first") from error
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RecordsError(f"{path}: damaged; run `courtside resolve` again") from error
    raise RecordsError(f"{path}: of another version; run `courtside resolve` again")
