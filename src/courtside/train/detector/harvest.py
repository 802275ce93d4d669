"""Labelled frames out of clips that have been run: what the detector sees in most of several looks at a frame, and where a track proves somebody to be.

So the detector learns an arena or a camera that nobody has labelled. The looks are of different sizes and mirrored, and what they agree on is surer than any
of them ("data distillation", Radosavovic et al. 2018); a track knows of people whom a single frame hardly shows. What is neither sure nor absent is marked as
a crowd, in COCO's sense: the training neither rewards nor punishes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import supervision as sv

from courtside.models.detector import OnnxDetector
from courtside.types import BALL, BALL_IN_BASKET, CLASSES, NUMBER, PLAYER, PLAYER_CLASSES, REFEREE, RIM, Frame, Image, Person

LEAST_CONFIDENCE = 0.05
"""Of the detector, in each look: below it a thing is absent."""

_SCALES = (0.8, 1.0, 1.25)
_SURE = 0.45
"""Mean confidence of all looks, those that saw nothing with 0, from which a thing is there."""
_MAYBE = 0.12
_SAME = 0.55
"""IoU from which boxes of two looks are of one thing."""
_DOUBLE = 0.65
"""IoU with a surer box from which another of the same look is a second one of the same thing."""
_TRACKED = 0.6
"""IoU with a tracked person from which an unsure box is sure."""
_ROLE = 0.75
"""Share of the confidence that the likelier of player and referee must have."""

Array = npt.NDArray[np.float64]
_KINDS: tuple[tuple[int, ...], ...] = ((*PLAYER_CLASSES, REFEREE), (BALL, BALL_IN_BASKET), (NUMBER,), (RIM,))


@dataclass(frozen=True)
class Label:
    """A box, x1 y1 x2 y2 in pixels, of a class; ``crowd``: whether there is one is not known."""

    xyxy: tuple[float, float, float, float]
    class_id: int
    crowd: bool = False


def look_often(detector: OnnxDetector, image: Image) -> list[sv.Detections]:
    """Return what ``detector`` finds in ``image`` at several sizes and mirrored, each in pixels of ``image``; its size is as before afterwards."""
    detector.focus(image)
    width, height = chosen = detector.size
    mirrored = cv2.flip(image, 1).astype(np.uint8, copy=False)
    looks = []
    for scale in _SCALES:
        detector.size = (round(width * scale / 32) * 32, round(height * scale / 32) * 32)
        looks.append(detector.detect([image])[0])
        turned = detector.detect([mirrored])[0]
        turned.xyxy[:, [0, 2]] = image.shape[1] - turned.xyxy[:, [2, 0]]
        looks.append(turned)
    detector.size = chosen
    return looks


def agree(looks: Sequence[sv.Detections], people: Sequence[Person] = ()) -> list[Label]:
    """Return what is in a frame by all ``looks`` at it, and by the ``people`` that are tracked there.

    Boxes of one thing are averaged by their confidence (weighted boxes fusion, Solovyev et al. 2021).
    """
    labels = []
    for kinds in _KINDS:
        labels += _people(looks, people) if PLAYER in kinds else [
            Label(_sides(box), kinds[0], crowd=score < _SURE) for box, votes in _fused(looks, kinds) if (score := float(votes.sum())) >= _MAYBE
        ]
    return labels


def _people(looks: Sequence[sv.Detections], people: Sequence[Person]) -> list[Label]:
    tracked = np.array([person.xyxy for person in people], np.float64).reshape(-1, 4)
    labels: list[Label] = []
    shown = np.zeros(len(tracked), np.bool_)
    for box, votes in _fused(looks, _KINDS[0]):
        score, referee = float(votes.sum()), float(votes[-1] / max(votes.sum(), 1e-9))
        same = sv.box_iou_batch(box[None], tracked)[0] >= _TRACKED if len(tracked) else np.zeros(0, np.bool_)
        shown |= same
        if score < _MAYBE:
            continue
        sure = (score >= _SURE or bool(same.any())) and max(referee, 1 - referee) >= _ROLE
        if sure:
            labels.append(Label(_sides(box), REFEREE if referee > 0.5 else PLAYER))
        else:
            labels += [Label(_sides(box), role, crowd=True) for role in (PLAYER, REFEREE)]
    return labels + [Label(_sides(box), role, crowd=True) for box in tracked[~shown] for role in (PLAYER, REFEREE)]


def _sides(box: Array) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (round(float(side), 1) for side in box)
    return x1, y1, x2, y2


def _fused(looks: Sequence[sv.Detections], kinds: Sequence[int]) -> Iterator[tuple[Array, Array]]:
    """Yield each thing of ``kinds``: its box (4,) and the mean confidence (kinds,) of all looks for each of them."""
    boxes, scores, classes, source = [], [], [], []
    for i, look in enumerate(looks):
        assert look.confidence is not None and look.class_id is not None
        rows = np.isin(look.class_id, kinds)
        boxes.append(look.xyxy[rows])
        scores.append(look.confidence[rows])
        classes.append(look.class_id[rows])
        source.append(np.full(int(rows.sum()), i))
    xyxy, score = np.concatenate(boxes).astype(np.float64), np.concatenate(scores).astype(np.float64)
    kind, look_of = np.concatenate(classes), np.concatenate(source)
    free = np.ones(len(xyxy), np.bool_)
    for first in np.argsort(-score, kind="stable"):
        if not free[first]:
            continue
        overlap = np.where(free, sv.box_iou_batch(xyxy[[first]], xyxy)[0], 0.0)
        of_look = np.where(look_of == np.arange(len(looks))[:, None], overlap, 0.0)  # (looks, boxes)
        members = [first, *(int(own.argmax()) for i, own in enumerate(of_look) if i != look_of[first] and own.max() >= _SAME)]
        free[members] = False
        free &= overlap < _DOUBLE
        votes = np.array([score[members][kind[members] == each].sum() for each in kinds]) / len(looks)
        yield np.average(xyxy[members], axis=0, weights=score[members]), votes


def harvest(
    frames: Iterable[Frame], detector: OnnxDetector, people: Callable[[int], Sequence[Person]], every: int
) -> Iterator[tuple[int, Image, list[Label]]]:
    """Yield the index, picture and labels of every ``every``-th of ``frames``.

    The picture, and the labels with it, is scaled to the size at which the detector looks at it: it is what the other training frames look like.

    Args:
        frames: the clip's.
        detector: looks at each frame several times; its confidence should be ``LEAST_CONFIDENCE``, or nothing is ever doubtful.
        people: gives the tracked people of a frame, as ``read_people`` does.
        every: 1 for all frames.
    """
    for frame in frames:
        if frame.index % every:
            continue
        labels = agree(look_often(detector, frame.image), people(frame.index))
        width, height = detector.size
        sx, sy = width / frame.image.shape[1], height / frame.image.shape[0]
        scaled = [Label((x1 * sx, y1 * sy, x2 * sx, y2 * sy), label.class_id, label.crowd) for label in labels for x1, y1, x2, y2 in [label.xyxy]]
        yield frame.index, cv2.resize(frame.image, detector.size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False), scaled


def write_frames(found: Iterable[tuple[int, Image, list[Label]]], clip: str, folder: Path) -> int:
    """Add the frames of the clip called ``clip`` to the COCO split ``folder`` (the same clip's earlier ones are replaced); return how many boxes are sure."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "_annotations.coco.json"
    old = json.loads(index.read_text()) if index.is_file() else {"images": [], "annotations": []}
    gone = {image["id"] for image in old["images"] if image["clip"] == clip}
    images = [image for image in old["images"] if image["id"] not in gone]
    annotations = [box for box in old["annotations"] if box["image_id"] not in gone]
    next_id, n_sure = 1 + max((image["id"] for image in images), default=-1), 0
    for number, picture, labels in found:
        name = f"{clip}-{number:06d}.jpg"
        (folder / name).write_bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes())
        images.append({"id": next_id, "file_name": name, "clip": clip, "width": picture.shape[1], "height": picture.shape[0]})
        for label in labels:
            x1, y1, x2, y2 = label.xyxy
            box = [round(side, 1) for side in (x1, y1, x2 - x1, y2 - y1)]
            annotations.append({"image_id": next_id, "category_id": label.class_id, "bbox": box, "iscrowd": int(label.crowd)})
            n_sure += not label.crowd
        next_id += 1
    document = {"categories": [{"id": i, "name": name} for i, name in enumerate(CLASSES)], "images": images, "annotations": annotations}
    aside = index.with_suffix(".part")
    aside.write_text(json.dumps(document))
    aside.replace(index)
    return n_sure
