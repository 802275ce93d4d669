"""The simulated game: rules, ball and clock around bodies that think ten times a second. Moments without end, and an exact log of events."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from fractions import Fraction

import cv2
import numpy as np

from courtside.court import Court
from courtside.court.dimensions import BALL_RADIUS_M, RIM_HEIGHT_M
from courtside.court.markings import zones
from courtside.simulate import restarts
from courtside.simulate.ball import Flight, bounce_throw, lob, throw
from courtside.simulate.cast import N_PLAYERS
from courtside.simulate.knobs import Knobs
from courtside.simulate.marking import defend, follow, switch
from courtside.simulate.movement import Bodies
from courtside.simulate.paint import Paint, Stay
from courtside.simulate.plays import Plays, Wish, nearest_opponent
from courtside.simulate.scene import Action, Cast, Floats, Moment
from courtside.simulate.world import Air, Phase, Throw, World
from courtside.truth.labels import Event

RELEASE = 0.6
"""The phase of ``Action.SHOOT`` and ``Action.LAYUP`` at which the ball leaves the hand; ``Action.PASS`` begins with it."""

_STEP_S = 1 / 60
_THINK_S = 0.1
_REACTION_S = 0.25
_UNREST = 0.6  # m/s
_SHOT_LEAP = (0.38, 0.95)  # shares of a jump shot between which he is in the air
_SHOOT_S, _LAYUP_S, _PASS_S = 0.95, 0.8, 0.4
_MAKES = {"layup": 0.58, "dunk": 0.97, "two": 0.43, "three": 0.37}  # about what professionals make
_BLOCKED, _STOLEN, _ASTRAY = 0.09, 0.055, 0.012
_FOUL = 0.004  # per thought of a driven-at holder


class Game:
    """``Game(court, cast, random, knobs)``: ask ``moments`` once; ``events`` grows meanwhile, and ``finish`` adds what has begun and not ended.

    The same state of ``random`` gives the same game; it is only used to spawn a generator of the game's own. Times of events are seconds of the game, as
    ``Moment.time_s``; ``who`` is ``Actor.who``. Kinds and facts:
    "shot" (release to outcome; outcome "made", "missed", "blocked" or None of one in the air at the end, points it was worth, type "layup", "dunk", "two" or
    "three" as it was meant, shot_clock_s at its release, blocked_by),
    "pass" (release to catch; to), "possession" (one player has the ball), "rebound" (offensive), "turnover" (by whom it was won, or None),
    "three-seconds" (entering to leaving the paint; seconds, and whether it is clear: see ``courtside.simulate.paint``).
    """

    def __init__(self, court: Court, cast: Cast, random: np.random.Generator, knobs: Knobs) -> None:
        self.events: list[Event] = []
        self._dt = _STEP_S
        self._two = {side: zones(court)[f"{name} two points"].astype(np.float32) for side, name in ((-1, "left"), (1, "right"))}
        bodies = Bodies(len(cast.actors), knobs.occlusion)
        self.world = World(court, cast, knobs, random.spawn(1)[0], bodies, [list(range(5)), list(range(N_PLAYERS, N_PLAYERS + 5))])
        self._plays = Plays()
        self._restart: restarts.Restart | None = None
        self._past: deque[Floats] = deque(maxlen=max(1, round(_REACTION_S / _THINK_S)) + 1)
        self._think_at = 0.0
        self._release_at = math.inf
        self._shot_kind = ""
        self._hand = 1.0  # which side the dribble is on, -1 to 1, and which it goes to
        self._hand_to = 1.0
        self._beat = 0.5
        self._had_since = 0.0
        self._paint = Paint()
        self._whistle_at = math.inf
        self._swaps_due = 0
        self._open()

    @property
    def live(self) -> bool:
        """Whether the ball is in play: not after a whistle, until the throw-in is caught."""
        return self.world.phase is not Phase.DEAD and (self._restart is None or self._restart.official is None)

    def moments(self, rate: Fraction) -> Iterator[Moment]:
        """Yield the moments at 0, 1/``rate``, 2/``rate``, ... seconds for ever."""
        substeps = max(1, math.ceil(1 / (_STEP_S * float(rate)) - 1e-9))
        self._dt = 1 / (float(rate) * substeps)
        frame = 0
        while True:
            self.world.time_s = float(frame / rate)
            yield self._moment()
            for _ in range(substeps):
                self._step()
            frame += 1

    def finish(self) -> None:
        """Log what is still under way when no more moments are asked for: stays in the paint, a possession, and a shot in the air, which nobody has to find."""
        w = self.world
        for stay in self._paint.finish(w.time_s):
            self._log_stay(stay)
        if w.holder is not None and w.team(w.holder) is not None and w.time_s > self._had_since:
            self._log("possession", self._had_since, w.time_s, w.holder)
        if w.thrown is not None and w.thrown.why is Air.SHOT and w.thrown.kind:
            self._log_shot(w.thrown, None, clear=False)

    # ---- beginnings

    def _open(self) -> None:
        """Put everybody where a clip may begin: in a set attack or on the way there, and let it run in for a moment."""
        w, random, late = self.world, self.world.random, self.world.knobs.late_entrants
        w.attacking, w.direction = int(random.integers(2)), 1 if random.uniform() < 0.5 else -1
        w.clock_s, w.shot_clock_s = float(random.uniform(90, 700)), float(random.uniform(16, 22))
        w.period, w.score = int(random.integers(1, 5)), [int(n) for n in random.integers(8, 96, 2)]
        bodies = w.bodies
        bodies.solid[w.offence + w.defence + list(w.referees)] = True
        for row in range(2 * N_PLAYERS):
            bodies.xy[row] = bodies.target[row] = restarts.seat(w, row)
            bodies.face[row] = (0.0, 0.0)
        under_way = random.uniform() < max(0.35, late)
        w.phase = Phase.BRING_UP if under_way else Phase.SET
        w.shot_clock_s = 22.0 if under_way else w.shot_clock_s
        self._plays.begin(w)
        for i, (row, foe) in enumerate(zip(w.offence, w.defence, strict=True)):
            out, across = (float(v) for v in self._plays.spots[i])
            trails = random.uniform() < late
            if under_way or trails:
                out = float(random.uniform(19, 25)) if trails else float(random.uniform(11, 20))
            if i == 0:
                out, across = (float(random.uniform(14, 22)), float(random.uniform(-4, 4))) if under_way else (8.6, 0.0)
            bodies.xy[row] = w.spot(out, across)
            bodies.xy[foe] = w.spot(max(0.4, out - (4.5 if under_way else 1.5)), across * 0.75)
        bodies.target[:] = np.where(bodies.solid[:, None], bodies.xy, bodies.target)
        w.holder, w.dribble = w.offence[0], True
        w.ball[:2] = bodies.xy[w.holder]
        bodies.target[w.referees] = np.inf
        follow(w)
        bodies.xy[w.referees] = bodies.target[w.referees]
        if random.uniform() < late:
            self._whistle_at, self._swaps_due = float(random.uniform(1.5, 6.0)), int(random.integers(1, 4))
        for _ in range(round(1.5 / self._dt)):
            self._step()
        shift = w.time_s
        self.events.clear()
        w.time_s, self._think_at, self._had_since, w.since_s = 0.0, 0.0, 0.0, w.since_s - shift
        self._release_at -= shift
        self._whistle_at -= 0.0 if math.isinf(self._whistle_at) else min(shift, self._whistle_at)
        self._plays.until_s -= shift
        self._plays.move_at -= shift
        bodies.shift_clock(-shift)
        self._paint = Paint()
        if w.thrown is not None:
            w.thrown.at_s, w.thrown.fall_s = w.thrown.at_s - shift, w.thrown.fall_s - shift
        if self._restart is not None:
            self._restart.ready_s -= shift

    # ---- time

    def _step(self) -> None:
        w, dt = self.world, self._dt
        w.time_s += dt
        if w.time_s >= self._think_at:
            self._think_at = w.time_s + _THINK_S
            self._think()
        w.bodies.step(dt, w.time_s, w.random, _UNREST)
        if w.phase not in (Phase.DEAD, Phase.INBOUND) or (w.phase is Phase.INBOUND and self._restart is not None and self._restart.official is None):
            self._run_clocks(dt)
        if w.holder is not None and w.time_s >= self._release_at:
            self._launch(w.holder)
        if w.thrown is None:
            self._carry(dt)
        else:
            self._fly(dt)

    def _run_clocks(self, dt: float) -> None:
        w = self.world
        w.clock_s -= dt
        if w.phase not in (Phase.INBOUND, Phase.SHOT):
            w.shot_clock_s = max(0.0, w.shot_clock_s - dt)
        if w.clock_s <= 0:
            w.clock_s, w.period = 720.0, w.period + 1

    def _think(self) -> None:
        w = self.world
        bodies = w.bodies
        self._past.append(bodies.xy.copy())
        w.seen = self._past[0]
        on_floor = w.offence + w.defence
        idle = ~bodies.busy(w.time_s)
        bodies.action[idle] = Action.MOVE
        bodies.push[:] = 3.8
        self._watch_paint()
        wish = Wish()
        if w.phase in (Phase.BRING_UP, Phase.SET):
            switch(w)
            defend(w)
            wish = self._plays.think(w)
            self._help_thief()
            self._whistle()
        elif w.phase is Phase.SHOT:
            self._crash()
        elif w.phase is Phase.LOOSE:
            self._chase()
        if w.phase in (Phase.INBOUND, Phase.DEAD) and self._restart is not None:
            defend(w)
            self._plays.think(w)
            restarts.settle(w)
            wish = self._restart.think(w)
        busy_referee = None if self._restart is None or self._restart.handed else self._restart.official
        kept = None if busy_referee is None else (bodies.target[busy_referee].copy(), bodies.pace[busy_referee])
        follow(w)
        if busy_referee is not None and kept is not None:
            bodies.target[busy_referee], bodies.pace[busy_referee] = kept
        limit = np.array([w.court.half_length_m, w.court.half_width_m])
        inside = [r for r in on_floor if self._restart is None or (r != self._restart.thrower and all(r not in swap for swap in self._restart.swaps))]
        bodies.target[inside] = np.clip(bodies.target[inside], -limit + 0.3, limit - 0.3)
        if w.holder is None or w.shooting is not None:
            return
        if wish.what == "pass" and wish.to is not None:
            self._pass(w.holder, wish.to)
        elif wish.what in ("shoot", "layup"):
            self._shoot(w.holder, wish.what == "layup")
        elif w.shot_clock_s <= 0 and w.phase is Phase.SET:
            self._log("turnover", w.time_s, w.time_s, w.holder, by=None, how="shot clock")
            self._turn_over()
            self._stop(0)

    # ---- the ball in hands

    def _carry(self, dt: float) -> None:
        """Move the ball with who has it: before the chest, bouncing at the side, or up for a shot."""
        w = self.world
        if w.holder is None:
            return
        row, bodies = w.holder, w.bodies
        actor = w.cast.actors[row]
        ahead, height = 0.38, 0.64 * actor.height_m
        heading = bodies.heading[row]
        forward, side = np.array([math.cos(heading), math.sin(heading)]), np.array([-math.sin(heading), math.cos(heading)])
        soft = 0.05
        if w.shooting == row:
            share = min(1.0, float(bodies.phases(w.time_s)[row]) / RELEASE)
            top = (1.14 if self._shot_kind in ("two", "three") else 1.24) * actor.height_m
            height += share**1.5 * (top - height) + float(bodies.jump_m[row])
            ahead += share * (0.25 - ahead)
            place = bodies.xy[row] + ahead * forward
            if self._shot_kind == "dunk":
                place = place + share**3 * (w.hoop - place)
                height += share**3 * (RIM_HEIGHT_M + 0.3 - height)
                soft = 0.015
        elif w.dribble:
            pace = float(np.hypot(*bodies.velocity[row]))
            before = self._beat
            self._beat = (self._beat + dt / (0.66 if pace < 4 else 0.55)) % 1.0
            if self._beat < before and w.random.uniform() < 0.12:
                self._hand_to = -self._hand_to
            self._hand += float(np.clip(self._hand_to - self._hand, -6 * dt, 6 * dt))
            height = BALL_RADIUS_M + (0.56 * actor.height_m - BALL_RADIUS_M) * (1 - (2 * self._beat - 1) ** 2)
            sway = 0.2 * math.sin(2.9 * w.time_s + row), 0.16 * math.sin(2.3 * w.time_s + 1.0)  # no bounce lands where the last one did
            place = bodies.xy[row] + (0.35 + 0.07 * pace + sway[1]) * forward + (0.34 * self._hand + sway[0]) * side
            soft = 0.02
        else:
            place = bodies.xy[row] + ahead * forward + 0.36 * math.sin(2.3 * w.time_s + row) * side  # kept away from hands that reach for it
        w.ball += (np.array([*place, height]) - w.ball) * (1 - math.exp(-dt / soft))

    def _log(self, kind: str, start_s: float, end_s: float, row: int, **facts: object) -> None:
        actor, teams = self.world.cast.actors[row], self.world.cast.teams
        self.events.append(Event(kind, max(0.0, start_s), end_s, actor.who, None if actor.team is None else teams[actor.team].name, facts))

    def _log_shot(self, thrown: Throw, outcome: str | None, **facts: object) -> None:
        w = self.world  # its shot clock stands still while a shot is in the air
        known = {"outcome": outcome, "points": thrown.points, "type": thrown.kind, "shot_clock_s": round(w.shot_clock_s, 2)}
        self._log("shot", thrown.at_s, w.time_s, thrown.by, **known, **facts)

    def _who(self, row: int | None) -> str | None:
        return None if row is None else self.world.cast.actors[row].who

    def _let_go(self, row: int, thrown: Throw) -> None:
        w = self.world
        if w.team(row) is not None and w.time_s > self._had_since:
            self._log("possession", self._had_since, w.time_s, row)
        w.holder, w.dribble, w.shooting, w.thrown, self._release_at = None, False, None, thrown, math.inf

    def _gain(self, row: int) -> None:
        """``row`` has the ball from now on."""
        w, random = self.world, self.world.random
        thrown, team = w.thrown, w.team(row)
        w.thrown, w.holder, w.dribble, self._had_since, self._beat = None, row, False, w.time_s, 0.5
        if team is None or thrown is None:
            return
        if thrown.why is Air.PASS and thrown.to == row:
            if w.team(thrown.by) is not None:
                self._log("pass", thrown.at_s, w.time_s, thrown.by, to=self._who(row))
            if w.phase is Phase.DEAD:
                w.enter(Phase.INBOUND)
                return
            if w.phase is Phase.INBOUND and self._restart is not None and row != self._restart.thrower:
                self._restart = None
                w.enter(Phase.SET if w.out_of(w.bodies.xy[row]) < 10.5 else Phase.BRING_UP)
            self._plays.caught(w)
            return
        if w.phase is Phase.INBOUND:
            return  # fetched after a basket
        was_shot = thrown.points > 0  # and missed or blocked
        if was_shot:
            self._log("rebound", w.time_s, w.time_s, row, offensive=team == w.attacking)
        if team != w.attacking:
            if not was_shot:
                self._log("turnover", thrown.at_s, w.time_s, thrown.by, by=self._who(row), how="steal")
            self._turn_over()
            w.fast_break = random.uniform() < (0.55 if thrown.why is not Air.SHOT else 0.2)
            w.enter(Phase.BRING_UP)
            self._plays.begin(w)
            return
        if thrown.why is Air.SHOT and thrown.flight.rim:
            w.shot_clock_s = max(w.shot_clock_s, 14.0)
        w.enter(Phase.SET if w.out_of(w.bodies.xy[row]) < 10.5 else Phase.BRING_UP)
        self._plays.second_chance(w)

    def _turn_over(self) -> None:
        """The other team attacks."""
        w = self.world
        w.attacking, w.shot_clock_s, w.fast_break = 1 - w.attacking, 24.0, False
        w.marks = np.argsort(w.marks)  # who was marked marks his man in turn

    # ---- passes

    def _pass(self, row: int, to: int) -> None:
        w, random, bodies = self.world, self.world.random, self.world.bodies
        away = float(np.hypot(*(bodies.xy[to] - bodies.xy[row])))
        seconds = max(0.22, away / float(random.uniform(7.5, 11.5)))
        aim = bodies.xy[to] + 0.8 * seconds * bodies.velocity[to]
        limit = np.array([w.court.half_length_m, w.court.half_width_m])
        official = w.team(row) is None or w.team(to) is None
        thief = None
        if not official and self._restart is None:
            aim = np.clip(aim, -limit + 0.4, limit - 0.4)
            roll = random.uniform()
            if roll < _ASTRAY:
                aim = aim + random.normal(0, 2.5, 2)
            elif roll < _ASTRAY + _STOLEN and away > 3:
                thief = min(w.defence, key=lambda r: float(np.hypot(*(bodies.xy[r] - (bodies.xy[row] + aim) / 2))))
        start, end = (float(w.ball[0]), float(w.ball[1]), max(0.9, float(w.ball[2]))), (float(aim[0]), float(aim[1]), 1.4)
        bounced = 3 < away < 8 and random.uniform() < 0.18
        flight = bounce_throw(start, end, seconds * 1.15) if bounced else throw(start, end, seconds)
        bodies.act(row, Action.PASS, _PASS_S, w.time_s)
        bodies.target[to], bodies.pace[to], bodies.face[to] = aim, 5.0, w.ball[:2]
        self._let_go(row, Throw(flight, Air.PASS, row, w.time_s, to=to, thief=thief, fall_s=w.time_s + seconds))

    def _help_thief(self) -> None:
        w = self.world
        if w.thrown is not None and w.thrown.thief is not None:
            flight, row = w.thrown.flight, w.thrown.thief
            w.bodies.target[row], w.bodies.pace[row] = (flight.x + 0.15 * flight.vx, flight.y + 0.15 * flight.vy), 6.5

    # ---- shots

    def _shoot(self, row: int, layup: bool) -> None:
        """Begin a shot; the ball leaves the hand later."""
        w, bodies, random = self.world, self.world.bodies, self.world.random
        reach = float(np.hypot(*(bodies.xy[row] - w.hoop)))
        three = cv2.pointPolygonTest(self._two[w.side], (float(bodies.xy[row][0]), float(bodies.xy[row][1])), False) < 0
        height = w.cast.actors[row].height_m
        self._shot_kind = "layup" if layup else "three" if three else "two"
        if layup and height > 1.9 and random.uniform() < 0.35:
            self._shot_kind = "dunk"
        jump = float(random.uniform(0.32, 0.5)) if not layup else 0.75 if self._shot_kind == "dunk" else 0.5
        seconds = _LAYUP_S if layup else _SHOOT_S
        bodies.act(row, Action.LAYUP if layup else Action.SHOOT, seconds, w.time_s, jump, (0.3, 0.98) if layup else _SHOT_LEAP)
        bodies.face[row] = w.hoop
        bodies.target[row] = w.hoop - (w.side * 0.5, 0.0) if layup else bodies.xy[row] + 0.2 * bodies.velocity[row]
        bodies.pace[row] = max(2.5, min(4.6, (reach - 0.9) / (RELEASE * seconds))) if layup else 2.0
        w.shooting, self._release_at = row, w.time_s + RELEASE * seconds
        for foe in w.defence:  # who is near puts his arms up
            if float(np.hypot(*(bodies.xy[foe] - bodies.xy[row]))) < 2.2:
                bodies.act(foe, Action.REACH, 0.75, w.time_s + 0.1, float(random.uniform(0.15, 0.5)), (0.3, 0.95))

    def _launch(self, row: int) -> None:
        """The ball leaves the shooter's hand."""
        w, random, kind = self.world, self.world.random, self._shot_kind
        start = (float(w.ball[0]), float(w.ball[1]), float(w.ball[2]))
        points = 2 if kind in ("layup", "dunk") or self._takes_off_inside(row) else 3
        blocked = kind != "dunk" and nearest_opponent(w, row) < 1.25 and random.uniform() < _BLOCKED
        if blocked:
            out = random.normal(0, 3.0, 2) - (2.0 * w.side, 0.0)
            flight = Flight(*start, float(out[0]), float(out[1]), float(random.uniform(-1.0, 2.0)))
            thrown = Throw(flight, Air.LOOSE, row, w.time_s, points=points, kind=kind)
            self._let_go(row, thrown)
            foe = min(w.defence, key=lambda r: float(np.hypot(*(w.bodies.xy[r] - w.bodies.xy[row]))))
            self._log_shot(thrown, "blocked", blocked_by=self._who(foe))
            w.enter(Phase.LOOSE)
            return
        flight = self._aim(start, kind, random.uniform() < _MAKES[kind])
        seconds, fall = flight.foresee(self._dt, w.court, 2.3)
        self._let_go(row, Throw(flight, Air.SHOT, row, w.time_s, points=points, kind=kind, fall_s=w.time_s + seconds, fall=(fall.x, fall.y)))
        w.enter(Phase.SHOT)

    def _takes_off_inside(self, row: int) -> bool:
        """Tell whether a jump shot that is let go now counts two: by where its shooter left the floor, from which on nothing changed his velocity."""
        bodies = self.world.bodies
        x, y = bodies.xy[row] - (RELEASE - _SHOT_LEAP[0]) * _SHOOT_S * bodies.velocity[row]
        return bool(cv2.pointPolygonTest(self._two[self.world.side], (float(x), float(y)), False) >= 0)

    def _aim(self, start: tuple[float, float, float], kind: str, wanted: bool) -> Flight:
        """Return a flight that, as the physics has it, goes in or does not, as wanted."""
        w, random = self.world, self.world.random
        side = w.side
        toward = w.hoop - start[:2]
        reach = max(float(np.hypot(*toward)), 1e-6)
        ahead = toward / reach
        flight = Flight(*start, 0.0, 0.0, 0.0)
        for attempt in range(14):
            if kind == "dunk":
                off = random.normal(0, 0.02, 2) if wanted else random.normal(0, 0.13, 2)
                flight = throw(start, (float(w.hoop[0] + off[0]), float(off[1]), RIM_HEIGHT_M), 0.14)
            else:
                long = float(random.normal(0, 0.05)) if wanted else float(random.choice([-1, 1, 1])) * float(random.uniform(0.16, 0.42))
                wide = float(random.normal(0, 0.04 if wanted else 0.12))
                end = w.hoop + long * ahead + wide * np.array([-ahead[1], ahead[0]])
                angle = math.radians(float(random.normal(51, 2.5)) if reach > 2.5 else float(random.normal(68, 4)))
                flight = lob(start, (float(end[0]), float(end[1]), RIM_HEIGHT_M), angle)
            goes_in = flight.foresee(self._dt, w.court, 2.3)[1].made == side
            if goes_in == wanted or attempt == 13:
                break
        return flight

    # ---- the ball in the air

    def _fly(self, dt: float) -> None:
        w, thrown = self.world, self.world.thrown
        assert thrown is not None
        flight = thrown.flight
        made = flight.made
        flight.advance(dt, w.court)
        w.ball[:] = flight.x, flight.y, flight.z
        if thrown.why is Air.SHOT and flight.made and not made:
            self._score(thrown)
            return
        if self._catch(thrown):
            return
        if thrown.why is Air.PASS and w.time_s > thrown.fall_s + 0.45:
            thrown.why, thrown.to, thrown.thief = Air.LOOSE, None, None
            if w.phase in (Phase.SET, Phase.BRING_UP):
                w.enter(Phase.LOOSE)
        if thrown.why is Air.SHOT and thrown.kind and (flight.bounces or (flight.rim and flight.vz < 0 and flight.z < 2.6) or w.time_s > thrown.fall_s + 0.3):
            self._missed(thrown)
        outside = abs(flight.x) > w.court.half_length_m + BALL_RADIUS_M or abs(flight.y) > w.court.half_width_m + BALL_RADIUS_M
        if w.phase in (Phase.SHOT, Phase.LOOSE) and outside and (flight.z < 0.3 or flight.bounces):
            last = w.team(thrown.by)
            if last == w.attacking:
                if thrown.why is Air.LOOSE and not thrown.points:
                    self._log("turnover", thrown.at_s, w.time_s, thrown.by, by=None, how="out of bounds")
                self._turn_over()
            self._stop(0)

    def _missed(self, thrown: Throw) -> None:
        self._log_shot(thrown, "missed")
        thrown.kind = ""

    def _score(self, thrown: Throw) -> None:
        w = self.world
        team = w.team(thrown.by)
        assert team is not None
        w.score[team] += thrown.points
        self._log_shot(thrown, "made")
        self._turn_over()
        thrown.why, thrown.kind = Air.LOOSE, ""
        w.enter(Phase.INBOUND)
        self._plays.begin(w)
        self._restart = restarts.after_basket(w)

    def _catch(self, thrown: Throw) -> bool:
        """Let the ball be caught by whom it reaches; return whether it was."""
        w, bodies, ball = self.world, self.world.bodies, self.world.ball
        if w.time_s < thrown.at_s + 0.12:
            return False
        away = np.hypot(*(bodies.xy - ball[:2]).T)
        if thrown.why is Air.PASS:
            for row, reach in ((thrown.thief, 0.8), (thrown.to, 0.6)):
                if row is not None and away[row] < reach and 0.3 < ball[2] < 2.4:
                    self._gain(row)
                    return True
            return False
        if self._restart is not None:
            row = self._restart.catcher
            if away[row] < 0.7 and ball[2] < 1.7:
                self._gain(row)
                return True
            return False
        if thrown.why is Air.SHOT and not (thrown.flight.rim and thrown.flight.vz < 0) and not thrown.flight.bounces:
            return False
        rows = np.array(w.offence + w.defence)
        heights = np.array([w.cast.actors[r].height_m for r in rows])
        up = np.where(thrown.why is Air.SHOT, 1.22 * heights + bodies.jump_m[rows], 1.9)
        able = (away[rows] < 0.65) & (ball[2] < up) & ((rows != thrown.by) | (w.time_s > thrown.at_s + 0.7))
        if not able.any():
            return False
        row = int(rows[able][away[rows][able].argmin()])
        if thrown.why is Air.SHOT and thrown.kind:
            self._missed(thrown)
        self._gain(row)
        return True

    def _crash(self) -> None:
        """Everybody while a shot is up: the near ones go for where it will come down, the guards of the shooting team go back."""
        w, bodies, thrown = self.world, self.world.bodies, self.world.thrown
        if thrown is None:
            return
        told = thrown.flight.rim
        fall = np.array(thrown.fall if told else w.hoop - (w.side * 1.2, 0.0))
        for team in (w.offence, w.defence):
            away = np.hypot(*(bodies.xy[team] - fall).T)
            order = np.argsort(away)
            for rank, i in enumerate(order):
                row = team[int(i)]
                bodies.face[row] = w.ball[:2]
                if row == thrown.by and w.time_s < thrown.at_s + 0.4:
                    continue
                if rank < 2:
                    spread = np.array([0.7 * (rank - 0.5), 0.9 * (1 if row % 2 else -1)]) * (0.25 if told else 1.0)
                    bodies.target[row], bodies.pace[row] = fall + spread, 5.0 if told else 2.6
                    bodies.push[row] = 5.5
                elif team is w.offence and rank >= 3:
                    bodies.target[row], bodies.pace[row] = w.spot(9.5 + rank, float(bodies.xy[row][1] * 0.8)), 2.6
                else:
                    bodies.pace[row] = min(float(bodies.pace[row]), 1.8)
                soon = 0 < thrown.fall_s - w.time_s < 0.4
                if soon and away[i] < 1.4 and not bodies.busy(w.time_s)[row]:
                    bodies.act(row, Action.REACH, 0.8, w.time_s, float(w.random.uniform(0.2, 0.55)), (0.2, 0.9))
        if thrown.flight.bounces:
            self._chase()

    def _chase(self) -> None:
        """The two of each team that are nearest go after a free ball."""
        w, bodies, thrown = self.world, self.world.bodies, self.world.thrown
        if thrown is None:
            return
        place = np.array([thrown.flight.x + 0.35 * thrown.flight.vx, thrown.flight.y + 0.35 * thrown.flight.vy])
        for team in (w.offence, w.defence):
            order = np.argsort(np.hypot(*(bodies.xy[team] - place).T))
            for i in order[:2]:
                bodies.target[team[int(i)]], bodies.pace[team[int(i)]] = place, 5.5
            for i in order[2:]:
                bodies.pace[team[int(i)]] = min(float(bodies.pace[team[int(i)]]), 2.0)

    # ---- whistles and rules

    def _whistle(self) -> None:
        """Stop play now and then: a foul on the man with the ball, or because players are to be changed."""
        w = self.world
        if w.holder is None or w.shooting is not None:
            return
        foul = nearest_opponent(w, w.holder) < 0.75 and w.random.uniform() < _FOUL
        if w.time_s >= self._whistle_at or foul:
            swaps = self._swaps_due or (int(w.random.integers(1, 3)) if w.random.uniform() < 0.4 else 0)
            self._whistle_at, self._swaps_due = math.inf, 0
            w.shot_clock_s = max(w.shot_clock_s, 14.0)
            self._stop(swaps)

    def _stop(self, n_swaps: int) -> None:
        """The ball is dead; the attacking team will throw in from the side."""
        w = self.world
        self._restart = restarts.after_whistle(w, n_swaps)
        w.enter(Phase.DEAD)
        self._plays.begin(w)
        self._plays.paces[:] = 1.4
        if w.thrown is not None:
            w.thrown.why, w.thrown.to, w.thrown.kind = Air.LOOSE, None, ""
        elif w.holder is not None and self._restart.official is not None:
            self._pass(w.holder, self._restart.official)

    def _watch_paint(self) -> None:
        for stay in self._paint.watch(self.world, live=self._restart is None):
            self._log_stay(stay)

    def _log_stay(self, stay: Stay) -> None:
        self._log("three-seconds", stay.start_s, stay.end_s, stay.row, seconds=round(stay.seconds, 2), clear=stay.clear)

    # ---- what is seen

    def _moment(self) -> Moment:
        w, bodies = self.world, self.world.bodies
        on_floor = np.zeros(len(w.cast.actors), bool)
        on_floor[w.offence + w.defence + list(w.referees)] = True
        action = bodies.action.copy()
        if w.holder is not None and not bodies.busy(w.time_s)[w.holder]:
            action[w.holder] = Action.DRIBBLE if w.dribble else Action.HOLD
        look = np.broadcast_to(w.ball[:2], bodies.xy.shape).copy()
        if w.holder is not None:
            look[w.holder] = w.hoop
        return Moment(
            time_s=w.time_s,
            on_floor=on_floor,
            xy=bodies.xy.copy(),
            heading=bodies.heading.copy(),
            velocity=bodies.velocity.copy(),
            stride=bodies.stride.copy(),
            jump_m=bodies.jump_m.copy(),
            action=action,
            phase=bodies.phases(w.time_s),
            look_at=look,
            ball=w.ball.copy(),
            holder=w.holder,
            dribble=w.dribble,
            clock_s=w.clock_s,
            shot_clock_s=w.shot_clock_s,
            period=w.period,
            score=(w.score[0], w.score[1]),
            attacking=w.attacking,
            direction=w.direction,
        )
