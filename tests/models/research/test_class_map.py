"""Somebody else's classes as ours."""

from __future__ import annotations

import logging

import pytest

from courtside.errors import ModelError
from courtside.models.research.class_map import class_ids
from courtside.types import BALL, CLASSES, PLAYER, REFEREE


@pytest.mark.parametrize(
    ("labels", "classes", "expected"),
    [
        (CLASSES, None, list(range(10))),
        (CLASSES[::-1], None, list(range(10))[::-1]),
        ([name.replace("-", "_").upper() for name in CLASSES], None, list(range(10))),
        ([f"LABEL_{i}" for i in range(10)], None, list(range(10))),
        (["Player", "crowd"], None, [PLAYER, -1]),
        (["person", "dog"], {"person": "player"}, [PLAYER, -1]),
        (["person", "dog"], {"0": "player"}, [PLAYER, -1]),
        (["Person", "Sports Ball", "ref"], {"person": "player", "sports-ball": "ball", "ref": "referee"}, [PLAYER, BALL, REFEREE]),
        (["home", "away"], {"home": "player", "away": "player"}, [PLAYER, PLAYER]),
    ],
)
def test_maps(labels: list[str], classes: dict[str, str] | None, expected: list[int]) -> None:
    assert class_ids(labels, classes, "it").tolist() == expected


@pytest.mark.parametrize(
    ("labels", "classes", "says"),
    [
        ([], None, "0 classes without names"),
        (["0", "1"], None, "it: has 2 classes without names, ours are 10"),
        (["person"], None, "none of its 1 classes is called player"),
        (["person"], {"person": "playr"}, r"'playr' is none of our classes \(did you mean 'player'\?\)"),
        (["person"], {"persn": "player"}, r"it has no class 'persn' \(did you mean 'person'\?\); it has person"),
        (["person", "dog"], {"dog": "ball"}, 'none of them is "player"'),
        ([f"thing {i}x" for i in range(80)], None, "and 68 more"),
    ],
)
def test_what_does_not_fit(labels: list[str], classes: dict[str, str] | None, says: str) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        class_ids(labels, classes, "it")
    assert "\n" not in str(caught.value)


def test_what_is_missing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "courtside"):
        class_ids(["player", "referee", "ball"], None, "it")
    assert "does not know ball-in-basket, number, player-in-possession" in caplog.text
