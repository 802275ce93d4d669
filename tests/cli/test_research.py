"""The command line's doors to the research models: what is missing is said in one line, and the pictures for debugging."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import fakes

MakeClip = Callable[..., Path]
MODELS = ["--set", "detector.backend=fakes:FakeDetector", "--set", "numbers.backend=fakes:FakeReader", "--set", "appearance.backend=fakes:MeanEncoder"]
Courtside = Callable[..., str]


@pytest.fixture
def clip(make_clip: MakeClip) -> Path:
    return make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(30)])


def test_debug_pictures(courtside: Courtside, clip: Path, tmp_path: Path) -> None:
    courtside("run", clip, "-o", tmp_path / "out", "--debug-pictures", "--device", "cpu", "--offline", *MODELS)
    made = {path.name for path in (tmp_path / "out" / "debug").iterdir()}
    assert {"crops.png", "numbers.png"} <= made and all(path.suffix == ".png" for path in (tmp_path / "out" / "debug").iterdir())
    picture = cv2.imread(str(tmp_path / "out" / "debug" / "crops.png"))
    assert picture is not None and picture.shape[1] > 100


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--device", "gpu"], "compute.device"),
        (["--set", "detector.backend=onnx"], "Set detector.model to an ONNX file"),
        (["--set", "detector.backend=onnx", "--set", "detector.model=none.onnx"], "no such model file"),
        (["--set", "detector.backend=roboflow"], "ROBOFLOW_API_KEY"),
        (["--set", "detector.backend=rfdetr", "--set", "detector.model=none.pth"], "no such checkpoint"),
    ],
)
def test_missing_is_one_line(courtside: Courtside, monkeypatch: pytest.MonkeyPatch, clip: Path, tmp_path: Path, arguments: list[str], says: str) -> None:
    monkeypatch.delenv("ROBOFLOW_API_KEY", raising=False)
    said = courtside("run", clip, "-o", tmp_path / "out", *arguments, code=2)
    lines = [line for line in said.splitlines() if line.startswith("courtside: ")]
    assert len(lines) == 1 and says in lines[0]


def test_read_and_detect_take_presets(courtside: Courtside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ROBOFLOW_API_KEY", raising=False)
    (tmp_path / "crops").mkdir()
    cv2.imwrite(str(tmp_path / "crops" / "0.png"), np.full((20, 20, 3), 200, np.uint8))
    assert "ROBOFLOW_API_KEY" in courtside("read", tmp_path / "crops", "--csv", tmp_path / "x.csv", "--preset", "notebook", code=2)
    assert "ROBOFLOW_API_KEY" in courtside("detect", tmp_path / "crops", "--json", tmp_path / "x.json", "--preset", "notebook", code=2)
    courtside("read", tmp_path / "crops", "--csv", tmp_path / "x.csv", "--set", "numbers.backend=fakes:FakeReader")
    assert "23" in (tmp_path / "x.csv").read_text()


def test_models_says_what_is_installed(courtside: Courtside) -> None:
    said = courtside("models")
    assert "siglip" in said and "smolvlm" in said and ("not installed" in said or "installed" in said)


@pytest.mark.parametrize("model", ["rfdetr", "smolvlm"])
def test_training_has_help(courtside: Courtside, model: str) -> None:
    assert "--export" in courtside("train", model, "--help")
