"""Models hosted by Roboflow, with a stand-in that has the signatures of inference 1.8.3."""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np
import pytest

from courtside.errors import ModelError
from courtside.models.research.roboflow import RoboflowDetector, RoboflowNumberReader
from courtside.types import CLASSES, NUMBER, PLAYER, Image


class RoboflowAPINotAuthorizedError(Exception):
    pass


class RoboflowAPINotNotFoundError(Exception):
    pass


class RoboflowAPIConnectionError(Exception):
    pass


ERRORS = {"wrong/1": RoboflowAPINotAuthorizedError, "none/1": RoboflowAPINotNotFoundError, "far/1": RoboflowAPIConnectionError, "odd/1": ZeroDivisionError}


class Prediction:
    """As ObjectDetectionPrediction: the centre and size of a box in pixels."""

    def __init__(self, x: float, y: float, width: float, height: float, confidence: float, class_name: str) -> None:
        self.x, self.y, self.width, self.height, self.confidence, self.class_name = x, y, width, height, confidence, class_name
        self.class_id = 99  # a project's own order, which is not ours


class Response:
    def __init__(self, predictions: list[Prediction]) -> None:
        self.predictions = predictions


class Model:
    class_names = sorted(CLASSES)
    asked: list[dict[str, Any]]

    def __init__(self) -> None:
        self.asked = []

    def infer(self, image: Any, confidence: float = 0.4, iou_threshold: float = 0.3, **kwargs: Any) -> list[Response]:
        assert not kwargs
        self.asked.append({"n": len(image), "confidence": confidence, "iou": iou_threshold})
        found = []
        for picture in image:
            height, width = picture.shape[:2]
            rows = [Prediction(width / 4, height / 2, width / 2, height, 0.8, "player"), Prediction(10, 10, 4, 6, 0.5, "number")]
            found.append(Response([*rows, Prediction(1, 1, 2, 2, 0.9, "mascot")]))
        return found

    def predict(self, image_in: Any, prompt: str = "", history: Any = None, **kwargs: Any) -> list[str]:
        assert prompt == "Read the number." and history is None and not kwargs and image_in.mode == "RGB"
        return ["23" if image_in.getpixel((0, 0))[0] > 100 else "I can't read the number."]


@pytest.fixture(autouse=True)
def inference(monkeypatch: pytest.MonkeyPatch) -> Model:
    model, module = Model(), types.ModuleType("inference")

    def get_model(model_id: str, api_key: str | None = None, **kwargs: Any) -> Model:
        assert api_key == "secret" and not kwargs
        if model_id in ERRORS:
            raise ERRORS[model_id]("what went wrong\nat length")
        return model

    module.get_model = get_model  # type: ignore[attr-defined]  # a module made up on the spot
    monkeypatch.setitem(sys.modules, "inference", module)
    monkeypatch.setenv("ROBOFLOW_API_KEY", "secret")
    return model


def test_what_comes_out(inference: Model, pictures: list[Image]) -> None:
    detector = RoboflowDetector(batch=2)
    assert detector.detect([]) == []
    before = [picture.copy() for picture in pictures]
    found = detector.detect(pictures)
    for one, picture in zip(found, pictures, strict=True):
        assert one.class_id is not None and one.confidence is not None
        assert set(one.class_id) == {PLAYER, NUMBER}
        height, width = picture.shape[:2]
        assert np.allclose(one.xyxy[list(one.class_id).index(PLAYER)], [0, 0, width / 2, height])
        assert np.allclose(one.xyxy[list(one.class_id).index(NUMBER)], [8, 7, 12, 13], atol=1e-3)
    assert inference.asked == [{"n": 2, "confidence": 0.4, "iou": 0.9}, {"n": 1, "confidence": 0.4, "iou": 0.9}]
    assert all(np.array_equal(a, b) for a, b in zip(pictures, before, strict=True))


def test_batch_equals_one_by_one(pictures: list[Image]) -> None:
    together = RoboflowDetector(batch=3).detect(pictures)
    alone = [RoboflowDetector().detect([picture])[0] for picture in pictures]
    assert all(np.array_equal(a.xyxy, b.xyxy) and np.array_equal(a.class_id, b.class_id) for a, b in zip(together, alone, strict=True))


def test_readings() -> None:
    reader = RoboflowNumberReader()
    assert reader.read([]) == []
    light, dark = np.full((9, 7, 3), 200, np.uint8), np.zeros((9, 7, 3), np.uint8)
    assert [reading.text for reading in reader.read([light, dark, np.zeros((0, 4, 3), np.uint8)])] == ["23", None, None]
    assert 0.5 <= reader.read([light])[0].confidence < 0.95  # it gives no probability of its own


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("wrong/1", "does not accept the key in ROBOFLOW_API_KEY"),
        ("none/1", "knows no such model"),
        ("far/1", "can't be reached .*MODEL_CACHE_DIR"),
        ("odd/1", r"could not load it \(ZeroDivisionError: what went wrong\)"),
    ],
)
def test_what_goes_wrong(model: str, says: str, pictures: list[Image]) -> None:
    for call in (lambda: RoboflowDetector(model).detect(pictures), lambda: RoboflowNumberReader(model).read(pictures)):
        with pytest.raises(ModelError, match=says) as caught:
            call()
        assert "\n" not in str(caught.value) and "secret" not in str(caught.value)


@pytest.mark.parametrize("key", [None, "", "  "])
def test_without_a_key(monkeypatch: pytest.MonkeyPatch, key: str | None, pictures: list[Image]) -> None:
    monkeypatch.delenv("ROBOFLOW_API_KEY")
    if key is not None:
        monkeypatch.setenv("ROBOFLOW_API_KEY", key)
    with pytest.raises(ModelError, match=r"no Roboflow key; put yours .* into the environment as ROBOFLOW_API_KEY"):
        RoboflowDetector().detect(pictures)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, pictures: list[Image]) -> None:
    monkeypatch.setitem(sys.modules, "inference", None)
    with pytest.raises(ModelError, match=r"pip install 'courtside\[roboflow\]'"):
        RoboflowDetector().detect(pictures)
