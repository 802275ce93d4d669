from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from courtside.errors import DataError
from courtside.train.numbers.clean import Cleaned, choose_turns, prior_of, weigh
from courtside.train.numbers.data import NumberCrop, load_numbers
from courtside.types import NUMBERS

STANDS = np.array([0.6, 0.05, 0.05, 0.05, 0.1, 0.05, 0.05, 0.05], np.float32)
LIES = np.array([0, 0.4, 0, 0.4, 0, 0.1, 0, 0.1], np.float32)

LAID = [
    # how likely the label is to be read: {turn: chance}; prior -> the turn, and whether it is told
    ({}, STANDS, 0, False),
    ({0: 0.9}, STANDS, 0, True),
    ({4: 0.9, 0: 0.05}, STANDS, 4, True),
    ({0: 0.2, 4: 0.9}, STANDS, 0, False),  # an 8 either way
    ({0: 1.0}, LIES, 1, False),
    ({1: 0.3, 3: 0.1}, LIES, 1, True),
    ({4: 0.01}, STANDS, 4, False),
]


@pytest.mark.parametrize(("read", "prior", "turn", "told"), LAID)
def test_choose_turns(read: dict[int, float], prior: np.ndarray, turn: int, told: bool) -> None:
    of_label = np.zeros((1, 8))
    of_label[0, list(read)] = list(read.values())
    turns, sure = choose_turns(of_label, prior[None])
    assert (turns[0], sure[0]) == (turn, told)


WEIGHED = [
    # what the reader sees, the label, whether it is told how the crop lies -> its vote
    ({"23": 0.9}, "23", True, 1.0),
    ({"23": 0.9}, "23", False, 0.5),
    ({"13": 0.9}, "13", False, 1.0),
    ({"21": 0.1, "27": 0.95}, "21", True, 0.0),
    ({"21": 0.1, "27": 0.4}, "21", True, 0.3),
    ({"21": 0.3, "27": 0.7}, "21", True, 1.0),
]


@pytest.mark.parametrize(("seen", "label", "told", "vote"), WEIGHED)
def test_weigh(seen: dict[str, float], label: str, told: bool, vote: float) -> None:
    row = np.zeros((1, 101), np.float32)
    for number, chance in seen.items():
        row[0, NUMBERS.index(number)] = chance
    assert weigh(row, np.array([NUMBERS.index(label)]), np.array([told]))[0] == pytest.approx(vote)


def test_nothing_to_clean() -> None:
    none = np.zeros(0, np.int64)
    assert [len(column) for column in choose_turns(np.zeros((0, 8)), np.zeros((0, 8), np.float32))] == [0, 0]
    assert len(weigh(np.zeros((0, 101), np.float32), none, np.zeros(0, bool))) == 0


@pytest.mark.parametrize(("raw", "image", "sideways"), [((40, 28), (40, 28), False), ((40, 40), (40, 40), True), ((40, 28), (20, 28), True)])
def test_only_crops_that_may_lie_on_their_side_are_thought_to(raw: tuple[int, int], image: tuple[int, int], sideways: bool) -> None:
    prior = prior_of(NumberCrop(np.zeros((*raw, 3), np.uint8), np.zeros((*image, 3), np.uint8), "7", Path("7")))
    assert prior.shape == (8,) and prior.sum() == pytest.approx(1)
    assert (prior[1] > 0) == sideways


def test_what_was_found_survives_the_disk(tmp_path: Path) -> None:
    cleaned = Cleaned(np.array([0, 5]), np.array([True, False]), np.array([1, 0], np.float32))
    cleaned.save(tmp_path / "cleaned.npz")
    loaded = Cleaned.load(tmp_path / "cleaned.npz")
    assert (loaded.turns == cleaned.turns).all() and (loaded.votes == cleaned.votes).all() and (loaded.told == cleaned.told).all()
    assert [path.name for path in tmp_path.iterdir()] == ["cleaned.npz"]


def test_an_upright_crop_is_neither_turned_nor_trimmed(tmp_path: Path) -> None:
    folder = tmp_path / "22"
    folder.mkdir()
    image = np.zeros((40, 20, 3), np.uint8)
    image[8:32] = 200
    cv2.imwrite(str(folder / "a.png"), image)
    (filed,), (upright,) = load_numbers(tmp_path), load_numbers(tmp_path, upright=True)
    assert filed.turned and prior_of(filed)[0] == 0
    assert not upright.turned and prior_of(upright).tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_what_an_older_version_found_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "cleaned.npz", turns=np.zeros(1, np.int64), votes=np.ones(1, np.float32))
    with pytest.raises(DataError, match="older version"):
        Cleaned.load(tmp_path / "cleaned.npz")
