"""A small truth with something of everything, and comparing two of them."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import Any

import numpy as np

from courtside.truth import BallLabels, CourtLabels, Event, PeopleLabels, Truth
from courtside.types import Team

HOME, AWAY = Team("Home", "#112233", "#FFFFFF", {"0": "Zero", "00": "Double"}), Team("Away", "#445566")


def strings(*values: str | None) -> Any:
    return np.array([*values, None], object)[:-1]


def full_truth() -> Truth:
    nowhere = [np.nan, np.nan]
    people = PeopleLabels(
        labelled=np.array([0, 10, 20]),
        frame=np.array([0, 0, 0, 10]),
        who=strings("A", "B", "R", "A"),
        xyxy=np.array([[10, 20, 30, 60.5], [40, 20, 60, 70], [-5, 20, 15, 70], [630, 300, 700, 400]]),
        role=strings("player", "player", "referee", "player"),
        team=strings("Home", "Home", None, "Home"),
        number=strings("0", "00", None, "0"),
        player=strings("Zero", None, None, "Zero"),
        court_m=np.array([[1.5, -2.25], nowhere, nowhere, [-14.1, 7.5]]),
        visible=np.array([1, 0.25, np.nan, 0]),
    )
    homography = np.array([[30, -15.5, 320], [2, 12, 250], [-0.005, -0.02, 0.8]])
    court = CourtLabels(
        "nba", (320.0, 240.0, 300.0, 300.5, 0.01, -0.002), np.array([0, 6]), np.array([True, False]), np.stack([homography, np.full((3, 3), np.nan)])
    )
    ball = BallLabels(np.array([0, 1, 2]), np.array([1]), np.array([[100, 100, 108, 109.5]]), np.array([[0, 0.1, 3.05]]))
    events = (Event("shot", 0.5, 0.9, "A", "Home", {"outcome": "made", "points": 3}), Event("turnover", 1, 1, team="Away"))
    return Truth("clip", 640, 480, Fraction(30000, 1001), 60, (HOME, AWAY), (4, 30), people, court, ball, events)


def assert_equal(a: Any, b: Any, name: str = "truth") -> None:
    """Every column the same, of the same kind."""
    assert type(a) is type(b), name
    if isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and a.shape == b.shape, name
        np.testing.assert_array_equal(a, b, name)
    elif isinstance(a, Truth | PeopleLabels | CourtLabels | BallLabels):
        for field in fields(a):
            assert_equal(getattr(a, field.name), getattr(b, field.name), f"{name}.{field.name}")
    elif isinstance(a, dict) and name == "truth.shots":
        assert list(a) == list(b), name
        for kind in a:
            assert_equal(a[kind], b[kind], f"{name}.{kind}")
    else:
        assert a == b, name
