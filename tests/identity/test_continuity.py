from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.identity.continuity import Whereabouts, continuity

SURE = np.diag([0.1, 0.1, 0.5, 0.5]) ** 2


def at(time_s: float, x: float, y: float = 0.0, vx: float = 0.0, vy: float = 0.0, covariance: np.ndarray = SURE) -> Whereabouts:
    return Whereabouts(time_s, np.array([x, y]), np.array([vx, vy]), covariance)


@pytest.mark.parametrize(
    ("found", "speaks_for"),
    [
        (at(0.2, 0.6, vx=3), True),  # where he was going
        (at(0.2, 0.6, vx=-3), False),  # there, but running the other way
        (at(0.2, -0.6, vx=3), False),
        (at(1.0, 2.0), True),  # long enough to have stopped
        (at(1.0, -6.0), False),
    ],
)
def test_where_he_may_turn_up(found: Whereabouts, speaks_for: bool) -> None:
    assert (continuity(at(0.0, 0.0, vx=3), found) > 0) == speaks_for


@pytest.mark.parametrize("found", [at(0.0, 0.0), at(-1.0, 0.0), at(0.5, 6.5), at(1.0, 11.0)])
def test_nobody_goes_back_in_time_or_outruns_everybody(found: Whereabouts) -> None:
    assert continuity(at(0.0, 0.0), found) == -math.inf


def test_who_is_hardly_seen_proves_little() -> None:
    near, far = at(0.5, 0.2), at(0.5, 3.0)
    vague = np.diag([1.5, 1.5, 50.0, 50.0]) ** 2
    for found in (near, far):
        doubtful = Whereabouts(found.time_s, found.place_m, found.velocity_m_s, vague)
        assert abs(continuity(at(0.0, 0.0), doubtful)) < abs(continuity(at(0.0, 0.0), found))


@given(st.floats(0.05, 3), st.floats(-8, 8), st.floats(-4, 4), st.floats(0, 2 * math.pi), st.floats(-10, 10))
def test_the_court_has_no_preferred_direction(gap: float, x: float, vx: float, turn: float, shift: float) -> None:
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])

    def moved(one: Whereabouts) -> Whereabouts:
        both = np.kron(np.eye(2), rotation)
        return Whereabouts(one.time_s + shift, rotation @ one.place_m + shift, rotation @ one.velocity_m_s, both @ one.covariance @ both.T)

    lost, found = at(0.0, 0.0, vx=vx), at(gap, x, 0.3)
    here, there = continuity(lost, found), continuity(moved(lost), moved(found))
    assert here == pytest.approx(there, rel=1e-6, abs=1e-6) or here == there or abs(abs(x) - 0.3 - 9 * gap) < 0.3


@given(st.floats(0.05, 3), st.floats(0, 6))
def test_farther_is_never_likelier(gap: float, metres: float) -> None:
    assert continuity(at(0.0, 0.0), at(gap, metres + 0.1)) <= continuity(at(0.0, 0.0), at(gap, metres)) + 1e-9
