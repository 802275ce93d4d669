"""The tracker of masks, over a segmenter that knows people by their colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import supervision as sv

from courtside.tracking.sam2 import Sam2Tracker
from courtside.types import BALL, NUMBER, PLAYER, REFEREE, Frame, Image, Segments

Arena = Any  # tests/tracking/conftest.py's made-up arena
RATE = 20
RED, GREEN, BLUE, PINK = (30, 30, 220), (30, 200, 30), (220, 40, 30), (220, 60, 220)


@dataclass
class Body:
    """What the arena draws; see its own."""

    x: float
    y: float
    colour: tuple[int, int, int]
    height: float = 80.0
    confidence: float = 0.9
    class_id: int = PLAYER


class ColourSegmenter:
    """A person is every pixel of the colour in the middle of the prompting box. ``shrunk`` ones are followed by their feet only."""

    side = 128

    def __init__(self) -> None:
        self.colours: dict[int, npt.NDArray[np.float64]] = {}
        self.shrunk: set[int] = set()
        self.n_looks = 0
        self.prompts: list[tuple[int, ...]] = []

    def look(self, image: Image) -> None:
        self.image = image
        self.n_looks += 1

    def follow(self) -> Segments:
        return self._segments(tuple(self.colours))

    def prompt(self, ids: Sequence[int], xyxy: npt.NDArray[np.number]) -> Segments:
        self.prompts.append(tuple(ids))
        for known, (x1, y1, x2, y2) in zip(ids, xyxy.astype(int), strict=True):
            self.colours[known] = np.median(self.image[(y1 + y2) // 2 - 2 : (y1 + y2) // 2 + 2, (x1 + x2) // 2 - 2 : (x1 + x2) // 2 + 2].reshape(-1, 3), 0)
            self.shrunk.discard(known)
        return self._segments(tuple(ids))

    def remove(self, ids: Sequence[int]) -> None:
        for known in ids:
            del self.colours[known]

    def clear(self) -> None:
        self.colours.clear()

    def _segments(self, ids: tuple[int, ...]) -> Segments:
        small = cv2.resize(self.image, (self.side, self.side), interpolation=cv2.INTER_AREA).astype(float)
        logits = np.zeros((len(ids), self.side, self.side), np.float32)
        for i, known in enumerate(ids):
            logits[i] = 30 - np.abs(small - self.colours[known]).max(2)
            _, pieces, stats, _ = cv2.connectedComponentsWithStats((logits[i] > 0).astype(np.uint8))
            if len(stats) > 1:  # the floor has specks of every colour
                logits[i, pieces != 1 + stats[1:, cv2.CC_STAT_AREA].argmax()] = -9
            rows = np.flatnonzero((logits[i] > 0).any(1))
            if known in self.shrunk and len(rows):
                logits[i, : rows[0] + int(0.75 * len(rows))] = -9
        score = np.where((logits > 0).sum((1, 2)) > 60, 4.0, -4.0).astype(np.float32)
        return Segments(ids, logits, score)


@pytest.fixture
def segmenter() -> ColourSegmenter:
    return ColourSegmenter()


@pytest.fixture
def tracker(segmenter: ColourSegmenter) -> Sam2Tracker:
    return Sam2Tracker(segmenter)


def people(n: int = 2) -> list[Body]:
    return [Body(700 + 120 * i, 500, colour, 100) for i, colour in enumerate((RED, GREEN, BLUE, PINK)[:n])]


def step(tracker: Sam2Tracker, arena: Arena, i: int, bodies: list[Body], found: list[Body] | None = None) -> sv.Detections:
    return tracker.update(arena.frame(i, i / RATE, bodies), arena.detections(bodies if found is None else found))


def test_nothing_is_run_before_the_first_player(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    for i in range(3):
        tracked = step(tracker, arena, i, [])
        assert len(tracked) == 0 and isinstance(tracked.mask, sv.CompactMask) and tracked.tracker_id is not None
    assert segmenter.n_looks == 0
    assert step(tracker, arena, 3, people(1)).tracker_id.tolist() == [1]


def test_masks_are_the_bodies_and_boxes_are_the_detectors(tracker: Sam2Tracker, arena: Arena) -> None:
    bodies = people()
    for i in range(5):
        bodies[0].x += 4
        tracked = step(tracker, arena, i, bodies)
        assert tracked.tracker_id.tolist() == [1, 2] and tracked.data["row"].tolist() == [0, 1]
        np.testing.assert_array_equal(tracked.xyxy, arena.detections(bodies).xyxy)
        assert isinstance(tracked.mask, sv.CompactMask) and tracked.mask.shape == (2, 360, 640)
        outer = tracked.mask.bbox_xyxy + [0, 0, 1, 1]
        assert np.diag(sv.box_iou_batch(outer, tracked.xyxy)).min() > 0.8


def test_late_entrants_are_followed_and_change_nobody(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    step(tracker, arena, 0, people(2))
    tracked = step(tracker, arena, 1, people(3))
    assert tracked.tracker_id.tolist() == [1, 2, 3] and segmenter.prompts == [(1, 2), (3,)]


@pytest.mark.parametrize(("confidence", "class_id", "n"), [(0.9, PLAYER, 1), (0.9, REFEREE, 1), (0.3, PLAYER, 0), (0.9, NUMBER, 0), (0.9, BALL, 0)])
def test_whom_a_detection_prompts(tracker: Sam2Tracker, arena: Arena, confidence: float, class_id: int, n: int) -> None:
    bodies = people(1)
    bodies[0].confidence, bodies[0].class_id = confidence, class_id
    assert len(step(tracker, arena, 0, bodies)) == n


def test_whom_the_detector_misses_the_mask_still_follows(tracker: Sam2Tracker, arena: Arena) -> None:
    bodies = people(2)
    bodies[1].class_id = REFEREE
    step(tracker, arena, 0, bodies)
    bodies[1].x += 6
    tracked = step(tracker, arena, 1, bodies, bodies[:1])
    assert tracked.tracker_id.tolist() == [1, 2] and tracked.data["row"].tolist() == [0, -1]
    assert tracked.class_id.tolist() == [PLAYER, REFEREE] and 0 < tracked.confidence[1] <= 0.9
    assert sv.box_iou_batch(tracked.xyxy[1:], arena.boxes(bodies)[1:])[0, 0] > 0.8


def test_the_lost_are_let_go(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    step(tracker, arena, 0, people(2))
    for i in range(1, 40):
        tracked = step(tracker, arena, i, people(1))
        assert tracked.tracker_id.tolist() == [1]
        assert (2 in segmenter.colours) == (i / RATE <= 1.5)
    assert step(tracker, arena, 40, people(2)).tracker_id.tolist() == [1, 3]  # an id is never used again


def test_a_mask_that_no_box_backs_is_let_go(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    step(tracker, arena, 0, people(2))
    for i in range(1, 70):
        step(tracker, arena, i, people(2), people(1))
    assert set(segmenter.colours) == {1}


def test_drift_is_repaired_by_the_box(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    for i in range(12):
        step(tracker, arena, i, people(2))
    segmenter.shrunk.add(2)
    for i in range(12, 30):
        tracked = step(tracker, arena, i, people(2))
        assert tracked.tracker_id.tolist() == [1, 2]
    assert segmenter.prompts == [(1, 2), (2,)]  # once, not in every frame
    assert not segmenter.shrunk


def test_nobody_is_prompted_anew_in_a_crowd(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    bodies = [Body(700, 500, RED, 100), Body(715, 505, GREEN, 100)]  # the second hides most of the first
    step(tracker, arena, 0, [bodies[0]])
    for i in range(1, 20):
        step(tracker, arena, i, bodies)
    assert [ids for ids in segmenter.prompts if 1 in ids] == [(1,)]


def test_two_masks_on_one_person_become_one(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    step(tracker, arena, 0, people(2))
    segmenter.colours[2] = segmenter.colours[1]
    for i in range(1, 12):
        tracked = step(tracker, arena, i, people(2))
    assert set(segmenter.colours) == {1, 3}  # whom the second had is found again, under a name of his own
    assert tracked.tracker_id.tolist() == [1, 3]


def test_a_cut_forgets_and_ids_go_on(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    step(tracker, arena, 0, people(2))
    tracker.reset()
    assert not segmenter.colours
    assert step(tracker, arena, 1, people(2)).tracker_id.tolist() == [3, 4]


def test_another_size_of_picture_is_a_cut(tracker: Sam2Tracker, arena: Arena) -> None:
    step(tracker, arena, 0, people(2))
    frame = arena.frame(1, 0.05, people(2))
    half = Frame(1, 0.05, cv2.resize(frame.image, (320, 180)).astype(np.uint8))
    found = arena.detections(people(2))
    found.xyxy = found.xyxy / 2
    assert tracker.update(half, found).tracker_id.tolist() == [3, 4]


def test_where_nobody_has_looked_nothing_is_missed(tracker: Sam2Tracker, segmenter: ColourSegmenter, arena: Arena) -> None:
    """A detector that looks at every fifth frame: the masks carry everybody in between, and drift is still seen."""
    for i in range(40):
        if i == 20:
            segmenter.shrunk.add(2)
        found = arena.detections(people(2) if i % 5 == 0 else [])
        found.metadata["looked"] = i % 5 == 0
        tracked = tracker.update(arena.frame(i, i / RATE, people(2)), found)
        assert tracked.tracker_id.tolist() == [1, 2]
    assert segmenter.prompts == [(1, 2), (2,)]


def test_the_detections_given_stay_as_they_are(tracker: Sam2Tracker, arena: Arena) -> None:
    found = arena.detections(people(3))
    before = found.xyxy.copy()
    tracker.update(arena.frame(0, 0.0, people(3)), found)
    np.testing.assert_array_equal(found.xyxy, before)
    assert found.tracker_id is None and found.mask is None


def test_instances_know_nothing_of_each_other(arena: Arena) -> None:
    first, second = Sam2Tracker(ColourSegmenter()), Sam2Tracker(ColourSegmenter())
    step(first, arena, 0, people(3))
    assert step(second, arena, 0, people(1)).tracker_id.tolist() == [1]


def test_the_camera_is_followed(tracker: Sam2Tracker, arena: Arena) -> None:
    for i, shift in enumerate((0, 7)):
        camera = np.array([[1, 0, -600 - shift], [0, 1, -300]], float)
        tracker.update(arena.frame(i, i / RATE, people(1), camera), arena.detections(people(1), camera))
    assert tracker.motion[0, 2] == pytest.approx(-7, abs=0.5)
