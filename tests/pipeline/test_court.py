from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from courtside.court import COURTS, Camera
from courtside.court.feet import NEAR_SHOE_M
from courtside.court.markings import landmarks, lines
from courtside.court.registration import CourtTrack
from courtside.court.sighting import Sighting
from courtside.evaluate.drawn import read_court
from courtside.identity.continuity import continuity
from courtside.pipeline.court import better_league, ends, everybodys_positions, find_league, place_court, positions
from courtside.pipeline.export import write_court
from courtside.records import RecordsWriter, read_records
from courtside.types import PLAYER, ClipInfo

SIZE, N = (1280, 720), 30
CAMERA = Camera((0.0, 30.0, 10.0), 0.25, 0.3, 1900, SIZE)
TIME_S, NO_CUT = np.arange(N) / 30, np.zeros(N, bool)
COURT = CourtTrack(np.ones(N, bool), np.repeat(CAMERA.court_to_pinhole()[None], N, 0), (640, 360, 640, 640, 0.0, 0.0), np.full(N, 0.1))


def boxes_at(places: np.ndarray, height_m: float = 1.9) -> np.ndarray:
    """The boxes a detector gives of bodies that stand there: down to a little below the nearer shoe."""
    feet, _ = CAMERA.project(np.concatenate([places, np.full((len(places), 1), -NEAR_SHOE_M - 0.05)], 1))
    head, _ = CAMERA.project(np.concatenate([places, np.full((len(places), 1), height_m)], 1))
    middle = (feet[:, 0] + head[:, 0]) / 2
    return np.stack([middle - 30, head[:, 1], middle + 30, feet[:, 1]], 1)


def walk(speed_m_s: float = 2.0) -> np.ndarray:
    return np.stack([4 + speed_m_s * TIME_S, np.full(N, 2.0)], 1)


def test_nobody_stands_nowhere() -> None:
    assert positions(np.zeros(0, int), np.zeros((0, 4)), TIME_S, NO_CUT, COURT).shape == (0, 2)


def test_feet_come_back_to_where_they_stand() -> None:
    found = positions(np.arange(N), boxes_at(walk()), TIME_S, NO_CUT, COURT)
    assert np.abs(found - walk()).max() < 0.25 and np.abs(found[5:-5] - walk()[5:-5]).max() < 0.02


@pytest.mark.parametrize("n_wrong", [1, 3])
def test_a_jump_nobody_can_run_is_bridged(n_wrong: int) -> None:
    places = walk()
    places[12 : 12 + n_wrong] += 5.0
    found = positions(np.arange(N), boxes_at(places), TIME_S, NO_CUT, COURT)
    assert np.abs(found - walk()).max() < 0.15


def test_who_is_swapped_for_somebody_far_away_does_not_fly_there() -> None:
    places = walk()
    places[15:] += (-12.0, 3.0)
    found = positions(np.arange(N), boxes_at(places), TIME_S, NO_CUT, COURT)
    assert np.abs(found - places).max() < 0.15


def test_hidden_feet_are_found_by_the_head() -> None:
    boxes, covered = boxes_at(walk()), np.zeros(N)
    boxes[12:20, 3] -= 40  # a box that ends at the knees stands metres too far away
    covered[12:20] = 1.0
    found = positions(np.arange(N), boxes, TIME_S, NO_CUT, COURT, covered)
    assert np.abs(found - walk()).max() < 0.6
    assert np.abs(found - walk()).max() < np.abs(positions(np.arange(N), boxes, TIME_S, NO_CUT, COURT) - walk()).max()


def test_feet_below_the_picture_are_found_by_the_head() -> None:
    near = np.stack([np.full(N, 1.0), np.linspace(4.0, 12.0, N)], 1)
    boxes = boxes_at(near)
    assert boxes[-1, 3] > 760
    found = positions(np.arange(N), np.minimum(boxes, 720), TIME_S, NO_CUT, COURT)
    assert np.isfinite(found).all() and np.abs(found - near).max() < 0.5


def test_raised_arms_move_nobody() -> None:
    boxes = boxes_at(walk())
    boxes[12:20, 1] -= 60
    assert np.abs(positions(np.arange(N), boxes, TIME_S, NO_CUT, COURT) - walk()).max() < 0.15


def test_everybody_is_placed_beside_those_who_hide_him() -> None:
    assert everybodys_positions([], TIME_S, NO_CUT, COURT) == []
    behind, front = boxes_at(walk()), boxes_at(walk() + (0.0, 1.5))
    behind[10:20, 3] -= 40  # where the one in front stands before his feet
    both = everybodys_positions([(np.arange(N), behind), (np.arange(N), front)], TIME_S, NO_CUT, COURT)
    assert [len(one) for one in both] == [N, N]
    assert np.abs(both[0] - walk()).max() < 0.3 and np.abs(both[1] - walk() - (0.0, 1.5)).max() < 0.1


def test_the_ends_tell_how_he_ran() -> None:
    assert ends(np.zeros(0, int), np.zeros((0, 4)), TIME_S, NO_CUT, COURT) == (None, None)
    assert ends(np.arange(1), boxes_at(walk()[:1]), TIME_S, NO_CUT, COURT) == (None, None)
    start, end = ends(np.arange(N), boxes_at(walk(3.0)), TIME_S, NO_CUT, COURT)
    assert start is not None and end is not None and (start.time_s, end.time_s) == (TIME_S[0], TIME_S[-1])
    for found, place in ((start, walk(3.0)[0]), (end, walk(3.0)[-1])):
        assert np.abs(found.place_m - place).max() < 0.15 and np.abs(found.velocity_m_s - (3.0, 0.0)).max() < 0.3
        assert (np.linalg.eigvalsh(found.covariance) > 0).all()


def test_the_ends_of_one_walk_fit_together() -> None:
    places = walk(3.0)
    first, second = np.arange(0, 12), np.arange(20, N)
    lost = ends(first, boxes_at(places[first]), TIME_S, NO_CUT, COURT)[1]
    found = ends(second, boxes_at(places[second]), TIME_S, NO_CUT, COURT)[0]
    other = ends(second, boxes_at(places[second] - (9.0, 0.0)), TIME_S, NO_CUT, COURT)[0]
    assert lost is not None and found is not None and other is not None
    assert continuity(lost, found) > 2 and continuity(lost, other) < -2


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
    assert COURTS["nba"].outside_m(np.array([place]))[0] == pytest.approx(expected, abs=1e-6, nan_ok=True)


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
    court = place_court(records, COURTS["nba"])
    assert court is not None and court.valid.all()
    write_court(tmp_path / "court.json", court, COURTS["nba"])
    labels = read_court(tmp_path / "court.json")
    assert labels.valid.all() and np.allclose(labels.court_to_pinhole, court.court_to_pinhole, rtol=1e-5)
    assert 0 < json.loads((tmp_path / "court.json").read_text())["frames"][3]["error_m"] < 0.5
    found = positions(np.arange(N), boxes_at(walk()), TIME_S, NO_CUT, court)
    assert np.abs(found - walk()).max() < 0.25
    live = place_court(records, COURTS["nba"], "live")
    assert live is not None and live.valid.all()
    assert np.abs(positions(np.arange(N), boxes_at(walk()), TIME_S, NO_CUT, live) - walk()).max() < 0.3


@pytest.mark.parametrize("league", ["nba", "wnba", "ncaa-men", "high-school", "fiba", None])
def test_the_league_is_told_by_the_lines(tmp_path: Path, league: str | None) -> None:
    with RecordsWriter(tmp_path / "records", ClipInfo("a.mp4", *SIZE, Fraction(30), N), {}) as writer:
        for frame in range(N):
            writer.add_frame(frame, frame / 30, False, np.eye(3))
            if frame % 6 == 0 and league is not None:
                writer.add_court(sighting(frame, league))
    assert find_league([read_records(tmp_path / "records")]) == (league or "nba")


def test_a_wrong_league_is_told(tmp_path: Path) -> None:
    with RecordsWriter(tmp_path / "records", ClipInfo("a.mp4", *SIZE, Fraction(30), N), {}) as writer:
        for frame in range(N):
            writer.add_frame(frame, frame / 30, False, np.eye(3))
            if frame % 6 == 0:
                writer.add_court(sighting(frame, "fiba"))
    records = read_records(tmp_path / "records")
    assert better_league([records], COURTS["nba"]) == "fiba"
    assert better_league([records], COURTS["fiba"]) is None
    assert better_league([], COURTS["nba"]) is None


def test_where_nobody_looked_there_is_no_court(tmp_path: Path) -> None:
    with RecordsWriter(tmp_path / "records", ClipInfo("a.mp4", *SIZE, Fraction(30), 1), {}) as writer:
        writer.add_frame(0, 0.0, False, np.eye(3))
    assert place_court(read_records(tmp_path / "records"), COURTS["nba"]) is None


@pytest.mark.parametrize(("place", "there"), [((3.0, 2.0), True), ((3.0, 45.0), False)], ids=["on it", "on none of it"])
def test_a_court_on_which_nobody_stands_is_none(tmp_path: Path, place: tuple[float, float], there: bool) -> None:
    with RecordsWriter(tmp_path / "records", ClipInfo("a.mp4", *SIZE, Fraction(30), N), {}) as writer:
        for frame in range(N):
            writer.add_frame(frame, frame / 30, False, np.eye(3))
            writer.add_detections(frame, [1], [PLAYER], [0.9], boxes_at(np.array([place])))
            if frame % 6 == 0:
                writer.add_court(sighting(frame))
    court = place_court(read_records(tmp_path / "records"), COURTS["nba"])
    assert court is not None and court.valid.all() == there and court.valid.any() == there
    assert np.isfinite(court.court_to_pinhole).all() == there
