"""Frame numbers as text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.truth.spans import format_frames, parse_frames


@pytest.mark.parametrize(
    ("frames", "text"),
    [
        ([], ""),
        ([7], "7"),
        ([7, 8], "7, 8"),
        ([0, 10, 20], "0-20/10"),
        ([0, 1, 2, 3], "0-3"),
        ([0, 10, 20, 203], "0-20/10, 203"),
        ([5, 6, 10, 20, 30, 31, 32], "5, 6, 10-30/10, 31, 32"),
        ([3, 5, 8, 11, 14], "3, 5-14/3"),
    ],
)
def test_frames_are_written_short(frames: list[int], text: str) -> None:
    assert format_frames(np.array(frames, np.int64)) == text
    assert parse_frames(text, 204).tolist() == frames


@given(st.sets(st.integers(0, 300), max_size=60))
def test_what_is_written_is_read(frames: set[int]) -> None:
    assert parse_frames(format_frames(np.array(sorted(frames), np.int64)), 301).tolist() == sorted(frames)


@pytest.mark.parametrize(("text", "frames"), [(" ", []), (",,", []), ("3 - 9 / 3,4,,3", [3, 4, 6, 9]), ("5-5", [5]), ("0-9/20", [0])])
def test_hands_write_freely(text: str, frames: list[int]) -> None:
    assert parse_frames(text, 10).tolist() == frames


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("all", "'all' is no range of frames"),
        ("-1", "'-1' is no range"),
        ("1.5", "'1.5' is no range"),
        ("0, 9-3", "'9-3' ends before it begins"),
        ("0-9/0", "a step of 0"),
        ("0-10", "frame 10 is beyond the clip, which has 10 frames (0 to 9)"),
        ("0-999999999", "frame 999999999 is beyond"),  # and fills no memory
        ("٣", "is no range"),  # digits, but nobody's frame numbers
    ],
)
def test_what_is_no_range_is_named(text: str, cause: str) -> None:
    with pytest.raises(ValueError, match="frame") as caught:
        parse_frames(text, 10)
    assert cause in str(caught.value)
