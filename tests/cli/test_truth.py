"""courtside truth, from outside."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import courtside.cli.app
from courtside.cli import main
from courtside.cli.truth import truth_app
from courtside.truth import CourtLabels, read_truth, write_truth
from truths import assert_equal, full_truth

MakeClip = Callable[..., Path]
Truth = Callable[..., str]

CSV = "frame,x1,y1,x2,y2,role,team,number,who\n0,5,6,17,30,player,Home,00,H\n6,5,6,17,30,player,Home,00,H\n"
COURT = '{"clip": "clip", "size": [64, 48], "frames": {"0006": {"court": false}}}'
ROSTER = '[[teams]]\nname = "Home"\ncolor = "#123456"\n[teams.players]\n00 = "Double"\n'


@pytest.fixture
def truth(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Truth:
    """``truth("check", ..., code=0)``: ``courtside truth`` as typed; returns what it said."""

    def call(*arguments: object, code: int = 0) -> str:
        monkeypatch.setattr(courtside.cli.app, "app", truth_app)
        monkeypatch.setattr(sys, "argv", ["courtside truth", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "300")
        with pytest.raises(SystemExit) as ended:
            main()
        said = "".join(capfd.readouterr())
        assert (ended.value.code or 0) == code, said
        return said

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_truth(full_truth(), tmp_path / "clip.truth")
    return tmp_path / "clip.truth"


@pytest.fixture
def labels(tmp_path: Path) -> tuple[Path, Path]:
    csv, court = tmp_path / "clip.csv", tmp_path / "clip.json"
    csv.write_text(CSV)
    court.write_text(COURT)
    return csv, court


def test_labels_are_joined_with_what_the_clip_says(truth: Truth, tmp_path: Path, make_clip: MakeClip, labels: tuple[Path, Path]) -> None:
    clip, out, roster = make_clip(n_frames=12), tmp_path / "clip.truth", tmp_path / "roster.toml"
    roster.write_text(ROSTER)
    said = truth("import", *labels, "--clip", clip, "--rosters", roster, "-o", out)
    assert "courtside truth check" in said
    made = read_truth(out)
    assert (made.name, made.width, made.height, made.rate, made.n_frames) == ("clip", 64, 48, 30, 12)
    assert made.people is not None and made.court is not None and made.ball is None
    assert made.people.number.tolist() == ["00", "00"] and made.people.player.tolist() == ["Double", "Double"]
    assert made.court.frame.tolist() == [6] and not made.court.valid.any()


def test_the_rate_can_be_corrected(truth: Truth, tmp_path: Path, make_clip: MakeClip, labels: tuple[Path, Path]) -> None:
    truth("import", labels[0], "--clip", make_clip(n_frames=12), "--fps", "29.97", "-o", tmp_path / "x")
    assert read_truth(tmp_path / "x").rate == Fraction(30000, 1001)


def test_a_later_source_takes_the_clip_from_an_earlier_one(truth: Truth, tmp_path: Path, folder: Path) -> None:
    write_truth(replace(full_truth(), court=None, ball=None, events=None), folder)
    (tmp_path / "clip.json").write_text(COURT.replace("64, 48", "640, 480"))
    truth("import", folder, tmp_path / "clip.json", "--every", 2, "-o", tmp_path / "both")
    both = read_truth(tmp_path / "both")
    assert both.court is not None and both.court.frame.tolist() == [6]
    assert both.people is not None and both.people.labelled.tolist() == [0, 10, 20]


def test_corrected_labels_are_not_replaced_by_accident(truth: Truth, tmp_path: Path, folder: Path) -> None:
    write_truth(replace(full_truth(), ball=None), tmp_path / "other")
    said = truth("import", tmp_path / "other", "-o", folder, code=2)
    assert "there are labels in it already" in said and len(said.splitlines()) == 1
    assert_equal(read_truth(folder), full_truth())
    truth("import", tmp_path / "other", "-o", folder, "--force")
    assert read_truth(folder).ball is None


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["nothing.csv"], "nothing.csv: no such file or folder"),
        (["clip.csv"], "give the clip (--clip CLIP.mp4) or a run of it (--run OUTPUT)"),
        (["clip.csv", "--run", "."], "no records/manifest.json there"),
        (["clip.csv", "--run", ".", "--clip", "clip.mp4"], "give one of them"),
        (["clip.csv", "--fps", "30"], "--fps goes with --clip"),
        (["clip.csv", "--clip", "nothing.mp4"], "nothing.mp4"),
        (["clip.csv", "--clip", "other.mp4"], "labels of 'clip', but the clip is other.mp4; if they are of this clip, say --name other"),
        (["clip.csv", "clip.csv", "--clip", "clip.mp4"], "two of the labels have people"),
        (["clip.csv", "--clip", "short.mp4", "--name", "short"], "line 3: frame 6 is beyond the clip, which has 3 frames"),
        (["clip.csv", "--clip", "clip.mp4", "--rosters", "nothing.toml"], "nothing.toml: no such file"),
    ],
)
@pytest.mark.usefixtures("labels")
def test_what_cant_be_imported_ends_in_one_line(
    truth: Truth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_clip: MakeClip, arguments: list[str], cause: str
) -> None:
    for name, n_frames in ("clip.mp4", 12), ("other.mp4", 12), ("short.mp4", 3):
        if name in arguments:
            make_clip(name, n_frames=n_frames)
    monkeypatch.chdir(tmp_path)
    said = truth("import", *arguments, "-o", "made.truth", code=2)
    assert cause in said.splitlines()[-1] and said.splitlines()[-1].startswith("courtside: ") and "Traceback" not in said
    assert not (tmp_path / "made.truth").exists()


def test_check_lists_what_is_labelled(truth: Truth, folder: Path) -> None:
    said = truth("check", folder)
    assert "clip: 640x480, 60 frames at 29.97/s (2.0 s)" in said
    for part in ("0-20/10", "3 people: 2 Home, 1 referees; 2 with a number; 2 rows with a place", "nba; in view in 1", "shows in 1", "1 shot, 1 turnover"):
        assert part in said


def test_check_lists_what_is_not_labelled(truth: Truth, tmp_path: Path) -> None:
    court = CourtLabels(frame=full_truth().court.frame[1:], valid=full_truth().court.valid[1:], court_to_pinhole=full_truth().court.court_to_pinhole[1:])
    write_truth(replace(full_truth(), people=None, ball=None, events=(), court=court), tmp_path / "x")
    said = truth("check", tmp_path / "x")
    assert said.count("not labelled") == 2 and "none was played" in said and "in view in 0; no lens" in said


def test_check_names_a_mistake(truth: Truth, folder: Path) -> None:
    path = folder / "people.csv"
    path.write_text(path.read_text().replace("0,B,", "0,A,"))
    said = truth("check", folder, code=2)
    assert "people.csv, line 3: 'A' is in frame 0 already" in said and len(said.splitlines()) == 1


def test_export_writes_mot(truth: Truth, tmp_path: Path, folder: Path) -> None:
    truth("export", folder, "--mot", tmp_path / "gt" / "gt.txt")
    assert (tmp_path / "gt" / "gt.txt").read_text().splitlines()[:2] == ["1,1,10.00,20.00,20.00,40.50,1,1,1", "1,2,40.00,20.00,20.00,50.00,1,1,0.25"]


def test_export_of_nobody_is_refused(truth: Truth, tmp_path: Path) -> None:
    write_truth(replace(full_truth(), people=None, events=()), tmp_path / "x")
    assert "clip: no people are labelled" in truth("export", tmp_path / "x", "--mot", tmp_path / "gt.txt", code=2)


@pytest.mark.parametrize("command", ["import", "check", "export"])
def test_help_teaches(truth: Truth, command: str) -> None:
    assert command in truth("--help")
    assert "Labels" in truth("--help") and "Usage" in truth(command, "--help")
