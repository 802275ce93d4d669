from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.errors import MediaError
from courtside.media import probe
from courtside.media.probe import rate_of

MakeClip = Callable[..., Path]
NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("stamps", "tick_s", "header", "expected"),
    [
        ([], Fraction(1, 1000), Fraction(25), Fraction(25)),
        ([7], Fraction(1, 1000), Fraction(25), Fraction(25)),
        ([2, 4, 6, 8, 10], Fraction(1001, 60000), Fraction(60000, 1001), NTSC),
        ([0, 33, 67, 100, 133, 167, 200], Fraction(1, 1000), Fraction(60), Fraction(30)),
        ([0, 2, 5, 7, 10, 12, 15, 17, 20], Fraction(1, 60), Fraction(60), Fraction(24)),
        ([round(i * 1001 / 30) for i in range(48)], Fraction(1, 1000), NTSC, NTSC),
        ([3, 4, 5, 6, 7, 8, 9, 11, 12, 13], Fraction(1, 30), Fraction(60), Fraction(30)),
        ([0, 3000, 6000, 9000, 21000, 24000, 27000], Fraction(1, 90000), Fraction(25), Fraction(30)),
        ([0, 1000, 4000, 4500, 9000], Fraction(1, 90000), Fraction(25), Fraction(40)),
        ([0, 3777, 7554, 11331], Fraction(1, 90000), Fraction(25), Fraction(90000, 3777)),
    ],
    ids=[
        "none",
        "one",
        "header says double",
        "millisecond clock",
        "24 on a coarse clock",
        "29.97 in milliseconds",
        "one gap on a coarse clock",
        "a gap",
        "variable: the mean",
        "an odd rate",
    ],
)
def test_rate_of(stamps: list[int], tick_s: Fraction, header: Fraction, expected: Fraction) -> None:
    assert rate_of(stamps, tick_s, header) == expected


@given(st.sampled_from([Fraction(24), Fraction(25), NTSC, Fraction(50), Fraction(60000, 1001)]), st.integers(0, 10**6))
def test_a_constant_rate_is_found_exactly_whatever_the_start(rate: Fraction, start: int) -> None:
    assert rate_of([start + round(i * 90000 / rate) for i in range(40)], Fraction(1, 90000), Fraction(999)) == rate


@pytest.mark.parametrize(
    ("rotation", "size"), [(0, (64, 48)), (90, (48, 64)), (180, (64, 48)), (-90, (48, 64))], ids=["upright", "left", "upside down", "right"]
)
def test_size_is_as_displayed(make_clip: MakeClip, rotation: int, size: tuple[int, int]) -> None:
    info = probe(make_clip(size=(64, 48), rotation=rotation))
    assert (info.width, info.height) == size
    assert info.rotation == -rotation % 360


def test_override_wins(make_clip: MakeClip) -> None:
    path = make_clip(n_frames=3)
    assert (probe(path).rate, probe(path, NTSC).rate) == (Fraction(30), NTSC)
    assert probe(path).n_frames == 3
    assert probe(path).path == str(path)


@pytest.mark.parametrize("fps", [Fraction(0), Fraction(-25), Fraction(5000)])
def test_an_impossible_override_is_refused(make_clip: MakeClip, fps: Fraction) -> None:
    with pytest.raises(MediaError, match="frame rate"):
        probe(make_clip(), fps)


@pytest.mark.parametrize(
    ("name", "size", "rate"),
    [
        ("nba12.avi", (1280, 720), NTSC),
        ("nba5.avi", (1280, 720), NTSC),
        ("pr13.avi", (1920, 1080), Fraction(30)),
        ("pr16.avi", (1920, 1080), Fraction(30)),
        ("jazz_thunder.mp4", (1280, 720), Fraction(30)),
        ("highschool.mp4", (640, 360), NTSC),
        ("hoop.mp4", (960, 540), Fraction(30)),
    ],
)
def test_real_clips(shared_data: Path, name: str, size: tuple[int, int], rate: Fraction) -> None:
    info = probe(shared_data / "clips" / name)
    assert ((info.width, info.height), info.rate) == (size, rate)
