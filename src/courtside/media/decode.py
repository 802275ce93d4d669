"""Clip -> frames, from the start, one at a time: memory does not depend on the clip's length."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from courtside.media.probe import check_rate, quarter_turns, survey
from courtside.media.source import Source
from courtside.types import Frame, Image

_TURNS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}
_log = logging.getLogger(__name__)


def read_frames(path: Path, fps: Fraction | None = None, warn: Callable[[str], None] = _log.warning) -> Generator[Frame, None, None]:
    """Yield every picture of a clip in display order, upright, all of the first one's size.

    ``index`` counts decoded frames from 0. ``time_s`` is the true stamp relative to the first frame, so a variable frame rate is honoured; it is
    ``index / rate`` where ``fps`` is given or the clip's stamps don't rise. It always rises. The file is closed when the generator is.

    Args:
        path: the clip; it is decoded from its start, as seeking in broadcast clips is unreliable.
        fps: frames per second to believe instead of the file.
        warn: called once, at the end, with one line if frames were damaged.

    Raises:
        MediaError: the clip can't be read, or ``fps`` is not above 0.
    """
    check_rate(fps)
    found = survey(path)
    clock = _Clock(fps or found.rate, trusted=fps is None and found.trusted)
    with Source(path) as source:
        tick_s = Fraction(source.stream.time_base or Fraction(1, 90000))
        size: tuple[int, int] | None = None
        reformatter = VideoReformatter()  # a frame's own would set up its tables again for every frame, 2 to 5 ms at 720p
        for index, picture in enumerate(source.frames()):
            size = size or (picture.width, picture.height)
            upright = _pixels(reformatter.reformat(picture, *size, format="bgr24"), quarter_turns(picture.rotation))
            yield Frame(index, clock.time_s(index, None if picture.pts is None else picture.pts * tick_s), upright)
        if source.n_damaged:
            what = "1 damaged frame" if source.n_damaged == 1 else f"{source.n_damaged} damaged frames"
            warn(f"{path}: {what}, the first at frame {source.first_damaged}; went on")


class _Clock:
    """Stamps (s, exact) -> rising seconds from the first frame."""

    def __init__(self, rate: Fraction, *, trusted: bool) -> None:
        self._rate = rate
        self._trusted = trusted
        self._start: Fraction | None = None
        self._last = Fraction(0)

    def time_s(self, index: int, stamp: Fraction | None) -> float:
        if not self._trusted or (stamp is None and self._start is None):
            return float(index / self._rate)
        if self._start is None:
            self._start = cast(Fraction, stamp)
            return 0.0
        if stamp is None or stamp - self._start <= self._last:
            # The clock was set back (a joined recording, a counter that wrapped): go on from here at the usual step.
            now = self._last + 1 / self._rate
            self._start = self._start if stamp is None else stamp - now
        else:
            now = stamp - self._start
        self._last = now
        return float(now)


def _pixels(picture: av.VideoFrame, turns: int) -> Image:
    image = np.ascontiguousarray(cast(Image, picture.to_ndarray()))  # rows are padded where the width is odd
    return cast(Image, cv2.rotate(image, _TURNS[turns])) if turns else image
