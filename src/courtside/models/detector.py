"""Our own ten-class detector: one small ONNX network, made by ``courtside train detector``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt
import supervision as sv

from courtside.models.onnx import open_session
from courtside.types import BALL, BALL_IN_BASKET, NUMBER, PLAYER_CLASSES, REFEREE, RIM, Image

if TYPE_CHECKING:
    import onnxruntime as ort

_GLANCE = (640, 544)  # (width, height) of a first look; 16:9 frames are trained on as squares, and this is between the two shapes
_TALL_PX = 168.0  # height of a person in the network's input at which it was measured to be best
_SURE, _ENOUGH = 0.35, 4  # people at least so sure, and so many of them, tell the camera's zoom
_PEOPLE = (*PLAYER_CLASSES, REFEREE)

# Boxes of one group compete: a person is a player or a referee, a ball is in the basket or not.
_GROUP = {**dict.fromkeys((*PLAYER_CLASSES, REFEREE), 0), BALL: 1, BALL_IN_BASKET: 1, NUMBER: 2, RIM: 3}
_GROUP_OF_CLASS = np.array([_GROUP[class_id] for class_id in sorted(_GROUP)])


def to_detections(
    boxes: npt.NDArray[np.float32],
    scores: npt.NDArray[np.float32],
    class_ids: npt.NDArray[np.int64],
    size: tuple[int, int],
    confidence: float,
    iou: float,
) -> sv.Detections:
    """Turn raw network output of one picture into detections.

    Args:
        boxes: (k, 4) x1 y1 x2 y2 as shares (0-1) of the picture.
        scores: (k,) 0-1.
        class_ids: (k,) into ``CLASSES``.
        size: (width, height) of the picture in pixels.
        confidence: scores below it are dropped.
        iou: of two boxes of one group that overlap more, the surer stays.
    """
    kept = scores >= confidence
    if not kept.any():
        return sv.Detections(np.zeros((0, 4), np.float32), confidence=np.zeros(0, np.float32), class_id=np.zeros(0, int))
    xyxy = boxes[kept] * np.array([*size, *size], np.float32)
    scores, class_ids = scores[kept], class_ids[kept]
    rows = np.concatenate([xyxy, scores[:, None], _GROUP_OF_CLASS[class_ids][:, None]], 1)
    chosen = sv.box_non_max_suppression(rows, iou_threshold=iou)
    return sv.Detections(xyxy[chosen], confidence=scores[chosen], class_id=class_ids[chosen].astype(int))


class OnnxDetector:
    """``Detector`` over an ONNX file that takes (b, h, w, 3) uint8 BGR and gives boxes, scores and class ids.

    Args:
        weights: the ONNX file.
        size: (width, height) the pictures are stretched to, or None to let ``focus`` choose.
        confidence: scores below it are dropped.
        iou: overlap over which the less sure of two rival boxes is dropped.
        batch_size: pictures per call of the network.
    """

    def __init__(
        self, weights: Path, size: tuple[int, int] | None = None, confidence: float = 0.1, iou: float = 0.75, batch_size: int = 1
    ) -> None:
        self.weights, self.confidence, self.iou, self.batch_size = weights, confidence, iou, batch_size
        self.size, self._may_focus = size or _GLANCE, size is None

    @cached_property
    def _session(self) -> ort.InferenceSession:
        return open_session(self.weights)

    def focus(self, image: Image) -> None:
        """Choose the input size at which the people of ``image`` are as tall as the network likes them best, for the pictures to come.

        The network finds people of one size best, whatever the camera's zoom: too large is as bad as too small. Nothing changes where a size was given, or
        where too few people are in view to tell.
        """
        if not self._may_focus:
            return
        self.size = _GLANCE
        found = self.detect([image])[0]
        assert found.confidence is not None and found.class_id is not None
        tall = found.xyxy[np.isin(found.class_id, _PEOPLE) & (found.confidence >= _SURE)]
        if len(tall) < _ENOUGH:
            return
        share = float(np.median(tall[:, 3] - tall[:, 1])) / image.shape[0]
        height = int(np.clip(round(_TALL_PX / share / 32) * 32, 384, 832))
        self.size = (round(height * _GLANCE[0] / _GLANCE[1] / 32) * 32, height)

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        """See ``Detector.detect``."""
        found: list[sv.Detections] = []
        for start in range(0, len(images), self.batch_size):
            chunk = images[start : start + self.batch_size]
            batch = np.stack([self._fit(image) for image in chunk])
            boxes, scores, class_ids = self._session.run(None, {"images": batch})
            for i, image in enumerate(chunk):
                size = (image.shape[1], image.shape[0])
                found.append(to_detections(boxes[i], scores[i], class_ids[i], size, self.confidence, self.iou))
        return found

    def _fit(self, image: Image) -> Image:
        shrinks = image.shape[1] > self.size[0] or image.shape[0] > self.size[1]
        return cv2.resize(image, self.size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR).astype(np.uint8, copy=False)
