"""Frames whose place on the court is known: pictures cut out of clips, and clips. A homography and a lens give the place of every landmark and line."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import COURTS, Court, Lens
from courtside.court.markings import landmarks, lines
from courtside.errors import DataError
from courtside.media import probe, read_frames
from courtside.truth import CourtLabels, load_truth
from courtside.types import Image

Floats = npt.NDArray[np.float64]

WIDTH = 768
"""Pixels; pictures are kept this wide, with the aspect of the broadcast (16:9 where they came squeezed into a square)."""

_STEP_M = 0.4  # between the points of a line: a lens bends it


@dataclass(frozen=True)
class CourtSample:
    """One frame, (h, w, 3) BGR.

    ``floor_to_picture`` (3, 3) takes floor metres to pinhole pixels of the original, which ``lens`` bends and ``scale`` (x, y) shrinks; None: no court in view.
    """

    image: Image
    court: Court
    floor_to_picture: Floats | None
    lens: Lens
    scale: tuple[float, float]

    def project(self, points: Floats) -> Floats:
        """Return the pixels (n, 2) of floor points (n, 2) in metres, NaN for what lies behind the camera."""
        if self.floor_to_picture is None:
            return np.full(points.shape, np.nan)
        homogeneous = np.concatenate([points, np.ones((len(points), 1))], 1) @ self.floor_to_picture.T
        in_front = homogeneous[:, 2] > 1e-6
        pixels = np.full(points.shape, np.nan)
        flat = homogeneous[in_front, :2] / homogeneous[in_front, 2:]
        pixels[in_front] = (self.lens.bend(flat) + 0.5) * self.scale - 0.5  # a pixel's coordinates are those of its middle
        return pixels


def _quiet(_: str) -> None:
    """What is odd about a clip matters when it is analysed."""


def landmark_points(court: Court) -> Floats:
    """Return (k, 2) in metres, in the order of ``landmarks``."""
    return np.array(list(landmarks(court).values()))


def mirrored_order() -> npt.NDArray[np.int64]:
    """Return (k,): for each landmark the index of its mirror image across the half-way line."""
    names = list(landmarks(COURTS["nba"]))
    swap = {"left": "right", "right": "left"}
    return np.array([names.index(" ".join([swap.get(name.split()[0], name.split()[0]), *name.split()[1:]])) for name in names])


def line_points(court: Court) -> list[Floats]:
    """Return every painted line as points (n, 2) in metres not more than 0.4 m apart."""
    dense = []
    for line in lines(court).values():
        parts = [np.linspace(a, b, max(2, int(np.hypot(*(b - a)) / _STEP_M) + 1)) for a, b in itertools.pairwise(line)]
        dense.append(np.concatenate(parts))
    return dense


def _sample(image: Image, labels: CourtLabels, row: int, aspect: float | None = None) -> CourtSample:
    height, width = image.shape[:2]
    size = WIDTH, round(WIDTH / (aspect or width / height))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if size[0] < width else cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    matrix = labels.court_to_pinhole[row] if labels.valid[row] else None
    if matrix is not None:
        # a homography has no sign of its own: what is in the picture must lie in front
        below = np.linalg.inv(matrix) @ (width / 2, 0.8 * height, 1)
        matrix = matrix * np.sign((matrix @ (below / below[2]))[2])
    return CourtSample(small, COURTS[labels.league], matrix, Lens(*labels.lens), (size[0] / width, size[1] / height))


def load_stills(truth: Path, pictures: Path) -> list[CourtSample]:
    """Read the frames of ``pictures`` (CLIP-0030_*.jpg, squeezed from 16:9 into a square) that ``truth``/CLIP.json labels.

    Raises:
        DataError: a folder or picture is missing.
        TruthError: a label file is wrong.
    """
    samples = []
    for path in sorted(truth.glob("*.json")):
        found = sorted(pictures.glob(f"{path.stem}-*.jpg"))
        if not found:
            continue
        labels = load_truth(path).court
        assert labels is not None  # it is what such a file holds
        for row, frame in enumerate(labels.frame):
            for picture in pictures.glob(f"{path.stem}-{frame:04d}_*.jpg"):
                image = cv2.imread(str(picture))
                if image is None:
                    raise DataError(f"{picture}: not a picture that can be read; copy the data set again")
                samples.append(_sample(image.astype(np.uint8, copy=False), labels, row, aspect=16 / 9))
    if not samples:
        raise DataError(f"{pictures}: no picture that {truth}/*.json labels")
    return samples


def load_simulated(folder: Path) -> list[CourtSample]:
    """Read what ``courtside simulate --stills`` wrote.

    Raises:
        DataError: the folder or a picture is missing, or its labels are not of the kind.
    """
    index, samples = folder / "court.json", []
    try:
        for entry in json.loads(index.read_text()):
            image = cv2.imread(str(folder / entry["file"]))
            if image is None:
                raise DataError(f"{folder / entry['file']}: not a picture that can be read; simulate the frames again")
            map_, lens = np.array(entry["court_to_pinhole"], float)[None], tuple(map(float, entry["lens"]))
            labels = CourtLabels(entry["league"], lens, np.zeros(1, np.int64), np.ones(1, bool), map_)  # type: ignore[arg-type]  # six numbers, or Lens will say so
            samples.append(_sample(image.astype(np.uint8, copy=False), labels, 0, aspect=16 / 9))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{index}: not what `courtside simulate --stills` writes ({error}); simulate the frames again") from error
    return samples


def load_clip(truth: Path, clip: Path) -> list[CourtSample]:
    """Read the labelled frames of one clip; ``truth`` is its label file.

    Raises:
        MediaError: the clip can't be read.
        TruthError: the label file is wrong or of another clip.
    """
    n_frames = sum(1 for _ in read_frames(clip, warn=_quiet))  # the header's count may lie
    labels = load_truth(truth, replace(probe(clip), n_frames=n_frames)).court
    assert labels is not None  # it is what such a file holds
    rows = {int(frame): row for row, frame in enumerate(labels.frame)}
    return [_sample(frame.image, labels, rows[frame.index]) for frame in read_frames(clip, warn=_quiet) if frame.index in rows]
