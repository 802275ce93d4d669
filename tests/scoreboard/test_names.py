from __future__ import annotations

import pytest

from courtside.scoreboard import match_names

SPURS, MAVERICKS = "San Antonio Spurs", "Dallas Mavericks"


@pytest.mark.parametrize(
    ("shown", "teams", "which"),
    [
        ((None, None), [], (None, None)),
        (("SA", "DAL"), [], (None, None)),
        (("SA", "DAL"), [SPURS], (None, None)),
        ((None, None), [SPURS, MAVERICKS], (None, None)),
        (("SA", "DAL"), [SPURS, MAVERICKS], (0, 1)),
        (("DAL", "SA"), [SPURS, MAVERICKS], (1, 0)),
        (("SA", "DAL"), ["Spurs", "Mavericks"], (0, 1)),
        (("JAZZ", "THUNDER"), ["Oklahoma City Thunder", "Utah Jazz"], (1, 0)),
        (("OKC", "SA"), ["Thunder", "Spurs"], (0, 1)),
        (("NYK", "BOS"), ["Boston Celtics", "New York Knicks"], (1, 0)),
        (("GSW", "LAL"), ["Los Angeles Lakers", "Golden State Warriors"], (1, 0)),
        (("DAL", "5A"), [SPURS, MAVERICKS], (1, 0)),  # one of them is enough
        (("RAV", "STO"), ["Ravensport Lanterns", "Stonefield Heights Millers"], (0, 1)),
        (("XYZ", "QQQ"), [SPURS, MAVERICKS], (None, None)),
        (("STO", "STO"), ["Stonefield Millers", "Stormhaven Gulls"], (None, None)),
    ],
)
def test_who_is_meant(shown: tuple[str | None, str | None], teams: list[str], which: tuple[int | None, int | None]) -> None:
    assert match_names(shown, teams) == which
