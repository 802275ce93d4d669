"""Fine-tuning a detector of the transformers library (RF-DETR, RT-DETR, D-FINE ...) on our ten classes."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import supervision as sv
import torch

from courtside.errors import DataError
from courtside.models.research.hub_detector import HubDetector
from courtside.models.research.pictures import IMAGENET, Preparation, preparation
from courtside.models.research.placement import Placement
from courtside.train.average_precision import average_precision
from courtside.train.detector.data import Sample, load_coco
from courtside.train.loop import Loop
from courtside.types import CLASSES, PLAYER_CLASSES, Image


@dataclass(frozen=True)
class HubDetectorRecipe:
    """How to fine-tune.

    ``detection`` holds ``train`` and ``valid`` (COCO, our classes); ``model`` is a folder or hub id to start from; ``side`` the side in pixels of the square
    input, None for the model's own.
    """

    detection: Path
    model: str
    minutes: float = 60.0
    batch: int = 4
    learning_rate: float = 1e-4
    weight_decay: float = 1e-4
    side: int | None = None
    seed: int = 0
    placement: Placement = field(default_factory=Placement)


def target_of(sample: Sample) -> dict[str, torch.Tensor]:
    """Return the labels of one frame as DETR's losses want them: ``class_labels`` (n,) and ``boxes`` (n, 4), centre and size in shares."""
    height, width = sample.image.shape[:2]
    corners = torch.from_numpy(sample.boxes[:, :4] / np.array([width, height, width, height], np.float32)).clamp(0, 1)
    boxes = torch.cat([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], 1)
    return {"class_labels": torch.from_numpy(sample.boxes[:, 4].astype(np.int64)), "boxes": boxes}


def vary(sample: Sample, random: np.random.Generator) -> Sample:
    """Return the frame mirrored half of the time, its brightness and contrast a little changed. Mirrored numbers are no harm: nothing is read here."""
    image, boxes = sample.image, sample.boxes.copy()
    if random.random() < 0.5:
        image = image[:, ::-1]
        boxes[:, [0, 2]] = image.shape[1] - boxes[:, [2, 0]]
    changed = cv2.convertScaleAbs(np.ascontiguousarray(image), alpha=float(random.uniform(0.8, 1.2)), beta=float(random.uniform(-20, 20)))
    return Sample(changed.astype(np.uint8, copy=False), boxes)


def _batches(recipe: HubDetectorRecipe, samples: list[Sample], prepare: Preparation, seed: int) -> Iterator[tuple[torch.Tensor, list[dict[str, torch.Tensor]]]]:
    random = np.random.default_rng(seed)
    device = recipe.placement.torch_device()
    while True:
        chosen = [vary(samples[random.integers(len(samples))], random) for _ in range(recipe.batch)]
        pictures = torch.from_numpy(np.stack([prepare(sample.image) for sample in chosen])).to(device)
        yield pictures, [{name: part.to(device) for name, part in target_of(sample).items()} for sample in chosen]


def fit(recipe: HubDetectorRecipe, folder: Path, export: Path, say: Callable[[str], None]) -> None:
    """Fine-tune (or go on fine-tuning) in ``folder`` and write a folder that ``detector.model`` can name to ``export``.

    Raises:
        DataError: there is nothing to learn from.
        ModelError: the model to start from can't be had.
    """
    torch.manual_seed(recipe.seed)
    samples, valid = load_coco(recipe.detection / "train"), load_coco(recipe.detection / "valid")
    if not samples:
        raise DataError(f"{recipe.detection}: no labelled frame")
    say(f"{len(samples)} frames to train on, {len(valid)} to validate")
    names = dict(enumerate(CLASSES))

    def load(source: str, **options: Any) -> Any:
        from transformers import AutoModelForObjectDetection

        ours = {"num_labels": len(names), "id2label": names, "label2id": {name: index for index, name in names.items()}}
        # its heads are of other classes: they are made anew
        return AutoModelForObjectDetection.from_pretrained(source, ignore_mismatched_sizes=True, dtype="float32", **ours, **options)

    network = recipe.placement.load(recipe.model, "--model", load).to(recipe.placement.torch_device()).train()
    prepare = _square(recipe, network.config)
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    loop = Loop(network, average, optimiser, folder, recipe.minutes, say)
    batches = _batches(recipe, samples, prepare, recipe.seed + loop.step)
    for _ in loop.run(lambda: None):
        pictures, targets = next(batches)
        loop.learn({"loss": network(pixel_values=pictures, labels=targets).loss})
    average.eval().save_pretrained(export)
    width, height = prepare.size or (0, 0)
    document = {"size": {"width": width, "height": height}, "image_mean": prepare.mean, "image_std": prepare.std, "resample": prepare.resample}
    (export / "preprocessor_config.json").write_text(json.dumps(document))
    say(f"{export}: {describe(validate(export, valid, recipe.placement.device))}")


def _square(recipe: HubDetectorRecipe, config: Any) -> Preparation:
    """Return how pictures are prepared: as the model's files say, but stretched to a square, so that any frames make a batch."""
    prepare = preparation(recipe.placement.document(recipe.model, "preprocessor_config.json"), Preparation(None, None, *IMAGENET))
    backbone = getattr(getattr(config, "backbone_config", None), "image_size", None)
    own = prepare.size[0] if prepare.size else backbone if isinstance(backbone, int) else 640
    side = recipe.side or own
    return Preparation((side, side), None, prepare.mean, prepare.std, prepare.resample, prepare.scale)


def validate(folder: Path, samples: list[Sample], device: str = "auto") -> dict[str, float]:
    """Return AP at IoU 0.5 by class, and of all kinds of player taken together ("players"), of the model in ``folder``."""
    detector = HubDetector(str(folder), confidence=0.02, iou=0.75, device=device, precision="fp32")
    images: list[Image] = [sample.image for sample in samples]
    truths = [sv.Detections(sample.boxes[:, :4], class_id=_classes(sample.boxes)) for sample in samples]
    predictions = detector.detect(images)
    players = average_precision(predictions, truths, PLAYER_CLASSES)
    return {"players": players, **{name: average_precision(predictions, truths, (index,)) for index, name in enumerate(CLASSES)}}


def _classes(boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    return boxes[:, 4].astype(np.int64)


def describe(scores: dict[str, float]) -> str:
    """One line of AP50 figures; classes the truth has none of are left out."""
    return "  ".join(f"{name} {value:.3f}" for name, value in scores.items() if not math.isnan(value))
