"""Corrections as a user makes them: on a made-up clip, whose tracks stay the same however often it is resolved."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fakes

MakeClip = Callable[..., Path]
Courtside = Callable[..., str]
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
players = { 7 = "James", 8 = "Smith" }
"""


@pytest.fixture
def out(courtside: Courtside, make_clip: MakeClip, tmp_path: Path) -> Path:
    clip = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(N)])
    (tmp_path / "rosters.toml").write_text(ROSTER)
    courtside("analyze", clip, "-o", tmp_path / "out", *MODELS, "--set", "court.backend=none")
    courtside("resolve", tmp_path / "out", "--rosters", tmp_path / "rosters.toml")
    return tmp_path / "out"


def tracks(out: Path) -> dict[int, dict[str, Any]]:
    return {track["track_id"]: track for track in json.loads((out / "result.json").read_text())["tracks"]}


def test_corrections_last_and_are_told_apart(courtside: Courtside, out: Path, tmp_path: Path) -> None:
    before = tracks(out)
    assert len(before) > 1 and not any(track["corrected"] for track in before.values())
    one, other = list(before)[:2]
    courtside("correct", out, f"{one} is Smith", f"{other} is a referee")
    after = tracks(out)
    assert (after[one]["team"], after[one]["number"], after[one]["player"], after[one]["probability"]) == ("Navy", "8", "Smith", 1.0)
    assert after[other]["role"] == "referee"
    assert {track_id for track_id, track in after.items() if track["corrected"]} == {one, other}
    courtside("resolve", out, "--rosters", tmp_path / "rosters.toml", "--min-confidence", 0.99)
    assert [track["player"] for track in tracks(out).values() if track["corrected"] and track["player"]] == ["Smith"]
    (out / "corrections.toml").unlink()
    courtside("resolve", out, "--rosters", tmp_path / "rosters.toml")
    assert tracks(out) == before


def test_made_on_another_run(courtside: Courtside, out: Path, tmp_path: Path) -> None:
    one = next(iter(tracks(out)))
    courtside("correct", out, f"{one} is Smith")
    new = tmp_path / "new"
    shutil.copytree(out / "records", new / "records")
    courtside("resolve", new, "--rosters", tmp_path / "rosters.toml", "--corrections", out / "corrections.toml")
    assert tracks(new) == tracks(out)
    courtside("resolve", new, "--rosters", tmp_path / "rosters.toml")
    assert tracks(new) == tracks(out)
    courtside("correct", new, f"{one} is James")
    said = courtside("resolve", new, "--rosters", tmp_path / "rosters.toml", "--corrections", out / "corrections.toml", code=2)
    assert "of its own" in said
    other = tmp_path / "other.toml"
    other.write_text((out / "corrections.toml").read_text().replace('clip = "', 'clip = "other-'))
    assert "other-" in courtside("resolve", new, "--corrections", other, code=2)


def test_what_is_wrong_leaves_everything_as_it_was(courtside: Courtside, out: Path, tmp_path: Path) -> None:
    one = next(iter(tracks(out)))
    assert "did you mean 'Smith'?" in courtside("correct", out, f"{one} is Smth", code=2)
    assert "no track 99" in courtside("correct", out, f"{one} is Smith", "99 is James", code=2)
    assert not (out / "corrections.toml").exists()
    assert "no such file" in courtside("resolve", out, "--corrections", tmp_path / "none.toml", code=2)
    assert "courtside analyze" in courtside("correct", tmp_path / "none", "1 is Smith", code=2)


def test_track_numbers_of_another_result_are_not_taken(courtside: Courtside, out: Path) -> None:
    document = json.loads((out / "result.json").read_text())
    document["tracks"][0]["first_frame"] += 1
    (out / "result.json").write_text(json.dumps(document))
    assert "run `courtside resolve` again" in courtside("correct", out, "1 is Smith", code=2).replace("\n", " ")


def test_a_correction_that_fits_nobody_is_told_and_kept(courtside: Courtside, out: Path, tmp_path: Path) -> None:
    courtside("correct", out, f"{next(iter(tracks(out)))} is Smith")
    file = out / "corrections.toml"
    file.write_text(file.read_text().replace("box = [", "box = [9000.0, 9000.0, 9001.0, 9001.0], beside = [[").replace("] }", "]] }"))
    kept = file.read_text()
    said = courtside("resolve", out, "--rosters", tmp_path / "rosters.toml")
    assert "is Smith" in said and "kept" in said
    assert file.read_text() == kept and not any(track["corrected"] for track in tracks(out).values())


def test_of_several_clips_one_is_meant(courtside: Courtside, out: Path, tmp_path: Path) -> None:
    game = tmp_path / "game"
    for name in ("first", "second"):
        shutil.copytree(out / "records", game / name / "records")
        manifest = json.loads((game / name / "records" / "manifest.json").read_text())
        manifest["clip"]["path"] = f"{name}.mp4"
        (game / name / "records" / "manifest.json").write_text(json.dumps(manifest))
    courtside("resolve", game, "--rosters", tmp_path / "rosters.toml")
    one = next(iter(tracks(game / "first")))
    assert "--clip" in courtside("correct", game, f"{one} is Smith", code=2)
    assert "third" in courtside("correct", game, f"{one} is Smith", "--clip", "third", code=2)
    courtside("correct", game, f"{one} is Smith", "--clip", "second")
    assert not any(track["corrected"] for track in tracks(game / "first").values())
    assert tracks(game / "second")[one]["player"] == "Smith"
    courtside("resolve", game, "--rosters", tmp_path / "rosters.toml")
    assert tracks(game / "second")[one]["player"] == "Smith"
