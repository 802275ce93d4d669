"""Shots at the basket, told by how the ball flies: an arc that ends at the ring. What the detector calls a player's action is a hint and no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from courtside.court.dimensions import RIM_RADIUS_M
from courtside.events.ball import BallTrack
from courtside.events.leaps import Leaps
from courtside.events.possession import NOBODY, Hold, carried
from courtside.events.scene import Bools, Floats, Ints, Scene, rim_m
from courtside.events.space import Origin, origin

Outcome = Literal["made", "missed", "blocked", "unknown"]

_NEAR_M = 0.9  # a ball this near to the ring's middle, as the picture shows it, may be a shot's
_ABOVE_M = 0.0  # and one of those moments above the ring's height: no pass and no dribble is
_LONGEST_FLIGHT_S = 2.4
_ARC_M = 0.10  # how well a free ball keeps to a parabola, root mean square
_ARC_AFAR_M, _FITS, _STRAYS_S = 0.4, 0.6, 0.3  # farther back: how well, for which share of what is seen, and how long something else may be taken for it on end
_FALLS_M_S2 = (5.5, 14.0)  # gravity, as seen from afar: nearer to the camera things look larger
_LEAST_ARC = 4  # sightings
_OUT_OF_PICTURE_S = 1.3  # a high ball leaves the picture at its top and comes back
_HANDS_S = 0.8  # between the hands' last certain hold and the arc
_CLOSE_M = 3.5  # from there a ball may go up without an arc that could be measured
_LEVEL_M = 0.2  # about the ring's height
_COMES_DOWN_S, _JUMPS_M = 0.5, 0.15  # what it was seen to do before it was at the ring; up from the ring again
_REGRIP_S = 0.25  # hands that have a ball for less only touched it
# who shoots, in nats: conditional logistic regression over 464 shots of 18 simulated games (bench/plays.py)
_AIMS_S, _LOOKS_HZ, _ATTACKS_SAYS, _LEAST_SURE = 0.7, 1.5, 2.4, 0.0
_HELD_SAYS, _ELSEWHERE_SAYS = 2.0, 0.6
# the top of the shooter's box goes up by 0.8 m (median of 104 simulated shots, 5 % below 0.3 m), those of his team mates by 0.1 m (95 % below 0.45 m)
_GOES_UP_SAYS, _HIGHEST_M = 3.3, 1.2
_ABOVE_HEAD_M, _BELOW_TOP_M, _HANDS_M = 0.3, 0.6, 0.25  # where hands that let go are about the top of a box, and how far off they seem
_WELL_SEEN = 0.5  # mean confidence from which a ball that flies may be one although nothing was seen to move
_LATE_M, _NOT_HIS = 1.2, 30.0  # a ball first seen farther from all hands says nothing; the nats that it says at most
_STANDS_BEFORE_S, _STANDS_M, _WIDER, _ELSEWHERE = (0.45, 0.2), 0.6, 2.0, 4.0  # when, how near, and the nats that standing elsewhere says at most
_LEAST_HANDS = -2.4
_SURE, _LAST_S, _LATE_S = 4.5, 1.5, 1.2
_BEGUN_S = 0.2
_HELD_SHARE = 0.5  # of what looks like a flight: with somebody's hands on it for longer, the ball did not fly
_LAST_HAD = 0.8  # the chance that who had it last shot it, where the arc was seen late
# a ball that falls through the net, all that shows of a dunk or a tip-in: this far to a side at most, from and to so far below the ring, and for so long
_THROUGH_M, _THROUGH_FROM_M, _THROUGH_TO_M, _THROUGH_S, _THROUGH_SURE = 0.15, -0.35, -0.5, (0.12, 0.5), 0.4
_UNSEEN_S, _TOLD_S = 0.5, 1.5  # the shot before it, and how long after another shot it is that one's
_BY_ARC, _BY_RING = 0.95, 0.8
_SAME_S = 0.6  # sightings at the ring closer than this are of one shot, if nobody held it between


@dataclass(frozen=True)
class Ring:
    """One basket in n frames: ``side`` -1 left, 1 right, 0 unknown; ``xy`` (n, 2) the ring's middle in pixels, NaN where unknown; ``scale`` (n,) px/m."""

    side: int
    xy: Floats
    scale: Floats


@dataclass(frozen=True)
class Flight:
    """A ball on its way to a ring: let go in frame ``release``, there in frame ``arrival``, near it for the last time in ``last``.

    ``ring`` is the basket; ``arc`` whether a parabola was measured; ``holder`` the index of the hold before it, None where nobody was seen to have it;
    ``shooter`` whose hands it most likely left, an index of a track, None where nobody was near; ``candidates`` who else it may have been, each with his
    chance (0-1). ``chance`` (0-1) that it was a shot at all.
    """

    ring: Ring
    release: int
    arrival: int
    last: int
    arc: bool
    holder: int | None
    shooter: int | None
    candidates: tuple[tuple[int, float], ...] = ()
    chance: float = 1.0

    @property
    def sure(self) -> float:
        """The chance (0-1) that it is the shooter's shot: 1 where nobody else comes into question."""
        if self.shooter is None or not self.candidates:
            return float(self.shooter is not None)
        return min(1.0, sum(chance for track, chance in self.candidates if track == self.shooter))


def rings(scene: Scene) -> list[Ring]:
    """Return the baskets: where the court's registration puts them, and where there is none, where the detector saw a rim."""
    n = scene.n_frames
    if scene.cameras is not None and scene.court is not None:
        found, frames = [], np.arange(n)
        for side in (-1, 1):
            middle = rim_m(scene.court, side)
            xy = scene.cameras.project(frames, np.tile(middle, (n, 1)))
            above = scene.cameras.project(frames, np.tile(middle + (0, 0, 1), (n, 1)))
            found.append(Ring(side, xy, np.hypot(*(above - xy).T)))
        return found
    rims = scene.rims
    if not len(rims.frame):
        return []
    order = np.lexsort((-rims.confidence, rims.frame))
    frames, first = np.unique(rims.frame[order], return_index=True)
    xy, scale = np.full((n, 2), np.nan), np.full(n, np.nan)
    box = rims.xyxy[order][first]
    xy[frames], scale[frames] = (box[:, :2] + box[:, 2:]) / 2, (box[:, 2] - box[:, 0]) / (2 * RIM_RADIUS_M)
    reach = scene.frames(1.5)
    for a, b in _gaps(np.isfinite(xy[:, 0])):  # it stands still, the camera's movement is known
        for frame in range(a, min(b, a + reach)):
            if a > 0 and not scene.cut[frame]:
                xy[frame] = carried(scene, xy[frame - 1][None], frame - 1, frame)[0]
                scale[frame] = scale[frame - 1]
            else:
                break
    for a, b in _gaps(np.isfinite(xy[:, 0])):
        for frame in range(b - 1, max(a, b - reach) - 1, -1):
            if b == n or scene.cut[frame + 1]:
                break
            motion = scene.motion[frame + 1]
            xy[frame] = np.linalg.solve(motion[:, :2], xy[frame + 1] - motion[:, 2])
            scale[frame] = scale[frame + 1]
    return [Ring(0, xy, scale)]


def _gaps(known: Bools) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ~known, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def beside_ring(ball: BallTrack, ring: Ring) -> Floats:
    """Return (n, 2) how far the ball is to the right of the ring's middle and above it, in metres as the picture shows them at the ring's distance."""
    return np.asarray((ball.xy - ring.xy) / ring.scale[:, None] * (1, -1))


def flights(
    scene: Scene, ball: BallTrack, who: Ints, held: list[Hold], log_odds: Floats, scale: Floats, leaps: Leaps, side: Floats
) -> list[Flight]:
    """Return every flight to a ring, in order of release.

    Args:
        scene: the clip.
        ball: its ball.
        who: (n,) who has it in each frame, of ``holders``.
        held: the holds.
        log_odds: (m,) of ``in_hands``.
        scale: (m,) pixels per metre at each row of people.
        leaps: how far they go up.
        side: (n,) which basket team 0 attacks, of ``attack_side``.
    """
    found: list[Flight] = []
    people = scene.people
    for ring in rings(scene):
        offset = beside_ring(ball, ring)
        shown = np.isfinite(offset[:, 0]) & (ring.xy > 0).all(1) & (ring.xy < scene.size).all(1)
        near = shown & ball.seen & (np.hypot(*offset.T) < _NEAR_M)
        for begin, last in _visits(scene, near, who):
            if offset[begin : last + 1, 1][near[begin : last + 1]].max() < _ABOVE_M and not _above_before(scene, ball, offset, begin):
                continue
            first = _arrival(scene, ball, near, offset, begin, last)
            release, arc = _release(scene, ball, ring, first)
            flew = _took_off(ball, release, first)
            if flew is None and people.referee[who[begin : last + 1][who[begin : last + 1] != NOBODY]].sum() >= scene.frames(0.15):
                continue  # a dead ball
            if flew is not None:
                release, arc = flew, True
            elif arc and len(scene.spots.frame) and (not _is_well_seen(scene, ball, release, first) or _in_hands(held, release, first)):
                continue  # what moved was looked for, and nothing flew there
            holder = _let_go_by(scene, held, release, first)
            if not arc:
                if holder is None or not _is_close(scene, ring, held[holder]):
                    continue
                release = min(max(held[holder].end, first - scene.frames(0.5)), first)
            came_from = origin(scene, ball, ring.side, float(ring.scale[first]), release, first) if arc else None
            shooter, sure, candidates = _shooter(scene, ball, held, log_odds, scale, leaps, side, ring, release, came_from)
            if sure < _SURE and flew is None:  # the arc was seen late: whose hands it left must be who had it last
                last_hold = _last_attacker(scene, held, side, ring, release)
                if last_hold is not None:
                    shooter = last_hold.track
                    candidates = ((shooter, _LAST_HAD), *((track, (1 - _LAST_HAD) * chance) for track, chance in candidates))
                    late = offset[release, 1] > _LEVEL_M and scene.time_s[release] - scene.time_s[last_hold.end] < _LATE_S
                    release = min(release, last_hold.end) if late else release
            if arc and scene.time_s[release] - scene.time_s[np.searchsorted(scene.shot, scene.shot[release])] < _BEGUN_S:
                shooter, candidates = None, ()  # it was in the air before the first picture
            found.append(Flight(ring, release, first, last, arc, holder, shooter, candidates, _BY_ARC if arc else _BY_RING))
        for first, last in _falls_through(scene, ball, offset):
            told = any(one.release <= last and first <= one.last + scene.frames(_TOLD_S) for one in found if one.ring is ring)
            if not told:
                since = int(np.searchsorted(scene.shot, scene.shot[first]))
                found.append(Flight(ring, max(first - scene.frames(_UNSEEN_S), since), first, last, arc=False, holder=None, shooter=None, chance=_BY_RING))
    return _one_each(scene, sorted(found, key=lambda flight: flight.release), held)


def _falls_through(scene: Scene, ball: BallTrack, offset: Floats) -> Iterator[tuple[int, int]]:
    """Yield (first, last) frame of each fall straight down from the ring, where small things that move were looked for: without them hands do the same."""
    if not len(scene.spots.frame):
        return
    up = offset[:, 1]
    below = ball.seen & (np.abs(offset[:, 0]) < _THROUGH_M) & (up < -0.1) & (up > -0.8)
    frames = np.flatnonzero(below)
    for run in np.split(frames, np.flatnonzero((np.diff(frames) > 2) | (np.diff(up[frames]) > 0.05)) + 1) if len(frames) else ():
        first, last = int(run[0]), int(run[-1])
        seconds = float(scene.time_s[last] - scene.time_s[first])
        if not (_THROUGH_S[0] <= seconds <= _THROUGH_S[1] and up[first] > _THROUGH_FROM_M and up[last] < _THROUGH_TO_M):
            continue
        if not scene.cut[first + 1 : last + 1].any() and _confidence(scene, ball, first, last) >= _THROUGH_SURE:
            yield first, last


def _one_each(scene: Scene, found: list[Flight], held: list[Hold]) -> list[Flight]:
    """Join what is one shot: a ball that nobody had for some time after it was at the ring can't have been shot again."""
    kept: list[Flight] = []
    for flight in found:
        before = kept[-1] if kept else None
        if before is not None and flight.ring is before.ring:
            between = [hold for hold in held if before.arrival < hold.end and hold.start < flight.release]
            hands_s = sum(float(scene.time_s[min(hold.end, flight.release)] - scene.time_s[max(hold.start, before.arrival)]) for hold in between)
            if flight.release <= before.last or hands_s < _REGRIP_S:
                # a ball that climbs past the ring in the picture comes down to it later, on the same arc
                later = flight.arc and (not before.arc or flight.release <= before.last)
                first, second = (flight, before) if later else (before, flight)
                whose = next((one for one in (first, second) if one.shooter is not None), first)
                kept[-1] = replace(
                    first,
                    release=min(before.release, flight.release),
                    last=max(first.last, second.last),
                    holder=whose.holder,
                    shooter=whose.shooter,
                    candidates=whose.candidates,
                )
                continue
        kept.append(flight)
    return kept


def _took_off(ball: BallTrack, release: int, arrival: int) -> int | None:
    """Return the first frame of the free flight that the ball is on between two frames, None where it is on none."""
    flying = np.flatnonzero(ball.flies[release : arrival + 1])
    if not len(flying):
        return None
    grounded = np.flatnonzero(~ball.flies[: release + int(flying[0])])
    return int(grounded[-1]) + 1 if len(grounded) else 0


def _in_hands(held: Sequence[Hold], release: int, arrival: int) -> bool:
    """Tell whether somebody has the ball for most of what looks like a flight."""
    longest = max((float(min(hold.end, arrival) - max(hold.start, release)) for hold in held), default=0.0)
    return longest > _HELD_SHARE * (arrival - release)


def _is_well_seen(scene: Scene, ball: BallTrack, release: int, arrival: int) -> bool:
    """Tell whether the detector believes in what it took for the ball between two frames."""
    return _confidence(scene, ball, release, arrival) >= _WELL_SEEN


def _confidence(scene: Scene, ball: BallTrack, first: int, last: int) -> float:
    """Return the mean confidence of what the detector took for the ball between two frames, 0 where that is nothing."""
    balls = scene.balls
    rows = np.arange(*np.searchsorted(balls.frame, (first, last + 1)))
    middle = (balls.xyxy[rows, :2] + balls.xyxy[rows, 2:]) / 2
    mine = np.hypot(*(middle - ball.xy[balls.frame[rows]]).T) < 1.0
    return float(balls.confidence[rows][mine].mean()) if mine.any() else 0.0


def _shooter(
    scene: Scene,
    ball: BallTrack,
    held: Sequence[Hold],
    log_odds: Floats,
    scale: Floats,
    leaps: Leaps,
    side: Floats,
    ring: Ring,
    release: int,
    came_from: Origin | None,
) -> tuple[int | None, float, tuple[tuple[int, float], ...]]:
    """Return who most likely had the ball just before it flew, the log-odds of that, and everybody's chance.

    Who goes up then, and who attacks that basket, is the likelier; who stands where its flight in space began, and where it was seen to take off, whose raised
    hands are there.
    """
    people = scene.people
    start, end = np.searchsorted(people.frame, (max(0, release - scene.frames(_AIMS_S)), release + 1))
    rows = np.arange(start, end)
    rows = rows[~people.referee[people.track[rows]]]
    if not len(rows):
        return None, -np.inf, ()
    tracks, which = np.unique(people.track[rows], return_inverse=True)
    looks = _LOOKS_HZ * _AIMS_S / max(scene.frames(_AIMS_S), 1)
    sign = np.array([1.0, -1.0, 0.0])[people.team[tracks]]
    worth = np.maximum(np.bincount(which, log_odds[rows]) * looks, _LEAST_HANDS) + _ATTACKS_SAYS * side[release] * sign * ring.side
    since = release - scene.frames(_HANDS_S)
    for hold in held:
        if hold.start < release and hold.end >= since:
            worth[tracks == hold.track] += _HELD_SAYS * hold.chance
    away = np.array([_from_hands_m(scene, ball, int(track), scale, release) for track in tracks])
    seen = bool(ball.flies[release] and away.min() < _LATE_M)
    if seen:
        worth -= np.minimum(((away - away.min()) / _HANDS_M) ** 2 / 2, _NOT_HIS)
    if came_from is not None:
        worth -= _ELSEWHERE_SAYS * np.array([_from_origin(scene, int(track), release, came_from) for track in tracks])
    worth += _GOES_UP_SAYS * np.clip([leaps.of(track, np.array([release]))[0] for track in tracks.tolist()], 0, _HIGHEST_M)
    best = float(worth.max())
    chance = np.exp(worth - best) / np.exp(worth - best).sum()
    return int(tracks[worth.argmax()]) if best > _LEAST_SURE else None, best, tuple(zip(tracks.tolist(), chance.tolist(), strict=True))


def _from_origin(scene: Scene, track: int, release: int, came_from: Origin) -> float:
    """Return the nats that speak against somebody for standing elsewhere than where a flight began; none where his place is not known."""
    early, late = (release - scene.frames(seconds) for seconds in _STANDS_BEFORE_S)
    rows = _rows(scene, track, early, late)
    place = np.median(scene.people.feet_m[rows], 0) if len(rows) else np.full(2, np.nan)
    if not np.isfinite(place).all():
        return 0.0
    away = place - came_from.xy
    return min(float(away @ np.linalg.solve(_WIDER * came_from.covariance + _STANDS_M**2 * np.eye(2), away)) / 2, _ELSEWHERE)


def _from_hands_m(scene: Scene, ball: BallTrack, track: int, scale: Floats, release: int) -> float:
    """Return how far the ball takes off from somebody's raised hands, about the top of his box, in metres; infinite where neither is seen."""
    people, reach = scene.people, scene.frames(0.1)
    nearest = np.inf
    for row in _rows(scene, track, release, release + reach):
        frame = int(people.frame[row])
        x1, y1, x2, _ = people.xyxy[row]
        low, high = np.array([x1, y1 - _ABOVE_HEAD_M * scale[row]]), np.array([x2, y1 + _BELOW_TOP_M * scale[row]])
        away = float(np.hypot(*(ball.xy[frame] - np.clip(ball.xy[frame], low, high))))
        nearest = min(nearest, away / scale[row]) if ball.known[frame] else nearest
    return nearest


def _last_attacker(scene: Scene, held: list[Hold], side: Floats, ring: Ring, release: int) -> Hold | None:
    """Return the last hold before a flight by somebody who attacks that basket, as far as that is known; None where it was too long ago."""
    sign = np.array([1.0, -1.0, 0.0])[scene.people.team] * side[release] * ring.side
    reach = scene.frames(_LAST_S)
    able = [hold for hold in held if hold.start < release and release - hold.end < reach and sign[hold.track] > -0.5]
    able = [hold for hold in able if not scene.people.referee[hold.track] and not scene.cut[hold.end + 1 : release + 1].any()]
    return max(able, key=lambda hold: hold.end, default=None)


def _visits(scene: Scene, near: Bools, who: Ints) -> Iterator[tuple[int, int]]:
    """Yield (first, last) frame of each time the ball is at the ring; a ball that dances on it is there once."""
    frames = np.flatnonzero(near)
    reach = scene.frames(_SAME_S)
    start = None
    for i, frame in enumerate(frames.tolist()):
        later = int(frames[i + 1]) if i + 1 < len(frames) else None
        start = frame if start is None else start
        if later is None or later - frame > reach or scene.cut[frame + 1 : later + 1].any() or _caught(who[frame : later + 1], scene):
            yield start, frame
            start = None


def _arrival(scene: Scene, ball: BallTrack, near: Bools, offset: Floats, begin: int, last: int) -> int:
    """Return the frame of a visit in which the ball first comes down to the ring from above it, or is as low as it gets before it jumps up again.

    The last frame of the visit where it never does.
    """
    came = max(begin - scene.frames(_COMES_DOWN_S), int(np.searchsorted(scene.shot, scene.shot[begin])))
    highest, lowest, at = -np.inf, np.inf, -1
    frames: list[int] = (came + np.flatnonzero(ball.seen[came : last + 1] & np.isfinite(offset[came : last + 1, 0]))).tolist()
    for frame in frames:
        up = float(offset[frame, 1])
        if up > highest:
            highest, lowest, at = up, np.inf, -1
            continue
        if at >= begin and up > lowest + _JUMPS_M:
            return at
        if up < lowest:
            lowest, at = up, frame
        if near[frame] and up < _LEVEL_M < highest:
            return frame
    return int(np.flatnonzero(near[begin : last + 1])[-1]) + begin


def _caught(who: Ints, scene: Scene) -> bool:
    return bool((who != NOBODY).sum() >= scene.frames(0.3))


def _above_before(scene: Scene, ball: BallTrack, offset: Floats, first: int) -> bool:
    start = max(0, first - scene.frames(0.5))
    before = offset[start:first][ball.seen[start:first]]
    return bool((before[:, 1] > 0.1).any()) if len(before) else False


def _release(scene: Scene, ball: BallTrack, ring: Ring, first: int) -> tuple[int, bool]:
    """Return the earliest frame from which the ball keeps to one parabola until it is at the ring, and whether there is such an arc at all."""
    offset = beside_ring(ball, ring)
    begin = max(0, first - scene.frames(_LONGEST_FLIGHT_S))
    cuts = np.flatnonzero(scene.cut[begin : first + 1])
    begin += int(cuts[-1]) if len(cuts) else 0
    frames = np.arange(begin, first + 1)
    frames = frames[ball.seen[frames] & np.isfinite(offset[frames, 0])]
    for late in (0, 2, 4, 7):  # the last sightings may be after the ball touched the ring
        release = _arc_start(scene, ring, offset, frames[: len(frames) - late])
        if release is not None:
            return release, True
    return first, False


def _arc_start(scene: Scene, ring: Ring, offset: Floats, frames: Ints) -> int | None:
    best, first = None, None
    for i in range(len(frames) - _LEAST_ARC, -1, -1):
        part = frames[i:]
        if np.diff(scene.time_s[part]).max() > _OUT_OF_PICTURE_S:
            break
        if scene.time_s[part[-1]] - scene.time_s[part[0]] < 0.18:
            continue
        good, fit = _parabola(scene.time_s[part] - scene.time_s[frames[-1]], offset[part])
        if good < _ARC_M and _FALLS_M_S2[0] < -2 * fit[2, 1] < _FALLS_M_S2[1]:
            best, first = fit, i
    if best is None or first is None:
        return None
    # farther back along the same parabola: a high ball leaves the picture, and something else is taken for it meanwhile
    time_s = scene.time_s[frames[:first]] - scene.time_s[frames[-1]]
    expected = np.stack([np.ones_like(time_s), time_s, time_s**2], 1) @ best
    fits = np.hypot(*(offset[frames[:first]] - expected).T) < _ARC_AFAR_M
    in_picture = ring.xy[frames[:first], 1] - expected[:, 1] * ring.scale[frames[:first]] > 0
    earliest, n_fit, n_stray, n_on_end = first, 0, 0, 0
    for i in range(first - 1, -1, -1):
        if fits[i]:
            n_fit, n_on_end = n_fit + 1, 0
            earliest = i if n_fit >= _FITS * (n_fit + n_stray) else earliest
        elif in_picture[i]:
            n_stray, n_on_end = n_stray + 1, n_on_end + 1
            if n_on_end > scene.frames(_STRAYS_S):
                break
    return int(frames[earliest])


def _parabola(time_s: Floats, offset: Floats) -> tuple[float, Floats]:
    """Return the root mean square distance in metres from the best parabola and its coefficients (3, 2); infinite where too many stray."""
    powers = np.stack([np.ones_like(time_s), time_s, time_s**2], 1)
    weight = np.ones(len(time_s))
    for _ in range(5):  # Cauchy's weights: a stray sighting pulls little
        root = np.sqrt(weight)[:, None]
        fit = np.linalg.lstsq(root * powers, root * offset, rcond=None)[0]
        away = np.hypot(*(offset - powers @ fit).T)
        weight = 1 / (1 + (away / _ARC_M) ** 2)
    kept = away < 2.5 * _ARC_M
    good = kept.sum() >= max(_LEAST_ARC, 0.8 * len(away)) and kept[0] and kept[-1]
    return float(np.sqrt((away[kept] ** 2).mean())) if good else np.inf, fit


def _let_go_by(scene: Scene, held: list[Hold], release: int, arrival: int) -> int | None:
    """Return the hold that the ball left last before it flew, None where it was too long ago."""
    late = release + scene.frames(0.25)
    before = [i for i, hold in enumerate(held) if hold.start < min(late, arrival)]
    if not before:
        return None
    last = before[-1]
    return last if scene.time_s[release] - scene.time_s[held[last].end] <= _HANDS_S and not scene.cut[held[last].start + 1 : release + 1].any() else None


def _is_close(scene: Scene, ring: Ring, hold: Hold) -> bool:
    """Tell whether the holder stands below the basket or near it, as the picture shows it."""
    people = scene.people
    rows = np.flatnonzero((people.track == hold.track) & (people.frame >= hold.start) & (people.frame <= hold.end))
    if not len(rows):
        return False
    row = rows[-1]
    middle = (people.xyxy[row, 0] + people.xyxy[row, 2]) / 2
    return bool(abs(middle - ring.xy[people.frame[row], 0]) / ring.scale[people.frame[row]] < _CLOSE_M)


def _rows(scene: Scene, track: int, first: int, last: int) -> Ints:
    people = scene.people
    start, end = np.searchsorted(people.frame, (first, last + 1))
    return np.asarray(np.arange(start, end)[people.track[start:end] == track], np.int64)
