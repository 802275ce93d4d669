"""Fine-tuning a detector of transformers: a step or two on a tiny RF-DETR."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the research extra")
pytest.importorskip("transformers", reason="needs the research extra")

import tiny_models as tiny
from courtside.errors import DataError, ModelError
from courtside.models.research.hub_detector import HubDetector
from courtside.models.research.placement import Placement
from courtside.train.detector.data import Sample
from courtside.train.research.detector import HubDetectorRecipe, fit, target_of, vary
from courtside.types import CLASSES, PLAYER, REFEREE


def coco(folder: Path, n_images: int = 3) -> None:
    """White players on a dark floor."""
    folder.mkdir(parents=True)
    images, annotations = [], []
    for i in range(n_images):
        picture = np.full((80, 120, 3), 40, np.uint8)
        cv2.rectangle(picture, (20 + 10 * i, 20), (40 + 10 * i, 70), (230, 230, 230), -1)
        cv2.imwrite(str(folder / f"{i}.png"), picture)
        images.append({"id": i, "file_name": f"{i}.png"})
        annotations.append({"image_id": i, "category_id": 7, "bbox": [20 + 10 * i, 20, 20, 50]})
    document = {"categories": [{"id": 7, "name": "player"}], "images": images, "annotations": annotations}
    (folder / "_annotations.coco.json").write_text(json.dumps(document))


def test_targets_are_shares() -> None:
    image = np.zeros((50, 100, 3), np.uint8)
    target = target_of(Sample(image, np.array([[10, 10, 30, 20, PLAYER], [0, 0, 100, 50, REFEREE]], np.float32)))
    assert target["class_labels"].tolist() == [PLAYER, REFEREE]
    assert np.allclose(target["boxes"], [[0.2, 0.3, 0.2, 0.2], [0.5, 0.5, 1, 1]])
    assert target_of(Sample(image, np.zeros((0, 5), np.float32)))["boxes"].shape == (0, 4)


def test_a_mirrored_frame_keeps_its_boxes_on_its_people() -> None:
    image = np.zeros((50, 100, 3), np.uint8)
    image[10:20, 10:30] = 255
    for seed in range(6):
        varied = vary(Sample(image, np.array([[10, 10, 30, 20, PLAYER]], np.float32)), np.random.default_rng(seed))
        x1, y1, x2, y2 = varied.boxes[0, :4].astype(int)
        assert varied.image[y1:y2, x1:x2].min() > 150 and varied.image[:, : x1 - 1].max(initial=0) < 100
    assert image.max() == 255 and image[0, 0, 0] == 0


def test_two_steps_and_the_folder_is_a_detector(tmp_path: Path) -> None:
    start = tiny.rf_detr(tmp_path / "start", {0: "person", 1: "dog"})  # of other classes
    coco(tmp_path / "data" / "train")
    coco(tmp_path / "data" / "valid", 1)
    said: list[str] = []
    recipe = HubDetectorRecipe(tmp_path / "data", str(start), minutes=0.01, batch=2, placement=Placement("cpu"))
    fit(recipe, tmp_path / "work", tmp_path / "export", said.append)
    assert said[0] == "3 frames to train on, 1 to validate" and "players" in said[-1]
    detector = HubDetector(str(tmp_path / "export"), confidence=0.001, device="cpu")
    image = np.zeros((80, 120, 3), np.uint8)
    assert len(detector.detect([image])[0]) > 0
    assert list(detector._network.config.id2label.values()) == list(CLASSES)
    assert detector._prepare.size == (64, 64)
    fit(recipe, tmp_path / "work", tmp_path / "export", said.append)  # goes on where it ended: the time is spent
    assert any("going on at step" in line for line in said)


def test_bad_input(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="COCO"):
        fit(HubDetectorRecipe(tmp_path, "nobody/no-such-model"), tmp_path / "work", tmp_path / "export", print)
    coco(tmp_path / "train")
    coco(tmp_path / "valid", 1)
    recipe = HubDetectorRecipe(tmp_path, "nobody/no-such-model", placement=Placement("cpu", offline=True))
    with pytest.raises(ModelError, match="set --model=FOLDER"):
        fit(recipe, tmp_path / "work", tmp_path / "export", print)
