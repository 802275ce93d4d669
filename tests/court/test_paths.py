from __future__ import annotations

import numpy as np
import pytest

from courtside.court.paths import end_state, smooth_path

N = 60
TIME_S = np.arange(N) / 30
LINE = np.stack([3 * TIME_S - 2, 1 - TIME_S], 1)


def sure(metres: float, n: int = N) -> np.ndarray:
    return np.repeat(np.eye(2)[None] / metres**2, n, 0)


@pytest.mark.parametrize("n", [1, 2, 3, N])
def test_a_straight_run_stays_as_it_is(n: int) -> None:
    assert np.allclose(smooth_path(TIME_S[:n], LINE[:n], sure(0.3, n)), LINE[:n], atol=1e-5)


def test_uneven_steps_in_time() -> None:
    time_s = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.2, N))
    line = np.stack([2 * time_s, -time_s], 1)
    assert np.allclose(smooth_path(time_s, line, sure(0.5)), line, atol=1e-5)


def test_what_was_not_seen_is_carried_on() -> None:
    information, seen = sure(0.1), LINE.copy()
    information[20:30], seen[20:30] = 0, np.nan
    assert np.allclose(smooth_path(TIME_S, seen, information), LINE, atol=1e-4)


def test_each_direction_is_smoothed_as_it_deserves() -> None:
    along = np.array([0.6, 0.8])
    aside = np.array([-0.8, 0.6])
    noise = np.random.default_rng(0).normal(0, 0.5, N)
    information = np.repeat((np.outer(along, along) / 2**2 + np.outer(aside, aside) / 0.01**2)[None], N, 0)
    off = smooth_path(TIME_S, LINE + noise[:, None] * along, information) - LINE
    assert np.abs(off @ along).mean() < 0.25 * np.abs(noise).mean()
    assert np.abs(off @ aside).max() < 0.02


@pytest.mark.parametrize(("last", "place"), [(False, LINE[0]), (True, LINE[-1])])
@pytest.mark.parametrize("n", [2, 5, N])
def test_an_end_is_told_with_how_sure_it_is(last: bool, place: np.ndarray, n: int) -> None:
    rows = slice(-n, None) if last else slice(n)
    state, covariance = end_state(TIME_S[rows], LINE[rows], sure(0.2, n), last=last)
    assert np.allclose(state, [*place, 3, -1], atol=1e-4)
    assert np.allclose(covariance, covariance.T) and (np.linalg.eigvalsh(covariance) > 0).all()


def test_the_spread_of_an_end_is_that_of_the_errors() -> None:
    random, offs = np.random.default_rng(3), []
    for _ in range(300):
        state, covariance = end_state(TIME_S, LINE + random.normal(0, 0.3, LINE.shape), sure(0.3), last=True)
        offs.append(state - [*LINE[-1], 3, -1])
    # a straight run never uses the freedom to turn that the covariance leaves room for
    assert (np.std(offs, 0) < np.sqrt(np.diag(covariance))).all() and (np.std(offs, 0) > 0.4 * np.sqrt(np.diag(covariance))).all()
