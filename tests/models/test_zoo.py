from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from courtside.errors import ModelError
from courtside.models import zoo

CARD = zoo.ModelCard("small", "numbers", "plugin_under_test:Reader", "small.onnx", hashlib.sha256(b"weights").hexdigest(), "MIT", "none", "none")
PLUGIN = """
class Reader:
    def __init__(self, weights=None, margin=0.1):
        self.weights, self.margin = weights, margin
    def read(self, crops):
        return []
class NotAReader:
    pass
value = 3
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plugin_under_test.py").write_text(PLUGIN)
    (tmp_path / "plugin_that_fails.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "plugin_under_test", raising=False)


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    ("role", "backend", "options", "says"),
    [
        ("detector", "", {}, "unknown detector model ''"),
        ("detector", "courtsid", {}, r"unknown detector model 'courtsid' \(did you mean 'courtside'\?\)"),
        ("appearance", "colour", {}, r"did you mean 'color'\?"),
        ("detector", "color", {}, "unknown detector model 'color'"),  # a name of another role
        ("numbers", "no_such_module_here:Reader", {}, "can't import no_such_module_here"),
        ("numbers", "plugin_that_fails:Reader", {}, "can't import plugin_that_fails"),
        ("numbers", ":Reader", {}, "can't import"),
        ("numbers", "plugin_under_test:Raeder", {}, r"no class 'Raeder' \(did you mean 'Reader'\?\)"),
        ("numbers", "plugin_under_test:", {}, "no class ''"),
        ("numbers", "plugin_under_test:value", {}, "no class 'value'"),
        ("numbers", "plugin_under_test:Reader", {"margins": 1}, "can't be made with margins"),
        ("numbers", "plugin_under_test:NotAReader", {}, r"no method read\(\)"),
        ("detector", "plugin_under_test:Reader", {}, r"no method detect\(\)"),
    ],
)
def test_what_cannot_be_made_is_explained(role: Any, backend: str, options: dict[str, object], says: str) -> None:
    with pytest.raises(ModelError, match=says):
        zoo.create(role, backend, **options)


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_gets_the_options() -> None:
    reader: Any = zoo.create("numbers", "plugin_under_test:Reader", margin=0.3)
    assert (reader.weights, reader.margin) == (None, 0.3)


@pytest.mark.usefixtures("plugin")
def test_a_model_of_the_table_gets_its_checked_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo, "CARDS", (CARD,))
    monkeypatch.setattr(zoo, "WEIGHTS", tmp_path)
    (tmp_path / "small.onnx").write_bytes(b"weights")
    reader: Any = zoo.create("numbers", "small", margin=0.3)
    assert (reader.weights, reader.margin) == (tmp_path / "small.onnx", 0.3)


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "missing; install courtside again"), (b"", "damaged"), (b"weightS", "damaged or changed.*install courtside again")],
)
def test_weights_are_never_used_unchecked(tmp_path: Path, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / "small.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=says):
        zoo.checked_weights(CARD, tmp_path)


def test_weights_without_a_known_hash_are_not_used(tmp_path: Path) -> None:
    (tmp_path / "small.onnx").write_bytes(b"weights")
    with pytest.raises(ModelError, match="damaged or changed"):
        zoo.checked_weights(replace(CARD, sha256=None), tmp_path)


def test_a_model_without_weights_needs_none() -> None:
    assert zoo.create("appearance", "color").encode([]).shape[0] == 0


@pytest.mark.parametrize("card", zoo.CARDS, ids=lambda card: f"{card.role}-{card.name}")
def test_every_card_is_complete_and_true(card: zoo.ModelCard) -> None:
    assert card.licence and card.data and card.score
    assert card.weights is not None or card.sha256 is None
    if card.weights is None:
        zoo.create(card.role, card.name)
        return
    if not (zoo.WEIGHTS / card.weights).is_file():
        pytest.skip(f"{card.weights} is not in this checkout")
    assert zoo.checked_weights(card) == zoo.WEIGHTS / card.weights
    assert zoo.find_card(card.role, card.name) is card
    zoo.create(card.role, card.name)


def test_names_are_unique_in_their_role() -> None:
    assert len({(card.role, card.name) for card in zoo.CARDS}) == len(zoo.CARDS)


@pytest.mark.parametrize(("backend", "expected"), [("", None), ("plugin_under_test:Reader", None), ("small", CARD)])
def test_find_card(monkeypatch: pytest.MonkeyPatch, backend: str, expected: zoo.ModelCard | None) -> None:
    monkeypatch.setattr(zoo, "CARDS", (CARD,))
    assert zoo.find_card("numbers", backend) == expected
    assert zoo.find_card("detector", backend) is None
