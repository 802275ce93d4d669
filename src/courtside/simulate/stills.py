"""Single simulated frames for mixing into training: the boxes of the ten classes as a Roboflow COCO split, and where the court lies in ``court.json``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from courtside.court import COURTS, Camera, Court
from courtside.errors import MediaError
from courtside.simulate.cast import make_cast
from courtside.simulate.director import broadcast
from courtside.simulate.draw import Drawn, Painter, make_arena
from courtside.simulate.game import Game
from courtside.simulate.knobs import Knobs
from courtside.simulate.scene import Action, Cast, Moment
from courtside.types import BALL, CLASSES, NUMBER, PLAYER, REFEREE, RIM, Image

SIDE = 640
"""Pictures are squeezed from 16:9 into a square of so many pixels, as those of the real training set are."""

_SIZE = (1280, 720)
_PER_GAME, _EVERY_S = 6, 4.0
_LEAST_VISIBLE, _LEAST_NUMBER = 0.15, 0.4
_DOES = {Action.SHOOT: "player-jump-shot", Action.LAYUP: "player-layup-dunk"}


def _boxes(drawn: Drawn, moment: Moment, cast: Cast) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    for person in drawn.people:
        if person.visible < _LEAST_VISIBLE:
            continue
        if cast.actors[person.row].role == "referee":
            yield REFEREE, person.xyxy
            continue
        doing = _DOES.get(Action(int(moment.action[person.row])))
        if doing is None and moment.holder == person.row:
            doing = "player-in-possession"
        yield CLASSES.index(doing) if doing else PLAYER, person.xyxy
        if person.number is not None and person.number_visible >= _LEAST_NUMBER:
            yield NUMBER, person.number
    if drawn.ball is not None:
        yield BALL, drawn.ball
    for rim in drawn.rims:
        yield RIM, rim


def _placed(court: Court, camera: Camera) -> dict[str, Any]:
    """Return where the court lies in the squeezed picture."""
    across, down = SIDE / _SIZE[0], SIDE / _SIZE[1]
    lens, squeeze = camera.lens, np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]])
    centre = (lens.cx + 0.5) * across - 0.5, (lens.cy + 0.5) * down - 0.5
    bent = [*centre, lens.sx * across, lens.sy * down, lens.k1, lens.k2]
    return {"league": court.league, "court_to_pinhole": (squeeze @ camera.court_to_pinhole()).tolist(), "lens": bent}


def _game(seed: int, n: int) -> Iterator[tuple[Image, list[tuple[int, tuple[float, float, float, float]]], dict[str, Any]]]:
    random = np.random.default_rng(seed)
    court = COURTS[str(random.choice(list(COURTS), p=[0.4, 0.12, 0.12, 0.12, 0.12, 0.12]))]
    occlusion, alike, illegible, wild = (float(share) for share in random.uniform((0.1, 0, 0, 0), (0.9, 0.4, 0.3, 0.6)))
    knobs = Knobs(occlusion, alike, illegible, wild, flashes=10)
    cast = make_cast(random, knobs, court)
    game = Game(court, cast, random, knobs)
    painter = Painter(court, cast, make_arena(random, court), knobs, random)
    step = round(_EVERY_S * 30)
    for i, (moment, view) in enumerate(broadcast(game, Fraction(30), n * step, _SIZE, knobs, random)):
        if i % step == step - 1:
            drawn = painter.draw(moment, view.camera, view.camera_end, view.flash)
            yield drawn.image, list(_boxes(drawn, moment, cast)), _placed(court, view.camera)


def make_stills(folder: Path, n: int, seed: int = 0, advance: Callable[[int, int | None], None] = lambda *_: None) -> None:
    """Write ``n`` pictures of many games, ``_annotations.coco.json`` and ``court.json`` into ``folder``, which is made.

    Raises:
        MediaError: a picture can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    courts: list[dict[str, Any]] = []
    squeeze = np.array([SIDE / _SIZE[0], SIDE / _SIZE[1]] * 2)
    for game in range(-(-n // _PER_GAME)):
        for image, boxes, placed in _game(seed * 100_003 + game, min(_PER_GAME, n - len(images))):
            number, name = len(images), f"game-{seed}-{game:04d}-{len(images):05d}.jpg"
            if not cv2.imwrite(str(folder / name), cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA), [cv2.IMWRITE_JPEG_QUALITY, 90]):
                raise MediaError(f"{folder / name}: can't be written; free some space or choose another folder")
            courts.append({"file": name, **placed})
            images.append({"id": number, "file_name": name, "width": SIDE, "height": SIDE})
            for class_id, xyxy in boxes:
                x1, y1, x2, y2 = (float(side) for side in np.array(xyxy) * squeeze)
                size = x2 - x1, y2 - y1
                annotations.append(
                    {"id": len(annotations), "image_id": number, "category_id": class_id, "bbox": [x1, y1, *size], "area": size[0] * size[1], "iscrowd": 0}
                )
            advance(len(images), n)
    document = {"images": images, "annotations": annotations, "categories": [{"id": i, "name": name} for i, name in enumerate(CLASSES)]}
    for file, content in (("court.json", courts), ("_annotations.coco.json", document)):
        aside = folder / f"{file}.part"
        aside.write_text(json.dumps(content))
        aside.replace(folder / file)
