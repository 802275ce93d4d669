"""Which player a number box belongs to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.number]

_NO_MATCH = -1e3
# Where a number sits in a standing person's box, as shares of its width and height, and how far from there it strays when he bends, turns or jumps.
_PLACE, _STRAY = (0.5, 0.3), (0.17, 0.11)
_CLEAR = 1.0  # nats by which the second-best owner must be worse


def intersection_over_smaller(a: Floats, b: Floats) -> npt.NDArray[np.float64]:
    """Return (n, m): the overlap of boxes ``a`` (n, 4) and ``b`` (m, 4) as a share of the smaller of each two."""
    sides = np.clip(np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2]), 0, None)
    area_a, area_b = (np.prod(boxes[:, 2:] - boxes[:, :2], 1) for boxes in (a, b))
    return np.asarray(np.prod(sides, 2) / np.maximum(np.minimum(area_a[:, None], area_b[None]), 1e-9), float)


def match_numbers(numbers: Floats, people: Floats, least_ios: float = 0.9) -> list[tuple[int, int]]:
    """Give each number box to at most one person, and each person at most one.

    Args:
        numbers: (n, 4) number boxes.
        people: (p, 4) boxes of everybody who could wear them, referees too.
        least_ios: intersection over the smaller area that a person's box must have with the number.

    Returns:
        (number index, person index) pairs. A number that could be two people's is nobody's: a number on the wrong back is worse than none.
    """
    from scipy.optimize import linear_sum_assignment

    if not len(numbers) or not len(people):
        return []
    centre = (numbers[:, None, :2] + numbers[:, None, 2:]) / 2
    place = (centre - people[None, :, :2]) / np.maximum(people[None, :, 2:] - people[None, :, :2], 1e-9)
    fit = -0.5 * (((place - _PLACE) / _STRAY) ** 2).sum(2)
    fit = np.where((intersection_over_smaller(numbers, people) >= least_ios) & (fit > -6), fit, _NO_MATCH)
    pairs = []
    for number, person in zip(*linear_sum_assignment(-fit), strict=True):
        rival = np.delete(fit[number], person).max(initial=_NO_MATCH)
        if fit[number, person] > _NO_MATCH and fit[number, person] - rival >= _CLEAR:
            pairs.append((int(number), int(person)))
    return pairs
