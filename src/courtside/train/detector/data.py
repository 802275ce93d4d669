"""Labelled frames for the detector, from two sets that label different things.

``detection`` (COCO, ten classes) labels everything. ``arenas`` (YOLO, seven classes) knows players, referees, the ball and the hoop (ring plus net), but no
numbers, no actions and no bare rim: what it does not label must not be punished, so each sample carries *ignored* boxes, as COCO's crowds are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from courtside.errors import DataError
from courtside.types import BALL, CLASSES, NUMBER, PLAYER, REFEREE, RIM, Image

Boxes = npt.NDArray[np.float32]

_ARENA_CLASSES = {0: BALL, 4: PLAYER, 5: REFEREE}
_ARENA_HOOP = 2


@dataclass(frozen=True)
class Sample:
    """One labelled frame.

    ``boxes`` is (n, 5): x1, y1, x2, y2 in pixels, class id. ``ignored`` is (m, 5), the same: regions where something of the class may be but is not labelled.
    ``has_actions`` says whether the kinds of player and the ball in the basket are told apart.
    """

    image: Image
    boxes: Boxes
    ignored: Boxes = field(default_factory=lambda: np.zeros((0, 5), np.float32))
    has_actions: bool = True


def _read_image(path: Path) -> Image:
    image = cv2.imread(str(path))
    if image is None:
        raise DataError(f"{path}: not a picture that can be read; delete it or copy the data set again")
    return image.astype(np.uint8, copy=False)


def load_coco(folder: Path, has_actions: bool = True) -> list[Sample]:
    """Read a Roboflow COCO split (``_annotations.coco.json`` beside its pictures); what is marked ``iscrowd`` is ignored.

    Raises:
        DataError: the folder, a picture or a class name is not what is expected.
    """
    index = folder / "_annotations.coco.json"
    if not index.is_file():
        raise DataError(f"{index}: not found; give a folder with a Roboflow COCO export")
    document = json.loads(index.read_text())
    names = {category["id"]: category["name"] for category in document["categories"]}
    boxes: dict[int, list[list[float]]] = {image["id"]: [] for image in document["images"]}
    ignored: dict[int, list[list[float]]] = {image["id"]: [] for image in document["images"]}
    for annotation in document["annotations"]:
        name = names[annotation["category_id"]]
        if name not in CLASSES:
            raise DataError(f"{index}: unknown class {name!r}; expected {', '.join(CLASSES)}")
        x, y, width, height = annotation["bbox"]
        rows = ignored if annotation.get("iscrowd") else boxes
        rows[annotation["image_id"]].append([x, y, x + width, y + height, CLASSES.index(name)])
    return [
        Sample(_read_image(folder / image["file_name"]), _table(boxes[image["id"]]), _table(ignored[image["id"]]), has_actions)
        for image in document["images"]
    ]


def _table(rows: list[list[float]]) -> Boxes:
    return np.array(rows, np.float32).reshape(-1, 5)


def load_arenas(folder: Path) -> list[Sample]:
    """Read a split of the seven-class set: ``images/*.jpg`` with YOLO ``labels/*.txt``.

    Raises:
        DataError: the folder or a picture can't be read.
    """
    pictures = sorted((folder / "images").glob("*.jpg"))
    if not pictures:
        raise DataError(f"{folder}/images: no pictures; give a folder with images/ and labels/")
    samples = []
    for picture in pictures:
        image = _read_image(picture)
        height, width = image.shape[:2]
        rows = [line.split() for line in (folder / "labels" / f"{picture.stem}.txt").read_text().splitlines() if line.strip()]
        table = np.array(rows, np.float32).reshape(-1, 5)
        centre, size = table[:, 1:3] * (width, height), table[:, 3:5] * (width, height)
        xyxy = np.concatenate([centre - size / 2, centre + size / 2], 1).astype(np.float32)
        kept = [i for i, kind in enumerate(table[:, 0]) if int(kind) in _ARENA_CLASSES]
        classes = np.array([[_ARENA_CLASSES[int(table[i, 0])]] for i in kept], np.float32).reshape(-1, 1)
        boxes = np.concatenate([xyxy[kept], classes], 1)
        hoops = xyxy[table[:, 0] == _ARENA_HOOP]
        margin = (hoops[:, 2:] - hoops[:, :2]) * 0.25
        people = boxes[np.isin(boxes[:, 4], (PLAYER, REFEREE)), :4]
        rims = np.concatenate([hoops[:, :2] - margin, hoops[:, 2:] + margin], 1)
        unknown = [np.insert(regions, 4, class_id, 1) for regions, class_id in ((people, NUMBER), (rims, RIM))]
        samples.append(Sample(image, boxes, np.concatenate(unknown), has_actions=False))
    return samples


def calibration_images(detection: Path, arenas: Path | None, n: int = 40) -> list[Image]:
    """Return about ``n`` training frames, spread over both sets, for measuring the range of the network's activations."""
    pools = [load_coco(detection / "train"), load_arenas(arenas / "train") if arenas else []]
    return [sample.image for pool in pools for sample in pool[:: max(1, sum(map(len, pools)) // n)]]
