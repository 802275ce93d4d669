from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from courtside.court.camera import Camera
from courtside.errors import EvaluationError
from courtside.evaluate.drawn import Run
from courtside.evaluate.identity import Share
from courtside.evaluate.page import page
from courtside.evaluate.scores import Scores, score_run
from courtside.evaluate.tables import NOT_MEASURED, tables_of
from courtside.truth.labels import BallLabels, CourtLabels, PeopleLabels, Truth
from courtside.types import Team
from scenes import Walker

Cast = dict[str, Walker]
MakeRun = Callable[..., Run]
MakeTruth = Callable[..., Truth]


def test_a_perfect_run(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    scores, _ = score_run(make_run(list(cast.values())), make_truth(cast))
    assert scores.identity is not None and scores.tracking is not None
    assert scores.identity.name_precision == scores.identity.name_coverage == Share(40, 40)
    assert scores.identity.referee_recall == Share(10, 10)
    assert scores.identity.persons == {"right": 4, "wrong": 0, "none": 0}
    assert scores.tracking.clear.mota == scores.tracking.ids.idf1 == 1
    assert scores.tracking.hota.hota > 0.95  # the drawn boxes are smoothed
    assert (scores.court, scores.ti_hota, scores.ball, scores.plays, scores.notes) == (None, None, None, None, ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"people": None}, "labels no frame"),
        ({"people": PeopleLabels()}, "labels no frame"),
        ({"people": PeopleLabels(), "ball": BallLabels()}, "labels no frame"),
        ({"width": 1920, "height": 1080}, "1280x720 and 1920x1080"),
        ({"rate": Fraction(50)}, "25.00 and 50.00 frames/s"),
        ({"n_frames": 99}, "100 and 99 frames"),
        ({"ball": BallLabels(np.array([100]))}, "frame 100 is labelled"),
    ],
)
def test_run_and_truth_of_different_clips(changes: dict[str, object], said: str, cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    with pytest.raises(EvaluationError, match=said) as error:
        score_run(make_run(list(cast.values())), make_truth(cast, **changes))
    assert "\n" not in str(error.value)


def test_a_roster_of_another_game(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    kits = (("White", "#FFFFFF", {"4": "Ames", "15": "Boyd"}), ("Black", "#000000", {"7": "Cole", "23": "Dunn"}))
    others = tuple(Team(f"{side} Sox", color, color, players) for side, color, players in kits)
    with pytest.raises(EvaluationError, match=r"(Black|White) Sox'.*Whites and Blacks; resolve again"):
        score_run(make_run(list(cast.values()), others), make_truth(cast))


def test_without_a_roster_teams_are_taken_for_those_they_fit(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    scores, _ = score_run(make_run(list(cast.values()), ()), make_truth(cast), oracle=True)
    assert scores.identity is not None
    assert len(scores.notes) == 2 and all("no roster" in note for note in scores.notes)
    assert scores.identity.team == Share(40, 40)
    assert scores.identity.name_precision == Share(0, 0) and scores.identity.number_precision.value == 1.0
    assert {row.identity.team.value for row in scores.oracle} == {1.0}


def test_a_clip_that_was_renamed_is_noted(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    scores, _ = score_run(make_run(list(cast.values())), make_truth(cast, name="other"))
    assert len(scores.notes) == 1 and "other" in scores.notes[0]


def test_frames_between_the_labels_do_not_count(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    cast["W4"].end = 95  # not seen in frames 95 to 99
    run = make_run(list(cast.values()))
    full = {**cast, "W4": replace(cast["W4"], end=100)}
    sparse, every = (score_run(run, make_truth(full, every=step))[0] for step in (10, 1))
    assert sparse.identity is not None and every.identity is not None
    assert (sparse.identity.found, every.identity.found) == (Share(50, 50), Share(495, 500))


def camera() -> CourtLabels:
    homography = Camera((0.0, 25.0, 8.0), 0.0, 0.35, 1100.0, (1280, 720)).court_to_pinhole()
    return CourtLabels("nba", (0, 0, 1, 1, 0, 0), np.arange(100), np.ones(100, bool), np.tile(homography, (100, 1, 1)))


def test_places(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    run, truth = make_run(list(cast.values())), make_truth(cast, court=camera())
    no_court, _ = score_run(run, truth, oracle=True)
    assert no_court.ti_hota is None
    rows = {row.name: row for row in no_court.oracle}
    assert rows["as it is"].ti_hota is None
    true_court = rows["true court"].ti_hota
    assert true_court is not None and true_court.hota > 0.85  # a detector's boxes reach below the shoes; these, which are the labelled ones, don't

    by_court, _ = score_run(replace(run, court=camera()), truth)
    assert by_court.ti_hota is not None and by_court.ti_hota[2.0].hota > 0.95
    assert by_court.court is not None and by_court.court.n_solved == 100

    far = replace(run.people, court_m=np.full((len(run.people.frame), 2), 50.0))
    by_tracks, _ = score_run(replace(run, people=far), truth)
    assert by_tracks.ti_hota is not None and by_tracks.ti_hota[2.0].hota == 0
    assert by_court.places is not None and by_court.places.median_m is not None and by_court.places.median_m < 0.3 and by_court.places.n_unknown == 0
    assert by_tracks.places is not None and by_tracks.places.median_m is not None and by_tracks.places.median_m > 40


TEAMS = (
    Team("Whites", "#EEEEEE", "#FFFFFF", {"4": "Ames", "15": "Boyd"}),
    Team("Blacks", "#202020", "#000000", {"7": "Cole", "23": "Dunn"}),
)


@pytest.fixture
def measured(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> Scores:
    wrong = {**cast, "W4": replace(cast["W4"], numbers=[(f, "9", 0.95) for f in range(0, 100, 8)])}
    rosters = (replace(TEAMS[0], players={**TEAMS[0].players, "9": "Ezra"}), TEAMS[1])
    run = replace(make_run(list(wrong.values()), rosters), court=camera(), events=({"kind": "shot", "start_s": 1.0},))
    return score_run(run, make_truth(cast, court=camera(), events=()), oracle=True)[0]


def test_json(measured: Scores) -> None:
    document = json.loads(json.dumps(measured.to_json(), allow_nan=False))
    assert document["format"] == 1 and document["clip"] == "game.mp4"
    assert document["identity"]["name_precision"] == {"right": 30, "of": 40, "share": 0.75}
    assert {wrong["number"] for wrong in document["identity"]["wrong"]} == {"9"}
    assert set(document["ti_hota"]) == {"0.5", "1", "2"}
    assert document["plays"]["kinds"]["shot"] == {"n_true": 0, "n_false": 1, "n_missed": 0, "f1": 0.0}
    assert document["oracle"][0]["name"] == "as it is"
    assert document["ball"] is None


def test_tables(measured: Scores) -> None:
    tables = {table.title: table for table in tables_of(measured)}
    assert all(len(row) == len(table.columns) for table in tables.values() for row in table.rows)
    assert ("ball, F1", NOT_MEASURED) in tables["Ball and plays"].rows
    assert any("#9" in row[1] and row[2] == "W4" for row in tables["Wrong names and numbers"].rows)
    assert len(tables["What each stage loses"].rows) == len(measured.oracle)


def test_tables_of_a_truth_without_people(cast: Cast, make_run: MakeRun, make_truth: MakeTruth) -> None:
    scores, compared = score_run(replace(make_run(list(cast.values())), court=camera()), make_truth(cast, people=None, court=camera()))
    assert compared is None and scores.identity is None
    assert NOT_MEASURED in str(tables_of(scores)) and NOT_MEASURED in page(scores, [])
    assert scores.court is not None and scores.court.n_wrong == 0


def test_the_page_shows_everything_and_trusts_no_text(measured: Scores) -> None:
    text = page(replace(measured, clip="<b>.mp4", notes=("a & b",)), [])
    assert "&lt;b&gt;.mp4" in text and "<b>.mp4" not in text and "a &amp; b" in text
    assert "What each stage loses" in text and "W4" in text
    assert "http" not in text and "src=" not in text
