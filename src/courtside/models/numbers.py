"""Our own jersey-number reader: one small ONNX network, made by ``courtside train numbers``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from courtside.models.onnx import open_session
from courtside.types import NUMBERS, Image, Reading

if TYPE_CHECKING:
    import onnxruntime as ort


CANVAS = (44, 48)
"""(width, height) in pixels of what our network sees."""

NO_TENS = 10
"""The tens head's class for a number of one digit."""

WHOLE, PARTIAL, ILLEGIBLE = 0, 1, 2
"""States of a crop: the whole number shows; a part of it is cut off or hidden; nothing to read."""

_PAD = 127
_TENS = np.array([NO_TENS if len(text) == 1 else int(text[0]) for text in NUMBERS])
_UNITS = np.array([int(text[-1]) for text in NUMBERS])


def fit_crop(crop: Image, size: tuple[int, int] = CANVAS) -> Image:
    """Scale ``crop`` into ``size`` (width, height) without changing its aspect, the rest grey: a stretched 1 looks like a 0, and a cut must stay at an edge."""
    width, height = size
    canvas = np.full((height, width, 3), _PAD, np.uint8)
    if not crop.size:
        return canvas
    scale = min(width / crop.shape[1], height / crop.shape[0])
    fitted = max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))
    left, top = (width - fitted[0]) // 2, (height - fitted[1]) // 2
    canvas[top : top + fitted[1], left : left + fitted[0]] = cv2.resize(crop, fitted, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return canvas


def number_distribution(tens: npt.NDArray[np.float32], units: npt.NDArray[np.float32], state: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Join the heads' probabilities, (n, 11), (n, 10) and (n, 3), to (n, 101) over ``NUMBERS``; what is missing to 1 is "not a whole legible number"."""
    joint: npt.NDArray[np.float32] = tens[:, _TENS] * units[:, _UNITS] * state[:, [WHOLE]]
    return joint


class OnnxNumberReader:
    """``NumberReader`` over an ONNX file that takes (b, height, width, 3) uint8 BGR and gives probabilities of tens, units and state.

    Args:
        weights: the ONNX file.
        batch_size: crops per call of the network.
        least_whole: a crop whose chance (0-1) of showing the whole number is below it reads as None.
        threads: threads of the network, 0 for all cores.
    """

    def __init__(self, weights: Path, batch_size: int = 32, least_whole: float = 0.5, threads: int = 0) -> None:
        self.weights, self.batch_size, self.least_whole, self.threads = weights, batch_size, least_whole, threads

    @cached_property
    def _session(self) -> ort.InferenceSession:
        return open_session(self.weights, self.threads)

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        """See ``NumberReader.read``. A number cut off or half hidden reads as None, like an illegible one; the confidence of None is how sure that is."""
        readings = []
        tens, units, state = self._heads(crops)
        for chances, whole in zip(number_distribution(tens, units, state), state[:, WHOLE], strict=True):
            best = int(chances.argmax())
            if whole < self.least_whole:
                readings.append(Reading(None, float(1 - whole), chances))
            else:
                readings.append(Reading(NUMBERS[best], float(chances[best]), chances))
        return readings

    def read_distribution(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Return (n, 101) chances over ``NUMBERS``, (0, 101) for no crops; a row sums to at most 1, the rest being "not a whole legible number"."""
        return number_distribution(*self._heads(crops))

    def _heads(self, crops: Sequence[Image]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        parts: list[list[npt.NDArray[np.float32]]] = []
        for start in range(0, len(crops), self.batch_size):
            _, height, width, _ = self._session.get_inputs()[0].shape
            batch = np.stack([fit_crop(crop, (width, height)) for crop in crops[start : start + self.batch_size]])
            parts.append(list(self._session.run(["tens", "units", "state"], {"crops": batch})))
        if not parts:
            return np.zeros((0, 11), np.float32), np.zeros((0, 10), np.float32), np.zeros((0, 3), np.float32)
        tens, units, state = (np.concatenate(column) for column in zip(*parts, strict=True))
        return tens, units, state
