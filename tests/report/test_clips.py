from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from courtside.errors import MediaError
from courtside.media import read_frames
from courtside.report.clips import Cut, cut_out, cuts_of
from courtside.types import Image

MakeClip = Callable[..., Path]


def event(kind: str = "shot", team: str | None = None, number: str | None = None, player: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "team": team, "number": number, "player": player, "clip": {"start_s": 1.0, "end_s": 2.0}}


def silent(_: int, __: int | None) -> None:
    pass


def coded(n: int) -> list[Image]:
    """Return pictures 64 x 48 px that say which they are: eight stripes, a light one for each 1 of the number in binary."""
    return [np.repeat(np.where(i >> np.arange(8) & 1, 230, 20), 8)[None, :, None].repeat(48, 0).repeat(3, 2).astype(np.uint8) for i in range(n)]


def frames_of(path: Path) -> list[int]:
    """Return the numbers that the pictures of a video show."""
    return [int(((frame.image[24, 4::8, 0] > 128) << np.arange(8)).sum()) for frame in read_frames(path)]


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (event(), "shot-01.mp4"),
        (event(team="Spurs"), "shot-01-spurs.mp4"),
        (event(team="Spurs", number="8"), "shot-01-spurs-8.mp4"),
        (event(number="00"), "shot-01-00.mp4"),
        (event(team="Mavericks", number="41", player="Nowitzki"), "shot-01-nowitzki.mp4"),
        (event("three-seconds", player="Dončić Jr."), "three-seconds-01-dončić-jr.mp4"),
        (event(player="../../etc/passwd"), "shot-01-etc-passwd.mp4"),
        (event(player="CON:?*"), "shot-01-con.mp4"),
        (event(player="x" * 300), f"shot-01-{'x' * 40}.mp4"),
    ],
)
def test_a_clip_is_called_after_what_is_known(one: dict[str, Any], name: str) -> None:
    assert cuts_of([one], Path("to")) == [Cut(Path("to") / name, 1.0, 2.0)]


def test_names_are_never_the_same() -> None:
    assert cuts_of([], Path()) == []
    events = [event(), event("pass"), event()] + [event(player="Ray")] * 120
    names = [cut.path.name for cut in cuts_of(events, Path())]
    assert names[:3] == ["shot-001.mp4", "pass-001.mp4", "shot-002.mp4"] and len(set(names)) == len(events)


def test_cuts_are_exact_to_the_frame_and_may_overlap(make_clip: MakeClip, tmp_path: Path) -> None:
    # one key frame only, so that nothing could be copied without decoding
    clip = make_clip(images=coded(40), rate=Fraction(30000, 1001), options={"g": "300"})
    times = [round(i * 1001 / 30000, 3) for i in range(40)]  # as events.json rounds them
    wanted = {"a": (0, 9), "b": (7, 20), "c": (20, 20), "late": (35, 39)}
    cuts = [Cut(tmp_path / f"{name}.mp4", times[first], times[last]) for name, (first, last) in wanted.items()]
    seen: list[int] = []
    written = cut_out(clip, cuts, lambda done, _: seen.append(done))
    assert written == {cut.path: last - first + 1 for cut, (first, last) in zip(cuts, wanted.values(), strict=True)}
    for cut, (first, last) in zip(cuts, wanted.values(), strict=True):
        assert frames_of(cut.path) == list(range(first, last + 1))
    frames = list(read_frames(tmp_path / "b.mp4"))
    assert frames[0].time_s == 0 and frames[-1].time_s == pytest.approx(13 * 1001 / 30000, abs=1e-3)
    assert seen == list(range(1, 41))


def test_it_stops_reading_after_the_last_cut(make_clip: MakeClip, tmp_path: Path) -> None:
    seen: list[int] = []
    cut_out(make_clip(n_frames=40), [Cut(tmp_path / "a.mp4", 0.1, 0.2)], lambda done, _: seen.append(done))
    assert seen[-1] == 7


def test_what_lies_behind_the_end_makes_no_file(make_clip: MakeClip, tmp_path: Path) -> None:
    clip = make_clip(n_frames=10)
    assert cut_out(clip, [], silent) == {}
    written = cut_out(clip, [Cut(tmp_path / "runs-out.mp4", 0.2, 9.0), Cut(tmp_path / "behind.mp4", 8.0, 9.0)], silent)
    assert written == {tmp_path / "runs-out.mp4": 4} and not (tmp_path / "behind.mp4").exists()


def test_after_an_error_no_half_file_is_left(make_clip: MakeClip, tmp_path: Path) -> None:
    clip = make_clip(images=coded(20))
    (tmp_path / "old.mp4").write_bytes(b"as it was")

    def fail(done: int, _: int | None) -> None:
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_out(clip, [Cut(tmp_path / "whole.mp4", 0.0, 0.1), Cut(tmp_path / "old.mp4", 0.0, 0.5)], fail)
    assert frames_of(tmp_path / "whole.mp4") == [0, 1, 2, 3]
    assert (tmp_path / "old.mp4").read_bytes() == b"as it was"
    assert not list(tmp_path.glob("*.part"))


def test_a_missing_video_or_folder_is_one_clear_line(make_clip: MakeClip, tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        cut_out(tmp_path / "gone.mp4", [Cut(tmp_path / "a.mp4", 0, 1)], silent)
    with pytest.raises(MediaError, match="choose an output folder"):
        cut_out(make_clip(), [Cut(tmp_path / "no folder" / "a.mp4", 0, 1)], silent)
