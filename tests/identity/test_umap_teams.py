"""Teams by UMAP and KMeans, on looks whose teams are known."""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np
import pytest

from courtside.errors import ModelError
from courtside.identity.numbers import Readings
from courtside.identity.teams import Kits, fit_kits
from courtside.identity.tracklets import Tracklet
from courtside.identity.umap_teams import UmapKits, fit_umap_kits


def tracklet(tracker_id: int, look: np.ndarray) -> Tracklet:
    times, none = np.arange(len(look), dtype=float), np.zeros(0)
    frames = np.arange(len(look))
    boxes, sure = np.tile([0.0, 0, 10, 20], (len(look), 1)), np.ones(len(look))
    return Tracklet(0, tracker_id, 0, frames, times, boxes, sure, sure < 0, Readings(none, np.zeros((0, 101)), none), times, look, np.zeros((len(look), 3)))


def game(n_people: int = 10, n_looks: int = 6, apart: float = 5.0) -> list[Tracklet]:
    """People of two kits by turns, seen with noise in 16 dimensions."""
    random = np.random.default_rng(0)
    kits = random.normal(0, 1, (2, 16)) * apart
    return [tracklet(i + 1, kits[i % 2] + random.normal(0, 1, (n_looks, 16))) for i in range(n_people)]


class FirstThree:
    """In the place of UMAP: leaves three of the dimensions."""

    def __init__(self, **options: Any) -> None:
        assert options["n_components"] == 3 and options["random_state"] is not None

    def fit_transform(self, points: np.ndarray) -> np.ndarray:
        return points[:, :3]


@pytest.fixture(params=["stand-in", "umap-learn"])
def umap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "stand-in":
        module = types.ModuleType("umap")
        module.UMAP = FirstThree  # type: ignore[attr-defined]  # a module made up on the spot
        monkeypatch.setitem(sys.modules, "umap", module)
    else:
        pytest.importorskip("umap", reason="needs the research extra")


@pytest.mark.usefixtures("umap")
def test_two_teams() -> None:
    people = game()
    kits = fit_umap_kits(people)
    assert isinstance(kits, UmapKits)
    teams = [int(kits.chance(person.look)[:2].argmax()) for person in people]
    assert teams in ([0, 1] * 5, [1, 0] * 5)
    for person, team in zip(people, teams, strict=True):
        assert (np.sign(kits.log_odds(person.look)) == (1 if team else -1)).all()


@pytest.mark.usefixtures("umap")
def test_the_same_seed_gives_the_same_teams() -> None:
    people = game()
    first, second = fit_umap_kits(people, 3), fit_umap_kits(people, 3)
    assert all(np.array_equal(first.log_odds(person.look), second.log_odds(person.look)) for person in people)


@pytest.mark.usefixtures("umap")
def test_nothing_seen_and_looks_it_was_not_fitted_on() -> None:
    people = game()
    kits = fit_umap_kits(people)
    assert kits.log_odds(np.zeros((0, 16))).shape == (0,) and kits.chance(np.zeros((0, 16))).tolist() == [0.5, 0.5, 0]
    near = people[0].look + 1e-3
    assert np.allclose(kits.log_odds(near), kits.log_odds(people[0].look))


@pytest.mark.parametrize("people", [[], game(2, 3)])
def test_too_few_looks_are_a_mixture(people: list[Tracklet]) -> None:
    kits = fit_umap_kits(people)
    assert isinstance(kits, Kits) and kits.separable == fit_kits(people).separable


def test_without_umap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ModelError, match=r"pip install 'courtside\[research\]'"):
        fit_umap_kits(game())
