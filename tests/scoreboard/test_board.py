from __future__ import annotations

import numpy as np
import pytest

from courtside.scoreboard import Glance, read_board

BOX = (0.0, 0.0, 100.0, 20.0)
FRAMES = np.arange(0.0, 60.0, 0.1)


def glance(second: float, **texts: str) -> Glance:
    return Glance(round(second * 10), BOX, {role: (text, 0.95) for role, text in texts.items()})


def test_nothing_was_looked_at() -> None:
    board = read_board([], FRAMES)
    assert len(board.frame) == 0 and board.clock_at(3.0) is None and board.period_at(3.0) is None


def test_a_graphic_that_was_not_found_says_nothing() -> None:
    board = read_board([Glance(10 * i, None, {}) for i in range(5)], FRAMES)
    assert not board.there.any() and not board.confidence.any() and np.isnan(board.clock_s).all()


def test_every_cell_is_read_as_what_it_is() -> None:
    glances = [
        glance(i, clock=f"2:{12 - i:02d}", shot_clock=str(17 - i), period="3RD", name_0="SA", name_1="DAL", score_0="72", score_1="73") for i in range(5)
    ]
    board = read_board(glances, FRAMES)
    assert board.clock_s.tolist() == [132, 131, 130, 129, 128]
    assert board.shot_clock_s.tolist() == [17, 16, 15, 14, 13]
    assert board.period.tolist() == [3] * 5
    assert board.scores.tolist() == [[72, 73]] * 5
    assert board.names == ("SA", "DAL") and board.confidence.tolist() == pytest.approx([0.95] * 5)


def test_what_stands_still_beside_a_running_clock_is_no_shot_clock() -> None:
    board = read_board([glance(i, clock=f"2:{12 - i:02d}", shot_clock="4") for i in range(8)], FRAMES)
    assert np.isnan(board.shot_clock_s).all() and np.isfinite(board.clock_s).all()


@pytest.mark.parametrize(
    ("at_s", "clock_s"),
    [
        (0.0, 132.0),
        (1.5, 130.5),
        (2.4, 129.6),
        (4.4, 128.0),  # the last reading, while it is fresh
        (5.0, None),
        (20.0, 112.0),
        (15.0, None),  # between readings too far apart
    ],
)
def test_the_clock_between_readings(at_s: float, clock_s: float | None) -> None:
    glances = [glance(i, clock=f"2:{12 - i:02d}") for i in range(5)] + [glance(i, clock=f"1:{72 - i:02d}") for i in range(20, 24)]
    found = read_board(glances, FRAMES).clock_at(at_s)
    assert found == (None if clock_s is None else pytest.approx(clock_s))


def test_the_period_changes_between_two_readings() -> None:
    texts = ["3RD"] * 4 + ["4TH"] * 4
    board = read_board([glance(i, period=text) for i, text in enumerate(texts)], FRAMES)
    assert [board.period_at(second) for second in (0.5, 3.5, 6.5)] == [3, None, 4]
