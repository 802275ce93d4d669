from __future__ import annotations

import pytest

from courtside.scoreboard.parse import clock_s, clock_without_colon_s, is_name, period, score, shot_clock_s


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("9:38", 578),
        ("10:45", 645),
        ("20:00", 1200),
        ("57.5", 57.5),
        (":57.5", 57.5),
        ("0:09", 9),
        ("9;38", 578),
        ("20:01", None),  # no period is so long
        ("9:61", None),
        ("61.0", None),
        ("938", None),
        ("2-0", None),
        ("9:38 16", None),
    ],
)
def test_game_clock(text: str, seconds: float | None) -> None:
    assert clock_s(text) == seconds


@pytest.mark.parametrize(("text", "seconds"), [("", None), ("938", 578), ("1045", 645), ("9:38", 578), ("578", None), ("24", None), ("2035", None)])
def test_game_clock_without_its_colon(text: str, seconds: float | None) -> None:
    assert clock_without_colon_s(text) == seconds


@pytest.mark.parametrize(("text", "seconds"), [("", None), ("24", 24), ("09", 9), (":09", 9), ("4.9", 4.9), ("79", None), ("12.5", None), ("2A", None)])
def test_shot_clock(text: str, seconds: float | None) -> None:
    assert shot_clock_s(text) == seconds


@pytest.mark.parametrize(("text", "points"), [("", None), ("0", 0), ("7", 7), ("102", 102), ("1020", None), ("8o", None), ("-3", None)])
def test_score(text: str, points: int | None) -> None:
    assert score(text) == points


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("", None),
        ("1ST", 1),
        ("2nd", 2),
        ("3RD", 3),
        ("4TH", 4),
        ("Q3", 3),
        ("4Q", 4),
        ("1st Qtr", 1),
        ("2ND HALF", 2),
        ("OT", 5),
        ("2OT", 6),
        ("5TH", None),
        ("10", None),
    ],
)
def test_period(text: str, which: int | None) -> None:
    assert period(text) == which


@pytest.mark.parametrize(
    ("text", "is_one"), [("", False), ("SA", True), ("THUNDER", True), ("A&M", True), ("A", False), ("2ND", False), ("OT", False), ("Qtr", False)]
)
def test_names(text: str, is_one: bool) -> None:
    assert is_name(text) == is_one
