"""The ratchet itself: the simulated clips always, the real ones where they lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import suite

STORED: dict[str, dict[str, float]] = json.loads(suite.STORED.read_text())


@pytest.mark.parametrize("case", suite.SIMULATED, ids=lambda case: case.name)
def test_no_score_has_fallen_on_simulated_pixels(case: Any, tmp_path: Path) -> None:
    assert STORED[case.name].keys() >= {"names right", "HOTA", "IDF1"}
    assert suite.fallen(case.name, suite.figures(suite.run_case(case, tmp_path)), STORED[case.name]) == []


@pytest.mark.parametrize("case", suite.REAL, ids=lambda case: case.name)
def test_no_score_has_fallen_on_real_clips(case: Any, tmp_path: Path, shared_data: Path) -> None:
    assert suite.fallen(case.name, suite.figures(suite.run_case(case, tmp_path, shared_data)), STORED[case.name]) == []


@pytest.mark.parametrize(
    ("now", "before", "n"),
    [
        ({}, {}, 0),
        ({"HOTA": 0.5}, {}, 0),
        ({"HOTA": 0.5}, {"HOTA": 0.52}, 0),
        ({"HOTA": 0.5}, {"HOTA": 0.54}, 1),
        ({"HOTA": 0.6}, {"HOTA": 0.5}, 0),
        ({}, {"HOTA": 0.5}, 1),
        ({"court error m": 0.2}, {"court error m": 0.19}, 0),
        ({"court error m": 0.3}, {"court error m": 0.19}, 1),
        ({"court error m": 0.1}, {"court error m": 0.19}, 0),
    ],
)
def test_what_counts_as_fallen(now: dict[str, float], before: dict[str, float], n: int) -> None:
    assert len(suite.fallen("clip", now, before)) == n


def test_the_page_is_the_stored_scores() -> None:
    text = suite.PAGE.read_text()
    assert "not by hand" in text
    for case in (*suite.SIMULATED, *suite.LONG, *suite.REAL):
        if case.name in STORED:
            assert f"{100 * STORED[case.name]['HOTA']:.1f}" in text
