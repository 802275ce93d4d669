"""Short windows of clips with whose body each pixel is, as small square pictures in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from courtside.errors import DataError

Pixels = npt.NDArray[np.uint8]

LEAST_PX = 24
"""Nobody is asked to follow whoever shows fewer pixels than this: there is nothing to see."""


@dataclass(frozen=True)
class Scene:
    """``images`` (t, s, s, 3) BGR and ``owners`` (t, s, s), 0 where nobody is, the same value for the same person all along."""

    images: Pixels
    owners: Pixels


def cut_windows(frames: Iterable[tuple[Pixels, Pixels]], n_windows: int, share: float, side: int, random: np.random.Generator) -> list[Scene]:
    """Cut windows that stand still out of moving pictures, each over somebody.

    Args:
        frames: pictures (h, w, 3) and owners (h, w).
        n_windows: how many; they may overlap.
        share: width and height of a window as a share of the picture's.
        side: what each window is brought to, whatever its shape, as SAM2 does with whole pictures.
        random: chooses the windows.
    """
    pictures = list(frames)
    if not pictures:
        return []
    middle = pictures[len(pictures) // 2][1]
    height, width = middle.shape
    size = np.array([width * share, height * share])
    rows, columns = np.nonzero(middle)
    scenes = []
    for _ in range(n_windows):
        centre = np.array([width, height]) / 2
        if len(rows):
            k = random.integers(len(rows))
            centre = np.array([columns[k], rows[k]]) + random.uniform(-0.25, 0.25, 2) * size
        x, y = np.clip(centre - size / 2, 0, np.array([width, height]) - size).astype(int)
        inside = np.s_[y : y + int(size[1]), x : x + int(size[0])]
        images = [cv2.resize(image[inside], (side, side), interpolation=cv2.INTER_AREA) for image, _ in pictures]
        owners = [cv2.resize(owner[inside], (side, side), interpolation=cv2.INTER_NEAREST) for _, owner in pictures]
        scenes.append(Scene(np.stack(images).astype(np.uint8), np.stack(owners).astype(np.uint8)))
    return scenes


def save_scenes(scenes: Sequence[Scene], folder: Path, name: str) -> None:
    """Write scenes to ``folder/name-K.npz``."""
    folder.mkdir(parents=True, exist_ok=True)
    for k, scene in enumerate(scenes):
        aside = folder / f"{name}-{k}.part"
        with aside.open("wb") as file:
            np.savez(file, images=scene.images, owners=scene.owners)
        aside.replace(folder / f"{name}-{k}.npz")


def load_scenes(folder: Path) -> list[Scene]:
    """Read every scene of a folder.

    Raises:
        DataError: there is none, or one is damaged.
    """
    scenes = []
    for path in sorted(folder.glob("*.npz")):
        try:
            with np.load(path, allow_pickle=False) as file:
                scenes.append(Scene(file["images"], file["owners"]))
        except (OSError, KeyError, ValueError) as error:
            raise DataError(f"{path}: damaged ({error}); delete it and make it again") from error
    if not scenes:
        raise DataError(f"{folder}: no scenes (*.npz) there")
    return scenes


def people_in(owners: Pixels, least_px: float) -> list[int]:
    """Return who shows at least ``least_px`` pixels in one picture of owners."""
    counts = np.bincount(owners.ravel(), minlength=256)
    return [who for who in range(1, 256) if counts[who] >= least_px]


def box_of(mask: npt.NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Return xyxy around what is True in a mask that has something."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
