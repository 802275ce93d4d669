"""A court of one's own, from a TOML file: the measures of a league, and those in which it differs."""

from __future__ import annotations

import math
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from courtside.court.dimensions import COURTS, Court
from courtside.errors import ConfigError, nearest
from courtside.toml_file import TomlFile, read_toml

_MEASURES = tuple(field.name for field in fields(Court) if field.name != "league")
_OPTIONAL = ("restricted_m", "line_m")
_SHORTEST_M, _LONGEST_M, _WIDEST_M = 10.0, 40.0, 25.0  # what somebody might have typed in feet is no court in metres


def load_court(path: Path) -> Court:
    """Read a court's measures; it is called after the file.

    The file has ``like``, a league whose measures hold where it is silent, and any of the measures of ``Court``, in metres; ``restricted_m = 0`` where no such
    arc is painted. Without ``like`` all measures but the restricted area's and the lines' width must be there.

    Raises:
        ConfigError: the file can't be read, a key is unknown or missing, or no court can have such measures.
    """
    file = read_toml(path, ConfigError)
    known = ("like", *_MEASURES)
    for key in file.data:
        if key not in known:
            raise ConfigError(f"{file.where(key)}: unknown key {key!r}{nearest(key, known)}; there are {', '.join(known)}")
    measures = _like(file) | {key: _metres(file, key) for key in file.data if key != "like"}
    missing = [name for name in _MEASURES if name not in measures and name not in _OPTIONAL]
    if missing:
        raise ConfigError(f'{path}: no {", ".join(missing)}; give them, or begin with a league: like = "nba"')
    measures["restricted_m"] = measures.get("restricted_m") or None
    court = Court(path.stem, **measures)
    wrong = flaw(court)
    if wrong is not None:
        key, why = wrong
        raise ConfigError(f"{file.where(key)}: {key} = {getattr(court, key):g}: {why}")
    return court


def flaw(court: Court) -> tuple[str, str] | None:
    """Return the first measure (its name, and why) that no court can have together with the others; None where all is well."""
    half_length, half_width, paint = court.half_length_m, court.half_width_m, court.paint_width_m / 2
    for name in _MEASURES:
        value = getattr(court, name)
        if value is not None and not (math.isfinite(value) and value > 0):
            return name, "must be above 0" if name != "restricted_m" else "must be above 0, or 0 where none is painted"
    top_of_the_arc = court.rim_x_m - court.arc_m
    checks = (
        ("length_m", _SHORTEST_M <= court.length_m <= _LONGEST_M, f"courts are {_SHORTEST_M:g} to {_LONGEST_M:g} m long (1 ft is 0.3048 m)"),
        ("width_m", court.width_m <= min(_WIDEST_M, court.length_m), f"courts are at most {_WIDEST_M:g} m wide, and no wider than long (1 ft is 0.3048 m)"),
        ("paint_width_m", paint < half_width, f"the paint would be wider than the court ({court.width_m:g} m)"),
        ("free_throw_m", court.free_throw_m < half_length, f"the free-throw line would lie beyond the half-way line ({half_length:g} m)"),
        ("rim_m", court.rim_m < court.free_throw_m, f"the rim would hang beyond the free-throw line ({court.free_throw_m:g} m)"),
        ("backboard_m", court.backboard_m < court.rim_m, f"the backboard would hang in front of the rim ({court.rim_m:g} m)"),
        ("corner_three_m", court.corner_three_m < half_width, f"the three-point line would lie beyond the middle of the court ({half_width:g} m)"),
        ("arc_m", court.rim_m + court.arc_m > court.free_throw_m, f"the three-point line would cross the paint ({court.free_throw_m - court.rim_m:g} m)"),
        ("arc_m", top_of_the_arc >= 0, f"the three-point line would lie beyond the half-way line ({court.rim_x_m:g} m from the rim)"),
        ("corner_three_m", court.corner_y_m > paint, "the three-point line would run through the paint"),
        ("circle_m", court.circle_m < half_width, f"the circles would reach over the sidelines ({half_width:g} m)"),
        ("circle_m", court.free_throw_m + 2 * court.circle_m <= half_length, "the free-throw circle would cross the centre circle"),
        ("restricted_m", court.restricted_m is None or court.restricted_m < min(paint, court.arc_m), "the restricted area would be wider than the paint"),
        ("line_m", court.line_m < 0.3, "lines are a few centimetres wide (0.05)"),
    )
    return next(((name, why) for name, is_fine, why in checks if not is_fine), None)


def _like(file: TomlFile) -> dict[str, Any]:
    league = file.data.get("like")
    if league is None:
        return {}
    if not isinstance(league, str) or league not in COURTS:
        raise ConfigError(f"{file.where('like')}: unknown league {league!r}{nearest(str(league), COURTS)}; there are {', '.join(COURTS)}")
    return {name: value for name, value in asdict(COURTS[league]).items() if name != "league"}


def _metres(file: TomlFile, key: str) -> float:
    value = file.data[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{file.where(key)}: {key} is a number of metres, not {value!r}")
    return float(value)
