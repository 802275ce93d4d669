"""Models hosted by Roboflow, run here by its ``inference`` package: the detector and the number reader of the notebook."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from courtside.errors import ModelError
from courtside.models.detector import to_detections
from courtside.models.research.batches import Batches
from courtside.models.research.class_map import class_ids
from courtside.models.research.placement import need
from courtside.models.research.smolvlm import PROMPT, parse_number
from courtside.types import CLASSES, Image, Reading

if TYPE_CHECKING:
    import supervision as sv

DETECTOR = "basketball-player-detection-3-ycjdo/4"
NUMBERS = "basketball-jersey-numbers-ocr/3"

_KEY = "ROBOFLOW_API_KEY"
_TRUST = 0.84
"""Confidence of an answer, which comes without one: the middle of the 82-86 % of crops that SmolVLM2 is said to read right on this game."""


def hosted(model_id: str, setting: str, offline: bool) -> Any:
    """Return the model, its weights downloaded the first time and kept by ``inference`` (MODEL_CACHE_DIR).

    Raises:
        ModelError: the key is missing or wrong, the model is not there, or the service can't be reached.
    """
    key = os.environ.get(_KEY, "").strip()
    if not key:
        raise ModelError(f"{model_id}: no Roboflow key; put yours (app.roboflow.com, Settings, API Keys) into the environment as {_KEY}")
    if offline:
        os.environ.setdefault("OFFLINE_MODE", "True")  # read by inference when it is imported
    package = need("inference", "roboflow")
    try:
        return package.get_model(model_id=model_id, api_key=key)
    except Exception as error:  # its errors have no common base
        raise ModelError(f"{model_id}: {_reason(error)}; {setting} is a model's id, like {DETECTOR}") from error


def _reason(error: Exception) -> str:
    kind, text = type(error).__name__, (str(error).splitlines() or [""])[0]
    if "NotAuthorized" in kind or "Forbidden" in kind or "401" in text or "403" in text:
        return f"Roboflow does not accept the key in {_KEY} for it"
    if "NotFound" in kind or "NotRecognised" in kind or "404" in text:
        return "Roboflow knows no such model"
    if "Connection" in kind or "Timeout" in kind:
        return f"Roboflow can't be reached ({text}); run once where it can, and copy the folder MODEL_CACHE_DIR names (by default /tmp/cache) here"
    return f"Roboflow's inference could not load it ({kind}: {text})"


class RoboflowDetector:
    """``Detector`` over a model hosted by Roboflow.

    Args:
        model: its id, "project/version".
        classes: its class names -> ours, see ``class_ids``.
        confidence: scores below it are dropped, by the model.
        iou: overlap over which the less sure of two boxes is dropped, by the model and among rivals by us.
        batch: pictures per call.
        offline: use only what ``inference`` has downloaded before.
    """

    def __init__(
        self,
        model: str | None = None,
        classes: Mapping[str, str] | None = None,
        confidence: float = 0.4,
        iou: float = 0.9,
        batch: int = 1,
        offline: bool = False,
    ) -> None:
        self.model, self.classes, self.confidence, self.iou = model or DETECTOR, classes, confidence, iou
        self._batches, self._offline = Batches(batch, self.model), offline

    @cached_property
    def _hosted(self) -> Any:
        return hosted(self.model, "detector.model", self._offline)

    @cached_property
    def _class_of(self) -> dict[str, int]:
        labels = list(getattr(self._hosted, "class_names", None) or CLASSES)
        return {label: int(index) for label, index in zip(labels, class_ids(labels, self.classes, self.model), strict=True) if index >= 0}

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        """See ``Detector.detect``."""
        return self._batches.run(images, self._detect) if images else []

    def _detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        answers = self._hosted.infer(list(images), confidence=self.confidence, iou_threshold=self.iou)
        found = []
        for image, answer in zip(images, answers, strict=True):
            size = (image.shape[1], image.shape[0])
            rows = [(one, self._class_of[one.class_name]) for one in answer.predictions if one.class_name in self._class_of]
            centres = np.array([(one.x, one.y, one.width, one.height) for one, _ in rows], np.float32).reshape(-1, 4)
            xyxy = np.concatenate([centres[:, :2] - centres[:, 2:] / 2, centres[:, :2] + centres[:, 2:] / 2], 1)
            scores, ids = np.array([one.confidence for one, _ in rows], np.float32), np.array([index for _, index in rows], np.int64)
            found.append(to_detections(np.clip(xyxy / np.array([*size, *size], np.float32), 0, 1), scores, ids, size, self.confidence, self.iou))
        return found


class RoboflowNumberReader:
    """``NumberReader`` over a vision-language model hosted by Roboflow, asked the notebook's question.

    It answers with a text and no probability: what is a number gets the confidence ``_TRUST``.

    Args:
        model: its id, "project/version".
        offline: use only what ``inference`` has downloaded before.
    """

    def __init__(self, model: str | None = None, offline: bool = False) -> None:
        self.model, self._offline = model or NUMBERS, offline

    @cached_property
    def _predict(self) -> Callable[..., Sequence[str]]:
        predict: Callable[..., Sequence[str]] = hosted(self.model, "numbers.model", self._offline).predict
        return predict

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        """See ``NumberReader.read``."""
        from PIL import Image as Pillow

        readings = []
        for crop in crops:
            text = parse_number(self._predict(Pillow.fromarray(np.ascontiguousarray(crop[:, :, ::-1])), PROMPT)[0]) if crop.size else None
            readings.append(Reading(text, _TRUST))
        return readings
