"""Labels of other kinds, small made-up ones and the real ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from courtside.court import Lens
from courtside.court.dimensions import FOOT_M
from courtside.errors import TruthError
from courtside.truth import Truth, clip_info, clip_of_run, load_truth, mot_text, write_truth
from courtside.types import ClipInfo
from truths import assert_equal, full_truth

CLIP = ClipInfo("videos/pr1.mp4", 640, 480, Fraction(30), 60)
CSV = """frame,x1,y1,x2,y2,role,team,number,who
10,50,60,70,90.5,player,Spurs,00,SAS-00
0,10,20,30,40,referee,,,REF-1
0,50,60,70,90,player,Spurs,0,SAS-0
"""


def people_of(truth: Truth) -> list[tuple[Any, ...]]:
    people = truth.people
    assert people is not None
    return list(zip(people.frame.tolist(), people.who, map(tuple, people.xyxy.tolist()), people.role, people.team, people.number, strict=True))


def test_our_own_folder(tmp_path: Path) -> None:
    write_truth(full_truth(), tmp_path / "x")
    assert_equal(load_truth(tmp_path / "x"), full_truth())
    assert_equal(load_truth(tmp_path / "x" / "truth.json"), full_truth())
    assert load_truth(tmp_path / "x", name="other").name == "other"


def test_who_is_who_from_a_csv(tmp_path: Path) -> None:
    (tmp_path / "pr1.csv").write_text(CSV)
    truth = load_truth(tmp_path / "pr1.csv", CLIP)
    assert people_of(truth) == [
        (0, "REF-1", (10, 20, 30, 40), "referee", None, None),
        (0, "SAS-0", (50, 60, 70, 90), "player", "Spurs", "0"),
        (10, "SAS-00", (50, 60, 70, 90.5), "player", "Spurs", "00"),
    ]
    assert truth.people is not None and truth.people.labelled.tolist() == [0, 10]
    assert (truth.name, truth.width, truth.height, truth.rate, truth.n_frames) == ("pr1", 640, 480, 30, 60)
    assert [team.name for team in truth.teams] == ["Spurs"]
    assert clip_info(truth) == ClipInfo("pr1", 640, 480, Fraction(30), 60)


H = [[3.0, -1.5, 320], [0.2, 1.2, 250], [-0.001, -0.004, 0.8]]
LENS = {"cx": 320, "cy": 240, "sx": 320, "sy": 240, "k1": 0.01, "k2": 0.001}


def court_json(**change: Any) -> dict[str, Any]:
    frames = {"0006": {"court": False}, "0000": {"court_to_image": np.eye(3).tolist(), "court_to_pinhole": H}}
    return {"clip": "pr1", "size": [640, 480], "units": "court feet", "lens": LENS, "frames": frames} | change


@pytest.mark.parametrize(("x_ft", "y_ft"), [(0, 0), (47, 25), (94, 50), (19, 17)])
def test_where_the_court_lies_from_feet_to_metres(tmp_path: Path, x_ft: float, y_ft: float) -> None:
    (tmp_path / "pr1.json").write_text(json.dumps(court_json()))
    truth = load_truth(tmp_path / "pr1.json", CLIP)
    court = truth.court
    assert court is not None and court.league == "nba" and court.frame.tolist() == [0, 6] and court.valid.tolist() == [True, False]
    assert np.isnan(court.court_to_pinhole[1]).all()
    seen = court.court_to_pinhole[0] @ [(x_ft - 47) * FOOT_M, (y_ft - 25) * FOOT_M, 1]
    expected = np.array(H) @ [x_ft, y_ft, 1]
    np.testing.assert_allclose(seen, expected, atol=1e-9)
    assert court.lens == (320, 240, 320, 240, 0.01, 0.001)


def test_stills_need_no_clip_and_a_plain_map_no_lens(tmp_path: Path) -> None:
    document = court_json(units="pixels of the 640x640 stretched frame", frames={"0117": {"court_to_image": H}})
    del document["size"], document["lens"]
    (tmp_path / "x.json").write_text(json.dumps(document))
    truth = load_truth(tmp_path / "x.json")
    assert (truth.width, truth.height, truth.n_frames, truth.rate) == (640, 640, 118, 30)
    assert truth.court is not None and Lens(*truth.court.lens) == Lens()


MOT = """1,2,10,20,30,40,1,1,0.5
3,1,50,60,20,30,1,1,1

1,9,0,0,5,5,0,1,1
1,8,0,0,5,5,1,7,1
"""


def test_mot_text_with_a_clip(tmp_path: Path) -> None:
    (tmp_path / "pr1.txt").write_text(MOT)
    truth = load_truth(tmp_path / "pr1.txt", CLIP)
    assert people_of(truth) == [(0, "2", (10, 20, 40, 60), "player", None, None), (2, "1", (50, 60, 70, 90), "player", None, None)]
    assert truth.name == "pr1" and truth.people is not None
    assert truth.people.labelled.tolist() == [0, 2] and truth.people.visible.tolist() == [0.5, 1]


@pytest.mark.parametrize("inside", [".", "gt/gt.txt"])
def test_mot_sequence_knows_its_clip(tmp_path: Path, inside: str) -> None:
    (tmp_path / "gt").mkdir()
    (tmp_path / "gt" / "gt.txt").write_text("1,1,10,20,30,40,1,-1,-1,-1\n")
    (tmp_path / "seqinfo.ini").write_text("[Sequence]\nname=v_1\nframeRate=25\nseqLength=100\nimWidth=1280\nimHeight=720\n")
    truth = load_truth(tmp_path / inside)
    assert (truth.name, truth.width, truth.height, truth.rate, truth.n_frames) == ("v_1", 1280, 720, 25, 100)
    assert truth.people is not None and np.isnan(truth.people.visible).all()


def test_mot_of_a_truth_is_that_truth_again(tmp_path: Path) -> None:
    (tmp_path / "clip.txt").write_text(mot_text(full_truth()))
    again = load_truth(tmp_path / "clip.txt", ClipInfo("clip.mp4", 640, 480, Fraction(30), 60))
    rows = people_of(full_truth())
    ids = {"A": "1", "B": "2", "R": "3"}
    assert [(frame, who, box) for frame, who, box, *_ in people_of(again)] == [(frame, ids[who], box) for frame, who, box, *_ in rows]
    before = full_truth().people
    assert before is not None and again.people is not None
    np.testing.assert_array_equal(again.people.visible, before.visible)


def coco(names: list[str], annotations: list[dict[str, Any]]) -> dict[str, Any]:
    classes = ["ball", "ball-in-basket", "number", "player", "player-jump-shot", "referee", "rim"]
    images = [{"id": i, "file_name": name, "width": 640, "height": 480} for i, name in enumerate(names)]
    return {
        "images": images,
        "annotations": [{"id": 100 + i, "bbox": [10, 20, 30, 40]} | one for i, one in enumerate(annotations)],
        "categories": [{"id": 0, "name": "basketball"}, *({"id": i, "name": name} for i, name in enumerate(classes, 1))],
    }


def test_coco_people_and_ball(tmp_path: Path) -> None:
    labels = [
        {"image_id": 1, "category_id": 5},
        {"image_id": 0, "category_id": 6, "track_id": 7},
        {"image_id": 0, "category_id": 3},  # a number
        {"image_id": 0, "category_id": 4, "attributes": {"track_id": 3}},
        {"image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2]},
        {"image_id": 1, "category_id": 1, "bbox": [5, 5, 8, 8.5]},
        {"image_id": 0, "category_id": 2},  # in the basket, and no box of the ball itself
        {"image_id": 2, "category_id": 4, "iscrowd": 1},
    ]
    names = ["pr1-0030_png.rf.0a1b.jpg", "pr1-0007_png.rf.ffff.jpg", "pr1-0031_png.rf.1234.jpg"]
    (tmp_path / "_annotations.coco.json").write_text(json.dumps(coco(names, labels)))
    for path in (tmp_path, tmp_path / "_annotations.coco.json"):
        truth = load_truth(path)
        assert people_of(truth) == [
            (7, "box 100", (10, 20, 40, 60), "player", None, None),
            (30, "track 7", (10, 20, 40, 60), "referee", None, None),
            (30, "track 3", (10, 20, 40, 60), "player", None, None),
        ]
        assert truth.people is not None and truth.ball is not None
        assert truth.people.labelled.tolist() == [7, 30, 31]
        assert truth.ball.labelled.tolist() == [7, 31] and truth.ball.frame.tolist() == [7] and truth.ball.xyxy.tolist() == [[5, 5, 13, 13.5]]
        assert (truth.name, truth.n_frames, truth.rate) == ("pr1", 32, 30)


@pytest.mark.parametrize(
    ("names", "frames"),
    [
        (["b.jpg", "a.jpg", "c.jpg"], [1, 0, 2]),
        (["frame_0002.png", "frame_0001.png", "frame_0010.png"], [2, 1, 10]),
        (["000002.jpg", "000000.jpg", "000004.jpg"], [2, 0, 4]),
    ],
)
def test_coco_frames_are_numbers_in_the_names_or_their_order(tmp_path: Path, names: list[str], frames: list[int]) -> None:
    labels = [{"image_id": i, "category_id": 4} for i in range(3)]
    (tmp_path / "x.json").write_text(json.dumps(coco(names, labels)))
    assert sorted((who, frame) for frame, who, *_ in people_of(load_truth(tmp_path / "x.json"))) == [
        (f"box {100 + i}", frame) for i, frame in enumerate(frames)
    ]


def test_coco_of_several_clips_is_read_one_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps(coco(["pr1-3.jpg", "pr2-4.jpg"], [{"image_id": i, "category_id": 4} for i in range(2)])))
    assert [row[0] for row in people_of(load_truth(tmp_path / "x.json", name="pr2"))] == [4]
    with pytest.raises(TruthError, match=r"pictures of 2 clips \(pr1, pr2, ...\); say which with --name"):
        load_truth(tmp_path / "x.json")
    with pytest.raises(TruthError, match=r"clip 'pr3' is none of them \(did you mean"):
        load_truth(tmp_path / "x.json", name="pr3")


def make_run(folder: Path, tracks: list[tuple[int, int, str | None, str | None]]) -> Path:
    """An output folder; tracks are (frame, track_id, team, number), everybody in a box of their own."""
    folder.mkdir()
    clip = {"path": "videos/pr1.mp4", "width": 640, "height": 480, "rate": "30000/1001", "n_frames": 60, "cuts": [4]}
    teams = [{"name": "Home", "color": "#112233", "jersey": None, "players": {"0": "Zero"}}]
    (folder / "result.json").write_text(json.dumps({"format": 1, "clip": clip, "teams": teams}))
    columns: dict[str, list[Any]] = {name: [row[i] for row in tracks] for i, name in enumerate(("frame", "track_id", "team", "number"))}
    columns |= {side: [10.04 * row[1] + 9 * (side in ("x2", "y2")) for row in tracks] for side in ("x1", "y1", "x2", "y2")}
    columns |= {"role": ["player" if row[2] else "referee" for row in tracks], "player": ["Zero" if row[3] == "0" else None for row in tracks]}
    strings = ("team", "number", "player", "role")
    pq.write_table(pa.table({name: pa.array(column, pa.string() if name in strings else None) for name, column in columns.items()}), folder / "tracks.parquet")
    return folder


def test_a_run_is_a_start(tmp_path: Path) -> None:
    tracks = [(0, 1, "Home", "0"), (0, 2, None, None), (1, 3, "Home", "00"), (1, 4, "Home", None), (2, 5, "Home", "0")]
    run = make_run(tmp_path / "out", tracks)
    for path in (run, run / "result.json", run / "tracks.parquet"):
        truth = load_truth(path)
        assert [row[1] for row in people_of(truth)] == ["Home 0", "track 2", "Home 00", "track 4", "Home 0"]
    assert truth.people is not None and truth.people.player.tolist() == ["Zero", None, None, None, "Zero"]
    assert (truth.name, truth.rate, truth.cuts, len(truth.people.labelled)) == ("pr1", Fraction(30000, 1001), (4,), 60)
    assert truth.people.xyxy[0].tolist() == [10, 10, 19, 19]
    assert clip_of_run(run) == ClipInfo("videos/pr1.mp4", 640, 480, Fraction(30000, 1001), 60)


def test_a_run_that_found_nobody_is_a_start_too(tmp_path: Path) -> None:
    truth = load_truth(make_run(tmp_path / "out", []))
    assert people_of(truth) == [] and truth.people is not None and len(truth.people.labelled) == 60


def write(path: Path, content: str | dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


@pytest.mark.parametrize(
    ("name", "content", "clip", "cause"),
    [
        ("x.csv", "", CLIP, "x.csv: empty; its first line names the columns"),
        ("x.csv", CSV, None, "x.csv: doesn't say the size, rate and length of its clip; give the clip (--clip CLIP.mp4) or a run"),
        ("x.csv", CSV, ClipInfo("x", 640, 480, Fraction(30), None), "doesn't say the size"),
        ("x.csv", CSV, ClipInfo("x", 640, 480, Fraction(30), 10), "x.csv, line 2: frame 10 is beyond the clip, which has 10 frames"),
        ("x.csv", CSV, ClipInfo("x", 40, 480, Fraction(30), 60), "x.csv, line 4: the box 50, 60, 70, 90 lies outside the picture of 40x480"),
        ("x.csv", CSV.splitlines()[0], CLIP, "x.csv: the truth is empty"),
        ("x.csv", CSV.replace("SAS-0,", "REF-1,").replace("SAS-0\n", "REF-1\n"), CLIP, "x.csv, line 4: 'REF-1' is in frame 0 already ("),
        ("x.json", court_json(), None, "x.json: doesn't say the size, rate and length"),
        ("x.json", court_json(), ClipInfo("x.mp4", 1280, 720, Fraction(30), 60), "labels of 640x480 pixels, but x.mp4 has 1280x720"),
        ("x.json", court_json(frames={}), CLIP, "x.json: no frame is labelled"),
        ("x.json", court_json(frames={"first": {}}), CLIP, "x.json, line 1: frame 'first' is not a frame number"),
        ("x.json", court_json(frames={"0060": {"court": False}}), CLIP, "x.json, line 1: frame 60 is beyond the clip"),
        ("x.json", court_json(frames={"6": {"court": False}, "06": {}}), CLIP, "frame 6 is there already"),
        ("x.json", court_json(frames={"6": {"court_to_pinhole": [[1, 2], [3]]}}), CLIP, "court_to_pinhole is not a list of three lists"),
        ("x.json", court_json(frames={"6": {"court_to_image": H}}), CLIP, "court_to_pinhole is not a list"),  # there is a lens, so the plain map is another
        ("x.json", court_json(lens={"cx": 1}), CLIP, "'cy' is missing in lens"),
        ("x.json", court_json(size=[640]), CLIP, "size is [width, height]"),
        ("x.json", "{", CLIP, "x.json, line 1: not JSON"),
        ("x.json", {"boxes": []}, CLIP, "x.json: labels of no known kind; give a folder of labels"),
        ("x.json", "[]", CLIP, "x.json: labels of no known kind"),
        ("x.mp4", "", CLIP, "x.mp4: labels of no known kind"),
        ("x.txt", "", CLIP, "x.txt: nobody is labelled in it"),
        ("x.txt", "1,1,10,20,30\n", CLIP, "x.txt, line 1: not frame,id,left,top,width,height"),
        ("x.txt", "\n1,one,10,20,30,40\n", CLIP, "x.txt, line 2: not frame,id"),
        ("x.txt", "0,1,10,20,30,40\n", CLIP, "x.txt, line 1: frame 0; in this format frames count from 1"),
        ("x.txt", "61,1,10,20,30,40\n", CLIP, "x.txt, line 1: frame 60 is beyond the clip"),
        ("x.txt", "2,1,10,20,nan,40\n", CLIP, "x.txt, line 1: a side of the box is not a number"),
        ("x.txt", MOT, None, "x.txt: doesn't say the size"),
        ("seqinfo.ini", "[Sequence]\nimWidth=1280\n", None, "gt.txt: no such file"),
        ("x.json", coco([], []), None, "x.json: no pictures in it"),
        ("x.json", coco(["a1.jpg"], [{"image_id": 0, "category_id": 0}]), None, "annotation 100: unknown class 'basketball'"),
        ("x.json", coco(["a1.jpg"], [{"image_id": 0, "category_id": 4, "bbox": [1, 2, 3]}]), None, "annotation 100: bbox is not [left"),
        ("x.json", coco(["a1.jpg"], [{"image_id": 0, "category_id": 4, "bbox": [1, 2, 0, 3]}]), None, "annotation 100: x2 1 is not above x1 1"),
        ("x.json", coco(["a1.jpg"], [{"image_id": 0, "category_id": 4, "bbox": [900, 2, 3, 3]}]), None, "annotation 100: the box 900, 2, 903, 5 lies outside"),
        ("x.json", coco(["a1.jpg", "a01.png"], []), None, "are both frame 1"),
        ("x.json", coco(["a1.jpg"], []), ClipInfo("x.mp4", 1280, 720, Fraction(30), 60), "labels of 640x480 pixels, but x.mp4 has 1280x720"),
        ("folder/readme.md", "", CLIP, "folder: no labels of a known kind in this folder"),
        ("folder/pr1/result.json", "{}", CLIP, "folder: no labels of a known kind"),
        ("folder/result.json", "{}", CLIP, "result.json: damaged; run `courtside run` again"),
        ("folder/records/manifest.json", "{}", CLIP, "folder: no result.json there; run `courtside run`"),
    ],
)
def test_bad_labels_are_named(tmp_path: Path, name: str, content: str | dict[str, Any], clip: ClipInfo | None, cause: str) -> None:
    write(tmp_path / name, content)
    path = tmp_path / name.partition("/")[0]
    with pytest.raises(TruthError) as caught:
        load_truth(path if path.name != "seqinfo.ini" else tmp_path, clip)
    assert cause in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match=r"x\.truth: no such file or folder"):
        load_truth(tmp_path / "x.truth")


def test_a_bad_sequence_is_named(tmp_path: Path) -> None:
    write(tmp_path / "gt" / "gt.txt", "1,1,10,20,30,40\n")
    write(tmp_path / "seqinfo.ini", "[Sequence]\nimWidth=1280\n")
    with pytest.raises(TruthError, match=r"seqinfo\.ini: \[Sequence\] needs imWidth, imHeight, frameRate and seqLength"):
        load_truth(tmp_path)


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (lambda run: (run / "tracks.parquet").write_text("no"), "damaged ("),
        (lambda run: (run / "tracks.parquet").unlink(), "damaged ("),
        (lambda run: pq.write_table(pa.table({"frame": [1]}), run / "tracks.parquet"), "damaged ("),
        (lambda run: (run / "result.json").write_text("{"), "result.json, line 1: not JSON"),
    ],
)
def test_a_damaged_run_is_named(tmp_path: Path, damage: Callable[[Path], object], cause: str) -> None:
    run = make_run(tmp_path / "out", [(0, 1, None, None)])
    damage(run)
    with pytest.raises(TruthError) as caught:
        load_truth(run)
    assert cause in str(caught.value)


def test_a_run_of_several_clips_says_which_folders_to_give(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    make_run(tmp_path / "out" / "pr1", [])
    with pytest.raises(TruthError, match=r"no records/manifest.json there; give one clip's folder, such as .*pr1"):
        clip_of_run(tmp_path / "out")


REAL = {
    "pr20": (1920, 1080, 30, 202),
    "pr16": (1920, 1080, 30, 194),
    "nba3": (1280, 720, Fraction(30000, 1001), 199),
    "nba12": (1280, 720, Fraction(30000, 1001), 64),
}


@pytest.mark.parametrize("name", REAL)
def test_the_real_tracks(shared_data: Path, name: str) -> None:
    width, height, rate, n_frames = REAL[name]
    people = load_truth(shared_data / "truth" / "tracks" / f"{name}.csv", ClipInfo(name, width, height, Fraction(rate), n_frames)).people
    assert people is not None
    assert len(set(people.who)) == 13 and set(np.diff(people.labelled)) == {10}


def test_the_real_courts(shared_data: Path) -> None:
    files = sorted((shared_data / "truth" / "court").glob("*.json"))
    assert len(files) == 24
    for path in files:
        document = json.loads(path.read_text())
        width, height = document.get("size", (640, 640))
        truth = load_truth(path, ClipInfo(path.stem, width, height, Fraction(30), 400) if "size" in document else None)
        court = truth.court
        assert court is not None and len(court.frame) == len(document["frames"])
        # the floor in the middle of the picture's lower half is on or beside the court, and in front of the camera
        centre = Lens(*court.lens).unbend(np.array([[width / 2, 0.6 * height]]))[0]
        for matrix in court.court_to_pinhole[court.valid]:
            x, y, depth = np.linalg.inv(matrix) @ [*centre, 1]
            assert depth > 0 and abs(x / depth) < 20 and abs(y / depth) < 12


def test_the_real_stills(shared_data: Path) -> None:
    name = "boston-celtics-new-york-knicks-game-1-q1-05_13-05_09"
    court = load_truth(shared_data / "truth" / "court" / f"{name}.json").court
    people = load_truth(shared_data / "detection" / "valid", name=name).people
    assert court is not None and people is not None
    assert court.frame.tolist() == people.labelled.tolist()  # both number the same pictures the same way
