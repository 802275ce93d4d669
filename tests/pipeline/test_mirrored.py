"""Whether a clip is mirrored, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakes
from courtside.config import Settings, load_settings
from courtside.pipeline import analyze as analyzing
from courtside.pipeline.analyze import analyze
from courtside.pipeline.mirrored import NOTE, MirrorJudge
from courtside.records import read_records
from courtside.types import Image, Reading

MakeClip = Callable[..., Path]
CROP = np.zeros((8, 6, 3), np.uint8)


class Says:
    """A sense that says the same of every crop."""

    def __init__(self, log_odds: float) -> None:
        self.log_odds_of_one, self.n = log_odds, 0

    def log_odds(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        self.n += len(crops)
        return np.full(len(crops), self.log_odds_of_one, np.float32)


def judged(log_odds: float, people: int, looks: int, every_s: float = 0.5) -> MirrorJudge:
    judge = MirrorJudge(Says(log_odds))
    for k in range(looks):
        if judge.is_open:
            judge.look(k * every_s, range(people), [CROP] * people)
    return judge


@pytest.mark.parametrize(
    ("log_odds", "people", "looks", "verdict"),
    [(3.0, 0, 10, None), (3.0, 8, 4, False), (-3.0, 8, 4, True), (0.0, 8, 4, None), (-9.0, 1, 100, None), (-9.0, 3, 1, None)],
    ids=["nobody", "as filmed", "mirrored", "says nothing", "one person proves nothing", "three neither"],
)
def test_verdicts(log_odds: float, people: int, looks: int, verdict: bool | None) -> None:
    assert judged(log_odds, people, looks).verdict is verdict


def test_it_stops_looking_at_a_clip_that_does_not_tell() -> None:
    judge = judged(0.0, 5, 1000)
    assert not judge.is_open and judge.verdict is None
    assert isinstance(sense := judge._sense, Says) and sense.n < 200


def test_the_same_moment_counts_once() -> None:
    assert judged(1.0, 1, 20, every_s=0.01).log_odds == pytest.approx(1.0)


@given(st.lists(st.lists(st.floats(-20, 20), min_size=1, max_size=12), max_size=12))
def test_a_mirrored_clip_gives_the_opposite_evidence(people: list[list[float]]) -> None:
    class Told(Says):
        def log_odds(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
            return np.array([self.log_odds_of_one * crop[0, 0, 0] for crop in crops], np.float32)

    totals = []
    for sign in (1.0, -1.0):
        judge = MirrorJudge(Told(sign))
        for i, said in enumerate(people):
            for k, value in enumerate(said):
                judge.look(float(k), [i], [np.full((1, 1, 3), value)])  # a picture of what it says
        totals.append(judge.log_odds)
    assert totals[0] == pytest.approx(-totals[1])


DARK, BRIGHT = (10, 60, 60), (40, 220, 220)


def picture(frame: int) -> Image:
    """The fakes' floor, with all four people in numbers that are dark on their left."""
    image = fakes.picture(frame)
    for i in range(4):
        x1, y1, _, _ = fakes.person_box(i, frame)
        image[y1 + 22 : y1 + 36, x1 + 10 : x1 + 20] = BRIGHT
        image[y1 + 22 : y1 + 36, x1 + 10 : x1 + 14] = DARK
    return image


def leans(crop: Image) -> float:
    """How much darker the left half is than the right one, 0 where they are alike."""
    middle = crop.shape[1] // 2
    return float(crop[:, -middle:, 1].mean() - crop[:, :middle, 1].mean())


class LeaningSense:
    made: ClassVar[list[int]] = []

    def log_odds(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        LeaningSense.made.append(len(crops))
        return np.array([np.clip(leans(crop), -3, 3) for crop in crops], np.float32)


class LeaningReader:
    """Reads 23 where the dark side is on the left and 32 where it is on the right."""

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        return [Reading("23" if leans(crop) > 0 else "32", 0.95) for crop in crops]


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(analyzing, "make_mirror_sense", LeaningSense)
    monkeypatch.setattr(fakes, "LeaningReader", LeaningReader, raising=False)
    return load_settings(None, None, ["detector.backend=fakes:FakeDetector", "numbers.backend=fakes:LeaningReader", "appearance.backend=fakes:MeanEncoder"])


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_mirrored_clip_is_read_turned_round(make_clip: MakeClip, tmp_path: Path, wanted: Settings, mirrored: bool) -> None:
    images = [np.ascontiguousarray(picture(i)[:, ::-1]) if mirrored else picture(i) for i in range(60)]
    clip = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=images)
    told: list[str] = []
    LeaningSense.made.clear()
    analyze(clip, tmp_path / "records", wanted, warn=told.append)
    records = read_records(tmp_path / "records")
    assert records.mirrored is mirrored and (NOTE in records.warnings) is mirrored and (NOTE in told) is mirrored
    assert set(records.readings.chance.argmax(1)) == {23}
    assert (np.diff(records.readings.frame) >= 0).all() and len(records.readings.frame) > sum(LeaningSense.made)


def test_a_clip_that_does_not_tell_is_read_as_it_is(make_clip: MakeClip, tmp_path: Path, wanted: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzing, "make_mirror_sense", lambda: Says(0.0))
    clip = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[picture(i) for i in range(30)])
    analyze(clip, tmp_path / "records", wanted)
    records = read_records(tmp_path / "records")
    assert records.mirrored is None and len(records.readings.frame) > 0
    assert set(records.readings.chance.argmax(1)) == {23}


def test_an_interrupted_analysis_of_a_mirrored_clip_ends_alike(make_clip: MakeClip, tmp_path: Path, wanted: Settings) -> None:
    clip = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[np.ascontiguousarray(picture(i % 40)[:, ::-1]) for i in range(180)])
    stopped = wanted.model_copy(update={"detector": wanted.detector.model_copy(update={"backend": "fakes:InterruptedDetector"})})
    fakes.FakeDetector.calls, fakes.InterruptedDetector.stopped = 0, False
    with pytest.raises(KeyboardInterrupt):
        analyze(clip, tmp_path / "again", stopped)
    analyze(clip, tmp_path / "again", stopped)
    analyze(clip, tmp_path / "straight", wanted)
    again, straight = (read_records(tmp_path / name) for name in ("again", "straight"))
    assert again.mirrored is straight.mirrored is True
    assert np.array_equal(again.readings.frame, straight.readings.frame) and np.array_equal(again.readings.chance, straight.readings.chance)
