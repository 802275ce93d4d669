"""Pictures in, masks out: the stream, its tracker on top, and what can go wrong with a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import supervision as sv

from courtside.errors import ModelError
from courtside.models.research.placement import Placement
from courtside.models.sam2.load import HUB, load
from courtside.models.sam2.stream import Sam2Stream
from courtside.tracking.sam2 import Sam2Tracker
from courtside.types import PLAYER, Frame, Segmenter

Make = Callable[..., Any]
CPU = Placement("cpu", offline=True)
XYXY = np.array([[20, 10, 60, 80], [90, 20, 130, 85]], float)


def picture(i: int) -> np.ndarray:
    return np.random.default_rng(i).integers(0, 256, (90, 160, 3), np.uint8)


def test_masks_are_arrays_over_the_whole_picture(tiny: Make) -> None:
    stream: Segmenter = Sam2Stream(tiny("sam2"), CPU)
    stream.look(picture(0))
    assert stream.follow().logits.shape == (0, 16, 16)
    first = stream.prompt([5, 6], XYXY)
    stream.look(picture(1))
    then = stream.follow()
    for segments in (first, then):
        assert segments.ids == (5, 6) and segments.logits.shape == (2, 16, 16) and segments.score.shape == (2,)
        assert segments.logits.dtype == segments.score.dtype == np.float32
    stream.remove([5])
    stream.look(picture(2))
    assert stream.follow().ids == (6,)
    stream.clear()
    stream.look(picture(3))
    assert stream.follow().ids == ()


@pytest.mark.parametrize("precision", ["bf16", "fp32"])
def test_every_precision_gives_single_precision_arrays(tiny: Make, precision: str) -> None:
    stream = Sam2Stream(tiny("sam2"), Placement("cpu", precision))
    for i in range(3):
        stream.look(picture(i))
        segments = stream.prompt([1, 2], XYXY) if i == 0 else stream.follow()
        assert segments.logits.dtype == segments.score.dtype == np.float32 and np.isfinite(segments.logits).all()


@pytest.mark.parametrize("kind", ["sam2", "edgetam"])
def test_the_tracker_runs_on_a_real_model(tiny: Make, kind: str) -> None:
    tracker = Sam2Tracker(Sam2Stream(tiny(kind), CPU))
    for i in range(6):
        n = 0 if i == 0 else 1 if i < 3 else 2
        found = sv.Detections(XYXY[:n].astype(np.float32), confidence=np.full(n, 0.9, np.float32), class_id=np.full(n, PLAYER))
        tracked = tracker.update(Frame(i, i / 30, picture(i)), found)
        assert tracked.tracker_id is not None and tracked.tracker_id.dtype.kind == "i" and tracked.xyxy.dtype == np.float32
        assert isinstance(tracked.mask, sv.CompactMask) and tracked.mask.shape == (len(tracked), 90, 160)
        assert len(tracked) == len(tracked.data["row"]) == len(tracked.tracker_id)
        assert (tracked.tracker_id > 0).all() and (i > 0 or not len(tracked))


def test_out_of_memory_halves_what_is_done_at_once_and_says_so(tiny: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    stream = Sam2Stream(tiny("sam2"), CPU, say=said.append)
    segment = stream.propagator._segment

    def full(ids: Any, *rest: Any) -> Any:
        if len(ids) > 2:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return segment(ids, *rest)

    xyxy = np.repeat(XYXY, 3, 0)
    stream.look(picture(0))
    whole = stream.prompt(range(6), xyxy).logits
    monkeypatch.setattr(stream.propagator, "_segment", full)
    np.testing.assert_allclose(stream.prompt(range(6), xyxy).logits, whole, atol=1e-5)
    stream.look(picture(1))
    assert stream.follow().ids == tuple(range(6))
    assert stream.propagator.batch == 1 and [line.split()[-1] for line in said] == ["3", "1"]


def test_no_memory_for_even_one(tiny: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise RuntimeError("MPS backend out of memory")

    stream = Sam2Stream(tiny("sam2"), CPU)
    stream.look(picture(0))
    monkeypatch.setattr(stream.propagator, "_segment", full)
    with pytest.raises(ModelError, match="smaller model"):
        stream.prompt([1, 2], XYXY)


def test_other_errors_are_not_taken_for_a_full_memory(tiny: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Sam2Stream(tiny("sam2"), CPU)
    stream.look(picture(0))
    monkeypatch.setattr(stream.propagator, "_segment", lambda *_: (_ for _ in ()).throw(RuntimeError("shapes differ")))
    with pytest.raises(RuntimeError, match="shapes differ"):
        stream.prompt([1], XYXY[:1])


def test_a_model_is_loaded_from_its_folder(tiny: Make, tmp_path: Path) -> None:
    tiny("sam2").save_pretrained(tmp_path)
    loaded, given = Sam2Stream.load(str(tmp_path), CPU), Sam2Stream(tiny("sam2"), CPU)
    for stream in (loaded, given):
        stream.look(picture(0))
    np.testing.assert_array_equal(loaded.prompt([1], XYXY[:1]).logits, given.prompt([1], XYXY[:1]).logits)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere", "tracker.model"),
        ("someone/no-such-model", "--local-dir"),  # offline, so nothing is asked of the network
        *[(short, "--local-dir") for short in HUB],
    ],
)
@pytest.mark.usefixtures("tiny")
def test_a_model_that_is_not_there(name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(ModelError, match=says) as failure:
        load(name, CPU)
    assert "\n" not in str(failure.value)


@pytest.mark.usefixtures("tiny")  # skips where torch is not there
def test_a_model_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "siglip_vision_model"}')
    with pytest.raises(ModelError, match="takes SAM2 or EdgeTAM"):
        load(str(tmp_path), CPU)


@pytest.mark.usefixtures("tiny")
def test_a_device_that_is_not_there(tmp_path: Path) -> None:
    import torch

    missing = next((kind for kind, there in (("mps", torch.backends.mps.is_available()), ("cuda", torch.cuda.is_available())) if not there), None)
    if missing is None:
        pytest.skip("has them all")
    with pytest.raises(ModelError, match="no such device"):
        load(str(tmp_path), Placement(missing))


def test_the_list_of_models_names_those_that_can_be_loaded() -> None:
    from courtside.models.zoo import MASKS

    assert {card.name: card.source for card in MASKS} == {name: f"https://huggingface.co/{hub_id}, or tracker.model" for name, hub_id in HUB.items()}
