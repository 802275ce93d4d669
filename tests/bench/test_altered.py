"""Altered clips and their labels."""

from __future__ import annotations

import altered
import numpy as np
import pytest

from courtside.truth.labels import PeopleLabels

SIZE = (200, 100)  # width, height


@pytest.mark.parametrize("name", altered.WAYS)
def test_labels_lie_where_the_picture_has_what_they_label(name: str) -> None:
    way, box = altered.WAYS[name], np.array([[60, 30, 90, 80.0]])
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    picture[30:80, 60:90] = 255
    made = way.picture(picture)
    people = altered.moved(people_in(box), way, np.array(SIZE, float), np.array(made.shape[1::-1], float))
    rows, columns = (np.flatnonzero((made[..., 0] > 127).any(axis)) for axis in (1, 0))
    assert np.abs(people.xyxy[0] - [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]).max() <= 1
    assert all(side % 2 == 0 for side in made.shape[:2])


def test_who_is_hardly_in_the_picture_is_not_labelled() -> None:
    there = people_in(np.array([[60, 30, 90, 80], [0, 0, 8, 50], [0, 0, 30, 50]], float))
    left = altered.moved(there, altered.WAYS["closer"], np.array(SIZE, float), np.array(SIZE, float))
    assert left.who.tolist() == ["0", "2"] and left.labelled.tolist() == [0]
    assert left.xyxy.min() >= 0


def test_nobody_is_moved_nowhere() -> None:
    assert len(altered.moved(PeopleLabels(), altered.WAYS["flipped"], np.array(SIZE, float), np.array(SIZE, float)).frame) == 0


def people_in(boxes: np.ndarray) -> PeopleLabels:
    """People in frame 0."""
    n = len(boxes)
    none, who = np.full(n, None, object), np.array([str(i) for i in range(n)], object)
    players, nowhere = np.full(n, "player", object), np.full((n, 2), np.nan)
    return PeopleLabels(np.zeros(1, np.int64), np.zeros(n, np.int64), who, boxes, players, none, none, none, nowhere, np.ones(n))
