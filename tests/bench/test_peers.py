from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import peers
import peers_glue as glue
import pytest

from courtside.errors import DataError
from courtside.records import RecordsWriter, read_records
from courtside.types import NUMBER, PLAYER, REFEREE, ClipInfo

MakeClip = Callable[..., Path]
SIZE = (320, 240)


def took(way: str, n_frames: int, peak_mb: float, draw_s: float = 1.0) -> glue.Took:
    return glue.Took(way, n_frames, {"decode": 0.5, "draw": draw_s}, 1.0, 100.0, peak_mb, 0, 4, 2, frozenset({(0, 0, 1)}), (1,) * n_frames)


BOTH = [
    took("notebook", 10, 300, 5.5),
    took("masks", 10, 150),
    took("boxes", 10, 110),
    took("notebook", 30, 700, 18),
    took("masks", 30, 150),
    took("boxes", 30, 112),
]


@pytest.fixture
def runs(make_clip: MakeClip, tmp_path: Path) -> Path:
    """A folder with one run of a clip of 12 frames: a player with a number on, and a referee."""
    clip = make_clip("game.mp4", n_frames=12, size=SIZE)
    with RecordsWriter(tmp_path / "OUT" / "game" / "records", ClipInfo(str(clip), *SIZE, Fraction(30), 12), {}) as writer:
        for frame in range(12):
            writer.add_frame(frame, frame / 30, False, np.eye(3))
            rows = np.array([(40, 40, 100, 180), (60, 75, 78, 95), (200, 60, 250, 200), (62, 75, 78, 95)])
            writer.add_detections(frame, [3, 0, 4, 0], [PLAYER, NUMBER, REFEREE, NUMBER], [0.9, 0.8, 0.9, 0.3], rows)
    return tmp_path / "OUT"


def test_given_are_tracked_players_and_sure_numbers(runs: Path) -> None:
    boxes = glue.given(read_records(runs / "game" / "records"))
    assert boxes.tracker_id.tolist() == [3] * 12
    assert boxes.number_frame.tolist() == [0, 5, 10]


@pytest.mark.parametrize(("n_runs", "expected"), [(3, 0.0), (6, 20.0)])
def test_growth_is_by_frame_and_needs_two_lengths(n_runs: int, expected: float) -> None:
    assert glue.growth_mb(BOTH[:n_runs], "notebook") == pytest.approx(expected)


@pytest.mark.parametrize(("theirs", "ours", "expected"), [(0.0, 0.0, None), (5.0, 0.0, None), (0.0, 2.0, 0.0), (6.0, 2.0, 3.0)])
def test_ratio(theirs: float, ours: float, expected: float | None) -> None:
    assert glue.ratio(theirs, ours) == expected


def test_pictures_that_differ_are_counted() -> None:
    one = took("notebook", 4, 1)
    assert glue.same_pictures(one, one) == 1
    assert glue.same_pictures(one, replace(one, pictures=(1, 1, 2, 1))) == 0.75


@pytest.mark.parametrize(("free_mb", "fits"), [(None, True), (4.0, True), (2.0, False)])
def test_what_would_not_fit_is_refused(runs: Path, free_mb: float | None, fits: bool) -> None:
    records = read_records(runs / "game" / "records")  # 12 frames of 0.22 MB and as many masks of 0.07
    if fits:
        glue.check_memory(records, glue.given(records), 12, free_mb)
    else:
        with pytest.raises(DataError, match="smaller --lengths"):
            glue.check_memory(records, glue.given(records), 12, free_mb)


def test_figures_as_plain_values() -> None:
    document = json.loads(json.dumps(peers.as_json([], ("game", BOTH))))
    long = {one["notebook_over"]: one for one in document["glue"]["ratios"] if one["frames"] == 30}
    assert long["boxes"]["time"] == pytest.approx(18.5 / 1.5)
    assert long["boxes"]["peak_memory"] == pytest.approx(700 / 112)
    assert document["glue"]["growth_mb_a_frame"]["notebook"] == pytest.approx(20)
    assert document["glue"]["agreement"]["pictures_same_notebook_masks"] == 1
    assert peers.as_json([], None)["tracking"] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--runs", "nowhere"], "courtside run"),
        (["--runs", "."], "courtside run"),
        (["--runs", "OUT"], "--truth"),
        (["--runs", "OUT", "--truth", "nowhere"], "no such folder"),
        (["--runs", "OUT", "--truth", "OUT"], "no labels"),
        (["--runs", "OUT", "--part", "glue", "--clip", "other"], "game"),
        (["--runs", "OUT", "--part", "glue", "--lengths", "0"], "12 frames"),
        (["--runs", "OUT", "--part", "glue", "--lengths", "13"], "12 frames"),
        (["--runs", "OUT", "--part", "glue", "--lengths", "6", "--clips", "nowhere"], "--clips"),
        (["--runs", "OUT", "--part", "glue", "--json", "nowhere/peers.json"], "no such folder"),
        (["--runs", "OUT", "--frames", "0"], "at least 1"),
    ],
)
def test_what_is_missing_is_told_in_one_line(
    words: list[str], message: str, runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(runs.parent)
    assert peers.main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_the_glue_from_end_to_end(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "peers.json"
    assert peers.main(["--runs", str(runs), "--part", "glue", "--lengths", "6", "--json", str(target)]) == 0
    document = json.loads(target.read_text())
    assert {one["way"]: (one["frames"], one["n_calls"]) for one in document["glue"]["runs"]} == {"notebook": (6, 2), "masks": (6, 2), "boxes": (6, 2)}
    assert document["glue"]["agreement"]["owners_in_both"] == 2
    assert "peak memory" in capsys.readouterr().out


def test_the_trackers_from_end_to_end(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("trackers", reason="in the bench extra alone")
    (tmp_path / "truth").mkdir()
    rows = [f"{frame},40,40,100,180,player,,,A" for frame in (0, 5, 10)]
    (tmp_path / "truth" / "game.csv").write_text("\n".join(["frame,x1,y1,x2,y2,role,team,number,who", *rows]) + "\n")
    assert peers.main(["--runs", str(runs), "--part", "tracking", "--truth", str(tmp_path / "truth"), "--each"]) == 0
    assert "McByte" in capsys.readouterr().out
