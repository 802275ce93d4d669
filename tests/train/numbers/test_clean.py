from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from courtside.train.numbers.clean import Cleaned, choose_turns, prior_of, weigh
from courtside.train.numbers.data import NumberCrop
from courtside.types import NUMBERS

STANDS = np.array([0.6, 0.05, 0.05, 0.05, 0.1, 0.05, 0.05, 0.05], np.float32)
LIES = np.array([0, 0.4, 0, 0.4, 0, 0.1, 0, 0.1], np.float32)

LAID = [
    # what is seen: {turn: (number, chance)}, label, prior -> turn given the label, and given none
    ({0: ("23", 0.9)}, "23", STANDS, 0, 0),
    ({4: ("23", 0.9), 0: ("55", 0.2)}, "23", STANDS, 4, 0),
    ({1: ("6", 0.8), 3: ("9", 0.9)}, "6", LIES, 1, 3),
    ({}, "6", STANDS, 0, 0),
    ({0: ("7", 1.0)}, "7", LIES, 1, 1),
]


@pytest.mark.parametrize(("seen", "label", "prior", "given_label", "given_none"), LAID)
def test_choose_turns(seen: dict[int, tuple[str, float]], label: str, prior: np.ndarray, given_label: int, given_none: int) -> None:
    chances = np.zeros((1, 8, 101), np.float32)
    for index, (number, chance) in seen.items():
        chances[0, index, NUMBERS.index(number)] = chance
    turns, free = choose_turns(chances, np.array([NUMBERS.index(label)]), prior[None])
    assert (turns[0], free[0]) == (given_label, given_none)


def one_row(number: str, chance: float) -> np.ndarray:
    row = np.full((1, 101), 1e-3, np.float32)
    row[0, NUMBERS.index(number)] = chance
    return row


WEIGHED = [
    # what the reader sees in the label's turn, and in the likeliest one; the label -> its vote
    (("23", 0.9), ("23", 0.9), "23", 1.0),
    (("23", 0.9), ("52", 0.9), "23", 1.0),
    (("27", 0.1), ("27", 0.95), "21", 0.0),
    (("27", 0.1), ("27", 0.4), "21", 0.3),
]


@pytest.mark.parametrize(("as_labelled", "freely", "label", "vote"), WEIGHED)
def test_weigh(as_labelled: tuple[str, float], freely: tuple[str, float], label: str, vote: float) -> None:
    votes, _ = weigh(one_row(*as_labelled), one_row(*freely), np.array([NUMBERS.index(label)]))
    assert votes[0] == pytest.approx(vote)


def test_nothing_to_clean() -> None:
    none = np.zeros(0, np.int64)
    assert [len(turns) for turns in choose_turns(np.zeros((0, 8, 101), np.float32), none, np.zeros((0, 8), np.float32))] == [0, 0]
    assert [len(column) for column in weigh(np.zeros((0, 101), np.float32), np.zeros((0, 101), np.float32), none)] == [0, 0]


@pytest.mark.parametrize(("raw", "image", "sideways"), [((40, 28), (40, 28), False), ((40, 40), (40, 40), True), ((40, 28), (20, 28), True)])
def test_only_crops_that_may_lie_on_their_side_are_thought_to(raw: tuple[int, int], image: tuple[int, int], sideways: bool) -> None:
    prior = prior_of(NumberCrop(np.zeros((*raw, 3), np.uint8), np.zeros((*image, 3), np.uint8), "7", Path("7")))
    assert prior.shape == (8,) and prior.sum() == pytest.approx(1)
    assert (prior[1] > 0) == sideways


def test_what_was_found_survives_the_disk(tmp_path: Path) -> None:
    cleaned = Cleaned(np.array([0, 5]), np.array([1, 0], np.float32), np.array([0.9, 0.1], np.float32))
    cleaned.save(tmp_path / "cleaned.npz")
    loaded = Cleaned.load(tmp_path / "cleaned.npz")
    assert (loaded.turns == cleaned.turns).all() and (loaded.votes == cleaned.votes).all() and (loaded.chances == cleaned.chances).all()
    assert [path.name for path in tmp_path.iterdir()] == ["cleaned.npz"]
