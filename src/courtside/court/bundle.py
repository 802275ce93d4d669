"""Many pictures of one camera: where it stands and how its lens bends, once; where it looks and how far it zooms, for each picture.

A main camera does not move from its stand. Tying all pictures to one position and one lens leaves four numbers a picture, so that a few landmarks on one end
of the court pin down the other end too, which a bare homography can't (``data/truth`` fits this model to 0.2 px, a bare 3x3 is off by up to 15 px).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PAN, TILT, ROLL, ZOOM = range(4)
"""Columns of ``looks``: radians, and the logarithm of the focal length over the picture's width."""

_STAND_M, _STAND_SPREAD_M = np.array([0.0, 32.0, 10.5]), np.array([3.0, 7.0, 4.0])
"""Where main cameras stand (x, y, z): mean and spread over the arenas that were measured; it matters only where little of the court is seen."""

_ROLL_SPREAD, _BEND_SPREAD = 0.01, 0.03
_LEAST_DAMPING = 1e-6


@dataclass(frozen=True)
class Stand:
    """What all pictures share: ``position_m`` (3,), and ``bend``, the lens' k1 at half the picture's width from its middle."""

    position_m: Floats
    bend: float = 0.0

    def vector(self) -> Floats:
        """Return (4,)."""
        return np.append(self.position_m, self.bend)

    @staticmethod
    def of(vector: Floats) -> Stand:
        """Return what ``vector`` says."""
        return Stand(np.asarray(vector[:3]), float(vector[3]))


@dataclass(frozen=True)
class Marks:
    """What was seen: mark i is floor point ``floor_m`` (n, 2) at ``pixel`` (n, 2) of picture ``picture`` (n,).

    ``along`` (n, 2) is NaN for a point; for a point on a line it is the line's direction on the floor, and only the distance across counts. ``spread``
    (n,) is the expected error in pixels.
    """

    picture: npt.NDArray[np.int64]
    floor_m: Floats
    pixel: Floats
    along: Floats
    spread: Floats

    def of_pictures(self, kept: npt.NDArray[np.bool_]) -> Marks:
        """Return the marks of the pictures that are ``kept`` (n_pictures,), renumbered."""
        mine, number = kept[self.picture], np.cumsum(kept) - 1
        return Marks(number[self.picture[mine]], self.floor_m[mine], self.pixel[mine], self.along[mine], self.spread[mine])


def project(stand: Floats, looks: Floats, floor_m: Floats, size_px: tuple[int, int]) -> Floats:
    """Return pixels (n, 2) of floor points (n, 2), each seen by its own look (n, 4) from ``stand`` (4,); NaN behind the camera."""
    width, height = size_px
    sin_pan, cos_pan, sin_tilt, cos_tilt = np.sin(looks[:, PAN]), np.cos(looks[:, PAN]), np.sin(looks[:, TILT]), np.cos(looks[:, TILT])
    x, y, z = floor_m[:, 0] - stand[0], floor_m[:, 1] - stand[1], -stand[2]
    right = cos_pan * x + sin_pan * y
    ahead = sin_pan * x - cos_pan * y  # along the floor
    depth = cos_tilt * ahead - sin_tilt * z
    down = -sin_tilt * ahead - cos_tilt * z
    sin_roll, cos_roll = np.sin(looks[:, ROLL]), np.cos(looks[:, ROLL])
    depth = np.where(depth > 0.5, depth, np.nan)
    focal = np.exp(looks[:, ZOOM]) * 2  # in half widths
    a, b = focal * (cos_roll * right - sin_roll * down) / depth, focal * (sin_roll * right + cos_roll * down) / depth
    stretch = 1 + stand[3] * (a * a + b * b)
    return np.stack([width / 2 * (1 + a * stretch), height / 2 + width / 2 * b * stretch], 1)


def residuals(stand: Floats, looks: Floats, marks: Marks, size_px: tuple[int, int]) -> Floats:
    """Return (n, 2) errors over their spread; across its line alone for a point on a line, whose second entry is 0. What falls behind the camera errs by 50."""
    mine = looks[marks.picture]
    error = project(stand, mine, marks.floor_m, size_px) - marks.pixel
    on_line = np.isfinite(marks.along[:, 0])
    if on_line.any():
        ahead = project(stand, mine[on_line], marks.floor_m[on_line] + 0.05 * marks.along[on_line], size_px)
        direction = ahead - (error[on_line] + marks.pixel[on_line])
        direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
        across = error[on_line, 0] * -direction[:, 1] + error[on_line, 1] * direction[:, 0]
        error[on_line] = np.stack([across, np.zeros(len(across))], 1)
    return np.nan_to_num(error / marks.spread[:, None], nan=50.0)


def _weights(error: Floats) -> Floats:
    """Cauchy's weights: what is far off counts little."""
    return np.asarray(1 / (1 + (error**2).sum(1) / 4))


def _cost(error: Floats, picture: npt.NDArray[np.int64], n: int) -> Floats:
    return np.asarray(np.bincount(picture, 2 * np.log1p((error**2).sum(1) / 4), n), np.float64)


def fit_looks(
    stand: Stand, looks: Floats, marks: Marks, size_px: tuple[int, int], roll: float = 0.0, n_steps: int = 12
) -> tuple[Floats, Floats]:
    """Return the best look (n, 4) of each picture from a known stand, and its covariance (n, 4, 4), all pictures at once by Levenberg and Marquardt's method.

    ``roll`` is what the roll is expected to be; it matters where few marks are seen.
    """
    n, shared = len(looks), stand.vector()
    looks, damping = looks.copy(), np.full(n, 1e-2)
    prior = np.diag([0.0, 0.0, 1 / _ROLL_SPREAD**2, 1e-6])

    def cost_of(candidate: Floats) -> Floats:
        return _cost(residuals(shared, candidate, marks, size_px), marks.picture, n) + 0.5 * ((candidate[:, ROLL] - roll) / _ROLL_SPREAD) ** 2

    cost = cost_of(looks)
    normal = np.zeros((n, 4, 4))
    for _ in range(n_steps):
        error, jacobian = residuals(shared, looks, marks, size_px), np.empty((4, len(marks.picture), 2))
        for column, step in enumerate((1e-6, 1e-6, 1e-6, 1e-6)):
            moved = looks.copy()
            moved[:, column] += step
            jacobian[column] = (residuals(shared, moved, marks, size_px) - error) / step
        weight = _weights(error)
        normal, gradient = np.zeros((n, 4, 4)), np.zeros((n, 4))
        for i in range(4):
            gradient[:, i] = np.bincount(marks.picture, weight * (jacobian[i] * error).sum(1), n)
            for j in range(i, 4):
                normal[:, i, j] = normal[:, j, i] = np.bincount(marks.picture, weight * (jacobian[i] * jacobian[j]).sum(1), n)
        gradient[:, ROLL] += (looks[:, ROLL] - roll) / _ROLL_SPREAD**2
        normal += prior
        damped = normal + np.einsum("nii->ni", normal)[:, :, None] * np.eye(4) * damping[:, None, None] + np.eye(4) * _LEAST_DAMPING
        proposed = looks - np.linalg.solve(damped, gradient[..., None])[..., 0]
        proposed[:, ZOOM] = proposed[:, ZOOM].clip(np.log(0.4), np.log(12))
        after = cost_of(proposed)
        better = after < cost
        gained = np.where(better, cost - after, 0)
        looks[better], cost = proposed[better], np.where(better, after, cost)
        if better.any() and (gained < 1e-3 * cost + 1e-6).all():
            break
        damping = np.where(better, damping / 4, damping * 6).clip(1e-9, 1e6)
    return looks, np.asarray(np.linalg.inv(normal + np.eye(4) * _LEAST_DAMPING), np.float64)


def fit_stand(stand: Stand, looks: Floats, marks: Marks, size_px: tuple[int, int], n_rounds: int = 6) -> tuple[Stand, Floats]:
    """Return the best stand and looks (n, 4) for all marks together.

    Each round takes a Gauss-Newton step on the four shared numbers with the looks eliminated (the Schur complement of bundle adjustment, Triggs et al. 2000),
    then fits the looks again.
    """
    n = len(looks)
    looks, _ = fit_looks(stand, looks, marks, size_px)
    steps = np.array([1e-3, 1e-3, 1e-3, 1e-5])
    spread = np.append(_STAND_SPREAD_M, _BEND_SPREAD)
    middle = np.append(_STAND_M, 0.0)

    def total(vector: Floats, at: Floats, roll: float) -> float:
        error = residuals(vector, at, marks, size_px)
        prior = 0.5 * float((((vector - middle) / spread) ** 2).sum() + (((at[:, ROLL] - roll) / _ROLL_SPREAD) ** 2).sum())
        return float(_cost(error, marks.picture, n).sum()) + prior

    shared = stand.vector()
    for _ in range(n_rounds):
        roll = float(np.median(looks[:, ROLL]))
        error = residuals(shared, looks, marks, size_px)
        weight = _weights(error)
        of_looks, of_stand = np.empty((4, *error.shape)), np.empty((4, *error.shape))
        for i in range(4):
            moved = looks.copy()
            moved[:, i] += 1e-6
            of_looks[i] = (residuals(shared, moved, marks, size_px) - error) / 1e-6
            bumped = shared.copy()
            bumped[i] += steps[i]
            of_stand[i] = (residuals(bumped, looks, marks, size_px) - error) / steps[i]

        def summed(a: Floats, b: Floats, weight: Floats = weight) -> Floats:
            return np.asarray(np.bincount(marks.picture, weight * (a * b).sum(1), n), np.float64)

        own = np.array([[summed(a, b) for b in of_looks] for a in of_looks]).transpose(2, 0, 1) + np.diag([0, 0, 1 / _ROLL_SPREAD**2, 0]) + 1e-6 * np.eye(4)
        joint = np.array([[summed(a, b) for b in of_looks] for a in of_stand]).transpose(2, 0, 1)
        own_gradient = np.stack([summed(a, error) for a in of_looks], 1)
        own_gradient[:, ROLL] += (looks[:, ROLL] - roll) / _ROLL_SPREAD**2
        solved = np.linalg.solve(own, np.concatenate([joint.transpose(0, 2, 1), own_gradient[..., None]], 2))
        normal = np.array([[summed(a, b).sum() for b in of_stand] for a in of_stand]) - (joint @ solved[:, :, :4]).sum(0) + np.diag(1 / spread**2)
        gradient = np.array([summed(a, error).sum() for a in of_stand]) - (joint @ solved[:, :, 4:])[..., 0].sum(0) + (shared - middle) / spread**2
        step, before = np.linalg.solve(normal, gradient), total(shared, looks, roll)
        for share in (1.0, 0.3, 0.1, 0.03):
            trial = shared - share * step
            at = looks - solved[:, :, 4] + share * np.einsum("nij,j->ni", solved[:, :, :4], step)
            at, _ = fit_looks(Stand.of(trial), at, marks, size_px, roll, n_steps=4)
            after = total(trial, at, roll)
            if trial[2] > 1 and after < before:
                shared, looks = trial, at
                break
        else:
            break
        if before - after < 1e-3 * before:
            break
    return Stand.of(shared), looks
