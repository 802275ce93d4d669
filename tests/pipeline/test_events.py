from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from courtside.config import IdentitySettings
from courtside.errors import RecordsError
from courtside.events.reading import KINDS
from courtside.pipeline.events import describe_plays, read_events, read_plays, scene_of, write_events
from courtside.pipeline.places import Places
from courtside.pipeline.resolve import resolve
from courtside.pipeline.statistics import read_stats, statistics, write_stats
from scenes import BLACK, WHITE, Walker, records, seen


def column(*values: object) -> np.ndarray:
    return np.array([*values, None], object)[:-1]


def places(*rows: tuple[int, int, str, str]) -> Places:
    """One row per (frame, track, team, number) at 10 frames a second, walking a metre a second along the court."""
    frame = np.array([row[0] for row in rows], np.int64)
    xy = np.stack([frame / 10, np.zeros(len(rows))], 1)
    texts = [column(*(row[i] for row in rows)) for i in (2, 3)]
    return Places(frame, frame / 10, np.array([row[1] for row in rows], np.int64), xy, column(*["player"] * len(rows)), *texts, column(*[None] * len(rows)))


def person(track: int, team: str, number: str) -> dict[str, Any]:
    return {"track_id": track, "team": team, "number": number, "player": None}


def shot(at_s: float, who: dict[str, Any], **facts: Any) -> dict[str, Any]:
    known = {"outcome": "made", "points": 2, "zone": "paint", "blocked_by": None, "rebound_by": None, "passed_by": None}
    return {"id": 1, "kind": "shot", "start_s": at_s, "end_s": at_s + 1, "start_frame": 0, "end_frame": 1, **who, "facts": {**known, **facts}}


def document(*events: dict[str, Any], ball: float = 0.8) -> dict[str, Any]:
    return {"clip": {"seconds": 5.0, "n_frames": 50}, "coverage": {"ball": ball, "live": 0.9}, "events": list(events)}


def test_a_clip_without_ball_and_court_tells_nothing_and_says_why(tmp_path: Path) -> None:
    walkers = [Walker(1, 0, 100, 100.0, [(0, WHITE)], seen("4", 0, 100)), Walker(2, 0, 100, 300.0, [(0, BLACK)], seen("7", 0, 100))]
    found = records(walkers)
    result = resolve([found], (), IdentitySettings())
    plays = describe_plays(read_plays(found, result), found, result)
    assert plays["events"] == []
    assert set(plays["kinds"]) == set(KINDS)
    assert all(kind["reason"].startswith("not enough evidence") for kind in plays["kinds"].values())
    write_events(tmp_path / "events.json", plays)
    assert read_events(tmp_path / "events.json") == json.loads(json.dumps(plays))


def test_an_empty_clip() -> None:
    found = records([], n_frames=0)
    result = resolve([found], (), IdentitySettings())
    assert scene_of(found, result).n_frames == 0
    assert describe_plays(read_plays(found, result), found, result)["events"] == []


@pytest.mark.parametrize(("text", "says"), [(None, "not there"), ("{", "damaged"), ('{"format": 99, "events": []}', "another version")])
def test_a_file_that_can_not_be_read(tmp_path: Path, text: str | None, says: str) -> None:
    path = tmp_path / "events.json"
    if text is not None:
        path.write_text(text)
    for read in (read_events, read_stats):
        with pytest.raises(RecordsError, match=says):
            read(path)


def test_statistics_of_nothing(tmp_path: Path) -> None:
    stats = statistics(document(), places())
    assert (stats["players"], stats["teams"]) == ([], [])
    write_stats(tmp_path, stats)
    assert read_stats(tmp_path / "stats.json") == stats


def test_no_shot_is_no_coverage_of_shots(tmp_path: Path) -> None:
    rows = [(frame, 1, "Whites", "4") for frame in range(50)]
    stats = statistics(document(), places(*rows))
    assert [row["coverage"]["shots"] for row in stats["players"]] == [None]
    write_stats(tmp_path, stats)
    assert read_stats(tmp_path / "stats.json") == stats
    row = next(csv.DictReader((tmp_path / "stats.csv").read_text().splitlines()))
    assert row["coverage_shots"] == ""


def test_statistics(tmp_path: Path) -> None:
    first, mate, foe = person(1, "Whites", "4"), person(2, "Whites", "15"), person(3, "Blacks", "7")
    rows = [(frame, track, team, number) for frame in range(50) for track, team, number in ((1, "Whites", "4"), (3, "Blacks", "7"))]
    thrown = {"id": 2, "kind": "pass", "start_s": 0.5, "end_s": 1.0, **mate, "facts": {"to": first}}
    lost = {"id": 3, "kind": "turnover", "start_s": 3.0, "end_s": 3.2, **first, "facts": {"by": foe, "how": "steal"}}
    touch = {"id": 4, "kind": "possession", "start_s": 1.0, "end_s": 1.5, **first, "facts": {"seconds": 0.5}}
    unknown = shot(4.0, foe, outcome="unknown", points=None, zone=None)
    stats = statistics(document(shot(1.5, first, points=3, zone="arc three", passed_by=mate), thrown, lost, touch, unknown), places(*rows))
    blacks, whites = stats["players"]
    expected = {"points": 3, "shots": 1, "made": 1, "touches": 1, "possession_s": 0.5, "passes_received": 1, "turnovers": 1, "plus_minus": 3}
    assert {name: whites[name] for name in expected} == expected
    assert whites["zones"] == {"arc three": {"shots": 1, "made": 1}}
    assert whites["distance_m"] == pytest.approx(4.9, abs=0.1)
    assert whites["coverage"] == {"seen": 1.0, "places": 1.0, "live": 0.9, "ball": 0.8, "shots": 0.5}
    assert (blacks["plus_minus"], blacks["steals"], blacks["unknown_shots"], blacks["points"]) == (-3, 1, 1, 0)
    team = next(row for row in stats["teams"] if row["team"] == "Whites")
    assert (team["passes"], team["assists"], team["points"]) == (1, 1, 3)
    write_stats(tmp_path, stats)
    table = list(csv.DictReader((tmp_path / "stats.csv").read_text().splitlines()))
    assert [(row["team"], row["number"]) for row in table] == [("Blacks", "7"), ("Whites", "4"), ("Blacks", ""), ("Whites", "")]
    assert (table[1]["arc_three_made"], table[1]["coverage_shots"]) == ("1", "0.5")
