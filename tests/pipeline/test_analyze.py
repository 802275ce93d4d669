"""Pixels to records, with models that find what is painted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import fakes
from courtside.config import Settings, load_settings
from courtside.errors import MediaError, ModelError
from courtside.pipeline.analyze import analyze, padded_crop
from courtside.records import read_records
from courtside.types import PLAYER

MakeClip = Callable[..., Path]


def settings(detector: str = "FakeDetector") -> Settings:
    return load_settings(None, None, [f"detector.backend=fakes:{detector}", "numbers.backend=fakes:FakeReader", "appearance.backend=fakes:MeanEncoder"])


@pytest.fixture
def clip(make_clip: MakeClip) -> Path:
    return make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(40)])


def test_everything_is_recorded(clip: Path, tmp_path: Path) -> None:
    steps: list[int] = []
    assert analyze(clip, tmp_path / "records", settings(), advance=lambda done, _: steps.append(done))
    records = read_records(tmp_path / "records")
    assert steps == list(range(1, 41)) and len(records.frames.time_s) == 40
    players = records.detections.class_id == PLAYER
    assert players.sum() == 4 * 40
    assert len(np.unique(records.detections.tracker_id[players & (records.detections.tracker_id > 0)])) == 4
    assert set(records.readings.tracker_id) <= set(records.detections.tracker_id)
    assert 2 * 4 <= len(records.readings.frame) <= 2 * 14  # two numbers, at most ten times a second each
    assert set(records.readings.chance.argmax(1)) == {7, 23}
    assert len(records.appearances.frame) >= 4 * 5
    assert not (tmp_path / "records.detections").exists()


def test_records_are_not_made_twice_but_follow_the_settings(clip: Path, tmp_path: Path) -> None:
    assert analyze(clip, tmp_path / "records", settings())
    assert not analyze(clip, tmp_path / "records", settings())
    other = settings().model_copy(update={"numbers": settings().numbers.model_copy(update={"every_s": 1.0})})
    assert analyze(clip, tmp_path / "records", other)
    assert len(read_records(tmp_path / "records").readings.frame) <= 2 * 2


@pytest.mark.parametrize(
    ("batch", "every_s", "shown"),
    [(None, None, [1] * 40), (8, None, [8] * 5), (64, None, [32, 8]), (3, 0.2, [3, 3, 1])],
    ids=["one by one", "eight at once", "no more than are held", "every sixth"],
)
def test_pictures_are_shown_in_batches_and_nothing_else_changes(clip: Path, tmp_path: Path, batch: int | None, every_s: float | None, shown: list[int]) -> None:
    wanted = settings("CountingDetector")
    of_detector = {"batch": batch, "every_s": every_s}
    batched = wanted.model_copy(update={"detector": wanted.detector.model_copy(update=of_detector)})
    alone = wanted.model_copy(update={"detector": wanted.detector.model_copy(update={**of_detector, "batch": None})})
    analyze(clip, tmp_path / "alone", alone)
    fakes.CountingDetector.shown.clear()
    analyze(clip, tmp_path / "batched", batched)
    assert fakes.CountingDetector.shown == shown
    one, other = (read_records(tmp_path / name) for name in ("alone", "batched"))
    assert one.detections.xyxy.tolist() == other.detections.xyxy.tolist()
    assert one.detections.tracker_id.tolist() == other.detections.tracker_id.tolist()


def test_no_player_at_all(clip: Path, tmp_path: Path) -> None:
    analyze(clip, tmp_path / "records", settings("BlindDetector"))
    records = read_records(tmp_path / "records")
    assert len(records.frames.time_s) == 40 and len(records.detections.frame) == 0


def test_one_frame(make_clip: MakeClip, tmp_path: Path) -> None:
    analyze(make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(0)]), tmp_path / "records", settings())
    assert len(read_records(tmp_path / "records").frames.time_s) == 1


def test_interrupted_analysis_goes_on(make_clip: MakeClip, tmp_path: Path) -> None:
    long = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i % 40) for i in range(180)])
    fakes.FakeDetector.calls, fakes.InterruptedDetector.stopped = 0, False
    with pytest.raises(KeyboardInterrupt):
        analyze(long, tmp_path / "records", settings("InterruptedDetector"))
    assert not (tmp_path / "records").exists() and not (tmp_path / "records.part").exists()
    analyze(long, tmp_path / "records", settings("InterruptedDetector"))
    assert fakes.FakeDetector.calls == 150 + 80  # the first hundred were kept
    again = read_records(tmp_path / "records")
    fakes.FakeDetector.calls = 0
    analyze(long, tmp_path / "straight", settings())
    straight = read_records(tmp_path / "straight")
    assert np.array_equal(again.detections.tracker_id, straight.detections.tracker_id)
    assert np.allclose(again.detections.xyxy, straight.detections.xyxy)


def test_bad_input(tmp_path: Path, clip: Path) -> None:
    with pytest.raises(MediaError):
        analyze(tmp_path / "none.mp4", tmp_path / "records", settings())
    with pytest.raises(ModelError, match="courtsides"):
        analyze(clip, tmp_path / "records", load_settings(None, None, ["detector.backend=courtsides"]))
    assert not (tmp_path / "records").exists()


@pytest.mark.parametrize("box", [(0, 0, 10, 10), (-5, -5, 3, 3), (300, 230, 330, 260), (400, 400, 410, 410), (10, 10, 10, 10)])
def test_padded_crop_is_never_empty(box: tuple[float, ...]) -> None:
    crop = padded_crop(np.zeros((240, 320, 3), np.uint8), np.array(box, float), 0.15)
    assert crop.shape[0] >= 1 and crop.shape[1] >= 1
