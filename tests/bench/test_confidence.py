"""The tables and the picture of precision and coverage, from counts made by hand."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import confidence
import pytest
from confidence import THRESHOLDS, Count, bin_table, bins, curve_table, picture, pooled

# five names fewer at every threshold, four of the five right
FALLING = {least: Count(88 - 5 * i, 90 - 5 * i, 100 - 5 * i, 120, 1, 10 - i // 2, 4, 5) for i, least in enumerate(THRESHOLDS)}


def test_nothing_measured() -> None:
    empty = pooled([])
    assert all(count == Count() for count in empty.values())
    assert all(drawn == 0 for _, _, _, drawn in bins(empty))
    assert "0.0" in "\n".join(curve_table({"none": empty}))
    ET.fromstring(picture({"none": empty}))


def test_bins_are_between_neighbouring_thresholds() -> None:
    rows = bins(pooled([FALLING, FALLING]))
    assert [low for low, *_ in rows] == list(THRESHOLDS) and rows[-1][1] == 1.0
    assert all((right, drawn) == (8, 10) for _, _, right, drawn in rows)


def test_pooled_is_the_sum() -> None:
    both = pooled([FALLING, FALLING])
    assert both[0.5] == Count(2 * FALLING[0.5].right, 2 * FALLING[0.5].person, 2 * FALLING[0.5].drawn, 240, 2, 2 * FALLING[0.5].tracks, 8, 10)


def test_tables_have_a_row_for_each_threshold_a_user_can_ask_for() -> None:
    curve = curve_table({"a": FALLING, "b": FALLING})
    assert [line.split("|")[1].strip() for line in curve[2:]] == [f"{least}" for least in THRESHOLDS if least >= confidence.CURVE_FROM]
    assert all(line.count("|") == curve[0].count("|") for line in curve)
    reliability = bin_table({"a": FALLING})
    assert len(reliability) == 2 + len(THRESHOLDS) and "(5)" in reliability[2]


@pytest.mark.parametrize("groups", [{"a": FALLING}, {"a": FALLING, "b": FALLING, "c": pooled([])}])
def test_the_picture_is_drawn(groups: dict[str, dict[float, Count]]) -> None:
    root = ET.fromstring(picture(groups))
    said = [text for text in root.itertext() if text.strip()]
    assert set(groups) <= set(said) and "on the right person, %" in said
    assert len(root.findall("{*}polyline")) == len(groups)


def test_the_page_keeps_its_words() -> None:
    page = "# Title\nwords\n<!-- curve -->\nold\n<!-- end of curve -->\nmore words\n"
    once = confidence._with_tables(page, {"curve": ["| new |"]})
    assert "| new |" in once and "old" not in once and "words" in once and once.endswith("more words\n")
    assert confidence._with_tables(once, {"curve": ["| new |"]}) == once


def test_the_page_holds_the_tables() -> None:
    text = confidence.PAGE.read_text(encoding="utf-8")
    assert all(f"| {least} |" in text for least in THRESHOLDS if least >= confidence.CURVE_FROM)
    ET.parse(confidence.PICTURE)
