from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from courtside.errors import MediaError
from courtside.media import read_frames
from courtside.types import Image

MakeClip = Callable[..., Path]
Scene = Callable[[int, int, int], Image]


def no_warning(line: str) -> None:
    raise AssertionError(line)


def broken(path: Path, at: float, n_bytes: int) -> Path:
    """Overwrite bytes in the middle of a file with noise."""
    content = bytearray(path.read_bytes())
    start = int(len(content) * at)
    content[start : start + n_bytes] = np.random.default_rng(0).bytes(n_bytes)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"n_frames": 1}, (64, 48)),
        ({}, (64, 48)),
        ({"size": (320, 240)}, (320, 240)),
        ({"size": (3840, 2160), "n_frames": 2, "options": {"preset": "ultrafast"}}, (3840, 2160)),
        ({"pix_fmt": "gray"}, (64, 48)),
        ({"pix_fmt": "yuv422p"}, (64, 48)),
        ({"pix_fmt": "yuv420p10le"}, (64, 48)),
        ({"pix_fmt": "yuv444p", "size": (65, 49)}, (65, 49)),
        ({"codec": "mpeg4", "name": "clip.avi"}, (64, 48)),
        ({"codec": "mjpeg", "pix_fmt": "yuvj420p", "name": "clip.mkv", "size": (63, 47)}, (63, 47)),
        ({"name": "100%d: a clip.mp4"}, (64, 48)),
        ({"rotation": 90}, (48, 64)),
    ],
    ids=["one frame", "plain", "320x240", "4K", "grey", "4:2:2", "10 bit", "odd 4:4:4", "mpeg4 avi", "odd mjpeg", "odd name", "turned"],
)
def test_formats(make_clip: MakeClip, settings: dict[str, object], size: tuple[int, int]) -> None:
    path = make_clip(**settings)
    frames = list(read_frames(path, warn=no_warning))
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    assert [frame.index for frame in frames] == list(range(int(str(settings.get("n_frames", 10)))))
    for frame in frames:
        assert frame.image.dtype == np.uint8
        assert frame.image.shape == (size[1], size[0], 3)
        assert frame.image.flags.c_contiguous
        np.testing.assert_allclose(frame.image, capture.read()[1], atol=2)  # 10 bit and odd sides are rounded another way
        assert frame.time_s == pytest.approx(frame.index / 30, abs=6e-4)  # Matroska's clock is a millisecond
    capture.release()


@pytest.mark.parametrize(("rotation", "corner"), [(0, (0, 0)), (90, (-1, 0)), (180, (-1, -1)), (-90, (0, -1))])
def test_rotation_as_other_players_show_it(make_clip: MakeClip, rotation: int, corner: tuple[int, int]) -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:16, :16] = 255
    path = make_clip(images=[image], rotation=rotation)
    ours = next(read_frames(path)).image
    assert ours[corner].min() > 200
    capture = cv2.VideoCapture(str(path))
    np.testing.assert_array_equal(ours, capture.read()[1])
    capture.release()


def test_variable_frame_rate_is_honoured(make_clip: MakeClip) -> None:
    stamps = [900, 1800, 5400, 5500, 90900]
    path = make_clip(n_frames=5, stamps=stamps, tick=Fraction(1, 90000))
    assert [frame.time_s for frame in read_frames(path)] == pytest.approx([(stamp - 900) / 90000 for stamp in stamps])


def test_override_replaces_the_stamps(make_clip: MakeClip) -> None:
    path = make_clip(n_frames=4, stamps=[0, 1, 20, 21])
    assert [frame.time_s for frame in read_frames(path, Fraction(25))] == [0.0, 0.04, 0.08, 0.12]


def test_stamps_out_of_order_give_way_to_the_rate(make_clip: MakeClip) -> None:
    # An AVI stores no presentation times, so frames that were reordered come out with shuffled ones.
    path = make_clip("clip.avi", n_frames=20, options={"bf": "2", "x264-params": "b-adapt=0"})
    with av.open(str(path)) as container:
        shuffled = [frame.pts for frame in container.decode(video=0)]
    assert shuffled != sorted(stamp for stamp in shuffled if stamp is not None)
    assert [frame.time_s for frame in read_frames(path)] == pytest.approx([i / 30 for i in range(20)])


def test_a_clock_set_back_goes_on(make_clip: MakeClip, tmp_path: Path) -> None:
    one = make_clip("one.ts", n_frames=60)
    joined = tmp_path / "joined.ts"
    joined.write_bytes(one.read_bytes() * 2)
    lines: list[str] = []  # joining may damage the frames at the joint; that is not the point here
    times = [frame.time_s for frame in read_frames(joined, warn=lines.append)]
    assert len(times) == 120
    assert np.diff(times) == pytest.approx([1 / 30] * 119, abs=1e-3)


def text(path: Path) -> None:
    path.write_text("not a video at all\n" * 50)


def picture(path: Path) -> None:
    cv2.imwrite(str(path), np.zeros((20, 20, 3), np.uint8))


def sound(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("missing.mp4", Path.absolute, "no such file"),
        ("empty.mp4", lambda path: path.write_bytes(b""), "empty"),
        ("folder.mp4", Path.mkdir, "folder"),
        ("text.mp4", text, "not a video"),
        ("text.txt", text, "not a video"),
        ("noise.avi", lambda path: path.write_bytes(np.random.default_rng(0).bytes(5000)), "not a video"),
        ("picture.png", picture, "picture"),
        ("sound.mp4", sound, "no video stream"),
    ],
)
def test_what_is_no_clip_says_so_in_one_line(tmp_path: Path, name: str, make: Callable[[Path], object], message: str) -> None:
    path = tmp_path / name
    make(path)
    with pytest.raises(MediaError, match=message) as caught:
        next(read_frames(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.avi", "clip.mkv"])
def test_a_truncated_clip_is_refused_before_any_work(make_clip: MakeClip, name: str) -> None:
    path = make_clip(name, n_frames=50)
    os.truncate(path, path.stat().st_size * 2 // 3)
    with pytest.raises(MediaError, match="cut short"):
        next(read_frames(path))


def test_no_frame_decoded(make_clip: MakeClip) -> None:
    path = make_clip("clip.avi", n_frames=3)
    content = path.read_bytes()
    start, end = content.index(b"movi") + 4, content.rindex(b"idx1")
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])
    with pytest.raises(MediaError, match="no frame could be decoded"):
        next(read_frames(path))


def test_damage_in_the_middle_is_stepped_over_and_told_once(make_clip: MakeClip, scene: Scene) -> None:
    images = [np.roll(scene(1, 160, 120), 3 * i, 1) for i in range(60)]
    path = broken(make_clip(images=images, size=(160, 120), options={"g": "10"}), at=0.5, n_bytes=300)
    lines: list[str] = []
    frames = list(read_frames(path, warn=lines.append))
    assert 50 <= len(frames) <= 60
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert all(a.time_s < b.time_s for a, b in itertools.pairwise(frames))
    assert len(lines) == 1
    assert "damaged frame" in lines[0]
    assert str(path) in lines[0]
    assert float(np.abs(frames[-1].image.astype(int) - images[-1]).mean()) < 6  # recovered


def test_closing_early_closes_the_file(make_clip: MakeClip) -> None:
    path = make_clip(n_frames=30)
    frames = read_frames(path)
    next(frames)
    frames.close()
    open_files = Path("/proc/self/fd")
    if open_files.is_dir():
        assert str(path) not in {str(fd.readlink()) for fd in open_files.iterdir() if fd.is_symlink()}
    assert len(list(read_frames(path))) == 30


@pytest.mark.parametrize(("name", "n_frames"), [("nba12.avi", 64), ("pr13.avi", 170), ("highschool.mp4", 214), ("hoop.mp4", 101)])
def test_real_clips_equal_opencv_to_the_pixel(shared_data: Path, name: str, n_frames: int) -> None:
    path = shared_data / "clips" / name
    capture = cv2.VideoCapture(str(path))
    n, last = 0, -1.0
    for frame in read_frames(path, warn=no_warning):
        whole, theirs = capture.read()
        assert whole
        if n % 10 == 0:  # comparing every pixel of every frame would take longer than decoding
            np.testing.assert_array_equal(frame.image, theirs)
        assert frame.time_s > last
        n, last = n + 1, frame.time_s
    assert n == n_frames
    assert not capture.read()[0]
    capture.release()
