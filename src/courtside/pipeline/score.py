"""From what was read off the score graphic to ``scoreboard.json``, and what it says of the plays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.events.touches import Play
from courtside.pipeline.export import write_aside
from courtside.scoreboard import Board, Glance, Shown, match_names, outcome_by_score, read_board

SCOREBOARD_FORMAT = 1

_NOT_LOOKED = "not looked for: the extra `score` was not installed, or score.reader is none"
_NOT_FOUND = "no score graphic was found in this clip"
_ILLEGIBLE = "a score graphic was found, but nothing in it could be read for sure"

_SURE = 0.99  # of an outcome that the score tells: the shot may still be somebody else's
_ENDED_BY_SHOT = ("made shot", "missed shot", "blocked shot", "unknown")


def read_scoreboard(glances: Sequence[Glance], time_s: npt.NDArray[np.float64], teams: Sequence[str]) -> tuple[Board, dict[str, Any]]:
    """Return what the graphic said, and the same as ``scoreboard.json`` has it (docs/scoreboard.md).

    Args:
        glances: of one clip.
        time_s: (frames,) of the clip.
        teams: the names of the rosters' teams.
    """
    board = read_board(glances, time_s)
    order = match_names(board.names, teams)
    legible = bool((board.confidence > 0).any())
    reason = None if legible else _NOT_LOOKED if not glances else _NOT_FOUND if all(glance.box is None for glance in glances) else _ILLEGIBLE
    boxes = [glance.box for glance in glances if glance.box is not None and glance.texts]
    columns = {"game_clock_s": board.clock_s, "shot_clock_s": board.shot_clock_s, "period": board.period}
    shares = {name: float(np.isfinite(values).mean()) if len(values) else 0.0 for name, values in columns.items()}
    readings = [
        {
            "frame": int(board.frame[i]),
            "time_s": round(float(board.time_s[i]), 3),
            "game_clock_s": _number(board.clock_s[i]),
            "shot_clock_s": _number(board.shot_clock_s[i]),
            "period": _whole(board.period[i]),
            "scores": [_whole(score) for score in board.scores[i]],
            "confidence": round(float(board.confidence[i]), 3),
        }
        for i in range(len(board.frame))
    ]
    return board, {
        "format": SCOREBOARD_FORMAT,
        "reason": reason,
        "box": [round(side, 1) for side in boxes[-1]] if boxes else None,
        "names": list(board.names),
        "teams": [None if team is None else teams[team] for team in order],
        "coverage": {name: round(share, 3) for name, share in (shares | {"scores": _share_of_pairs(board)}).items()},
        "readings": readings,
    }


def _share_of_pairs(board: Board) -> float:
    return float(np.isfinite(board.scores).all(1).mean()) if len(board.frame) else 0.0


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 1)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def write_scoreboard(path: Path, document: Mapping[str, Any]) -> None:
    """Write ``scoreboard.json``.

    Raises:
        RecordsError: it can't be written.
    """
    text = json.dumps({**document, "readings": []}, indent=1, ensure_ascii=False).removesuffix("[]\n}")
    rows = ",\n  ".join(json.dumps(row) for row in document["readings"])  # a line each: a long game has thousands
    write_aside(path, lambda aside: aside.write_text(f"{text}[\n  {rows}\n ]\n}}\n" if rows else f"{text}[]\n}}\n", encoding="utf-8"))


def game_time(board: Board | None, time_s: float) -> dict[str, Any]:
    """Return the ``game_clock_s`` and ``period`` of an event that begins at ``time_s``; None where they are not known."""
    clock_s = None if board is None else board.clock_at(time_s)
    return {"game_clock_s": None if clock_s is None else round(clock_s, 1), "period": None if board is None else board.period_at(time_s)}


def check_shots(plays: Sequence[Play], board: Board | None, teams: Sequence[str], time_s: npt.NDArray[np.float64]) -> list[Play]:
    """Set right what each shot led to by what the score did, and say in its facts which of the two told it: ``outcome_source`` "score" or "play".

    Where the score tells, it is believed over how the ball came down: it is what the game counts. A shot that was blocked stays so if nothing was scored.

    Args:
        plays: of one clip, in order of time.
        board: of the same clip; None where the score was not looked for.
        teams: the names of the teams that the plays' teams index.
        time_s: (frames,) of the clip.
    """
    shots = [i for i, play in enumerate(plays) if play.kind == "shot"]
    checked = list(plays)
    told: dict[int, Shown] = {}
    columns = match_names(board.names, teams) if board is not None else (None, None)
    for k, i in enumerate(shots):
        shot = plays[i]
        if board is not None and shot.team >= 0 and shot.team in columns:
            # a shot of nobody known may be his team's: what goes up after it may be for that
            following = [float(time_s[plays[j].start]) for j in shots[k + 1 :] if plays[j].team in (shot.team, -1)]
            scores = board.scores[:, columns.index(shot.team)]
            said = outcome_by_score(board.time_s, scores, float(time_s[shot.start]), float(time_s[shot.end]), min(following, default=None))
            if said is not None and not (said.outcome == "missed" and shot.facts["outcome"] == "blocked"):
                told[i] = said
        checked[i] = _as_said(shot, told.get(i))
    undone = {i for i, said in told.items() if said.outcome != plays[i].facts["outcome"]}
    kept = []
    for play in checked:
        last = max((j for j in shots if plays[j].start <= play.start), default=-1)
        if play.kind == "rebound" and last in undone and told[last].outcome == "made":
            continue  # nobody rebounds a basket
        if play.kind == "team-possession":
            mine = [j for j in shots if plays[j].team == play.team and play.start <= plays[j].start <= play.end]
            if mine and mine[-1] in undone and play.facts["ended"] in _ENDED_BY_SHOT:
                play = replace(play, facts={**play.facts, "ended": f"{told[mine[-1]].outcome} shot"})
        kept.append(play)
    return kept


def _as_said(shot: Play, said: Shown | None) -> Play:
    if said is None:
        return replace(shot, facts={**shot.facts, "outcome_source": "play"})
    facts = {**shot.facts, "outcome": said.outcome, "outcome_probability": _SURE, "outcome_source": "score"}
    if said.points:
        facts |= {"points": said.points, "points_probability": _SURE}
    people = {**shot.people, "blocked_by": None}
    if said.outcome == "made":
        people["rebound_by"] = None
    return replace(shot, facts=facts, people=people)
