"""Made or missed: what each sign says."""

from __future__ import annotations

import pytest

from courtside.events.outcome import chance_made

FELL = {"crosses beside the middle": 0.2, "falls beside the middle": 0.2, "straight down": 1.0}


@pytest.mark.parametrize(
    ("signs", "least", "most"),
    [
        ({"never at the ring": 1.0}, 0.5, 0.5),  # nothing was seen
        (FELL, 0.9, 1.0),
        ({**FELL, "stands behind the baseline": 1.0}, 0.95, 1.0),
        ({**FELL, "shot again": 1.0}, 0.0, 0.5),
        ({"never at the ring": 1.0, "shot again": 1.0}, 0.0, 0.1),
        ({"never at the ring": 1.0, "watched on": 1.0}, 0.0, 0.3),
        ({"never at the ring": 1.0, "taken to the baseline": 1.0}, 0.7, 1.0),
    ],
)
def test_what_signs_say(signs: dict[str, float], least: float, most: float) -> None:
    assert least <= chance_made(signs) <= most
