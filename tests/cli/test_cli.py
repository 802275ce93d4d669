"""The command line from outside: whole runs on made-up clips, and what bad input gets."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import fakes

MakeClip = Callable[..., Path]

MODELS = ["--set", "detector.backend=fakes:FakeDetector", "--set", "numbers.backend=fakes:FakeReader", "--set", "appearance.backend=fakes:MeanEncoder"]
ROSTER = """
[[teams]]
name = "White Sox"
color = "#EEEEEE"
[teams.players]
23 = "Jordan"
[[teams]]
name = "Navy"
color = "#142878"
[teams.players]
7 = "James"
"""


Courtside = Callable[..., str]


@pytest.fixture
def clip(make_clip: MakeClip) -> Path:
    return make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(40)])


@pytest.fixture
def rosters(tmp_path: Path) -> Path:
    path = tmp_path / "rosters.toml"
    path.write_text(ROSTER)
    return path


def test_run_then_resolve_then_render(courtside: Courtside, clip: Path, rosters: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    courtside("run", clip, "--rosters", rosters, "-o", out, *MODELS)
    assert {"named.mp4", "result.json", "tracks.parquet", "tracks.mot.txt", "summary.html", "records"} <= {path.name for path in out.iterdir()}
    assert not list(out.rglob("*.part"))
    rows = pq.read_table(out / "tracks.parquet").to_pylist()
    assert list(rows[0])[:12] == ["frame", "time_s", "track_id", "x1", "y1", "x2", "y2", "role", "team", "number", "player", "probability"]
    names = {row["player"] for row in rows}
    assert {"Jordan", "James"} <= names
    assert all(row["number"] is None or row["team"] for row in rows)
    assert json.loads((out / "result.json").read_text())["clip"]["n_frames"] == 40
    again = courtside("run", clip, "--rosters", rosters, "-o", out, *MODELS)
    assert "analysed before" in again and "up to date" in again

    rosters.write_text(ROSTER.replace("Jordan", "Pippen"))
    courtside("resolve", out, "--rosters", rosters)
    assert "Pippen" in {row["player"] for row in pq.read_table(out / "tracks.parquet").to_pylist()}
    assert "Pippen" in (out / "summary.html").read_text()
    before = (out / "named.mp4").read_bytes()
    courtside("render", out, "--overlay", "numbers", "--overlay", "ball")
    assert (out / "named.mp4").read_bytes() != before


def test_several_clips_get_a_folder_each(courtside: Courtside, make_clip: MakeClip, tmp_path: Path) -> None:
    clips = [make_clip(f"q{q}.mp4", size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(20)]) for q in (1, 2)]
    courtside("run", *clips, "-o", tmp_path / "out", *MODELS)
    assert (tmp_path / "out" / "q1" / "named.mp4").is_file() and (tmp_path / "out" / "q2" / "tracks.parquet").is_file()


def test_help_and_version(courtside: Courtside) -> None:
    assert "run" in courtside("--help") and "courtside" in courtside("--version")
    for command in ("run", "analyze", "resolve", "render", "detect", "read", "models"):
        assert len(courtside(command, "--help").splitlines()) > 5


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "{tmp}/none.mp4", "-o", "{tmp}/out"], "none.mp4"),
        (["run", "{tmp}/empty.mp4", "-o", "{tmp}/out"], "empty.mp4"),
        (["run", "{tmp}/text.mp4", "-o", "{tmp}/out"], "text.mp4"),
        (["run", "{tmp}/folder", "-o", "{tmp}/out"], "no clip in this folder"),
        (["run", "{clip}", "-o", "{tmp}/text.mp4"], "is a file"),
        (["run", "{clip}", "-o", "{tmp}/text.mp4/out"], "output folder"),
        (["run", "{clip}", "-o", "{tmp}/out", "--fps", "fast"], "--fps"),
        (["run", "{clip}", "-o", "{tmp}/out", "--preset", "notbook"], "preset"),
        (["run", "{clip}", "-o", "{tmp}/out", "--set", "tracker.max_age=2"], "tracker.max_age_s"),
        (["run", "{clip}", "-o", "{tmp}/out", "--set", "detector.backend=curtside"], "courtside"),
        (["run", "{clip}", "-o", "{tmp}/out", "--overlay", "bals"], "overlays"),
        (["resolve", "{tmp}/folder"], "courtside analyze"),
        (["render", "{tmp}/folder"], "courtside analyze"),
        (["detect", "{tmp}/folder", "--json", "{tmp}/x.json"], "no picture"),
        (["detect", "{clip}"], "nothing to do"),
        (["detect", "{clip}", "-o", "{tmp}/x", "--only", "playrs"], "players"),
        (["read", "{tmp}/folder", "--csv", "{tmp}/x.csv"], "no picture"),
    ],
)
def test_bad_input_is_one_clear_line_and_code_2(courtside: Courtside, clip: Path, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "empty.mp4", b"")
    write(tmp_path / "text.mp4", b"this is not a video, whatever it is called\n" * 50)
    filled = [argument.format(tmp=tmp_path, clip=clip) for argument in arguments]
    line = courtside(*filled, code=2)
    assert said in line.replace("\n", " ")
    assert not (tmp_path / "out" / "named.mp4").exists()


def test_as_a_process_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-m", "courtside", "run", "none.mp4", "-o", "out"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("courtside: none.mp4") and done.stderr.count("\n") == 1


def test_a_bad_roster_is_found_before_the_clip_is_watched(courtside: Courtside, clip: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(ROSTER.replace("color", "colour", 1))
    assert "color" in courtside("run", clip, "--rosters", bad, "-o", tmp_path / "out", *MODELS, code=2)
    assert not (tmp_path / "out" / "records").exists()
