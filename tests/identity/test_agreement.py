"""The notebook's rule: n equal readings in a row, then fixed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.identity.agreement import ConsecutiveAgreement
from courtside.identity.numbers import chance_of
from courtside.types import NUMBERS, Reading


@pytest.mark.parametrize(
    ("texts", "n", "agreed"),
    [
        ([], 3, None),
        (["23", "23"], 3, None),
        (["23", "23", "23"], 3, "23"),
        (["23", "7", "23", "23"], 3, None),
        (["23", None, "23", None, "23"], 3, "23"),  # the illegible does not interrupt
        (["2", "2", "2", "23", "23", "23", "23"], 3, "2"),  # once fixed, for good: its weakness
        (["0", "00", "0", "00", "00", "00"], 3, "00"),
        (["7"], 1, "7"),
    ],
)
def test_agreed(texts: list[str | None], n: int, agreed: str | None) -> None:
    assert ConsecutiveAgreement(n).agreed(texts) == agreed


@given(st.lists(st.sampled_from(["2", "23", "7", None])), st.integers(1, 4), st.lists(st.sampled_from(["2", "23", None])))
def test_what_is_fixed_stays(texts: list[str | None], n: int, more: list[str | None]) -> None:
    first = ConsecutiveAgreement(n).agreed(texts)
    assert first is None or ConsecutiveAgreement(n).agreed([*texts, *more]) == first


@pytest.mark.parametrize(
    ("readings", "best"),
    [
        ([], None),
        ([Reading("23", 0.9)] * 2, None),
        ([Reading("23", 0.9)] * 3, "23"),
        ([Reading("23", 0.4)] * 3, None),  # illegible
        ([Reading(None, 0.9)] * 3, None),
    ],
)
def test_as_evidence(readings: list[Reading], best: str | None) -> None:
    evidence = ConsecutiveAgreement().log_likelihood(np.array([chance_of(reading) for reading in readings]).reshape(-1, len(NUMBERS)))
    assert evidence.shape == (101,)
    assert (np.ptp(evidence) == 0) if best is None else (NUMBERS[int(evidence.argmax())] == best and np.sort(evidence)[-2] < -10)


def test_less_than_one_reading_is_no_rule() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ConsecutiveAgreement(0)
