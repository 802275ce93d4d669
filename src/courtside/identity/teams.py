"""Two teams from what kits look like: a two-cluster mixture over all looks, decided per person, with a "neither"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from courtside.identity.tracklets import Tracklet

Floats = npt.NDArray[np.float64]

_LEAST_SEPARATION = 2.0  # distance of the centres in units of the spread along their line, below which there is one kit
_TRUST = 0.5  # looks of one person are far from independent: their log-odds are scaled by this
_LIMIT = 4.0  # what one look may say at most, in nats
_STRANGE = 3.5  # distance from the nearer centre, in typical distances, from which a person wears neither kit


class KitModel(Protocol):
    """Two kits that looks can be held against."""

    def log_odds(self, looks: Floats) -> Floats:
        """Return (a,) log-odds of kit 1 against kit 0, per look (a, d)."""
        ...

    def chance(self, looks: Floats) -> Floats:
        """Return (3,): the chances of kit 0, kit 1 and neither for one person's looks (a, d)."""
        ...


@dataclass(frozen=True)
class Kits:
    """The two clusters: ``centres`` (2, d), the projection ``axis`` (d,), where the teams meet on it (``middle``) and the ``spread`` (2,) around each centre.

    ``usual`` is the median distance of a look from its centre. None of it when ``separable`` is False: fewer than two kits are in view.
    """

    centres: Floats
    axis: Floats
    means: Floats
    spread: Floats
    usual: float
    separable: bool

    def log_odds(self, looks: Floats) -> Floats:
        """Return (a,) log-odds of kit 1 against kit 0, per look (a, d), bounded and discounted for their dependence."""
        if not self.separable or not len(looks):
            return np.zeros(len(looks))
        position = looks @ self.axis
        score = -0.5 * ((position[:, None] - self.means) / self.spread) ** 2 - np.log(self.spread)
        return np.asarray(np.clip(score[:, 1] - score[:, 0], -_LIMIT, _LIMIT) * _TRUST)

    def chance(self, looks: Floats) -> Floats:
        """Return (3,): the chances of kit 0, kit 1 and neither for one person's looks (a, d); no looks say (0.5, 0.5, 0)."""
        if not len(looks):
            return np.array([0.5, 0.5, 0.0])
        typical = np.median(looks, 0)
        distance = float(np.linalg.norm(self.centres - typical, axis=1).min()) if self.separable else 0.0
        neither = 1 / (1 + np.exp(-4 * (distance / max(self.usual, 1e-6) - _STRANGE)))
        # the square root again: ten looks at one back are not ten backs
        total = float(self.log_odds(looks).sum()) / np.sqrt(max(len(looks) / 4, 1))
        one = 1 / (1 + np.exp(-total))
        return np.array([(1 - one) * (1 - neither), one * (1 - neither), neither])


def fit_kits(tracklets: Sequence[Tracklet], seed: int = 0) -> Kits:
    """Cluster the looks of all players (referees are left out by the caller), of all clips of a game, into two kits."""
    looks = [tracklet.look for tracklet in tracklets if len(tracklet.look)]
    n_features = looks[0].shape[1] if looks else 0
    points = np.concatenate(looks) if looks else np.zeros((0, n_features))
    none = Kits(np.zeros((2, n_features)), np.zeros(n_features), np.zeros(2), np.ones(2), 1.0, separable=False)
    if len(looks) < 2 or len(points) < 4 or np.allclose(points, points[0]):
        return none
    # One vote a person first, so that the star in every frame does not pull a centre to himself; then every look refines.
    medians = np.stack([np.median(look, 0) for look in looks])
    votes = np.rint(np.sqrt([len(look) for look in looks])).astype(np.int64)
    _, first = two_clusters(np.repeat(medians, votes, 0), seed)
    nearest = np.linalg.norm(points[:, None] - first, axis=2).argmin(1)
    labels, centres = two_clusters(points, seed, nearest)
    return kits_of(points, centres, labels) or none


def two_clusters(points: Floats, seed: int, start: npt.NDArray[np.integer] | None = None) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the labels (n,) and centres (2, d) of two clusters of points (n, d) by k-means: from labels ``start`` (n,), or the best of twenty starts.

    The same points and seed give the same clusters.
    """
    cv2.setRNGSeed(seed)
    enough = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 300, 1e-5)
    if start is None:
        _, labels, centres = cv2.kmeans(points.astype(np.float32), 2, None, enough, 20, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]  # OpenCV's stub knows no None
    else:
        _, labels, centres = cv2.kmeans(points.astype(np.float32), 2, start.astype(np.int32)[:, None], enough, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    return labels[:, 0].astype(np.int64), centres.astype(float)


def kits_of(points: Floats, centres: Floats, labels: npt.NDArray[np.integer]) -> Kits | None:
    """Return the kits of looks (n, d) that were clustered around ``centres`` (2, d) as ``labels`` (n,) say; None when the centres coincide."""
    gap = float(np.linalg.norm(centres[1] - centres[0]))
    if gap < 1e-6:
        return None
    axis = (centres[1] - centres[0]) / gap
    position = points @ axis
    spread = np.array([max(float(np.std(position[labels == k])), 0.03) for k in (0, 1)])
    means = np.array([float(np.mean(position[labels == k])) for k in (0, 1)])
    usual = float(np.median(np.linalg.norm(points - centres[labels], axis=1)))
    separation = (means[1] - means[0]) / float(np.sqrt((spread**2).mean()))
    return Kits(centres, axis, means, spread, usual, separable=bool(separation > _LEAST_SEPARATION))
