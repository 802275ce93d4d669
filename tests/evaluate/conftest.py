"""A small made-up game: four players and a referee, what a run makes of them, and their truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest

from courtside.config import IdentitySettings
from courtside.evaluate.drawn import Run, ball_of, drawn_of
from courtside.pipeline.resolve import resolve
from courtside.truth.labels import PeopleLabels, Truth
from courtside.types import Team
from scenes import BLACK, RATE, WHITE, Walker, records, seen

TEAMS = (
    Team("Whites", "#EEEEEE", "#FFFFFF", {"4": "Ames", "15": "Boyd"}),
    Team("Blacks", "#202020", "#000000", {"7": "Cole", "23": "Dunn"}),
)
WHO = {"W4": ("Whites", "4"), "W15": ("Whites", "15"), "B7": ("Blacks", "7"), "B23": ("Blacks", "23"), "REF": (None, None)}

MakeRun = Callable[..., Run]
MakeTruth = Callable[..., Truth]


def _column(values: Sequence[object]) -> np.ndarray:
    return np.array([*values, None], object)[:-1]


@pytest.fixture
def cast() -> dict[str, Walker]:
    """Who is there, by who he is: all read all the time."""
    kits = {"Whites": [(0, WHITE)], "Blacks": [(0, BLACK)]}
    people = {}
    for i, (who, (team, number)) in enumerate(WHO.items(), 1):
        read = seen(number, 0, 100) if number else ()
        people[who] = Walker(i, 0, 100, 100.0 + 150 * i, kits.get(team, kits["Whites"]), read, referee=team is None)
    return people


@pytest.fixture
def make_run() -> MakeRun:
    """``make_run(walkers, teams=TEAMS)``: the run of one clip of 100 frames."""

    def make(walkers: Sequence[Walker], teams: Sequence[Team] = TEAMS, cuts: Sequence[int] = ()) -> Run:
        found = records(walkers, cuts=cuts)
        result = resolve([found], teams, IdentitySettings())
        return Run(found, result.teams, drawn_of(result), ball_of(found))

    return make


@pytest.fixture
def make_truth() -> MakeTruth:
    """``make_truth(cast, every=10, **changes)``: the truth of the clip, every 10th frame labelled."""

    def make(cast: dict[str, Walker], every: int = 10, **changes: object) -> Truth:
        rows = [(frame, who, walker) for frame in range(0, 100, every) for who, walker in cast.items() if walker.start <= frame < walker.end]
        people = PeopleLabels(
            np.arange(0, 100, every),
            np.array([frame for frame, _, _ in rows], np.int64),
            _column([who for _, who, _ in rows]),
            np.array([walker.box(frame) for frame, _, walker in rows], float).reshape(-1, 4),
            _column(["referee" if walker.referee else "player" for _, _, walker in rows]),
            _column([WHO[who][0] for _, who, _ in rows]),
            _column([WHO[who][1] for _, who, _ in rows]),
            _column([None] * len(rows)),
            np.full((len(rows), 2), np.nan),
            np.full(len(rows), np.nan),
        )
        base = {"name": "game", "width": 1280, "height": 720, "rate": Fraction(RATE), "n_frames": 100, "teams": TEAMS, "people": people}
        return Truth(**{**base, **changes})

    return make
