"""COCO labels of a clip's frames in the ten classes of the detector: people and the ball."""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from courtside.errors import TruthError, nearest
from courtside.truth.check import Where
from courtside.truth.clip import Measures, known_length, rows_at, same_size
from courtside.truth.json_file import JsonFile
from courtside.truth.labels import BallLabels, PeopleLabels, Truth
from courtside.types import BALL, BALL_IN_BASKET, CLASSES, PLAYER_CLASSES, REFEREE, ClipInfo

_STILLS_HZ = Fraction(30)
_NAME = re.compile(r"(?P<clip>.*?)[-_. ]*(?P<frame>[0-9]{1,9})(?:_(?:png|jpe?g|bmp))?(?:\.rf\.[0-9A-Za-z]+)?\.[A-Za-z]+")  # CLIP-0030_png.rf.HASH.jpg too


def read_coco(file: JsonFile, clip: ClipInfo | None, name: str | None) -> tuple[Truth, Where]:
    """Read the people and the ball of one clip.

    A picture belongs to the clip that its name begins with and is the frame whose number it ends in; where a name has no number, the pictures are frames 0, 1,
    2, ... in the order of their names. ``who`` is the annotation's ``track_id`` where it has one (beside the box or in its ``attributes``), else a name of its
    own for every box: then the labels say where people are, not who is who. The ball is class "ball"; a picture with a ball in the basket alone does not count
    as labelled for it, and of two balls the larger is the game's. Without ``clip`` the pictures are taken to be of 30 frames/s and to end with the last.

    Raises:
        TruthError: the file is wrong, has pictures of several clips and ``name`` is none of them, or pictures of another size than ``clip``.
    """
    images = [file.expect(image, dict, "images") for image in file.get(file.data, "images", list)]
    clips: dict[str, list[dict[str, Any]]] = defaultdict(list)
    numbered = all(_NAME.fullmatch(Path(file.get(image, "file_name", str, "an image")).name) for image in images)
    for image in images:
        match = _NAME.fullmatch(Path(image["file_name"]).name)
        clips[match["clip"] if numbered and match else ""].append(image)
    if not images:
        raise TruthError(f"{file.path}: no pictures in it")
    if len(clips) > 1 and name not in clips:
        given = f"clip {name!r} is none of them{nearest(name, clips)}" if name else "say which with --name"
        raise TruthError(f"{file.path}: pictures of {len(clips)} clips ({', '.join(sorted(clips)[:3])}, ...); {given}")
    key = name if name in clips else next(iter(clips))
    chosen = sorted(clips[key], key=lambda image: str(image["file_name"]))
    frames: dict[int, str] = {}
    frame_of: dict[int, int] = {}
    for position, image in enumerate(chosen):
        match = _NAME.fullmatch(Path(image["file_name"]).name)
        frame = int(match["frame"]) if numbered and match else position
        if frame in frames:
            raise TruthError(f"{file.path}: {image['file_name']} and {frames[frame]} are both frame {frame}; leave one out")
        frames[frame] = image["file_name"]
        frame_of[file.get(image, "id", int, "an image")] = frame
    sizes = {(file.get(image, "width", int, "an image"), file.get(image, "height", int, "an image")) for image in chosen}
    if len(sizes) > 1:
        raise TruthError(f"{file.path}: pictures of {len(sizes)} sizes; those of one clip have one")
    [(width, height)] = sizes
    same_size(file.path, clip, width, height)
    info = Measures(width, height, _STILLS_HZ, max(frames) + 1) if clip is None else known_length(file.path, clip)
    people, ball, ids = _labels(file, frame_of)
    where = rows_at(file.path, {table: lambda row, known=known: f"{file.path}, annotation {known[row]}" for table, known in ids.items()})  # type: ignore[misc]  # mypy can't type a lambda's default
    return Truth(name or key or file.path.stem, info.width, info.height, info.rate, info.n_frames, people=people, ball=ball), where


def _labels(file: JsonFile, frame_of: dict[int, int]) -> tuple[PeopleLabels, BallLabels, dict[str, list[int]]]:
    classes: dict[int, str] = {}
    for category in file.get(file.data, "categories", list):
        classes[file.get(category, "id", int, "a category")] = file.get(category, "name", str, "a category")
    people: list[tuple[int, int, str, str, tuple[float, ...]]] = []
    balls: dict[int, tuple[float, int, tuple[float, ...]]] = {}
    unsure: set[int] = set()
    for annotation in file.get(file.data, "annotations", list):
        one = file.get(annotation, "id", int, "an annotation")
        frame = frame_of.get(file.get(annotation, "image_id", int, f"annotation {one}"))
        kind = classes.get(file.get(annotation, "category_id", int, f"annotation {one}"), "")
        if kind not in CLASSES:
            raise TruthError(f"{file.path}, annotation {one}: unknown class {kind!r}{nearest(kind, CLASSES)}; the classes are {', '.join(CLASSES)}")
        if frame is None or annotation.get("iscrowd"):
            continue
        sides = file.get(annotation, "bbox", list, f"annotation {one}")
        if len(sides) != 4:
            raise TruthError(f"{file.path}, annotation {one}: bbox is not [left, top, width, height]")
        left, top, width, height = (file.expect(side, float, "bbox") for side in sides)
        box = (left, top, left + width, top + height)
        class_id = CLASSES.index(kind)
        if class_id in PLAYER_CLASSES or class_id == REFEREE:
            people.append((frame, one, _who(annotation, one), "referee" if class_id == REFEREE else "player", box))
        elif class_id == BALL and (frame not in balls or balls[frame][0] < width * height):
            balls[frame] = width * height, one, box
        elif class_id == BALL_IN_BASKET:
            unsure.add(frame)
    people.sort(key=lambda row: row[:2])
    n, looked_at = len(people), np.array(sorted(frame_of.values()), np.int64)
    ball_frames = sorted(balls)
    return (
        PeopleLabels(
            labelled=looked_at,
            frame=np.array([row[0] for row in people], np.int64),
            who=np.array([row[2] for row in people], object),
            xyxy=np.array([row[4] for row in people], float).reshape(-1, 4),
            role=np.array([row[3] for row in people], object),
            team=np.full(n, None, object),
            number=np.full(n, None, object),
            player=np.full(n, None, object),
            court_m=np.full((n, 2), np.nan),
            visible=np.full(n, np.nan),
        ),
        BallLabels(
            labelled=np.setdiff1d(looked_at, np.array(sorted(unsure - balls.keys()), np.int64)),
            frame=np.array(ball_frames, np.int64),
            xyxy=np.array([balls[frame][2] for frame in ball_frames], float).reshape(-1, 4),
            court_m=np.full((len(balls), 3), np.nan),
        ),
        {"people": [row[1] for row in people], "ball": [balls[frame][1] for frame in ball_frames]},
    )


def _who(annotation: dict[str, Any], one: int) -> str:
    attributes = annotation.get("attributes")
    track = annotation.get("track_id", attributes.get("track_id") if isinstance(attributes, dict) else None)
    return f"box {one}" if track is None else f"track {track}"
