"""Who plays: two made-up teams of ten and three referees. Names are put together from syllables, so that nobody is meant."""

from __future__ import annotations

import colorsys

import numpy as np

from courtside.court import COURTS, Court
from courtside.simulate.knobs import Knobs
from courtside.simulate.scene import Actor, Cast, Color, Kit
from courtside.types import Team

N_PLAYERS = 10
"""Per team; the first five start."""

_CITIES = (
    "Port Alder",
    "Lakemont",
    "Norhaven",
    "Cedar Quay",
    "Silverbrook",
    "Eastmere",
    "Granite Bay Mills",
    "Wexcombe",
    "Stonefield Heights",
    "Ravensport",
    "Tallow Creek",
    "Ambervale",
)
_NICKNAMES = ("Herons", "Lanterns", "Otters", "Anvils", "Kestrels", "Cinders", "Larks", "Millers", "Beacons", "Gulls", "Tinkers", "Junipers")
_HEADS = ("Bra", "Tor", "Mel", "Quin", "Sal", "Dor", "Fen", "Hal", "Jar", "Kel", "Lor", "Nor", "Pel", "Rav", "Sten", "Tam", "Ul", "Ver", "Wex", "Yar", "Zan")
_TAILS = ("dwick", "ricon", "vell", "motte", "senby", "gault", "husk", "landry", "nock", "pard", "rune", "stovey", "tane", "voss", "wyth", "zell")
# Numbers as worn: the low and the popular ones more often, every digit somewhere, and 0 and 00.
_NUMBERS = ("0", "00", *(str(n) for n in range(1, 56)), "66", "77", "88", "91", "99")
_NUMBER_WEIGHTS = np.array([5.0, 2.0, *([4.0] * 15), *([2.0] * 20), *([1.0] * 20), 0.7, 1.0, 0.7, 0.7, 0.7])
_SKIN: tuple[Color, ...] = ((36, 52, 82), (46, 66, 102), (58, 84, 128), (82, 112, 160), (120, 152, 198), (160, 188, 226))
_HAIR: tuple[Color, ...] = ((18, 18, 20), (24, 26, 34), (30, 40, 62), (52, 82, 128), (92, 150, 190))
_SHOES: tuple[Color, ...] = ((240, 240, 240), (28, 28, 28), (40, 40, 190), (180, 90, 30), (60, 200, 230))
_TALL_M = (1.88, 1.95, 2.01, 2.06, 2.12)
"""Point guard to centre."""


def _hex(color: Color) -> str:
    blue, green, red = color
    return f"#{red:02X}{green:02X}{blue:02X}"


def _hsv(hue: float, saturation: float, value: float) -> Color:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(255 * blue), round(255 * green), round(255 * red)


def _mix(a: Color, b: Color, share: float) -> Color:
    blue, green, red = (round(x + share * (y - x)) for x, y in zip(a, b, strict=True))
    return blue, green, red


def _brightness(color: Color) -> float:
    return 0.114 * color[0] + 0.587 * color[1] + 0.299 * color[2]


def _kits(random: np.random.Generator, alike: float) -> tuple[Kit, Kit]:
    """Return a light and a dark kit in random order, brought towards each other by ``alike``."""
    hue = float(random.uniform())
    light = _hsv(hue, 0.0 if random.uniform() < 0.75 else 0.3, float(random.uniform(0.9, 0.97)))
    own, away = _hsv(hue, 0.85, 0.6), float(random.uniform())
    dark = _hsv(away, float(random.choice([0.1, 0.75, 0.9])), float(random.uniform(0.16, 0.5)))
    dark = _mix(dark, light, 0.92 * alike)
    kits = []
    for jersey, accent in ((light, own), (dark, _hsv(away + 0.45, 0.7, 0.85))):
        bright = _brightness(jersey) > 120
        number: Color = _mix((20, 20, 20), accent, 0.6 * float(random.uniform())) if bright else (245, 245, 245)
        kits.append(Kit(jersey, accent, jersey if random.uniform() < 0.8 else accent, number, accent, int(random.integers(4))))
    first = int(random.integers(2))
    return kits[first], kits[1 - first]


def make_cast(random: np.random.Generator, knobs: Knobs, court: Court = COURTS["nba"]) -> Cast:
    """Return two teams of ten and three referees; rows 0-9 are the first team (0-4 start), 10-19 the second, 20-22 the referees.

    The league of ``court`` says how tall they are. A share ``knobs.illegible`` of the players gets ``Actor.faint`` near 1. No number is worn twice in a team;
    no name is used twice.
    """
    kits = _kits(random, knobs.alike_kits)
    cities, nicknames = random.choice(_CITIES, 2, replace=False), random.choice(_NICKNAMES, 2, replace=False)
    surnames = random.permutation([head + tail for head in _HEADS for tail in _TAILS])
    shorter = {"wnba": 0.16, "ncaa-women": 0.18, "high-school": 0.12}.get(court.league, 0.03 if court.league.startswith("ncaa") else 0.0)
    n_faint = round(knobs.illegible * 2 * N_PLAYERS)
    faint = random.permutation(np.arange(2 * N_PLAYERS) < n_faint)
    actors: list[Actor] = []
    teams: list[Team] = []
    for side in (0, 1):
        numbers = [str(n) for n in random.choice(_NUMBERS, N_PLAYERS, replace=False, p=_NUMBER_WEIGHTS / _NUMBER_WEIGHTS.sum())]
        names = [str(name) for name in surnames[side * N_PLAYERS : (side + 1) * N_PLAYERS]]
        for i, (number, name) in enumerate(zip(numbers, names, strict=True)):
            height = _TALL_M[i % 5] - shorter + float(np.clip(random.normal(0, 0.04), -0.09, 0.09))
            build = float(np.clip(random.normal(0.96 + 0.03 * (i % 5), 0.06), 0.85, 1.2))
            light, dark = (_SKIN[j] for j in random.integers(0, len(_SKIN) - (random.uniform() < 0.5), 2))
            bits = sum(1 << bit for bit, chance in enumerate((0.2, 0.2, 0.25, 0.15, 0.3)) if random.uniform() < chance)
            actors.append(
                Actor(
                    who=f"{nicknames[side]}-{number}",
                    role="player",
                    team=side,
                    number=number,
                    name=name,
                    height_m=height,
                    build=build,
                    skin=_mix(light, dark, float(random.uniform(0, 0.5))),
                    hair=_HAIR[min(int(random.exponential(1.0)), len(_HAIR) - 1)],
                    sleeve=bits,
                    shoes=_SHOES[int(random.integers(len(_SHOES)))],
                    faint=float(random.uniform(0.85, 0.97)) if faint[side * N_PLAYERS + i] else 0.0,
                )
            )
        jersey = kits[side].jersey
        color = jersey if 60 < _brightness(jersey) < 200 else kits[side].trim
        teams.append(Team(f"{cities[side]} {nicknames[side]}", _hex(color), _hex(jersey), dict(zip(numbers, names, strict=True))))
    for i in range(3):
        skin, hair = _SKIN[int(random.integers(len(_SKIN)))], _HAIR[int(random.integers(len(_HAIR)))]
        height, build = float(random.uniform(1.74, 1.9)), float(random.uniform(0.95, 1.15))
        actors.append(Actor(f"referee-{i + 1}", "referee", None, None, None, height, build, skin, hair, shoes=(28, 28, 28)))
    shirts: Color = (150, 145, 140) if random.uniform() < 0.7 else (235, 235, 235)
    referee = Kit(shirts, (30, 30, 30), (25, 25, 25), (30, 30, 30), (30, 30, 30))
    return Cast((teams[0], teams[1]), kits, referee, tuple(actors))
