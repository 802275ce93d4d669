from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from courtside.court import COURTS, Camera
from courtside.court.markings import landmarks, lines
from courtside.court.registration import CourtTrack
from courtside.court.sighting import Sighting
from courtside.evaluate.drawn import read_court
from courtside.pipeline.court import find_league, outside_m, place_court, positions, write_court
from courtside.records import RecordsWriter, read_records
from courtside.types import ClipInfo

SIZE, N = (1280, 720), 30
CAMERA = Camera((0.0, 30.0, 10.0), 0.25, 0.3, 1900, SIZE)
TIME_S, NO_CUT = np.arange(N) / 30, np.zeros(N, bool)
COURT = CourtTrack(np.ones(N, bool), np.repeat(CAMERA.court_to_pinhole()[None], N, 0), (640, 360, 640, 640, 0.0, 0.0), np.full(N, 0.1))


def boxes_at(places: np.ndarray) -> np.ndarray:
    feet, _ = CAMERA.project(np.concatenate([places, np.zeros((len(places), 1))], 1))
    return np.stack([feet[:, 0] - 30, feet[:, 1] - 150, feet[:, 0] + 30, feet[:, 1]], 1)


def walk(speed_m_s: float = 2.0) -> np.ndarray:
    return np.stack([4 + speed_m_s * TIME_S, np.full(N, 2.0)], 1)


def test_nobody_stands_nowhere() -> None:
    assert positions(np.zeros(0, int), np.zeros((0, 4)), TIME_S, NO_CUT, COURT).shape == (0, 2)


def test_feet_come_back_to_where_they_stand() -> None:
    found = positions(np.arange(N), boxes_at(walk()), TIME_S, NO_CUT, COURT)
    assert np.abs(found - walk()).max() < 0.25 and np.abs(found[5:-5] - walk()[5:-5]).max() < 0.02


def test_a_jump_nobody_can_run_is_struck_out() -> None:
    places = walk()
    places[12] += 5.0
    found = positions(np.arange(N), boxes_at(places), TIME_S, NO_CUT, COURT)
    assert np.isnan(found[12]).all() and np.abs(found[[5, 10, 14, 20]] - walk()[[5, 10, 14, 20]]).max() < 0.1


@pytest.mark.parametrize("speed", [0.0, 4.0, 9.0])
def test_what_can_be_run_is_kept(speed: float) -> None:
    assert np.isfinite(positions(np.arange(N), boxes_at(walk(speed)), TIME_S, NO_CUT, COURT)).all()


def test_no_court_no_place() -> None:
    valid = np.ones(N, bool)
    valid[10:20] = False
    maps = np.where(valid[:, None, None], COURT.court_to_pinhole, np.nan)
    found = positions(np.arange(N), boxes_at(walk()), TIME_S, NO_CUT, CourtTrack(valid, maps, COURT.lens, COURT.error_m))
    assert np.isnan(found[10:20]).all() and np.isfinite(found[:10]).all() and np.isfinite(found[20:]).all()


def test_nothing_is_averaged_across_a_cut_or_a_gap() -> None:
    places, cut = walk(), NO_CUT.copy()
    places[15:] += (3.0, 3.0)
    cut[15] = True
    found = positions(np.arange(N), boxes_at(places), TIME_S, cut, COURT)
    assert np.abs(found - places).max() < 0.2
    kept = np.r_[0:12, 20:30]
    found = positions(kept, boxes_at(places[kept]), TIME_S, NO_CUT, COURT)
    assert np.abs(found - places[kept]).max() < 0.2


@pytest.mark.parametrize(("place", "expected"), [((0, 0), 0), ((14, 7.5), 0), ((14.3256 + 2, 0), 2), ((14.3256 + 3, 7.62 + 4), 5), ((np.nan, np.nan), np.nan)])
def test_how_far_off_the_court(place: tuple[float, float], expected: float) -> None:
    assert outside_m(np.array([place]), "nba")[0] == pytest.approx(expected, abs=1e-6, nan_ok=True)


def sighting(frame: int, league: str = "nba") -> Sighting:
    court = COURTS[league]
    pixels, depth = CAMERA.project(np.concatenate([np.array(list(landmarks(court).values())), np.zeros((len(landmarks(court)), 1))], 1))
    seen = (depth > 0) & (pixels >= 0).all(1) & (pixels < SIZE).all(1)
    dense = np.concatenate([np.linspace(a, b, 12) for line in lines(court).values() for a, b in itertools.pairwise(line)])
    paint, ahead = CAMERA.project(np.concatenate([dense, np.zeros((len(dense), 1))], 1))
    return Sighting(frame, pixels, seen * 0.9, paint[(ahead > 0) & (paint >= 0).all(1) & (paint < SIZE).all(1)])


def test_what_was_seen_goes_through_the_records_to_court_json(tmp_path: Path) -> None:
    with RecordsWriter(tmp_path / "records", ClipInfo("a.mp4", *SIZE, Fraction(30), N), {}) as writer:
        for frame in range(N):
            writer.add_frame(frame, frame / 30, False, np.eye(3))
            if frame % 6 == 0:
                writer.add_court(sighting(frame))
    records = read_records(tmp_path / "records")
    assert [seen.frame for seen in records.court] == list(range(0, N, 6))
    assert np.allclose(records.court[1].paint, sighting(6).paint, atol=1e-3)
    court = place_court(records, "nba")
    assert court is not None and court.valid.all()
    write_court(tmp_path / "court.json", court, "nba")
    labels = read_court(tmp_path / "court.json")
    assert labels.valid.all() and np.allclose(labels.court_to_pinhole, court.court_to_pinhole, rtol=1e-5)
    assert 0 < json.loads((tmp_path / "court.json").read_text())["frames"][3]["error_m"] < 0.5
    found = positions(np.arange(N), boxes_at(walk()), TIME_S, NO_CUT, court)
    assert np.abs(found - walk()).max() < 0.25


@pytest.mark.parametrize("league", ["nba", "wnba", "ncaa-men", "high-school", "fiba", None])
def test_the_league_is_told_by_the_lines(tmp_path: Path, league: str | None) -> None:
    with RecordsWriter(tmp_path / "records", ClipInfo("a.mp4", *SIZE, Fraction(30), N), {}) as writer:
        for frame in range(N):
            writer.add_frame(frame, frame / 30, False, np.eye(3))
            if frame % 6 == 0 and league is not None:
                writer.add_court(sighting(frame, league))
    assert find_league([read_records(tmp_path / "records")]) == (league or "nba")


def test_where_nobody_looked_there_is_no_court(tmp_path: Path) -> None:
    with RecordsWriter(tmp_path / "records", ClipInfo("a.mp4", *SIZE, Fraction(30), 1), {}) as writer:
        writer.add_frame(0, 0.0, False, np.eye(3))
    assert place_court(read_records(tmp_path / "records"), "nba") is None
