from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.court.custom import flaw, load_court
from courtside.court.dimensions import COURTS
from courtside.court.markings import landmarks, lines, zones
from courtside.errors import ConfigError

SCHOOL = """
like = "fiba"
length_m = 24
width_m = 13.0
restricted_m = 0
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "gym.toml"
    path.write_text(text)
    return path


def test_a_court_like_another(tmp_path: Path) -> None:
    court = load_court(write(tmp_path, SCHOOL))
    assert court == replace(COURTS["fiba"], league="gym", length_m=24.0, width_m=13.0, restricted_m=None)
    assert "left restricted" not in zones(court) and landmarks(court)["left corner far"] == (-12, -6.5)


@pytest.mark.parametrize("league", COURTS)
def test_every_league_can_be_copied(league: str, tmp_path: Path) -> None:
    court = load_court(write(tmp_path, f'like = "{league}"'))
    assert replace(court, league=league) == COURTS[league]
    assert {name: line.tolist() for name, line in lines(court).items()} == {name: line.tolist() for name, line in lines(COURTS[league]).items()}


def test_all_measures_and_no_league(tmp_path: Path) -> None:
    measures = {"length_m": 26, "width_m": 14, "paint_width_m": 4.9, "free_throw_m": 5.8, "rim_m": 1.575, "backboard_m": 1.2}
    measures |= {"arc_m": 6.25, "corner_three_m": 0.9, "circle_m": 1.8}
    court = load_court(write(tmp_path, "\n".join(f"{name} = {value}" for name, value in measures.items())))
    assert court.restricted_m is None and court.arc_m == 6.25 and 0 < court.line_m < 0.1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"gym.toml: no length_m, .*circle_m; give them, or begin with a league"),
        ('like = "fiba"\nlenght_m = 3', r"line 2: unknown key 'lenght_m' \(did you mean 'length_m'\?\)"),
        ('like = "fba"', r"line 1: unknown league 'fba' \(did you mean 'fiba'\?\)"),
        ("like = 3", "line 1: unknown league 3"),
        ('like = "fiba"\nlength_m = "24"', "line 2: length_m is a number of metres, not '24'"),
        ('like = "fiba"\nlength_m = true', "a number of metres, not True"),
        ('like = "fiba"\nlength_m = nan', "line 2: length_m = nan: must be above 0"),
        ('like = "fiba"\narc_m = -6.75', "line 2: arc_m = -6.75: must be above 0"),
        ('like = "fiba"\nline_m = 0', "line_m = 0: must be above 0"),
        ('like = "fiba"\nlength_m = 84', r"length_m = 84: courts are 10 to 40 m long \(1 ft is 0.3048 m\)"),
        ('like = "fiba"\nwidth_m = 50', "width_m = 50: courts are at most 25 m wide"),
        ('like = "fiba"\npaint_width_m = 16', r"paint_width_m = 16: the paint would be wider than the court \(15 m\)"),
        ('like = "fiba"\nfree_throw_m = 15', "free_throw_m = 15: the free-throw line would lie beyond the half-way line"),
        ('like = "fiba"\nrim_m = 6', "rim_m = 6: the rim would hang beyond the free-throw line"),
        ('like = "fiba"\nbackboard_m = 2', "backboard_m = 2: the backboard would hang in front of the rim"),
        ('like = "fiba"\ncorner_three_m = 8', "corner_three_m = 8: the three-point line would lie beyond the middle of the court"),
        ('like = "fiba"\ncorner_three_m = 6', "corner_three_m = 6: the three-point line would run through the paint"),
        ('like = "fiba"\narc_m = 14', "arc_m = 14: the three-point line would lie beyond the half-way line"),
        ('like = "fiba"\narc_m = 3', "arc_m = 3: the three-point line would cross the paint"),
        ('like = "fiba"\ncircle_m = 7.6', "circle_m = 7.6: the circles would reach over the sidelines"),
        ('like = "fiba"\ncircle_m = 4.2', "circle_m = 4.2: the free-throw circle would cross the centre circle"),
        ('like = "fiba"\nrestricted_m = 3', "restricted_m = 3: the restricted area would be wider than the paint"),
        ('like = "fiba"\nline_m = 5', "line_m = 5: lines are a few centimetres wide"),
        ("like = fiba", "not valid TOML"),
        ("[court]\nlength_m = 24", "unknown key 'court'"),
    ],
)
def test_what_is_wrong_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        load_court(write(tmp_path, text))
    assert "\n" not in str(caught.value) and "gym.toml" in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_court(tmp_path / "none.toml")


@pytest.mark.parametrize("court", COURTS.values(), ids=COURTS)
def test_rule_books_have_no_flaws(court: object) -> None:
    assert flaw(court) is None  # type: ignore[arg-type]  # a parametrised value


@given(st.sampled_from(sorted(COURTS)), st.floats(0.5, 1.5), st.sampled_from(["length_m", "width_m", "paint_width_m", "arc_m", "corner_three_m", "circle_m"]))
def test_what_has_no_flaw_can_be_drawn(league: str, factor: float, measure: str) -> None:
    court = replace(COURTS[league], **{measure: getattr(COURTS[league], measure) * factor})
    if flaw(court) is None:
        for line in lines(court).values():
            assert (abs(line) <= (court.half_length_m + 1e-9, court.half_width_m + 1e-9)).all()


@pytest.mark.parametrize(("place", "expected"), [((0, 0), 0.0), ((14, 7.5), 0.0), ((17, 7.5), 3.0), ((-17, -11.5), 5.0), ((float("nan"), 0), float("nan"))])
def test_how_far_outside(place: tuple[float, float], expected: float) -> None:
    assert COURTS["fiba"].outside_m(np.array([place], float))[0] == pytest.approx(expected, nan_ok=True)
    assert COURTS["fiba"].outside_m(np.zeros((0, 2))).shape == (0,)
