"""Where people really stood, and how far from there a run places them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.court.camera import Lens
from courtside.court.feet import camera_position, sights
from courtside.court.registration import CourtTrack
from courtside.evaluate.court import court_at, places
from courtside.evaluate.drawn import Drawn
from courtside.evaluate.matching import Compared
from courtside.pipeline.court import everybodys_positions
from courtside.records import FrameTable
from courtside.truth.labels import CourtLabels, PeopleLabels, Truth

Floats = npt.NDArray[np.float64]

_EDGE = 0.01
"""Of the picture's height: who is labelled down to this from its lower edge has feet that nobody saw."""


@dataclass(frozen=True)
class PlaceScores:
    """How far drawn people stand from the labelled people they are, in metres, over ``n`` pairs; ``n_unknown`` more pairs have no drawn place.

    None where there is no pair with both places.
    """

    n: int
    n_unknown: int
    median_m: float | None
    p90_m: float | None
    p95_m: float | None


def true_places(truth: Truth, labels: PeopleLabels) -> Floats:
    """Return (n, 2) where the labelled stand, the floor under the middle of the body: as labelled, else by the true box's lower edge and the true court.

    NaN where neither is known; a box that ends at the picture's lower edge says nothing of the feet.
    """
    if truth.court is None:
        return labels.court_m
    at = court_at(truth.court, float(truth.rate), truth.cuts)
    camera_m = camera_position(truth.court.court_to_pinhole, (truth.width, truth.height))
    if camera_m is None:  # a map that is no camera's: as good as it gets
        below = places(truth.court, at, labels.frame, labels.xyxy)
    else:
        maps = {int(frame): at(int(frame)) for frame in np.unique(labels.frame)}
        unknown = np.full((3, 3), np.nan)
        each = np.array([unknown if (map_ := maps[int(frame)]) is None else map_ for frame in labels.frame]).reshape(-1, 3, 3)
        seen = sights(each, Lens(*truth.court.lens), camera_m, labels.xyxy)
        below = seen.floor(seen.feet_m())
    below[labels.xyxy[:, 3] > truth.height * (1 - _EDGE)] = np.nan
    return np.where(np.isfinite(labels.court_m), labels.court_m, below)


def places_by(court: CourtLabels, frames: FrameTable, size: tuple[int, int], drawn: Drawn) -> Floats:
    """Return (n, 2) where the drawn stand by ``court``, as a run would place them; NaN where that is not known.

    Args:
        court: the run's court or the true one; between labelled frames the camera is taken to turn evenly.
        frames: the clip's frames.
        size: (width, height) of the picture.
        drawn: the people.
    """
    rate = 1 / float(np.median(np.diff(frames.time_s))) if len(frames.time_s) > 1 else 1.0
    at = court_at(court, rate, tuple(np.flatnonzero(frames.cut).tolist()))
    maps = np.full((len(frames.time_s), 3, 3), np.nan)
    for frame in np.unique(drawn.frame):
        map_ = at(int(frame))
        if map_ is not None:
            maps[frame] = map_
    valid = np.isfinite(maps).all((1, 2))
    middle = size[0] / 2, size[1] / 2
    lens = court.lens if any(court.lens[4:]) else (*middle, *middle, 0.0, 0.0)  # labels without a lens don't say where its middle is
    track = CourtTrack(valid, maps, lens, np.full(len(valid), np.nan))
    rows = [np.flatnonzero(drawn.track_id == one) for one in np.unique(drawn.track_id)]
    found = np.full((len(drawn.frame), 2), np.nan)
    placed = everybodys_positions([(drawn.frame[mine], drawn.xyxy[mine]) for mine in rows], frames.time_s, frames.cut, track)
    for mine, where in zip(rows, placed, strict=True):
        found[mine] = where
    return found


def score_places(compared: Compared, truth_m: Floats, drawn_m: Floats) -> PlaceScores:
    """Measure the places of all paired people, whoever they are taken for; pairs whose true place is unknown don't count."""
    pairs = np.array([(i, j) for _, i, j in compared.pairs()], np.int64).reshape(-1, 2)
    pairs = pairs[np.isfinite(truth_m[pairs[:, 0]]).all(1)]
    off = np.hypot(*(truth_m[pairs[:, 0]] - drawn_m[pairs[:, 1]]).T)
    known = off[np.isfinite(off)]
    quantiles = [float(value) for value in np.quantile(known, (0.5, 0.9, 0.95))] if len(known) else [None] * 3
    return PlaceScores(len(known), len(off) - len(known), *quantiles)
