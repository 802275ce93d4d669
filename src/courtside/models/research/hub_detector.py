"""Any detector of the transformers library (RF-DETR, RT-DETR, D-FINE, DETR, YOLOS ...), from a folder or the hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from courtside.errors import ModelError
from courtside.models.detector import to_detections
from courtside.models.research.batches import Batches
from courtside.models.research.class_map import class_ids
from courtside.models.research.pictures import IMAGENET, UNIT, Preparation, preparation
from courtside.models.research.placement import Placement, whole
from courtside.types import Image

if TYPE_CHECKING:
    import supervision as sv

Floats = npt.NDArray[np.float32]

_NOT_NORMALISED = ("rt_detr", "rt_detr_v2", "d_fine", "deimv2")
_SIDE = 640  # of the square input where neither the model nor its files say


class HubDetector:
    """``Detector`` over ``AutoModelForObjectDetection``.

    Args:
        model: a folder with config.json and weights, or an id on the Hugging Face hub.
        classes: the model's class names -> ours, see ``class_ids``.
        confidence: scores below it are dropped.
        iou: overlap over which the less sure of two rival boxes is dropped.
        size: (width, height) of the network's input, where not the one its files state.
        batch: pictures per call of the network at first.
        device: see ``Placement``, as ``precision`` and ``offline``.
        precision: see ``Placement``.
        offline: see ``Placement``.
    """

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
        self._placement, self._batches = Placement(device, precision, offline), Batches(batch, model or "detector")

    @cached_property
    def _network(self) -> Any:
        if self.model is None:
            raise ModelError("which model? Set detector.model to a folder or to an id on the Hugging Face hub")
        device = self._placement.torch_device()

        def load(source: str, **options: Any) -> Any:
            from transformers import AutoModelForObjectDetection

            return whole(AutoModelForObjectDetection.from_pretrained(source, output_loading_info=True, **options), source)

        return self._placement.load(self.model, "detector.model", load).eval().to(device)

    @cached_property
    def _ids(self) -> npt.NDArray[np.int64]:
        labels = self._network.config.id2label
        return class_ids([labels[i] for i in sorted(labels)], self.classes, str(self.model))

    @cached_property
    def _prepare(self) -> Preparation:
        config = self._network.config
        mean, std = UNIT if config.model_type in _NOT_NORMALISED else IMAGENET
        own = getattr(config, "image_size", None) or getattr(getattr(config, "backbone_config", None), "image_size", None) or _SIDE
        side = (own, own) if isinstance(own, int) else (own[1], own[0])
        return preparation(self._placement.document(str(self.model), "preprocessor_config.json"), Preparation(side, None, mean, std), self.size)

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        """See ``Detector.detect``."""
        return self._batches.run(images, self._detect) if images else []

    def _detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        ids, prepared = self._ids, [self._prepare(image) for image in images]
        if len({picture.shape for picture in prepared}) == 1:
            scores, boxes = self._run(np.stack(prepared))
        else:  # scaled with their aspect kept, pictures of several shapes do not fit into one batch
            parts = [self._run(picture[None]) for picture in prepared]
            scores, boxes = (np.concatenate(column) for column in zip(*parts, strict=True))
        found = []
        for image, score, box in zip(images, scores, boxes, strict=True):
            query, label = np.nonzero((score >= self.confidence) & (ids >= 0))
            found.append(to_detections(box[query], score[query, label], ids[label], (image.shape[1], image.shape[0]), self.confidence, self.iou))
        return found

    def _run(self, batch: Floats) -> tuple[Floats, Floats]:
        """Return scores (b, queries, classes) and boxes (b, queries, 4) as x1 y1 x2 y2 shares of the picture."""
        import torch

        with self._placement.running():
            out = self._network(pixel_values=torch.from_numpy(batch).to(self._placement.torch_device()))
        logits, boxes = out.logits.float(), out.pred_boxes.float()
        # One column more than there are classes is "nothing" in a softmax; the others score each class on its own.
        scores = logits.softmax(-1)[..., :-1] if logits.shape[-1] == len(self._ids) + 1 else logits.sigmoid()
        return scores.cpu().numpy(), corners(boxes.cpu().numpy())


def corners(boxes: Floats) -> Floats:
    """Return (..., 4) centre x, centre y, width, height as x1 y1 x2 y2, kept inside 0-1."""
    half = boxes[..., 2:] / 2
    return np.asarray(np.clip(np.concatenate([boxes[..., :2] - half, boxes[..., :2] + half], -1), 0, 1), np.float32)
