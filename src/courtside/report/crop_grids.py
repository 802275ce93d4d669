"""Pictures of what the models were shown: grids of kit crops, all and by team, and of number crops with what was read off them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from courtside.models.appearance import kit_crop
from courtside.pipeline.analyze import padded_crop
from courtside.records import Records
from courtside.types import NUMBERS, Frame, Image, Person

_T = TypeVar("_T")

_COLUMNS, _ROWS = 10, 10
_CELL, _GAP, _LINE = 96, 4, 18  # pixels of a cell's side, between cells, and of a title's line
_SAME = 0.3  # overlap from which a box and a finished track's are the same person's


def crop_grids(frames: Iterable[Frame], records: Records, people: Callable[[int], list[Person]]) -> dict[str, Image]:
    """Return name -> grid: "crops", "team NAME" for each team, "no team", and "numbers"; none that would be empty.

    Each shows at most 100 crops, spread evenly over the clip.

    Args:
        frames: the clip's.
        records: what was seen in it.
        people: gives the people of a frame, as ``read_people`` does.
    """
    crops: dict[str, list[Image]] = {}
    titles: dict[str, list[str]] = {}
    for frame in frames:
        for name, crop, title in (*_looks(frame, records, people), *_readings(frame, records)):
            crops.setdefault(name, []).append(crop)
            titles.setdefault(name, []).append(title)
    return {name: grid(_spread(crops[name]), _spread(titles[name])) for name in sorted(crops)}


def _spread(items: list[_T]) -> list[_T]:
    most = _COLUMNS * _ROWS
    return [items[i] for i in np.unique(np.linspace(0, len(items) - 1, min(most, len(items))).round().astype(int))]


def _looks(frame: Frame, records: Records, people: Callable[[int], list[Person]]) -> Iterable[tuple[str, Image, str]]:
    looks, boxes = records.appearances, records.detections
    rows, found = slice(*np.searchsorted(looks.frame, (frame.index, frame.index + 1))), slice(*np.searchsorted(boxes.frame, (frame.index, frame.index + 1)))
    named = people(frame.index) if len(looks.frame[rows]) else []
    appearance = records.settings.get("appearance", {})
    above = {"above": 0.3} if appearance.get("crop") == "centre" else {}
    for tracker_id in looks.tracker_id[rows]:
        for xyxy in boxes.xyxy[found][boxes.tracker_id[found] == tracker_id][:1]:
            # a copy: the crop must not keep the whole frame in memory
            crop = fit(kit_crop(frame.image, xyxy, **above))
            team = _team_of(xyxy, named)
            yield "crops", crop, ""
            yield (f"team {team}" if team else "no team"), crop, ""


def _readings(frame: Frame, records: Records) -> Iterable[tuple[str, Image, str]]:
    readings = records.readings
    wanted = records.settings.get("numbers", {})
    for row in range(*np.searchsorted(readings.frame, (frame.index, frame.index + 1))):
        best = int(readings.chance[row].argmax())
        chance = float(readings.chance[row, best])
        crop = padded_crop(frame.image, readings.xyxy[row], wanted.get("margin", 0.2), wanted.get("margin_px"))
        yield "numbers", fit(crop), f"{NUMBERS[best]} {chance:.2f}" if chance >= 0.5 else "-"


def _team_of(xyxy: npt.NDArray[np.floating], people: Sequence[Person]) -> str | None:
    best, team = _SAME, None
    for person in people:
        box = np.array(person.xyxy)
        sides = np.clip(np.minimum(box[2:], xyxy[2:]) - np.maximum(box[:2], xyxy[:2]), 0, None)
        shared = float(sides.prod())
        union = float((box[2:] - box[:2]).prod() + (xyxy[2:] - xyxy[:2]).prod()) - shared
        if shared > best * union:
            best, team = shared / union, person.team
    return team


def fit(crop: Image) -> Image:
    """Return the crop scaled into a square cell, its aspect kept, the rest dark."""
    cell = np.full((_CELL, _CELL, 3), 24, np.uint8)
    scale = _CELL / max(crop.shape[:2])
    width, height = max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))
    left, top = (_CELL - width) // 2, (_CELL - height) // 2
    cell[top : top + height, left : left + width] = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return cell


def grid(cells: Sequence[Image], titles: Sequence[str]) -> Image:
    """Return the cells in rows of ten, each with its title (may be "") above it."""
    line = _LINE if any(titles) else 0
    columns, rows = min(_COLUMNS, len(cells)), -(-len(cells) // _COLUMNS)
    picture = np.full((rows * (_CELL + line + _GAP) + _GAP, columns * (_CELL + _GAP) + _GAP, 3), 255, np.uint8)
    for i, (cell, title) in enumerate(zip(cells, titles, strict=True)):
        top, left = _GAP + i // _COLUMNS * (_CELL + line + _GAP), _GAP + i % _COLUMNS * (_CELL + _GAP)
        if title:
            cv2.putText(picture, title, (left, top + 13), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (30, 30, 30), 1, cv2.LINE_AA)
        picture[top + line : top + line + _CELL, left : left + _CELL] = cell
    return picture
