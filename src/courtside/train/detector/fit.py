"""Fitting: a time budget instead of a step count, because a laptop's speed is not known; resumable, with an averaged model."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import supervision as sv
import torch
from torch import Tensor

from courtside.errors import DataError
from courtside.media.prefetch import prefetch
from courtside.models.detector import to_detections
from courtside.train.average_precision import average_precision
from courtside.train.detector.augment import augment
from courtside.train.detector.data import Sample, load_arenas, load_coco
from courtside.train.detector.loss import detector_loss
from courtside.train.detector.network import DetectorNetwork, ExportedDetector
from courtside.train.detector.targets import render_targets
from courtside.types import CLASSES, PLAYER_CLASSES


@dataclass(frozen=True)
class DetectorRecipe:
    """How to train. Folders hold ``train`` and ``valid``; ``arenas`` may be None. ``zoom`` is the range of the frame's scale, ``crop`` the window in pixels."""

    detection: Path
    arenas: Path | None
    minutes: float = 90.0
    crop: int = 448
    zoom: tuple[float, float] = (0.7, 1.7)
    batch: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 0.03
    arenas_share: float = 0.3
    seed: int = 0


Batch = tuple[Tensor, ...]


def _batches(recipe: DetectorRecipe, labelled: list[Sample], arenas: list[Sample], seed: int) -> Iterator[Batch]:
    random = np.random.default_rng(seed)
    while True:
        pictures, targets = [], []
        for _ in range(recipe.batch):
            pool = arenas if arenas and random.random() < recipe.arenas_share else labelled
            sample = augment(pool[random.integers(len(pool))], recipe.crop, recipe.zoom, random)
            pictures.append(np.ascontiguousarray(sample.image.transpose(2, 0, 1)))
            targets.append(render_targets(sample))
        columns = (
            pictures,
            [t.heat for t in targets],
            [t.weight for t in targets],
            [t.sides for t in targets],
            [t.positive for t in targets],
            [t.action for t in targets],
            [t.basket for t in targets],
        )
        yield tuple(torch.from_numpy(np.stack(column)) for column in columns)


def validate(network: DetectorNetwork, samples: list[Sample], size: int = 640) -> dict[str, float]:
    """Return AP at IoU 0.5 by class, and of all kinds of player taken together ("players"), at one input size."""
    exported = ExportedDetector(network).eval()
    predictions, truths = [], []
    for sample in samples:
        picture = torch.from_numpy(cv2.resize(sample.image, (size, size)))[None]
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            boxes, scores, class_ids = (output[0].float().numpy() for output in exported(picture))
        height, width = sample.image.shape[:2]
        predictions.append(to_detections(boxes, scores, class_ids.astype(np.int64), (width, height), confidence=0.02, iou=0.65))
        truths.append(sv.Detections(sample.boxes[:, :4], class_id=sample.boxes[:, 4].astype(int)))
    scores_by_class = {name: average_precision(predictions, truths, [i]) for i, name in enumerate(CLASSES)}
    return {"players": average_precision(predictions, truths, PLAYER_CLASSES), **scores_by_class}


def describe(scores: dict[str, float]) -> str:
    """One line of AP figures; classes the truth has none of are left out."""
    return "  ".join(f"{name} {value:.3f}" for name, value in scores.items() if not math.isnan(value))


def fit(recipe: DetectorRecipe, folder: Path, say: Callable[[str], None], save_every_s: float = 300.0) -> DetectorNetwork:
    """Train (or go on training) in ``folder`` and return the averaged network.

    ``folder/checkpoint.pt`` is written aside and renamed, every ``save_every_s`` seconds; a second call with the same folder goes on where it ends.

    Raises:
        DataError: a data folder is missing or empty.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "0")) or os.cpu_count() or 1)
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    labelled, valid = load_coco(recipe.detection / "train"), load_coco(recipe.detection / "valid")
    arenas = load_arenas(recipe.arenas / "train") if recipe.arenas else []
    arenas_valid = load_arenas(recipe.arenas / "valid") if recipe.arenas else []
    if not labelled:
        raise DataError(f"{recipe.detection}: no labelled frame")
    say(f"{len(labelled)} + {len(arenas)} frames to train on, {len(valid)} + {len(arenas_valid)} to validate")

    network = DetectorNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub misses this overload
    average = DetectorNetwork()
    average.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    step, spent_s = 0, 0.0
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        step, spent_s = state["step"], state["spent_s"]
        say(f"going on at step {step}, {spent_s / 60:.0f} of {recipe.minutes:.0f} minutes spent")

    def save() -> None:
        aside = checkpoint.with_suffix(".part")
        state = {"network": network.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
        torch.save({**state, "step": step, "spent_s": spent_s}, aside)
        aside.replace(checkpoint)

    def report() -> None:
        say(f"  valid: {describe(validate(average, valid))}")
        if arenas_valid:
            say(f"  arenas: {describe(validate(average, arenas_valid))}")

    budget_s = recipe.minutes * 60
    began = last_save = time.monotonic() - spent_s
    last_save = time.monotonic()
    stream = prefetch(_batches(recipe, labelled, arenas, recipe.seed + step), depth=3)
    try:
        while (spent_s := time.monotonic() - began) < budget_s:
            share = spent_s / budget_s
            for group in optimiser.param_groups:
                group["lr"] = recipe.learning_rate * min(1.0, (step + 1) / 200) * (0.5 * (1 + math.cos(math.pi * share)) + 0.005)
            pictures, *targets = next(stream)
            with torch.autocast("cpu", torch.bfloat16):
                raw = network(pictures.to(memory_format=torch.channels_last))
            parts = detector_loss(raw, *targets)
            total: Tensor = torch.stack(list(parts.values())).sum()
            optimiser.zero_grad()
            total.backward()  # type: ignore[no-untyped-call]  # untyped in torch's stub
            torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
            optimiser.step()
            step += 1
            _move_average(average, network, min(0.9985, (1 + step) / (10 + step)))
            if step % 50 == 0:
                figures = "  ".join(f"{name} {part.item():.3f}" for name, part in parts.items())
                say(f"step {step}  {spent_s / 60:.1f}/{recipe.minutes:.0f} min  {figures}")
            if time.monotonic() - last_save > save_every_s:
                save()
                report()
                last_save = time.monotonic()
    finally:
        stream.close()
    save()
    report()
    return average


@torch.no_grad()
def _move_average(average: DetectorNetwork, network: DetectorNetwork, decay: float) -> None:
    for mean, value in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)
