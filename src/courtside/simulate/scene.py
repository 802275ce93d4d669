"""What the simulated game hands to the simulated cameras: who is on the floor, and how they stand at one moment.

Metres and seconds of the court frame (origin at the court's centre, x to the right, y towards the near sideline, z up); headings in radians, 0 along +x and
positive towards +y.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from courtside.types import Role, Team

Floats = npt.NDArray[np.float64]
Color = tuple[int, int, int]
"""BGR, 0-255."""


class Action(IntEnum):
    """What a body does with its arms and legs, beside running where its speed takes it."""

    MOVE = 0
    GUARD = 1
    DRIBBLE = 2
    HOLD = 3
    PASS = 4
    SHOOT = 5
    LAYUP = 6
    REACH = 7  # arms up: a rebound, a contested shot
    SCREEN = 8


@dataclass(frozen=True)
class Kit:
    """A team's clothes, all BGR: ``jersey``, ``trim`` (side stripes, collar), ``shorts``, ``number`` and its ``outline``. ``font`` picks a style of digits."""

    jersey: Color
    trim: Color
    shorts: Color
    number: Color
    outline: Color
    font: int = 0


@dataclass(frozen=True)
class Actor:
    """One person of the cast. ``who`` is unique; ``team`` indexes ``Cast.teams``, None for a referee; ``name`` is what is printed on the back."""

    who: str
    role: Role
    team: int | None
    number: str | None
    name: str | None
    height_m: float
    build: float  # breadth of the body, 0.85 slim to 1.2 heavy
    skin: Color
    hair: Color
    sleeve: int = 0  # bits: 1 left arm sleeve, 2 right arm sleeve, 4 tights, 8 headband, 16 high socks
    shoes: Color = (240, 240, 240)
    faint: float = 0.0  # how far the number's tone is drawn towards the jersey's: 0 clear, 1 gone


@dataclass(frozen=True)
class Cast:
    """Everybody who may be seen: both teams with their kits, and the actors; rows of a ``Moment`` are rows of ``actors``."""

    teams: tuple[Team, Team]
    kits: tuple[Kit, Kit]
    referee_kit: Kit
    actors: tuple[Actor, ...]


@dataclass(frozen=True)
class Moment:
    """One instant of the game, for P actors.

    Args:
        time_s: of the game's play.
        on_floor: (P,) bool: who takes part (the others sit or are not there).
        xy: (P, 2) where the feet stand.
        heading: (P,) where the chest points.
        velocity: (P, 2) in m/s.
        stride: (P,) the phase of the gait in radians.
        jump_m: (P,) how far the feet are off the floor.
        action: (P,) of ``Action``.
        phase: (P,) 0-1, how far the action has come.
        look_at: (P, 2) floor point the head turns to.
        ball: (3,) its centre.
        holder: the row of who has it, or None.
        dribble: True while the ball bounces.
        clock_s: the game's clock.
        shot_clock_s: the shot clock.
        period: of the game, from 1.
        score: of both teams.
        attacking: the team (0, 1) in possession.
        direction: +1 when team 0 attacks the right basket.
    """

    time_s: float
    on_floor: npt.NDArray[np.bool_]
    xy: Floats
    heading: Floats
    velocity: Floats
    stride: Floats
    jump_m: Floats
    action: npt.NDArray[np.int64]
    phase: Floats
    look_at: Floats
    ball: Floats
    holder: int | None
    dribble: bool
    clock_s: float
    shot_clock_s: float
    period: int
    score: tuple[int, int]
    attacking: int
    direction: int
