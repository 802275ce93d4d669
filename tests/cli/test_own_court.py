"""A court by file, from the command line: with a stand-in that sees such a court."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import fakes
from courtside.court import Camera, Court
from courtside.court.custom import load_court
from courtside.court.markings import landmarks
from courtside.types import Image

MakeClip = Callable[..., Path]
Courtside = Callable[..., str]
N = 20
MODELS = ["--set", "detector.backend=fakes:FakeDetector", "--set", "numbers.backend=fakes:FakeReader", "--set", "appearance.backend=fakes:MeanEncoder"]
CAMERA = Camera((0.0, 30.0, 10.0), 0.1, 0.28, 1.3 * fakes.WIDTH, (fakes.WIDTH, fakes.HEIGHT))
GYM = 'like = "fiba"\nlength_m = 24\nwidth_m = 13\npaint_width_m = 6\nrestricted_m = 0\n'


class SeesTheGym:
    """Sees the landmarks of one court from one place, whatever it is shown."""

    court: Court

    def see(self, images: Sequence[Image]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        floor = np.array(list(landmarks(SeesTheGym.court).values()))
        pixels, depth = CAMERA.project(np.concatenate([floor, np.zeros((len(floor), 1))], 1))
        seen = (depth > 0) & (pixels >= 0).all(1) & (pixels < (fakes.WIDTH, fakes.HEIGHT)).all(1)
        return [(pixels.astype(np.float32), (0.9 * seen).astype(np.float32), np.zeros((0, 2), np.float32)) for _ in images]


@pytest.fixture
def clip(make_clip: MakeClip) -> Path:
    return make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(N)])


def test_everything_follows_the_file(courtside: Courtside, clip: Path, tmp_path: Path) -> None:
    gym, out = tmp_path / "gym.toml", tmp_path / "out"
    gym.write_text(GYM)
    SeesTheGym.court = load_court(gym)
    court = ["--set", f"court.backend={__name__}:SeesTheGym", "--set", f"court.league={gym}"]
    courtside("run", clip, "-o", out, *MODELS, *court, "--overlay", "court", "--overlay", "radar")
    document = json.loads((out / "court.json").read_text())
    assert document["league"] == "gym" and document["court"]["length_m"] == 24 and document["court"]["restricted_m"] is None
    assert str(tmp_path) not in (out / "court.json").read_text()
    frames = document["frames"]
    assert all(frame["valid"] for frame in frames)
    u, v, w = np.array(frames[3]["court_to_pinhole"]) @ (12, 6.5, 1)
    assert (u / w, v / w) == pytest.approx(CAMERA.project(np.array([(12.0, 6.5, 0.0)]))[0][0], abs=0.5)
    gym.unlink()  # from here on nothing reads it
    courtside("maps", out)
    courtside("render", out, "--video", clip, "--radar", "--overlay", "court")
    assert (out / "radar.mp4").is_file() and (out / "maps" / "players.csv").is_file()
    places = pq.read_table(out / "tracks.parquet").column("court_x_m").drop_null()
    assert len(places) > 0
    said = courtside("export", out, "--format", "floodlight")
    assert "floodlight.npz: " in said and np.load(out / "floodlight.npz")["xlim"].tolist() == [-12, 12]
    assert "tracks.csv: " in courtside("export", out, "-o", tmp_path / "there") and (tmp_path / "there" / "tracks.csv").is_file()


@pytest.mark.parametrize(
    ("text", "says"),
    [(GYM + "widht_m = 3", "did you mean 'width_m'?"), (GYM.replace("= 6", "= 16"), "the paint would be wider than the court"), (None, "no such file")],
)
def test_a_slip_in_the_file_costs_no_analysis(courtside: Courtside, clip: Path, tmp_path: Path, text: str | None, says: str) -> None:
    if text:
        (tmp_path / "gym.toml").write_text(text)
    said = courtside("run", clip, "-o", tmp_path / "out", *MODELS, "--set", f"court.league={tmp_path / 'gym.toml'}", code=2)
    assert says in said and said.count("courtside: ") == 1 and not (tmp_path / "out").exists()


def test_an_overlay_without_a_court_costs_no_analysis(courtside: Courtside, clip: Path, tmp_path: Path) -> None:
    said = courtside("run", clip, "-o", tmp_path / "out", *MODELS, "--set", "court.backend=none", "--overlay", "radar", code=2)
    assert "without a court there is no radar to draw" in said and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("format_", "says"), [("kloppy", "one of csv, floodlight"), ("cvs", "did you mean 'csv'?")])
def test_unknown_formats(courtside: Courtside, tmp_path: Path, format_: str, says: str) -> None:
    assert says in courtside("export", tmp_path, "--format", format_, code=2)


def test_nothing_to_export(courtside: Courtside, clip: Path, tmp_path: Path) -> None:
    assert "no analysed clip" in courtside("export", tmp_path, code=2)
    courtside("run", clip, "-o", tmp_path / "out", *MODELS, "--set", "court.backend=none")
    assert "no court in this run" in courtside("export", tmp_path / "out", "--format", "floodlight", code=2)
    courtside("export", tmp_path / "out")
    assert (tmp_path / "out" / "tracks.csv").stat().st_size > 500
