from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.court import COURTS
from courtside.court.registration import CourtTrack
from courtside.errors import RecordsError
from courtside.pipeline.export import write_court
from courtside.pipeline.places import Places, movement, named, read_places, runs, spacing
from courtside.pipeline.results import read_court


def of(xy_m: np.ndarray, frame: np.ndarray | None = None, track: np.ndarray | None = None, rate: float = 30.0) -> Places:
    n = len(xy_m)
    frame = np.arange(n) if frame is None else frame
    same = [np.full(n, text, object) for text in ("player", "Knicks", "11", "Brunson")]
    return Places(frame, frame / rate, np.ones(n, int) if track is None else track, xy_m, *same)


def straight(n: int, speed_m_s: float, rate: float = 30.0) -> np.ndarray:
    return np.stack([np.arange(n) / rate * speed_m_s, np.zeros(n)], 1)


@pytest.mark.parametrize("n", [0, 1])
def test_who_was_hardly_seen_has_no_speed(n: int) -> None:
    known = of(np.zeros((n, 2)))
    how = movement(known, np.arange(n))
    assert (how.seen_s, how.distance_m) == (0, 0) and np.isnan(how.mean_m_s) and np.isnan(how.top_m_s)


@given(st.floats(0, 9), st.integers(20, 90), st.sampled_from([15.0, 25.0, 30.0, 60.0]))
def test_a_steady_run_has_its_speed_and_length_at_any_rate(speed: float, n: int, rate: float) -> None:
    how = movement(of(straight(n, speed, rate), rate=rate), np.arange(n))
    assert how.distance_m == pytest.approx(speed * (n - 1) / rate, abs=1e-6)
    assert how.mean_m_s == pytest.approx(speed, abs=1e-6) or how.seen_s < 0.5
    assert how.top_m_s == pytest.approx(speed, abs=1e-6) or how.seen_s < 0.5


def test_a_foots_wobble_is_not_a_walk() -> None:
    wobble = np.random.default_rng(1).normal(0, 0.03, (150, 2))
    how = movement(of(wobble), np.arange(150))
    assert how.distance_m < 2.0 and how.top_m_s < 0.3  # frame by frame it is 8 m


@pytest.mark.parametrize("broken", ["not known", "not there", "another track", "a jump"])
def test_nothing_is_added_across_a_gap(broken: str) -> None:
    xy_m, frame, track = straight(60, 3.0), np.arange(60), np.ones(60, int)
    if broken == "not known":
        xy_m[20:40] = np.nan
    elif broken == "not there":
        xy_m, frame, track = (np.concatenate([values[:20], values[40:]]) for values in (xy_m, frame, track))
    elif broken == "another track":
        track[30:] = 2
    else:
        xy_m[30:] += 5
    known = of(xy_m, frame, track)
    every = np.arange(len(frame))
    assert len(runs(known, every)) == 2
    assert movement(known, every).distance_m <= 3.0 * (58 / 30) + 1e-6


def test_named_are_players_with_all_three() -> None:
    known = of(np.zeros((4, 2)))
    known.player[1], known.role[2] = None, "referee"
    assert {who: rows.tolist() for who, rows in named(known).items()} == {("Knicks", "11", "Brunson"): [0, 3]}


def test_spacing_is_the_mean_distance_of_pairs() -> None:
    square = np.array([(0, 0), (3, 0), (0, 4)], float)
    known = of(np.concatenate([square, square[:2]]), np.array([0, 0, 0, 1, 1]))
    (frames, metres) = spacing(known)["Knicks"]
    assert frames.tolist() == [0] and metres.tolist() == [4.0]
    assert not spacing(of(np.zeros((0, 2))))


def test_places_come_back(tmp_path: Path) -> None:
    path = tmp_path / "tracks.parquet"
    columns = {"frame": [0, 1], "time_s": [0.0, 0.1], "track_id": [1, 1], "role": ["player"] * 2, "team": ["A", None], "number": ["0", None]}
    table = pa.table({**columns, "player": ["X", None], "court_x_m": pa.array([1.5, None], pa.float32()), "court_y_m": pa.array([-2.0, None], pa.float32())})
    pq.write_table(table, path)
    found = read_places(path)
    assert found.xy_m[0].tolist() == [1.5, -2.0] and np.isnan(found.xy_m[1]).all() and found.team.tolist() == ["A", None]
    pq.write_table(table.drop_columns(["court_x_m"]), path)
    for wrong in (path, tmp_path / "none.parquet"):
        with pytest.raises(RecordsError, match="courtside resolve"):
            read_places(wrong)


def test_the_court_comes_back(tmp_path: Path) -> None:
    maps = np.stack([np.eye(3), np.full((3, 3), np.nan)])
    track = CourtTrack(np.array([True, False]), maps, (1.0, 2.0, 3.0, 4.0, 0.1, 0.0), np.array([0.2, np.nan]))
    write_court(tmp_path / "court.json", track, COURTS["fiba"])
    court, found = read_court(tmp_path / "court.json")
    assert court.league == "fiba" and found.lens == track.lens
    for mine, theirs in ((found.valid, track.valid), (found.court_to_pinhole, maps), (found.error_m, track.error_m)):
        np.testing.assert_array_equal(mine, theirs)
    for text in ("", "{}", '{"league": "nbl", "lens": [0,0,1,1,0,0], "frames": []}'):
        (tmp_path / "court.json").write_text(text)
        with pytest.raises(RecordsError, match="damaged"):
            read_court(tmp_path / "court.json")
    with pytest.raises(RecordsError, match="no court in this run"):
        read_court(tmp_path / "other" / "court.json")
