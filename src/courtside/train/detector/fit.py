"""Fitting the detector."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
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
from courtside.train.detector.start import load_exported, spread
from courtside.train.detector.targets import render_targets
from courtside.train.loop import Loop
from courtside.types import CLASSES, PLAYER_CLASSES


@dataclass(frozen=True)
class DetectorRecipe:
    """How to train.

    Folders hold ``train`` and ``valid``; ``arenas`` and ``simulated`` (laid out as ``detection``) may be None, and so may ``harvest``, one split of frames out
    of clips; their shares are of all samples. ``start`` is an exported detector to go on from, at half the rate, or None. ``zoom`` is the range of the frame's
    scale, ``crop`` the window in pixels.
    """

    detection: Path
    arenas: Path | None
    simulated: Path | None = None
    harvest: Path | None = None
    start: Path | None = None
    minutes: float = 90.0
    crop: int = 448
    zoom: tuple[float, float] = (0.7, 1.7)
    batch: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 0.03
    arenas_share: float = 0.3
    simulated_share: float = 0.1
    harvest_share: float = 0.2
    seed: int = 0


Batch = tuple[Tensor, ...]
_N_SPREAD = 24  # batches to measure the norms' statistics on


def _batches(recipe: DetectorRecipe, pools: list[tuple[list[Sample], float]], seed: int) -> Iterator[Batch]:
    """Yield batches of samples from ``pools`` by their shares; those of empty pools fall to the first."""
    random = np.random.default_rng(seed)
    shares = np.array([share if samples else 0.0 for samples, share in pools])
    shares[0] = 1 - shares[1:].sum()
    while True:
        pictures, targets = [], []
        for _ in range(recipe.batch):
            pool = pools[random.choice(len(pools), p=shares)][0]
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
        DataError: a data folder is missing or empty, or ``recipe.start`` is no detector of ours.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "0")) or os.cpu_count() or 1)
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    labelled, valid = load_coco(recipe.detection / "train"), load_coco(recipe.detection / "valid")
    arenas = load_arenas(recipe.arenas / "train") if recipe.arenas else []
    arenas_valid = load_arenas(recipe.arenas / "valid") if recipe.arenas else []
    simulated = load_coco(recipe.simulated / "train") if recipe.simulated else []
    simulated_valid = load_coco(recipe.simulated / "valid") if recipe.simulated else []
    harvest = load_coco(recipe.harvest, has_actions=False) if recipe.harvest else []
    if not labelled:
        raise DataError(f"{recipe.detection}: no labelled frame")
    pools = [(labelled, 1.0), (arenas, recipe.arenas_share), (simulated, recipe.simulated_share), (harvest, recipe.harvest_share)]
    say(f"{' + '.join(str(len(samples)) for samples, _ in pools)} frames to train on, {len(valid)} + {len(arenas_valid)} + {len(simulated_valid)} to validate")

    network = DetectorNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub misses this overload
    average = DetectorNetwork()
    rate = recipe.learning_rate
    if recipe.start is not None and not (folder / "checkpoint.pt").is_file():
        load_exported(network, recipe.start)
        spread(network, (batch[0] for batch in islice(_batches(recipe, pools, recipe.seed), _N_SPREAD)))
    if recipe.start is not None:
        rate /= 2
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=recipe.weight_decay)
    loop = Loop(network, average, optimiser, folder, recipe.minutes, say)

    def report() -> None:
        say(f"  valid: {describe(validate(average, valid))}")
        if arenas_valid:
            say(f"  arenas: {describe(validate(average, arenas_valid))}")
        if simulated_valid:
            say(f"  simulated: {describe(validate(average, simulated_valid))}")

    stream = prefetch(_batches(recipe, pools, recipe.seed + loop.step), depth=3)
    try:
        for _ in loop.run(report, save_every_s):
            pictures, *targets = next(stream)
            with torch.autocast("cpu", torch.bfloat16):
                raw = network(pictures.to(memory_format=torch.channels_last))
            loop.learn(detector_loss(raw, *targets))
    finally:
        stream.close()
    return average
