"""Reading text off a picture, by RapidOCR: an optional extra that brings its models (PP-OCR, Apache-2.0) inside its wheel and needs no network."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import cv2
import numpy as np

from courtside.errors import ModelError
from courtside.scoreboard import Word
from courtside.types import Image

_WIDEST = 960  # pixels of a picture's longer side in which words are looked for
_SETTINGS = {
    "Global.log_level": "critical",
    "Global.use_cls": False,  # nothing on a graphic is upside down
    "Global.min_side_len": 8,
    "Global.use_vertical_padding": False,  # it joins the cells of a long bar into one
    "Det.limit_type": "max",
    "Det.limit_side_len": _WIDEST,
    # a network that takes any width: by default each word is padded to what a whole line needs, at three times the cost
    "Rec.rec_img_shape": [3, 48, 96],
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # more are no faster on so small pictures, and spin while they wait
}


def is_installed() -> bool:
    """Whether the extra is there; nothing is imported."""
    return importlib.util.find_spec("rapidocr") is not None


class TextReader:
    """Finds and reads words.

    Raises:
        ModelError: the extra is not installed.
    """

    def __init__(self) -> None:
        if not is_installed():
            raise ModelError("reading the score needs the extra `score`: pip install 'courtside[score]'; or leave it out with --set score.reader=none")

    @cached_property
    def _engine(self) -> Any:
        from rapidocr import RapidOCR

        return RapidOCR(params=_SETTINGS)

    def find(self, image: Image) -> list[Word]:
        """Return the words on ``image``, boxes in its pixels."""
        found = self._engine(image, use_det=True, use_cls=False, use_rec=True, return_word_box=True)  # said anew: it keeps what the last call said
        words = []
        for line, outline in zip(found.word_results, found.boxes, strict=True) if found.boxes is not None else ():
            for text, confidence, corners in line:
                # where one of several words begins and ends is reckoned from its letters' middles, and comes out too narrow
                alone = len(line) == 1
                (x1, y1), (x2, y2) = (reach(outline if alone else corners, axis=0).tolist() for reach in (np.min, np.max))
                half = 0.0 if alone else 0.5 * (x2 - x1) / max(1, len(text))
                words.append(Word(str(text), float(confidence), (x1 - half, y1, x2 + half, y2)))
        return words

    def read(self, crops: Sequence[Image]) -> list[tuple[str, float]]:
        """Return for each crop, one line of text, what it says ("" for nothing) and how sure that is (0-1)."""
        read = []
        for crop in crops:
            found = self._engine(_three_channels(crop), use_det=False, use_cls=False, use_rec=True, return_word_box=False)
            read.append((str(found.txts[0]).strip(), float(found.scores[0])) if found.txts else ("", 0.0))
        return read


def _three_channels(crop: Image) -> Image:
    return crop if crop.ndim == 3 else np.asarray(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR), np.uint8)
