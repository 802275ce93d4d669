"""The report and the clips of a run on a made-up clip, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import fakes
from courtside.media import read_frames

N = 20
MODELS = ["--set", "detector.backend=fakes:FakeDetector", "--set", "numbers.backend=fakes:FakeReader", "--set", "appearance.backend=fakes:MeanEncoder"]
Courtside = Callable[..., str]


@pytest.fixture
def out(courtside: Courtside, make_clip: Callable[..., Path], tmp_path: Path) -> Path:
    clip = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(N)])
    courtside("run", clip, "-o", tmp_path / "out", *MODELS, "--set", "court.backend=none")
    return tmp_path / "out"


def put_shot(folder: Path) -> None:
    document = json.loads((folder / "events.json").read_text())
    who = {"track_id": 1, "team": "Team A", "number": "23", "player": None}
    facts = {"outcome": "made", "points": None, "type": None, "distance_m": None, "zone": None, "basket": "left"}
    facts |= {"blocked_by": None, "rebound_by": None, "passed_by": None}
    shot = {"id": 1, "kind": "shot", "start_s": 0.3, "end_s": 0.4, "start_frame": 9, "end_frame": 12, **who, "court_m": None, "probability": 0.9}
    document["events"] = [{**shot, "clip": {"start_s": 0.2, "end_s": 0.5}, "facts": facts}]
    document["kinds"]["shot"] = {"n": 1, "reason": None}
    (folder / "events.json").write_text(json.dumps(document))


def test_report_of_a_run_without_court_names_and_ball(courtside: Courtside, out: Path) -> None:
    assert "report.html" in courtside("report", out)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert 'src="named.mp4"' in page and "not enough evidence" in page and "nobody could be named" in page
    assert ", with the video" in courtside("report", out, "--embed")
    assert (out / "report.html").stat().st_size > (out / "named.mp4").stat().st_size * 4 / 3
    (out / "named.mp4").unlink()
    assert "courtside render" in courtside("report", out, "--embed", code=2)
    courtside("report", out)
    assert "<video" not in (out / "report.html").read_text(encoding="utf-8")


def test_clips_of_a_run(courtside: Courtside, out: Path, tmp_path: Path) -> None:
    assert "no shot in this clip (not enough evidence" in courtside("clips", out, "--event", "shot")
    assert not (out / "clips").exists()
    put_shot(out)
    assert "shot-01-team-a-23.mp4: 10 frames" in courtside("clips", out, "--event", "shot", "--event", "pass")
    drawn = list(read_frames(out / "clips" / "shot-01-team-a-23.mp4"))
    courtside("clips", out, "--event", "shot", "-o", tmp_path / "plain", "--video", tmp_path / "clip.mp4")
    plain = list(read_frames(tmp_path / "plain" / "shot-01-team-a-23.mp4"))
    assert len(drawn) == len(plain) == 10 and any((one.image != other.image).any() for one, other in zip(drawn, plain, strict=True))
    (out / "named.mp4").unlink()
    assert "10 frames" in courtside("clips", out, "--event", "shot")
    (tmp_path / "clip.mp4").unlink()
    assert "the clip is not there" in courtside("clips", out, "--event", "shot", code=2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["clips"], "--event"),
        (["clips", "--event", "shots"], "did you mean 'shot'"),
        (["clips", "--event", "shot", "--video", "gone.mp4"], "gone.mp4"),
    ],
)
def test_one_clear_line(courtside: Courtside, out: Path, arguments: list[str], said: str) -> None:
    put_shot(out)
    assert said in courtside(arguments[0], out, *arguments[1:], code=2)


@pytest.mark.parametrize("command", [["report"], ["clips", "--event", "shot"]])
def test_no_run_there(courtside: Courtside, tmp_path: Path, command: list[str]) -> None:
    assert "no analysed clip" in courtside(command[0], tmp_path / "nothing", *command[1:], code=2)
