"""The notebook's way to two teams: all looks of the game brought to 3 dimensions by UMAP, then cut in two by KMeans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.errors import ModelError
from courtside.identity.teams import KitModel, Kits, fit_kits, kits_of, two_clusters
from courtside.identity.tracklets import Tracklet

Floats = npt.NDArray[np.float64]

_DIMENSIONS = 3
_NEIGHBOURS = 15  # umap-learn's own default
_LEAST_LOOKS = 20  # fewer have no neighbourhoods to keep


@dataclass(frozen=True)
class UmapKits:
    """Two kits in UMAP's space: ``kits`` there, and where each of the ``looks`` (n, d) it was fitted on came to lie, ``places`` (n, 3).

    A look that it was not fitted on lies where the nearest of these does.
    """

    kits: Kits
    looks: Floats
    places: Floats

    def log_odds(self, looks: Floats) -> Floats:
        """See ``KitModel.log_odds``."""
        return self.kits.log_odds(self._placed(looks))

    def chance(self, looks: Floats) -> Floats:
        """See ``KitModel.chance``."""
        return self.kits.chance(self._placed(looks))

    def _placed(self, looks: Floats) -> Floats:
        if not len(looks):
            return np.zeros((0, self.places.shape[1]))
        # |a - b|^2 without |a|^2, which is the same for all b: a (looks, n) table, not (looks, n, d)
        nearest = ((self.looks**2).sum(1)[None] - 2 * looks @ self.looks.T).argmin(1)
        return np.asarray(self.places[nearest])


def fit_umap_kits(tracklets: Sequence[Tracklet], seed: int = 0) -> KitModel:
    """Cluster the looks of all players of all clips of a game; with too few of them (below 20), as ``fit_kits`` does.

    The same looks and seed give the same teams. UMAP pulls any crowd apart, so that two kits are found where there is only one, too.

    Raises:
        ModelError: umap-learn is not installed.
    """
    looks = [tracklet.look for tracklet in tracklets if len(tracklet.look)]
    points = np.concatenate(looks) if looks else np.zeros((0, 0))
    if len(points) < _LEAST_LOOKS or np.allclose(points, points[0]):
        return fit_kits(tracklets, seed)
    try:
        from umap import UMAP
    except ImportError as error:
        raise ModelError("identity.teams=umap needs umap-learn, of the research extra: pip install 'courtside[research]'") from error
    # one job: several would make the result depend on their timing, whatever the seed
    reducer = UMAP(n_components=_DIMENSIONS, n_neighbors=min(_NEIGHBOURS, len(points) - 1), random_state=seed, n_jobs=1)
    places = np.asarray(reducer.fit_transform(points), float)
    labels, centres = two_clusters(places, seed)
    kits = kits_of(places, centres, labels)
    return UmapKits(kits, points, places) if kits else fit_kits(tracklets, seed)
