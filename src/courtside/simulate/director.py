"""The broadcast: which camera is on air, moment by moment. Main camera, and when there are cuts, close-ups, replays, the crowd, and back."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from courtside.court import Camera, Court
from courtside.simulate.game import Game
from courtside.simulate.knobs import Knobs
from courtside.simulate.operator import Operator, floor_stand, main_stand, show_ball, show_game, show_person
from courtside.simulate.scene import Floats, Moment
from courtside.truth.labels import Event, ShotKind

_MEMORY_S = 10.0
_SLOW = 0.5  # speed of a replay


@dataclass(frozen=True)
class View:
    """What one frame of the video shows: ``time_s`` of the game, through ``camera``, which has become ``camera_end`` when the shutter closes.

    ``cut`` is True on the first frame of every shot but the first; ``flash`` 0-1 is how much of a strobe burns into this frame.
    """

    time_s: float
    kind: ShotKind
    camera: Camera
    camera_end: Camera
    cut: bool = False
    flash: float = 0.0


def between(a: Moment, b: Moment, share: float) -> Moment:
    """Return the moment ``share`` (0-1) of the way from ``a`` to ``b``; what cannot be halved is a's."""

    def mix(x: Floats, y: Floats) -> Floats:
        return x + share * (y - x)

    def turn(x: Floats, y: Floats) -> Floats:
        return np.asarray(x + share * ((y - x + np.pi) % (2 * np.pi) - np.pi))

    if share <= 0:
        return a
    return replace(
        a,
        time_s=a.time_s + share * (b.time_s - a.time_s),
        xy=mix(a.xy, b.xy),
        heading=turn(a.heading, b.heading),
        velocity=mix(a.velocity, b.velocity),
        stride=turn(a.stride, b.stride),
        jump_m=mix(a.jump_m, b.jump_m),
        phase=np.where((a.action == b.action) & (b.phase >= a.phase), mix(a.phase, b.phase), a.phase),
        look_at=mix(a.look_at, b.look_at),
        ball=mix(a.ball, b.ball),
    )


def in_clip(events: Sequence[Event], live: Sequence[tuple[int, float]], rate: Fraction) -> tuple[Event, ...]:
    """Return the game's events with seconds of the clip as times, which replays stretch.

    ``live`` are (frame, ``View.time_s``) of the frames that are no replay, in order; what began after the last of them is left out.
    """
    if not live:
        return ()
    frames, times = (np.array(column, float) for column in zip(*live, strict=True))
    seconds = frames / float(rate)

    def moved(time_s: float) -> float:
        return float(np.interp(time_s, times, seconds))

    return tuple(replace(event, start_s=moved(event.start_s), end_s=moved(event.end_s)) for event in events if event.start_s <= times[-1])


def _main_operator(random: np.random.Generator, knobs: Knobs, size_px: tuple[int, int]) -> tuple[Operator, float]:
    wild = knobs.fast_pans
    operator = Operator(main_stand(random), size_px, 1.6 + 2.6 * wild, 1.0 - 0.35 * wild, 0.04 + 0.25 * wild)
    return operator, float(random.uniform(14.0, 16.5))


class _Shot:
    """One shot other than the main camera's: an operator, what he follows, and for how many frames."""

    def __init__(self, kind: ShotKind, moment: Moment, court: Court, random: np.random.Generator, main: Operator, n_frames: int) -> None:
        size_px = main.size_px
        self.kind: ShotKind = kind
        self.left = n_frames
        self.row = moment.holder if moment.holder is not None else int(np.flatnonzero(moment.on_floor)[int(random.integers(10))])
        self.drift = random.normal(0, 0.8, 2)
        side = 1 if moment.ball[0] > 0 else -1
        low = random.uniform() < 0.5 or kind == "replay"
        self.operator = Operator(floor_stand(random, court, side, main.stand) if low and kind != "crowd" else main.stand, size_px, 5.0, 0.9, 0.03)
        self.width_m = float({"close-up": random.uniform(2.6, 4.2), "replay": random.uniform(6.0, 9.0), "crowd": random.uniform(6.0, 12.0)}[kind])
        rows = random.uniform() < 0.4  # the bench in front, or the seats behind it
        self.place = np.array([float(random.uniform(-9, 9)), -court.half_width_m - (2.0 if rows else float(random.uniform(6, 12))), 0.9 if rows else 3.5])
        self.operator.settle(self.want(moment))

    def want(self, moment: Moment) -> Floats:
        """Return aim and width for a moment."""
        if self.kind == "close-up":
            return show_person(moment, self.row, self.width_m)
        if self.kind == "replay":
            return show_ball(moment, self.width_m)
        self.place = self.place + (0.01 * self.drift[0], 0.0, 0.0)
        return np.array([*self.place, self.width_m])


def _replay(memory: Sequence[Moment], seconds: float, rate: float) -> list[Moment]:
    """Return the frames of a replay of the last ``seconds`` in slow motion."""
    stretch = list(memory)[-max(2, round(seconds * rate)) :]
    frames = []
    for i in range(math.floor((len(stretch) - 1) / _SLOW)):
        at = i * _SLOW
        frames.append(between(stretch[int(at)], stretch[int(at) + 1], at - int(at)))
    return frames


def broadcast(
    game: Game, rate: Fraction, n_frames: int, size_px: tuple[int, int], knobs: Knobs, random: np.random.Generator
) -> Generator[tuple[Moment, View], None, None]:
    """Return a generator of (moment, view), one for each of ``n_frames`` frames of video at ``rate``.

    The game goes on during close-ups and crowd shots and waits during replays, whose moments have earlier times. No more than the last ten seconds are kept.
    ``random`` is only used to spawn a generator of the broadcast's own, before this returns.
    """
    return _frames(game, rate, n_frames, size_px, knobs, random.spawn(1)[0])


def _frames(
    game: Game, exact_rate: Fraction, n_frames: int, size_px: tuple[int, int], knobs: Knobs, random: np.random.Generator
) -> Generator[tuple[Moment, View], None, None]:
    rate, court = float(exact_rate), game.world.court
    dt = 1 / rate
    moments = game.moments(exact_rate)
    memory: deque[Moment] = deque(maxlen=math.ceil(_MEMORY_S * rate))
    operator, width_m = _main_operator(random, knobs, size_px)
    shot: _Shot | None = None
    replay: deque[Moment] = deque()
    next_cut = _next_cut(random, knobs, rate)
    cut, first = False, True
    last: ShotKind | None = None
    for _ in range(n_frames):
        if shot is not None and shot.left <= 0:
            again = random.uniform() < 0.25 and shot.kind != "replay"
            shot, cut, next_cut = None, True, 0 if again else _next_cut(random, knobs, rate)
            if not again:
                first = True
        if shot is None and next_cut is not None and next_cut <= 0 and memory:
            kind = last = _choose(random, len(memory) > 3 * rate, last)
            length = max(2, round(float(random.uniform(1.5, 3.0)) * rate))
            if kind == "replay":
                replay = deque(_replay(memory, float(random.uniform(1.8, 3.0)), rate))
            shot = _Shot(kind, replay[0] if replay else memory[-1], court, random, operator, len(replay) or length)
            cut = True
        moment = replay.popleft() if replay else next(moments)
        if not (shot is not None and shot.kind == "replay"):
            memory.append(moment)
        here = operator if shot is None else shot.operator
        want = show_game(moment, court, width_m) if shot is None else shot.want(moment)
        if first and shot is None:
            here.settle(want)
            first = False
        start, end = here.cameras(knobs.blur * dt)
        flash = float(random.uniform(0.4, 1.0)) if random.uniform() < knobs.flashes / 60 * dt else 0.0
        yield moment, View(moment.time_s, "main" if shot is None else shot.kind, start, end, cut, flash)
        cut = False
        here.follow(want, dt, random)
        if shot is not None:
            shot.left -= 1
        elif next_cut is not None:
            next_cut -= 1


def _next_cut(random: np.random.Generator, knobs: Knobs, rate: float) -> int | None:
    """Return in how many frames the main camera is left, None for never."""
    if knobs.cut_every_s is None:
        return None
    return max(2, round(max(0.4 * knobs.cut_every_s, float(random.exponential(knobs.cut_every_s))) * rate))


def _choose(random: np.random.Generator, enough: bool, last: ShotKind | None) -> ShotKind:
    """Return a kind of shot, never the last one again; a replay only if there is enough to show."""
    chances: dict[ShotKind, float] = {"close-up": 0.45, "replay": 0.3 if enough else 0.0, "crowd": 0.25}
    kinds = [kind for kind in chances if kind != last]
    weights = np.array([chances[kind] for kind in kinds])
    return kinds[int(random.choice(len(kinds), p=weights / weights.sum()))]
