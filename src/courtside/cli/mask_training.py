"""``courtside train sam2``: simulate scenes where there are none, teach the small SAM2 on them, say how well it follows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from courtside.cli.progress import console
from courtside.errors import ModelError

_FIRST_SEED = {"train": 1000, "held": 9000}
_HELD_OUT_CLIPS = 3
_SHARE = 0.36
"""Of a frame's width and height in a scene; the network sees windows of these, about a quarter of the frame wide."""


def train_sam2(scenes: Path, clips: int, minutes: float, work: Path, seed: int) -> None:
    """Train (or go on training) the small SAM2; ``work/network`` is then a folder for tracker.model."""
    try:
        import torch  # noqa: F401  # asked for only to see that it is there
        import transformers  # noqa: F401  # the same
    except ImportError as error:
        raise ModelError("this training needs the research extra: pip install 'courtside[research]'") from error
    from courtside.train.sam2.fit import Sam2Recipe, fit, follow_iou
    from courtside.train.sam2.scenes import cut_windows, load_scenes

    _simulate(scenes / "train", "train", clips, seconds=2.0, n_windows=3)
    _simulate(scenes / "held", "held", _HELD_OUT_CLIPS, seconds=3.0, n_windows=2)
    recipe = Sam2Recipe(minutes=minutes, seed=seed)
    random = np.random.default_rng(5)
    known = [zip(scene.images, scene.owners, strict=True) for scene in load_scenes(scenes / "held")]
    held_out = [window for scene in known for window in cut_windows(scene, 1, 0.25 / _SHARE, recipe.side, random)]
    network = fit(recipe, load_scenes(scenes / "train"), held_out, work, lambda line: console.print(line, highlight=False))
    prompted, followed = follow_iou(network, held_out, n_frames=30)
    console.print(f"{work / 'network'}: IoU {prompted:.3f} where prompted, {followed:.3f} over 2 s followed, {len(held_out)} held-out scenes", highlight=False)


def _simulate(folder: Path, kind: str, n_clips: int, seconds: float, n_windows: int) -> None:
    from courtside.simulate.clip import Recipe
    from courtside.simulate.knobs import Knobs
    from courtside.simulate.masks import masked_frames
    from courtside.train.sam2.scenes import cut_windows, save_scenes

    for seed in range(_FIRST_SEED[kind], _FIRST_SEED[kind] + n_clips):
        if (folder / f"{seed}-{n_windows - 1}.npz").is_file():
            continue
        random = np.random.default_rng(seed)
        knobs = Knobs(occlusion=float(random.uniform(0.1, 0.6)), fast_pans=float(random.uniform(0, 0.5)), blur=float(random.uniform(0, 0.6)))
        frames = masked_frames(Recipe(seed=seed, seconds=seconds, size_px=(960, 540), rate=Fraction(15), knobs=knobs))
        save_scenes(cut_windows(frames, n_windows, _SHARE, 256, random), folder, str(seed))
        console.print(f"simulated {folder / str(seed)}", highlight=False)
