from __future__ import annotations

import numpy as np
import pytest

from courtside.court import COURTS
from courtside.simulate.cast import make_cast
from courtside.simulate.knobs import Knobs
from courtside.simulate.scene import Cast, Color
from courtside.types import NUMBERS


def _cast(seed: int, **knobs: float) -> Cast:
    return make_cast(np.random.default_rng(seed), Knobs(**knobs), COURTS["nba"])  # type: ignore[arg-type]  # every share is a float


def _apart(a: Color, b: Color) -> float:
    return float(np.abs(np.array(a, float) - np.array(b, float)).mean())


@pytest.mark.parametrize("seed", range(6))
def test_two_teams_of_ten_and_three_referees_all_different(seed: int) -> None:
    cast = _cast(seed)
    assert [actor.team for actor in cast.actors] == [0] * 10 + [1] * 10 + [None] * 3
    assert [actor.role for actor in cast.actors] == ["player"] * 20 + ["referee"] * 3
    assert len({actor.who for actor in cast.actors}) == 23
    worn = [(actor.team, actor.number) for actor in cast.actors[:20]]
    assert len(set(worn)) == 20
    assert {number for _, number in worn} <= set(NUMBERS)
    assert len({actor.name for actor in cast.actors[:20]}) == 20
    assert cast.teams[0].name != cast.teams[1].name


def test_the_rosters_follow_from_the_cast() -> None:
    cast = _cast(3)
    for side, team in enumerate(cast.teams):
        assert team.players == {actor.number: actor.name for actor in cast.actors if actor.team == side}


def test_both_zeros_are_worn_by_somebody_somewhere() -> None:
    worn = {actor.number for seed in range(40) for actor in _cast(seed).actors}
    assert {"0", "00", "5", "30"} <= worn


def test_kits_contrast_and_come_to_look_alike() -> None:
    far = [_apart(*(kit.jersey for kit in _cast(seed).kits)) for seed in range(20)]
    near = [_apart(*(kit.jersey for kit in _cast(seed, alike_kits=1.0).kits)) for seed in range(20)]
    assert min(far) > 60
    assert max(near) < 25


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.25, 5), (1.0, 20)])
def test_a_share_of_the_numbers_is_faint(share: float, expected: int) -> None:
    assert sum(actor.faint > 0.5 for actor in _cast(1, illegible=share).actors) == expected


def test_a_cast_comes_from_its_seed() -> None:
    assert _cast(5) == _cast(5)
    assert _cast(5) != _cast(6)
