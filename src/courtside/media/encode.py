"""Frames -> an H.264 file that any player and browser shows, whole or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av
import av.error
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from courtside.errors import MediaError
from courtside.media.complete import declared_size
from courtside.media.source import reason
from courtside.types import Image

_TICKS_PER_S = 90_000
"""Holds 29.97 exactly (3003 ticks a frame) and any variable rate to 11 microseconds."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Without it every picture comes back about 2 grey levels darker; it costs 2 ms at 720p.
_ROUNDED = Interpolation.BILINEAR | Interpolation.ACCURATE_RND
# Matrix, primaries and transfer as numbered in ITU-T H.273.
_BT709, _SMPTE170M = 1, 6


class VideoWriter:
    """Writes one H.264 mp4 (yuv420p, index at the front), as a context manager.

    The file grows as ``<path>.part`` and takes its name when the block ends well; after an error or Ctrl-C in the block it is removed and what was at
    ``path`` before is untouched. A picture with an odd side is padded by repeating its last column or row, since 4:2:0 needs even sides. Colours are
    converted and tagged as BT.709 above 576 lines, else as BT.601.

    Args:
        path: the file to write; its folder must exist.
        width: of every picture, px.
        height: of every picture, px.
        rate: frames per second, for frames written without a time.
        crf: 0 (lossless) to 51 (worst).
        preset: an x264 speed preset.

    Raises:
        MediaError: the folder can't be written to, the disk is full, nothing was written.
    """

    def __init__(self, path: Path, width: int, height: int, rate: Fraction, crf: int = 20, preset: str = "veryfast") -> None:
        if width < 1 or height < 1 or rate <= 0:
            raise ValueError(f"can't write {width}x{height} at {rate} frames/s")
        self.path = path
        self.size = (width, height)
        self.rate = Fraction(rate)
        self._options = {"crf": str(crf), "preset": preset}
        self._part = path.with_name(path.name + ".part")
        self._container: OutputContainer | None = None
        self._last_tick = -1
        self._reformatter = VideoReformatter()  # a frame's own would set up its tables again for every frame, 4 ms at 720p

    def __enter__(self) -> Self:
        try:
            # Opened by hand first: Python's error says plainly what is wrong with the folder.
            self._part.open("wb").close()
            self._container = av.open(f"file:{self._part}", mode="w", format="mp4", options={"movflags": "+faststart"})
            self._stream = self._open_stream(self._container)
        except BaseException as error:
            self._discard()
            if isinstance(error, (OSError, av.error.FFmpegError)):
                raise self._explain(error) from error
            raise
        return self

    def _open_stream(self, container: OutputContainer) -> av.VideoStream:
        width, height = (side + side % 2 for side in self.size)
        # The rate is x264's hint for its rate control; the frames' own times are what is stored.
        stream = container.add_stream("libx264", rate=self.rate.limit_denominator(_TICKS_PER_S), options=self._options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        stream.codec_context.thread_type = "AUTO"
        matrix = _BT709 if height > 576 else _SMPTE170M
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = matrix
        context.color_range = ColorRange.MPEG
        self._matrix = Colorspace.ITU709 if matrix == _BT709 else Colorspace.ITU601
        return stream

    def write(self, image: Image, time_s: float | None = None) -> None:
        """Append one picture.

        Args:
            image: (height, width, 3) BGR of the writer's size; it is not kept.
            time_s: when it is shown, seconds from the start of the file; the last frame's time plus 1 / rate when None. A time that does not rise is
                moved to just after the frame before.

        Raises:
            MediaError: the disk is full or the file can't be written.
            ValueError: ``image`` has another size or type.
        """
        if self._container is None:
            raise ValueError("VideoWriter.write outside its with-block")
        width, height = self.size
        if image.shape != (height, width, 3) or image.dtype != np.uint8:
            raise ValueError(f"expected a ({height}, {width}, 3) uint8 picture, got {image.shape} {image.dtype}")
        if width % 2 or height % 2:
            image = cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
        step = max(1, round(_TICKS_PER_S / self.rate))
        if time_s is None:
            tick = self._last_tick + step if self._last_tick >= 0 else 0
        else:
            tick = max(round(time_s * _TICKS_PER_S), self._last_tick + 1)
        try:
            picture = self._reformatter.reformat(
                av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), format="bgr24"),
                format="yuv420p",
                dst_colorspace=self._matrix,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
                interpolation=_ROUNDED,
            )
            picture.pts, picture.time_base, picture.duration = tick, Fraction(1, _TICKS_PER_S), step
            self._container.mux(self._stream.encode(picture))
        except (OSError, av.error.FFmpegError) as error:
            raise self._explain(error) from error
        self._last_tick = tick

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> Literal[False]:
        if kind is not None:
            self._discard()
            return False
        try:
            self._finish()
        except BaseException as failure:
            self._discard()
            if isinstance(failure, (OSError, av.error.FFmpegError)):
                raise self._explain(failure) from failure
            raise
        return False

    def _finish(self) -> None:
        if self._container is None or self._last_tick < 0:
            raise MediaError(f"{self.path}: no frame to write")
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._container = None
        with self._part.open("rb") as file:
            os.fsync(file.fileno())  # some file systems only notice here that the disk is full
        # The muxer keeps some write errors to itself, but the sizes in the file don't lie.
        if (declared_size(self._part) or 0) != self._part.stat().st_size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._part.replace(self.path)

    def _discard(self) -> None:
        container, self._container = self._container, None
        if container is not None:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                container.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _explain(self, error: OSError | av.error.FFmpegError) -> MediaError:
        if error.errno in _FULL:
            return MediaError(f"{self.path}: the disk is full: free some space, or choose another output folder, and run again")
        return MediaError(f"{self.path}: can't be written ({reason(error)}): choose an output folder that exists and that you may write to")
