from __future__ import annotations

import numpy as np
import pytest

from courtside.render.color import parse_hex
from courtside.render.label import FONTS, chip_sprite, choose_font, label_sprite, settable

BLUE = parse_hex("#00538C")


@pytest.mark.parametrize(
    ("text", "drawn", "font"),
    [
        ("", "", 0),
        ("Brunson", "Brunson", 0),
        ("Porziņģis", "Porziņģis", 0),
        ("Dončić", "Dončić", 0),
        ("Donc\u030cic\u0301", "Dončić", 0),
        ("Jokić", "Jokić", 0),
        ("Şengün", "Şengün", 0),
        ("O\u2019Neal\u2013Łęg", "O\u2019Neal\u2013Łęg", 0),
        ("Van\u00a0Exel\n\u200b", "Van Exel", 0),
        ("Иванов", "Иванов", 1),
        ("Αντετοκούνμπο", "Αντετοκούνμπο", 1),
        ("姚明", "??", 1),
    ],
    ids=["nothing", "plain", "cedillas", "carons", "letters in pieces", "acute", "Turkish", "punctuation", "spaces", "Cyrillic", "Greek", "no font has it"],
)
def test_names_are_set_in_letters_that_the_font_has(text: str, drawn: str, font: int) -> None:
    assert choose_font(text) == FONTS[font]
    assert settable(text, FONTS[font]) == drawn


@pytest.mark.parametrize("size_px", [8, 11, 18, 55])
def test_a_label_grows_with_what_it_says_and_keeps_its_height(size_px: int) -> None:
    widths = [
        label_sprite(number, name, BLUE, size_px, 10_000).width for number, name in [("", ""), ("1", ""), ("11", ""), ("11", "Ellis"), ("11", "Valančiūnas")]
    ]
    assert widths == sorted(widths)
    assert len(set(widths)) == len(widths)
    heights = {label_sprite("11", name, BLUE, size_px, 10_000).height for name in ("", "Ellis", "Şengün")}
    assert len(heights) == 1
    assert size_px <= heights.pop() <= 1.8 * size_px + 3


@pytest.mark.parametrize("width", [60, 90, 140])
def test_a_long_name_is_cut(width: int) -> None:
    assert label_sprite("34", "Antetokounmpo-Papadopoulos", BLUE, 18, width).width <= width


def test_a_name_that_does_not_fit_at_all_leaves_the_number() -> None:
    tight = label_sprite("34", "Antetokounmpo", BLUE, 18, 20)
    assert np.array_equal(tight.ink, label_sprite("34", "", BLUE, 18, 20).ink)


@pytest.mark.parametrize("color", ["#000000", "#FFFFFF", "#00538C", "#FDB927", "#808080"])
def test_text_stands_out_from_its_pill(color: str) -> None:
    filled, blank = chip_sprite("HHHH", parse_hex(color), 20, 500), chip_sprite("", parse_hex(color), 20, 500)
    middle = filled.ink[filled.height // 2, filled.width // 4 : -filled.width // 4].astype(int).sum(1) / 3
    assert middle.max() - middle.min() > 90
    assert blank.width < filled.width


def test_a_label_is_made_once() -> None:
    assert label_sprite("11", "Ellis", BLUE, 18, 300) is label_sprite("11", "Ellis", BLUE, 18, 300)
