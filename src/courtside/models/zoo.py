"""The models by name: where each one's code and weights are, under which licence, trained on what, and how good it was measured to be.

Nothing is imported, opened or downloaded before ``create``. ``python -m courtside.models.zoo`` prints the hashes of the weights on disk, for the table.
"""

from __future__ import annotations

import hashlib
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from courtside.errors import ModelError, nearest

if TYPE_CHECKING:
    from courtside.types import AppearanceEncoder, Detector, NumberReader

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the weights that come with the package."""

ModelRole = Literal["detector", "numbers", "appearance"]

_METHOD: dict[ModelRole, str] = {"detector": "detect", "numbers": "read", "appearance": "encode"}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of one model.

    ``target`` is "module:Class", imported when it is first used; ``weights`` a file name in ``WEIGHTS``, with its ``sha256``, or None where none are needed;
    ``licence`` that of code and weights; ``data`` what it was trained on, with each set's licence as its source states it; ``score`` what was measured on what.
    """

    name: str
    role: ModelRole
    target: str
    weights: str | None
    sha256: str | None
    licence: str
    data: str
    score: str


CARDS: tuple[ModelCard, ...] = (
    ModelCard(
        name="courtside",
        role="detector",
        target="courtside.models.detector:OnnxDetector",
        weights="detector.onnx",
        sha256="2250ca3cf8bb069a5861299f718af4e9ef3a712b44cec24e3b0d23f66b7128e9",
        licence="Apache-2.0",
        data=(
            "Roboflow Universe basketball-player-detection-3-ycjdo (fork), 464 frames (CC BY 4.0 as its uploader states); "
            "Roboflow Universe basketball-players-fy4c2 v17, 256 frames (CC BY 4.0 as its uploader states)"
        ),
        score="AP50 on detection/valid: players 0.954, referee 0.951, rim 0.988, number 0.893, ball 0.821",
    ),
    ModelCard(
        name="courtside",
        role="numbers",
        target="courtside.models.numbers:OnnxNumberReader",
        weights="numbers.onnx",
        sha256="645bd67e5df3005b142c7cbc4b7a668481b10b9b3d7fb97c28bb628704a599fc",
        licence="Apache-2.0",
        data=(
            "Roboflow basketball-jersey-numbers-ocr v1, 8,855 crops (no licence stated with the copy used); numbers rendered by courtside; "
            "its trunk started from PP-OCRv6 small (PaddleOCR, Apache-2.0)"
        ),
        score="numbers/valid: top-1 92.4 %, 99.7 % on the surest 80 %; 3 of 406 cut-off numbers read as whole",
    ),
    ModelCard(
        name="color",
        role="appearance",
        target="courtside.models.appearance:ColorEncoder",
        weights=None,
        sha256=None,
        licence="Apache-2.0",
        data="none: colour statistics, nothing is learned",
        score="team of 507 of 508 drawn player boxes right on four labelled clips",
    ),
)
"""Every model that comes with courtside."""


def find_card(role: ModelRole, backend: str) -> ModelCard | None:
    """Return the card of a model of ours, or None for anyone else's."""
    return next((card for card in CARDS if (card.role, card.name) == (role, backend)), None)


@overload
def create(role: Literal["detector"], backend: str, **options: Any) -> Detector: ...
@overload
def create(role: Literal["numbers"], backend: str, **options: Any) -> NumberReader: ...
@overload
def create(role: Literal["appearance"], backend: str, **options: Any) -> AppearanceEncoder: ...
def create(role: ModelRole, backend: str, **options: Any) -> Any:
    """Make the model ``backend`` for ``role``.

    Args:
        role: what it is for.
        backend: a name in ``CARDS``, or "package.module:Class" for anyone's own class; it is called with the same options and must follow the role's protocol.
        options: keyword arguments of the class.

    Raises:
        ModelError: the name is unknown, the class can't be imported or called so, or its weights are missing or not those of the table.
    """
    card = find_card(role, backend)
    if card is None and ":" not in backend:
        known = [card.name for card in CARDS if card.role == role]
        raise ModelError(f'unknown {role} model {backend!r}{nearest(backend, known)}; there are {", ".join(known)}, or "package.module:Class" of your own')
    arguments = [checked_weights(card)] if card and card.weights else []
    made_by = _load(card.target if card else backend)
    try:
        model = made_by(*arguments, **options)
    except TypeError as error:
        given = ", ".join(options) or "no options"
        raise ModelError(f"{backend}: can't be made with {given} ({error})") from error
    if not callable(getattr(model, _METHOD[role], None)):
        raise ModelError(f"{backend}: is no {role} model, it has no method {_METHOD[role]}()")
    return model


def checked_weights(card: ModelCard, folder: Path | None = None) -> Path:
    """Return the path of the card's weights (in ``folder``, by default the package's own), once they are known to be the right ones.

    Raises:
        ModelError: the file is missing or differs from the one in the table, or the card names none.
    """
    if card.weights is None:
        raise ModelError(f"{card.role} {card.name}: has no weights")
    path = (folder or WEIGHTS) / card.weights
    try:
        actual = _sha256(path)
    except FileNotFoundError as error:
        how = f"install courtside again, or train them: courtside train {card.role}"
        raise ModelError(f"{path}: the weights of {card.role} {card.name!r} are missing; {how}") from error
    except OSError as error:
        raise ModelError(f"{path}: can't read the weights ({error.strerror or error})") from error
    if actual != card.sha256:
        raise ModelError(f"{path}: damaged or changed, these are not the weights of {card.role} {card.name!r}; install courtside again")
    return path


def _load(target: str) -> Any:
    module_name, _, name = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # a plug-in's module may fail in any way while it is imported
        raise ModelError(f"{target}: can't import {module_name} ({type(error).__name__}: {error})") from error
    found = getattr(module, name, None)
    if not callable(found):
        raise ModelError(f"{target}: {module_name} has no class {name!r}{nearest(name, vars(module))}")
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _print_hashes() -> None:
    for card in CARDS:
        if card.weights:
            path = WEIGHTS / card.weights
            actual = _sha256(path) if path.is_file() else "no such file"
            print(f"{card.role} {card.name} {card.weights} {actual} {'as in the table' if actual == card.sha256 else 'NOT as in the table'}")  # noqa: T201  # printing is what it is for


if __name__ == "__main__":
    _print_hashes()
