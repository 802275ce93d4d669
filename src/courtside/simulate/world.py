"""The state of a simulated game, shared by those who decide: attackers, defenders, referees, and the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from courtside.court import Court
from courtside.simulate.ball import Flight
from courtside.simulate.cast import N_PLAYERS
from courtside.simulate.knobs import Knobs
from courtside.simulate.movement import Bodies
from courtside.simulate.scene import Cast, Floats


class Phase(Enum):
    """What is going on."""

    BRING_UP = auto()  # on the way to the attacking half
    SET = auto()
    SHOT = auto()  # the ball is on its way to the basket or off it
    LOOSE = auto()
    INBOUND = auto()
    DEAD = auto()  # after a whistle


class Air(Enum):
    """Why the ball is in the air."""

    PASS = auto()
    SHOT = auto()
    LOOSE = auto()


@dataclass
class Throw:
    """A ball in the air: its flight, why, who let it go when, for whom; ``thief`` is a defender who means to have it."""

    flight: Flight
    why: Air
    by: int
    at_s: float
    to: int | None = None
    thief: int | None = None
    points: int = 0
    kind: str = ""
    fall_s: float = 0.0  # when, and
    fall: tuple[float, float] = (0.0, 0.0)  # where a shot comes down to hands' height


@dataclass
class World:
    """Everything at one instant.

    ``five[team]`` are the rows on the floor by slot (0 point guard .. 4 centre); ``marks[i]`` is the attacking slot that defender i guards.
    """

    court: Court
    cast: Cast
    knobs: Knobs
    random: np.random.Generator
    bodies: Bodies
    five: list[list[int]]
    time_s: float = 0.0
    phase: Phase = Phase.SET
    since_s: float = 0.0
    attacking: int = 0
    direction: int = 1
    holder: int | None = None
    dribble: bool = False
    shooting: int | None = None  # who has begun a shot and still has the ball
    thrown: Throw | None = None
    ball: Floats = field(default_factory=lambda: np.array([0.0, 0.0, 1.1]))
    marks: npt.NDArray[np.int64] = field(default_factory=lambda: np.arange(5))
    seen: Floats = field(default_factory=lambda: np.zeros((0, 2)))  # where everybody was a reaction time ago
    clock_s: float = 720.0
    shot_clock_s: float = 24.0
    period: int = 1
    score: list[int] = field(default_factory=lambda: [0, 0])
    fast_break: bool = False

    @property
    def offence(self) -> list[int]:
        """The five who attack."""
        return self.five[self.attacking]

    @property
    def defence(self) -> list[int]:
        """The five who defend."""
        return self.five[1 - self.attacking]

    @property
    def side(self) -> int:
        """+1 when the attack goes to the right."""
        return self.direction if self.attacking == 0 else -self.direction

    @property
    def hoop(self) -> Floats:
        """(2,) the floor below the basket attacked."""
        return np.array([self.side * self.court.rim_x_m, 0.0])

    @property
    def referees(self) -> range:
        """Their rows."""
        return range(2 * N_PLAYERS, len(self.cast.actors))

    def team(self, row: int) -> int | None:
        """Return the team of a row."""
        return self.cast.actors[row].team

    def spot(self, out: float, across: float) -> Floats:
        """Return the floor point ``out`` metres from the attacked basket towards the centre and ``across`` to the side, kept on the court."""
        court = self.court
        x = float(np.clip(court.rim_x_m - out, -court.half_length_m + 0.6, court.half_length_m - 0.5))
        return np.array([self.side * x, float(np.clip(across, -court.half_width_m + 0.5, court.half_width_m - 0.5))])

    def out_of(self, xy: Floats) -> Floats:
        """Return how far (..., 2) floor points lie from the attacked basket towards the other one."""
        return np.asarray(self.court.rim_x_m - self.side * xy[..., 0])

    def enter(self, phase: Phase) -> None:
        """Change the phase."""
        self.phase, self.since_s = phase, self.time_s
