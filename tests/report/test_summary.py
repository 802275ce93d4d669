from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.errors import RecordsError
from courtside.report.page import page
from courtside.report.summary import ClipFacts, NamedPlayer, RunSummary, StageTime, TeamFound, TrackStrip, Unproved, write_summary

EMPTY = RunSummary(ClipFacts("clip.mp4", 320, 240, Fraction(30000, 1001), 1, 0.03))
FULL = RunSummary(
    ClipFacts("pr20.avi", 1920, 1080, Fraction(30), 202, 6.73, (3.4,)),
    (
        TeamFound("Spurs", "#1D1D1D", (NamedPlayer("20", "Ginobili", 0.991, 6.7, 0.97), NamedPlayer("5", "", 0.98, 1.0, 0.5))),
        TeamFound("Mavericks", "#00538C", (NamedPlayer("77", "Dončić", 0.9999, 4.0, 1.0),)),
    ),
    (Unproved("Spurs", "2", 1.4, "only one clear reading"), Unproved(None, None, 0.3, "team not sure")),
    3,
    ("Frame 112 is damaged.",),
    (StageTime("detect", 10.0, 200), StageTime("resolve", 0.5)),
    (
        TrackStrip("#20 Ginobili", "player", "Spurs", ((0.0, 3.0), (3.5, 6.7))),
        TrackStrip("", "player", None, ((6.2, 6.5),)),
        TrackStrip("", "referee", None, ((0.0, 6.7),)),
    ),
)
VOID = {"meta", "br", "rect", "line"}


class Reader(HTMLParser):
    """Checks that tags close in order; collects them, their attributes and the text that is shown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data


@pytest.mark.parametrize("summary", [EMPTY, FULL, replace(EMPTY, video=None, files=())], ids=["empty", "full", "bare"])
def test_the_page_is_whole_and_needs_no_network(summary: RunSummary) -> None:
    text = page(summary)
    read = Reader(text)
    assert not {"script", "link", "img", "iframe"} & set(read.tags)
    assert "http" not in text
    assert "@import" not in text
    assert "url(" not in text
    assert {value for _, name, value in read.attributes if name in ("src", "href")} <= {
        "named.mp4", "result.json", "tracks.parquet", "ball.parquet", "tracks.mot.txt", "named.mp4#t=0.00", "named.mp4#t=3.50", "named.mp4#t=6.20",
    }  # fmt: skip


def test_what_was_found_is_there() -> None:
    read = Reader(page(FULL))
    for words in (
        "2 players named", "1 player known by number", "2 seen but not proved", "3 referees", "1920 \u00d7 1080", "202", "6.7 s", "cut at 3.4 s",
        "Frame 112 is damaged", "Ginobili", "Dončić", "99.9 %", "97 %", "only one clear reading", "team not known", "20.0", "result.json", "tracks.mot.txt",
    ):  # fmt: skip
        assert words in read.text
    assert ("video", "src", "named.mp4") in read.attributes
    assert ("video", "controls", None) in read.attributes
    assert read.tags.count("rect") == 4
    assert "--team:#00538C" in page(FULL)


@pytest.mark.parametrize(("rate", "shown"), [(Fraction(30), "30"), (Fraction(30000, 1001), "29.97"), (Fraction(2627, 100), "26.27"), (Fraction(100), "100")])
def test_the_rate_is_not_rounded_to_a_whole_number(rate: Fraction, shown: str) -> None:
    assert f"Rate{shown} frames/s" in Reader(page(replace(EMPTY, clip=replace(EMPTY.clip, rate=rate)))).text


@pytest.mark.parametrize(
    ("probability", "shown"), [(0.0, "0 %"), (0.97, "97 %"), (0.998, "99.8 %"), (0.99999, "99.9 %"), (1.0, "100 %"), (1.7, "100 %"), (-1.0, "0 %")]
)
def test_only_what_is_certain_is_100_percent(probability: float, shown: str) -> None:
    team = TeamFound("Spurs", "#1D1D1D", (NamedPlayer("20", "Ginobili", probability, 1.0, 0.5),))
    assert f"Ginobili{shown}1.0 s" in Reader(page(replace(EMPTY, teams=(team,)))).text


def hostile(text: str) -> RunSummary:
    """A summary that has ``text`` wherever text can come from a user."""
    return RunSummary(
        replace(EMPTY.clip, name=text),
        (TeamFound(text, text, (NamedPlayer(text, text, 0.9, 1.0, 1.0),)),),
        (Unproved(text, text, 1.0, text),),
        1,
        (text,),
        (StageTime(text, 1.0, 3),),
        (TrackStrip(text, "player", text, ((0.0, 0.02),)),),
        text,
        ((text, text),),
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'onclick='x",
        "javascript:alert(1)",
        "red;background:url(http://x)",
        "</style><b>",
        "&lt;",
        "Šarić 🏀",
    ],
)
def test_text_from_a_roster_stays_text(text: str) -> None:
    read = Reader(page(hostile(text)))
    assert read.tags == Reader(page(hostile("plain"))).tags
    assert [(tag, name) for tag, name, _ in read.attributes] == [(tag, name) for tag, name, _ in Reader(page(hostile("plain"))).attributes]
    assert text in read.text
    for tag, name, value in read.attributes:
        if name in ("href", "src"):
            assert not re.match(r"\s*[a-z]+:", value or ""), f"<{tag}> leaves the folder"
        if name == "style":
            assert "url" not in (value or "")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert text in Reader(page(hostile(text))).text


def test_long_lists_are_cut_to_one_sheet_and_counted() -> None:
    text = Reader(
        page(
            replace(
                FULL,
                unproved=tuple(Unproved(None, None, float(i), f"reason {i}.") for i in range(40)),
                timeline=tuple(TrackStrip(f"#{i}", "player", "Spurs", ((0.0, 1.0),)) for i in range(50)),
            )
        )
    ).text
    assert "reason 39." in text
    assert "reason 3." not in text
    assert "and 30 more" in text
    assert "and 22 more tracks" in text


@pytest.mark.parametrize("spans", [(), ((0.0, 0.0),), ((-1.0, 9e9),)], ids=["never", "one frame", "absurd"])
def test_strips_stay_in_their_row(spans: tuple[tuple[float, float], ...]) -> None:
    read = Reader(page(replace(EMPTY, timeline=(TrackStrip("#1", "player", None, spans),))))
    widths = [float(value or 0) for tag, name, value in read.attributes if (tag, name) == ("rect", "width")]
    assert len(widths) == len(spans)
    assert all(2 <= width <= 1001 for width in widths)


def test_write_summary(tmp_path: Path) -> None:
    path = tmp_path / "summary.html"
    path.write_text("old")
    write_summary(path, FULL)
    assert path.read_text(encoding="utf-8") == page(FULL)
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="nowhere"):
        write_summary(tmp_path / "nowhere" / "summary.html", EMPTY)
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(RecordsError, match="can't write"):
        write_summary(tmp_path / "folder.html", EMPTY)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]
