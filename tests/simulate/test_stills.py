from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from courtside.court import COURTS, Lens
from courtside.simulate.stills import SIDE, make_stills
from courtside.types import CLASSES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("stills") / "train"
    make_stills(made, 2, seed=3)
    return made


def test_a_coco_split_of_the_ten_classes(folder: Path) -> None:
    document = json.loads((folder / "_annotations.coco.json").read_text())
    assert [category["name"] for category in document["categories"]] == list(CLASSES)
    assert len(document["images"]) == 2
    for image in document["images"]:
        picture = cv2.imread(str(folder / image["file_name"]))
        assert picture is not None and picture.shape == (SIDE, SIDE, 3)
    names = {CLASSES[annotation["category_id"]] for annotation in document["annotations"]}
    assert {"player", "referee", "number"} <= names


def test_boxes_lie_in_the_picture(folder: Path) -> None:
    for annotation in json.loads((folder / "_annotations.coco.json").read_text())["annotations"]:
        x, y, width, height = annotation["bbox"]
        assert width > 0 and height > 0 and x > -1 and y > -1 and x + width < SIDE + 1 and y + height < SIDE + 1


def test_the_court_is_placed_in_every_picture(folder: Path) -> None:
    placed = json.loads((folder / "court.json").read_text())
    assert [entry["file"] for entry in placed] == [image["file_name"] for image in json.loads((folder / "_annotations.coco.json").read_text())["images"]]
    for entry in placed:
        picture = cv2.imread(str(folder / entry["file"]))
        assert picture is not None
        court, lens = COURTS[entry["league"]], Lens(*entry["lens"])
        floor = np.stack(np.meshgrid(np.linspace(-1, 1, 41) * court.half_length_m, np.linspace(-1, 1, 21) * court.half_width_m), -1).reshape(-1, 2)
        x, y, depth = np.array(entry["court_to_pinhole"]) @ np.concatenate([floor, np.ones((len(floor), 1))], 1).T
        pixels = lens.bend(np.stack([x, y], 1)[depth > 0] / depth[depth > 0, None])
        inside = ((pixels > 0) & (pixels < SIDE)).all(1)
        assert inside.sum() > 100 and np.median(pixels[inside, 1]) > SIDE / 3  # the floor is in the lower part of a broadcast's picture
