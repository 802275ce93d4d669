"""Which model gets which settings, and what the research settings change in an analysis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import fakes
from courtside.config import load_settings
from courtside.errors import ModelError
from courtside.pipeline.analyze import analyze, padded_crop
from courtside.pipeline.models import make_court_model, make_detector, make_encoder, make_reader
from courtside.records import read_records
from courtside.types import Image, Reading

MakeClip = Callable[..., Path]
FAKES = ["detector.backend=fakes:FakeDetector", "numbers.backend=fakes:FakeReader", "appearance.backend=fakes:MeanEncoder"]


class Told:
    """Keeps what it is made with."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    detect = read = encode = see = print


class CountingReader(fakes.FakeReader):
    """Counts the crops it is given, and keeps their sizes."""

    seen: ClassVar[list[tuple[int, ...]]] = []

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        CountingReader.seen += [crop.shape for crop in crops]
        return super().read(crops)


def test_anyones_own_class_gets_only_what_is_set() -> None:
    name = f"{__name__}:Told"
    settings = load_settings(None, None, [f"{role}.backend={name}" for role in ("detector", "numbers", "appearance")])
    assert make_detector(settings).options == {"confidence": 0.1, "iou": 0.75}  # type: ignore[attr-defined]  # it is Told
    assert make_reader(settings).options == make_encoder(settings).options == {}  # type: ignore[attr-defined]  # the same
    more = ["detector.model=x", 'detector.classes={person = "player"}', "detector.every_s=1", "numbers.adapter=y", "appearance.batch=4"]
    settings = load_settings(None, None, [*[f"{role}.backend={name}" for role in ("detector", "numbers", "appearance")], *more])
    assert make_detector(settings).options == {"confidence": 0.1, "iou": 0.75, "model": "x", "classes": {"person": "player"}}  # type: ignore[attr-defined]  # the same
    assert make_reader(settings).options == {"adapter": "y"}  # type: ignore[attr-defined]  # the same
    assert make_encoder(settings).options == {"batch": 4}  # type: ignore[attr-defined]  # the same


def test_a_court_model_gets_only_what_is_set() -> None:
    name = f"court.backend={__name__}:Told"
    assert make_court_model(load_settings(None, None, ["court.backend=none"])) is None
    assert make_court_model(load_settings(None, None, [name])).options == {}  # type: ignore[union-attr]  # it is Told
    settings = load_settings(None, None, [name, "court.model=x", 'court.landmarks={a = "centre"}'])
    assert make_court_model(settings).options == {"model": "x", "landmarks": {"a": "centre"}}  # type: ignore[union-attr]  # the same
    with pytest.raises(ModelError, match="courtside: can't be made with model"):
        make_court_model(load_settings(None, None, ["court.model=x"]))


@pytest.mark.parametrize("preset", ["default", "fast", "notebook", "accurate"])
def test_the_models_of_every_preset_can_be_made(preset: str) -> None:
    settings = load_settings(preset, None, ["compute.device=cpu", "compute.offline=true"])
    make_detector(settings), make_reader(settings), make_encoder(settings), make_court_model(settings)  # nothing is loaded before it is used


@pytest.mark.parametrize("backend", ["rfdetr", "transformers", "onnx", "roboflow"])
def test_the_detectors_that_bring_no_weights(backend: str) -> None:
    make_detector(load_settings(None, None, [f"detector.backend={backend}", "detector.model=x.pth", "compute.device=cpu"]))


def test_a_setting_that_a_model_does_not_know() -> None:
    with pytest.raises(ModelError, match=r"courtside: can't be made with .*pixels"):
        make_detector(load_settings(None, None, ["detector.pixels=unit"]))


def test_the_notebooks_constants() -> None:
    settings = load_settings("notebook")
    assert (settings.detector.model, settings.detector.confidence, settings.detector.iou) == ("basketball-player-detection-3-ycjdo/4", 0.4, 0.9)
    assert (settings.numbers.model, settings.numbers.margin_px, settings.numbers.least_ios) == ("basketball-jersey-numbers-ocr/3", 10, 0.9)
    assert (settings.identity.rule, settings.identity.agree, settings.identity.teams) == ("consecutive", 3, "umap")
    assert (settings.appearance.backend, settings.appearance.crop, settings.render.crf) == ("siglip", "centre", 28)
    for rate in (30, 30000 / 1001):  # its strides of 5 and 30 frames
        assert np.ceil((settings.numbers.every_s - 1e-6) * rate) == 5 and np.ceil((settings.appearance.every_s - 1e-6) * rate) == 30


def clip(make_clip: MakeClip, n_frames: int = 30) -> Path:
    return make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(n_frames)])


@pytest.mark.parametrize(("every_s", "n_looked"), [("0.01", 30), ("0.166", 6), ("10", 1)])
def test_frames_that_are_not_looked_at(make_clip: MakeClip, tmp_path: Path, every_s: str, n_looked: int) -> None:
    fakes.FakeDetector.calls = 0
    assert analyze(clip(make_clip), tmp_path / "records", load_settings(None, None, [*FAKES, f"detector.every_s={every_s}"]))
    assert fakes.FakeDetector.calls == n_looked
    assert len(read_records(tmp_path / "records").frames.time_s) == 30


@pytest.mark.parametrize(("enough", "n_read"), [([], 60), (["numbers.enough=1"], 2), (["numbers.enough=5"], 10)])
def test_who_has_enough_evidence_is_read_no_more(make_clip: MakeClip, tmp_path: Path, enough: list[str], n_read: int) -> None:
    CountingReader.seen = []
    settings = load_settings(None, None, [*FAKES, f"numbers.backend={__name__}:CountingReader", "numbers.every_s=0.001", *enough])
    analyze(clip(make_clip), tmp_path / "records", settings)
    assert n_read - 6 <= len(CountingReader.seen) <= n_read  # the tracker takes a few frames to believe in somebody


@pytest.mark.parametrize(
    ("margin", "margin_px", "shape"),
    [(0.0, None, (20, 10, 3)), (0.5, None, (40, 20, 3)), (0.5, 3, (26, 16, 3)), (0.5, 0, (20, 10, 3)), (0.0, 1000, (100, 80, 3))],
)
def test_margins(margin: float, margin_px: int | None, shape: tuple[int, ...]) -> None:
    image = np.zeros((100, 80, 3), np.uint8)
    assert padded_crop(image, np.array([30.0, 40, 40, 60]), margin, margin_px).shape == shape
