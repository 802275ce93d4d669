"""The hosted court model, with a stand-in that has the signatures of inference 1.8.3."""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np
import pytest

from courtside.court import COURTS, Camera
from courtside.court.markings import landmarks
from courtside.court.registration import register
from courtside.court.sighting import Sighting
from courtside.errors import ModelError
from courtside.models import zoo
from courtside.models.research.court_landmarks import LANDMARKS, VERTICES
from courtside.models.research.court_roboflow import RoboflowCourt
from courtside.types import CourtModel, Image

SIZE = (640, 360)
CAMERA = Camera((0.0, 30.0, 10.0), 0.2, 0.3, 900, SIZE)
ON_THE_COURT = landmarks(COURTS["nba"])


class RoboflowAPIConnectionError(Exception):
    pass


class Point:
    """As Keypoint."""

    def __init__(self, class_id: int, x: float, y: float, confidence: float) -> None:
        self.class_id, self.x, self.y, self.confidence, self.class_name = class_id, x, y, confidence, str(class_id)


class Court:
    """As KeypointsPrediction."""

    def __init__(self, confidence: float, keypoints: list[Point]) -> None:
        self.confidence, self.keypoints = confidence, keypoints


def seen() -> list[Point]:
    """What a model that sees the 33 vertices exactly answers: it is unsure of one, and leaves out what is not in the picture."""
    found = []
    for i, name in enumerate(VERTICES):
        (pixel,), (depth,) = CAMERA.project(np.array([(*(ON_THE_COURT[name] if name else (9.0, -7.62)), 0.0)]))
        if depth > 0 and 0 <= pixel[0] < SIZE[0] and 0 <= pixel[1] < SIZE[1]:
            found.append(Point(i, float(pixel[0]), float(pixel[1]), 0.5 if name == "centre" else 0.9))
    return found


class Model:
    def __init__(self) -> None:
        self.asked: list[tuple[int, float]] = []

    def infer(self, image: Any, confidence: float = 0.4, **kwargs: Any) -> list[Any]:
        assert not kwargs
        self.asked.append((len(image), confidence))
        nothing, answer = types.SimpleNamespace(predictions=[]), types.SimpleNamespace(predictions=[Court(0.3, [Point(0, 1, 1, 0.99)]), Court(0.8, seen())])
        return [answer if picture.any() else nothing for picture in image]


@pytest.fixture(autouse=True)
def inference(monkeypatch: pytest.MonkeyPatch) -> Model:
    model, module = Model(), types.ModuleType("inference")

    def get_model(model_id: str, api_key: str | None = None, **kwargs: Any) -> Model:
        assert api_key == "secret" and not kwargs
        if model_id == "far/1":
            raise RoboflowAPIConnectionError("no route\nat all")
        return model

    module.get_model = get_model  # type: ignore[attr-defined]  # a module made up on the spot
    monkeypatch.setitem(sys.modules, "inference", module)
    monkeypatch.setenv("ROBOFLOW_API_KEY", "secret")
    return model


def pictures() -> list[Image]:
    return [np.full((SIZE[1], SIZE[0], 3), shade, np.uint8) for shade in (80, 0)]


def test_what_comes_out(inference: Model) -> None:
    model: CourtModel = RoboflowCourt()
    assert model.see([]) == [] and inference.asked == []
    (pixels, confidence, paint), (_, nothing, _) = model.see(pictures())
    assert inference.asked == [(2, 0.3)]
    assert pixels.shape == (37, 2) and confidence.shape == (37,) and paint.shape == (0, 2) and pixels.dtype == confidence.dtype == np.float32
    sure = {LANDMARKS[i] for i in np.flatnonzero(confidence)}
    assert sure == {name for name in (VERTICES[point.class_id] for point in seen()) if name} - {"centre"}  # 0.5 is not over 0.5
    assert not nothing.any()


def test_the_court_is_found_from_it() -> None:
    model = RoboflowCourt()
    sightings = [Sighting(i, *(part.astype(float) for part in model.see(pictures()[:1])[0])) for i in range(0, 12, 3)]
    track = register(sightings, np.arange(12) / 30, np.arange(12) == 0, COURTS["nba"], SIZE)
    assert track.valid.all()
    floor = np.array([(2.0, 1.0, 1.0), (9.0, -5.0, 1.0)])
    found, true = floor @ track.court_to_pinhole[5].T, floor @ CAMERA.court_to_pinhole().T
    assert np.allclose(found[:, :2] / found[:, 2:], true[:, :2] / true[:, 2:], atol=1.0)


def test_one_by_one_equals_together() -> None:
    together, alone = RoboflowCourt().see(pictures()), [RoboflowCourt().see([picture])[0] for picture in pictures()]
    assert all(np.array_equal(a, b) for one, other in zip(together, alone, strict=True) for a, b in zip(one, other, strict=True))


def test_another_project_with_a_map() -> None:
    named = {str(i): name for i, name in enumerate(VERTICES) if name and "left" not in name}
    _, confidence, _ = RoboflowCourt("mine/2", named).see(pictures()[:1])[0]
    assert confidence.any() and not any("left" in LANDMARKS[i] for i in np.flatnonzero(confidence))
    with pytest.raises(ModelError, match=r"has no point 'corner'"):
        RoboflowCourt("mine/2", named | {"corner": "centre"}).see(pictures())


def test_what_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match=r"far/1: Roboflow can't be reached \(no route\).*court\.model"):
        RoboflowCourt("far/1").see(pictures())
    monkeypatch.setitem(sys.modules, "inference", None)
    with pytest.raises(ModelError, match=r"pip install 'courtside\[roboflow\]'"):
        RoboflowCourt().see(pictures())
    monkeypatch.delenv("ROBOFLOW_API_KEY")
    with pytest.raises(ModelError, match="no Roboflow key"):
        RoboflowCourt().see(pictures())


def test_it_is_in_the_zoo() -> None:
    model = zoo.create("court", "roboflow", model="mine/2", landmarks={"0": "centre"}, offline=True)
    assert isinstance(model, RoboflowCourt) and model.model == "mine/2"
