"""From the text of a cell to its value; None where it can't be one."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(\d{1,2})[:;](\d{2})|:?(\d{1,2})\.(\d)")
_NO_COLON = re.compile(r"(\d{1,2})(\d{2})")
_SHOT_CLOCK = re.compile(r":?(\d{1,2})(?:\.(\d))?")
_SCORE = re.compile(r"\d{1,3}")
_ORDINAL = re.compile(r"(?:([1-4])(?:ST|ND|RD|TH)|Q([1-4])|([1-4])Q)(?:QTR|HALF|PERIOD)?")
_OVERTIME = re.compile(r"([1-9]?)OT|OT([1-9]?)")

_PERIOD_WORDS = ("QTR", "HALF", "PERIOD", "QUARTER")
LONGEST_PERIOD_S, LONGEST_SHOT_CLOCK_S = 1200, 35
"""Of any league: a college half; what women's college basketball once had."""
_REGULAR = 4  # periods before overtime


def clock_s(text: str) -> float | None:
    """Return seconds for "9:38", "10:45", "57.5" or ":57.5"."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    minutes, seconds, short, tenths = match.groups()
    if minutes is None:
        value = int(short) + int(tenths) / 10
        return value if value < 60 else None
    value = 60.0 * int(minutes) + int(seconds)
    return value if int(seconds) < 60 and value <= LONGEST_PERIOD_S else None


def clock_without_colon_s(text: str) -> float | None:
    """Return seconds for "938" as for "9:38": in a poor picture the colon goes first. Only where a clock is known to stand."""
    match = _NO_COLON.fullmatch(text)
    return clock_s(text if match is None else f"{match[1]}:{match[2]}")


def shot_clock_s(text: str) -> float | None:
    """Return seconds for "24", "09", ":09" or "4.9"."""
    match = _SHOT_CLOCK.fullmatch(text)
    if match is None:
        return None
    value = int(match[1]) + int(match[2] or 0) / 10
    return value if value <= LONGEST_SHOT_CLOCK_S and (match[2] is None or value < 10) else None


def score(text: str) -> int | None:
    """Return points for "7", "102"."""
    return int(text) if _SCORE.fullmatch(text) else None


def period(text: str) -> int | None:
    """Return which period "1ST", "2nd", "Q3", "4TH" is, from 1; overtimes count on from 5."""
    plain = text.upper().replace(" ", "").replace(".", "")
    if match := _ORDINAL.fullmatch(plain):
        return int(match[1] or match[2] or match[3])
    if match := _OVERTIME.fullmatch(plain):
        return _REGULAR + int(match[1] or match[2] or 1)
    return None


def is_name(text: str) -> bool:
    """Whether ``text`` may be a team's name or what it is shortened to."""
    return len(text) >= 2 and text.replace("&", "").isalpha() and period(text) is None and text.upper() not in _PERIOD_WORDS
