from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from courtside.evaluate.drawn import Drawn
from courtside.evaluate.identity import score_identity
from courtside.evaluate.matching import Compared, compare
from courtside.evaluate.moments import worst_moments
from courtside.evaluate.page import page
from courtside.evaluate.scores import Scores
from courtside.truth.labels import PeopleLabels

MakeClip = Callable[..., Path]


def column(*values: str | None) -> np.ndarray:
    return np.array([*values, None], object)[:-1]


@pytest.fixture
def compared() -> Compared:
    """Called 9 in frames 2, 4 and 6 of ten, though he is 7."""
    box = np.array([[280.0, 60, 318, 200]] * 3)  # at the picture's edge
    frames, texts = np.array([2, 4, 6]), [column(*[value] * 3) for value in ("A-7", "player", "A", "7", None, "9", "Núñez")]
    who, role, team, number, nobody, wrong, player = texts
    labels = PeopleLabels(frames, frames, who, box, role, team, number, nobody)
    return compare(labels, Drawn(frames, np.array([1, 1, 1]), box, role, team, wrong, player))


def test_a_picture_of_the_middle_of_each_wrong_name(compared: Compared, make_clip: MakeClip) -> None:
    clip = make_clip(size=(320, 240))
    moments = worst_moments(clip, None, compared, score_identity(compared).wrong)
    assert [(one.frame, one.truth) for one in moments] == [(4, "A-7")]
    assert "#9" in moments[0].drawn and "Núñez" in moments[0].drawn
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(moments[0].jpeg), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (360, 480, 3)
    red = (picture[..., 2].astype(int) - picture[..., 0]) > 100
    assert red.sum() > 500  # the wrong box is drawn
    assert "data:image/jpeg;base64," in page(Scores("clip.mp4", 10, 3), moments)


@pytest.mark.parametrize("content", [None, b"not a video"])
def test_a_clip_that_is_gone_or_broken_gives_no_pictures(content: bytes | None, compared: Compared, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    if content is not None:
        clip.write_bytes(content)
    assert worst_moments(clip, None, compared, score_identity(compared).wrong) == []
    assert worst_moments(clip, None, compared, ()) == []
