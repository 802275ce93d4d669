"""Who is who on a made-up floor: stretches whose players are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.identity.assignment import Assignment, Slot, Stretch, assign
from courtside.identity.continuity import Whereabouts
from courtside.types import NUMBERS

ROSTERS = (("1", "3", "7", "12", "20", "23", "30", "44"), ("0", "2", "5", "9", "11", "21", "33", "50"))
PRIORS = np.array([[number in roster for number in NUMBERS] for roster in ROSTERS]) / 8.0
KITS = (np.array([0.99, 0.01, 0.0]), np.array([0.01, 0.99, 0.0]), np.array([0.5, 0.5, 0.0]))
SURE = np.diag([0.04, 0.04, 0.25, 0.25])


def at(time_s: float, place: tuple[float, float]) -> Whereabouts:
    """Somebody who stands still."""
    return Whereabouts(time_s, np.array(place, float), np.zeros(2), SURE)


def read(number: str | None, nats: float = 20.0) -> np.ndarray:
    """Log-likelihoods that speak for one number, or for none."""
    return np.zeros(len(NUMBERS)) if number is None else np.where(np.arange(len(NUMBERS)) == NUMBERS.index(number), 0.0, -nats)


def stretch(
    start_s: float, end_s: float, number: str | None = None, team: int = 0, place: tuple[float, float] = (0, 0), follows: int | None = None, stays: float = 0.88
) -> Stretch:
    """One who stays where he is."""
    return Stretch(start_s, end_s, at(start_s, place), at(end_s, place), follows, stays, KITS[team], read(number))


def likeliest(found: Assignment, n: int) -> Slot | None:
    """Whose stretch ``n`` is; None for nobody's."""
    slot = int(found.chance[n].argmax())
    return found.slots[slot] if slot < len(found.slots) else None


def chance_of(found: Assignment, n: int, number: str) -> float:
    """The chance that stretch ``n`` is the player who wears ``number``, of whatever team."""
    return float(sum(found.chance[n, s] for s, slot in enumerate(found.slots) if slot.number == NUMBERS.index(number)))


def test_nobody_there() -> None:
    found = assign([], PRIORS)
    assert found.chance.shape == (0, len(found.slots) + 1)


def test_who_is_read_is_named_and_who_is_not_is_somebody_of_his_team() -> None:
    found = assign([stretch(0, 4, "7", 0, (0, 0)), stretch(0, 4, "5", 1, (5, 0)), stretch(0, 4, None, 1, (9, 0))], PRIORS)
    assert [likeliest(found, n) for n in range(3)] == [Slot(0, NUMBERS.index("7")), Slot(1, NUMBERS.index("5")), Slot(1, None)]
    assert np.allclose(found.chance.sum(1), 1)


@pytest.mark.parametrize(("place", "same"), [((0.5, 0), True), ((12, 0), False)], ids=["where he was lost", "too far to run"])
def test_a_player_is_found_again_where_he_can_have_gone(place: tuple[float, float], same: bool) -> None:
    # four team-mates are in view all along, so that whoever comes is the fifth or one of the other team
    others = [stretch(0, 6, number, 0, (3 * k, 5)) for k, number in enumerate(("1", "3", "12"))]
    found = assign([stretch(0, 2, "7", 0), *others, stretch(2.6, 6, None, 0, place)], PRIORS)
    assert (chance_of(found, 4, "7") > 0.9) == same


@pytest.mark.parametrize(("second", "same"), [(frozenset({0}), True), (frozenset(), False)], ids=["in one place", "apart"])
def test_who_is_still_seen_elsewhere_is_somebody_else(second: frozenset[int], same: bool) -> None:
    found = assign([stretch(0, 3, "7", 0), replace(stretch(2.5, 6, "7", 0), doubles=second)], PRIORS)
    assert (chance_of(found, 0, "7") > 0.9 and chance_of(found, 1, "7") > 0.9) == same


def test_the_only_one_missing_is_who_turns_up() -> None:
    five = [stretch(0, 3, number, 0, (3 * k, 0)) for k, number in enumerate(("1", "3", "7", "12", "20"))]
    stay = [replace(one, end_s=9.0, lost=at(9.0, (3 * k, 0))) for k, one in enumerate(five[:4])]
    found = assign([*stay, five[4], stretch(7, 9, None, 0, (14, 3))], PRIORS)
    assert chance_of(found, 5, "20") > 0.9  # nobody else of the five is free
    assert chance_of(assign([*stay[:3], five[3], five[4], stretch(7, 9, None, 0, (14, 3))], PRIORS), 5, "20") < 0.9  # now it may be either


def test_two_who_were_exchanged_where_they_met_are_told_by_their_numbers() -> None:
    met = [
        stretch(0, 3, "7", 0, (0, 0)),
        stretch(0, 3, "12", 0, (0.5, 0)),
        stretch(3.04, 6, "12", 0, (0, 0), follows=0),
        stretch(3.04, 6, "7", 0, (0.5, 0), follows=1),
    ]
    found = assign(met, PRIORS)
    assert [NUMBERS[slot.number] for n in range(4) if (slot := likeliest(found, n)) and slot.number is not None] == ["7", "12", "12", "7"]


def test_what_is_read_after_a_meeting_says_who_it_was_before() -> None:
    found = assign([stretch(0, 3, None, 0), stretch(3.04, 6, "7", 0, follows=0)], PRIORS)
    assert chance_of(found, 0, "7") > 0.9


def test_a_kit_nobody_could_see_is_the_one_of_the_tracklet() -> None:
    found = assign([stretch(0, 3, "7", 0), stretch(3.04, 3.4, None, 2, follows=0), stretch(3.44, 6, "7", 0, follows=1)], PRIORS)
    assert chance_of(found, 1, "7") > 0.95


def test_a_double_box_is_not_the_player_twice() -> None:
    brief = replace(stretch(1, 1.5, None, 0, (0.3, 0)), numbers=read("7", nats=8.0))  # half a second is worth one look
    found = assign([stretch(0, 4, "7", 0), brief], PRIORS)
    assert chance_of(found, 0, "7") > 0.9 > chance_of(found, 1, "7")


def test_where_nobody_knows_the_place_numbers_and_kits_still_tell() -> None:
    lost = [replace(stretch(0, 3, "7", 0), found=None, lost=None), replace(stretch(4, 6, "7", 0), found=None, lost=None)]
    found = assign(lost, PRIORS)
    assert min(chance_of(found, n, "7") for n in (0, 1)) > 0.95


@st.composite
def floors(draw: st.DrawFn) -> list[Stretch]:
    """Stretches of anybody anywhere, some after each other in one tracklet."""
    starts = sorted(draw(st.lists(st.floats(0, 8), max_size=7)))
    found: list[Stretch] = []
    for k, start in enumerate(starts):
        team, number = draw(st.integers(0, 2)), draw(st.sampled_from([None, "7", "12", "5", "9", "88"]))
        place = (draw(st.floats(-10, 10)), draw(st.floats(-6, 6)))
        earlier = [i for i in range(k) if found[i].end_s <= start and all(one.follows != i for one in found)]
        follows = draw(st.sampled_from([None, *earlier]))
        found.append(stretch(start, start + draw(st.floats(0.1, 4)), number, team, place, follows))
    return found


@settings(max_examples=40, deadline=None)
@given(floors())
def test_chances_are_chances_and_one_player_is_never_in_two_places(floor: list[Stretch]) -> None:
    found = assign(floor, PRIORS)
    assert np.isfinite(found.chance).all()
    assert np.allclose(found.chance.sum(1), 1)
    for i, one in enumerate(floor):
        for j in range(i):
            if floor[j].end_s > one.start_s + 0.3:
                assert (found.chance[i, :-1] + found.chance[j, :-1] <= 1 + 1e-6).all()


@settings(max_examples=25, deadline=None)
@given(floors())
def test_which_team_is_called_the_first_changes_nothing(floor: list[Stretch]) -> None:
    mirrored = [replace(one, kit=one.kit[[1, 0, 2]]) for one in floor]
    here, there = assign(floor, PRIORS), assign(mirrored, PRIORS[::-1])
    for number in ("7", "5"):
        assert [chance_of(here, n, number) for n in range(len(floor))] == pytest.approx([chance_of(there, n, number) for n in range(len(floor))], abs=0.02)
