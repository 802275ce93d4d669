"""Fitting the court model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from courtside.errors import DataError
from courtside.media.prefetch import prefetch
from courtside.models.court import CANVAS
from courtside.train.court.augment import augment, fit_view, fitting, moved
from courtside.train.court.data import CourtSample, landmark_points, load_clip, load_simulated, load_stills
from courtside.train.court.network import CourtNetwork, ExportedCourt, court_loss, start_from_detector
from courtside.train.court.targets import render_targets
from courtside.train.loop import Loop
from courtside.types import Image

Floats = npt.NDArray[np.float64]

_SIMULATED_SHARES = 3
"""Simulated frames are drawn as often as those of so many real arenas or clips."""


@dataclass(frozen=True)
class CourtRecipe:
    """How to train.

    ``truth`` is a folder of label files, ``pictures`` holds ``train`` and ``valid`` with the frames some of them label, ``clips`` the videos that others do
    (or None), ``simulated`` the frames of ``courtside simulate --stills`` (or None). ``held_out`` names clips that are kept for validation. ``start`` is a
    detector's checkpoint whose backbone is taken over (None: from nothing).
    """

    truth: Path
    pictures: Path
    clips: Path | None = None
    simulated: Path | None = None
    held_out: tuple[str, ...] = ()
    start: Path | None = None
    minutes: float = 60.0
    batch: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 0.03
    seed: int = 0


def _batches(recipe: CourtRecipe, samples: Sequence[CourtSample], groups: Sequence[str], seed: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    random = np.random.default_rng(seed)
    # every arena equally often, however many frames of it are labelled
    arenas = sorted(set(groups))
    by_arena = [[i for i, group in enumerate(groups) if group == arena] for arena in arenas]
    while True:
        drawn = []
        for _ in range(recipe.batch):
            pool = by_arena[int(random.integers(len(arenas)))]
            view = augment(samples[pool[int(random.integers(len(pool)))]], random)
            drawn.append((np.ascontiguousarray(view.image.transpose(2, 0, 1)), *render_targets(view)))
        pictures, heat, paint = (torch.from_numpy(np.stack(column)) for column in zip(*drawn, strict=True))
        yield pictures, heat, paint


def _floor_error(landmarks: Floats, confidence: Floats, sample: CourtSample) -> float:
    """Return the median error in metres over the visible floor of a plain homography through the found landmarks, inf where there is none."""
    used = confidence >= 0.3
    if used.sum() < 4:
        return float("inf")
    found: npt.NDArray[np.generic] | None = cv2.findHomography(landmarks[used], landmark_points(sample.court)[used], cv2.RANSAC, 0.5)[0]
    across, along = np.linspace(-1, 1, 17) * sample.court.half_width_m, np.linspace(-1, 1, 29) * sample.court.half_length_m
    floor = np.stack(np.meshgrid(along, across), -1).reshape(-1, 2)
    places = moved(sample.project(floor), fitting(sample))
    shown = np.isfinite(places).all(1) & (places >= 0).all(1) & (places < CANVAS).all(1)
    if found is None or not shown.any():
        return float("inf")
    homography = np.asarray(found, np.float64)
    return float(np.median(np.hypot(*(moved(places[shown], homography) - floor[shown]).T)))


@torch.no_grad()
def validate(network: CourtNetwork, samples: Sequence[CourtSample]) -> dict[str, float]:
    """Measure a network on labelled frames with a court in view, by a plain homography through its landmarks.

    Returns:
        "solved", the share of frames within 2 m in the median; "median_m" and "p90_m" of those frames' errors; "recall" of landmarks within 6 px.
    """
    exported = ExportedCourt(network).eval()
    errors, hits = [], []
    for sample in samples:
        if sample.floor_to_picture is None:
            continue
        view = fit_view(sample)
        with torch.autocast("cpu", torch.bfloat16):
            landmarks, _ = exported(torch.from_numpy(view.image)[None])
        size = np.array([view.image.shape[1], view.image.shape[0]])
        found = landmarks[0, :, :2].double().numpy() * size - 0.5
        confidence = landmarks[0, :, 2].double().numpy()
        shown = np.isfinite(view.landmarks).all(1) & (view.landmarks >= 0).all(1) & (view.landmarks < size).all(1)
        hits += (np.hypot(*(found - view.landmarks)[shown].T) < 6).tolist()
        errors.append(_floor_error(found, confidence, sample))
    solved = np.array(errors) < 2
    good = np.array(errors)[solved]
    return {
        "solved": float(solved.mean()) if errors else float("nan"),
        "median_m": float(np.median(good)) if len(good) else float("nan"),
        "p90_m": float(np.quantile(good, 0.9)) if len(good) else float("nan"),
        "recall": float(np.mean(hits)) if hits else float("nan"),
    }


def load(recipe: CourtRecipe) -> tuple[list[CourtSample], list[str], dict[str, list[CourtSample]]]:
    """Return the samples to train on, the arena (or clip) of each, and the validation samples by name."""
    training = load_stills(recipe.truth, recipe.pictures / "train")
    groups = [f"{sample.lens.k1:.3f}" for sample in training]  # one lens, one arena
    valid = {"valid": load_stills(recipe.truth, recipe.pictures / "valid")}
    for path in sorted(recipe.clips.iterdir()) if recipe.clips else []:
        labels = recipe.truth / f"{path.stem}.json"
        if not labels.is_file() or path.suffix == ".npy":
            continue
        samples = load_clip(labels, path)
        if path.stem in recipe.held_out:
            valid[path.stem] = samples
        else:
            training += samples
            groups += [path.stem] * len(samples)
    if recipe.simulated:
        training += (frames := load_simulated(recipe.simulated))
        groups += [f"simulated {i % _SIMULATED_SHARES}" for i in range(len(frames))]
    return training, groups, valid


def fit(recipe: CourtRecipe, folder: Path, say: Callable[[str], None], save_every_s: float = 300.0) -> CourtNetwork:
    """Train (or go on training) in ``folder`` and return the averaged network; see ``Loop`` for what is kept there.

    Raises:
        DataError: a data folder is missing or empty.
        TruthError: a label file is wrong.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "0")) or os.cpu_count() or 1)
    cv2.setNumThreads(1)
    training, groups, valid = load(recipe)
    if not training:
        raise DataError(f"{recipe.truth}: no labelled frame")
    say(f"{len(training)} frames of {len(set(groups))} arenas and clips to train on, {sum(map(len, valid.values()))} to validate")
    network, average = CourtNetwork(), CourtNetwork()
    if recipe.start is not None:
        start_from_detector(network, recipe.start)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub misses this overload
    loop = Loop(network, average, torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay), folder, recipe.minutes, say)

    def report() -> None:
        for name, samples in valid.items():
            say(f"  {name}: " + "  ".join(f"{key} {value:.3f}" for key, value in validate(average, samples).items()))

    stream = prefetch(_batches(recipe, training, groups, recipe.seed + loop.step), depth=3)
    try:
        for _ in loop.run(report, save_every_s):
            pictures, heat, paint = next(stream)
            with torch.autocast("cpu", torch.bfloat16):
                raw = network(pictures.to(memory_format=torch.channels_last))
            loop.learn(court_loss(raw, heat, paint))
    finally:
        stream.close()
    return average


def calibration_views(samples: Sequence[CourtSample], n: int = 40) -> list[Image]:
    """Return about ``n`` of the training frames as the network gets them, for measuring the range of its activations."""
    return [fit_view(sample).image for sample in samples[:: max(1, len(samples) // n)]]
