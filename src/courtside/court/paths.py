"""The likeliest path of somebody who was seen at places of unequal certainty: bodies can't change their speed at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_AGILITY = 6.0
"""Power density of a player's acceleration in m²/s³: some 3 m/s² that last for a third of a second. Places on simulated clips are equally good from 2 to 25."""

_END_S = 0.3  # a velocity at the end of a path is measured over so long


def _normal_equations(time_s: Floats, information: Floats) -> Floats:
    """Return (6, 2n) the diagonals on and below the main one, x and y of the n places taking turns, as ``scipy.linalg.solveh_banded`` wants them."""
    n = len(time_s)
    band = np.zeros((6, 2 * n))
    band[0, 0::2], band[0, 1::2], band[1, 0::2] = information[:, 0, 0], information[:, 1, 1], information[:, 0, 1]
    band[0] += 1e-9  # where hardly anything was seen there still is an answer
    if n > 2:
        before, after = np.diff(time_s)[:-1], np.diff(time_s)[1:]
        whole = (before + after) / 2
        bend = np.stack([1 / before, -1 / before - 1 / after, 1 / after]) / whole  # second differences
        for i in range(3):
            for j in range(i, 3):
                value = whole / _AGILITY * bend[i] * bend[j]
                for axis in range(2):
                    band[2 * (j - i), 2 * i + axis : 2 * (i + n - 2) + axis : 2] += value
    return band


def smooth_path(time_s: Floats, places_m: Floats, information: Floats) -> Floats:
    """Return (n, 2) the path p that makes sum (p - z)' W (p - z) + integral |p''|² / ``_AGILITY`` smallest.

    That is the mean of a Kalman smoother whose acceleration is white noise, found at once from the banded normal equations (Whittaker's smoother: Eilers 2003,
    "A Perfect Smoother"), for unequal steps in time and directions that are not equally well known. It costs time and memory in proportion to n.

    Args:
        time_s: (n,) times, each later than the one before.
        places_m: (n, 2) what was seen, z; without meaning where there is no information.
        information: (n, 2, 2) inverse covariances W in 1/m², 0 where nothing was seen.
    """
    from scipy.linalg import solveh_banded

    seen = np.einsum("nij,nj->ni", information, np.nan_to_num(places_m))
    return np.asarray(solveh_banded(_normal_equations(time_s, information), seen.ravel(), lower=True).reshape(len(time_s), 2))


def end_state(time_s: Floats, places_m: Floats, information: Floats, *, last: bool) -> tuple[Floats, Floats]:
    """Return (4,) place and velocity (x, y, vx, vy in m and m/s) at one end of the ``smooth_path`` of the same looks, and their covariance (4, 4).

    The velocity is the mean one over the ``_END_S`` before (or after) the end.

    Args:
        time_s: (n,) times, each later than the one before; n >= 2.
        places_m: (n, 2) what was seen.
        information: (n, 2, 2) inverse covariances.
        last: whether the end is the last place, or the first.
    """
    from scipy.linalg import solveh_banded

    n = len(time_s)
    end = n - 1 if last else 0
    inner = int(np.searchsorted(time_s, time_s[-1] - _END_S)) if last else int(np.searchsorted(time_s, time_s[0] + _END_S, side="right")) - 1
    inner = min(inner, n - 2) if last else max(inner, 1)
    wanted = np.zeros((2 * n, 4))
    for axis in range(2):
        wanted[2 * end + axis, axis] = 1
        wanted[2 * end + axis, 2 + axis] += 1 / (time_s[end] - time_s[inner])
        wanted[2 * inner + axis, 2 + axis] -= 1 / (time_s[end] - time_s[inner])
    spread = solveh_banded(_normal_equations(time_s, information), wanted, lower=True)
    seen = np.einsum("nij,nj->ni", information, np.nan_to_num(places_m)).ravel()
    return np.asarray(spread.T @ seen), np.asarray(wanted.T @ spread)
