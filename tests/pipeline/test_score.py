from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from courtside.events.touches import Play
from courtside.pipeline.events import read_document
from courtside.pipeline.score import SCOREBOARD_FORMAT, check_shots, game_time, read_scoreboard, write_scoreboard
from courtside.scoreboard import Board, Glance, read_board

TEAMS = ["Dallas Mavericks", "San Antonio Spurs"]
RATE = 10
TIMES = np.arange(0, 20, 1 / RATE)


def glances(home: list[int], away: list[int]) -> list[Glance]:
    """Return a look every second at SA's and DAL's scores, beside a running clock."""
    texts = [
        {"clock": f"2:{50 - i}", "period": "3RD", "name_0": "SA", "score_0": str(a), "name_1": "DAL", "score_1": str(b)}
        for i, (a, b) in enumerate(zip(home, away, strict=True))
    ]
    return [Glance(i * RATE, (0, 0, 9, 9), {role: (value, 0.97) for role, value in text.items()}) for i, text in enumerate(texts)]


def board(home: list[int], away: list[int]) -> Board:
    return read_board(glances(home, away), TIMES)


def shot(start_s: float, team: int, outcome: str) -> Play:
    facts = {"outcome": outcome, "outcome_probability": 0.7, "points": 2, "points_probability": 0.6}
    return Play("shot", round(start_s * RATE), round((start_s + 1) * RATE), 1, team, None, 0.9, facts, {"blocked_by": None, "rebound_by": 2})


def rebound(at_s: float, team: int) -> Play:
    return Play("rebound", round(at_s * RATE), round(at_s * RATE), 2, team, None, 0.9, {"offensive": False})


def possession(start_s: float, end_s: float, team: int, ended: str) -> Play:
    return Play("team-possession", round(start_s * RATE), round(end_s * RATE), None, team, None, 0.9, {"ended": ended})


def test_without_a_graphic_the_play_tells() -> None:
    said = check_shots([shot(5, 1, "made")], None, TEAMS, TIMES)
    assert said[0].facts["outcome"] == "made" and said[0].facts["outcome_source"] == "play"
    assert game_time(None, 5.0) == {"game_clock_s": None, "period": None}


@pytest.mark.parametrize(
    ("seen", "team", "home", "outcome", "source", "points", "kinds"),
    [
        ("made", 1, [72] * 8 + [75] * 10, "made", "score", 3, ["team-possession", "shot", "rebound"]),  # it was right already: the rest stays as it is
        ("missed", 1, [72] * 8 + [74] * 10, "made", "score", 2, ["team-possession", "shot"]),  # nobody rebounds a basket
        ("made", 1, [72] * 18, "missed", "score", 2, ["team-possession", "shot", "rebound"]),
        ("blocked", 1, [72] * 18, "blocked", "play", 2, ["team-possession", "shot", "rebound"]),
        ("made", -1, [72] * 18, "made", "play", 2, ["team-possession", "shot", "rebound"]),
        ("unknown", 1, [72] * 8 + [73] * 10, "unknown", "play", 2, ["team-possession", "shot", "rebound"]),
    ],
)
def test_the_score_tells_what_a_shot_led_to(seen: str, team: int, home: list[int], outcome: str, source: str, points: int, kinds: list[str]) -> None:
    plays = [possession(1, 6, 1, "unknown"), shot(5, team, seen), rebound(7, 0)]
    said = check_shots(plays, board(home, [73] * 18), TEAMS, TIMES)
    facts = said[1].facts
    assert (facts["outcome"], facts["outcome_source"], facts["points"]) == (outcome, source, points)
    assert [play.kind for play in said] == kinds
    assert said[0].facts["ended"] == (f"{outcome} shot" if source == "score" and outcome != seen else "unknown")
    assert (said[1].people["rebound_by"] is None) == (source == "score" and outcome == "made")


def test_names_that_fit_no_team_tell_nothing() -> None:
    said = check_shots([shot(5, 1, "missed")], board([72] * 8 + [74] * 10, [73] * 18), ["Foxes", "Geese"], TIMES)
    assert said[0].facts["outcome_source"] == "play"


def test_events_get_the_time_of_the_game() -> None:
    assert game_time(board([72] * 18, [73] * 18), 4.5) == {"game_clock_s": 165.5, "period": 3}


@pytest.mark.parametrize(
    ("looks", "reason"),
    [
        ([], "not looked for"),
        ([Glance(0, None, {}), Glance(10, None, {})], "no score graphic was found"),
        ([Glance(10 * i, (0, 0, 9, 9), {"clock": ("?", 0.4)}) for i in range(5)], "nothing in it could be read"),
    ],
)
def test_a_file_without_readings_says_why(looks: list[Glance], reason: str, tmp_path: Path) -> None:
    document = written(looks, tmp_path)
    assert reason in document["reason"] and document["teams"] == [None, None] and len(document["readings"]) == len(looks)


def test_what_the_file_says(tmp_path: Path) -> None:
    document = written(glances([72] * 18, [73] * 18), tmp_path)
    assert document["reason"] is None and document["names"] == ["SA", "DAL"] and document["teams"] == ["San Antonio Spurs", "Dallas Mavericks"]
    assert document["coverage"] == {"game_clock_s": 1.0, "shot_clock_s": 0.0, "period": 1.0, "scores": 1.0}
    first = {"frame": 0, "time_s": 0.0, "game_clock_s": 170.0, "shot_clock_s": None, "period": 3, "scores": [72, 73], "confidence": 0.97}
    assert document["readings"][0] == first


def written(looks: list[Glance], folder: Path) -> dict[str, Any]:
    _, document = read_scoreboard(looks, TIMES, TEAMS)
    write_scoreboard(folder / "scoreboard.json", document)
    again = read_document(folder / "scoreboard.json", SCOREBOARD_FORMAT, "readings")
    assert again == document
    return again
