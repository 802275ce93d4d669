from __future__ import annotations

import cv2
import numpy as np
import pytest

from courtside.models import zoo
from courtside.models.mirrored import MirrorSense
from courtside.types import Image


@pytest.fixture(scope="module")
def sense() -> MirrorSense:
    return zoo.create("mirror", "courtside")


def written(text: str, face: int) -> Image:
    image = np.full((56, 26 + 22 * len(text), 3), (60, 30, 20), np.uint8)
    cv2.putText(image, text, (14, 42), face, 1.1, (235, 235, 235), 3, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.8), np.uint8)


WORN = [
    written(text, face)
    for text in ("2", "4", "5", "7", "23", "24", "25", "32", "35", "42", "45")
    for face in (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX)
]


def test_nothing_to_look_at(sense: MirrorSense) -> None:
    assert sense.log_odds([]).shape == (0,)


def test_numbers_as_worn_are_told_from_mirrored_ones(sense: MirrorSense) -> None:
    found = sense.log_odds(WORN)
    assert (found > 0).mean() > 0.8 and np.clip(found, -3, 3).mean() > 0.5


def test_what_is_turned_round_says_the_opposite(sense: MirrorSense) -> None:
    there, back = sense.log_odds(WORN), sense.log_odds([crop[:, ::-1] for crop in WORN])
    assert there == pytest.approx(-back, abs=0.05)


def test_what_is_symmetric_says_nothing(sense: MirrorSense) -> None:
    crop = written("23", cv2.FONT_HERSHEY_SIMPLEX)
    both = np.minimum(crop, crop[:, ::-1])
    assert sense.log_odds([both])[0] == pytest.approx(0, abs=1e-3)
