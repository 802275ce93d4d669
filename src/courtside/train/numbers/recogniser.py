"""What an open text recogniser thinks of a crop: a judge that has read upright letters only, and so knows a mirrored 2 from a 2."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from courtside.errors import DataError
from courtside.types import NUMBERS, Image

Scores = npt.NDArray[np.float64]

_HEIGHT, _WIDTH, _NARROWEST = 48, 96, 16
_BLANK = 0
_LEAST = 1e-3  # chance of each digit at each place whatever the recogniser thinks: it was not made for jerseys


class TextRecogniser:
    """The whole of PP-OCRv6's small recogniser, of which the reader's trunk is a part; only its digits are asked for.

    Args:
        path: ``PP-OCRv6_rec_small.onnx``, in rapidocr's wheel.

    Raises:
        DataError: the file is not there, or another network's.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime as ort

        try:
            self._session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
            letters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
            self._columns = [_BLANK, *(letters.index(digit) + 1 for digit in "0123456789")]  # the blank comes before the letters
        except Exception as error:  # onnxruntime raises its own kinds, without a common ancestor
            raise DataError(f"{path}: can't be read as a text recogniser; give PP-OCRv6_rec_small.onnx out of rapidocr's wheel") from error
        self._input = self._session.get_inputs()[0].name

    def chances(self, images: Sequence[Image], batch: int = 64) -> Scores:
        """Return (n, 101): how likely it is to read each of ``NUMBERS`` and nothing else in each picture; a row sums to 1 at most."""
        rows = [np.zeros((0, len(NUMBERS)))]
        for start in range(0, len(images), batch):
            pictures = np.stack([_fitted(image) for image in images[start : start + batch]])
            rows.append(ctc_chances(np.asarray(self._session.run(None, {self._input: pictures})[0])[:, :, self._columns]))
        return np.concatenate(rows)


def _fitted(image: Image) -> npt.NDArray[np.float32]:
    height, width = image.shape[:2]
    across = int(np.clip(round(_HEIGHT * width / height), _NARROWEST, _WIDTH))
    picture = np.zeros((3, _HEIGHT, _WIDTH), np.float32)
    picture[:, :, :across] = np.asarray(cv2.resize(image, (across, _HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32).transpose(2, 0, 1) / 127.5 - 1
    return picture


def ctc_chances(places: npt.NDArray[np.floating]) -> Scores:
    """Return (n, 101): the chance of each of ``NUMBERS`` from those (n, t, 11) of blank and the ten digits at each of t places.

    The forward pass of connectionist temporal classification (Graves et al. 2006), over all ways to lay a number on the places.
    """
    chance = np.asarray(places, float) + _LEAST
    chance /= np.maximum(chance.sum(2, keepdims=True), 1)
    found = np.zeros((len(chance), len(NUMBERS)))
    for column, number in enumerate(NUMBERS):
        path = [_BLANK]
        for digit in number:
            path += [int(digit) + 1, _BLANK]
        reached = np.zeros((len(chance), len(path)))
        reached[:, :2] = chance[:, 0, path[:2]]
        for place in range(1, chance.shape[1]):
            stepped = reached.copy()
            stepped[:, 1:] += reached[:, :-1]
            for k in range(2, len(path)):
                if path[k] not in (_BLANK, path[k - 2]):
                    stepped[:, k] += reached[:, k - 2]
            reached = stepped * chance[:, place][:, path]
        found[:, column] = reached[:, -2:].sum(1)
    return found
