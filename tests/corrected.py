"""Results made by hand, for the tests of corrections: people who stand still, each at a place of his own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from courtside.pipeline.resolve import Result, Track
from courtside.types import Role, Team
from scenes import records

SPURS = Team("San Antonio Spurs", "#1D1D1D", players={"20": "Ginobili", "21": "Tim Duncan", "0": "Lopez", "9": "Parker"})
MAVERICKS = Team("Dallas Mavericks", "#00538C", players={"20": "Harris", "41": "Nowitzki", "8": "Lopez"})
CLIP = records([], 100)
"""100 frames of "game.mp4", 25 a second."""


def standing(track_id: int, x: float, start: int = 0, end: int = 100, team: str | None = None, number: str | None = None, role: Role = "player") -> Track:
    """Somebody 40 px wide whose left side is at ``x`` from frame ``start`` to before ``end``."""
    frame = np.arange(start, end)
    player = {team.name: team for team in (SPURS, MAVERICKS)}[team].players.get(number) if team and number else None
    boxes = np.tile([x, 200.0, x + 40, 320.0], (len(frame), 1))
    return Track(track_id, 0, role, team, number, player, 0.95 if team else 0.2, None, 0, frame, boxes, np.ones(len(frame), bool))


def result(*tracks: Track, teams: Sequence[Team] = (SPURS, MAVERICKS)) -> Result:
    """Put tracks into a result."""
    return Result(tuple(teams), 1.0, tracks)


def as_seen(shown: Result) -> list[tuple[object, ...]]:
    """Everything of a result that a user could see, in a form that compares."""
    return [
        (t.track_id, t.clip, t.role, t.team, t.number, t.player, t.probability, t.frame.tolist(), t.xyxy.tolist(), t.well_seen.tolist()) for t in shown.tracks
    ]
