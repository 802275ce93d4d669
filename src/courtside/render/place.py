"""Where labels go: near where they want to be, inside the picture, off one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def place(wanted: Sequence[Box], size: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the top-left corner of every box, in order.

    The first come first: a box moves only when it would leave the picture or cover an earlier one, and then by as little as can be, sideways moves counting
    half (labels are wide, a step sideways keeps them nearer the feet). So a clear scene moves nothing, and an order that lasts from frame to frame makes the
    places last. A box that finds no free place keeps its own, inside the picture.

    Args:
        wanted: boxes where they would like to be.
        size: (width, height) of the picture. A box larger than it is aligned to the top left.
    """
    corners: list[tuple[int, int]] = []
    taken = np.zeros((0, 4), np.int64)
    for x, y, width, height in wanted:
        last_x, last_y = max(size[0] - width, 0), max(size[1] - height, 0)
        home = np.array([[min(max(x, 0), last_x), min(max(y, 0), last_y)]], np.int64)
        chosen = home[0]
        if _covered(home, width, height, taken)[0]:
            # the nearest free place touches a neighbour on one axis or two: those are all the places worth trying
            xs = np.concatenate([home[:, 0], taken[:, 0] - width, taken[:, 0] + taken[:, 2]])
            ys = np.concatenate([home[:, 1], taken[:, 1] - height, taken[:, 1] + taken[:, 3]])
            tries = np.stack(np.meshgrid(xs[(xs >= 0) & (xs <= last_x)], ys[(ys >= 0) & (ys <= last_y)]), -1).reshape(-1, 2)
            free = tries[~_covered(tries, width, height, taken)]
            if len(free):
                moves = np.abs(free - home)
                chosen = free[np.argmin(moves[:, 0] / 2 + moves[:, 1])]
        corners.append((int(chosen[0]), int(chosen[1])))
        taken = np.concatenate([taken, [[chosen[0], chosen[1], width, height]]])
    return corners


def _covered(corners: npt.NDArray[np.int64], width: int, height: int, taken: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say which boxes of one size at ``corners`` (n, 2) overlap any of ``taken`` (m, 4)."""
    x, y = corners[:, :1], corners[:, 1:]
    apart = (x + width <= taken[:, 0]) | (taken[:, 0] + taken[:, 2] <= x) | (y + height <= taken[:, 1]) | (taken[:, 1] + taken[:, 3] <= y)
    return np.asarray(~apart.all(1), np.bool_)
