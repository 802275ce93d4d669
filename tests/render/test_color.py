from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.errors import ConfigError
from courtside.render.color import INK, WHITE, Color, contrast, distinct_colors, luminance, outline_color, parse_hex, text_color

colors = st.tuples(*[st.integers(0, 255)] * 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("#", None),
        ("1D428A", None),
        ("#1D428", None),
        ("#1D428AA", None),
        ("#1D428G", None),
        ("#1D428A\n", None),
        ("red", None),
        ("#000000", (0, 0, 0)),
        ("#1D428A", (0x8A, 0x42, 0x1D)),
        ("#1d428a", (0x8A, 0x42, 0x1D)),
    ],
)
def test_parse_hex(text: str, expected: Color | None) -> None:
    if expected is None:
        with pytest.raises(ConfigError, match="#RRGGBB"):
            parse_hex(text)
    else:
        assert parse_hex(text) == expected


@pytest.mark.parametrize(("color", "expected"), [((0, 0, 0), 0.0), ((255, 255, 255), 1.0), ((0, 0, 255), 0.2126), ((0, 255, 0), 0.7152), ((255, 0, 0), 0.0722)])
def test_luminance_is_the_published_one(color: Color, expected: float) -> None:
    assert luminance(color) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("color", "expected"), [("#000000", WHITE), ("#FFFFFF", INK), ("#00538C", WHITE), ("#FDB927", INK), ("#CE1141", WHITE), ("#F58426", INK)]
)
def test_text_color(color: str, expected: Color) -> None:
    assert text_color(parse_hex(color)) == expected


@given(colors)
def test_text_and_outline_can_be_told_from_any_color(color: Color) -> None:
    assert contrast(color, text_color(color)) >= 3
    assert contrast(color, outline_color(color)) >= 1.8


@pytest.mark.parametrize(("n", "taken"), [(0, ()), (1, ()), (2, ()), (2, ("#E4572E", "#17BEBB")), (8, ("#000000",)), (11, ())])
def test_distinct_colors(n: int, taken: tuple[str, ...]) -> None:
    found = distinct_colors(n, taken)
    assert len(found) == n
    assert found == distinct_colors(n, taken)
    assert len({*found, *taken}) == min(n, 8) + len(taken)
