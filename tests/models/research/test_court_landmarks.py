from __future__ import annotations

import numpy as np
import pytest

from courtside.court import COURTS
from courtside.court.markings import landmarks
from courtside.errors import ModelError
from courtside.models.research.court_landmarks import LANDMARKS, VERTICES, in_our_order, landmark_ids

# roboflow/sports, League.NBA, in cm from the far left corner: x along the court, y towards the near sideline
THEIRS_CM = [
    (0, 0), (0, 91), (0, 518), (0, 1006), (0, 1433), (0, 1524), (160, 762), (424, 91), (424, 1433), (579, 518), (579, 762), (579, 1006), (835, 0), (884, 762),
    (835, 1524), (1432, 0), (1432, 762), (1432, 1524), (2030, 0), (1981, 762), (2030, 1524), (2286, 518), (2286, 762), (2286, 1006), (2441, 91), (2441, 1433),
    (2705, 762), (2865, 0), (2865, 91), (2865, 518), (2865, 1006), (2865, 1433), (2865, 1524),
]  # fmt: skip


def test_their_vertices_lie_where_our_landmarks_do() -> None:
    ours = landmarks(COURTS["nba"])
    assert len(VERTICES) == len(THEIRS_CM) == 33
    for i, (name, (x, y)) in enumerate(zip(VERTICES, THEIRS_CM, strict=True)):
        if name is None:
            assert i in (12, 14, 18, 20)
        else:
            # they round to centimetres, and state 13 ft 11 in where geometry has the straight part of the three-point line end after 14 ft 2 in
            assert np.hypot(*(np.array([x / 100 - 14.325, y / 100 - 7.62]) - ours[name])) < 0.1, (i, name)
    known = [name for name in VERTICES if name]
    assert len(set(known)) == len(known) == 29


@pytest.mark.parametrize("league", COURTS)
def test_landmarks_have_the_same_names_everywhere(league: str) -> None:
    assert tuple(landmarks(COURTS[league])) == LANDMARKS


@pytest.mark.parametrize(
    ("labels", "order"),
    [([str(i) for i in range(33)], VERTICES), ([f"LABEL_{i}" for i in range(33)], VERTICES), ([f"keypoint-{i}" for i in range(len(LANDMARKS))], LANDMARKS)],
)
def test_points_without_names(labels: list[str], order: tuple[str | None, ...]) -> None:
    assert [LANDMARKS[i] if i >= 0 else None for i in landmark_ids(labels, None, "model")] == list(order)


def test_our_own_names_in_any_order() -> None:
    labels = ["Right_Corner_Near", "scoreboard", *(name.replace(" ", "_") for name in LANDMARKS[:6])]
    assert landmark_ids(labels, None, "model").tolist() == [LANDMARKS.index("right corner near"), -1, 0, 1, 2, 3, 4, 5]


def test_a_map() -> None:
    named = {"a": "centre", "1": "half way far", "c": "half way near", "D": "left rim", "4": "right rim"}
    ids = landmark_ids(["a", "b", "c", "d", "e"], named, "model")
    assert [LANDMARKS[i] for i in ids] == ["centre", "half way far", "half way near", "left rim", "right rim"]


@pytest.mark.parametrize(
    ("labels", "named", "says"),
    [
        ([], None, "has 0 points without names"),
        (["0", "1"], None, "has 2 points without names, and neither 33 nor 37"),
        (["nose", "left eye"], None, "fewer than 5 of its points are called as ours"),
        (["a"], {"a": "center"}, r"'center' is none of our landmarks \(did you mean 'centre'\?\)"),
        (["alpha"], {"alpa": "centre"}, r"has no point 'alpa' \(did you mean 'alpha'\?\)"),
        (["a"], {"a": "centre"}, "names 1 points; a court is not found with fewer than 5"),
    ],
)
def test_what_is_wrong(labels: list[str], named: dict[str, str] | None, says: str) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        landmark_ids(labels, named, "model")
    assert "\n" not in str(caught.value)


def test_points_in_our_order() -> None:
    pixels, confidence, paint = in_our_order(np.array([3, -1]), np.array([(5, 6), (7, 8)], np.float32), np.array([0.9, 0.8], np.float32))
    assert pixels.shape == (37, 2) and pixels[3].tolist() == [5, 6] and confidence[3] == np.float32(0.9) and np.count_nonzero(confidence) == 1
    assert paint.shape == (0, 2) and paint.dtype == pixels.dtype == confidence.dtype == np.float32
