"""From the boxes that were seen to the boxes that are drawn: short gaps bridged, jitter smoothed without lag."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_SMOOTH_S = 0.05  # standard deviation of the smoothing in seconds: the detector jitters faster than a body moves


def fill_gaps(frame: Ints, xyxy: Floats, time_s: Floats, longest_s: float) -> tuple[Ints, Floats]:
    """Return frames and boxes with gaps of at most ``longest_s`` seconds filled in straight lines.

    Args:
        frame: (n,) rising frame numbers.
        xyxy: (n, 4) boxes.
        time_s: times of all frames of the clip, indexed by frame number.
        longest_s: longer gaps stay gaps.
    """
    if len(frame) < 2:
        return frame, xyxy
    every = np.arange(frame[0], frame[-1] + 1)
    after = np.searchsorted(frame, every)
    gap_s = time_s[frame[after]] - time_s[frame[np.maximum(after - 1, 0)]]
    kept = every[(frame[after] == every) | (gap_s <= longest_s + 1e-9)]
    columns = [np.interp(time_s[kept], time_s[frame], xyxy[:, side]) for side in range(4)]
    return kept, np.stack(columns, 1)


def held(time_s: Floats, seen: Bools, longest_s: float) -> Bools:
    """Return (n,) what is ``seen`` (n,), or lies between two seen ones that are at most ``longest_s`` seconds apart; ``time_s`` (n,) rises."""
    rows = np.flatnonzero(seen)
    if not len(rows):
        return seen
    every = np.arange(len(time_s))
    after = np.searchsorted(rows, every)
    between = (after > 0) & (after < len(rows))
    gap_s = time_s[rows[np.minimum(after, len(rows) - 1)]] - time_s[rows[np.maximum(after - 1, 0)]]
    return seen | (between & (gap_s <= longest_s + 1e-9))


def smooth(frame: Ints, xyxy: Floats, time_s: Floats) -> Floats:
    """Return (n, 4) boxes averaged over time with a Gaussian of ``_SMOOTH_S``, never across a gap in ``frame`` (n,)."""
    out = np.empty_like(xyxy)
    for run in np.split(np.arange(len(frame)), np.flatnonzero(np.diff(frame) > 1) + 1):
        if not len(run):
            continue
        at = time_s[frame[run]]
        reach = int(np.ceil(3 * _SMOOTH_S / max(float(np.median(np.diff(at))), 1e-3))) if len(run) > 1 else 0
        total, weight = np.zeros((len(run), 4)), np.zeros(len(run))
        for shift in range(-reach, reach + 1):
            i = np.arange(max(0, -shift), min(len(run), len(run) - shift))
            if len(i):
                # Each neighbour is paired with its mirror at the other side, so that a run's ends are not pulled inwards.
                mirrored = (i - shift >= 0) & (i - shift < len(run))
                i = i[mirrored]
                w = np.exp(-0.5 * ((at[i + shift] - at[i]) / _SMOOTH_S) ** 2)
                total[i] += w[:, None] * xyxy[run[i + shift]]
                weight[i] += w
        out[run] = total / weight[:, None]
    return out
