from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from courtside.media.complete import declared_size

MakeClip = Callable[..., Path]


@pytest.mark.parametrize("name", ["whole.mp4", "whole.mov", "whole.avi", "whole.mkv"])
def test_a_whole_file_is_as_long_as_it_says(make_clip: MakeClip, name: str) -> None:
    path = make_clip(name)
    assert declared_size(path) == path.stat().st_size


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mov", "cut.avi", "cut.mkv"])
@pytest.mark.parametrize("part", [Fraction(1, 2), Fraction(9, 10)])
def test_a_file_cut_short_says_it_is_longer(make_clip: MakeClip, name: str, part: Fraction) -> None:
    path = make_clip(name)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    declared = declared_size(path)
    assert declared is not None
    assert declared > path.stat().st_size


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", bytes(100), b"RIFF" + bytes(4) + b"AVI ", b"\x1aE\xdf\xa3\x80\x18S\x80g\xff", b"\x1aE\xdf\xa3", b"\x00\x00\x00\x02ftyp" + bytes(20)],
    ids=["empty", "text", "zeros", "unfinished recording", "live matroska", "only a magic number", "bad box length"],
)
def test_a_file_that_does_not_say(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert declared_size(path) is None


def test_an_mp4_without_its_index_is_not_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00" + b"\x00\x00\x00\x08mdat")
    assert (declared_size(path) or 0) > path.stat().st_size
