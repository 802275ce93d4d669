"""The small SAM2 learns from scenes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the train extra")
pytest.importorskip("transformers", reason="needs the research extra")

from courtside.errors import DataError
from courtside.train.sam2.fit import Sam2Recipe, _losses, _sequence, _side_by_side, fit, follow_iou
from courtside.train.sam2.network import make_network
from courtside.train.sam2.scenes import Scene, box_of, cut_windows, load_scenes, people_in, save_scenes


def frames(n: int = 6, seed: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Two blocks of colour that walk over a floor."""
    rng = np.random.default_rng(seed)
    floor = rng.integers(60, 120, (90, 160, 3), np.uint8)
    for i in range(n):
        image, owner = floor.copy(), np.zeros((90, 160), np.uint8)
        for who, (x, colour) in enumerate(((30 + 2 * i, (30, 30, 230)), (100 - 2 * i, (230, 230, 30))), 1):
            image[20:70, x : x + 16], owner[20:70, x : x + 16] = colour, who
        yield image, owner


@pytest.fixture
def scenes() -> list[Scene]:
    return cut_windows(frames(), 2, 0.9, 64, np.random.default_rng(0))


def test_windows_are_square_and_show_somebody(scenes: list[Scene]) -> None:
    assert len(scenes) == 2
    for scene in scenes:
        assert scene.images.shape == (6, 64, 64, 3) and scene.owners.shape == (6, 64, 64)
        assert people_in(scene.owners[0], 24)
        reds = (scene.images[0, ..., 2] > 200) & (scene.images[0, ..., 0] < 100)
        assert (scene.owners[0][reds] == 1).mean() > 0.75
    assert cut_windows([], 2, 0.5, 64, np.random.default_rng(0)) == []


def test_scenes_are_kept(scenes: list[Scene], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no scenes"):
        load_scenes(tmp_path)
    save_scenes(scenes, tmp_path, "a")
    for before, after in zip(scenes, load_scenes(tmp_path), strict=True):
        assert (before.images == after.images).all() and (before.owners == after.owners).all()
    (tmp_path / "b.npz").write_bytes(b"no scene")
    with pytest.raises(DataError, match=r"b\.npz"):
        load_scenes(tmp_path)


def test_box_of() -> None:
    mask = np.zeros((10, 12), bool)
    mask[2:5, 3:9] = True
    assert box_of(mask) == (3, 2, 9, 5)


@pytest.mark.parametrize("length", [1, 3, 50])
def test_sequences(scenes: list[Scene], length: int) -> None:
    recipe = Sam2Recipe(side=64, objects=1)
    images, masks = _sequence(scenes[0], min(length, 6), recipe, np.random.default_rng(1))
    assert images.shape == (min(length, 6), 3, 64, 64) and masks.shape == (min(length, 6), 1, 64, 64) and masks[0].any()


def test_an_untrained_network_remembers_who_was_here() -> None:
    import torch

    network = make_network(64).eval()
    memory, nothing = network.memory_attention, torch.zeros(1, 1, 16, 128)
    around = memory.rotary_emb(nothing[0], memory.position_ids)
    for layer in memory.layers:
        _, weights = layer.cross_attn_image(nothing, nothing[..., :64], nothing[..., :64], around)
        assert weights[0, 0].argmax(-1).tolist() == list(range(16))


def test_it_learns(scenes: list[Scene]) -> None:
    import torch

    torch.manual_seed(0)
    network, random = make_network(64), np.random.default_rng(0)
    network.train()
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    images, masks, clips = _side_by_side([_sequence(scene, 2, Sam2Recipe(side=64), random) for scene in scenes])
    totals = []
    for _ in range(25):
        total = torch.stack(list(_losses(network, images, masks, clips, random).values())).sum()
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        totals.append(total.item())
    assert np.mean(totals[-3:]) < 0.8 * totals[0]
    prompted, followed = follow_iou(network.eval(), scenes, n_frames=2)
    assert 0 <= prompted <= 1 and 0 <= followed <= 1 and follow_iou(network, []) == (0.0, 0.0)


def test_a_fit_leaves_a_model_that_can_be_loaded(scenes: list[Scene], tmp_path: Path) -> None:
    from courtside.models.research.placement import Placement
    from courtside.models.sam2.load import load

    said: list[str] = []
    fit(Sam2Recipe(minutes=0.001, side=64, pictures=1), scenes, scenes, tmp_path, said.append)
    assert any("held out" in line for line in said)
    assert load(str(tmp_path / "network"), Placement("cpu")).config.image_size == 64
