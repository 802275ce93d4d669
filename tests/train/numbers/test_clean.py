from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from courtside.train.numbers.clean import Cleaned, weigh
from courtside.types import NUMBERS

STANDS = np.array([[0.6, 0.05, 0.05, 0.05, 0.1, 0.05, 0.05, 0.05]], np.float32)
LIES = np.roll(STANDS, 1, 1)

CASES = [
    # what the judge sees: {turn: (number, chance)}, label, prior -> turn, vote
    ({0: ("23", 0.9)}, "23", STANDS, 0, 1.0),
    ({4: ("23", 0.9), 0: ("55", 0.5)}, "23", STANDS, 4, 1.0),
    ({1: ("6", 0.9), 3: ("9", 0.9)}, "6", LIES, 1, 1.0),
    ({0: ("27", 0.95)}, "21", STANDS, 0, 0.0),
    ({0: ("27", 0.4)}, "21", STANDS, 0, 0.3),
    ({5: ("27", 0.95)}, "21", STANDS, 0, 0.3),  # sure of another number, but only turned in an unlikely way
]


@pytest.mark.parametrize(("seen", "label", "prior", "turned", "vote"), CASES)
def test_weigh(seen: dict[int, tuple[str, float]], label: str, prior: np.ndarray, turned: int, vote: float) -> None:
    chances = np.full((1, 8, 101), 1e-3, np.float32)
    for index, (number, chance) in seen.items():
        chances[0, index, NUMBERS.index(number)] = chance
    cleaned = weigh(chances, np.array([NUMBERS.index(label)]), prior)
    assert (cleaned.turns[0], cleaned.votes[0]) == (turned, pytest.approx(vote))


def test_nothing_to_weigh() -> None:
    cleaned = weigh(np.zeros((0, 8, 101), np.float32), np.zeros(0, np.int64), np.zeros((0, 8), np.float32))
    assert cleaned.turns.shape == cleaned.votes.shape == (0,)


def test_what_was_found_survives_the_disk(tmp_path: Path) -> None:
    cleaned = Cleaned(np.array([0, 5]), np.array([1, 0], np.float32), np.array([0.9, 0.1], np.float32))
    cleaned.save(tmp_path / "cleaned.npz")
    loaded = Cleaned.load(tmp_path / "cleaned.npz")
    assert (loaded.turns == cleaned.turns).all() and (loaded.votes == cleaned.votes).all() and (loaded.chances == cleaned.chances).all()
    assert [path.name for path in tmp_path.iterdir()] == ["cleaned.npz"]
