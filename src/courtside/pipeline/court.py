"""Where the court lies in a clip, and where on it people stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from courtside.court import COURTS, Lens
from courtside.court.registration import CourtTrack, line_agreement, register
from courtside.records import Records

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FASTEST_M_S = 9.5  # a sprint of the fastest players, and a little
_SMOOTH_S = 0.12  # standard deviation: a box's lower edge jitters with every step
_FOR_THE_LEAGUE = 15  # sightings of a clip that are enough to tell whose court it is
_CLEARLY = 0.003  # share of the lines by which a court must fit better
_REACH_S = 0.5  # a place is judged by those so near in time


def place_court(records: Records, league: str) -> CourtTrack | None:
    """Return where the court lies in every frame, or None where nobody looked for it."""
    if not records.court:
        return None
    size = records.clip.width, records.clip.height
    return register(records.court, records.frames.time_s, records.frames.cut, COURTS[league], size)


def find_league(clips: Sequence[Records]) -> str:
    """Return the league on whose court the painted lines of all ``clips`` lie best; the first of those that can't be told apart, "nba" where none was seen."""
    best, best_fit = next(iter(COURTS)), 0.0
    for league, court in COURTS.items():
        fits, weights = [], []
        for records in clips:
            some = records.court[:: max(1, len(records.court) // _FOR_THE_LEAGUE)]
            track = register(some, records.frames.time_s, records.frames.cut, court, (records.clip.width, records.clip.height))
            fit = line_agreement(some, track, court)
            if np.isfinite(fit):
                fits.append(fit)
                weights.append(int(track.valid.sum()))
        if fits and (fit := float(np.average(fits, weights=weights))) > best_fit + _CLEARLY:
            best, best_fit = league, fit
    return best


def positions(frame: Ints, xyxy: Floats, time_s: Floats, cut: npt.NDArray[np.bool_], court: CourtTrack) -> Floats:
    """Return (n, 2) where the feet stand in metres of the court frame, NaN where it is not known.

    A foot stands below the middle of its box's lower edge. A place that is too far from those around it to run there is struck out; the rest is averaged over
    time, never across a gap or a cut.

    Args:
        frame: (n,) rising frame numbers.
        xyxy: (n, 4) boxes in pixels.
        time_s: times of all frames of the clip.
        cut: which of all frames begin a shot.
        court: where the court lies.
    """
    places = np.full((len(frame), 2), np.nan)
    feet = Lens(*court.lens).unbend(np.stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]], 1))
    rows = np.flatnonzero(court.valid[frame])
    if len(rows):
        back = np.linalg.inv(court.court_to_pinhole[frame[rows]])
        homogeneous = np.einsum("nij,nj->ni", back, np.concatenate([feet[rows], np.ones((len(rows), 1))], 1))
        places[rows] = homogeneous[:, :2] / homogeneous[:, 2:]
    places[np.abs(places).max(1, initial=0) > 40] = np.nan  # at the horizon
    shots = np.cumsum(cut)[frame]
    broken = np.flatnonzero((np.diff(frame) > 1) | (np.diff(shots) > 0)) + 1
    for run in np.split(np.arange(len(frame)), broken):
        if len(run):
            places[run] = _cleaned(time_s[frame[run]], places[run])
    return places


def _cleaned(time_s: Floats, places: Floats) -> Floats:
    known = np.isfinite(places[:, 0])
    if known.sum() < 2:
        return places
    at, mine = time_s[known], places[known]
    gap_s = np.abs(at[:, None] - at[None])
    near = (gap_s <= _REACH_S) & (gap_s > 0)
    apart = np.hypot(*(mine[:, None] - mine[None]).transpose(2, 0, 1))
    reachable = apart <= _FASTEST_M_S * gap_s + 0.5  # half a metre is what a box's edge jumps
    good = (reachable & near).sum(1) >= 0.5 * near.sum(1)
    weight = np.exp(-0.5 * (gap_s / _SMOOTH_S) ** 2) * good[None]
    # a straight line through the places around, weighed by nearness (LOESS, Cleveland 1979): a mean would lag behind at both ends
    apart_s = at[None] - at[:, None]
    s0, s1, s2 = ((weight * apart_s**power).sum(1, keepdims=True) for power in range(3))
    spread = s0 * s2 - s1**2
    line = (s2 * (weight @ mine) - s1 * ((weight * apart_s) @ mine)) / np.where(spread > 1e-9, spread, 1)
    mean = weight @ mine / np.maximum(s0, 1e-9)
    out = places.copy()
    out[known] = np.where((s0 > 0.3) & good[:, None], np.where(spread > 1e-6, line, mean), np.nan)
    return out


def outside_m(places: Floats, league: str) -> Floats:
    """Return (n,) how far beyond the lines each place (n, 2) lies, 0 on the court, NaN where unknown."""
    court = COURTS[league]
    beyond = np.abs(places) - (court.half_length_m, court.half_width_m)
    return np.asarray(np.hypot(*np.maximum(beyond, 0).T))


def write_court(path: Path, court: CourtTrack, league: str) -> None:
    """Write ``court.json``: league, lens, and for every frame ``valid``, ``court_to_pinhole`` (3x3 or null) and ``error_m`` (or null)."""
    frames = [
        {
            "frame": i,
            "valid": bool(valid),
            "court_to_pinhole": [[float(f"{value:.8g}") for value in row] for row in map_.tolist()] if valid else None,
            "error_m": round(float(error), 3) if valid and np.isfinite(error) else None,
        }
        for i, (valid, map_, error) in enumerate(zip(court.valid, court.court_to_pinhole, court.error_m, strict=True))
    ]
    document = {"format": 1, "league": league, "lens": list(court.lens), "frames": frames}
    path.write_text(json.dumps(document))
