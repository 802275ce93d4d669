"""RF-DETR from a local checkpoint: of the ``rfdetr`` package (a .pth or .ckpt file), or of transformers (a folder or a hub id)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from courtside.errors import ModelError
from courtside.models.detector import to_detections
from courtside.models.research.batches import Batches
from courtside.models.research.class_map import class_ids
from courtside.models.research.hub_detector import HubDetector
from courtside.models.research.placement import Placement, need
from courtside.types import Image

if TYPE_CHECKING:
    import supervision as sv

_CHECKPOINTS = (".pth", ".pt", ".ckpt")


class RfDetrDetector:
    """``Detector`` over an RF-DETR checkpoint. The arguments are those of ``HubDetector``; ``model`` may be a checkpoint file as well."""

    def __init__(
        self,
        model: str | None = None,
        classes: Mapping[str, str] | None = None,
        confidence: float = 0.4,
        iou: float = 0.9,
        size: tuple[int, int] | None = None,
        batch: int = 8,
        device: str = "auto",
        precision: str = "auto",
        offline: bool = False,
    ) -> None:
        self.model, self.classes, self.confidence, self.iou, self.size = model, classes, confidence, iou, size
        self._placement, self._batches = Placement(device, precision, offline), Batches(batch, model or "RF-DETR")
        is_file = model is not None and Path(model).suffix.lower() in _CHECKPOINTS
        self._hub = None if is_file else HubDetector(model, classes, confidence, iou, size, batch, device, precision, offline)

    @cached_property
    def _package_model(self) -> Any:
        path = Path(str(self.model)).expanduser()
        if not path.is_file():
            raise ModelError(f"{path}: no such checkpoint; set detector.model to the checkpoint_best_total.pth of a training, or to a transformers folder")
        package = need("rfdetr", "rfdetr")
        try:
            return package.RFDETR.from_checkpoint(str(path), device=str(self._placement.torch_device()))
        except Exception as error:  # a checkpoint may be of anything: pickle, torch and pydantic each fail in their own way
            raise ModelError(f"{path}: not a usable RF-DETR checkpoint ({str(error).splitlines()[0] if str(error) else type(error).__name__})") from error

    @cached_property
    def _ids(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        return class_ids(list(self._package_model.class_names), self.classes, str(self.model))

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        """See ``Detector.detect``."""
        if self._hub is not None:
            return self._hub.detect(images)
        return self._batches.run(images, self._detect) if images else []

    def _detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        ids = self._ids
        options: dict[str, Any] = {"shape": (self.size[1], self.size[0])} if self.size else {}
        with self._placement.running():
            answers = self._package_model.predict(
                [np.ascontiguousarray(image[:, :, ::-1]) for image in images], threshold=self.confidence, include_source_image=False, **options
            )
        found = []
        for image, answer in zip(images, answers, strict=True):
            size = (image.shape[1], image.shape[0])
            labels = answer.class_id.astype(int)
            inside = labels < len(ids)  # one more is the background
            kept = np.flatnonzero(inside)[ids[labels[inside]] >= 0]
            boxes = np.clip(answer.xyxy[kept].astype(np.float32) / np.array([*size, *size], np.float32), 0, 1)
            found.append(to_detections(boxes, answer.confidence[kept].astype(np.float32), ids[labels[kept]], size, self.confidence, self.iou))
        return found
