"""Teach the small network to follow: prompt it with somebody's box in one frame, and compare its masks in the next ones with the truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from courtside.models.sam2.pixels import normalised
from courtside.models.sam2.propagate import Features, Propagator
from courtside.train.loop import Loop
from courtside.train.sam2.network import make_network
from courtside.train.sam2.scenes import LEAST_PX, Pixels, Scene, box_of, people_in


@dataclass(frozen=True)
class Sam2Recipe:
    """How long, on what.

    ``minutes`` of wall time; ``side`` of the network's input in pixels, each a window of a larger scene; ``rate`` the highest learning rate; every step sees
    about ``pictures``: as many sequences of 1 to ``frames`` side by side as that makes, up to ``stride`` frames of the scene apart, at most ``objects``
    followed in each.
    """

    minutes: float = 60.0
    side: int = 160
    rate: float = 1e-3
    pictures: int = 20
    objects: int = 4
    frames: int = 8
    stride: int = 2
    seed: int = 0


def fit(recipe: Sam2Recipe, scenes: Sequence[Scene], held_out: Sequence[Scene], folder: Path, say: Callable[[str], None]) -> Any:
    """Train (or go on training) and return the averaged network; it is also saved to ``folder/network``, as transformers saves models.

    Args:
        recipe: see there.
        scenes: what to learn from.
        held_out: what ``say`` is told about on the way.
        folder: for the checkpoint and the network.
        say: told one line at a time.
    """
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    network, average = make_network(recipe.side), make_network(recipe.side)
    optimiser = torch.optim.AdamW(network.parameters(), recipe.rate, weight_decay=0.02)
    loop = Loop(network, average, optimiser, folder, recipe.minutes, say)

    def report() -> None:
        average.eval()
        prompted, followed = follow_iou(average, held_out)
        say(f"step {loop.step}  held out: IoU {prompted:.3f} where prompted, {followed:.3f} where followed")
        average.save_pretrained(folder / "network")

    network.train()
    for share in loop.run(report, save_every_s=240.0):
        # standing pictures first, then pairs, then more: who can't outline somebody can't follow him
        length = 1 if share < 0.2 else 2 if share < 0.35 else int(random.integers(2, recipe.frames + 1))
        chosen = [scenes[int(random.integers(len(scenes)))] for _ in range(max(1, recipe.pictures // length))]
        images, masks, clips = _side_by_side([_sequence(scene, length, recipe, random) for scene in chosen])
        if len(clips):
            loop.learn(_losses(network, images, masks, clips, random))
    average.eval()
    return average


def _sequence(scene: Scene, length: int, recipe: Sam2Recipe, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return (t, 3, s, s) pictures and (t, n, s, s) masks of those who show in the first one."""
    stride = int(random.integers(1, recipe.stride + 1))
    stride = min(stride, max(1, (len(scene.images) - 1) // max(1, length - 1)))
    start = int(random.integers(0, len(scene.images) - (length - 1) * stride))
    chosen = np.arange(length) * stride + start
    if random.random() < 0.5:
        chosen = chosen[::-1]
    images, owners = _window(scene.images[chosen], scene.owners[chosen], recipe.side, random)
    if random.random() < 0.5:
        images, owners = images[:, :, ::-1], owners[:, :, ::-1]
    who = random.permutation(people_in(owners[0], LEAST_PX))[: recipe.objects]
    masks = np.stack([owners == person for person in who], 1) if len(who) else np.zeros((length, 0, *owners.shape[1:]), bool)
    light = images.astype(np.float32) * random.uniform(0.8, 1.2) * random.uniform(0.94, 1.06, 3) + random.uniform(-12, 12)
    pictures = normalised(np.clip(light, 0, 255).astype(np.uint8))
    return pictures, torch.from_numpy(np.ascontiguousarray(masks))


def _window(images: Pixels, owners: Pixels, side: int, random: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Cut a window, the same for all pictures and over somebody of the first one where there is anybody, and bring it to ``side``."""
    whole = owners.shape[1]
    size = int(whole * random.uniform(0.6, 0.85))
    rows, columns = np.nonzero(owners[0])
    k = random.integers(max(1, len(rows)))
    row, column = (rows[k], columns[k]) if len(rows) else (whole // 2, whole // 2)
    y, x = (int(np.clip(at - size * random.uniform(0.2, 0.8), 0, whole - size)) for at in (row, column))
    inside = np.s_[y : y + size, x : x + size]
    images = np.stack([cv2.resize(image[inside], (side, side), interpolation=cv2.INTER_AREA) for image in images])
    return images.astype(np.uint8), np.stack([cv2.resize(owner[inside], (side, side), interpolation=cv2.INTER_NEAREST) for owner in owners]).astype(np.uint8)


def _side_by_side(sequences: Sequence[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor, list[int]]:
    """Return (t, v, 3, s, s) pictures, (t, n, s, s) masks, and which of the v clips each mask is in."""
    clips = [v for v, (_, masks) in enumerate(sequences) for _ in range(masks.shape[1])]
    return torch.stack([images for images, _ in sequences], 1), torch.cat([masks for _, masks in sequences], 1), clips


def _losses(network: Any, images: Tensor, masks: Tensor, clips: Sequence[int], random: np.random.Generator) -> dict[str, Tensor]:
    """Return the parts of the loss over sequences as of ``_side_by_side``; the boxes are as sloppy as a detector's."""
    boxes = np.array([box_of(mask.numpy()) for mask in masks[0]])
    size = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    boxes = np.clip(boxes + random.normal(0, 0.05, boxes.shape) * size, 0, images.shape[-1])
    stream = Propagator(network)
    mask_parts, dice_parts, score_parts = [], [], []
    with torch.autocast("cpu", torch.bfloat16):
        n_clips = images.shape[1]
        seen = stream.encode(images.flatten(0, 1))
        for k in range(len(images)):
            stream.look(Features(tuple(part[:, k * n_clips : (k + 1) * n_clips] for part in seen.maps), seen.positions))
            ids = list(range(masks.shape[1]))
            output = stream.prompt(ids, torch.from_numpy(boxes).float(), clips) if k == 0 else stream.follow()[1]
            # twice as fine as the network's masks: it learns between which of its pixels the outline runs
            raw = F.interpolate(output.raw[None].float(), scale_factor=2.0, mode="bilinear", align_corners=False)[0]
            truth = F.interpolate(masks[k][None].float(), size=raw.shape[-2:], mode="area")[0]
            shown = (masks[k].flatten(1).sum(1) > 0).float()
            chance = raw.sigmoid()
            cross = F.binary_cross_entropy_with_logits(raw, truth, reduction="none")
            focus = (chance - truth).abs()  # the floor is most of the picture and soon learned
            mask_parts.append(((cross * (0.1 + focus)).mean((1, 2)) * 60 * shown).mean())
            overlap = (chance * truth).sum((1, 2))
            dice = 1 - (2 * overlap + 1) / (chance.sum((1, 2)) + truth.sum((1, 2)) + 1)
            dice_parts.append((dice * shown).mean())
            score_parts.append(F.binary_cross_entropy_with_logits(output.score.float(), shown))
    return {"mask": torch.stack(mask_parts).mean(), "dice": torch.stack(dice_parts).mean(), "score": 0.2 * torch.stack(score_parts).mean()}


@torch.no_grad()
def follow_iou(network: Any, scenes: Sequence[Scene], n_frames: int = 20) -> tuple[float, float]:
    """Return the mean IoU with the truth where prompted (by the true box, in the first frame) and over the ``n_frames`` followed from there.

    Frames in which fewer than ``LEAST_PX`` of somebody show don't count for him: there is nothing to compare.
    """
    prompted: list[float] = []
    followed: list[float] = []
    for scene in scenes:
        side = scene.images.shape[1]
        who = people_in(scene.owners[0], LEAST_PX)
        if not who:
            continue
        stream = Propagator(network)
        boxes = torch.tensor([box_of(scene.owners[0] == person) for person in who])
        for k in range(min(len(scene.images), n_frames + 1)):
            stream.look(stream.encode(normalised(scene.images[k : k + 1])))
            output = stream.prompt(who, boxes) if k == 0 else stream.follow()[1]
            found = F.interpolate(output.logits[None].float(), size=(side, side), mode="bilinear", align_corners=False)[0].numpy() > 0
            for person, mask in zip(who, found, strict=True):
                truth = scene.owners[k] == person
                if truth.sum() >= LEAST_PX:
                    (followed if k else prompted).append((mask & truth).sum() / max(1, (mask | truth).sum()))
    return float(np.mean(prompted)) if prompted else 0.0, float(np.mean(followed)) if followed else 0.0
