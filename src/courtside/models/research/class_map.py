"""Which of a model's classes is which of ours."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from courtside.errors import ModelError, nearest
from courtside.types import CLASSES

_GENERIC = re.compile(r"(label|class)?[ _-]?\d+", re.IGNORECASE)
_DROPPED = -1
_EXAMPLE = '{ person = "player" }'
_log = logging.getLogger("courtside")


def class_ids(labels: Sequence[str], classes: Mapping[str, str] | None, name: str) -> npt.NDArray[np.int64]:
    """Return (k,) for each of the model's k classes its index into ``CLASSES``, or -1 for what is left out.

    Args:
        labels: (k,) what the model calls its classes, in order.
        classes: its name, or its index as text, -> one of ours; what is not named is left out. None where the model uses our names, or none and our order.
        name: the model, for messages.

    Raises:
        ModelError: a name is unknown on either side, or no class is a player.
    """
    if classes:
        return _mapped(labels, classes, name)
    if all(_GENERIC.fullmatch(label.strip()) for label in labels):
        if len(labels) == len(CLASSES):
            return np.arange(len(CLASSES))
        raise ModelError(f"{name}: has {len(labels)} classes without names, ours are {len(CLASSES)}; say which are ours with detector.classes = {_BY_INDEX}")
    known = {plain(label): index for index, label in enumerate(CLASSES)}
    ids = np.array([known.get(plain(label), _DROPPED) for label in labels], np.int64)
    missing = [label for index, label in enumerate(CLASSES) if index not in ids]
    if "player" in missing:
        raise ModelError(
            f"{name}: none of its {len(labels)} classes is called player (it has {_listed(labels)}); say which are ours with detector.classes = {_EXAMPLE}"
        )
    if missing:
        _log.warning("%s: does not know %s; nothing that needs them will be found (or name them with detector.classes)", name, ", ".join(missing))
    return ids


_BY_INDEX = '{ 1 = "player" }'


def plain(label: str) -> str:
    """Return a class name as we write ours: "Player_In Possession" is "player-in-possession"."""
    return re.sub(r"[\s_]+", "-", label.strip().lower())


def _mapped(labels: Sequence[str], classes: Mapping[str, str], name: str) -> npt.NDArray[np.int64]:
    ids = np.full(len(labels), _DROPPED, np.int64)
    for theirs, ours in classes.items():
        if ours not in CLASSES:
            raise ModelError(f"detector.classes: {ours!r} is none of our classes{nearest(ours, CLASSES)}; they are {', '.join(CLASSES)}")
        rows = [i for i, label in enumerate(labels) if theirs in (label, str(i)) or plain(theirs) == plain(label)]
        if not rows:
            raise ModelError(f"detector.classes: {name} has no class {theirs!r}{nearest(theirs, labels)}; it has {_listed(labels)}")
        ids[rows] = CLASSES.index(ours)
    if CLASSES.index("player") not in ids:
        raise ModelError(f'detector.classes: none of them is "player"; {name} has {_listed(labels)}')
    return ids


def _listed(labels: Sequence[str], most: int = 12) -> str:
    return ", ".join(labels[:most]) + (f" and {len(labels) - most} more" if len(labels) > most else "")
