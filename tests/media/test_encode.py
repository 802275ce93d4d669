from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courtside.errors import MediaError
from courtside.media import VideoWriter, probe, read_frames
from courtside.types import Image

Scene = Callable[[int, int, int], Image]
NTSC = Fraction(30000, 1001)


def write(path: Path, images: list[Image], times: list[float | None] | None = None, rate: Fraction = Fraction(30)) -> Path:
    with VideoWriter(path, images[0].shape[1], images[0].shape[0], rate) as writer:
        for image, time_s in zip(images, times or [None] * len(images), strict=True):
            writer.write(image, time_s)
    return path


@pytest.mark.parametrize("size", [(1, 1), (64, 48), (65, 48), (64, 49), (321, 241), (1280, 720)])
def test_round_trip(tmp_path: Path, scene: Scene, size: tuple[int, int]) -> None:
    soft = cv2.GaussianBlur(scene(3, *size), (9, 9), 0).astype(np.uint8)  # as 4:2:0 smears hard edges of colour
    images = [np.roll(soft, i, 0) for i in range(6)]
    path = write(tmp_path / "out.mp4", images, rate=NTSC)
    frames = list(read_frames(path))
    assert probe(path).rate == NTSC
    assert len(frames) == 6
    for i, (frame, image) in enumerate(zip(frames, images, strict=True)):
        assert frame.image.shape == (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)
        assert frame.time_s == pytest.approx(i * 1001 / 30000, abs=2e-5)
        if min(size) > 1:  # one pixel's colour is shared with its padding
            assert float(np.abs(frame.image[: size[1], : size[0]].astype(int) - image).mean()) < 6


def test_it_is_h264_that_browsers_play(tmp_path: Path, scene: Scene) -> None:
    path = write(tmp_path / "out.mp4", [scene(1, 64, 48)] * 3)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt, stream.frames) == ("h264", "yuv420p", 3)
        assert float(Fraction(stream.duration or 0) * Fraction(stream.time_base or 0)) == pytest.approx(0.1)  # the last frame lasts too
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("size", [(64, 48), (1280, 720)], ids=["SD", "HD"])
@pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255), (200, 30, 40), (20, 180, 60), (30, 40, 210), (128, 128, 128)])
def test_colours_survive(tmp_path: Path, size: tuple[int, int], color: tuple[int, int, int]) -> None:
    path = write(tmp_path / "out.mp4", [np.full((size[1], size[0], 3), color, np.uint8)])
    ours = next(read_frames(path)).image
    np.testing.assert_allclose(ours.mean((0, 1)), color, atol=5)
    capture = cv2.VideoCapture(str(path))
    np.testing.assert_allclose(capture.read()[1].mean((0, 1)), color, atol=5)
    capture.release()


@given(st.lists(st.integers(1, 200_000), min_size=1, max_size=8))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_times_survive(tmp_path: Path, gaps: list[int]) -> None:
    ticks = np.cumsum([0, *gaps])
    path = write(tmp_path / "out.mp4", [np.zeros((16, 16, 3), np.uint8)] * len(ticks), [float(tick) / 90000 for tick in ticks])
    np.testing.assert_allclose([frame.time_s for frame in read_frames(path)], ticks / 90000, atol=1e-9)


def test_a_time_that_does_not_rise_still_gives_every_frame(tmp_path: Path) -> None:
    path = write(tmp_path / "out.mp4", [np.full((16, 16, 3), 60 * i, np.uint8) for i in range(4)], [0.0, 0.5, 0.2, None])
    times = [frame.time_s for frame in read_frames(path)]
    assert times == sorted(set(times))
    assert len(times) == 4


@pytest.mark.parametrize(
    "image",
    [np.zeros((0, 0, 3), np.uint8), np.zeros((48, 32, 3), np.uint8), np.zeros((32, 48), np.uint8), np.zeros((32, 48, 3), np.float32)],
    ids=["empty", "turned", "grey", "float"],
)
def test_a_picture_of_another_shape_is_refused(tmp_path: Path, image: Image) -> None:
    with pytest.raises(ValueError, match="expected"), VideoWriter(tmp_path / "out.mp4", 48, 32, NTSC) as writer:
        writer.write(image)
    assert list(tmp_path.iterdir()) == []


def test_the_picture_may_be_a_view_or_read_only_and_is_not_kept(tmp_path: Path, scene: Scene) -> None:
    wide = scene(1, 128, 48)
    frozen = wide[:, :64].copy()
    frozen.flags.writeable = False
    reused = frozen.copy()
    with VideoWriter(tmp_path / "out.mp4", 64, 48, NTSC) as writer:
        writer.write(wide[:, :64])
        writer.write(frozen)
        writer.write(reused)
        reused[:] = 0
        writer.write(frozen)
    for frame in read_frames(tmp_path / "out.mp4"):
        assert float(np.abs(frame.image.astype(int) - frozen).mean()) < 6


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("n_frames", [0, 1, 40])
def test_an_error_leaves_no_half_file_and_the_old_one_whole(tmp_path: Path, scene: Scene, error: type[BaseException], n_frames: int) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"the last good run")

    def interrupted() -> None:
        with VideoWriter(path, 64, 48, NTSC) as writer:
            for _ in range(n_frames):
                writer.write(scene(1, 64, 48))
            raise error

    with pytest.raises(error):
        interrupted()
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"the last good run"


def test_no_frames_is_an_error_not_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no frame"), VideoWriter(tmp_path / "out.mp4", 64, 48, NTSC):
        pass
    assert list(tmp_path.iterdir()) == []


def test_writing_outside_the_block_is_refused(tmp_path: Path, scene: Scene) -> None:
    writer = VideoWriter(tmp_path / "out.mp4", 64, 48, NTSC)
    with pytest.raises(ValueError, match="with-block"):
        writer.write(scene(1, 64, 48))


@pytest.mark.parametrize("where", ["nowhere/out.mp4", "file/out.mp4"], ids=["no such folder", "a file for a folder"])
def test_a_folder_that_can_not_be_written_to(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(MediaError, match="choose an output folder"), VideoWriter(tmp_path / where, 64, 48, NTSC):
        pass


DISK_FULL = """
import resource, sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from courtside.errors import MediaError
from courtside.media import VideoWriter

rng = np.random.default_rng(0)
for limit, n_frames in ((0, 2), (30, 2), (30_000, 2), (300_000, 40)):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        with VideoWriter(Path(sys.argv[1]), 320, 240, Fraction(30)) as writer:
            for _ in range(n_frames):
                writer.write(rng.integers(0, 255, (240, 320, 3), dtype=np.uint8))
    except MediaError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes to stand for a full disk")
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """Full at once, in the header, at the end (a file this short is written in one go), and midway."""
    ran = subprocess.run([sys.executable, "-c", DISK_FULL, str(tmp_path / "out.mp4")], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    lines = ran.stdout.splitlines()
    assert len(lines) == 4
    assert all("disk is full" in line and "out.mp4" in line for line in lines)
    assert list(tmp_path.iterdir()) == []
