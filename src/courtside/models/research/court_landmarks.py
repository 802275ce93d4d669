"""Which of a key point model's points is which of our landmarks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from courtside.court import COURTS
from courtside.court.markings import landmarks
from courtside.errors import ModelError, nearest
from courtside.models.research.class_map import plain

LANDMARKS: Final = tuple(landmarks(COURTS["nba"]))
"""The names of our landmarks, in their order; the same for every court."""

# The order of the 33 vertices of roboflow/sports, sports/basketball/config.py (commit dee663c), which the key points of basketball-court-detection-2 follow:
# the notebook takes `vertices[mask]` for the points that it finds. There x runs along the court from the left baseline, y across from the far sideline (the
# upper edge of its drawn court), and each vertex is given by the measures of the court, which say what it is.
_BASELINE: Final = ("corner far", "three baseline far", "paint baseline far", "paint baseline near", "three baseline near", "corner near")
_THROW_IN: Final = None  # the marks on the sidelines, 28 ft from the baseline, are none of our landmarks
VERTICES: Final[tuple[str | None, ...]] = (
    *(f"left {name}" for name in _BASELINE),
    "left rim",
    "left three break far",
    "left three break near",
    "left paint free throw far",
    "left free throw",
    "left paint free throw near",
    _THROW_IN,
    "left three top",
    _THROW_IN,
    "half way far",
    "centre",
    "half way near",
    _THROW_IN,
    "right three top",
    _THROW_IN,
    "right paint free throw far",
    "right free throw",
    "right paint free throw near",
    "right three break far",
    "right three break near",
    "right rim",
    *(f"right {name}" for name in _BASELINE),
)

_DROPPED = -1
_LEAST = 5  # fewer give no homography that could be checked
_GENERIC = re.compile(r"(label|keypoint|point)?[ _-]?\d+", re.IGNORECASE)


def landmark_ids(labels: Sequence[str], named: Mapping[str, str] | None, model: str) -> npt.NDArray[np.int64]:
    """Return (k,) for each of the model's k points its index into ``LANDMARKS``, or -1 for what is left out.

    Args:
        labels: (k,) what the model calls its points, in order.
        named: its name, or its index as text, -> one of ours. None where the model uses our names, or none: then 33 points are taken in the order of
            ``VERTICES``, as many as ours in ours.
        model: for messages.

    Raises:
        ModelError: a name is unknown on either side, or too few points are ours.
    """
    if named:
        return _named(labels, named, model)
    if all(_GENERIC.fullmatch(label.strip()) for label in labels):
        for order in (VERTICES, LANDMARKS):
            if len(labels) == len(order):
                return np.array([LANDMARKS.index(name) if name else _DROPPED for name in order], np.int64)
        raise ModelError(
            f"{model}: has {len(labels)} points without names, and neither {len(VERTICES)} nor {len(LANDMARKS)}; "
            f'say which are ours with court.landmarks = {{ 0 = "{LANDMARKS[0]}" }}'
        )
    ours = {plain(name): index for index, name in enumerate(LANDMARKS)}
    ids = np.array([ours.get(plain(label), _DROPPED) for label in labels], np.int64)
    if (ids >= 0).sum() < _LEAST:
        raise ModelError(f'{model}: fewer than {_LEAST} of its points are called as ours; say which are with court.landmarks = {{ THEIRS = "{LANDMARKS[0]}" }}')
    return ids


def _named(labels: Sequence[str], named: Mapping[str, str], model: str) -> npt.NDArray[np.int64]:
    ids = np.full(len(labels), _DROPPED, np.int64)
    for theirs, ours in named.items():
        if ours not in LANDMARKS:
            raise ModelError(f"court.landmarks: {ours!r} is none of our landmarks{nearest(ours, LANDMARKS)}; docs/court.md lists them")
        rows = [i for i, label in enumerate(labels) if theirs == str(i) or plain(theirs) == plain(label)]
        if not rows:
            raise ModelError(f"court.landmarks: {model} has no point {theirs!r}{nearest(theirs, labels)}; it has {len(labels)}")
        ids[rows] = LANDMARKS.index(ours)
    if (ids >= 0).sum() < _LEAST:
        raise ModelError(f"court.landmarks: names {int((ids >= 0).sum())} points; a court is not found with fewer than {_LEAST}")
    return ids


def in_our_order(ids: npt.NDArray[np.int64], points: npt.NDArray[np.float32], sure: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...]:
    """Return a model's points (k, 2) and how sure it is of them (k,) as ``CourtModel.see`` gives them for one picture; it saw no painted lines."""
    pixels, confidence = np.zeros((len(LANDMARKS), 2), np.float32), np.zeros(len(LANDMARKS), np.float32)
    known = ids >= 0
    pixels[ids[known]], confidence[ids[known]] = points[known], sure[known]
    return pixels, confidence, np.zeros((0, 2), np.float32)
