"""Who has the ball: the one reading of the whole clip that is most likely, in which nobody takes it for a blink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from courtside.events.ball import BallTrack
from courtside.events.scene import PERSON_M, Boxes, Floats, Ints, Scene

NOBODY = -1

# where a ball in somebody's hands is beside his box, in metres as he is tall: beside its middle, above its lower edge (mean, standard deviation), and how fast
# it moves sideways against him; measured on simulated games and on the 93 labelled broadcast frames with one ball and one player in possession
_ACROSS_M, _ABOVE_M, _ALONG_M_S = 0.38, (1.0, 0.6), 2.0
_FREE_M2, _FREE_M_S = 25.0, 6.0  # a ball in nobody's hands is anywhere near people, and fast
_LEAST_LOG = -6.0
_LOOKS_HZ = 5.0  # consecutive frames say the same: so many independent looks a second
_TAKES, _TAKES_FROM = 3.0, 7.0  # log-odds against a change of hands in any one frame: by way of the air, and straight from another's hands
_CLASS_SAYS = 1.2  # log-odds for a box the detector calls a player in possession: a hint, our detector hardly knows this class
_FREE, _FREE_UNSEEN = -0.3, -1.0  # log-odds that nobody has it: it is mostly held, and more so where it is hidden
_BLINK_S = 0.3
_SPEED_S, _HEIGHT_S = 0.067, 1.0


@dataclass(frozen=True)
class Hold:
    """One player has the ball, from frame ``start`` to ``end``, both included; ``track`` indexes the scene's people, ``chance`` (0-1) that it is he."""

    track: int
    start: int
    end: int
    chance: float


def carried(scene: Scene, xy: Floats, frame: int, to: int) -> Floats:
    """Return where pixels (n, 2) of ``frame`` lie in the picture of frame ``to``, after the camera's movement alone."""
    for later in range(frame + 1, to + 1):
        xy = xy @ scene.motion[later, :, :2].T + scene.motion[later, :, 2]
    return xy


def velocity(scene: Scene, xy: Floats, reach: int) -> Floats:
    """Return (n, 2) the velocity in pixels a second of points (n, 2), one per frame, against a camera that stands still, over ``reach`` frames either way."""
    n = scene.n_frames
    out = np.full((n, 2), np.nan)
    if n <= 2 * reach:
        return out
    back = xy[: n - 2 * reach].copy()
    for step in range(1, 2 * reach + 1):
        part = slice(step, n - 2 * reach + step)
        back = np.einsum("nij,nj->ni", scene.motion[part, :, :2], back) + scene.motion[part, :, 2]
    seconds = scene.time_s[2 * reach :] - scene.time_s[: n - 2 * reach]
    same = scene.shot[2 * reach :] == scene.shot[: n - 2 * reach]
    out[reach : n - reach] = np.where(same[:, None], (xy[2 * reach :] - back) / seconds[:, None], np.nan)
    return out


def body_scale(scene: Scene) -> Floats:
    """Return (n,) pixels per metre at each row of people: how tall the box is over a second, so that raised arms and bent knees don't count."""
    people, size = scene.people, np.ones(len(scene.people.frame))
    reach = scene.frames(_HEIGHT_S)
    for rows in _by_track(people.track):
        size[rows] = median_filter(people.xyxy[rows, 3] - people.xyxy[rows, 1], reach, mode="nearest")
    return np.asarray(np.maximum(size, 1.0) / PERSON_M)


def _by_track(track: Ints) -> Iterator[Ints]:
    order = np.argsort(track, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(track[order])) + 1) if len(order) else ()


def in_hands(scene: Scene, ball: BallTrack, scale: Floats) -> Floats:
    """Return (n,) the log-odds that the ball is in the hands of each row of people, as far as that one frame tells; 0 where the ball is not known.

    Args:
        scene: the clip.
        ball: its ball.
        scale: (n,) pixels per metre at each row of people.
    """
    people, reach = scene.people, scene.frames(_SPEED_S)
    across, above = beside(scene, ball, scale)
    ball_speed, speed = velocity(scene, ball.xy, reach)[people.frame, 0], np.zeros(len(people.frame))
    middle = np.stack([(people.xyxy[:, 0] + people.xyxy[:, 2]) / 2, people.xyxy[:, 3]], 1)
    for rows in _by_track(people.track):
        path = np.full((scene.n_frames, 2), np.nan)
        path[people.frame[rows]] = middle[rows]
        first, last = people.frame[rows[0]], people.frame[rows[-1]]
        part = _part(scene, first, last)
        speed[rows] = velocity(part, path[first : last + 1], 2 * reach)[people.frame[rows] - first, 0]
    along = np.nan_to_num((ball_speed - np.nan_to_num(speed)) / scale, nan=0.0)
    known_speed = np.isfinite(ball_speed)
    log_odds = (
        -0.5 * (across / _ACROSS_M) ** 2
        - 0.5 * ((above - _ABOVE_M[0]) / _ABOVE_M[1]) ** 2
        + np.log(_FREE_M2 / (2 * np.pi * _ACROSS_M * _ABOVE_M[1]))
        + known_speed * (-0.5 * (along / _ALONG_M_S) ** 2 + 0.5 * (along / _FREE_M_S) ** 2 + np.log(_FREE_M_S / _ALONG_M_S))
    )
    log_odds = np.where(np.isfinite(across), np.maximum(log_odds, _LEAST_LOG), 0.0)
    log_odds += _CLASS_SAYS * named_so(scene, scene.acting.get("player-in-possession", Boxes()))
    return np.asarray(np.where(ball.flies[people.frame], np.minimum(log_odds, _LEAST_LOG), log_odds))


def beside(scene: Scene, ball: BallTrack, scale: Floats) -> tuple[Floats, Floats]:
    """Return how far the ball is beside the middle of each row's box and above its lower edge, both (n,) in metres as that person is tall; NaN: not known."""
    people = scene.people
    at = ball.xy[people.frame]
    return (at[:, 0] - (people.xyxy[:, 0] + people.xyxy[:, 2]) / 2) / scale, (people.xyxy[:, 3] - at[:, 1]) / scale


def named_so(scene: Scene, boxes: Boxes) -> Floats:
    """Return (n,) for each row of people the confidence (0-1) of the detector's box of a class that is about his; 0 where there is none."""
    people = scene.people
    out = np.zeros(len(people.frame))
    starts = np.searchsorted(people.frame, boxes.frame), np.searchsorted(people.frame, boxes.frame, side="right")
    for start, end, sure, box in zip(*starts, boxes.confidence.tolist(), boxes.xyxy, strict=True):
        theirs = people.xyxy[start:end]
        shared = np.clip(np.minimum(theirs[:, 2:], box[2:]) - np.maximum(theirs[:, :2], box[:2]), 0, None).prod(1)
        union = (theirs[:, 2:] - theirs[:, :2]).prod(1) + (box[2:] - box[:2]).prod() - shared
        if len(theirs) and (iou := shared / np.maximum(union, 1e-9)).max() > 0.5:
            row = start + int(iou.argmax())
            out[row] = max(out[row], sure)
    return out


def _part(scene: Scene, first: int, last: int) -> Scene:
    from dataclasses import replace

    part = slice(first, last + 1)
    return replace(scene, time_s=scene.time_s[part], cut=scene.cut[part], motion=scene.motion[part])


def holders(scene: Scene, ball: BallTrack, log_odds: Floats) -> Ints:
    """Return (n,) who has the ball in each frame, an index of a track or ``NOBODY``: the likeliest sequence, by dynamic programming (Viterbi 1967).

    Args:
        scene: the clip.
        ball: its ball.
        log_odds: (n,) of ``in_hands``.
    """
    people, n = scene.people, scene.n_frames
    starts = np.searchsorted(people.frame, np.arange(n + 1))
    step_s = np.diff(scene.time_s, prepend=scene.time_s[:1])
    looks = _LOOKS_HZ * np.clip(step_s, 0, 0.2)
    worth, free = log_odds * looks[people.frame], np.where(ball.known, _FREE, _FREE_UNSEEN) * looks
    nobody, carry = 0.0, np.full(len(people.team), -np.inf)
    from_nobody = np.full(n, -2, np.int64)  # who had it before, where now nobody has: -1 nobody, else a track
    from_row = np.full(len(people.frame), -2, np.int64)
    last = np.zeros(0, np.int64)
    for frame in range(n):
        rows = np.arange(starts[frame], starts[frame + 1])
        tracks = people.track[rows]
        best = int(last[carry[last].argmax()]) if len(last) else NOBODY
        best_worth = float(carry[best]) if best >= 0 else -np.inf
        if scene.cut[frame]:  # what was before says nothing of who has it after
            from_nobody[frame] = best if best_worth > nobody else NOBODY
            nobody, best_worth = max(nobody, best_worth), -np.inf
            carry[last] = -np.inf
        else:
            from_nobody[frame] = best if best_worth - _TAKES > nobody else NOBODY
        stay, arrive, hand_over = carry[tracks], nobody - _TAKES, best_worth - _TAKES_FROM
        now = np.maximum(stay, max(arrive, hand_over))
        from_row[rows] = np.where(stay >= max(arrive, hand_over), tracks, NOBODY if arrive >= hand_over else best)
        nobody = max(nobody, best_worth - _TAKES) + float(free[frame])
        carry[last] = -np.inf
        carry[tracks] = now + worth[rows]
        last = tracks
    return _traced(scene, starts, carry, nobody, from_row, from_nobody)


def _traced(scene: Scene, starts: Ints, carry: Floats, nobody: float, from_row: Ints, from_nobody: Ints) -> Ints:
    people, n = scene.people, scene.n_frames
    out = np.full(n, NOBODY, np.int64)
    state = int(carry.argmax()) if len(carry) and carry.max() > nobody else NOBODY
    for frame in range(n - 1, -1, -1):
        out[frame] = state
        if state == NOBODY or scene.cut[frame]:
            state = int(from_nobody[frame])
        else:
            rows = np.arange(starts[frame], starts[frame + 1])
            state = int(from_row[rows[people.track[rows] == state][0]])
    return out


def holds(scene: Scene, who: Ints, log_odds: Floats) -> list[Hold]:
    """Return the stretches in which one and the same has the ball, in order. A blink in which nobody had it does not end one."""
    found: list[Hold] = []
    people = scene.people
    edges = np.flatnonzero((np.diff(who) != 0) | scene.cut[1:]) + 1
    for start, end in zip([0, *edges.tolist()], [*edges.tolist(), len(who)], strict=True):
        if start == end or who[start] == NOBODY:
            continue
        track = int(who[start])
        before = found[-1] if found else None
        if before and before.track == track and scene.time_s[start] - scene.time_s[before.end] <= _BLINK_S and not scene.cut[before.end + 1 : start + 1].any():
            found[-1] = Hold(track, before.start, end - 1, before.chance)
        else:
            found.append(Hold(track, start, end - 1, 0.0))
    starts = np.searchsorted(people.frame, np.arange(scene.n_frames + 1))
    return [Hold(one.track, one.start, one.end, _chance(scene, one, starts, log_odds)) for one in found]


def _chance(scene: Scene, hold: Hold, starts: Ints, log_odds: Floats) -> float:
    """Return the chance that it is he and not the likeliest other, by the looks at the ball in between."""
    people = scene.people
    rows = np.arange(starts[hold.start], starts[hold.end + 1])
    seconds = max(float(scene.time_s[hold.end] - scene.time_s[hold.start]), 1e-3)
    looks = max(1.0, _LOOKS_HZ * seconds) / max(hold.end - hold.start + 1, 1)
    mine = float(log_odds[rows[people.track[rows] == hold.track]].sum()) * looks
    others: dict[int, float] = {}
    for row in rows[people.track[rows] != hold.track].tolist():
        others[int(people.track[row])] = others.get(int(people.track[row]), 0.0) + float(log_odds[row]) * looks
    best_other = max([0.0, *others.values()])
    return float(1 / (1 + np.exp(np.clip(best_other - mine, -30, 30))))
