"""From who is one player to what he is called."""

from __future__ import annotations

import numpy as np
import pytest

from courtside.identity.assignment import Assignment, Slot
from courtside.identity.naming import number_priors, verdicts
from courtside.identity.numbers import Readings, chance_of, number_log_likelihood
from courtside.types import NUMBERS, Reading, Team

TEAM, OTHERS = Team("Us", "#112233", players={"4": "Ames", "14": "Boyd", "23": "Cole"}), Team("Them", "#445566", players={"7": "Dunn"})
PRIORS = number_priors((TEAM, OTHERS))
SLOTS = (Slot(0, NUMBERS.index("4")), Slot(0, None), Slot(0, None), Slot(1, None))


def readings(*texts: str, every_s: float = 1.0, confidence: float = 0.95) -> Readings:
    """Numbers read one after the other."""
    chance = np.array([chance_of(Reading(text, confidence)) for text in texts], float).reshape(-1, len(NUMBERS))
    return Readings(np.arange(len(texts)) * every_s, chance, np.full(len(texts), 0.6))


def log_likelihood(read: Readings) -> np.ndarray:
    return number_log_likelihood(read)


def told(owners: list[int], read: list[Readings], sure: float = 0.99) -> list[tuple[str, float]]:
    """The number and the chance of each stretch whose owner is known."""
    chance = np.full((len(owners), len(SLOTS) + 1), (1 - sure) / len(SLOTS))
    chance[np.arange(len(owners)), owners] = sure
    return [(one.number, one.chance) for one in verdicts(Assignment(SLOTS, chance), read, PRIORS, log_likelihood)]


def test_nobody() -> None:
    assert verdicts(Assignment(SLOTS, np.zeros((0, len(SLOTS) + 1))), [], PRIORS, log_likelihood) == []


def test_all_that_was_read_of_a_player_names_all_his_stretches() -> None:
    found = told([1, 1], [readings("23", "23", "23"), readings()])
    assert [number for number, _ in found] == ["23", "23"]
    assert min(chance for _, chance in found) > 0.95


def test_half_a_number_proves_nothing_while_the_whole_may_be_worn() -> None:
    ((number, chance),) = told([0], [readings("4")])
    assert number == "4" and chance < 0.95
    # once another wears 14, a 4 is a 4
    ((number, chance), (other, _)) = told([0, 1], [readings("4"), readings("14", "14", "14")])
    assert (number, other) == ("4", "14") and chance > 0.95


def test_of_two_who_read_alike_at_most_one_is_believed() -> None:
    found = told([1, 2], [readings("23", "23", "23", "23"), readings("23", confidence=0.7)])
    assert found[0][1] > 0.9 > found[1][1]


def test_a_stretch_that_may_be_anybody_s_has_no_name() -> None:
    (only,) = verdicts(Assignment(SLOTS, np.array([[0.3, 0.3, 0.3, 0.05, 0.05]])), [readings("4", "4")], PRIORS, log_likelihood)
    assert (only.slot, only.chance, only.team) == (None, 0.0, 0) and only.team_chance == pytest.approx(0.9)


def test_nobody_is_named_by_elimination_alone() -> None:
    ((_, others_chance),) = told([3], [readings()])
    assert others_chance == 0.0  # the only one on his roster, and never read


@pytest.mark.parametrize(
    ("read", "number", "believed"),
    [
        (["55"] * 8, "55", True),  # the roster lacks somebody
        (["55"] * 8 + ["31"] * 2, "55", True),
        (["55"] * 8 + ["31", "80", "92", "60", "77", "18", "30", "76", "99"], "55", False),  # a kit that can hardly be read
        (["23"] * 8 + ["31", "80", "92", "60", "77", "18", "30", "76", "99"], "23", True),
    ],
)
def test_what_no_roster_lists_must_be_what_is_mostly_read(read: list[str], number: str, believed: bool) -> None:
    ((told_number, chance),) = told([1], [readings(*read)])
    assert told_number == number
    assert (chance > 0.8) == believed and (believed or chance == 0.0)
