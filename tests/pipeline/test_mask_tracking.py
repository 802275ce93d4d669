"""The whole of ANALYZE over a tracker of masks, and the choice of tracker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import fakes
from courtside.config import Settings, load_settings
from courtside.errors import ConfigError, ModelError
from courtside.pipeline import analyze as stage
from courtside.pipeline.trackers import make_tracker
from courtside.records import read_records
from courtside.tracking.sam2 import Sam2Tracker
from courtside.tracking.tracker import BoxTracker
from courtside.types import FollowsCamera, Image, Segments, Tracker


class BoxSegmenter:
    """A mask is the box its object was prompted with, moved on as the made-up people move."""

    def __init__(self) -> None:
        self.frame, self.known = -1, dict[int, tuple[int, npt.NDArray[np.number]]]()

    def look(self, image: Image) -> None:
        self.frame, self.size = self.frame + 1, (image.shape[1], image.shape[0])

    def prompt(self, ids: Sequence[int], xyxy: npt.NDArray[np.number]) -> Segments:
        self.known |= {known: (self.frame, box) for known, box in zip(ids, xyxy, strict=True)}
        return self._segments(tuple(ids))

    def follow(self) -> Segments:
        return self._segments(tuple(self.known))

    def remove(self, ids: Sequence[int]) -> None:
        for known in ids:
            del self.known[known]

    def clear(self) -> None:
        self.known.clear()

    def _segments(self, ids: tuple[int, ...]) -> Segments:
        logits = np.full((len(ids), self.size[1], self.size[0]), -9, np.float32)
        for mask, known in zip(logits, ids, strict=True):
            since, box = self.known[known]
            x1, y1, x2, y2 = (box + np.array([1, 0, 1, 0]) * (self.frame // 4 - since // 4)).astype(int)
            mask[y1:y2, x1:x2] = 9
        return Segments(ids, logits, np.full(len(ids), 5, np.float32))


def settings(*more: str) -> Settings:
    return load_settings(None, None, ["detector.backend=fakes:FakeDetector", "numbers.backend=fakes:FakeReader", "appearance.backend=fakes:MeanEncoder", *more])


def test_masks_reach_the_records(make_clip: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(*_: object) -> Tracker:
        return Sam2Tracker(BoxSegmenter())

    monkeypatch.setattr(stage, "make_tracker", make)
    clip = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(40)])
    stage.analyze(clip, tmp_path / "records", settings("detector.every_s=0.16"))
    records = read_records(tmp_path / "records")
    assert records.masks is not None
    tracked = records.detections.tracker_id > 0
    assert tracked.sum() == 4 * 40 and len(np.unique(records.detections.tracker_id[tracked])) == 4  # also where no detector has looked
    for i in (0, 7, 39):
        ids, masks = records.masks.of(i)
        rows = (records.detections.frame == i) & tracked
        assert sorted(ids) == sorted(records.detections.tracker_id[rows])
        found = masks.bbox_xyxy[np.argsort(masks.bbox_xyxy[:, 0])] + [0, 0, 1, 1]
        np.testing.assert_allclose(found, [fakes.person_box(k, i) for k in range(4)], atol=2)  # the codec smears edges
    assert set(records.readings.chance.argmax(1)) == {7, 23} and len(records.appearances.frame) >= 16


def test_boxes_are_followed_unless_masks_are_asked_for() -> None:
    tracker = make_tracker(load_settings(None, None, ["tracker.max_age_s=2"]))
    assert isinstance(tracker, BoxTracker) and tracker.max_age_s == 2 and isinstance(tracker, FollowsCamera)
    assert isinstance(Sam2Tracker(BoxSegmenter()), FollowsCamera)
    with pytest.raises(ConfigError, match="backend"):
        load_settings(None, None, ["tracker.backend=sam3"])


def test_a_model_of_masks_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="needs the research extra")
    with pytest.raises(ModelError, match=r"tracker\.model"):
        make_tracker(load_settings(None, None, ["tracker.backend=sam2", f"tracker.model={tmp_path}", "compute.device=cpu"]))


def test_a_model_of_masks_makes_a_tracker_of_masks(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the research extra")
    pytest.importorskip("transformers", reason="needs the research extra")
    from courtside.train.sam2.network import make_network

    make_network(64).save_pretrained(tmp_path)
    tracker = make_tracker(load_settings(None, None, ["tracker.backend=sam2", f"tracker.model={tmp_path}", "compute.device=cpu", "tracker.high=0.4"]))
    assert isinstance(tracker, Sam2Tracker) and tracker.high == 0.4
