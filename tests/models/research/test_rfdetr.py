"""RF-DETR checkpoints of the rfdetr package, with a stand-in that has the signatures of rfdetr 1.11.2."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import supervision as sv

pytest.importorskip("torch", reason="the rfdetr package needs it too")

from courtside.errors import ModelError
from courtside.models.research.rfdetr import RfDetrDetector
from courtside.types import CLASSES, NUMBER, PLAYER, Image


class RFDETR:
    """Finds a player in the picture's left half, a number in it, and something of the background class."""

    names: tuple[str, ...] = CLASSES
    calls: list[int]

    def __init__(self, *, trust_checkpoint: bool = False, **kwargs: Any) -> None:
        self.trusted, self.options = trust_checkpoint, kwargs
        self.calls = []

    @classmethod
    def from_checkpoint(cls, path: str, *, trust_checkpoint: bool = False, **kwargs: Any) -> RFDETR:
        if Path(path).read_bytes() != b"weights":
            raise ValueError("Could not infer model class\nfrom checkpoint")
        return cls(trust_checkpoint=trust_checkpoint, **kwargs)

    @property
    def class_names(self) -> list[str]:
        return list(self.names)

    def predict(
        self,
        images: Any,
        threshold: float = 0.5,
        shape: tuple[int, int] | None = None,
        patch_size: int | None = None,
        include_source_image: bool = True,
        **kwargs: Any,
    ) -> Any:
        assert isinstance(images, list) and not include_source_image and not kwargs and patch_size is shape is None
        self.calls.append(len(images))
        found = []
        for image in images:
            height, width = image.shape[:2]
            xyxy = np.array([[0, 0, width / 2, height], [5, 5, 10, 15], [0, 0, width, height]], np.float32)
            labels = np.array([self.names.index("player") if "player" in self.names else 0, NUMBER % len(self.names), len(self.names)])
            scores = np.array([image[0, 0, 0] / 255, 0.6, 0.9], np.float32)  # as red as the first pixel
            kept = scores >= threshold
            found.append(sv.Detections(xyxy[kept], confidence=scores[kept], class_id=labels[kept]))
        return found


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    module = types.ModuleType("rfdetr")
    module.RFDETR = RFDETR  # type: ignore[attr-defined]  # a module made up on the spot
    monkeypatch.setitem(sys.modules, "rfdetr", module)
    path = tmp_path / "checkpoint_best_total.pth"
    path.write_bytes(b"weights")
    return path


def red(height: int, width: int) -> Image:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 2] = 204  # BGR
    return picture


def test_what_comes_out(checkpoint: Path) -> None:
    detector = RfDetrDetector(str(checkpoint), device="cpu", batch=2)
    assert detector.detect([]) == []
    images = [red(40, 80), red(40, 80), red(20, 30)]
    found = detector.detect(images)
    assert [one.xyxy[list(one.class_id).index(PLAYER)].tolist() for one in found] == [[0, 0, 40, 40], [0, 0, 40, 40], [0, 0, 15, 20]]
    assert all(set(one.class_id) == {PLAYER, NUMBER} and one.confidence.max() == pytest.approx(0.8) for one in found)  # RGB, no background
    assert detector._package_model.calls == [2, 1]
    assert not detector._package_model.trusted and detector._package_model.options == {"device": "cpu"}
    assert np.array_equal(images[0], red(40, 80))


def test_batch_equals_one_by_one(checkpoint: Path) -> None:
    images = [red(40, 80), red(20, 30)]
    together = RfDetrDetector(str(checkpoint), device="cpu").detect(images)
    alone = [RfDetrDetector(str(checkpoint), device="cpu", batch=1).detect([image])[0] for image in images]
    assert all(np.array_equal(a.xyxy, b.xyxy) and np.array_equal(a.class_id, b.class_id) for a, b in zip(together, alone, strict=True))


def test_confidence_is_passed_on(checkpoint: Path) -> None:
    assert len(RfDetrDetector(str(checkpoint), confidence=0.7, device="cpu").detect([red(40, 80)])[0]) == 1


def test_a_class_map(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RFDETR, "names", ("person", "ball", "crowd"))
    with pytest.raises(ModelError, match="none of its 3 classes is called player"):
        RfDetrDetector(str(checkpoint), device="cpu").detect([red(40, 80)])
    found = RfDetrDetector(str(checkpoint), classes={"person": "player"}, device="cpu").detect([red(40, 80)])[0]
    assert list(found.class_id) == [PLAYER]


@pytest.mark.parametrize(
    ("model", "content", "says"),
    [
        ("none.pth", None, "no such checkpoint; set detector.model"),
        ("other.pth", b"other", r"not a usable RF-DETR checkpoint \(Could not infer model class\)"),
    ],
)
def test_a_bad_checkpoint(checkpoint: Path, model: str, content: bytes | None, says: str) -> None:
    path = checkpoint.with_name(model)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=says):
        RfDetrDetector(str(path), device="cpu").detect([red(40, 80)])


def test_without_the_package(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "rfdetr")
    monkeypatch.setitem(sys.modules, "rfdetr", None)
    with pytest.raises(ModelError, match=r"pip install 'courtside\[rfdetr\]'"):
        RfDetrDetector(str(checkpoint), device="cpu").detect([red(40, 80)])


def test_which_model() -> None:
    with pytest.raises(ModelError, match=r"Set detector\.model"):
        RfDetrDetector().detect([red(40, 80)])
