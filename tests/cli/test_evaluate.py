"""eval from outside: a whole run on a made-up clip against its labels."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import fakes
from courtside.cli import main
from courtside.cli.evaluate import evaluate
from courtside.errors import CourtsideError, EvaluationError, RecordsError, TruthError

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
TEAMS, NUMBERS = ("White Sox", "Navy") * 2, ("23", "7", "", "")


def labels(n_frames: int = 40) -> str:
    """A CSV of who is who, every 10th frame."""
    rows = ["frame,x1,y1,x2,y2,role,team,number,who"]
    for frame in range(0, n_frames, 10):
        rows += [f"{frame},{','.join(map(str, fakes.person_box(i, frame)))},player,{TEAMS[i]},{NUMBERS[i]},P{i}" for i in range(4)]
    return "\n".join(rows) + "\n"


@pytest.fixture
def out(make_clip: MakeClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a whole run."""
    clip, rosters, folder = make_clip(size=(fakes.WIDTH, fakes.HEIGHT), images=[fakes.picture(i) for i in range(40)]), tmp_path / "r.toml", tmp_path / "out"
    rosters.write_text(ROSTER)
    monkeypatch.setattr(sys, "argv", ["courtside", "run", str(clip), "-r", str(rosters), "-o", str(folder), *MODELS])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    return folder


def truth_file(tmp_path: Path, text: str, name: str = "clip.csv") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_tables_json_and_page(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    truth = truth_file(tmp_path, labels().replace("White Sox,23,P0", "White Sox,32,P0"))
    scores = evaluate(out, truth, tmp_path / "eval.json", tmp_path / "eval.html", oracle=True)
    said = capsys.readouterr().out
    assert "Who is who" in said and "HOTA" in said and "What each stage loses" in said
    assert "White Sox #23 Jordan" in said  # the wrong name
    document = json.loads((tmp_path / "eval.json").read_text())
    assert document == json.loads(json.dumps(scores.to_json()))
    assert document["identity"]["name_precision"] == {"right": 4, "of": 8, "share": 0.5}
    assert document["identity"]["wrong"][0]["frames"] == [0, 10, 20, 30]
    assert "data:image/jpeg" in (tmp_path / "eval.html").read_text()
    assert not list(tmp_path.rglob("*.part"))


def test_a_folder_of_labels_of_many_clips(out: Path, tmp_path: Path) -> None:
    truth_file(tmp_path, labels(), "data/tracks/clip.csv")
    scores = evaluate(out, tmp_path / "data")
    assert scores.identity is not None and scores.identity.name_precision.value == 1.0
    (tmp_path / "data" / "tracks" / "clip.csv").rename(tmp_path / "data" / "tracks" / "other.csv")
    with pytest.raises(EvaluationError, match="no labels of clip"):
        evaluate(out, tmp_path / "data")


def test_a_run_is_its_own_truth(out: Path) -> None:
    scores = evaluate(out, out)
    assert scores.tracking is not None and scores.tracking.hota.hota == pytest.approx(1)
    assert scores.identity is not None and scores.identity.name_precision.value == 1.0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", TruthError),
        ("frame,x1,y1,x2,y2,role,team,number,who\n", CourtsideError),
        (labels().replace("Navy", "Green Bay"), EvaluationError),
        (labels(60), CourtsideError),  # longer than the clip
        (labels().replace(",80,", ",9000,").replace(",180,", ",9100,"), CourtsideError),  # outside the picture
    ],
)
def test_labels_that_are_wrong_end_in_one_line(text: str, kind: type[CourtsideError], out: Path, tmp_path: Path) -> None:
    with pytest.raises(kind) as error:
        evaluate(out, truth_file(tmp_path, text))
    assert len(str(error.value).splitlines()) == 1


def test_no_run(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="no run of one clip"):
        evaluate(tmp_path / "none", truth_file(tmp_path, labels()))
    (tmp_path / "many" / "q1" / "records").mkdir(parents=True)
    with pytest.raises(RecordsError, match="q1"):
        evaluate(tmp_path / "many", truth_file(tmp_path, labels()))
