"""The tracks of a run as the measures of ``mot`` want them: by boxes, or by place on the floor together with who it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.evaluate.matching import Compared, ComparedFrame
from courtside.evaluate.mot import Clear, Hota, IdScore, MotFrame, clear, hota, id_score

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TAUS_M = (0.5, 1.0, 2.0)
"""Distances at which the similarity of two places has fallen to 0.05."""


@dataclass(frozen=True)
class TrackingScores:
    """HOTA, CLEAR and IDF1 on the labelled frames. ``n_apart`` drawn boxes touch nobody who was labelled."""

    hota: Hota
    clear: Clear
    ids: IdScore
    n_apart: int


def mot_frames(compared: Compared, similarity: Callable[[ComparedFrame], Floats], *, with_apart: bool) -> list[MotFrame]:
    """Return the labelled frames as ``mot`` wants them; without the boxes of people who were not labelled unless ``with_apart``."""
    _, who = np.unique(compared.truth.who.astype(str), return_inverse=True)
    frames = []
    for frame in compared.frames:
        kept = np.ones(len(frame.drawn), bool) if with_apart else ~frame.apart
        frames.append((who[frame.truth].astype(np.int64), compared.drawn.track_id[frame.drawn[kept]], similarity(frame)[:, kept]))
    return frames


def score_tracking(compared: Compared, *, with_apart: bool = False) -> TrackingScores:
    """Score the tracks by their boxes (similarity: IoU)."""
    frames = mot_frames(compared, lambda frame: frame.iou, with_apart=with_apart)
    n_apart = sum(int(frame.apart.sum()) for frame in compared.frames)
    return TrackingScores(hota(frames), clear(frames), id_score(frames), n_apart)


def _same(a: Sequence[object], b: Sequence[object]) -> npt.NDArray[np.bool_]:
    return np.array([[one == other for other in b] for one in a], bool).reshape(len(a), len(b))


def ti_hota(compared: Compared, truth_m: Floats, drawn_m: Floats) -> dict[float, Hota]:
    """Return HOTA of places and identities by tau in metres (GS-HOTA: Somers et al. 2024, "SoccerNet Game State Reconstruction", with tau = 5 m there).

    The similarity of a labelled and a drawn person d metres apart is exp(ln(0.05) d^2 / tau^2) where role, team and number are the same, else 0; None is the
    same as None only. Labelled people without a place are left out, drawn ones without a place are false.

    Args:
        compared: the people; drawn ones who touch nobody labelled are left out.
        truth_m: (n, 2) places of the labelled, NaN where unknown.
        drawn_m: (m, 2) places of the drawn.
    """
    truth, drawn = compared.truth, compared.drawn
    scores = {}
    for tau in TAUS_M:

        def similarity(frame: ComparedFrame, tau: float = tau) -> Floats:
            offset = truth_m[frame.truth][:, None] - drawn_m[frame.drawn][None]
            near = np.exp(np.log(0.05) * (offset**2).sum(2) / tau**2)
            for name in ("role", "team", "number"):
                near = near * _same(getattr(truth, name)[frame.truth], getattr(drawn, name)[frame.drawn])
            return np.asarray(np.nan_to_num(near))

        known = [np.isfinite(truth_m[frame.truth]).all(1) for frame in compared.frames]
        frames = mot_frames(compared, similarity, with_apart=False)
        scores[tau] = hota([(who[there], tracks, near[there]) for (who, tracks, near), there in zip(frames, known, strict=True) if there.any()])
    return scores
