"""One open clip: its video stream, and its decoded pictures with the damage stepped over."""

from __future__ import annotations

import errno
from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import av.error

from courtside.errors import MediaError
from courtside.media.complete import declared_size

_READ_ERRORS_IN_A_ROW = 32
"""After this many failures with no packet between them the rest of the file is given up."""


class Source:
    """A clip open for reading from its start; a context manager that closes it.

    Attributes:
        stream: the first video stream that is not a cover picture.
        n_damaged: pictures so far, after the first, that could not be decoded or came out damaged.
        first_damaged: how many pictures came before the first of those; None while there is none.

    Raises:
        MediaError: the file is missing, empty, cut short, not a video, or has no video stream.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.n_damaged = 0
        self.first_damaged: int | None = None
        self._n_frames = 0
        _check_file(path)
        try:
            # "file:" keeps a colon or a percent sign in the name from being read as a protocol or a pattern.
            self.container = av.open(f"file:{path}", mode="r", metadata_errors="ignore")
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise MediaError(f"{path}: not a video file that can be read ({reason(error)})") from error
        try:
            self.stream = self._video_stream()
            # Frame threads make a 1080p decode about as many times faster as there are cores.
            self.stream.thread_type = "AUTO"
        except BaseException:
            self.container.close()
            raise

    def _video_stream(self) -> av.VideoStream:
        name = self.container.format.name
        if name == "tty" or name.startswith("image2") or name.endswith("_pipe"):
            # The decoder library would "play" a text file or a photo as a video of one frame.
            raise MediaError(f"{self.path}: not a video file but a {'text' if name == 'tty' else 'picture'}")
        streams = [s for s in self.container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
        if not streams:
            raise MediaError(f"{self.path}: has no video stream")
        return streams[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.container.close()

    def frames(self) -> Generator[av.VideoFrame, None, None]:
        """Yield the pictures in display order. Damaged ones are counted; one that has anything to show is still yielded.

        Raises:
            MediaError: not one picture could be decoded.
        """
        for packet in self._packets():
            try:
                frames = self.stream.decode(packet)
            except (av.error.FFmpegError, ValueError):
                self._damage()
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._damage()
                self._n_frames += 1
                yield frame
        if not self._n_frames:
            raise MediaError(f"{self.path}: no frame could be decoded: the file is damaged or has no pictures")

    def _packets(self) -> Generator[av.Packet[Any] | None, None, None]:
        failures = 0
        while failures < _READ_ERRORS_IN_A_ROW:
            try:
                for packet in self.container.demux(self.stream):
                    if packet.size:
                        failures = 0
                        yield packet
                break
            except (av.error.FFmpegError, ValueError):
                failures += 1
        if failures:
            self._damage()
        yield None  # flushes what the decoder's threads still hold

    def _damage(self) -> None:
        # A clip cut out of a longer one begins with frames whose references are gone; they are not damage, they are not in the clip.
        if not self._n_frames:
            return
        if self.first_damaged is None:
            self.first_damaged = self._n_frames
        self.n_damaged += 1


def reason(error: Exception) -> str:
    """Return an error's own words on one line, without the file name that every message here already starts with."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words).splitlines()[0].strip()


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise MediaError(f"{path}: is a folder, not a video file")
        size = path.stat().st_size
        if not size:
            raise MediaError(f"{path}: the file is empty: copy or download it again")
        declared = declared_size(path)
    except OSError as error:
        missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        raise MediaError(f"{path}: {'no such file' if missing else f'cannot be read ({reason(error)})'}") from error
    if declared is not None and declared > size:
        raise MediaError(f"{path}: the file is cut short ({size:,} bytes of at least {declared:,}): copy or download it again")
