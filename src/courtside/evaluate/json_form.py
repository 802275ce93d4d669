"""Scores as plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from courtside.evaluate.ball import BallScores
from courtside.evaluate.identity import Share
from courtside.evaluate.plays import EventScores

_DIGITS = 5


def plain(value: Any) -> Any:
    """Return dataclasses as objects by field name, shares with their value, F1 beside its counts, floats rounded, what is not finite as None."""
    if isinstance(value, Share):
        return {"right": value.right, "of": value.of, "share": plain(value.value)}
    if is_dataclass(value) and not isinstance(value, type):
        found = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
        return found | {"f1": plain(value.f1)} if isinstance(value, BallScores | EventScores) else found
    if isinstance(value, Mapping):
        return {f"{key:g}" if isinstance(key, float) else str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float | np.floating):
        return round(float(value), _DIGITS) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
