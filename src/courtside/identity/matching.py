"""Which player a number box belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import supervision as sv  # slow to import, and only named here

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


def mask_over_smaller(numbers: Floats, masks: sv.CompactMask) -> npt.NDArray[np.float64]:
    """Return (n, m): the overlap of boxes ``numbers`` (n, 4) with ``masks`` as a share of the smaller of each two; only the masks' own crops are decoded."""
    height, width = masks.image_shape
    left, top = (np.clip(np.floor(numbers[:, side]), 0, limit).astype(int) for side, limit in ((0, width), (1, height)))
    right, bottom = (np.clip(np.ceil(numbers[:, side]), 0, limit).astype(int) for side, limit in ((2, width), (3, height)))
    area = np.maximum((right - left) * (bottom - top), 1)
    shares = np.zeros((len(numbers), len(masks)))
    for j, (x, y) in enumerate(masks.offsets.tolist()):
        crop = masks.crop(j)
        for i in range(len(numbers)):
            inside = crop[max(top[i] - y, 0) : max(bottom[i] - y, 0), max(left[i] - x, 0) : max(right[i] - x, 0)]
            shares[i, j] = inside.sum() / max(1, min(area[i], crop.sum()))
    return shares


def match_numbers(numbers: Floats, people: Floats, least_ios: float = 0.9, shared: Floats | None = None) -> list[tuple[int, int]]:
    """Give each number box to at most one person, and each person at most one.

    Args:
        numbers: (n, 4) number boxes.
        people: (p, 4) boxes of everybody who could wear them, referees too.
        least_ios: intersection over the smaller area that a person's box must have with the number.
        shared: (n, p) that intersection, where it is better known than from boxes; see ``mask_over_smaller``.

    Returns:
        (number index, person index) pairs. A number that could be two people's is nobody's: a number on the wrong back is worse than none.
    """
    from scipy.optimize import linear_sum_assignment

    if not len(numbers) or not len(people):
        return []
    centre = (numbers[:, None, :2] + numbers[:, None, 2:]) / 2
    place = (centre - people[None, :, :2]) / np.maximum(people[None, :, 2:] - people[None, :, :2], 1e-9)
    fit = -0.5 * (((place - _PLACE) / _STRAY) ** 2).sum(2)
    if shared is None:
        shared = intersection_over_smaller(numbers, people)
    fit = np.where((shared >= least_ios) & (fit > -6), fit, _NO_MATCH)
    pairs = []
    for number, person in zip(*linear_sum_assignment(-fit), strict=True):
        rival = np.delete(fit[number], person).max(initial=_NO_MATCH)
        if fit[number, person] > _NO_MATCH and fit[number, person] - rival >= _CLEAR:
            pairs.append((int(number), int(person)))
    return pairs
