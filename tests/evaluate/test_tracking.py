from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from courtside.evaluate.drawn import Drawn
from courtside.evaluate.matching import Compared, compare
from courtside.evaluate.tracking import score_tracking, ti_hota
from courtside.truth.labels import PeopleLabels


def column(*values: str | None) -> np.ndarray:
    return np.array([*values, None], object)[:-1]


BOXES = np.array([[0.0, 0, 10, 20], [100, 0, 110, 20]])
LABELS = PeopleLabels(
    np.array([0]), np.array([0, 0]), column("x", "y"), BOXES, column("player", "referee"), column("A", None), column("7", None), column(None, None)
)
DRAWN = Drawn(np.array([0, 0]), np.array([1, 2]), BOXES, LABELS.role, LABELS.team, LABELS.number, LABELS.player)


@pytest.fixture
def compared() -> Compared:
    return compare(LABELS, DRAWN)


@pytest.mark.parametrize(
    ("apart_m", "tau", "n_true"),
    [
        # similarity 0.05^(d^2 / tau^2): at d = 0 it is 1 (all 19 thresholds), at d = tau 0.05 (the first), at d = tau / 2 0.05^0.25 = 0.473 (9 of them)
        (0.0, 1.0, 19),
        (1.0, 1.0, 1),
        (0.5, 1.0, 9),
        (1.0, 2.0, 9),
        (1.0, 0.5, 0),
    ],
)
def test_nearness_on_the_floor(compared: Compared, apart_m: float, tau: float, n_true: int) -> None:
    places = np.zeros((2, 2)) + [[0.0], [9.0]]
    found = ti_hota(compared, places, places + [apart_m, 0.0])[tau]
    assert found.hota == pytest.approx(n_true / 19)


@pytest.mark.parametrize(
    "change", [{"team": column("B", None)}, {"number": column("8", None)}, {"number": column(None, None)}, {"role": column(None, "referee")}]
)
def test_a_place_without_the_right_identity_is_worth_nothing(change: dict[str, np.ndarray]) -> None:
    places = np.zeros((2, 2)) + [[0.0], [9.0]]
    found = ti_hota(compare(LABELS, replace(DRAWN, **change)), places, places)[1.0]
    # the referee alone is right: 1 TP, 1 FN, 1 FP
    assert found.det_a == pytest.approx(1 / 3)


def test_the_placeless(compared: Compared) -> None:
    places = np.zeros((2, 2)) + [[0.0], [9.0]]
    half = np.array([[0.0, 0.0], [np.nan, np.nan]])
    assert ti_hota(compared, half, places)[1.0].det_a == pytest.approx(1 / 2)  # one true, and one drawn of whom nobody knows where he is: false
    assert ti_hota(compared, places, half)[1.0].det_a == pytest.approx(1 / 3)  # not placed: missed and false
    assert ti_hota(compared, half * np.nan, places)[1.0].hota == 0


def test_boxes_of_people_who_were_not_labelled_are_told_apart() -> None:
    more = {name: np.concatenate([getattr(DRAWN, name), getattr(DRAWN, name)[:1]]) for name in ("frame", "role", "team", "number", "player")}
    bench = Drawn(**more, track_id=np.array([1, 2, 3]), xyxy=np.concatenate([BOXES, [[300.0, 0, 310, 20]]]))
    found = compare(LABELS, bench)
    without, strict = score_tracking(found), score_tracking(found, with_apart=True)
    assert (without.n_apart, without.clear.n_false, without.hota.hota) == (1, 0, pytest.approx(1))
    assert (strict.n_apart, strict.clear.n_false) == (1, 1)
    assert strict.hota.det_pr == pytest.approx(2 / 3)
