"""What was seen of the court in one frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Sighting:
    """What a model saw of the court in one frame.

    ``landmarks`` (k, 2) in pixels and ``confidence`` (k,) 0-1 in the order of ``markings.landmarks``; ``paint`` (m, 2) pixels that lie on a painted line.
    """

    frame: int
    landmarks: npt.NDArray[np.float64]
    confidence: npt.NDArray[np.float64]
    paint: npt.NDArray[np.float64]
