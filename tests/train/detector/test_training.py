"""The detector's training: data, augmentation, targets, network, loss and a fit of seconds."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import supervision as sv

pytest.importorskip("torch", reason="needs the train extra")
pytest.importorskip("onnx", reason="needs the train extra")

import torch

from courtside.errors import DataError
from courtside.models import zoo
from courtside.models.detector import OnnxDetector
from courtside.train.detector.augment import augment, random_crop, warp_boxes
from courtside.train.detector.data import Sample, load_arenas, load_coco
from courtside.train.detector.export import export
from courtside.train.detector.fit import DetectorRecipe, fit
from courtside.train.detector.loss import box_loss, detector_loss, heat_loss
from courtside.train.detector.network import N_OUTPUTS, DetectorNetwork
from courtside.train.detector.start import load_exported, spread
from courtside.train.detector.targets import CHANNELS, STRIDE, render_targets
from courtside.types import BALL, BALL_IN_BASKET, CLASSES, NUMBER, PLAYER, REFEREE, RIM


def sample(*boxes: tuple[float, float, float, float, int], size: int = 128, has_actions: bool = True) -> Sample:
    image = np.full((size, size, 3), 100, np.uint8)
    return Sample(image, np.array(boxes, np.float32).reshape(-1, 5), has_actions=has_actions)


def coco(folder: Path, n_images: int = 4) -> Path:
    """A tiny COCO split: white players on a dark floor."""
    folder.mkdir(parents=True)
    images, annotations = [], []
    for i in range(n_images):
        picture = np.full((160, 160, 3), 40, np.uint8)
        cv2.rectangle(picture, (40 + 10 * i, 40), (70 + 10 * i, 120), (230, 230, 230), -1)
        cv2.imwrite(str(folder / f"{i}.png"), picture)
        images.append({"id": i, "file_name": f"{i}.png"})
        annotations.append({"image_id": i, "category_id": 7, "bbox": [40 + 10 * i, 40, 30, 80]})
    document = {"categories": [{"id": 7, "name": "player"}], "images": images, "annotations": annotations}
    (folder / "_annotations.coco.json").write_text(json.dumps(document))
    return folder


def test_load_coco(tmp_path: Path) -> None:
    samples = load_coco(coco(tmp_path / "train"))
    assert len(samples) == 4 and samples[1].boxes.tolist() == [[50, 40, 80, 120, PLAYER]]
    with pytest.raises(DataError, match="COCO"):
        load_coco(tmp_path / "none")
    (tmp_path / "train" / "2.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"2\.png"):
        load_coco(tmp_path / "train")


def test_a_crowd_is_ignored(tmp_path: Path) -> None:
    folder = coco(tmp_path / "train")
    index = folder / "_annotations.coco.json"
    document = json.loads(index.read_text())
    document["annotations"][0]["iscrowd"] = 1
    index.write_text(json.dumps(document))
    first, second, *_ = load_coco(folder, has_actions=False)
    assert len(first.boxes) == 0 and first.ignored.tolist() == [[40, 40, 70, 120, PLAYER]] and not first.has_actions
    assert len(second.boxes) == 1 and len(second.ignored) == 0
    assert render_targets(first).weight[0, 20, 14] == 0 and render_targets(first).weight[1].min() == 1


def test_load_arenas(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    cv2.imwrite(str(tmp_path / "images" / "a.jpg"), np.zeros((100, 200, 3), np.uint8))
    (tmp_path / "labels" / "a.txt").write_text("4 0.5 0.5 0.1 0.4\n2 0.25 0.2 0.1 0.1\n6 0.5 0.9 0.2 0.1\n")
    (only,) = load_arenas(tmp_path)
    assert np.allclose(only.boxes, [[90, 30, 110, 70, PLAYER]])
    assert not only.has_actions
    assert np.allclose(only.ignored, [[90, 30, 110, 70, NUMBER], [35, 12.5, 65, 27.5, RIM]])
    with pytest.raises(DataError):
        load_arenas(tmp_path / "none")


def test_augmented_boxes_stay_inside_and_follow_the_picture() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    image[80:140, 90:110] = 255
    source = Sample(image, np.array([[90, 80, 110, 140, PLAYER]], np.float32))
    seen = 0
    for seed in range(60):
        crop = random_crop(source, 96, (0.7, 1.4), np.random.default_rng(seed))
        assert crop.image.shape == (96, 96, 3)
        assert (crop.boxes[:, :4] >= 0).all() and (crop.boxes[:, :4] <= 96).all()
        for x1, y1, x2, y2, _ in crop.boxes.astype(int):
            seen += 1
            assert crop.image[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].mean() > 190
    assert seen > 20
    looked = augment(source, 96, (0.7, 1.4), np.random.default_rng(1))
    assert looked.image.dtype == np.uint8 and looked.image.shape == (96, 96, 3)


def test_warp_boxes_identity_and_mirror() -> None:
    boxes = np.array([[10, 20, 30, 60, 3]], np.float32)
    assert np.allclose(warp_boxes(boxes, np.array([[1, 0, 0], [0, 1, 0]], np.float32)), boxes[:, :4])
    assert np.allclose(warp_boxes(boxes, np.array([[-1, 0, 100], [0, 1, 0]], np.float32)), [[70, 20, 90, 60]])


@pytest.mark.parametrize(("class_id", "channel"), [(PLAYER, 0), (PLAYER + 4, 0), (REFEREE, 1), (BALL, 2), (BALL_IN_BASKET, 2), (NUMBER, 3), (RIM, 4)])
def test_a_box_peaks_once_in_its_channel(class_id: int, channel: int) -> None:
    targets = render_targets(sample((40, 40, 60, 90, class_id)))
    assert [int((heat >= 0.999).sum()) for heat in targets.heat] == [int(i == channel) for i in range(len(CHANNELS))]
    row, column = np.argwhere(targets.heat[channel] >= 0.999)[0]
    (shape,) = np.flatnonzero(targets.positive[:, row, column])
    left, top, right, bottom = targets.sides[shape, :, row, column]
    centre = (np.array([column, row]) + 0.5) * STRIDE
    assert np.allclose([centre[0] - left * 4, centre[1] - top * 4, centre[0] + right * 4, centre[1] + bottom * 4], [40, 40, 60, 90])


def test_no_boxes_and_what_is_not_labelled() -> None:
    empty = render_targets(sample())
    assert empty.heat.max() == 0 and not empty.positive.any() and (empty.weight == 1).all()
    player = np.array([[40, 40, 60, 90, PLAYER]], np.float32)
    arena = render_targets(Sample(np.zeros((128, 128, 3), np.uint8), player, np.insert(player[:, :4], 4, NUMBER, 1), has_actions=False))
    assert arena.weight[3, 16, 12] == 0 and arena.weight[3, 0, 0] == 1 and arena.weight[0].min() == 1
    assert arena.action.max() == -1


def test_a_number_on_a_player_keeps_both_boxes() -> None:
    targets = render_targets(sample((40, 20, 80, 100, PLAYER), (56, 56, 64, 66, NUMBER)))
    row, column = np.argwhere(targets.positive[0] & targets.positive[2])[0]
    assert targets.sides[0, 1, row, column] > 4 * targets.sides[2, 1, row, column]


def test_losses() -> None:
    targets = render_targets(sample((40, 40, 60, 90, PLAYER), (20, 20, 28, 30, BALL)))
    heat, weight = torch.from_numpy(targets.heat)[None], torch.from_numpy(targets.weight)[None]
    right = torch.logit(heat.clamp(1e-4, 1 - 1e-4))
    assert heat_loss(right, heat, weight) < 0.2 * heat_loss(torch.zeros_like(heat), heat, weight)
    sides = torch.tensor([[1.0, 2, 3, 4]])
    assert box_loss(sides, sides).item() == pytest.approx(0, abs=1e-4)
    assert box_loss(sides, sides * 3) > 0.5
    raw = DetectorNetwork()(torch.zeros(1, 3, 128, 128))
    assert raw.shape == (1, N_OUTPUTS, 32, 32)
    names = ("heat", "weight", "sides", "positive", "action", "basket")
    columns = [torch.from_numpy(getattr(targets, name)[None]) for name in names]
    assert set(detector_loss(raw, *columns)) == {"heat", "box", "action", "basket"}


def test_fit_resume_export_and_detect(tmp_path: Path) -> None:
    coco(tmp_path / "data" / "train")
    coco(tmp_path / "data" / "valid", 2)
    recipe = DetectorRecipe(tmp_path / "data", None, minutes=0.1, crop=128, batch=2)
    said: list[str] = []
    fit(recipe, tmp_path / "work", said.append)
    assert (tmp_path / "work" / "checkpoint.pt").is_file() and any("valid" in line for line in said)
    said.clear()
    again = DetectorRecipe(tmp_path / "data", None, harvest=tmp_path / "data" / "train", minutes=0.15, crop=128, batch=2)
    network = fit(again, tmp_path / "work", said.append)
    assert any(line.startswith("going on at step") for line in said) and "4 + 0 + 0 + 4 frames to train on" in said[0]
    export(network, tmp_path / "detector.onnx")
    assert (tmp_path / "detector.onnx").stat().st_size < 15e6
    images = [np.full((90, 160, 3), 40, np.uint8), np.full((64, 64, 3), 90, np.uint8)]
    single, batched = (OnnxDetector(tmp_path / "detector.onnx", (128, 128), 0.001, batch_size=n) for n in (1, 2))
    assert single.detect([]) == []
    for one, other, image in zip(single.detect(images), batched.detect(images), images, strict=True):
        assert isinstance(one, sv.Detections) and one.class_id is not None
        assert len(one) == len(other) and np.allclose(one.xyxy, other.xyxy, atol=0.1)
        assert (one.xyxy[:, 2] <= image.shape[1] + 1e-3).all() and set(one.class_id) <= set(range(len(CLASSES)))


def _grown(seed: int) -> DetectorNetwork:
    """A network whose norms have statistics of their own."""
    torch.manual_seed(seed)
    network = DetectorNetwork()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            assert module.running_mean is not None and module.running_var is not None
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.2)
    return network.eval()


@pytest.mark.parametrize(("eight_bits", "allowed"), [(False, 1e-4), (True, 0.05)])
def test_an_exported_detector_can_be_gone_on_from(eight_bits: bool, allowed: float, tmp_path: Path) -> None:
    network, again = _grown(1), DetectorNetwork()
    random = np.random.default_rng(2)
    pictures = [random.integers(0, 256, (96, 96, 3), np.uint8) for _ in range(3)]
    export(network, tmp_path / "detector.onnx", pictures if eight_bits else ())
    load_exported(again, tmp_path / "detector.onnx")
    batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    again.eval()
    with torch.no_grad():
        wanted, loaded = network(batch), again(batch)
        assert (loaded - wanted).abs().mean() < allowed * wanted.std()
        spread(again, [batch])
        assert torch.allclose(again(batch), loaded, atol=1e-3)
        # with statistics of these very pictures, learning begins where the export was
        assert (again.train()(batch) - loaded).abs().mean() < 0.02 * wanted.std()


def test_what_can_not_be_gone_on_from(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    numbers = Path(zoo.__file__).parent / "weights" / "numbers.onnx"
    for path, reason in ((tmp_path / "none.onnx", "ONNX"), (tmp_path / "text.onnx", "ONNX"), (numbers, "another network")):
        with pytest.raises(DataError, match=reason):
            load_exported(DetectorNetwork(), path)


def test_fit_goes_on_from_the_packaged_detector(tmp_path: Path) -> None:
    coco(tmp_path / "data" / "train")
    coco(tmp_path / "data" / "valid", 2)
    weights = Path(zoo.__file__).parent / "weights" / "detector.onnx"
    before = DetectorNetwork()
    load_exported(before, weights)
    after = fit(DetectorRecipe(tmp_path / "data", None, start=weights, minutes=0.02, crop=128, batch=2), tmp_path / "work", lambda _: None)
    change = (after.head[1].weight - before.head[1].weight).norm() / before.head[1].weight.norm()
    assert 0 < change < 0.2
