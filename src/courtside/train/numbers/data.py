"""Labelled jersey-number crops: a folder per number. The folder's name is the number, a string: "0" is not "00".

The training split comes already augmented: turned by quarter turns (with black bars where the turned picture did not fit), mirrored, sheared, noisy. Turned and
mirrored crops teach the wrong lesson (a mirrored 2 is a 5, a 6 upside down a 9), so ``TURNS`` names the eight ways a crop may lie and ``clean`` finds which.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from courtside.errors import DataError
from courtside.models.numbers import NO_TENS
from courtside.train.detector.data import load_coco
from courtside.types import NUMBER, NUMBERS, PLAYER_CLASSES, REFEREE, Image

TURNS = tuple((quarters, mirrored) for mirrored in (False, True) for quarters in range(4))
"""How to set a crop upright: mirror it left-right if so, then turn it by so many quarters counter-clockwise. ``TURNS[0]`` leaves it alone."""

_DARK = 14
_SUFFIXES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True)
class NumberCrop:
    """One crop and the number on it. ``raw`` is the picture as filed, ``image`` the same without black bars; both (h, w, 3) BGR.

    ``upright`` says that nobody has turned or mirrored it.
    """

    raw: Image
    image: Image
    number: str
    path: Path
    upright: bool = False

    @property
    def turned(self) -> bool:
        """Whether black bars were cut away: the mark of a quarter turn."""
        return self.raw.shape != self.image.shape


def heads_of(number: str) -> tuple[int, int]:
    """Return the classes of the tens head and the units head: "7" is (none, 7), "00" is (0, 0)."""
    return (NO_TENS if len(number) == 1 else int(number[0])), int(number[-1])


def trim_bars(image: Image) -> Image:
    """Cut black bars off opposite sides; a dark jersey (bars on one side only, or a crop nearly all dark) is left alone."""
    for axis in (0, 1):
        lines = np.median(image.max(2), axis=1 - axis) > _DARK
        inside = np.flatnonzero(lines)
        if not len(inside):
            continue
        first, last, n = int(inside[0]), int(inside[-1]) + 1, len(lines)
        if first >= 2 and n - last >= 2 and abs(first - (n - last)) <= 3 and last - first >= 0.3 * n:
            image = image[first:last] if axis == 0 else image[:, first:last]
    return image


def turn(image: Image, index: int) -> Image:
    """Return ``image`` set by ``TURNS[index]``."""
    quarters, mirrored = TURNS[index]
    return np.ascontiguousarray(np.rot90(image[:, ::-1] if mirrored else image, quarters))


def load_numbers(folder: Path, upright: bool = False) -> list[NumberCrop]:
    """Read every crop under ``folder``, sorted by path; black bars are cut away, but for crops that are known to be ``upright``.

    Raises:
        DataError: the folder is missing or empty, a sub-folder's name is not a jersey number, or a picture can't be read.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; give one with a sub-folder of crops for each number")
    crops = []
    for path in sorted(path for path in folder.glob("*/*") if path.suffix.lower() in _SUFFIXES):
        number = path.parent.name
        if number not in NUMBERS:
            raise DataError(f"{path.parent}: {number!r} is not a jersey number; name the folder '0' to '99' or '00'")
        image = cv2.imread(str(path))
        if image is None:
            raise DataError(f"{path}: not a picture that can be read; delete it or copy the data set again")
        picture = image.astype(np.uint8, copy=False)
        crops.append(NumberCrop(picture, picture if upright else trim_bars(picture), number, path, upright))
    if not crops:
        raise DataError(f"{folder}: no pictures; give a folder with a sub-folder of crops for each number")
    return crops


def load_empty_patches(folder: Path, n: int, random: np.random.Generator) -> list[Image]:
    """Cut ``n`` patches of a number box's size that hold no number out of the detector's labelled frames; half of them lie on people.

    Raises:
        DataError: see ``load_coco``.
    """
    samples = load_coco(folder)
    patches: list[Image] = []
    while len(patches) < n:
        sample = samples[random.integers(len(samples))]
        height, width = sample.image.shape[:2]
        wide = 16 / 9 * height / width  # the frames are stored stretched to a square
        boxes = sample.boxes
        people = boxes[np.isin(boxes[:, 4], (*PLAYER_CLASSES, REFEREE))]
        numbers = boxes[boxes[:, 4] == NUMBER]
        tall = random.uniform(0.018, 0.06) * height
        broad = tall * random.uniform(0.4, 1.1) / wide
        if len(people) and random.random() < 0.6:
            left, top, right, bottom = people[random.integers(len(people)), :4]
        else:
            left, top, right, bottom = 0, 0, width, height
        x, y = random.uniform(left, max(left + 1, right - broad)), random.uniform(top, max(top + 1, bottom - tall))
        x, y = min(max(0.0, x), width - broad), min(max(0.0, y), height - tall)
        apart = (numbers[:, 0] > x + broad + 1) | (numbers[:, 2] < x - 1) | (numbers[:, 1] > y + tall + 1) | (numbers[:, 3] < y - 1)
        if apart.all():
            patch = sample.image[int(y) : int(y + tall) + 1, int(x) : int(x + broad) + 1]
            size = max(2, round(patch.shape[1] * wide)), patch.shape[0]
            patches.append(cv2.resize(patch, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False))
    return patches
