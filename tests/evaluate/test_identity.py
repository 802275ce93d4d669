from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from courtside.evaluate.drawn import Drawn
from courtside.evaluate.identity import IdentityScores, Share, score_identity
from courtside.evaluate.matching import compare
from courtside.truth.labels import PeopleLabels

PLACES = {"left": [0, 0, 10, 20], "right": [100, 0, 110, 20], "off": [200, 0, 210, 20]}


def column(values: list[str | None]) -> np.ndarray:
    return np.array([*values, None], object)[:-1]


def labels(rows: list[tuple[int, str, str, str, str | None, str | None]], labelled: list[int]) -> PeopleLabels:
    """Rows of (frame, place, who, role, team, number)."""
    frame, place, who, role, team, number = (list(values) for values in zip(*rows, strict=True)) if rows else ([],) * 6
    boxes = np.array([PLACES[one] for one in place], float).reshape(-1, 4)
    return PeopleLabels(np.array(labelled), np.array(frame, int), column(who), boxes, column(role), column(team), column(number), column([None] * len(rows)))


def drawn(rows: list[tuple[int, str, int, str, str | None, str | None, str | None]]) -> Drawn:
    """Rows of (frame, place, track, role, team, number, player)."""
    frame, place, track, role, team, number, player = (list(values) for values in zip(*rows, strict=True)) if rows else ([],) * 7
    boxes = np.array([PLACES[one] for one in place], float).reshape(-1, 4)
    return Drawn(np.array(frame, int), np.array(track, int), boxes, column(role), column(team), column(number), column(player))


def score(truth: PeopleLabels, found: Drawn) -> IdentityScores:
    return score_identity(compare(truth, found))


A = ("left", "A-7", "player", "A", "7")
B = ("right", "B-5", "player", "B", None)  # his number is not known
TRUTH = labels([(0, *A), (0, *B), (10, *A), (10, *B)], [0, 10])


@pytest.mark.parametrize("truth", [labels([], [0]), TRUTH])
def test_nothing_drawn(truth: PeopleLabels) -> None:
    found = score(truth, drawn([]))
    assert found.name_precision.value is None and found.name_coverage == Share(0, len(truth.frame))
    assert found.found == Share(0, len(truth.frame)) and found.wrong == ()


@pytest.mark.parametrize(
    ("row", "names", "numbers", "teams"),
    [
        (("left", 1, "player", "A", "7", "Ames"), Share(1, 1), Share(1, 1), Share(1, 1)),
        (("left", 1, "player", "A", "7", None), Share(0, 0), Share(1, 1), Share(1, 1)),  # no roster: a number, but no name
        (("left", 1, "player", "A", None, None), Share(0, 0), Share(0, 0), Share(1, 1)),
        (("left", 1, "player", None, None, None), Share(0, 0), Share(0, 0), Share(0, 0)),
        (("left", 1, "player", "B", "7", "Cole"), Share(0, 1), Share(0, 1), Share(0, 1)),  # the right number in the wrong team is another man
        (("left", 1, "player", "A", "70", "Dunn"), Share(0, 1), Share(0, 1), Share(1, 1)),
        (("right", 1, "player", "B", "5", "Egan"), Share(0, 1), Share(0, 1), Share(1, 1)),  # nobody knows his number, so nobody can have read it
        (("off", 1, "player", "A", "7", "Ames"), Share(0, 1), Share(0, 1), Share(0, 0)),  # on nobody who was labelled
    ],
)
def test_one_box(row: tuple[str, int, str, str, str, str], names: Share, numbers: Share, teams: Share) -> None:
    found = score(TRUTH, drawn([(0, *row), (5, *row)]))  # what is drawn on frames that were not labelled does not count
    assert (found.name_precision, found.number_precision, found.team) == (names, numbers, teams)
    assert found.name_coverage == Share(names.right, 4) and found.team_coverage == Share(teams.right, 4)
    assert sum(len(wrong.frames) for wrong in found.wrong) == numbers.of - numbers.right


def test_wrong_names_are_listed_by_track_and_person_with_their_frames() -> None:
    wrong = [(frame, "left", 3, "player", "B", "9", "Fox") for frame in (0, 10)]
    found = score(TRUTH, drawn([*wrong, (10, "off", 3, "player", "B", "9", "Fox")]))
    assert [(one.track_id, one.number, one.who, one.frames) for one in found.wrong] == [(3, "9", "A-7", (0, 10)), (3, "9", None, (10,))]


def test_referees() -> None:
    referee = ("left", "R", "referee", None, None)
    truth = labels([(0, *referee), (0, *B), (10, *referee), (10, *B)], [0, 10])
    rows = [(0, "left", 1, "referee"), (0, "right", 2, "referee"), (10, "left", 1, "player")]
    found = score(truth, drawn([(*row, None, None, None) for row in rows]))
    assert (found.referee_precision, found.referee_recall, found.role) == (Share(1, 2), Share(1, 2), Share(1, 3))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [((None, None), "none"), (("7", None), "right"), ((None, "9"), "wrong"), (("7", "7"), "right")],
)
def test_people_by_the_number_drawn_most(numbers: tuple[str | None, str | None], expected: str) -> None:
    rows = [(frame, "left", 1, "player", "A", number, None) for frame, number in zip((0, 10), numbers, strict=True)]
    found = score(TRUTH, drawn(rows))
    assert found.persons == {**dict.fromkeys(("right", "wrong", "none"), 0), expected: 1}  # whose number is unknown can't be counted


def test_a_person_is_paired_once() -> None:
    rows = [(0, "left", 1, "player", "A", "7", "Ames"), (0, "left", 2, "player", "A", "7", "Ames")]
    assert score(TRUTH, drawn(rows)).name_precision == Share(1, 2)
    assert score(replace(TRUTH, labelled=np.array([10])), drawn(rows)).name_precision == Share(0, 0)
