"""explain, as a user types it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import fakes

MakeClip = Callable[..., Path]
Courtside = Callable[..., str]
MODELS = ["--set", "detector.backend=fakes:FakeDetector", "--set", "numbers.backend=fakes:FakeReader", "--set", "appearance.backend=fakes:MeanEncoder"]


def test_explain(courtside: Courtside, make_clip: MakeClip, tmp_path: Path) -> None:
    clip, out = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(20)]), tmp_path / "out"
    courtside("analyze", clip, "-o", out, *MODELS, "--set", "court.backend=none")
    assert "courtside resolve" in courtside("explain", out, "--track", 1, code=2)
    courtside("resolve", out)
    tracks = json.loads((out / "result.json").read_text())["tracks"]
    for track in tracks:
        said = courtside("explain", out, "--track", track["track_id"])
        assert f"track {track['track_id']}: " in said
        assert (out / f"evidence-{track['track_id']}.svg").read_text().startswith("<svg")
    courtside("explain", out, "--track", 1, "-o", tmp_path / "x" / "one.svg")
    assert (tmp_path / "x" / "one.svg").is_file()
    assert "no track 99" in courtside("explain", out, "--track", 99, code=2)
    shutil.copytree(out / "records", tmp_path / "two" / "a" / "records")
    shutil.copytree(out / "records", tmp_path / "two" / "b" / "records")
    assert "2 clips" in courtside("explain", tmp_path / "two", "--track", 1, code=2)
