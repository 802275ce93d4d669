from __future__ import annotations

import pytest

from courtside.scoreboard import Word, find_layout


def words(*cells: tuple[str, float, float]) -> list[Word]:
    """Return words of (text, left, top), 20 pixels high and 12 to a letter."""
    return [Word(text, 1.0, (x, y, x + 12 * len(text), y + 20)) for text, x, y in cells]


BOX = [("BONUS", 40, 0), ("SA", 0, 30), ("72", 70, 30), ("DAL", 140, 30), ("73", 220, 30), ("TNT", 300, 45), ("3RD", 5, 60), ("2:12", 90, 60), ("17", 200, 60)]
BAR = [
    ("DAL", 0, 0),
    ("34", 60, 0),
    ("SA", 120, 0),
    ("30", 180, 0),
    ("2ND", 230, 0),
    ("9:16", 280, 0),
    ("16", 340, 0),
    ("SPURS", 400, 0),
    ("LEAD", 470, 0),
    ("1-0", 530, 0),
]
LONG_NAMES = [("JAZZ", 0, 0), ("2", 190, 0), ("THUNDER", 240, 0), ("7", 430, 0), ("1st", 480, 0), ("Qtr", 520, 0), ("9:38", 580, 0), ("24", 640, 0)]
MIRRORED = [("SA", 0, 0), ("72", 40, 0), ("2:12", 90, 0), ("73", 160, 0), ("DAL", 200, 0)]
STACKED = [("SA", 0, 0), ("72", 60, 0), ("DAL", 0, 30), ("73", 60, 30), ("Q3", 110, 0), ("2:12", 110, 30), ("17", 170, 30)]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([], {}),
        ([("SA", 0, 0), ("72", 40, 0)], {}),  # no clock, no score graphic
        ([("2:12", 0, 0)], {"clock": "2:12"}),
        (BOX, {"clock": "2:12", "shot_clock": "17", "period": "3RD", "name_0": "SA", "score_0": "72", "name_1": "DAL", "score_1": "73"}),
        (BAR, {"clock": "9:16", "shot_clock": "16", "period": "2ND", "name_0": "DAL", "score_0": "34", "name_1": "SA", "score_1": "30"}),
        (LONG_NAMES, {"clock": "9:38", "shot_clock": "24", "period": "1st", "name_0": "JAZZ", "score_0": "2", "name_1": "THUNDER", "score_1": "7"}),
        (MIRRORED, {"clock": "2:12", "name_0": "SA", "score_0": "72", "name_1": "DAL", "score_1": "73"}),
        (STACKED, {"clock": "2:12", "shot_clock": "17", "period": "Q3", "name_0": "SA", "score_0": "72", "name_1": "DAL", "score_1": "73"}),
        ([("72", 0, 0), ("73", 60, 0), ("2:12", 120, 0)], {"clock": "2:12"}),  # whose scores they are is not said
    ],
)
def test_what_is_what(cells: list[tuple[str, float, float]], told: dict[str, str]) -> None:
    look = words(*cells)
    text = {word.box: word.text for word in look}
    found = {role: text[box] for role, box in find_layout([look]).items()}
    if cells is MIRRORED:
        found.pop("shot_clock", None)
    assert found == told


def test_a_digit_overlooked_in_one_look_is_found_in_another() -> None:
    looks = [words(*(cell for cell in BOX if cell[0] != "73")), words(*BOX)]
    assert find_layout(looks).keys() == find_layout([words(*BOX)]).keys()


def test_what_is_far_from_the_clock_belongs_to_something_else() -> None:
    assert find_layout([words(*BOX, ("20", 90, 600), ("30", 4000, 60))]) == find_layout([words(*BOX)])
