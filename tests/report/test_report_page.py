from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.court import COURTS
from courtside.court.registration import CourtTrack
from courtside.errors import RecordsError
from courtside.events.reading import KINDS
from courtside.media.encode import VideoWriter
from courtside.pipeline.places import Places
from courtside.pipeline.statistics import statistics
from courtside.report.box_score import box_score
from courtside.report.court_charts import heat_maps, shot_chart
from courtside.report.game import Game, read_game
from courtside.report.plays import play_list, timeline, words
from courtside.report.quality import quality
from courtside.report.report_page import report_page, write_report
from courtside.report.team_charts import pass_network, team_spacing

N = 50  # frames, 10 a second
MAVS, SPURS = "Mavericks", "Spurs"
EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
BESIDE = [("named.mp4", "the clip with names"), ("events.json", "every play")]


class Reader(HTMLParser):
    """Checks that tags close in order; collects them, their attributes, and the text that is shown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.code: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            self.code[self.open[-1]] = data
        else:
            self.text += data


def column(*values: object) -> np.ndarray:
    return np.array([*values, None], object)[:-1]


def who(track: int = 4, team: str | None = MAVS, number: str | None = "41", player: str | None = "Nowitzki") -> dict[str, Any]:
    return {"track_id": track, "team": team, "number": number, "player": player}


MILLS, NOBODY = who(7, SPURS, "8", "Mills"), who(9, None, None, None)


def event(kind: str, at_s: float, one: dict[str, Any] | None = None, court_m: list[float] | None = None, **facts: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "kind": kind,
        "start_s": at_s,
        "end_s": at_s + 0.5,
        "start_frame": round(10 * at_s),
        "end_frame": round(10 * at_s) + 5,
        **(one or who()),
        "court_m": court_m,
        "probability": 0.9,
        "clip": {"start_s": max(0.0, at_s - 1), "end_s": at_s + 1},
        "facts": facts,
    }


def shot(at_s: float = 2.0, one: dict[str, Any] | None = None, court_m: list[float] | None = None, **facts: Any) -> dict[str, Any]:
    known = {"outcome": "made", "points": 2, "type": "jump-shot", "distance_m": 4.2, "zone": "mid-range", "basket": "right"}
    people = {"blocked_by": None, "rebound_by": None, "passed_by": None}
    return event("shot", at_s, one, court_m, **{**known, **people, **facts})


def a_pass(one: dict[str, Any], to: dict[str, Any] | None) -> dict[str, Any]:
    return event("pass", 1.0, one, to=to, distance_m=5.0, speed_m_s=None)


def document(*events: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    n = {kind: sum(one["kind"] == kind for one in events) for kind in KINDS}
    return {
        "format": 1,
        "league": "nba",
        "shots": "flight",
        "clip": {"seconds": 5.0, "n_frames": N, "rate": "10"},
        "coverage": {"ball": 0.83, "court": 1.0, "rim": 0.61, "team": 0.5},
        "kinds": {kind: {"n": n[kind], "reason": None if n[kind] else reason} for kind in KINDS},
        "events": list(events),
    }


def places(*people: tuple[str | None, str | None, str | None, float, float], n: int = N) -> Places:
    """Everybody (team, number, player, x, y) stands still for ``n`` frames."""
    frame = np.repeat(np.arange(n), len(people))
    texts = [column(*([one[i] for one in people] * n)) for i in range(3)]
    xy_m = np.tile(np.array([one[3:] for one in people], float).reshape(-1, 2), (n, 1))
    return Places(frame, frame / 10, np.tile(np.arange(len(people)), n), xy_m, column(*["player"] * len(frame)), *texts)


def game(events: dict[str, Any] | None, where: Places | None = None, **facts: Any) -> Game:
    tracks = [{**who(), "role": "player", "n_readings": 3}, {**NOBODY, "role": "player", "n_readings": 0}]
    basis = Game("clip.mp4", (640, 360), Fraction(10), 5.0, N, (), {MAVS: "#00538C", SPURS: "#1D1D1D"}, 1.0, tracks, events=events, places=where)
    return replace(basis, stats=statistics(events, where) if events and where else None, **facts)


def court(error_m: float = 0.1) -> tuple[Any, CourtTrack]:
    return COURTS["nba"], CourtTrack(np.ones(N, bool), np.tile(np.eye(3), (N, 1, 1)), (320.0, 180.0, 320.0, 320.0, 0.0, 0.0), np.full(N, error_m))


FIVE = places((MAVS, "41", "Nowitzki", 8.0, 0.0), (MAVS, "11", "Ellis", 5.0, 4.0), (MAVS, "20", None, 5.0, -4.0), (SPURS, "8", "Mills", 6.0, 1.0))
EVERY = document(
    event("possession", 0.0, seconds=0.5),
    event("team-possession", 0.0, who(0, MAVS, None, None), seconds=2.0, n_touches=2, n_passes=1, ended="made shot"),
    a_pass(who(5, MAVS, "11", "Ellis"), who()),
    shot(2.0, court_m=[8.0, 1.0]),
    shot(3.0, MILLS, [-12.0, 6.0], outcome="unknown", points=None, zone=None, basket="left", rebound_by=NOBODY, passed_by=who()),
    event("turnover", 3.2, by=MILLS, how="steal"),
    event("rebound", 3.4, NOBODY, offensive=None, shot=2),
    event("three-seconds", 3.5, MILLS, seconds=3.4),
    event("out-of-bounds", 4.0, NOBODY, place_m=None),
)
FULL = game(EVERY, FIVE, court=court(), video="named.mp4", cuts_s=(2.5,), warnings=("Frame 3 is damaged.",))
GAMES = {
    "nothing": game(None),
    "no player, no team": replace(game(None), teams={}, tracks=[]),
    "no event": game(document(), FIVE),
    "not enough evidence": game(document(reason="not enough evidence: the ball was not seen"), FIVE),
    "no court": game(EVERY, places((MAVS, "41", "Nowitzki", np.nan, np.nan))),
    "nobody": game(document(shot(1.0, NOBODY, outcome="unknown", points=None)), places((None, None, None, 1.0, 1.0)), court=court()),
    "empty clip": replace(game(document(), places()), seconds=0.0, n_frames=0),
    "full": FULL,
}


@pytest.mark.parametrize("one", GAMES.values(), ids=GAMES)
@pytest.mark.parametrize("embedded", [None, "data:video/mp4;base64,AAAA"], ids=["linked", "embedded"])
def test_the_page_is_whole_and_needs_nothing_but_the_video(one: Game, embedded: str | None) -> None:
    text = report_page(one, BESIDE, embedded)
    read = Reader(text)
    assert read.tags.count("script") == read.tags.count("style") == 1
    assert not {"link", "iframe", "object", "base", "form"} & set(read.tags)
    assert not any(word in text for word in ("http:", "https:", "//cdn", "@import", "url("))
    addresses = {value for _, name, value in read.attributes if name in ("src", "href")}
    assert all(re.fullmatch(r"(named\.mp4|events\.json)?(#[\w=.]+)?|data:(image/png|video/mp4);base64,.*", address) for address in addresses)


@pytest.mark.parametrize("one", GAMES.values(), ids=GAMES)
def test_the_policy_allows_what_the_page_has_and_nothing_else(one: Game) -> None:
    read = Reader(report_page(one, BESIDE))
    policy = next(value for _, name, value in read.attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    for name, code in read.code.items():
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert not [name for _, name, _ in read.attributes if name == "style" or name.startswith("on")]


def _everywhere(value: Any, text: str) -> Any:
    """Put ``text`` where a file has a free text: names, numbers, reasons."""
    if isinstance(value, dict):
        return {key: _everywhere(one, text) if key not in ("kind", "outcome", "type", "basket", "role") else one for key, one in value.items()}
    if isinstance(value, list):
        return [_everywhere(one, text) for one in value]
    return text if isinstance(value, str) and value not in KINDS else value


@settings(max_examples=25, deadline=None)
@given(st.one_of(st.just(EVIL), st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r"), min_size=1, max_size=20)))
def test_texts_from_files_are_shown_and_never_run(text: str) -> None:
    events = _everywhere(EVERY, text)
    where = places((text, text, text, 8.0, 0.0), (text, text + "2", text, 5.0, 4.0), (text, text + "3", None, 5.0, -4.0))
    hostile = game(events, where, court=court(), teams={text: "#00538C"}, name=text, warnings=[text], missing=(text,), video="named.mp4")
    read = Reader(report_page(hostile, BESIDE))
    assert read.tags.count("script") == 1 and "img" not in read.tags
    assert not [name for _, name, _ in read.attributes if name.startswith("on")]
    assert html.unescape(text) in html.unescape(read.text) or not text.strip()


def test_a_color_that_is_none_does_not_get_into_the_style(tmp_path: Path) -> None:
    teams = [{"name": MAVS, "color": "red}body{display:none", "jersey": None, "players": {}}]
    clip = {"path": "a/clip.mp4", "width": 4, "height": 4, "rate": "30000/1001", "n_frames": 3, "cuts": [1]}
    (tmp_path / "result.json").write_text(json.dumps({"clip": clip, "teams": teams, "teams_probability": 1.0, "tracks": [], "warnings": []}))
    found = read_game(tmp_path)
    assert "display:none" not in report_page(found, []) and found.name == "clip.mp4" and found.cuts_s == (pytest.approx(0.0334, abs=1e-4),)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    clip = {"path": "clip.mp4", "width": 4, "height": 4, "rate": "30", "n_frames": 3, "cuts": []}
    (tmp_path / "result.json").write_text(json.dumps({"clip": clip, "teams": [], "teams_probability": 1.0, "tracks": [], "warnings": []}))
    (tmp_path / "events.json").write_text("{")
    assert write_report(tmp_path) == (tmp_path / "report.html").stat().st_size
    said = Reader((tmp_path / "report.html").read_text(encoding="utf-8")).text
    for part in (
        "events.json: damaged",
        "stats.json: not there",
        "tracks.parquet: not there",
        "no court in this run",
        "named.mp4: not there",
        "nobody could be named",
    ):
        assert part in said
    with pytest.raises(RecordsError, match="leave out --embed"):
        write_report(tmp_path, embed=True)
    with pytest.raises(RecordsError, match=r"result\.json: not there"):
        write_report(tmp_path / "nowhere")


@pytest.mark.parametrize("broken", ["{", "[]", "{}", '{"clip": 3, "teams": [], "tracks": [], "warnings": []}'])
def test_a_damaged_result_is_one_clear_line(tmp_path: Path, broken: str) -> None:
    (tmp_path / "result.json").write_text(broken)
    with pytest.raises(RecordsError, match="run `courtside resolve` again"):
        write_report(tmp_path)


def test_events_changed_by_hand_are_one_clear_line(tmp_path: Path) -> None:
    clip = {"path": "clip.mp4", "width": 4, "height": 4, "rate": "30", "n_frames": 3, "cuts": []}
    (tmp_path / "result.json").write_text(json.dumps({"clip": clip, "teams": [], "teams_probability": 1.0, "tracks": [], "warnings": []}))
    (tmp_path / "events.json").write_text(json.dumps({**document(), "events": [{"kind": "shot"}]}))
    with pytest.raises(RecordsError, match="not as courtside writes it"):
        write_report(tmp_path)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (shot(outcome="unknown", points=None, type=None, distance_m=None, zone=None), "outcome not known, value not known"),
        (shot(points=3, zone="arc three", distance_m=7.84), "made, three points, jump shot, from 7.8 m, arc three"),
        (shot(outcome="blocked", blocked_by=MILLS, type="layup-dunk"), "blocked by #8 Mills, two points, layup or dunk, from 4.2 m, mid-range"),
        (
            shot(outcome="missed", rebound_by=NOBODY, passed_by=MILLS, zone=None),
            "missed, two points, jump shot, from 4.2 m, pass by #8 Mills, rebound not known who",
        ),
        (a_pass(who(), None), "to not known who, 5.0 m"),
        (a_pass(who(), who(1, SPURS, None, None)), "to one of Spurs, 5.0 m"),
        (event("turnover", 1.0, by=None, how="out of bounds"), "out of bounds"),
        (event("rebound", 1.0, offensive=None, shot=1), "which end is not known"),
        (event("rebound", 1.0, offensive=True, shot=1), "offensive"),
        (event("team-possession", 1.0, seconds=2.0, n_touches=1, n_passes=0, ended="unknown"), "2.0 s, 1 touch, 0 passes, end not known"),
        (event("three-seconds", 1.0, seconds=3.4), "3.4 s in the paint"),
    ],
)
def test_a_play_in_words(one: dict[str, Any], told: str) -> None:
    assert Reader(words(one)).text == told


def test_every_play_leads_to_its_window_in_the_video() -> None:
    read = Reader(play_list(FULL) + timeline(FULL))
    found = sorted(float(value) for _, name, value in read.attributes if name == "data-at")
    drawn = [one for one in EVERY["events"] if one["kind"] != "possession"]  # touches are in the list alone
    assert found == sorted(one["clip"]["start_s"] for one in [*EVERY["events"], *drawn])
    assert {value.partition("#")[0] for _, name, value in read.attributes if name == "href"} == {"named.mp4"}


def test_a_play_tells_the_game_clock_where_it_was_read() -> None:
    assert "3rd" not in Reader(play_list(FULL)).text
    assert FULL.events is not None
    dated = [{**one, "period": 3, "game_clock_s": 132.0} for one in FULL.events["events"][:1]]
    assert "3rd 2:12" in Reader(play_list(replace(FULL, events={**FULL.events, "events": [*dated, *FULL.events["events"][1:]]}))).text


def test_what_could_not_be_told_is_no_nought() -> None:
    said = box_score(GAMES["not enough evidence"])
    assert "not enough evidence: the ball was not seen" in Reader(said).text
    assert not re.search(r">[+\d]", re.findall("<tfoot>.*?</tfoot>", said)[0])  # of a team nothing but dashes
    assert "<td>0&ndash;0</td>" in box_score(GAMES["no event"])  # looked for: there was none


def test_the_box_score_has_the_figures_and_what_they_rest_on() -> None:
    read = Reader(box_score(FULL)).text
    assert "41 Nowitzki" in read and "1\u20131" in read and "0\u20131 1?" in read
    assert "50 % of shots known" in read and "ball known in 83 % of the clip" in read
    assert "no name" in read and "100 %" in read


def test_a_player_who_was_never_placed_has_a_dash_and_a_reason() -> None:
    said = box_score(GAMES["no court"])
    assert "never placed on the court" in said and 'class="dash"' in said


def test_shots_at_both_baskets_are_drawn_at_one() -> None:
    there, back = shot(court_m=[8.0, 3.0]), shot(court_m=[-8.0, -3.0], basket="left")
    where = re.findall(r"translate\(([-\d. ]+)\)", shot_chart(game(document(there, back), FIVE, court=court())))
    assert where == ["3.00 -8.00"] * 2


def test_a_shot_from_nowhere_is_counted_and_not_drawn() -> None:
    chart = shot_chart(game(document(shot(), shot(3.0, court_m=[8.0, 3.0])), FIVE, court=court()))
    assert chart.count("translate(") == 1 and "1 shot not drawn" in chart


def test_a_heat_map_is_brightest_where_he_stood() -> None:
    drawn = heat_maps(game(document(), places((MAVS, "41", "Nowitzki", 8.0, -2.0)), court=court()))
    code = np.frombuffer(base64.b64decode(re.findall(r"base64,([^\"]+)", drawn)[0]), np.uint8)
    picture = cv2.imdecode(code, cv2.IMREAD_UNCHANGED)
    row, at = np.unravel_index(picture[..., :3].sum(2, dtype=int).argmax(), picture.shape[:2])
    height, width = picture.shape[:2]
    assert (at + 0.5) / width * (COURTS["nba"].length_m + 2.4) - COURTS["nba"].half_length_m - 1.2 == pytest.approx(8.0, abs=0.3)
    assert (row + 0.5) / height * (COURTS["nba"].width_m + 2.4) - COURTS["nba"].half_width_m - 1.2 == pytest.approx(-2.0, abs=0.3)
    assert picture[0, 0, 3] == 0 and "placed 100 % of the clip" in drawn


def test_passes_are_counted_by_who_gave_and_who_got_them() -> None:
    ellis = who(5, MAVS, "11", "Ellis")
    drawn = pass_network(
        game(document(*[a_pass(ellis, who())] * 3, a_pass(who(), ellis), a_pass(who(), who(12)), a_pass(who(), None), a_pass(NOBODY, who())), FIVE)
    )
    assert drawn.count('class="way"') == 2
    said = Reader(drawn).text
    assert "Ellis → Nowitzki3" in said and "Nowitzki → Ellis1" in said
    assert "4 passes of 7; in 3 passer or receiver is not proved" in said  # who passed to himself is two people


def test_spacing_is_the_mean_distance_between_teammates() -> None:
    said = team_spacing(FULL)
    assert "Mavericks: 6.0 m" in said  # sides of 5, 5 and 8 m
    assert "Spurs:" not in said  # one placed player says nothing
    gone = np.array(FIVE.xy_m)
    gone[(FIVE.frame > 20) & (FIVE.frame < 30)] = np.nan
    broken = team_spacing(replace(FULL, places=replace(FIVE, xy_m=gone)))
    assert re.findall(r'class="curve t0" d="([^"]*)"', broken)[0].count("M") == 2


def test_quality_says_what_is_covered_and_what_left_unsaid() -> None:
    said = Reader(quality(FULL)).text
    for part in (
        "Ball known83 %",
        "drawn with his name75 %",
        "drawn with his number25 %",
        "Expected error, median0.10 m",
        "shots: how it ended1 of 2",
        "touches: whose0 of 1",
    ):
        assert part in said
    assert "2 tracks of players, 1 without a proved number: 0 whose readings do not suffice, 1 whose number was never legible" in said


DRIVER = """
const $ = (q) => document.querySelector(q), wait = (ms) => new Promise((done) => setTimeout(done, ms)), said = {};
(async () => {
  const video = $("video"), button = $('button[data-kind="shot"]'), shot = $('tr[data-kind="shot"]');
  for (let i = 0; i < 40 && video.readyState < 1; i++) await wait(100);
  said.length = video.duration;
  shot.querySelector("a[data-at]").click();
  video.pause();
  await wait(300);
  said.sought = video.currentTime;
  video.currentTime = 2.2;
  await wait(500);
  said.lit = [...document.querySelectorAll("tr.on")].map((row) => row.dataset.kind);
  said.now = $("#now").getAttribute("x1");
  const box = $("#time").getBoundingClientRect();
  $("#time").dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: box.left + box.width / 2 }));
  await wait(300);
  said.middle = video.currentTime;
  said.pressed = button.getAttribute("aria-pressed");
  button.click();
  said.hidden = [...document.querySelectorAll('tr[data-kind="shot"]')].every((row) => row.hidden);
  button.click();
  said.again = shot.hidden;
  document.body.dataset.said = JSON.stringify(said);
})();
"""


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_the_page_at_work_in_a_browser(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "named.mp4", 320, 180, Fraction(10)) as writer:
        for i in range(N):
            writer.write(np.full((180, 320, 3), 4 * i, np.uint8))
    page = re.sub(r'<meta http-equiv="Content-Security-Policy".*?>', "", report_page(FULL, BESIDE))  # it would allow no driver
    (tmp_path / "page.html").write_text(page.replace("</body>", f"<script>{DRIVER}</script></body>"), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=20000", "--dump-dom"]
    done = subprocess.run(["chromium", *options, (tmp_path / "page.html").as_uri()], capture_output=True, text=True, timeout=120, check=True)
    said = json.loads(html.unescape(re.findall(r'data-said="([^"]*)"', done.stdout)[0]))
    assert said["length"] == pytest.approx(5.0, abs=0.2)
    assert said["sought"] == pytest.approx(EVERY["events"][3]["clip"]["start_s"], abs=0.15)
    assert said["lit"] == ["shot"] and said["now"] == "44.00%" and said["middle"] == pytest.approx(2.5, abs=0.1)
    assert said["pressed"] == "true" and said["hidden"] and not said["again"]
