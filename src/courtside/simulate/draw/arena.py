"""The building a game is played in: colours of the floor, the people in the stands and the broadcaster's graphic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.court import Court
from courtside.simulate.scene import Color

_WOODS: tuple[Color, ...] = ((140, 186, 222), (128, 176, 214), (150, 196, 228), (116, 166, 206), (160, 200, 226))
_PAINTS: tuple[Color, ...] = (
    (170, 95, 20), (120, 50, 15), (50, 35, 150), (45, 110, 40), (110, 45, 85), (35, 30, 30), (20, 120, 220), (95, 40, 20), (60, 45, 120), (130, 110, 20),
)  # fmt: skip
_BOARDS: tuple[tuple[Color, Color], ...] = (
    ((40, 34, 30), (235, 235, 235)),
    ((150, 70, 20), (240, 240, 240)),
    ((235, 235, 235), (120, 40, 20)),
    ((30, 24, 120), (240, 240, 240)),
)


@dataclass(frozen=True)
class Arena:
    """One building on one night; colours are BGR.

    ``wood`` and ``paint`` (None: bare wood) and ``apron`` are the floor's, ``lines`` the painted lines', ``arc`` the three-point line's; ``gloss`` (0-1) is
    how much the floor mirrors. ``crowd`` are the shirts in the stands, the first one the home fans'; ``fans`` (0-1) how many wear it; ``crowd_light`` (0-1)
    how bright the stands are. ``board`` and ``board_text`` colour the advertising boards, ``graphic`` (0-3) picks the score graphic, 3 being none.
    ``warmth`` (BGR gains) is the picture's tint, ``words`` are painted on floor and boards. ``seed`` settles every detail that is not named here.
    """

    seed: int
    wood: Color
    paint: Color | None
    apron: Color
    lines: Color
    arc: Color
    gloss: float
    crowd: tuple[Color, ...]
    fans: float
    crowd_light: float
    board: Color
    board_text: Color
    graphic: int
    warmth: tuple[float, float, float]
    words: tuple[str, str, str]


def make_arena(random: np.random.Generator, court: Court) -> Arena:
    """Return a building for ``court``, the same for the same state of ``random``."""
    paint = _PAINTS[random.integers(len(_PAINTS))]
    apron = paint if random.random() < 0.6 else _PAINTS[random.integers(len(_PAINTS))]
    white: Color = (238, 240, 240)
    dark: Color = (50, 36, 30)
    lines = white if random.random() < 0.7 else dark
    bare = random.random() < (0.3 if court.league in {"fiba", "high-school", "ncaa-men", "ncaa-women"} else 0.15)
    crowd: list[Color] = [_PAINTS[random.integers(len(_PAINTS))]]
    for _ in range(14):
        grey = random.uniform(20, 215)
        tint = random.normal(0, 28, 3) if random.random() < 0.6 else random.normal(0, 8, 3)
        b, g, r = (int(c) for c in np.clip(grey + tint, 10, 240))
        crowd.append((b, g, r))
    board, text = _BOARDS[random.integers(len(_BOARDS))]
    words = ("HILLTOP", "RIVERSIDE", "OAKMONT", "HARBOR CITY", "SUMMIT", "LAKEVIEW", "GRANITE", "EASTGATE", "MERIDIAN", "VALLEY")
    chosen = [words[i] for i in random.permutation(len(words))[:3]]
    return Arena(
        seed=int(random.integers(2**31)),
        wood=_WOODS[random.integers(len(_WOODS))],
        paint=None if bare else paint,
        apron=apron,
        lines=lines,
        arc=lines if random.random() < 0.6 else (dark if lines == white else white),
        gloss=float(random.uniform(0.04, 0.14)),
        crowd=tuple(crowd),
        fans=float(random.choice([0.05, 0.15, 0.3, 0.75])),
        crowd_light=float(random.uniform(0.42, 0.9)),
        board=board,
        board_text=text,
        graphic=int(random.integers(4)),
        warmth=(float(random.uniform(0.94, 1.02)), 1.0, float(random.uniform(0.97, 1.04))),
        words=(chosen[0], chosen[1], chosen[2]),
    )
