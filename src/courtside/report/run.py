"""From the result of a run to what its summary page shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

import numpy as np

from courtside.pipeline.resolve import Result, Track
from courtside.records import Records
from courtside.report.summary import ClipFacts, NamedPlayer, RunSummary, StageTime, TeamFound, TrackStrip, Unproved

_LIKELY = 0.5  # a number that is more likely than not is worth telling, as not proved


def _spans(frames: np.ndarray[tuple[int], np.dtype[np.int64]], time_s: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[tuple[float, float], ...]:
    runs = np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1)
    return tuple((float(time_s[run[0]]), float(time_s[run[-1]])) for run in runs if len(run))


def _label(track: Track) -> str:
    if track.role == "referee":
        return "referee"
    return f"#{track.number} {track.player or ''}".strip() if track.number else ""


def _likely_number(track: Track) -> str | None:
    best = track.best
    return best.number if best and track.n_readings and best.number_chance >= _LIKELY else None


def _why(track: Track) -> str:
    best = track.best
    if track.team is None:
        return "the kit is not clearly one of the two"
    if not track.n_readings:
        return "no number was legible"
    if best is not None and best.number_chance >= _LIKELY:
        return f"read {track.n_readings} times, {best.chance:.0%} sure"
    return f"read {track.n_readings} times, the readings do not agree"


def summarise(records: Records, result: Result, clip: int, timing_s: Mapping[str, float]) -> RunSummary:
    """Return the summary of one clip of a result; ``timing_s`` are the seconds spent by stage."""
    time_s = records.frames.time_s
    frame_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    tracks = [track for track in result.tracks if track.clip == clip]
    players = [track for track in tracks if track.role == "player"]
    teams = []
    for team in result.teams:
        found = sorted((track for track in players if track.team == team.name and track.number), key=lambda track: (track.player is None, track.track_id))
        # frames where he is seen and named are all of a proved track's: a name holds for the whole track
        named = tuple(NamedPlayer(track.number or "", track.player or "", track.probability, len(track.frame) * frame_s, 1.0) for track in found)
        teams.append(TeamFound(team.name, team.color, named))
    unproved = tuple(Unproved(track.team, _likely_number(track), len(track.frame) * frame_s, _why(track)) for track in players if not track.number)
    info = records.clip
    duration_s = float(time_s[-1]) + frame_s if len(time_s) else 0.0
    cuts = tuple(float(time_s[i]) for i in np.flatnonzero(records.frames.cut))
    return RunSummary(
        ClipFacts(PurePath(info.path).name, info.width, info.height, info.rate, len(time_s), duration_s, cuts),
        tuple(teams),
        unproved,
        sum(track.role == "referee" for track in tracks),
        records.warnings,
        tuple(StageTime(stage, seconds, len(time_s)) for stage, seconds in timing_s.items()),
        tuple(TrackStrip(_label(track), track.role, track.team, _spans(track.frame, time_s)) for track in tracks),
    )
