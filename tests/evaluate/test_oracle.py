from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from courtside.evaluate.oracle import owners, readings_of_all, true_boxes, true_people, true_readings, true_teams, true_tracks
from courtside.evaluate.scores import OracleRow, score_run
from courtside.records import DetectionTable, Records
from courtside.truth.labels import PeopleLabels, Truth
from courtside.types import NUMBERS
from scenes import BLACK, WHITE, Walker, records, seen

Cast = dict[str, Walker]
MakeRun = Callable[..., object]
MakeTruth = Callable[..., Truth]


def people_of(truth: Truth) -> PeopleLabels:
    assert truth.people is not None
    return truth.people


def drop(found: Records, gone: np.ndarray) -> Records:
    table = found.detections
    kept = {name: getattr(table, name)[~gone] for name in ("frame", "tracker_id", "class_id", "confidence", "xyxy")}
    return replace(found, detections=DetectionTable(**kept))


def at_first(cast: Cast) -> Records:
    return records(list(cast.values()))


def test_boxes_between_labels_are_on_the_way(cast: Cast, make_truth: MakeTruth) -> None:
    cast["W4"].speed = 2.0
    dense = true_people(people_of(make_truth(cast)), ())
    rows = dense.who == dense.names.index("W4")
    assert dense.frame[rows].tolist() == list(range(91))  # the last label is in frame 90
    assert dense.xyxy[rows] == pytest.approx(np.array([cast["W4"].box(frame) for frame in range(91)]))


def test_nothing_is_filled_in_across_a_cut_or_where_somebody_leaves(cast: Cast, make_truth: MakeTruth) -> None:
    cast["W4"].end = 31  # labelled in 30, not in 40
    dense = true_people(people_of(make_truth(cast)), (55,))
    frames = {who: set(dense.frame[dense.who == dense.names.index(who)].tolist()) for who in ("W4", "B7")}
    assert frames["W4"] == set(range(31))
    assert frames["B7"] == set(range(51)) | set(range(60, 91))


def test_nobody() -> None:
    dense = true_people(PeopleLabels(), ())
    found = records([])
    assert len(owners(found, dense)) == 0
    for change in (true_boxes, true_tracks, true_readings, readings_of_all):
        assert len(change(found, dense).detections.frame) == 0
    assert len(true_teams(found, dense, ()).appearances.frame) == 0


def test_detections_belong_to_people_a_little_beyond_the_labels_too(cast: Cast, make_truth: MakeTruth) -> None:
    found, dense = at_first(cast), true_people(people_of(make_truth(cast)), ())
    whose = owners(found, dense)
    for who, walker in cast.items():
        assert set(whose[found.detections.tracker_id == walker.tracker_id].tolist()) == {dense.names.index(who)}  # frames 91 to 99 by their track


def test_people_who_are_not_labelled_are_nobody(cast: Cast, make_truth: MakeTruth) -> None:
    bench = Walker(9, 0, 100, 1000.0)
    found, dense = records([*cast.values(), bench]), true_people(people_of(make_truth(cast)), ())
    assert set(owners(found, dense)[found.detections.tracker_id == 9].tolist()) == {-1}
    assert 9 not in true_boxes(found, dense).detections.tracker_id[: 91 * 5]
    assert len(np.unique(true_tracks(found, dense).detections.tracker_id)) == 1 + len(cast)  # 0 and one each


def test_a_box_that_the_detector_missed_is_there_on_the_same_track(cast: Cast, make_truth: MakeTruth) -> None:
    found, dense = at_first(cast), true_people(people_of(make_truth(cast)), ())
    table = found.detections
    missed = drop(found, (table.tracker_id == 3) & (table.frame >= 20) & (table.frame < 40))
    healed = true_boxes(missed, dense).detections
    assert np.flatnonzero(np.bincount(healed.frame[healed.tracker_id == 3], minlength=100) == 1).tolist() == list(range(100))
    assert (np.diff(healed.frame) >= 0).all()


def test_a_gap_that_the_tracker_made_stays_with_true_boxes_and_goes_with_true_tracks(cast: Cast, make_truth: MakeTruth) -> None:
    cast["W4"].end = 50
    late = replace(cast["W4"], tracker_id=8, start=50, end=100)
    dense = true_people(people_of(make_truth({**cast, "W4": replace(cast["W4"], end=100)})), ())
    found = records([*cast.values(), late])
    boxes, tracks = true_boxes(found, dense).detections, true_tracks(found, dense)
    assert {1, 8} <= set(boxes.tracker_id.tolist())
    assert sorted(np.bincount(tracks.detections.tracker_id)[1:].tolist()) == [100] * 5
    # what was read and seen goes along
    one = tracks.detections.tracker_id[(tracks.detections.frame == 0) & (tracks.detections.xyxy[:, 0] == cast["W4"].x)][0]
    assert tracks.readings.frame[tracks.readings.tracker_id == one].max() > 50
    assert tracks.appearances.frame[tracks.appearances.tracker_id == one].max() > 50


def test_tracks_end_at_cuts(cast: Cast, make_truth: MakeTruth) -> None:
    found = records(list(cast.values()), cuts=[50])
    tracks = true_tracks(found, true_people(people_of(make_truth(cast)), (50,))).detections
    assert not set(tracks.tracker_id[tracks.frame < 50].tolist()) & set(tracks.tracker_id[tracks.frame >= 50].tolist())


def test_true_teams_look_like_their_team_and_nobody_else_is_looked_at(cast: Cast, make_truth: MakeTruth) -> None:
    truth = make_truth(cast)
    found = records([replace(walker, kits=[(0, WHITE)]) for walker in cast.values()])
    looks = true_teams(found, true_people(people_of(truth), ()), truth.teams).appearances
    sides = {who: looks.vector[looks.tracker_id == cast[who].tracker_id] for who in cast}
    assert len(sides["REF"]) == 0
    assert all(set(sides[who].argmax(1).tolist()) == {side} for who, side in (("W4", 0), ("W15", 0), ("B7", 1), ("B23", 1)))
    assert np.unique(looks.color[looks.tracker_id == cast["B7"].tracker_id], axis=0).tolist() == [[0, 0, 0]]


def test_true_readings_are_where_something_was_read_and_right(cast: Cast, make_truth: MakeTruth) -> None:
    cast["W4"].numbers = seen("8", 0, 100)
    cast["B7"].numbers = ()
    found, dense = at_first(cast), true_people(people_of(make_truth(cast)), ())
    some, everybody = true_readings(found, dense).readings, readings_of_all(found, dense).readings
    told = {who: {NUMBERS[i] for i in table.chance[table.tracker_id == cast[who].tracker_id].argmax(1)} for table in (some,) for who in cast}
    assert told == {"W4": {"4"}, "W15": {"15"}, "B7": set(), "B23": {"23"}, "REF": set()}
    assert {NUMBERS[i] for i in everybody.chance[everybody.tracker_id == cast["B7"].tracker_id].argmax(1)} == {"7"}
    assert not (everybody.tracker_id == cast["REF"].tracker_id).any()


def rows_of(run: object, truth: Truth) -> dict[str, OracleRow]:
    scores, _ = score_run(run, truth, oracle=True)  # type: ignore[arg-type]  # the fixture's Run
    return {row.name: row for row in scores.oracle}


def test_each_switch_mends_what_its_stage_broke(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    truth = make_truth(cast)
    perfect = rows_of(make_run(list(cast.values())), truth)
    assert {row.identity.name_coverage.value for row in perfect.values()} == {1.0}

    # one is misread all the time, one never read
    unread = {**cast, "W4": replace(cast["W4"], numbers=seen("9", 0, 100)), "B7": replace(cast["B7"], numbers=())}
    rows = rows_of(make_run(list(unread.values())), truth)
    right = {name: row.identity.name_coverage.right for name, row in rows.items()}
    assert right["as it is"] == right["true tracks"] == right["true teams"] == 20
    assert (right["true readings"], right["all numbers read"], right["all of these"]) == (30, 40, 40)

    swapped = {
        **cast,
        "W4": replace(cast["W4"], kits=[(0, WHITE), (50, BLACK)], numbers=seen("4", 0, 50)),
        "W15": replace(cast["W15"], kits=[(0, BLACK)]),
    }
    rows = rows_of(make_run(list(swapped.values())), truth)
    assert rows["as it is"].identity.team.right < rows["true teams"].identity.team.right == 40
    assert rows["all of these"].identity.name_coverage.value == 1.0


def test_numbers_that_are_given_lie_on_the_back_and_are_as_wide_as_numbers_are(cast: Cast, make_truth: MakeTruth) -> None:
    found = records(list(cast.values()))
    given = readings_of_all(found, true_people(people_of(make_truth(cast)), ())).readings
    sides = given.xyxy[:, 2:] - given.xyxy[:, :2]
    numbers = [NUMBERS[i] for i in given.chance.argmax(1)]
    assert {(number, round(float(wide / high), 2)) for number, (wide, high) in zip(numbers, sides, strict=True)} == {
        ("4", 0.71),
        ("15", 0.94),
        ("7", 0.71),
        ("23", 0.94),
    }
    boxes = {
        (frame, one): box for frame, one, box in zip(found.detections.frame.tolist(), found.detections.tracker_id.tolist(), found.detections.xyxy, strict=True)
    }
    for frame, one, box in zip(given.frame.tolist(), given.tracker_id.tolist(), given.xyxy, strict=True):
        person = boxes[frame, one]
        assert (box[:2] >= person[:2]).all() and (box[2:] <= person[2:]).all()
