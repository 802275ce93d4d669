"""What every test may ask for: the real clips, where there are any, and small made-up ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from courtside.types import Image

MakeClip = Callable[..., Path]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real clips and labels beside the checkout; the test is skipped where it is not there."""
    folder = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no shared data beside the checkout")
    return folder.resolve()


def _scene(seed: int, width: int, height: int) -> Image:
    rng = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3))
    for cells in (3, 6, 12):
        blobs = rng.integers(0, 256, (cells, cells, 3))
        picture += blobs[np.arange(height) * cells // height][:, np.arange(width) * cells // width]
    return (picture / 3).astype(np.uint8)


@pytest.fixture(scope="session")
def scene() -> Callable[[int, int, int], Image]:
    """``scene(seed, width, height)``: a picture with blobs of all sizes, the same for the same seed, that a cut detector and an encoder can chew on."""
    return _scene


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """A factory of small clips written straight with the codec library, so that reading is not tested against our own writer.

    ``make_clip(name, n_frames=10, size=(width, height), rate=Fraction(30), stamps=None, codec="libx264", pix_fmt="yuv420p", rotation=0, images=None,
    tick=None, options=None)``; ``stamps`` are presentation times in ticks of ``tick`` seconds. By default frame i is grey level 20 + 5 * i all over.
    """

    def make(
        name: str = "clip.mp4",
        n_frames: int = 10,
        size: tuple[int, int] = (64, 48),
        rate: Fraction = Fraction(30),
        stamps: Sequence[int] | None = None,
        tick: Fraction | None = None,
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        rotation: int = 0,
        images: Iterable[Image] | None = None,
        options: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        pictures = list(images) if images is not None else [np.full((size[1], size[0], 3), 20 + 5 * i % 230, np.uint8) for i in range(n_frames)]
        with av.open(str(path), "w") as container:
            stream: Any = container.add_stream(codec, rate=rate, options=options or {})
            stream.width, stream.height, stream.pix_fmt = size[0], size[1], pix_fmt
            stream.codec_context.time_base = stream.time_base = tick or 1 / rate
            if rotation:
                stream.set_display_rotation(rotation)
            for i, picture in enumerate(pictures):
                frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
                frame.pts, frame.time_base = (stamps[i] if stamps else i), tick or 1 / rate
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make
