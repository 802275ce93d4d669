"""Labelled frames out of clips: what several looks agree on, and what a track knows besides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import supervision as sv

from courtside.models import zoo
from courtside.models.detector import OnnxDetector
from courtside.train.detector.data import load_coco
from courtside.train.detector.harvest import LEAST_CONFIDENCE, Label, agree, harvest, look_often, write_frames
from courtside.types import BALL, BALL_IN_BASKET, NUMBER, PLAYER, REFEREE, Frame, Image, Person

BOX = (10.0, 10.0, 30.0, 60.0)
BESIDE = (18.0, 10.0, 38.0, 60.0)  # IoU 0.43 with BOX
NEAR = (12.0, 10.0, 32.0, 60.0)  # IoU 0.82 with BOX


def look(*rows: tuple[tuple[float, ...], int, float]) -> sv.Detections:
    xyxy = np.array([box for box, _, _ in rows], np.float32).reshape(-1, 4)
    return sv.Detections(xyxy, confidence=np.array([c for _, _, c in rows], np.float32), class_id=np.array([k for _, k, _ in rows], int))


def tracked(*boxes: tuple[float, float, float, float]) -> list[Person]:
    return [Person(i, box, "player", None, None, None, 0.9) for i, box in enumerate(boxes, 1)]


AGREED = [
    # two looks, who is tracked there -> labels
    ("nothing", [look(), look()], [], []),
    ("both see him", [look((BOX, PLAYER, 0.8)), look((BOX, PLAYER, 0.6))], [], [Label(BOX, PLAYER)]),
    ("one does: perhaps", [look((BOX, PLAYER, 0.6)), look()], [], [Label(BOX, PLAYER, True), Label(BOX, REFEREE, True)]),
    ("one does, and he is tracked there", [look((BOX, PLAYER, 0.6)), look()], tracked(NEAR), [Label(BOX, PLAYER)]),
    ("hardly anything: nobody", [look((BOX, PLAYER, 0.2)), look()], [], []),
    ("a track alone: perhaps", [look(), look()], tracked(BOX), [Label(BOX, PLAYER, True), Label(BOX, REFEREE, True)]),
    ("referee or player?", [look((BOX, PLAYER, 0.8)), look((BOX, REFEREE, 0.8))], [], [Label(BOX, PLAYER, True), Label(BOX, REFEREE, True)]),
    ("a referee", [look((BOX, REFEREE, 0.8)), look((BOX, REFEREE, 0.7))], [], [Label(BOX, REFEREE)]),
    ("boxes are averaged", [look((BOX, PLAYER, 0.8)), look((NEAR, PLAYER, 0.8))], [], [Label((11, 10, 31, 60), PLAYER)]),
    ("two people", [look((BOX, PLAYER, 0.8), (BESIDE, PLAYER, 0.7))] * 2, [], [Label(BOX, PLAYER), Label(BESIDE, PLAYER)]),
    ("a second box of one look", [look((BOX, PLAYER, 0.8), (NEAR, PLAYER, 0.7))] * 2, [], [Label(BOX, PLAYER)]),
    ("a number on him", [look((BOX, PLAYER, 0.8), (BOX, NUMBER, 0.9))] * 2, [], [Label(BOX, PLAYER), Label(BOX, NUMBER)]),
    ("a doubtful number", [look((BOX, NUMBER, 0.3))] * 2, [], [Label(BOX, NUMBER, True)]),
    ("a ball", [look((BOX, BALL, 0.9))] * 2, [], [Label(BOX, BALL)]),
    ("in the basket it is still a ball", [look((BOX, BALL_IN_BASKET, 0.9))] * 2, [], [Label(BOX, BALL)]),
]


@pytest.mark.parametrize(("looks", "people", "labels"), [case[1:] for case in AGREED], ids=[case[0] for case in AGREED])
def test_agree(looks: list[sv.Detections], people: list[Person], labels: list[Label]) -> None:
    assert agree(looks, people) == labels


class Chest:
    """A detector that finds the red patch of a picture."""

    weights = Path("none")

    def __init__(self) -> None:
        self.size = (64, 64)
        self.sizes: list[tuple[int, int]] = []

    def focus(self, _: Image) -> None:
        self.size = (160, 96)

    def detect(self, images: list[Image]) -> list[sv.Detections]:
        self.sizes.append(self.size)
        rows, columns = np.nonzero(images[0][..., 2] > 200)
        return [look(((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), PLAYER, 0.9))]


def red(left: int, index: int = 0) -> Frame:
    image = np.zeros((120, 200, 3), np.uint8)
    image[20:80, left : left + 30, 2] = 255
    return Frame(index, index / 30, image)


def test_looks_of_several_sizes_turned_back() -> None:
    detector = Chest()
    looks = look_often(detector, red(40).image)  # type: ignore[arg-type]  # all that is used of a detector
    assert len(looks) == 6 and all(each.xyxy[0].tolist() == [40, 20, 70, 80] for each in looks)
    assert sorted(set(detector.sizes)) == [(128, 64), (160, 96), (192, 128)] and detector.size == (160, 96)


def test_frames_are_added_and_replaced(tmp_path: Path) -> None:
    def run(clip: str, every: int, left: int) -> int:
        frames = [red(left + index, index) for index in range(8)]
        return write_frames(harvest(frames, Chest(), lambda _: [], every), clip, tmp_path / "set")  # type: ignore[arg-type]  # as above

    assert run("a", 4, 40) == 2 and run("b", 8, 40) == 1 and run("a", 2, 60) == 4
    samples = load_coco(tmp_path / "set", has_actions=False)
    assert len(samples) == 5 and {sample.image.shape for sample in samples} == {(96, 160, 3)}
    assert np.allclose(samples[1].boxes, [[48, 16, 72, 64, PLAYER]], atol=0.11)
    assert not list((tmp_path / "set").glob("*.part"))


def test_the_packaged_detector_looks_too() -> None:
    detector = zoo.create("detector", "courtside", confidence=LEAST_CONFIDENCE)
    assert isinstance(detector, OnnxDetector)
    assert agree(look_often(detector, np.full((90, 160, 3), 60, np.uint8))) == []
