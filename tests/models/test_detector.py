"""From raw network output to detections; and the detector that comes with the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from courtside.errors import ModelError
from courtside.models import zoo
from courtside.models.detector import OnnxDetector, to_detections
from courtside.types import BALL, BALL_IN_BASKET, NUMBER, PLAYER, REFEREE


def raw(*rows: tuple[tuple[float, float, float, float], float, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        np.array([row[0] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[2] for row in rows], np.int64),
    )


BOX, NEAR, OTHER = (0.1, 0.1, 0.2, 0.4), (0.1, 0.1, 0.2, 0.42), (0.6, 0.1, 0.7, 0.4)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([], []),
        ([(BOX, 0.05, PLAYER)], []),
        ([(BOX, 0.9, PLAYER)], [PLAYER]),
        ([(BOX, 0.9, PLAYER), (OTHER, 0.8, PLAYER)], [PLAYER, PLAYER]),
        ([(BOX, 0.9, PLAYER), (NEAR, 0.8, PLAYER + 2)], [PLAYER]),  # one person does one thing
        ([(BOX, 0.7, PLAYER), (NEAR, 0.8, REFEREE)], [REFEREE]),
        ([(BOX, 0.9, BALL), (NEAR, 0.8, BALL_IN_BASKET)], [BALL]),
        ([(BOX, 0.9, PLAYER), (NEAR, 0.8, NUMBER)], [PLAYER, NUMBER]),
    ],
)
def test_rivals_are_dropped(rows: list[tuple[tuple[float, float, float, float], float, int]], kept: list[int]) -> None:
    found = to_detections(*raw(*rows), (1000, 500), confidence=0.1, iou=0.65)
    assert found.class_id is not None and sorted(found.class_id) == sorted(kept)


def test_shares_become_pixels() -> None:
    found = to_detections(*raw((BOX, 0.9, PLAYER)), (1000, 500), 0.1, 0.65)
    assert np.allclose(found.xyxy, [[100, 50, 200, 200]])


def test_missing_and_wrong_weights(tmp_path: Path) -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    with pytest.raises(ModelError, match="no such model file"):
        OnnxDetector(tmp_path / "none.onnx").detect([image])
    (tmp_path / "bad.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="not a usable ONNX model"):
        OnnxDetector(tmp_path / "bad.onnx").detect([image])


def test_the_detector_of_the_package() -> None:
    detector = zoo.create("detector", "courtside", size=(320, 320))
    assert detector.detect([]) == []
    images = [np.full((180, 320, 3), 90, np.uint8), np.random.default_rng(0).integers(0, 255, (48, 33, 3), np.uint8)]
    before = [image.copy() for image in images]
    together, alone = detector.detect(images), [detector.detect([image])[0] for image in images]
    for one, other in zip(together, alone, strict=True):
        assert np.allclose(one.xyxy, other.xyxy)
    assert all(np.array_equal(a, b) for a, b in zip(images, before, strict=True))
    assert zoo.checked_weights(zoo.CARDS[0]).stat().st_size <= 15e6
