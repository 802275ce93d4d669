"""What a clip is: its displayed size and a frame rate measured from time stamps, because headers lie."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from courtside.errors import MediaError
from courtside.media.source import Source
from courtside.types import ClipInfo

_SURVEY_FRAMES = 48
_FALLBACK_RATE = Fraction(30)
_MAX_RATE = 1000
_USUAL_RATES = tuple(Fraction(n) for n in (15, 20, 24, 25, 30, 48, 50, 60, 100, 120, 240)) + tuple(
    Fraction(n * 1000, 1001) for n in (15, 24, 30, 48, 60, 120, 240)
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first pictures of a clip tell. ``trusted``: their stamps rise, so they are true times; ``width`` and ``height`` (px) are as displayed."""

    width: int
    height: int
    rotation: int
    rate: Fraction
    trusted: bool
    n_frames: int | None


def probe(path: Path, fps: Fraction | None = None) -> ClipInfo:
    """Look at a clip by decoding its first pictures.

    Args:
        path: the clip.
        fps: frames per second to believe instead of the file.

    Returns:
        Its size in px as displayed (after ``rotation``, degrees clockwise), its rate and the header's claim of how many frames there are.

    Raises:
        MediaError: the clip can't be read, or ``fps`` is not above 0.
    """
    check_rate(fps)
    found = survey(path)
    return ClipInfo(str(path), found.width, found.height, fps or found.rate, found.n_frames, found.rotation)


def check_rate(fps: Fraction | None) -> None:
    """Refuse an override that no clock can follow.

    Raises:
        MediaError: ``fps`` is not above 0, or above 1000.
    """
    if fps is not None and not 0 < fps <= _MAX_RATE:
        raise MediaError(f"a frame rate of {fps} is impossible: give one above 0 and up to {_MAX_RATE} frames per second")


def survey(path: Path) -> Survey:
    """Decode the first pictures of ``path`` and say what they tell.

    Raises:
        MediaError: the clip can't be read.
    """
    with Source(path) as source:
        frames = source.frames()
        first = next(frames)
        turn = quarter_turns(first.rotation)
        size = (first.width, first.height) if turn % 2 == 0 else (first.height, first.width)
        stamps = [first.pts, *(frame.pts for frame in itertools.islice(frames, _SURVEY_FRAMES - 1))]
        frames.close()
        header = next((Fraction(r) for r in (source.stream.average_rate, source.stream.guessed_rate) if r and 0 < r <= _MAX_RATE), _FALLBACK_RATE)
        known = [s for s in stamps if s is not None]
        rising = len(known) == len(stamps) and all(a < b for a, b in itertools.pairwise(known))
        # Stamps in the wrong order still tell the step once they are sorted.
        rate = rate_of(sorted(set(known)), Fraction(source.stream.time_base or Fraction(1, 90000)), header)
        return Survey(*size, turn * 90, rate, rising, source.stream.frames or None)


def rate_of(stamps: Sequence[int], tick_s: Fraction, header: Fraction) -> Fraction:
    """Return the frame rate (Hz) that rising ``stamps`` (in ticks of ``tick_s`` seconds) show, or ``header`` where they are too few to tell.

    A rate within the stamps' rounding of the header's, or else of a usual one, is taken to be exactly that.
    """
    steps = [b - a for a, b in itertools.pairwise(stamps)]
    if len(steps) < 2:
        return header
    middle = statistics.median(steps)
    # Half a tick for coarse clocks (24 Hz on a 1/60 s clock steps 2, 3, 2, 3), one for fine ones.
    even = [step for step in steps if abs(step - middle) <= (1 if middle >= 10 else 0.5)]
    # A few dropped frames among even steps are gaps in a constant rate; steps of all sizes are a variable rate, whose mean is the honest figure.
    used = even if len(even) >= 0.75 * len(steps) else steps
    measured = Fraction(len(used), sum(used)) / tick_s
    slack = Fraction(1, sum(used)) if len(used) == len(even) and len(set(used)) > 1 else Fraction(1, 100_000)
    for known in (header, *sorted(_USUAL_RATES, key=lambda rate: abs(rate - measured))):
        if abs(known - measured) <= measured * slack:
            return known
    return min(measured, Fraction(_MAX_RATE)).limit_denominator(100_000)


def quarter_turns(rotation: int) -> int:
    """Return clockwise quarter turns (0-3) that show a picture upright whose display matrix turns it ``rotation`` degrees counter-clockwise."""
    return round(-rotation / 90) % 4
