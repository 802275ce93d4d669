"""A game of a few seconds, seen perfectly and as a detector would, read and compared."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import plays
import pytest
from plays import NONE, Noise, Seen, measure, observe, play

from courtside.evaluate.identity import Share
from courtside.truth import check_truth

SECONDS = 12.0


@pytest.fixture(scope="module")
def seen() -> Seen:
    return play(11, SECONDS)


def test_the_truth_of_a_game_could_be_true(seen: Seen) -> None:
    check_truth(seen.truth)
    assert seen.truth.n_frames == len(seen.held) == len(seen.cuts) == round(SECONDS * plays.RATE)
    assert seen.truth.events


def test_seen_perfectly_it_is_known_who_has_the_ball(seen: Seen) -> None:
    score, document = measure(seen, NONE, 1, "flight")
    assert score.held > 0.8
    assert score.team > 0.8
    assert document["kinds"]["possession"]["reason"] is None
    assert score.clock == Share(0, 0), "the clip began with the ball in play"


def test_the_notebook_sees_no_shot_where_no_player_is_called_a_shooter(seen: Seen) -> None:
    _, document = measure(seen, NONE, 1, "notebook")
    assert document["shots"] == "notebook"
    assert document["kinds"]["shot"] == {"n": 0, "reason": "not enough evidence: no shooting player was found"}
    assert not any(event["kind"] in ("shot", "rebound") for event in document["events"])


def test_a_detector_sees_less_and_the_same_seed_the_same(seen: Seen) -> None:
    (records, result), (again, _) = (observe(seen, Noise(), 3) for _ in range(2))
    assert np.array_equal(records.detections.xyxy, again.detections.xyxy)
    perfect, tracks = observe(seen, replace(NONE), 3)
    assert len(result.tracks) >= len(tracks.tracks)
    assert (records.detections.class_id == plays.BALL).sum() > (perfect.detections.class_id == plays.BALL).sum(), "false ones too"


def test_the_script_keeps_its_games_and_prints_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["plays.py", "--seeds", "5", "--seconds", "3", "--campers", "1", "--work", str(tmp_path), "--verbose", "--shots", "notebook"]
    monkeypatch.setattr(sys, "argv", words)
    plays.main()
    first = capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["5-3-1.pickle"]
    monkeypatch.setattr(plays, "play", lambda *_, **__: pytest.fail("it was played already"))
    plays.main()
    rows = [line for line in first.splitlines() if "F1" in line or "points" in line]
    assert [line for line in capsys.readouterr().out.splitlines() if "F1" in line or "points" in line] == rows != []
