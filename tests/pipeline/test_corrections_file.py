"""corrections.toml: written, read back, and what is told of a slip in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.pipeline.corrections import Correction, CorrectionError, Named, Split, Spot, Swap
from courtside.pipeline.corrections_file import read_corrections, write_corrections

GOOD = """\
[[corrections]]
say = "7 is Tatum"
clip = "game.mp4"
is = "player"
number = "0"
seen = [{ s = 1.2, box = [10, 20, 50.5, 120] }]
"""


def test_no_file_is_no_corrections(tmp_path: Path) -> None:
    assert read_corrections(tmp_path / "corrections.toml") == ()
    write_corrections(tmp_path / "corrections.toml", ())
    assert read_corrections(tmp_path / "corrections.toml") == ()


def test_read(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(GOOD)
    assert read_corrections(tmp_path / "x.toml") == (Named("7 is Tatum", "game.mp4", "player", None, "0", (Spot(1.2, (10, 20, 50.5, 120)),)),)


side = st.floats(0, 900).map(lambda value: round(value, 1))
boxes = st.tuples(side, side, side, side).map(lambda box: (box[0], box[1], box[0] + box[2] + 1, box[1] + box[3] + 1))
beside = st.lists(boxes, max_size=2).map(tuple)
text = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(str.strip)
early, late = (st.builds(Spot, st.floats(start, start + 9).map(lambda value: round(value, 3)), boxes, beside) for start in (0, 10))
someone = st.one_of(
    st.builds(Named, text, text, st.just("player"), st.none() | text, st.sampled_from(("0", "00", "23")), st.lists(early, min_size=1, max_size=3).map(tuple)),
    st.builds(Named, text, text, st.just("team"), text, st.none(), st.tuples(early)),
    st.builds(Named, text, text, st.sampled_from(("unknown", "referee", "nobody")), st.none(), st.none(), st.tuples(early)),
    st.builds(Split, text, text, st.just(9.5), early, late),
    st.builds(Swap, text, text, st.just(9.5), st.tuples(early, st.none() | early), st.tuples(st.none() | late, late)),
)


@given(st.lists(someone, max_size=3))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, corrections: list[Correction]) -> None:
    path = tmp_path_factory.mktemp("corrections") / "corrections.toml"
    write_corrections(path, corrections)
    assert read_corrections(path) == tuple(corrections)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[[corrections]]", "[corrections]", "double brackets"),
        ("[[corrections]]", "[[correction]]", "line 1: unknown key 'correction' (did you mean 'corrections'?)"),
        ('number = "0"', 'numbr = "0"', "line 5: unknown key 'numbr' (did you mean 'number'?)"),
        ('number = "0"', "number = 0", "line 5: number must be text in quotes"),
        ('number = "0"', 'number = "100"', "not a jersey number"),
        ('number = "0"\n', "", "has a number"),
        ('is = "player"', 'is = "playr"', "line 4: is = 'playr': unknown (did you mean 'player'?)"),
        ('is = "player"', 'is = "referee"', "no other has a number"),
        ('is = "player"\n', "", "one of is, split_s and swap_s"),
        ('clip = "game.mp4"\n', "", "clip must be text"),
        ("s = 1.2", 's = "now"', "line 6"),
        ("50.5, 120", "5, 120", "left < right"),
        ("50.5, 120", "50.5", "left, top, right, bottom"),
        ("[{ s", "[5, { s", "line 6"),
        ("seen = [{ s = 1.2, box = [10, 20, 50.5, 120] }]", "seen = []", "where somebody was seen"),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    (tmp_path / "x.toml").write_text(GOOD.replace(old, new))
    with pytest.raises(CorrectionError) as error:
        read_corrections(tmp_path / "x.toml")
    assert told in str(error.value) and str(error.value).startswith(str(tmp_path / "x.toml"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("{ s = 5, box = [1, 2, 3, 4] }", "{ s = 6, box = [1, 2, 3, 4] }", "before and after"),
        ("{ s = 1, box = [1, 2, 3, 4] }", "{ s = 2, box = [1, 2, 3, 4] }", "before and after"),
        ("{}", "{ s = 6, box = [1, 2, 3, 4] }", "in before"),
    ],
)
def test_before_is_before(tmp_path: Path, before: str, after: str, told: str) -> None:
    (tmp_path / "x.toml").write_text(f'[[corrections]]\nsay = "split"\nclip = "a"\nsplit_s = 4\nbefore = [{before}]\nafter = [{after}]\n')
    with pytest.raises(CorrectionError, match=told):
        read_corrections(tmp_path / "x.toml")
