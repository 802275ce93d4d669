from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

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
