"""Court key points by a model hosted at Roboflow, run here by its ``inference`` package: the notebook's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.models.research.court_landmarks import VERTICES, in_our_order, landmark_ids
from courtside.models.research.roboflow import hosted
from courtside.types import Image

Floats = npt.NDArray[np.float32]

COURT = "basketball-court-detection-2/14"

_ANCHOR = 0.5  # the notebook's: points less sure than this don't count


class RoboflowCourt:
    """``CourtModel`` over a key point model hosted by Roboflow. It knows landmarks only, no painted lines.

    Args:
        model: its id, "project/version".
        landmarks: its points -> ours, see ``landmark_ids``; their names are their numbers.
        confidence: courts less sure than this (0-1) are dropped, by the model.
        offline: use only what ``inference`` has downloaded before.
    """

    def __init__(self, model: str | None = None, landmarks: Mapping[str, str] | None = None, confidence: float = 0.3, offline: bool = False) -> None:
        self.model, self.landmarks, self.confidence, self._offline = model or COURT, landmarks, confidence, offline

    @cached_property
    def _hosted(self) -> Any:
        return hosted(self.model, "court.model", self._offline)

    @cached_property
    def _ids(self) -> npt.NDArray[np.int64]:
        # how many points it has is not said before it has found them all: as many as are named, or the 33 of its kind
        n = 1 + max((int(theirs) for theirs in self.landmarks if theirs.isdigit()), default=-1) if self.landmarks else len(VERTICES)
        return landmark_ids([str(i) for i in range(n)], self.landmarks, self.model)

    def see(self, images: Sequence[Image]) -> list[tuple[Floats, Floats, Floats]]:
        """See ``CourtModel.see``."""
        if not images:
            return []
        ids = self._ids
        return [self._seen(answer, ids) for answer in self._hosted.infer(list(images), confidence=self.confidence)]

    def _seen(self, answer: Any, ids: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        points, sure = np.zeros((len(ids), 2), np.float32), np.zeros(len(ids), np.float32)
        best = max(answer.predictions, key=lambda court: court.confidence, default=None)
        for point in best.keypoints if best is not None else ():
            if point.confidence > _ANCHOR and point.class_id < len(ids):  # points that it is not sure of may be missing: the place in the list says nothing
                points[point.class_id], sure[point.class_id] = (point.x, point.y), point.confidence
        pixels, confidence, paint = in_our_order(ids, points, sure)
        return pixels, confidence, paint
