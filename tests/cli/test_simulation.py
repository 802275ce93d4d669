from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from courtside.cli.app import app
from courtside.cli.simulation import demo, parse_knobs, parse_size
from courtside.errors import ConfigError, RecordsError
from courtside.simulate.knobs import Knobs


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ([], Knobs()),
        (["occlusion=0.9"], Knobs(occlusion=0.9)),
        (["cut_every_s=3", "crf=30", "flashes=12"], Knobs(cut_every_s=3.0, crf=30, flashes=12.0)),
        (["cut_every_s=none"], Knobs(cut_every_s=None)),
        (["occlusion=0.2", "occlusion=0.4"], Knobs(occlusion=0.4)),
    ],
)
def test_knobs(settings: list[str], expected: Knobs) -> None:
    assert parse_knobs(settings) == expected


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("oclusion=1", "did you mean 'occlusion'"),
        ("occlusion", "occlusion=NUMBER"),
        ("occlusion=much", "occlusion=NUMBER"),
        ("blur=2", "0 to 1"),
        ("crf=80", "51"),
    ],
)
def test_a_wrong_knob_is_named(setting: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_knobs([setting])


@pytest.mark.parametrize(("text", "size"), [("1280x720", (1280, 720)), ("320x240", (320, 240))])
def test_a_size(text: str, size: tuple[int, int]) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "1280", "10x10", "1280 x 720", "9999x720"])
def test_no_size(text: str) -> None:
    with pytest.raises(ConfigError, match="--size"):
        parse_size(text)


def test_simulate_writes_clip_rosters_and_truth(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", "-o", str(tmp_path / "new"), "--name", "tiny", "--seconds", "0.2", "--size", "160x90", "--fps", "25"])
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"tiny.mp4", "tiny.rosters.toml", "tiny.truth"}


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordsError, match="is a file"):
        demo(tmp_path / "file", 0, 1.0, show=False)


def test_the_demo_ends_in_scores(tmp_path: Path) -> None:
    demo(tmp_path, seed=7, seconds=0.7, show=False)
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores["n_frames"] == 21 and scores["identity"]["found"]["of"] > 50
    for name in ("game.mp4", "scores.html", "run/named.mp4", "run/summary.html", "run/tracks.parquet"):
        assert (tmp_path / name).stat().st_size > 0
