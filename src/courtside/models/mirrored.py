"""Telling a number as it is worn from its mirror image: one small ONNX network, made by ``courtside train mirror``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from courtside.models.numbers import fit_crop
from courtside.models.onnx import open_session
from courtside.types import Image

if TYPE_CHECKING:
    import onnxruntime as ort

class MirrorSense:
    """How much crops of numbers look as they are worn, and not mirrored.

    Args:
        weights: the ONNX file, which takes crops as the number reader's does, each as it is and turned round, and gives one logit for each.
        threads: threads of the network, 0 for all cores; for a crop or two at once more than one is a waste.
    """

    def __init__(self, weights: Path, threads: int = 1) -> None:
        self.weights, self.threads = weights, threads

    @cached_property
    def _session(self) -> ort.InferenceSession:
        return open_session(self.weights, self.threads)

    def log_odds(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Return (n,) log-odds that each crop is as worn; those of a crop turned round are the same with the other sign. (0,) for no crops."""
        if not crops:
            return np.zeros(0, np.float32)
        _, height, width, _ = self._session.get_inputs()[0].shape
        pictures = [fit_crop(picture, (width, height)) for crop in crops for picture in (crop, np.ascontiguousarray(crop[:, ::-1]))]
        (logits,) = self._session.run(["logit"], {"crops": np.stack(pictures)})
        return np.asarray(logits[0::2] - logits[1::2], np.float32)
