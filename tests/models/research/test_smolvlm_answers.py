"""What counts as an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.models.research.smolvlm import parse_number
from courtside.types import NUMBERS


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("", None),
        ("23", "23"),
        (" 7\n", "7"),
        ("0", "0"),
        ("00", "00"),
        ("07", None),  # nobody wears it
        ("123", None),
        ("-5", None),
        ("2 3", None),
        ("7a", None),
        ("#7", None),
        ("The number is 23.", None),
        ("23.", None),
        ("twenty-three", None),
        ("None", None),
        ("２３", None),  # noqa: RUF001  # that these are other digits is the point
    ],
)
def test_only_a_number_is_a_number(answer: str, number: str | None) -> None:
    assert parse_number(answer) == number


@given(st.text())
def test_whatever_is_answered_a_number_is_one_of_ours(answer: str) -> None:
    assert parse_number(answer) in (None, *NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_can_be_read(number: str) -> None:
    assert parse_number(number) == number
