"""The simulated game moves as the real one: quantiles against the SportVU sample."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from courtside.court import COURTS
from courtside.court.dimensions import FOOT_M
from courtside.simulate.cast import make_cast
from courtside.simulate.game import Game
from courtside.simulate.knobs import Knobs

Floats = npt.NDArray[np.float64]
QUANTILES = (0.1, 0.5, 0.9, 0.99)
# Measured on 22,016 instants of five NBA games of 2015-16 (SportVU, 5 Hz), stretches of live play of at least 8 instants, split where a step exceeds 10 m/s.
REAL: dict[str, tuple[float, float, float, float]] = {
    "speed": (0.39, 1.55, 3.92, 5.54),  # m/s
    "acceleration": (0.47, 1.47, 3.72, 6.70),  # m/s²
    "nearest opponent": (0.81, 2.47, 5.51, 10.58),  # m
    "mean distance of team mates": (4.38, 6.56, 9.16, 12.42),  # m
    "ball speed": (0.70, 2.65, 6.38, 12.45),  # m/s along the floor
    "ball height": (0.46, 1.14, 2.56, 4.45),  # m
}


def measure(stretches: list[tuple[Floats, Floats]]) -> dict[str, Floats]:
    """Return the quantiles over stretches of (people (t, 10, 2), ball (t, 3)) in metres at 5 Hz, five of one team first."""
    found: dict[str, list[Floats]] = {name: [] for name in REAL}
    rows, others = np.triu_indices(5, 1)
    for people, ball in stretches:
        if len(people) < 8:
            continue
        velocity = np.diff(people, axis=0) * 5
        found["speed"].append(np.linalg.norm(velocity, axis=-1).ravel())
        found["acceleration"].append(np.linalg.norm(np.diff(velocity, axis=0) * 5, axis=-1).ravel())
        apart = np.linalg.norm(people[:, :5, None] - people[:, None, 5:], axis=-1)
        found["nearest opponent"].append(np.concatenate([apart.min(2), apart.min(1)], 1).ravel())
        for team in (people[:, :5], people[:, 5:]):
            found["mean distance of team mates"].append(np.linalg.norm(team[:, rows] - team[:, others], axis=-1).mean(1))
        found["ball speed"].append(np.linalg.norm(np.diff(ball[:, :2], axis=0) * 5, axis=-1))
        found["ball height"].append(ball[:, 2])
    return {name: np.quantile(np.concatenate(values), QUANTILES) for name, values in found.items()}


def simulated(seeds: range, seconds: int) -> list[tuple[Floats, Floats]]:
    """Return stretches of live play; while the ball is dead the sample has nothing either."""
    stretches = []
    court, knobs = COURTS["nba"], Knobs(late_entrants=0.1)
    for seed in seeds:
        random = np.random.default_rng(seed)
        game = Game(court, make_cast(random, knobs, court), random, knobs)
        people: list[Floats] = []
        ball: list[Floats] = []
        before: list[int] = []
        for i, moment in enumerate(islice(game.moments(Fraction(30)), seconds * 30)):
            rows = [*game.world.five[0], *game.world.five[1]]
            if i % 6 or (game.live and rows == before):
                if i % 6 == 0:
                    people.append(moment.xy[rows])
                    ball.append(moment.ball)
                continue
            if people:
                stretches.append((np.array(people), np.array(ball)))
            people, ball, before = ([moment.xy[rows]], [moment.ball], rows) if game.live else ([], [], rows)
        stretches.append((np.array(people), np.array(ball)))
    return stretches


def test_it_moves_as_real_teams_do() -> None:
    measured = measure(simulated(range(8), 60))
    for name, real in REAL.items():
        assert measured[name] == pytest.approx(np.array(real), rel=0.3), name
    ratios = np.concatenate([measured[name] / np.array(real) for name, real in REAL.items()])
    assert np.mean(np.abs(ratios - 1) < 0.2) >= 0.8, "four of five quantiles lie within 20 %"


def test_the_stored_quantiles_are_those_of_the_sample(shared_data: Path) -> None:
    folder = shared_data / "movement"
    people = (np.load(folder / "player_coords_train__with_5_games.npy") * (94, 50) - (47, 25)) * FOOT_M
    ball = np.load(folder / "ball_coords_train__with_5_games.npy") * (94, 50, 1) * FOOT_M
    jumps = np.linalg.norm(np.diff(people, axis=0), axis=-1).max(1) * 5 > 10
    stretches = []
    for start, stop in np.load(folder / "play_start_stop_idxs_train__with_5_games.npy"):
        edges = [start, *(np.flatnonzero(jumps[start : stop - 1]) + start + 1), stop]
        stretches += [(people[a:b], ball[a:b]) for a, b in pairwise(edges)]
    measured = measure(stretches)
    for name, real in REAL.items():
        assert measured[name] == pytest.approx(np.array(real), rel=0.02), name
