"""One ball through a clip: of all that the detector took for a ball, the one way through time that is most likely, and honest gaps where it was not seen."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.court.dimensions import BALL_RADIUS_M
from courtside.events.arcs import Arc
from courtside.events.scene import PERSON_M, Boxes, Floats, Ints, Scene

Bools = npt.NDArray[np.bool_]

LONGEST_GAP_S = 0.4
"""A ball unseen for longer is not known in between: bounces and hands may have turned it."""

_JUMP_S = 1.2  # over longer gaps a sighting owes nothing to the one before
_CARRIED_M_S, _LEAST_M = 6.0, 0.15  # how far a ball comes, standard deviation
_FASTEST_M_S = 22.0
_ANEW = -8.0  # log-probability that the track goes on just anywhere
_MISSED = -1.5  # log-probability that a ball that shows is not found: 1-28 % of the frames of simulated clips, and of broadcasts more
_TRUE_SHARE, _LEAST_FALSE = 0.6, 0.005
_CROWD_M = 1.5
_FIXED_DEGREES, _FIXED_STEP_S, _FIXED_TIMES, _FIXED_SHARE = 0.6, 0.5, 5, 0.2
_FIXED_SURER, _FIXED_BELOW = 0.1, 0.5
_HELD_STILL = 0.8  # share of a thing's sightings at which somebody is beside it: it is what he holds, or his head
_ASIDE_M, _REACH_M = 0.5, (-0.3, 2.7)  # beside the middle of his box, and above its lower edge, as he is tall
_FLOWN = 0.5  # what was seen on a free flight counts as a detection of this confidence
_MET = 0.6  # share of a flight's sightings that must be on the most likely way for it to be the ball's
_STEP_SAYS = 0.5  # the most that lying where the ball was expected counts: heads and shoes that are taken for a ball stay where they are, too
# log-likelihood that a detection of this confidence is the ball and not one of the false ones of a frame, measured on simulated clips: below 0.15 there are
# several false ones in each frame, above 0.5 hardly any in a hundred
_CONFIDENCE, _LOG_RATIO = (0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0), (-4.0, -3.0, -1.8, 0.3, 3.0, 4.5, 5.0)


@dataclass(frozen=True)
class BallTrack:
    """The ball in each of n frames.

    ``xy`` (n, 2) its centre in pixels, NaN where not known; ``size`` (n,) its diameter in pixels; ``seen`` (n,) where it was detected, the rest is filled in;
    ``flies`` (n,) where it is known to be in free flight, so in nobody's hands.
    """

    xy: Floats
    size: Floats
    seen: Bools
    flies: Bools

    @property
    def known(self) -> Bools:
        """(n,) where it is known."""
        return np.asarray(np.isfinite(self.xy[:, 0]))


def pixels_per_metre(scene: Scene) -> Floats:
    """Return (n,) how many pixels a metre is about where people are, the median box being as tall as a player; NaN in a clip without people."""
    people, n = scene.people, scene.n_frames
    heights = people.xyxy[:, 3] - people.xyxy[:, 1]
    starts = np.searchsorted(people.frame, np.arange(n + 1))
    middle = np.array([np.median(heights[a:b]) if b - a >= 3 else np.nan for a, b in itertools.pairwise(starts)])
    known = np.flatnonzero(np.isfinite(middle))
    if not len(known):
        return np.full(n, np.median(heights) / PERSON_M if len(heights) else np.nan)
    return np.asarray(np.interp(np.arange(n), known, middle[known]) / PERSON_M)


def track_ball(scene: Scene, scale: Floats, arcs: Sequence[Arc] = ()) -> BallTrack:
    """Return the most likely way of the ball.

    Dynamic programming over the detections (Viterbi 1967): each is worth the log-odds of its confidence, each step what it says about how far a ball moves, in
    pixels from which the camera's movement is taken out. Nothing is carried across a cut.

    Args:
        scene: the clip.
        scale: (n,) pixels per metre.
        arcs: free flights; what was seen on one is as likely the ball as a good detection.
    """
    found, n = _without_fixtures(scene, _on_the_court(scene)), scene.n_frames
    xy, size, seen, flies = np.full((n, 2), np.nan), np.full(n, np.nan), np.zeros(n, bool), np.zeros(n, bool)
    if not (len(found.frame) or arcs) or not np.isfinite(scale).all():
        return BallTrack(xy, size, seen, flies)
    crowd = _by_crowd(found, n)
    balls = _likeliest(scene, found, crowd, arcs, scale)
    way = np.full((n, 2), np.nan)
    way[balls.frame] = _middle(balls)
    arcs = [arc for arc in arcs if (np.hypot(*(way[arc.frame] - arc.xy).T) < BALL_RADIUS_M * scale[arc.frame]).mean() >= _MET]
    elsewhere = np.ones(n, bool)
    for arc in arcs:
        elsewhere[arc.frame[0] : arc.frame[-1] + 1] = False
        flies[arc.frame[0] : arc.frame[-1] + 1] |= arc.thrown
    # while it flies it is nowhere else: what is taken for it in those frames is not
    kept = elsewhere[found.frame]
    balls = _likeliest(scene, Boxes(found.frame[kept], found.confidence[kept], found.xyxy[kept]), crowd[kept], arcs, scale)
    xy[balls.frame], seen[balls.frame] = _middle(balls), True
    size[balls.frame] = (balls.xyxy[:, 2:] - balls.xyxy[:, :2]).mean(1)
    _fill(scene, xy, size, balls.frame)
    return BallTrack(xy, size, seen, flies)


def _middle(balls: Boxes) -> Floats:
    return np.asarray((balls.xyxy[:, :2] + balls.xyxy[:, 2:]) / 2)


def _likeliest(scene: Scene, found: Boxes, crowd: Floats, arcs: Sequence[Arc], scale: Floats) -> Boxes:
    """Return the most likely way through detections, each worth ``crowd`` (m,) at most, and what was seen on the ``arcs``: a box a frame at most."""
    flown, at = np.concatenate([np.zeros(0, np.int64), *(arc.frame for arc in arcs)]), np.concatenate([np.zeros((0, 2)), *(arc.xy for arc in arcs)])
    half = BALL_RADIUS_M * scale[flown, None]
    frame = np.concatenate([found.frame, flown])
    xyxy = np.concatenate([found.xyxy, np.concatenate([at - half, at + half], 1)])
    confidence = np.concatenate([found.confidence, np.full(len(flown), _FLOWN)])
    worth = np.minimum(np.interp(confidence, _CONFIDENCE, _LOG_RATIO), np.concatenate([crowd, np.full(len(flown), np.inf)])) - _MISSED
    order = np.argsort(frame, kind="stable")
    balls = Boxes(frame[order], confidence[order], xyxy[order])
    rows = _best_way(scene, balls, _middle(balls), worth[order], scale)
    return Boxes(balls.frame[rows], balls.confidence[rows], balls.xyxy[rows])


def _on_the_court(scene: Scene) -> Boxes:
    """Return the detections but for those in the crowd before the near sideline.

    A ball in the air hides a point of the floor beyond it: where that point lies this side of the sideline, so does the ball. Nothing follows of the far side.
    """
    balls, cameras = scene.balls, scene.cameras
    if cameras is None or scene.court is None or not len(balls.frame):
        return balls
    kept, rows = np.ones(len(balls.frame), bool), np.flatnonzero(cameras.valid[balls.frame])
    flat = cameras.lens.unbend(_middle(balls)[rows])
    floor = np.linalg.solve(cameras.matrix[balls.frame[rows]][:, :, [0, 1, 3]], np.concatenate([flat, np.ones((len(rows), 1))], 1)[..., None])[..., 0]
    kept[rows] = ~((floor[:, 1] / floor[:, 2] > scene.court.half_width_m + _CROWD_M) & (floor[:, 2] > 0))
    return Boxes(balls.frame[kept], balls.confidence[kept], balls.xyxy[kept])


def _without_fixtures(scene: Scene, balls: Boxes) -> Boxes:
    """Return the detections but for those of things that stand still in the arena, such as a ring, a lamp or a logo.

    The camera turns and does not walk, so a thing that stays is always seen in the same direction of the arena. So is a ball that somebody holds while he
    stands, so what people are beside stays in.
    """
    if scene.cameras is None or not len(balls.frame):
        return balls
    rows = np.flatnonzero(scene.cameras.valid[balls.frame])
    flat = scene.cameras.lens.unbend(_middle(balls)[rows])
    rays = np.linalg.solve(scene.cameras.matrix[balls.frame[rows]][:, :, :3], np.concatenate([flat, np.ones((len(rows), 1))], 1)[..., None])[..., 0]
    angles = np.degrees(np.stack([np.arctan2(rays[:, 0], -rays[:, 1]), np.arctan2(rays[:, 2], np.hypot(rays[:, 0], rays[:, 1]))], 1))
    when = np.floor(scene.time_s[balls.frame[rows]] / _FIXED_STEP_S)
    n_times = len(np.unique(np.floor(scene.time_s / _FIXED_STEP_S)))
    fixed, reached = np.zeros(len(balls.frame), bool), _reached(scene, balls)[rows]
    for shift in (0.0, 0.5):  # in two grids, so that no thing lies on a line of both
        cells = np.floor(angles / _FIXED_DEGREES + shift)
        _, which = np.unique(np.concatenate([cells, scene.shot[balls.frame[rows]][:, None]], 1), axis=0, return_inverse=True)
        times = np.unique(np.stack([which.ravel(), when], 1), axis=0)[:, 0].astype(np.int64)
        which = which.ravel()
        counts = np.bincount(times, minlength=int(which.max(initial=0)) + 1)[which]
        usual = (np.bincount(which, balls.confidence[rows]) / np.maximum(np.bincount(which), 1))[which]
        surer = balls.confidence[rows] > np.minimum(usual + _FIXED_SURER, _FIXED_BELOW)  # the ball itself, before it or held still
        held = (np.bincount(which, reached) / np.maximum(np.bincount(which), 1))[which] >= _HELD_STILL
        fixed[rows] |= (counts >= max(_FIXED_TIMES, _FIXED_SHARE * n_times)) & ~surer & ~held
    return Boxes(balls.frame[~fixed], balls.confidence[~fixed], balls.xyxy[~fixed])


def _reached(scene: Scene, balls: Boxes) -> Bools:
    """Return (m,) whether anybody is beside each detection, or below it so near that he may hold it up."""
    people, out = scene.people, np.zeros(len(balls.frame), bool)
    starts = np.searchsorted(people.frame, np.arange(scene.n_frames + 1))
    for i, (frame, (x, y)) in enumerate(zip(balls.frame.tolist(), _middle(balls), strict=True)):
        boxes = people.xyxy[starts[frame] : starts[frame + 1]]
        metre = np.maximum(boxes[:, 3] - boxes[:, 1], 1.0) / PERSON_M
        aside, up = np.abs(x - (boxes[:, 0] + boxes[:, 2]) / 2) / metre, (boxes[:, 3] - y) / metre
        out[i] = bool(((aside < _ASIDE_M) & (up > _REACH_M[0]) & (up < _REACH_M[1])).any())
    return out


def _by_crowd(balls: Boxes, n_frames: int) -> Floats:
    """Return (m,) the log-odds of each detection by how many as sure as it are false in this clip: all but the surest of a frame are.

    A detector that sees balls everywhere in one arena is trusted less there.
    """
    order = np.lexsort((-balls.confidence, balls.frame))
    first = np.concatenate([[True], np.diff(balls.frame[order]) > 0])
    false = np.sort(balls.confidence[order][~first])
    a_frame = (len(false) - np.searchsorted(false, balls.confidence)) / max(n_frames, 1)
    return np.asarray(np.log(_TRUE_SHARE / (a_frame + _LEAST_FALSE)))


def _best_way(scene: Scene, balls: Boxes, middle: Floats, worth: Floats, scale: Floats) -> Ints:
    """Return the rows of the detections on the best way, in order of time."""
    reach = scene.frames(_JUMP_S)
    n_rows = len(balls.frame)
    starts = np.searchsorted(balls.frame, np.arange(scene.n_frames + 1))
    total, before = np.zeros(n_rows), np.full(n_rows, -1, np.int64)
    best, best_row = 0.0, -1  # of any way that has ended
    alive = np.zeros(0, np.int64)
    where = np.zeros((0, 2))  # of those alive, in pixels of the frame now
    area = float(scene.size[0] * scene.size[1])
    for frame in range(scene.n_frames):
        if scene.cut[frame]:
            alive, where = np.zeros(0, np.int64), np.zeros((0, 2))
        elif len(alive):
            where = where @ scene.motion[frame, :, :2].T + scene.motion[frame, :, 2]
            young = balls.frame[alive] >= frame - reach
            alive, where = alive[young], where[young]
        rows = np.arange(starts[frame], starts[frame + 1])
        if not len(rows):
            continue
        total[rows], before[rows] = best + _ANEW, best_row
        if len(alive):
            gap_s = scene.time_s[frame] - scene.time_s[balls.frame[alive]]
            spread = (_LEAST_M + _CARRIED_M_S * gap_s) * scale[frame]
            apart = np.hypot(*(middle[rows][:, None] - where[None]).transpose(2, 0, 1))
            step = np.log(area / (2 * np.pi * spread**2)) - apart**2 / (2 * spread**2)
            step = np.where(apart > (_LEAST_M * 3 + _FASTEST_M_S * gap_s) * scale[frame], -np.inf, step)
            missed = _MISSED * (frame - 1 - balls.frame[alive])
            gain = total[alive] + np.minimum(step, _STEP_SAYS) + np.maximum(missed, 3 * _MISSED)
            choice = gain.argmax(1)
            better = gain[np.arange(len(rows)), choice] > total[rows]
            total[rows[better]], before[rows[better]] = gain[np.arange(len(rows)), choice][better], alive[choice[better]]
        total[rows] += worth[rows]
        alive, where = np.concatenate([alive, rows]), np.concatenate([where, middle[rows]])
        champion = rows[total[rows].argmax()]
        if total[champion] > best:
            best, best_row = float(total[champion]), int(champion)
    way = []
    while best_row >= 0:
        way.append(best_row)
        best_row = int(before[best_row])
    return np.array(way[::-1], np.int64)


def _fill(scene: Scene, xy: Floats, size: Floats, frames: Ints) -> None:
    """Fill short gaps on a straight line, as it would be in a camera that stands still."""
    for a, b in itertools.pairwise(frames.tolist()):
        if b - a < 2 or scene.time_s[b] - scene.time_s[a] > LONGEST_GAP_S or scene.cut[a + 1 : b + 1].any():
            continue
        carried = [xy[a]]
        for frame in range(a + 1, b + 1):
            carried.append(scene.motion[frame, :, :2] @ carried[-1] + scene.motion[frame, :, 2])
        drift = xy[b] - carried[-1]
        for i, frame in enumerate(range(a + 1, b), 1):
            share = i / (b - a)
            xy[frame], size[frame] = carried[i] + share * drift, (1 - share) * size[a] + share * size[b]
