"""Where the court lies in a clip, and where on it people stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from courtside.court import COURTS, Court, Lens
from courtside.court.camera import floor_under
from courtside.court.feet import NEAR_SHOE_M, covered_feet, sights
from courtside.court.live import register_live
from courtside.court.paths import end_state
from courtside.court.registration import CourtTrack, line_agreement, register
from courtside.court.standing import Looks, Stood, body_height, leaps, stand
from courtside.identity.continuity import Whereabouts
from courtside.records import Records
from courtside.types import PLAYER_CLASSES, REFEREE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LOOSE_M = 0.05  # our detector's boxes reach so far below the shoes, on simulated and on real clips
_EDGE = 0.02  # of the picture's height: a box that ends nearer to the edge is cut by it; the boxes of people who are cut end some pixels inside
_SURELY_SOMEBODY, _LEAST_PEOPLE, _FOR_A_STRETCH = 0.4, 8, 200  # confidence of a box that counts, and how many boxes of a stretch must and may
_NEAR_M, _MOST_STAND_ON_IT = 3.0, 0.4  # from the lines; the share of people nearer than that, 0.9 and more on all labelled clips, below which it is no court
_AT_FIRST, _FOR_THE_LEAGUE = 5, 15  # sightings of a clip by which to tell whose court it is: most leagues need no second look
_OUT_OF_IT = 0.1  # share of the lines by which a court that fits worse at first is not looked at again; the right one was never behind
_CLEARLY = 0.003  # share of the lines by which a court must fit better


def place_court(records: Records, measures: Court, fit: Literal["clip", "live"] = "clip") -> CourtTrack | None:
    """Return where the court lies in every frame, by the whole clip or by what came before each frame; None where nobody looked for it."""
    if not records.court:
        return None
    size = records.clip.width, records.clip.height
    frames = records.frames
    if fit == "live":
        return register_live(records.court, frames.time_s, frames.cut, frames.motion, measures, size)
    track = register(records.court, frames.time_s, frames.cut, measures, size)
    return _where_people_stand(track, records, measures)


def _where_people_stand(track: CourtTrack, records: Records, measures: Court) -> CourtTrack:
    """Drop the court where hardly anybody stands on it: lines of a ceiling, of stands, of a wall."""
    found, valid = records.detections, track.valid.copy()
    sure = np.isin(found.class_id, (*PLAYER_CLASSES, REFEREE)) & (found.confidence >= _SURELY_SOMEBODY)
    cuts = records.frames.cut.copy()
    cuts[1:] |= valid[1:] != valid[:-1]
    for run in np.split(np.arange(len(valid)), np.flatnonzero(cuts)):
        if not len(run) or not valid[run[0]]:
            continue
        rows = np.flatnonzero(sure & (found.frame >= run[0]) & (found.frame <= run[-1]))
        on = [
            _is_there(track.court_to_pinhole[found.frame[row]], Lens(*track.lens), found.xyxy[row], measures)
            for row in rows[:: max(1, len(rows) // _FOR_A_STRETCH)]
        ]
        if len(on) >= _LEAST_PEOPLE and np.mean(on) < _MOST_STAND_ON_IT:
            valid[run] = False
    if (valid == track.valid).all():
        return track
    return replace(
        track,
        valid=valid,
        court_to_pinhole=np.where(valid[:, None, None], track.court_to_pinhole, np.nan),
        error_m=np.where(valid, track.error_m, np.nan),
    )


def _is_there(court_to_pinhole: Floats, lens: Lens, xyxy: npt.NDArray[np.floating], measures: Court) -> bool:
    foot = floor_under(court_to_pinhole, lens, np.array([[(xyxy[0] + xyxy[2]) / 2, xyxy[3]]], float))
    return bool(measures.outside_m(foot)[0] < _NEAR_M)


def find_league(clips: Sequence[Records]) -> str:
    """Return the league on whose court the painted lines of all ``clips`` lie best; the first of those that can't be told apart, "nba" where none was seen."""
    fits = {league: _lines_fit(clips, court, _AT_FIRST) for league, court in COURTS.items()}
    left = [league for league, fit in fits.items() if fit >= max(fits.values()) - _OUT_OF_IT]
    if len(left) > 1:
        fits = {league: _lines_fit(clips, COURTS[league]) for league in left}
    best, best_fit = left[0], 0.0
    for league in left:
        if fits[league] > best_fit + _CLEARLY:
            best, best_fit = league, fits[league]
    return best


def better_league(clips: Sequence[Records], measures: Court) -> str | None:
    """Return the league on whose court the painted lines of ``clips`` clearly lie better than on one of these ``measures``, None where there is none."""
    best = find_league(clips)
    return best if _lines_fit(clips, COURTS[best]) > _lines_fit(clips, measures) + _CLEARLY else None


def _lines_fit(clips: Sequence[Records], court: Court, n_sightings: int = _FOR_THE_LEAGUE) -> float:
    """Return the share (0-1) of what is seen of the painted lines that lies on those of ``court``, 0 where it is never found."""
    fits, weights = [], []
    for records in clips:
        some = records.court[:: max(1, len(records.court) // n_sightings)]
        track = register(some, records.frames.time_s, records.frames.cut, court, (records.clip.width, records.clip.height))
        fit = line_agreement(some, track, court)
        if np.isfinite(fit):
            fits.append(fit)
            weights.append(int(track.valid.sum()))
    return float(np.average(fits, weights=weights)) if fits else 0.0


def positions(
    frame: Ints, xyxy: Floats, time_s: Floats, cut: npt.NDArray[np.bool_], court: CourtTrack, covered: npt.NDArray[np.float64] | None = None
) -> Floats:
    """Return (n, 2) where somebody stands in metres of the court frame, the floor under the middle of his body; NaN where it is not known.

    How far away he is is told by his feet, and by his head where his feet are hidden or out of the picture; how it changes, by what a body can do. Nothing is
    carried across a gap or a cut.

    Args:
        frame: (n,) frame numbers, rising.
        xyxy: (n, 4) boxes in pixels.
        time_s: times of all frames of the clip.
        cut: which of all frames begin a shot.
        court: where the court lies.
        covered: (n,) the share (0-1) of his feet that others hide (``covered_feet``); None where nobody knows of others.
    """
    places = np.full((len(frame), 2), np.nan)
    for run, stood in _stretches(frame, xyxy, time_s, cut, court, covered):
        places[run] = stood.places_m
    return places


def ends(
    frame: Ints, xyxy: Floats, time_s: Floats, cut: npt.NDArray[np.bool_], court: CourtTrack, covered: npt.NDArray[np.float64] | None = None
) -> tuple[Whereabouts | None, Whereabouts | None]:
    """Return where somebody was and how he ran when he was first and last seen, as ``continuity`` compares them; None where it is not known.

    The arguments are those of ``positions``; without at least two frames on end nothing is known of a velocity, and so nothing at all.
    """
    found: list[Whereabouts | None] = [None, None]
    for run, stood in _stretches(frame, xyxy, time_s, cut, court, covered):
        for end in (0, 1):
            row = (0, -1)[end]
            if len(run) > 1 and run[row] == (0, len(frame) - 1)[end] and np.isfinite(stood.places_m[row]).all():
                at = time_s[frame[run]]
                state, covariance = end_state(at, stood.seen_m, stood.information, last=bool(end))
                found[end] = Whereabouts(float(at[row]), state[:2], state[2:], covariance)
    return found[0], found[1]


def _stretches(
    frame: Ints, xyxy: Floats, time_s: Floats, cut: npt.NDArray[np.bool_], court: CourtTrack, covered: npt.NDArray[np.float64] | None
) -> Iterator[tuple[Ints, Stood]]:
    """Yield the rows and places of each stretch without a gap or a cut in which the court is known."""
    width, height = (round(2 * middle) for middle in court.lens[:2])  # a lens's middle is the picture's
    camera_m = court.camera_m if len(frame) else None
    if camera_m is None:
        return
    maps = np.where(court.valid[frame][:, None, None], court.court_to_pinhole[frame], np.nan)
    edge = _EDGE * height
    looks = Looks(
        sights(maps, Lens(*court.lens), camera_m, xyxy),
        np.zeros(len(frame)) if covered is None else covered,
        no_feet=xyxy[:, 3] > height - edge,
        no_head=xyxy[:, 1] < edge,
        no_side=(xyxy[:, 0] < edge) | (xyxy[:, 2] > width - edge),
        below_m=NEAR_SHOE_M + _LOOSE_M,
    )
    tall_m = body_height(looks, float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0)
    shots, known = np.cumsum(cut)[frame], court.valid[frame]
    broken = np.flatnonzero((np.diff(frame) != 1) | (np.diff(shots) > 0) | (np.diff(known) != 0)) + 1
    for run in np.split(np.arange(len(frame)), broken):
        if known[run[0]]:
            for part in np.split(run, leaps(time_s[frame[run]], looks.of(run))):
                yield part, stand(time_s[frame[part]], looks.of(part), tall_m)


def everybodys_positions(paths: Sequence[tuple[Ints, Floats]], time_s: Floats, cut: npt.NDArray[np.bool_], court: CourtTrack) -> list[Floats]:
    """Return ``positions`` of all the people of a clip, who hide each other's feet; ``paths`` has the frames (n,) and boxes (n, 4) of each."""
    if not paths:
        return []
    covered = covered_feet(np.concatenate([frame for frame, _ in paths]), np.concatenate([xyxy for _, xyxy in paths]))
    shares = np.split(covered, np.cumsum([len(frame) for frame, _ in paths])[:-1])
    return [positions(frame, xyxy, time_s, cut, court, share) for (frame, xyxy), share in zip(paths, shares, strict=True)]
