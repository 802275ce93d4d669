"""What the team with the ball does: where each of the five stands, and what the one with the ball decides. Called ten times a second.

It only sets targets and says what it wants (``Wish``); the game lets it happen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.simulate.scene import Action, Floats
from courtside.simulate.world import Phase, World

# (metres out from the basket, metres across), for five: two guards, two forwards, centre.
_FORMATIONS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((8.4, 0.5), (6.6, -5.2), (6.6, 5.2), (0.2, -6.7), (0.2, 6.7)),  # five out
    ((8.6, -1.0), (6.2, 5.4), (0.3, -6.7), (0.3, 6.7), (1.4, 3.1)),  # four out, centre low
    ((8.8, 0.0), (0.2, -6.7), (0.2, 6.7), (5.0, -2.8), (5.0, 2.8)),  # horns
    ((8.2, 2.8), (7.0, -4.2), (0.3, 6.7), (1.4, -3.1), (5.4, 1.0)),  # three out, two in
    ((7.8, -3.6), (7.4, 3.8), (0.3, -6.7), (2.2, 3.2), (5.6, -0.5)),
)
_SPOTS: tuple[tuple[float, float], ...] = (
    (8.4, 0.0),
    (7.8, 3.4),
    (7.8, -3.4),
    (6.4, 5.4),
    (6.4, -5.4),
    (3.0, 6.6),
    (3.0, -6.6),
    (0.2, 6.7),
    (0.2, -6.7),
    (5.0, 2.8),
    (5.0, -2.8),
    (1.4, 3.1),
    (1.4, -3.1),
    (0.2, 4.4),
    (0.2, -4.4),
    (9.2, 5.2),
    (9.2, -5.2),
)

_LEAVES_S = 1.2
_CAMPS_S = (1.5, 5.5)  # some are out in time, some are not


@dataclass
class Wish:
    """What the holder wants now: "pass" to a row, "shoot", "layup", or None."""

    what: str | None = None
    to: int | None = None


class Plays:
    """The attack of one possession; ``begin`` anew for each."""

    def __init__(self) -> None:
        self.spots: Floats = np.zeros((5, 2))
        self.paces: Floats = np.full(5, 3.0)
        self.move_at: Floats = np.zeros(5)
        self.plan = "hold"
        self.until_s = 0.0
        self.patience_s = 12.0
        self.screener: int | None = None
        self.aim: Floats = np.zeros(2)
        self.inside_since: Floats = np.full(5, np.inf)
        self.camper: int | None = None  # who stays in the paint, and for how long
        self.camps_s = 0.0

    def begin(self, world: World) -> None:
        """Take up a formation; everybody sets off at his own pace."""
        random = world.random
        formation = np.array(_FORMATIONS[int(random.integers(len(_FORMATIONS)))]) * (1, 1 if random.uniform() < 0.5 else -1)
        self.spots = 1.04 * formation + random.normal(0, 0.6, (5, 2))
        self.paces = random.uniform(3.7, 6.2, 5) if not world.fast_break else random.uniform(5.8, 7.2, 5)
        self.move_at = world.time_s + random.uniform(2.5, 8.0, 5)
        self.plan, self.until_s, self.screener = "hold", world.time_s + float(random.uniform(0.3, 1.2)), None
        self.patience_s = float(np.clip(random.normal(7.0, 4.0), 1.5, 17.0)) if not world.fast_break else 0.5
        self.camper = None
        if world.knobs.campers and random.uniform() < world.knobs.campers:
            self.camper, self.camps_s = int(random.integers(2, 5)), float(random.uniform(*_CAMPS_S))
            self.spots[self.camper] = float(random.uniform(0.8, 3.6)), float(random.uniform(-1.6, 1.6))
            self.move_at[self.camper] = np.inf

    def caught(self, world: World) -> None:
        """A pass has come in: look up, then decide; sooner where nobody is near."""
        wait = 0.15 if world.holder is not None and nearest_opponent(world, world.holder) > 1.8 else 0.5
        self.plan, self.until_s = "hold", world.time_s + wait + float(world.random.exponential(0.5))

    def second_chance(self, world: World) -> None:
        """A rebound of one's own: go up again at once, or bring it out."""
        self.plan, self.until_s = ("drive", world.time_s + 1.5) if world.random.uniform() < 0.5 else ("hold", world.time_s + 0.6)
        self.patience_s = float(world.random.uniform(3.0, 9.0))

    def think(self, world: World) -> Wish:
        """Set targets, paces and faces of the five; return what the holder wants."""
        bodies, five = world.bodies, world.offence
        slot = five.index(world.holder) if world.holder in five else None
        if world.phase is Phase.SET:
            self._relocate(world, slot)
        for i, row in enumerate(five):
            if row in (world.holder, world.shooting) or (world.thrown is not None and world.thrown.to == row):
                continue
            bodies.target[row] = world.spot(*self.spots[i])
            bodies.pace[row] = self.paces[i] if world.phase is not Phase.INBOUND else min(3.2, self.paces[i])
            running = world.phase is Phase.BRING_UP and float(np.hypot(*(bodies.target[row] - bodies.xy[row]))) > 3.0
            bodies.face[row] = np.nan if running else world.ball[:2]
        self._screen(world, slot)
        if slot is None or world.shooting is not None:
            return Wish()
        return self._bring_up(world, five[slot], slot) if world.phase is Phase.BRING_UP else self._decide(world, five[slot], slot)

    def _relocate(self, world: World, slot: int | None) -> None:
        """Let those whose time has come walk, or cut, to another spot that nobody has."""
        random = world.random
        for i in range(5):
            if i == slot or i == self.screener or world.time_s < self.move_at[i]:
                continue
            taken = np.delete(self.spots, i, 0)
            free = [s for s in _SPOTS if (np.hypot(*(taken - s).T) > 2.6).all()]
            near_first = sorted(free, key=lambda s: float(np.hypot(*(self.spots[i] - s))) + float(random.exponential(2.5)))
            if near_first:
                self.spots[i] = np.array(near_first[0]) + random.normal(0, 0.35, 2)
            self.paces[i] = float(random.choice([1.4, 2.3, 3.3, 5.0], p=[0.2, 0.4, 0.25, 0.15]))
            self.move_at[i] = world.time_s + float(random.exponential(0.8)) + 0.4
        xy, half = world.bodies.xy[world.offence], world.court.paint_width_m / 2  # three seconds in the paint are a violation
        inside = (world.out_of(xy) < world.court.free_throw_m - world.court.rim_m) & (np.abs(xy[:, 1]) < half)
        self.inside_since = np.where(inside, np.minimum(self.inside_since, world.time_s), np.inf)
        stays = np.where(np.arange(5) == (-1 if self.camper is None else self.camper), self.camps_s, _LEAVES_S)
        for i in np.flatnonzero(world.time_s - self.inside_since > stays).tolist():
            if i != slot:  # out by the shorter way
                self.camper = None if i == self.camper else self.camper
                self.spots[i] = float(np.clip(world.out_of(xy[i]), 0.3, 5.0)), (1 if xy[i][1] >= 0 else -1) * (half + 1.2)
                self.paces[i], self.move_at[i] = 4.0, world.time_s + float(random.uniform(1.0, 2.5))

    def _screen(self, world: World, slot: int | None) -> None:
        if self.screener is None or slot is None or slot == self.screener:
            self.screener = None
            return
        bodies, row = world.bodies, world.offence[self.screener]
        victim = world.defence[int(np.flatnonzero(world.marks == slot)[0])]
        beside = self.aim - bodies.xy[victim]
        place = bodies.xy[victim] + 0.75 * beside / max(float(np.hypot(*beside)), 0.3)
        bodies.target[row], bodies.pace[row], bodies.face[row] = place, 4.5, bodies.xy[victim]
        if float(np.hypot(*(place - bodies.xy[row]))) < 0.8:
            if not bodies.busy(world.time_s)[row]:
                bodies.act(row, Action.SCREEN, 0.9, world.time_s)
            bodies.target[row] = bodies.xy[row]
            if self.plan != "drive":
                self.plan, self.until_s = "drive", world.time_s + 2.5
        if self.plan == "drive" and world.time_s > self.until_s - 1.5:  # roll to the basket
            self.spots[self.screener], self.paces[self.screener] = (1.0, float(world.random.uniform(-1.5, 1.5))), 5.0
            self.move_at[self.screener] = world.time_s + 1.8
            self.screener = None

    def _bring_up(self, world: World, row: int, slot: int) -> Wish:
        bodies, random = world.bodies, world.random
        out = float(world.out_of(bodies.xy[row]))
        guard = world.offence[0] if slot != 0 else world.offence[1]
        if slot >= 2 and out > 16 and not world.fast_break:
            bodies.target[row], bodies.pace[row], bodies.face[row] = bodies.xy[row], 1.0, bodies.xy[guard]
            if world.time_s > self.until_s and _open(world, row, guard) > 0.25:
                return Wish("pass", guard)
        else:
            hurry = 6.4 if world.fast_break else (3.1 if slot < 2 else 2.7)
            end = world.spot(1.0, 0.0) if world.fast_break else world.spot(8.8, float(np.clip(self.spots[slot][1], -4, 4)))
            bodies.target[row], bodies.pace[row] = end, hurry
            bodies.face[row] = np.nan
            world.dribble = True
        if world.fast_break and out < 4.0 and nearest_opponent(world, row) > 0.6:
            return Wish("layup")
        if out < 10.0:
            ahead = world.fast_break and (world.out_of(bodies.xy[world.defence]) < out).sum() <= 1
            if not ahead:
                world.fast_break = False
                world.enter(Phase.SET)
                self.until_s = world.time_s + float(random.uniform(0.2, 1.5))
        return Wish()

    def _decide(self, world: World, row: int, slot: int) -> Wish:
        bodies, random, now = world.bodies, world.random, world.time_s
        out, room, here = float(world.out_of(bodies.xy[row])), nearest_opponent(world, row), bodies.xy[row]
        reach = float(np.hypot(*(here - world.hoop)))
        bodies.face[row] = world.hoop
        late = now - world.since_s > self.patience_s or world.shot_clock_s < 4.0
        if world.shot_clock_s < 1.3:
            return Wish("layup" if reach < 2.0 else "shoot")
        if self.plan == "drive":
            bodies.target[row], bodies.pace[row] = world.spot(0.6, float(np.clip(here[1], -1.2, 1.2))), 5.0
            bodies.push[row] = 6.5
            bodies.face[row] = np.nan
            world.dribble = True
            if reach < 3.3 and float(np.hypot(*bodies.velocity[row])) > 1.0:
                mate = self._outlet(world, row, random.uniform() < 0.4)
                if mate is not None:
                    self._rest(world, 0.8)
                    return Wish("pass", mate)
                return Wish("layup")
            if now > self.until_s or (room < 0.8 and random.uniform() < 0.04):
                self._rest(world, 0.5)
                if reach < 6.5 and (late or random.uniform() < 0.4):
                    return Wish("shoot")
            return Wish()
        if now < self.until_s:
            if self.plan == "probe":
                bodies.target[row], bodies.pace[row] = self.aim, 2.2
            elif self.plan == "hold":
                bodies.target[row], bodies.pace[row] = here, 1.0
            return Wish()
        if reach < 8.6 and world.shot_clock_s < 2.5:
            return Wish("shoot")
        if reach < 2.8 and random.uniform() < 0.7:
            return Wish("layup" if room > 0.9 or random.uniform() < 0.5 else "shoot")
        open_shot = room > 1.5 and (reach < 6.0 or reach < world.court.arc_m + 0.9)
        if (open_shot and random.uniform() < (0.6 if late else 0.2)) or (late and reach < 8.0 and random.uniform() < 0.3):
            return Wish("shoot")
        roll = random.uniform()
        if roll < (0.35 if late else 0.14):
            self.plan, self.until_s = "drive", now + 2.6
        elif roll < 0.3 + 0.2 * world.knobs.occlusion and self.screener is None and out > 4.5:
            self.screener = int(random.choice([i for i in range(2, 5) if i != slot]))
            self.aim = here + np.array([0.0, 1.5 if random.uniform() < 0.5 else -1.5])
            self.plan, self.until_s = "hold", now + 2.2
            world.dribble = True
        elif roll < 0.72:
            mate = self._outlet(world, row, False)
            self._rest(world, 0.3)
            if mate is not None:
                return Wish("pass", mate)
        else:
            self.plan, self.until_s = "probe", now + float(random.uniform(0.6, 1.6))
            self.aim = world.spot(float(np.clip(out + random.normal(0, 1.6), 4.0, 9.5)), float(here[1] + random.normal(0, 2.2)))
            world.dribble = True
        return Wish()

    def _rest(self, world: World, least: float) -> None:
        self.plan, self.until_s = "hold", world.time_s + least + float(world.random.exponential(0.5))

    def _outlet(self, world: World, row: int, only_far: bool) -> int | None:
        """Return a team mate worth a pass."""
        mates = [r for r in world.offence if r != row]
        gaps = world.bodies.xy[mates] - world.bodies.xy[row]
        far = np.hypot(*gaps.T)
        worth = np.array([min(nearest_opponent(world, r), 3.0) * max(_open(world, row, r), 0.0) for r in mates]) * (far < 13) * (far > 1.8)
        if only_far:
            worth *= world.out_of(world.bodies.xy[mates]) > 3.5
        if worth.max() <= 0.3:
            return None
        return mates[int(world.random.choice(4, p=worth / worth.sum()))]


def nearest_opponent(world: World, row: int) -> float:
    """Return the metres to the nearest opponent."""
    return float(np.hypot(*(world.bodies.xy[world.defence] - world.bodies.xy[row]).T).min())


def _open(world: World, start: int, end: int) -> float:
    """Return how far the nearest opponent is from the straight lane between two players, in metres less the body that fills it."""
    a, b = world.bodies.xy[start], world.bodies.xy[end]
    lane = b - a
    share = np.clip(((world.bodies.xy[world.defence] - a) @ lane) / max(float(lane @ lane), 1e-6), 0.05, 0.9)
    return float(np.hypot(*(world.bodies.xy[world.defence] - (a + share[:, None] * lane)).T).min()) - 0.35
