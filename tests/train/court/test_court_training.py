from __future__ import annotations

import itertools
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from courtside.court import COURTS, Camera, Lens
from courtside.court.markings import landmarks, lines
from courtside.errors import DataError
from courtside.models.court import CANVAS, STRIDE, OnnxCourt, letterbox
from courtside.train.court.augment import augment, fit_view
from courtside.train.court.data import CourtSample, landmark_points, load_simulated, load_stills, mirrored_order
from courtside.train.court.export import export
from courtside.train.court.fit import CourtRecipe, fit, validate
from courtside.train.court.network import CourtNetwork, ExportedCourt, court_loss
from courtside.train.court.targets import render_targets

NBA = COURTS["nba"]
CAMERA = Camera((0.0, 27.0, 9.0), 0.35, 0.3, 900, (640, 360))
FEET = np.array([[0.3048, 0, -14.3256], [0, 0.3048, -7.62], [0, 0, 1]])  # feet from the far left corner to metres from the centre


def sample(lens: Lens | None = None) -> CourtSample:
    image = np.full((360, 640, 3), 90, np.uint8)
    court = CourtSample(image, NBA, CAMERA.court_to_pinhole(), lens or Lens(), (1.0, 1.0))
    for line in lines(NBA).values():
        for point in court.project(np.concatenate([np.linspace(a, b, 300) for a, b in itertools.pairwise(line)])):
            if np.isfinite(point).all() and (np.abs(point) < 2000).all():
                cv2.circle(image, np.round(point).astype(int).tolist(), 1, (255, 255, 255), -1)
    return court


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A folder of labels and stills as the workshop's are: frames squeezed into a square."""
    (tmp_path / "truth").mkdir()
    squeeze = np.diag([1.0, 16 / 9, 1.0])
    for split, clip in (("train", "one"), ("valid", "two")):
        (tmp_path / "pictures" / split).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "pictures" / split / f"{clip}-0030_png.rf.x.jpg"), cv2.resize(sample().image, (640, 640)))
        matrix = (squeeze @ CAMERA.court_to_pinhole() @ FEET).tolist()
        lens = dict.fromkeys(("cx", "cy", "k1", "k2"), 0.0) | {"sx": 1.0, "sy": 1.0}
        frames = {"0030": {"court_to_image": matrix, "court_to_pinhole": matrix}}
        document = {"clip": clip, "units": "feet -> pixels of the 640x640 frame", "lens": lens, "frames": frames}
        (tmp_path / "truth" / f"{clip}.json").write_text(json.dumps(document))
    return tmp_path


def test_landmarks_lie_where_the_camera_sees_them() -> None:
    points = np.array(list(landmarks(NBA).values()))
    expected, depth = CAMERA.project(np.concatenate([points, np.zeros((len(points), 1))], 1))
    assert (depth > 0).any() and np.allclose(sample().project(points)[depth > 0], expected[depth > 0])


def test_what_lies_behind_the_camera_is_nowhere() -> None:
    assert np.isnan(sample().project(np.array([(0.0, 60.0)]))).all()


def test_mirroring_twice_is_nothing() -> None:
    order = mirrored_order()
    assert (order[order] == np.arange(len(order))).all()
    assert np.allclose(landmark_points(NBA)[order], landmark_points(NBA) * (-1, 1))


@pytest.mark.parametrize("seed", range(6))
def test_labels_stay_on_the_paint_under_augmentation(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # colours aside: what is asked is whether picture and labels move alike
    for name in ("colours", "camera_look"):
        monkeypatch.setattr(f"courtside.train.court.augment.{name}", lambda image, _: image)
    for name in ("_floor_tone", "_covered"):
        monkeypatch.setattr(f"courtside.train.court.augment.{name}", lambda view, _: getattr(view, "image", view))
    view = augment(sample(Lens(320, 180, 320, 320, -0.03)), np.random.default_rng(seed))
    assert view.image.shape == (CANVAS[1], CANVAS[0], 3)
    bright = [
        view.image[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].max()
        for line in view.lines
        for x, y in np.round(line[np.isfinite(line).all(1)]).clip(-9999, 9999).astype(int)
        if 1 <= x < CANVAS[0] - 1 and 1 <= y < CANVAS[1] - 1 and view.image[y, x].max() != 114
    ]
    assert np.mean(np.array(bright) > 150) > 0.95


def test_targets_peak_at_the_landmarks() -> None:
    view = fit_view(sample())
    heat, paint = render_targets(view)
    assert heat.shape[1:] == paint.shape == (CANVAS[1] // STRIDE, CANVAS[0] // STRIDE)
    for channel, (x, y) in enumerate(view.landmarks):
        if 2 < x < CANVAS[0] - 2 and 2 < y < CANVAS[1] - 2:
            row, column = np.unravel_index(heat[channel].argmax(), heat[channel].shape)
            assert abs((column + 0.5) * STRIDE - 0.5 - x) <= STRIDE / 2 + 0.01 and abs((row + 0.5) * STRIDE - 0.5 - y) <= STRIDE / 2 + 0.01
        elif not (-STRIDE < x < CANVAS[0] + STRIDE and -STRIDE < y < CANVAS[1] + STRIDE):
            assert not heat[channel].any()
    assert 0.01 < paint.mean() < 0.2


def test_a_frame_without_a_court_wants_nothing() -> None:
    heat, paint = render_targets(fit_view(CourtSample(np.zeros((90, 160, 3), np.uint8), NBA, None, Lens(), (1.0, 1.0))))
    assert not heat.any() and not paint.any()


def test_what_the_targets_say_is_found_at_the_right_pixel() -> None:
    class Perfect(CourtNetwork):
        def forward(self, images: torch.Tensor) -> torch.Tensor:  # noqa: ARG002  # it knows the answer without looking
            heat, paint = render_targets(view)
            return torch.logit(torch.from_numpy(np.concatenate([heat, paint[None]]))[None].clamp(1e-4, 1 - 1e-4))

    court = sample()
    view = fit_view(court)
    figures = validate(Perfect(), [court])
    assert figures["solved"] == 1 and figures["recall"] == 1 and figures["median_m"] < 0.05


def test_the_loss_is_least_where_the_targets_are_met() -> None:
    heat, paint = (torch.from_numpy(part)[None] for part in render_targets(fit_view(sample())))
    right = torch.logit(torch.cat([heat, paint[:, None]], 1).clamp(1e-3, 1 - 1e-3))
    losses = [sum(float(part) for part in court_loss(raw, heat, paint).values()) for raw in (right, torch.full_like(right, -4.0), -right)]
    assert losses == sorted(losses)


def test_training_leaves_a_checkpoint_and_says_how_good_it_is(labelled: Path) -> None:
    said: list[str] = []
    recipe = CourtRecipe(labelled / "truth", labelled / "pictures", minutes=0.02, batch=1)
    fit(recipe, labelled / "work", said.append)
    assert (labelled / "work" / "checkpoint.pt").is_file() and any("solved" in line for line in said)
    fit(recipe, labelled / "work", said.append)
    assert any("going on" in line for line in said)


def test_stills_are_laid_out_as_broadcast(labelled: Path) -> None:
    (still,) = load_stills(labelled / "truth", labelled / "pictures" / "train")
    assert still.image.shape[1] / still.image.shape[0] == pytest.approx(16 / 9, abs=0.01)
    scale = still.image.shape[1] / 640
    expected = (sample().project(landmark_points(NBA)) + 0.5) * scale - 0.5
    shown = np.isfinite(expected).all(1)
    assert np.allclose(still.project(landmark_points(NBA))[shown], expected[shown], atol=1)


def test_missing_pictures_are_named(labelled: Path) -> None:
    with pytest.raises(DataError, match="nowhere"):
        load_stills(labelled / "truth", labelled / "nowhere")


@pytest.mark.parametrize("quantised", [False, True])
def test_the_exported_file_says_what_the_network_says(tmp_path: Path, quantised: bool) -> None:
    pytest.importorskip("onnx")
    torch.manual_seed(0)
    network = CourtNetwork().eval()
    picture = fit_view(sample()).image
    export(network, tmp_path / "court.onnx", [picture] * 2 if quantised else [])
    model = OnnxCourt(tmp_path / "court.onnx", confidence=0.0)
    assert model.see([]) == [] and model.detect([]) == []
    found = model.see([sample().image, sample().image])
    with torch.no_grad():
        points, _ = ExportedCourt(network)(torch.from_numpy(letterbox(sample().image)[0])[None])
    assert len(found) == 2 and np.allclose(found[0][1], points[0, :, 2].numpy(), atol=0.05)
    assert model.detect([sample().image])[0].xy.shape == (1, len(landmarks(NBA)), 2)


def test_simulated_frames_are_read_back(tmp_path: Path) -> None:
    picture = cv2.resize(sample().image, (640, 640))
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    squeezed = (np.diag([1.0, 16 / 9, 1.0]) @ CAMERA.court_to_pinhole()).tolist()
    (tmp_path / "court.json").write_text(json.dumps([{"file": "a.png", "league": "fiba", "court_to_pinhole": squeezed, "lens": [0, 0, 1, 1, 0, 0]}]))
    (still,) = load_simulated(tmp_path)
    assert still.court is COURTS["fiba"] and still.image.shape[1] / still.image.shape[0] == pytest.approx(16 / 9, abs=0.01)


@pytest.mark.parametrize("content", ["", "[1]", '[{"file": "nowhere.png"}]', '[{"file": "nowhere.png", "league": "nba", "court_to_pinhole": [], "lens": []}]'])
def test_simulated_labels_of_another_kind_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "court.json").write_text(content)
    with pytest.raises(DataError, match="simulate the frames again"):
        load_simulated(tmp_path)
