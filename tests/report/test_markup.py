from __future__ import annotations

import pytest

from courtside.report.markup import clock, color, count, dash, game_clock, ink, link, percent, seconds, share_bar


@pytest.mark.parametrize(
    ("share", "told"), [(0, "0 %"), (0.001, "&lt; 1 %"), (0.5, "50 %"), (0.996, "99.6 %"), (0.99999, "99.9 %"), (1, "100 %"), (7, "100 %")]
)
def test_shares_never_claim_all_of_what_is_not(share: float, told: str) -> None:
    assert percent(share) == told


@pytest.mark.parametrize(
    ("value", "length", "moment"),
    [(0, "0.0 s", "0:00.0"), (6.74, "6.7 s", "0:06.7"), (59.96, "60.0 s", "1:00.0"), (125.0, "2 min 5 s", "2:05.0"), (119.7, "2 min 0 s", "1:59.7")],
)
def test_times(value: float, length: str, moment: str) -> None:
    assert seconds(value) == length
    assert clock(value) == moment


@pytest.mark.parametrize(
    ("period", "left_s", "shown"),
    [
        (None, None, ""),
        (3, None, "3rd"),
        (None, 57.7, "57.7"),
        (3, 132.0, "3rd 2:12"),
        (4, 59.95, "4th 59.9"),
        (1, 720.0, "1st 12:00"),
        (5, 8.2, "OT 8.2"),
        (6, 270.4, "2OT 4:30"),
    ],
)
def test_moments_of_the_game(period: int | None, left_s: float | None, shown: str) -> None:
    assert game_clock(period, left_s) == shown


@pytest.mark.parametrize(("given", "drawn"), [(None, "#8A8F98"), ("", "#8A8F98"), ("red", "#8A8F98"), ("#12345", "#8A8F98"), ("#00538C", "#00538C")])
def test_colors(given: str | None, drawn: str) -> None:
    assert color(given) == drawn


def test_small_pieces() -> None:
    assert ink("#1D1D1D") == "#fff" and ink("#F2F2F2") == "#14181c"
    assert link("a:b c.mp4") == "a%3Ab%20c.mp4"
    assert count(1, "touch", "touches") == "1 touch" and count(0, "shot") == "0 shots"
    assert 'title="a &lt; b"' in dash("a < b") and "title" not in dash()
    assert 'width="100.0%"' in share_bar(3) and 'width="0.0%"' in share_bar(-1)
