"""Camera cuts, and only those: not a strobe, not a pan.

Each frame is shrunk to a tiny grey picture with its slow shading taken out, and two frames are alike if some small shift lays one on the other (normalised
cross-correlation). That looks past a pan (the shift), past a flash (a gain), and past the crowd (too fine to see). A frame starts a new shot if neither it nor
the two after it are like any of the three before it, so what lasts one or two frames is never a cut.

Fades through black are seen by comparing across the black. Wipes and slow dissolves are seen when about half of them is over (``gradual``), quick dissolves
once they are over: the picture in the middle is a mixture of those at the ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from typing import cast

import cv2
import numpy as np

from courtside.media.gradual import Gradual, Tiny
from courtside.types import Frame, Image

_WIDTH, _HEIGHT = 64, 36
_SHIFT_X, _SHIFT_Y = 8, 4
_ALIKE = 0.65
"""Over eleven real clips no frame inside a shot scored below 0.79 and the two true cuts 0.19 and 0.26. Made-up joins are missed at this threshold in 0 of 300
between any two clips, 1 of 300 between plays on one floor, 4 of 300 between two moments of one play: too few clips to promise it elsewhere."""
_FLAT = 2.0
"""Grey levels (of 255, standard deviation) below which a picture is black or washed out and can't be compared."""
_BEFORE, _AFTER = 3, 2
_DISSOLVES = (8, 16, 24)
"""Frames over which a dissolve is looked for."""
_PALER, _EXPLAINED = 0.85, 0.75


def mark_cuts(frames: Iterable[Frame]) -> Generator[tuple[Frame, bool], None, None]:
    """Yield every frame with whether it is the first of a new shot; never the very first.

    Holds two frames back at most, and no picture longer than that.
    """
    source = iter(frames)
    ahead: deque[tuple[Frame, Tiny | None]] = deque()
    judge = _Judge()
    try:
        for frame in source:
            ahead.append((frame, _tiny(frame.image)))
            if len(ahead) > _AFTER:
                yield ahead[0][0], judge.is_cut([tiny for _, tiny in ahead])
                ahead.popleft()
        while ahead:
            yield ahead[0][0], judge.is_cut([tiny for _, tiny in ahead])
            ahead.popleft()
    finally:
        close = getattr(source, "close", None)
        if close:
            close()


class _Judge:
    """Remembers the comparable pictures before the one being judged."""

    def __init__(self) -> None:
        self._before: deque[Tiny] = deque(maxlen=max(_DISSOLVES))
        self._gradual = Gradual()

    def is_cut(self, now_and_after: Sequence[Tiny | None]) -> bool:
        """Judge the first of ``now_and_after`` (None: not comparable) and take it into memory."""
        now = now_and_after[0]
        if now is None:
            return False
        before = list(self._before)[-_BEFORE:][::-1]
        cut = bool(before) and not any(_alike(a, b) for b in now_and_after if b is not None for a in before)
        cut = self._gradual.is_another(now) or cut or self._is_dissolved(now)
        if cut:
            self._before.clear()
            self._gradual.forget()
        self._before.append(now)
        return cut

    def _is_dissolved(self, now: Tiny) -> bool:
        return any(
            n <= len(self._before) and _is_mixture(self._before[-n // 2], self._before[-n], now) and not _alike(self._before[-n], now) for n in _DISSOLVES
        )


def _tiny(image: Image) -> Tiny | None:
    height, width = image.shape[:2]
    # Every n-th pixel first: averaging all of a 4K picture costs more than everything else here.
    step = max(1, min(width // (4 * _WIDTH), height // (4 * _HEIGHT)))
    small = cv2.resize(np.ascontiguousarray(image[::step, ::step]), (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    tiny = cast(Tiny, grey - cv2.GaussianBlur(grey, (0, 0), _WIDTH / 12))
    return tiny if float(tiny.std()) >= _FLAT else None


def _alike(a: Tiny, b: Tiny) -> bool:
    inner = (slice(_SHIFT_Y, -_SHIFT_Y), slice(_SHIFT_X, -_SHIFT_X))
    # Both ways round: zooming in, the new middle is in the old picture, but the old middle is not in the new one.
    return any(float(cv2.matchTemplate(whole, part[inner], cv2.TM_CCOEFF_NORMED).max()) >= _ALIKE for whole, part in ((b, a), (a, b)))


def _is_mixture(middle: Tiny, a: Tiny, b: Tiny) -> bool:
    """Is ``middle`` a share of ``a`` plus a share of ``b``, and paler than both?

    In a slow pan the middle is also about the mean of the ends, but as contrasty as they are (0.96 times or more); unlike pictures laid over each other
    lose half their variance.
    """
    aa, bb, ab = float(np.vdot(a, a)), float(np.vdot(b, b)), float(np.vdot(a, b))
    am, bm, mm = float(np.vdot(a, middle)), float(np.vdot(b, middle)), float(np.vdot(middle, middle))
    det = aa * bb - ab * ab
    if mm > _PALER * min(aa, bb) or det < 0.05 * aa * bb:
        return False
    share_a, share_b = (am * bb - bm * ab) / det, (bm * aa - am * ab) / det
    return 0.2 < share_a < 0.8 and 0.2 < share_b < 0.8 and share_a * am + share_b * bm > _EXPLAINED * mm
