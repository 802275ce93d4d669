"""The folder of labels: what is written is read, and what a hand gets wrong is named with its line."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.errors import TruthError
from courtside.truth import BallLabels, CourtLabels, Event, PeopleLabels, Truth, read_truth, write_truth
from courtside.truth.check import KINDS
from courtside.types import NUMBERS, Team
from truths import AWAY, HOME, assert_equal, full_truth, strings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_truth(full_truth(), tmp_path / "clip.truth")
    return tmp_path / "clip.truth"


@pytest.mark.parametrize(
    "change",
    [
        {"people": None, "court": None, "ball": None, "events": ()},  # looked at, and nothing was played
        {"people": None, "court": None, "ball": None, "events": (Event("turnover", 1.0, 1.0, team="Away"),)},
        {"people": None},  # then an event's who can't be looked up
        {"people": PeopleLabels(labelled=np.array([3])), "events": None},  # looked at, and nobody was there
        {"court": None, "events": None},
        {"cuts": (), "rate": Fraction(60)},
        {"shots": {"main": np.array([*range(30), 58, 59]), "replay": np.arange(30, 58)}},
        {"shots": {"crowd": np.array([3])}},  # of some frames only
        {},
    ],
)
def test_what_is_written_is_read(tmp_path: Path, change: dict[str, Any]) -> None:
    truth = replace(full_truth(), **change)
    write_truth(truth, tmp_path / "deep" / "clip.truth")
    assert_equal(read_truth(tmp_path / "deep" / "clip.truth"), truth)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["clip.truth"]  # nothing is left aside


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=8).map(str.strip).filter(bool)
SIZES = st.floats(0.001, 1e4, allow_nan=False)
PLACES = st.floats(-100, 100, allow_nan=False)
UNKNOWN = st.just(np.nan)


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    n_frames, width, height = draw(st.integers(1, 400)), draw(st.integers(1, 4000)), draw(st.integers(1, 4000))
    team_names = draw(st.lists(NAMES, max_size=2, unique=True))
    teams = tuple(
        Team(name, "#0aF9c0", draw(st.none() | st.just("#FFFFFF")), draw(st.dictionaries(st.sampled_from(NUMBERS), NAMES, max_size=3))) for name in team_names
    )
    frames = st.lists(st.integers(0, n_frames - 1), max_size=6, unique=True).map(sorted)

    def box() -> list[float]:
        x, y = draw(st.floats(-50, width)), draw(st.floats(-50, height))
        return [x, y, max(x, 0) + draw(SIZES), max(y, 0) + draw(SIZES)]

    labelled = draw(frames)
    cast = {
        who: (draw(st.sampled_from(team_names)), number, draw(st.none() | NAMES)) if team_names and index % 3 else (None, None, None)
        for index, (who, number) in enumerate(zip(draw(st.lists(NAMES, max_size=5, unique=True)), draw(st.permutations(NUMBERS)), strict=False))
    }
    rows = [(frame, who) for frame in labelled for who in cast if draw(st.booleans())]
    people = PeopleLabels(
        np.array(labelled, np.int64),
        np.array([frame for frame, _ in rows], np.int64),
        strings(*(who for _, who in rows)),
        np.array([box() for _ in rows]).reshape(-1, 4),
        strings(*("player" if cast[who][0] else "referee" for _, who in rows)),
        *(strings(*(cast[who][i] for _, who in rows)) for i in range(3)),
        np.array([draw(st.tuples(PLACES, PLACES) | st.just((np.nan, np.nan))) for _ in rows]).reshape(-1, 2),
        np.array([draw(st.floats(0, 1) | UNKNOWN) for _ in rows]),
    )
    court_frames = draw(frames)
    valid = np.array([draw(st.booleans()) for _ in court_frames], bool)
    matrices = np.array([np.eye(3) + np.array(draw(st.lists(st.floats(-0.3, 0.3), min_size=9, max_size=9))).reshape(3, 3) for _ in court_frames]).reshape(
        -1, 3, 3
    )
    matrices[~valid] = np.nan
    court = CourtLabels("high-school", (1.5, -2.0, draw(SIZES), 1e-3, draw(PLACES), 0.0), np.array(court_frames, np.int64), valid, matrices)
    looked_at = draw(frames)
    seen = [frame for frame in looked_at if draw(st.booleans())]
    ball = BallLabels(
        np.array(looked_at, np.int64),
        np.array(seen, np.int64),
        np.array([box() for _ in seen]).reshape(-1, 4),
        np.array([draw(st.tuples(PLACES, PLACES, PLACES) | st.just((np.nan, np.nan, np.nan))) for _ in seen]).reshape(-1, 3),
    )
    facts = st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(max_size=9), max_size=3)
    facts = facts.map(lambda known: json.loads(json.dumps(known)))
    seen_people = [None, *{who for _, who in rows}]
    events = tuple(
        Event(draw(st.sampled_from(KINDS)), start, start + draw(st.floats(0, 9)), draw(st.sampled_from(seen_people)), None, draw(facts))
        for start in draw(st.lists(st.floats(0, 1), max_size=3))
    )
    return Truth(
        draw(NAMES.filter(lambda name: "/" not in name and "\\" not in name)),
        width,
        height,
        draw(st.fractions(1, 240)),
        n_frames,
        teams,
        tuple(draw(frames)),
        draw(st.none() | st.just(people)),
        draw(st.none() | st.just(court)),
        draw(st.none() | st.just(ball)),
        events,
    )


@settings(deadline=None, max_examples=60)
@given(truths())
def test_any_truth_survives_the_disk(truth: Truth) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_truth(truth, Path(folder) / "x.truth")
        assert_equal(read_truth(Path(folder) / "x.truth"), truth)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "cause"),
    [
        # boxes and frames
        ("people.csv", "10,A,630,300,700,400", "10,A,642,300,700,400", "people.csv, line 5: the box 642, 300, 700, 400 lies outside the picture of 640x480"),
        ("people.csv", "0,R,-5,20,15,70", "0,R,-50,20,-15,70", "people.csv, line 4: the box -50, 20, -15, 70 lies outside"),
        ("people.csv", "0,A,10,20,30", "0,A,30,20,30", "people.csv, line 2: x2 30 is not above x1 30"),
        ("people.csv", "0,A,10,20,30,60.5", "0,A,10,80,30,60.5", "people.csv, line 2: y2 60.5 is not above y1 80"),
        ("people.csv", "0,A,10,20", "0,A,ten,20", "people.csv, line 2: x1 'ten' is not a number"),
        ("people.csv", "60.5", '"60,5"', "people.csv, line 2: y2 '60,5' is not a number; write 60.5"),
        ("people.csv", "60.5", "nan", "people.csv, line 2: y2 'nan' is not a number"),
        ("people.csv", "0,A,10,20", "0,A,,20", "people.csv, line 2: x1 is empty"),
        ("people.csv", "10,A,630", "60,A,630", "people.csv, line 5: frame 60 is beyond the clip, which has 60 frames (0 to 59)"),
        ("people.csv", "10,A,630", "11,A,630", "people.csv, line 5: frame 11 is not among the labelled frames"),
        ("people.csv", "10,A,630", "-1,A,630", "people.csv, line 5: frame '-1' is not a frame number"),
        ("people.csv", "10,A,630", "1e1,A,630", "people.csv, line 5: frame '1e1' is not a frame number"),
        # who is who
        (
            "people.csv",
            "player,Home,0,Zero,1.5",
            "player,Hoem,0,Zero,1.5",
            "people.csv, line 2: unknown team 'Hoem' (did you mean 'Home'?); the teams are Home, Away",
        ),
        ("people.csv", "player,Home,0,Zero,1.5", "plyer,Home,0,Zero,1.5", "people.csv, line 2: unknown role 'plyer' (did you mean 'player'?)"),
        ("people.csv", "0,B,40", "0,A,40", "people.csv, line 3: 'A' is in frame 0 already (" + "{folder}/people.csv, line 2)"),
        ("people.csv", "Home,00,,", "Home,0,,", "people.csv, line 3: number 0 of Home is 'A' in frame 0 already ("),
        ("people.csv", "Home,0,Zero,-14.1", "Home,00,Zero,-14.1", "people.csv, line 5: 'A' has number '00' here but '0' before ("),
        ("people.csv", "Home,0,Zero,-14.1", "Away,0,Zero,-14.1", "people.csv, line 5: 'A' has team 'Away' here but 'Home' before ("),
        ("people.csv", "Home,00", "Home,07", "people.csv, line 3: number '07' is not a jersey number (did you mean '7'?)"),
        ("people.csv", "Home,00", "Home,100", "people.csv, line 3: number '100' is not a jersey number;"),
        ("people.csv", "referee,,", "referee,Home,", "people.csv, line 4: a referee has no team, but 'R' has 'Home'"),
        ("people.csv", "0,B,", "0,,", "people.csv, line 3: who is empty"),
        ("people.csv", "1.5,-2.25", "1.5,", "people.csv, line 2: court_x_m and court_y_m are two numbers"),
        ("people.csv", "0.25", "25", "people.csv, line 3: visible 25 is not between 0 and 1"),
        # the shape of a table
        ("people.csv", "frame,who", "frame,whom", "people.csv, line 1: unknown column 'whom' (did you mean 'who'?)"),
        ("people.csv", ",visible", ",who", "people.csv, line 1: column 'who' is there twice"),
        ("people.csv", "frame,who,x1", "frame,x1", "people.csv, line 1: column 'who' is missing"),
        ("people.csv", "0,B,40", "0,B,40,1", "people.csv, line 3: 14 cells where the first line names 13 columns"),
        ("people.csv", ",B,", ',"B,', "people.csv, line 5: not a CSV file ("),
        ("ball.csv", "frame,", "", "ball.csv, line 1: column 'frame' is missing"),
        ("ball.csv", "3.05", "", "ball.csv, line 2: court_x_m, court_y_m and court_z_m are three numbers"),
        ("court.csv", "6,0,", "0,0,", "court.csv, line 3: frame 0 is there already ("),
        ("court.csv", "6,0,", "6,maybe,", "court.csv, line 3: valid 'maybe' is neither 1"),
        ("court.csv", "6,0,", "6,1,", "court.csv, line 3: the court is in view but not all nine numbers"),
        ("court.csv", "30,-15.5,320,2,12,250", "30,-15.5,320,60,-31,640", "court.csv, line 2: the nine numbers are no homography"),
        # events
        ("events.json", '"shot"', '"shoot"', "events.json, line 2: unknown kind 'shoot' (did you mean 'shot'?)"),
        ("events.json", '"start_s": 0.5', '"start_s": 5', "events.json, line 2: start_s 5.0 to end_s 0.9 is no stretch of time"),
        ("events.json", '"start_s": 1, "end_s": 1', '"start_s": 9, "end_s": 9', "events.json, line 3: start_s 9 is beyond the clip, which lasts 2.00 s"),
        ("events.json", '"who": "A"', '"who": "AA"', "events.json, line 2: unknown who 'AA' (did you mean 'A'?)"),
        ("events.json", '"team": "Away"', '"team": "Way"', "events.json, line 3: unknown team 'Way' (did you mean 'Away'?)"),
        ("events.json", '"team": "Away"', '"taem": "Away"', "events.json, line 3: unknown key 'taem' (did you mean 'team'?)"),
        ("events.json", '"start_s": 0.5, ', "", "events.json, line 2: 'start_s' is missing in the event"),
        ("events.json", '"end_s": 0.9', '"end_s": "0.9"', "events.json, line 2: 'end_s' is \"0.9\" where a number is needed"),
        ("events.json", '"points": 3', '"points": NaN', "events.json: not JSON (NaN is not a number)"),
        ("events.json", "},", "}", "events.json, line 3: not JSON ("),
        # the clip
        ("truth.json", '"name": "clip"', '"name": ""', "truth.json, line 3: name '' is not a clip's"),
        ("truth.json", '"width": 640', '"width": 0', "truth.json, line 3: width 0 is impossible"),
        ("truth.json", '"width": 640', '"width": "640"', "truth.json, line 5: 'width' is \"640\" where a whole number is needed"),
        ("truth.json", '"width": 640', '"width": true', "truth.json, line 5: 'width' is true where a whole number is needed"),
        ("truth.json", '"width": 640,', "", "truth.json: 'width' is missing in clip"),
        ("truth.json", "30000/1001", "30000/0", "truth.json, line 7: rate '30000/0' is not a frame rate"),
        ("truth.json", "30000/1001", "5000", "truth.json, line 3: rate 5000 is impossible"),
        ("truth.json", '"n_frames": 60', '"n_frames": 10', "truth.json, line 31: labelled: frame 20 is beyond the clip, which has 10 frames"),
        ("truth.json", "0-20/10", "0-20/x", "truth.json, line 31: labelled: '0-20/x' is no range"),
        ("truth.json", '"format": 1', '"format": 2', "truth.json, line 2: format 2 is not one that this version reads (1)"),
        ("truth.json", '"people"', '"peeple"', "unknown key 'peeple' (did you mean 'people'?)"),
        ("truth.json", '"cuts": [\n    4', '"cuts": [\n    40', "cuts [40, 30] do not rise"),
        ("truth.json", "    30\n", "    60\n", "cut 60 is beyond the clip"),
        ("truth.json", '"name": "Away"', '"name": "Home"', "team 'Home' is there twice"),
        ("truth.json", "#112233", "red", "color 'red' of 'Home' is not a color; write \"#RRGGBB\""),
        ("truth.json", '"00": "Double"', '"000": "Double"', "'000' of 'Home' is not a jersey number"),
        ("truth.json", '"league": "nba"', '"league": "nbaa"', "unknown league 'nbaa' (did you mean 'nba'?)"),
        ("truth.json", '"sx": 300.0', '"sx": 0', "lens (320.0, 240.0, 0.0, 300.5, 0.01, -0.002) is impossible"),
        ("truth.json", '"k1"', '"k3"', "unknown key 'k3' (did you mean 'k2'?); lens has cx, cy, sx, sy, k1, k2"),
        ("truth.json", '"court": {', '"court": {,', "truth.json, line 34: not JSON ("),
    ],
)
def test_what_a_hand_gets_wrong_is_named_with_its_line(folder: Path, name: str, old: str, new: str, cause: str) -> None:
    edit(folder, name, old, new)
    with pytest.raises(TruthError) as caught:
        read_truth(folder)
    message = str(caught.value)
    assert cause.replace("{folder}", str(folder)) in message
    assert message.startswith(str(folder)) and "\n" not in message


@pytest.mark.parametrize(
    ("shots", "cause"),
    [
        ({"main": "0-40", "replay": "40-59"}, "frame 40 is 'main' and 'replay'; a frame is of one kind"),
        ({"main": "0-60"}, "main: frame 60 is beyond the clip, which has 60 frames"),
        ({"main": "0-x"}, "main: '0-x' is no range"),
        ({"main": 3}, "'main' is 3 where text in quotes is needed"),
        ({"closeup": "0-9"}, "unknown key 'closeup' (did you mean 'close-up'?); 'shots' has main, close-up, replay, crowd"),
        (["main"], "'shots' is"),
    ],
)
def test_kinds_of_shots_that_cannot_be_are_refused(folder: Path, shots: Any, cause: str) -> None:
    document = json.loads((folder / "truth.json").read_text())
    (folder / "truth.json").write_text(json.dumps({**document, "shots": shots}, indent=2))
    with pytest.raises(TruthError, match=re.escape(cause)):
        read_truth(folder)


def _empty(folder: Path) -> None:
    document = json.loads((folder / "truth.json").read_text())
    for table in ("people", "court", "ball", "events"):
        del document[table]
    for path in folder.iterdir():
        path.unlink()
    (folder / "truth.json").write_text(json.dumps(document))


def _forgotten(folder: Path) -> None:
    edit(folder, "truth.json", '"ball": {\n    "labelled": "0-2"\n  },\n', "")


def _semicolons(folder: Path) -> None:
    path = folder / "people.csv"
    path.write_text(path.read_text().replace(",", ";"))


def _latin(folder: Path) -> None:
    edit(folder, "people.csv", "Zero", "Zoë")
    path = folder / "people.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (lambda folder: (folder / "truth.json").unlink(), "no truth.json in it"),
        (lambda folder: (folder / "truth.json").write_text(""), "truth.json, line 1: not JSON"),
        (lambda folder: (folder / "truth.json").write_text("[]"), "truth.json: the file is not an object"),
        (lambda folder: (folder / "truth.json").write_text("[" * 100_000), "truth.json: not JSON ("),
        (lambda folder: (folder / "people.csv").unlink(), "people.csv: no such file"),
        (lambda folder: (folder / "people.csv").write_text("\n\n"), "people.csv: empty; its first line names the columns: frame,"),
        (lambda folder: (folder / "events.json").write_text("{}"), "events.json: not a list"),
        (lambda folder: (folder / "events.json").write_text("[3]"), "events.json, line 1: 'event' is 3 where an object"),
        (_empty, "the truth is empty: no frame is labelled"),
        (_forgotten, 'ball.csv lies beside it, but there is no "ball" in it'),
        (_semicolons, "people.csv, line 1: the columns are not separated by commas"),
        (_latin, "people.csv, line 2: not UTF-8"),
    ],
)
def test_a_damaged_folder_is_named(folder: Path, damage: Callable[[Path], object], cause: str) -> None:
    damage(folder)
    with pytest.raises(TruthError) as caught:
        read_truth(folder)
    assert cause in str(caught.value)


def test_what_spreadsheets_do_to_a_table_is_forgiven(folder: Path) -> None:
    header, *rows = (folder / "people.csv").read_text(encoding="utf-8").splitlines()
    rows = [rows[3], *rows[:3], "," * header.count(","), ""]  # sorted by another column, with the empty rows that were below
    text = "\r\n".join([header, *rows]).replace(",Home,", ", Home ,")
    (folder / "people.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    text = (folder / "court.csv").read_text().replace("0,1,", "0,TRUE,", 1).replace("6,0,", "6,False,")
    (folder / "court.csv").write_text(text)
    assert_equal(read_truth(folder), full_truth())


def test_columns_that_are_not_known_may_be_left_out(folder: Path) -> None:
    (folder / "people.csv").write_text("role,who,x1,y1,x2,y2,frame\nplayer,A,1,2,3,4,10\n")
    edit(folder, "truth.json", '"labelled": "0-20/10"', "")
    people = read_truth(folder).people
    assert people is not None
    assert people.labelled.tolist() == [10] and people.number.tolist() == [None] and np.isnan(people.court_m).all()


@pytest.mark.parametrize("number", ["0", "00"])
def test_0_is_not_00(tmp_path: Path, number: str) -> None:
    people = replace(PeopleLabels(), labelled=np.array([0]), frame=np.array([0]), who=strings("A"), xyxy=np.array([[0.0, 0, 9, 9]]), role=strings("player"))
    people = replace(people, team=strings("Home"), number=strings(number), player=strings(None), court_m=np.full((1, 2), np.nan), visible=np.array([np.nan]))
    write_truth(Truth("clip", 64, 48, Fraction(30), 1, (HOME, AWAY), people=people), tmp_path / "x")
    read = read_truth(tmp_path / "x").people
    assert read is not None and read.number.tolist() == [number]


def test_labels_are_replaced_but_nothing_else_is(tmp_path: Path, folder: Path) -> None:
    smaller = replace(full_truth(), ball=None)
    write_truth(smaller, folder)
    assert_equal(read_truth(folder), smaller)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(TruthError, match=r"holds 'notes.txt', which is no labels"):
        write_truth(full_truth(), folder)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TruthError, match="a file is there"):
        write_truth(full_truth(), tmp_path / "file")
    (folder / "notes.txt").unlink()
    assert_equal(read_truth(folder), smaller)


def test_a_folder_that_cant_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TruthError, match="can't write"):
        write_truth(full_truth(), tmp_path / "file" / "x.truth")


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"name": "../up"}, "clip: name '../up' is not a clip's"),
        ({"teams": ()}, "people, row 0: unknown team 'Home'; no teams are given"),
        ({"people": PeopleLabels(labelled=np.array([5, 5]))}, "people: the labelled frames do not rise"),
        ({"people": PeopleLabels(labelled=np.array([-1]))}, "people: labelled frame -1 is beyond"),
        ({"people": PeopleLabels(frame=np.array([1]))}, "people: xyxy has shape (0, 4) where (1, 4) is needed"),
        ({"court": CourtLabels(frame=np.array([2, 1]), valid=np.zeros(2, bool), court_to_pinhole=np.zeros((2, 3, 3)))}, "court: the rows are not sorted"),
        ({"events": (Event("shot", 0, 0, facts={"x": {1, 2}}),)}, "events, row 0: the facts can't be written as JSON"),
        ({"events": (Event("shot", 0, 0, facts={"x": float("nan")}),)}, "events, row 0: the facts can't be written as JSON"),
        ({"events": (Event("shot", 0, 0, facts={"x": "\ud800"}),)}, "events, row 0: the facts can't be written as JSON"),
        ({"events": (Event("shot", float("nan"), 0),)}, "events, row 0: start_s nan"),
    ],
)
def test_what_cant_be_true_is_not_written(tmp_path: Path, change: dict[str, Any], cause: str) -> None:
    with pytest.raises(TruthError) as caught:
        write_truth(replace(full_truth(), **change), tmp_path / "x.truth")
    assert cause in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_the_documented_example_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "truth.md").read_text(encoding="utf-8")
    main, events = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (tmp_path / "truth.json").write_text(main, encoding="utf-8")
    (tmp_path / "events.json").write_text(events, encoding="utf-8")
    (tmp_path / "people.csv").write_text("frame,who,x1,y1,x2,y2,role,team\n0,DAL-41,1,2,3,4,player,Dallas Mavericks\n")
    (tmp_path / "court.csv").write_text("frame,valid,h11,h12,h13,h21,h22,h23,h31,h32,h33\n0,0,,,,,,,,,\n")
    (tmp_path / "ball.csv").write_text("frame,x1,y1,x2,y2\n")
    truth = read_truth(tmp_path)
    assert truth.ball is not None and truth.ball.labelled.tolist() == [*range(101), 103]
    assert truth.events is not None and [event.kind for event in truth.events] == ["shot", "turnover"]
