"""A ball in flight, found by how it flies: small things that moved, strung together where they fall as a thrown ball falls.

Two spots and gravity, which the scale of the picture gives, make a parabola. Those that meet other spots on their way are followed both ways and fitted
again. It is a small form of the layered data association of Yan, Christmas and Kittler ("Layered Data Association Using Graph-Theoretic Formulation with
Application to Tennis Ball Tracking in Monocular Sequences", IEEE PAMI 30(10), 2008). Legs and hands swing as fast, but not along a parabola for half a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from courtside.events.scene import Bools, Floats, Ints, Scene, from_first_frame

_GRAVITY_M_S2 = 9.81
_APART_S = (0.17, 0.27)  # between the two spots that a parabola is begun with
_REACH_S = 1.2  # how far to both sides it is followed
_OFF_M = 0.12  # how far from the parabola a spot of it may lie
_FASTEST_M_S, _FAST_M_S = 20.0, 5.0  # nobody throws faster; slower all the way, it may be somebody's hand
_BETWEEN = 0.7  # share of the frames between the first two spots in which there must be another
_UNSEEN, _BEHIND = 1.0, 0.5  # what a frame without a spot costs, and one in which somebody is in the way; a frame with a spot is worth 1
_AT_THE_RING_M, _AT_THE_RING = 0.7, 5.0  # a parabola that comes this near to a ring is worth more
_LEAST, _SURE = 5.0, 15.0  # worth from which it is fitted, and believed
_PULLS, _ASIDE, _SPREAD = (0.5, 1.7), 0.25, 0.25  # gravity as fitted, sideways, and the standard error of both, all as shares of what is expected
_GIVES = 0.2  # how far a flight's gravity is from what is expected, as a share of it: where it is nearer to the camera than people are, or turns towards it
_DRIBBLE_M = 2.0  # from the floor to the hand, or beside a man who walks
_PIXEL_M = 0.03  # spots lie no nearer to where they are than this, whatever the fit says
_SHARED = 0.3  # two parabolas that share more of their time are not both the ball's
_NOWHERE = 1e9  # pixels: where no spot is
_FOLLOWED = 12  # parabolas from one frame that are followed, the best


@dataclass(frozen=True)
class Arc:
    """A free flight: the frames (k,) in which the ball was seen, in order, and its middle ``xy`` (k, 2) in pixels.

    ``worth`` tells how sure it is, ``thrown`` whether it comes farther than a dribble does, or to a ring.
    """

    frame: Ints
    xy: Floats
    worth: float
    thrown: bool


def find_arcs(scene: Scene, scale: Floats, rings: Sequence[Floats] = ()) -> list[Arc]:
    """Return the free flights in a clip, in order of time; no two at once.

    Args:
        scene: the clip.
        scale: (n,) pixels per metre.
        rings: the middle (n, 2) of each basket in pixels, NaN where it is not known.
    """
    if not len(scene.spots.frame) or not np.isfinite(scale).all():
        return []
    sky = _Sky(scene, scale, rings)
    found = [arc for first in range(scene.n_frames) for arc in sky.arcs_through(first)]
    kept: list[Arc] = []
    for arc in sorted(found, key=lambda arc: -arc.worth):
        if all(_shared(arc, other) < _SHARED for other in kept):
            kept.append(arc)
    return sorted(kept, key=lambda arc: int(arc.frame[0]))


def _shared(one: Arc, other: Arc) -> float:
    both = min(one.frame[-1], other.frame[-1]) - max(one.frame[0], other.frame[0])
    return float(both / max(min(np.ptp(one.frame), np.ptp(other.frame)), 1))


@dataclass(frozen=True)
class _Flown:
    """h parabolas in the pixels of one frame: ``start``, ``speed`` and ``pull`` (h, 2); t seconds from it the ball is at start + speed t + pull t²/2."""

    start: Floats
    speed: Floats
    pull: Floats

    def at(self, t: Floats) -> Floats:
        """Return the places (h, t, 2)."""
        t = t[None, :, None]
        return np.asarray(self.start[:, None] + self.speed[:, None] * t + self.pull[:, None] * t**2 / 2)

    def of(self, rows: Bools | list[int]) -> _Flown:
        """Return some of them."""
        return _Flown(self.start[rows], self.speed[rows], self.pull[rows])


class _Sky:
    """What may be a ball in each frame, and what hides it: in the pixels of the first frame of each shot, where things that stand still stand still."""

    def __init__(self, scene: Scene, scale: Floats, rings: Sequence[Floats]) -> None:
        self._scene = scene
        self._back = from_first_frame(scene)
        self._forth: Floats = np.asarray(np.linalg.inv(self._back), float)
        self._scale = scale * np.sqrt(np.abs(np.linalg.det(self._back[:, :2, :2])))
        frame = np.concatenate([scene.spots.frame, scene.balls.frame])
        xy = np.concatenate([scene.spots.xy, (scene.balls.xyxy[:, :2] + scene.balls.xyxy[:, 2:]) / 2])
        self._spots = _rows_by_frame(frame, _moved(self._back[frame], xy), scene.n_frames, _NOWHERE)
        self._people = _rows_by_frame(scene.people.frame, scene.people.xyxy, scene.n_frames, np.nan)
        self._rings = [_moved(self._back, ring) for ring in rings]

    def arcs_through(self, first: int) -> list[Arc]:
        """Return the flights that two spots, one of them in frame ``first``, are on."""
        flown = self._begun(first)
        if not len(flown.start):
            return []
        window = self._window(first)
        worth, ends, _, _ = self._followed(first, window, flown)
        best = np.argsort(-worth, kind="stable")
        best = best[worth[best] >= _LEAST]
        _, unlike = np.unique(np.round([*zip(worth[best], *ends[best].T, strict=True)], 1).reshape(-1, 3), axis=0, return_index=True)
        fitted = (self._fitted(first, window, flown.of([row])) for row in best[np.sort(unlike)][:_FOLLOWED].tolist())
        return [arc for arc in fitted if arc is not None]

    def _window(self, first: int) -> Ints:
        shot, reach = self._scene.shot, self._scene.frames(_REACH_S)
        frames = np.arange(max(0, first - reach), min(self._scene.n_frames, first + reach + 1))
        return np.asarray(frames[shot[frames] == shot[first]])

    def _time(self, first: int, frames: Ints) -> Floats:
        return np.asarray(self._scene.time_s[frames] - self._scene.time_s[first])

    def _begun(self, first: int) -> _Flown:
        """Return the parabolas through one spot of frame ``first`` and one of a later frame, that meet spots in between."""
        ppm, begun = self._scale[first], [_Flown(*np.zeros((3, 0, 2)))]
        here = self._spots[first][self._spots[first][:, 0] < _NOWHERE]
        for apart_s in _APART_S:
            second = first + self._scene.frames(apart_s)
            if not len(here) or second >= self._scene.n_frames or self._scene.shot[second] != self._scene.shot[first]:
                continue
            there, duration = self._spots[second][self._spots[second][:, 0] < _NOWHERE], float(self._scene.time_s[second] - self._scene.time_s[first])
            mean, pull = (there[None] - here[:, None]) / duration, np.array([0.0, _GRAVITY_M_S2 * ppm])
            speed = mean - pull * duration / 2
            fastest = np.maximum(_length(speed), _length(speed + pull * duration))
            i, j = np.nonzero((_length(mean) < _FASTEST_M_S * ppm) & (fastest > 0.8 * _FAST_M_S * ppm))
            flown = _Flown(here[i], speed[i, j], np.tile(pull, (len(i), 1)))
            frames = np.arange(first + 1, second)
            frames = frames[np.argsort(np.abs(frames - (first + second) / 2), kind="stable")]
            met = np.zeros(len(i), np.int64)
            for k in range(len(frames)):  # the middle first: most are out there
                met += self._apart(flown.at(self._time(first, frames[[k]])), frames[[k]])[:, 0] < _OFF_M * ppm
                possible = met + (len(frames) - k - 1) >= _BETWEEN * len(frames)
                flown, met = flown.of(possible), met[possible]
            begun.append(flown)
        return _Flown(*(np.concatenate([getattr(flown, name) for flown in begun]) for name in ("start", "speed", "pull")))

    def _apart(self, places: Floats, frames: Ints) -> Floats:
        """Return (h, w) how far ``places`` (h, w, 2) are from the nearest spot of each of the ``frames`` (w,), in pixels; very far where there is none."""
        return np.asarray(_length(places[:, :, None] - self._spots[frames]).min(2, initial=_NOWHERE))

    def _followed(self, first: int, window: Ints, flown: _Flown, off_m: Floats | float = _OFF_M) -> tuple[Floats, Ints, Bools, Floats]:
        """Follow parabolas as long as spots are met, in each frame no farther off than ``off_m`` (w,).

        Returns:
            (h,) what each is worth, (h, 2) the first and last index in ``window`` that belongs to it, (h, w) where it met a spot, and (h, w, 2) its places.
        """
        places = flown.at(self._time(first, window))
        meets = self._apart(places, window) < off_m * self._scale[first]
        shown = _moved(self._forth[window], places)
        x, y = shown[..., 0], shown[..., 1]
        left, top, right, bottom = np.moveaxis(self._people[window], -1, 0)
        behind = ((x[..., None] > left) & (x[..., None] < right) & (y[..., None] > top) & (y[..., None] < bottom)).any(2)
        width, height = self._scene.size
        outside = (x < 0) | (x >= width) | (y < 0.01 * height) | (y >= height)
        gain = np.where(meets, 1.0, np.where(outside, 0.0, np.where(behind, -_BEHIND, -_UNSEEN)))
        return *_best_run(gain), meets, places

    def _fitted(self, first: int, window: Ints, flown: _Flown) -> Arc | None:
        """Fit a parabola to the spots that it met and follow it again, and return it as a flight if it is believed.

        The second time spots that lie beyond those it met may be farther off, by what is not known of its gravity.
        """
        ppm, moments = self._scale[first], self._time(first, window)
        off_m: Floats | float = _OFF_M
        for again in (True, False, False):
            worth, (ends,), (meets,), (places,) = self._followed(first, window, flown, off_m)
            beyond_s = np.maximum(np.maximum(moments[ends[0]] - moments, moments - moments[ends[1]]), 0)
            off_m = _OFF_M + _GIVES * _GRAVITY_M_S2 * beyond_s**2 / 2 if again else _OFF_M
            hits = np.flatnonzero(meets)
            hits = hits[(hits >= ends[0]) & (hits <= ends[1])]
            if len(hits) < _LEAST:
                return None
            near = self._spots[window[hits]]
            spots = near[np.arange(len(hits)), _length(near - places[hits, None]).argmin(1)]
            t = moments[hits]
            flown = _fit(t, spots, ppm)
        fastest = float(_length(flown.speed[0] + flown.pull[0] * t[[0, -1], None]).max())
        at_a_ring = self._at_a_ring(first, flown, (float(t[0]), float(t[-1])))
        total = float(worth[0]) + _AT_THE_RING * at_a_ring
        if fastest < _FAST_M_S * ppm or total < _SURE or not _falls_freely(t, spots, ppm):
            return None
        frames = window[hits]
        return Arc(frames, _moved(self._forth[frames], spots), total, bool(at_a_ring or _length(spots - spots[0]).max() > _DRIBBLE_M * ppm))

    def _at_a_ring(self, first: int, flown: _Flown, ends_s: tuple[float, float]) -> bool:
        """Tell whether a flight begins at a ring, or comes to one while it lasts or soon after."""
        t = np.concatenate([[ends_s[0]], np.arange(ends_s[0] + 0.2, ends_s[1] + _REACH_S, 0.02)])
        places = flown.at(t)[0]
        away = [_length(places - ring[first]).min() for ring in self._rings if np.isfinite(ring[first]).all()]
        return bool(min(away, default=np.inf) < _AT_THE_RING_M * self._scale[first])


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.sqrt(vectors[..., 0] ** 2 + vectors[..., 1] ** 2))  # twice as fast as hypot


def _moved(matrix: Floats, xy: Floats) -> Floats:
    """Return points (..., n, 2), each moved by its own similarity (n, 3, 3)."""
    return np.asarray(np.einsum("nij,...nj->...ni", matrix[:, :2, :2], xy) + matrix[:, :2, 2])


def _rows_by_frame(frame: Ints, values: Floats, n_frames: int, fill: float) -> Floats:
    """Return (n_frames, most, d): the rows of ``values`` (m, d) of each frame, filled up with ``fill``."""
    order = np.argsort(frame, kind="stable")
    frame, values = frame[order], values[order]
    starts = np.searchsorted(frame, np.arange(n_frames + 1))
    out = np.full((n_frames, int(np.diff(starts).max(initial=0)), values.shape[1]), fill)
    out[frame, np.arange(len(frame)) - starts[frame]] = values
    return out


def _terms(t: Floats) -> Floats:
    return np.stack([np.ones_like(t), t, t**2 / 2], 1)


def _fit(t: Floats, spots: Floats, ppm: float) -> _Flown:
    """Return the parabola nearest to ``spots`` (k, 2) at ``t`` (k,): least squares, with what is expected of gravity as two more observations."""
    terms = np.concatenate([_terms(t), [(0, 0, _PIXEL_M / (_GIVES * _GRAVITY_M_S2))]])
    expected = np.array([0.0, _GRAVITY_M_S2 * ppm]) * terms[-1, 2]
    start, speed, pull = np.linalg.lstsq(terms, np.concatenate([spots, expected[None]]), rcond=None)[0]
    return _Flown(start[None], speed[None], pull[None])


def _falls_freely(t: Floats, spots: Floats, ppm: float) -> bool:
    """Tell whether ``spots`` (k, 2) at ``t`` (k,), and they alone, show what gravity does to a ball."""
    terms = _terms(t)
    fitted = np.linalg.lstsq(terms, spots, rcond=None)[0]
    sigma = max(float(np.sqrt(((spots - terms @ fitted) ** 2).sum() / max(2 * len(t) - 6, 1))), _PIXEL_M * ppm)
    error = float(np.sqrt(np.linalg.inv(terms.T @ terms)[2, 2])) * sigma / (_GRAVITY_M_S2 * ppm)
    aside, down = fitted[2] / (_GRAVITY_M_S2 * ppm)
    return bool(error < _SPREAD and abs(aside) < _ASIDE + 2 * error and _PULLS[0] - 2 * error < down < _PULLS[1] + 2 * error)


def _best_run(gain: Floats) -> tuple[Floats, Ints]:
    """Return the largest sum (h,) of a run of ``gain`` (h, w), and the indices (h, 2) of its first and last column."""
    sums = np.concatenate([np.zeros((len(gain), 1)), np.cumsum(gain, 1)], 1)
    upto = sums[:, 1:] - np.minimum.accumulate(sums[:, :-1], 1)
    last = upto.argmax(1)
    first = np.where(np.arange(gain.shape[1]) <= last[:, None], sums[:, :-1], np.inf).argmin(1)
    return np.asarray(upto.max(1)), np.stack([first, last], 1)
