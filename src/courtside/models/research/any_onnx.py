"""Any detector in an ONNX file, by the shapes of what it gives: boxes with scores and labels, DETR's queries, or YOLO's columns."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from courtside.errors import ModelError
from courtside.models.detector import to_detections
from courtside.models.onnx import open_session
from courtside.models.research.batches import Batches
from courtside.models.research.class_map import class_ids
from courtside.models.research.hub_detector import corners
from courtside.models.research.pictures import IMAGENET, UNIT, Preparation
from courtside.types import CLASSES, Image

if TYPE_CHECKING:
    import onnxruntime as ort
    import supervision as sv

Floats = npt.NDArray[np.float32]
Pixels = Literal["unit", "imagenet", "bytes"]
Found = tuple[Floats, Floats, npt.NDArray[np.int64]]
"""Boxes (k, 4) as x1 y1 x2 y2 shares, scores (k,) and the model's own labels (k,) of one picture."""

_SIDE = 640  # where the file leaves the size of its input open
_AS_SHARES = 1.5  # boxes with no coordinate beyond this are shares of the picture, not pixels


class AnyOnnxDetector:
    """``Detector`` over any ONNX detector with one of the usual outputs.

    Pictures are stretched to the input's size. The outputs may be

    - boxes (b, n, 4) x1 y1 x2 y2, scores (b, n) and labels (b, n), in pixels of the input or shares; where the model also takes the pictures' sizes (RT-DETR's
      export), in pixels of these;
    - DETR's: boxes (b, n, 4) as centre and size in shares, and logits (or chances) (b, n, classes), one more class being "nothing";
    - YOLO's: (b, 4 + classes, n) with centre and size in pixels of the input, or (b, n, 6) with x1 y1 x2 y2, score and label.

    Args:
        model: the file.
        classes: its class names (or numbers, as text) -> ours, see ``class_ids``; the names are those in the file's metadata, where there are any.
        confidence: scores below it are dropped.
        iou: overlap over which the less sure of two rival boxes is dropped.
        size: (width, height) of the input where the file leaves it open.
        batch: pictures per call; 1 where the file fixes it so.
        pixels: what the network takes: red, green, blue as 0-1 ("unit"), with ImageNet's mean taken out ("imagenet"), or 0-255 ("bytes"). By default bytes for
            an input of bytes, imagenet for DETR's outputs, unit for the others.
        device: "auto", "cuda" or "cpu"; a GPU needs the GPU build of onnxruntime.
    """

    def __init__(
        self,
        model: str | None = None,
        classes: Mapping[str, str] | None = None,
        confidence: float = 0.4,
        iou: float = 0.9,
        size: tuple[int, int] | None = None,
        batch: int = 1,
        pixels: Pixels | None = None,
        device: str = "auto",
    ) -> None:
        self.model, self.classes, self.confidence, self.iou, self.size, self.pixels, self.device = model, classes, confidence, iou, size, pixels, device
        self._batches = Batches(batch, model or "ONNX detector")

    @cached_property
    def _session(self) -> ort.InferenceSession:
        if self.model is None:
            raise ModelError("which model? Set detector.model to an ONNX file")
        return open_session(Path(self.model).expanduser(), gpu=self._gpu())

    def _gpu(self) -> bool:
        import onnxruntime as ort

        there = "CUDAExecutionProvider" in ort.get_available_providers()
        if self.device.startswith("cuda") and not there:
            raise ModelError("compute.device=cuda: this onnxruntime is a CPU build; pip install onnxruntime-gpu in its place, or use compute.device=auto")
        return there and not self.device.startswith(("cpu", "mps"))

    @cached_property
    def _shape(self) -> tuple[bool, int | None, tuple[int, int], type[Any]]:
        """Return (channels last, batch or None where open, (width, height), dtype) of the input."""
        first = self._session.get_inputs()[0]
        if len(first.shape) != 4 or 3 not in (first.shape[1], first.shape[3]):
            raise ModelError(f"{self.model}: its input {first.name!r} is {first.shape}, not (b, 3, h, w) or (b, h, w, 3) pictures")
        last = first.shape[1] != 3
        height, width = first.shape[1:3] if last else first.shape[2:]
        open_size = self.size or (_SIDE, _SIDE)
        size = (width if isinstance(width, int) else open_size[0], height if isinstance(height, int) else open_size[1])
        dtypes: dict[str, type[Any]] = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32, "tensor(float16)": np.float16}
        if first.type not in dtypes:
            raise ModelError(f"{self.model}: its input is of {first.type}; bytes, float and float16 are supported")
        return last, first.shape[0] if isinstance(first.shape[0], int) else None, size, dtypes[first.type]

    @cached_property
    def _labels(self) -> list[str]:
        """The class names in the file's metadata (``names``, as ultralytics' exporter writes it), or nothing."""
        text = self._session.get_modelmeta().custom_metadata_map.get("names", "")
        try:
            names = ast.literal_eval(text) if text else {}
        except (ValueError, SyntaxError):
            names = {}
        return [str(names[i]) for i in sorted(names)] if isinstance(names, dict) else [str(name) for name in names]

    def _ids(self, n_columns: int | None) -> npt.NDArray[np.int64]:
        """Return our class of each label, for a model that scores ``n_columns`` classes (None: it tells labels only)."""
        labels = self._labels
        if not labels:
            n = n_columns or max([len(CLASSES), *(int(key) + 1 for key in self.classes or {} if key.isdigit())])
            # a column more than ours may be "nothing"
            labels = [str(i) for i in range(n - 1 if n == len(CLASSES) + 1 and n_columns and not self.classes else n)]
        return class_ids(labels, self.classes, str(self.model))

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        """See ``Detector.detect``."""
        if not images:
            return []
        if self._shape[1]:
            self._batches.size = min(self._batches.size, self._shape[1])
        return self._batches.run(images, self._detect)

    def _detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        last, fixed, size, dtype = self._shape
        filled = [*images, *[images[-1]] * ((fixed or 0) - len(images))]
        inputs = self._session.get_inputs()
        named = dict(zip((out.name for out in self._session.get_outputs()), self._session.get_outputs(), strict=True))
        pixels = self.pixels or ("bytes" if dtype is np.uint8 else "imagenet" if _is_detr([list(out.shape) for out in named.values()]) else "unit")
        mean, std = IMAGENET if pixels == "imagenet" else UNIT
        prepare = Preparation(size, None, mean, std, scale=1.0 if pixels == "bytes" else 1 / 255)
        batch = np.stack([prepare(image) for image in filled])
        feed: dict[str, Any] = {inputs[0].name: (batch.transpose(0, 2, 3, 1) if last else batch).astype(dtype)}
        frame = np.array([(image.shape[1], image.shape[0]) for image in filled])
        if len(inputs) > 1:
            feed[inputs[1].name] = frame.astype(np.float32 if inputs[1].type == "tensor(float)" else np.int64)
        try:
            outputs = self._session.run(None, feed)
        except Exception as error:  # onnxruntime's errors have no common base
            if "memory" in str(error).lower():
                raise
            raise ModelError(f"{self.model}: does not run ({str(error).splitlines()[0]})") from error
        parts = dict(zip(named, (np.asarray(output) for output in outputs), strict=True))
        found = []
        for i, image in enumerate(images):
            in_pixels = tuple(frame[i]) if len(inputs) > 1 else size
            boxes, scores, labels = self._read({name: part[i] for name, part in parts.items() if part.ndim and len(part) == len(filled)}, in_pixels)
            found.append(to_detections(boxes, scores, labels, (image.shape[1], image.shape[0]), self.confidence, self.iou))
        return found

    def _read(self, parts: Mapping[str, npt.NDArray[Any]], in_pixels: tuple[int, int]) -> Found:
        """Read the outputs of one picture by their shapes; labels come back as ours."""
        tables = [part for part in parts.values() if part.ndim == 2]
        lists = {name: part for name, part in parts.items() if part.ndim == 1}
        boxes = next((part for part in tables if part.shape[1] == 4 and (len(tables) > 1 or lists)), None)
        if boxes is not None and len(tables) >= 2:
            logits = next(part for part in tables if part is not boxes).astype(np.float32)
            are_chances = bool(logits.size) and logits.min() >= 0 and logits.max() <= 1
            return self._chosen(corners(boxes.astype(np.float32)), logits if are_chances else np.asarray(1 / (1 + np.exp(-logits)), np.float32))
        if boxes is not None and len(lists) >= 2:
            labels_name = next((name for name, part in lists.items() if np.issubdtype(part.dtype, np.integer) or "lab" in name or "class" in name), None)
            scores_name = next((name for name in lists if name != labels_name), None)
            if labels_name and scores_name:
                return self._listed(boxes.astype(np.float32), lists[scores_name].astype(np.float32), lists[labels_name].astype(np.int64), in_pixels)
        if len(tables) == 1 and tables[0].shape[1] == 6 and tables[0].shape[0] != 6:
            table = tables[0].astype(np.float32)
            return self._listed(table[:, :4], table[:, 4], table[:, 5].astype(np.int64), in_pixels)
        if len(tables) == 1 and min(tables[0].shape) > 4:
            table = tables[0].astype(np.float32)
            table = table.T if table.shape[0] < table.shape[1] else table
            return self._chosen(corners(_shares(table[:, :4], in_pixels)), table[:, 4:])
        shapes = ", ".join(f"{name} {part.shape}" for name, part in parts.items())
        raise ModelError(f"{self.model}: gives {shapes} for each picture; expected boxes with scores and labels, DETR's boxes and logits, or YOLO's columns")

    def _chosen(self, boxes: Floats, chances: Floats) -> Found:
        ids = self._ids(chances.shape[1])
        if len(ids) > chances.shape[1]:
            raise ModelError(f"{self.model}: scores {chances.shape[1]} classes, but its metadata names {len(ids)}")
        chances = chances[:, : len(ids)]  # one more is "nothing"
        row, label = np.nonzero((chances >= self.confidence) & (ids >= 0))
        return boxes[row], chances[row, label], ids[label]

    def _listed(self, boxes: Floats, scores: Floats, labels: npt.NDArray[np.int64], in_pixels: tuple[int, int]) -> Found:
        ids = self._ids(None)
        sure = scores >= self.confidence  # the rest may be padding, with any label
        boxes, scores, labels = boxes[sure], scores[sure], labels[sure]
        if len(labels) and (labels.min() < 0 or labels.max() >= len(ids)) and not self.classes:
            raise ModelError(f"{self.model}: gives label {labels.max()}, but ours are {len(CLASSES)}; say which are ours with detector.classes")
        kept = np.array([0 <= label < len(ids) and ids[label] >= 0 for label in labels], bool)
        return np.clip(_shares(boxes[kept], in_pixels), 0, 1), scores[kept], ids[labels[kept]]


def _is_detr(shapes: Sequence[Sequence[Any]]) -> bool:
    cubes = [shape for shape in shapes if len(shape) == 3]
    return len(cubes) >= 2 and any(shape[2] == 4 for shape in cubes)


def _shares(boxes: Floats, in_pixels: tuple[int, int]) -> Floats:
    return boxes if boxes.size and boxes.max() <= _AS_SHARES else np.asarray(boxes / np.array([*in_pixels, *in_pixels]), np.float32)
