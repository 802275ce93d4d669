"""Pictures on the court, from the command line: a run on a made-up clip whose places are then written by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fakes
from courtside.cli.maps import file_name
from courtside.court import COURTS, Camera
from courtside.court.registration import CourtTrack
from courtside.pipeline.export import write_court

MakeClip = Callable[..., Path]
N = 20
MODELS = ["--set", "detector.backend=fakes:FakeDetector", "--set", "numbers.backend=fakes:FakeReader", "--set", "appearance.backend=fakes:MeanEncoder"]
ROSTER = """
[[teams]]
name = "White Sox"
color = "#EEEEEE"
players = { 23 = "Jordan" }
[[teams]]
name = "Navy"
color = "#142878"
players = { 7 = "James" }
"""

Courtside = Callable[..., str]


@pytest.fixture
def out(courtside: Courtside, make_clip: MakeClip, tmp_path: Path) -> Path:
    clip = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(N)])
    (tmp_path / "rosters.toml").write_text(ROSTER)
    folder = tmp_path / "out"
    courtside("run", clip, "--rosters", tmp_path / "rosters.toml", "-o", folder, *MODELS, "--set", "court.backend=none")
    return folder


def put_court(folder: Path, valid: bool = True) -> None:
    camera = Camera((0.0, 30.0, 10.0), 0.2, 0.3, 1.5 * fakes.WIDTH, (fakes.WIDTH, fakes.HEIGHT))
    maps = np.repeat(camera.court_to_pinhole()[None], N, 0)
    write_court(folder / "court.json", CourtTrack(np.full(N, valid), maps, (160, 90, 160, 160, 0.0, 0.0), np.full(N, 0.1)), COURTS["nba"])
    table = pq.read_table(folder / "tracks.parquet")
    frame, track = table.column("frame").to_numpy(), table.column("track_id").to_numpy()
    for name, values in (("court_x_m", 2 + 0.1 * frame), ("court_y_m", track % 7 - 3.0)):
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.float32()))
    pq.write_table(table, folder / "tracks.parquet")


def test_maps_radar_and_overlays(courtside: Courtside, out: Path) -> None:
    put_court(out)
    said = courtside("maps", out)
    rows = list(csv.DictReader((out / "maps" / "players.csv").read_text(encoding="utf-8").splitlines()))
    assert rows and {row["player"] for row in rows} <= {"Jordan", "James"}
    assert all(row["player"] in said and float(row["mean_m_s"]) == pytest.approx(3.0, abs=0.1) for row in rows if row["mean_m_s"])
    expected = {f"{row['team']}-{row['number']}-{row['player']}".lower().replace(" ", "-") for row in rows}
    assert {path.stem for path in (out / "maps").glob("*-*.png")} == expected

    before = (out / "named.mp4").read_bytes()
    courtside("render", out, "--radar", "--overlay", "radar", "--overlay", "court")
    assert (out / "radar.mp4").stat().st_size > 1000 and (out / "named.mp4").read_bytes() != before
    assert courtside("render", out, "--radar", "--overlay", "radar", "--overlay", "court").count("up to date") == 2
    (out / "court.json").write_text((out / "court.json").read_text() + " ")
    assert "up to date" not in courtside("render", out, "--radar", "--overlay", "radar", "--overlay", "court")


@pytest.mark.parametrize("arguments", [["maps"], ["render", "--overlay", "radar"], ["render", "--overlay", "court"], ["render", "--radar"]])
def test_without_a_court_one_clear_line(courtside: Courtside, out: Path, arguments: list[str]) -> None:
    assert "no court in this run" in courtside(arguments[0], out, *arguments[1:], code=2)
    assert not (out / "maps").exists() and not (out / "radar.mp4").exists()


def test_a_court_nobody_found_says_so(courtside: Courtside, out: Path) -> None:
    put_court(out, valid=False)
    assert "no court was found in any frame" in courtside("maps", out, code=2)


@pytest.mark.parametrize(
    ("who", "name"),
    [
        (("A", "0", "B"), "a-0-b"),
        (("../x", "00", "C:\\con?*"), "x-00-c-con"),
        (("Mavericks", "77", "Dončić"), "mavericks-77-dončić"),
        (("a" * 300, "1", "b"), "a" * 60),
        (("?", "?", "?"), "player"),
    ],
)
def test_file_names_are_safe_and_never_the_same(who: tuple[str, str, str], name: str) -> None:
    taken: set[str] = set()
    assert file_name(who, taken) == name
    assert file_name(who, taken) == f"{name}-2"
