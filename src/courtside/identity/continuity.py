"""Whether somebody who was lost and somebody who was found may be one person, by where on the floor they were and how they ran."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_FASTEST_M_S = 9.0  # a sprint of the fastest players
_SPEED_M_S, _KEEPS_S = 1.6, 1.0  # a player's velocity: its spread along each axis, and how long he keeps it
_AREA_M2 = 300.0  # of the floor that a main camera shows: somebody else may turn up anywhere on it
_SURELY = 3.0  # spreads


@dataclass(frozen=True)
class Whereabouts:
    """Somebody's ``place_m`` (2,) on the court and ``velocity_m_s`` (2,) at ``time_s``, with the ``covariance`` (4, 4) of both together."""

    time_s: float
    place_m: Floats
    velocity_m_s: Floats
    covariance: Floats


def continuity(lost: Whereabouts, found: Whereabouts) -> float:
    """Return by how many nats it is likelier that ``found`` is the person ``lost`` before than that he is anybody else; -inf where nobody can run so fast.

    A velocity is taken to fade as in an Ornstein-Uhlenbeck process (an integrated one for places: Johnson et al. 2008, "Continuous-time correlated random walk
    model for animal telemetry data", eq. 4-6), so that after a short gap he is expected where he was going and after a long one somewhere around; anybody else
    turns up anywhere on the visible floor with any velocity. It says nothing of how long people stay lost, nor of others who are nearer: whoever asks compares.

    Args:
        lost: the end of one tracklet.
        found: the beginning of another; -inf where it is not later.
    """
    gap = found.time_s - lost.time_s
    apart = found.place_m - lost.place_m
    distance = float(np.hypot(*apart))
    if gap <= 0:
        return -math.inf
    ahead = apart / max(distance, 1e-9)
    unsure = math.sqrt(float(ahead @ (lost.covariance + found.covariance)[:2, :2] @ ahead))
    if distance - _SURELY * unsure > _FASTEST_M_S * gap:
        return -math.inf
    eye, variance = np.eye(2), _SPEED_M_S**2
    state, spread = _as_players_run(np.concatenate([lost.place_m, lost.velocity_m_s]), lost.covariance)
    kept = math.exp(-gap / _KEEPS_S)
    carry = np.block([[eye, _KEEPS_S * (1 - kept) * eye], [0 * eye, kept * eye]])
    wander_m2 = variance * _KEEPS_S**2 * (2 * gap / _KEEPS_S - 3 + 4 * kept - kept**2)
    both = variance * _KEEPS_S * (1 - kept) ** 2
    wander = np.block([[wander_m2 * eye, both * eye], [both * eye, variance * (1 - kept**2) * eye]])
    off = np.concatenate([found.place_m, found.velocity_m_s]) - carry @ state
    same = _log_normal(off, carry @ spread @ carry.T + wander + found.covariance)
    other = -math.log(_AREA_M2) + _log_normal(found.velocity_m_s, variance * eye + found.covariance[2:, 2:])
    return same - other


def _as_players_run(state: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Weigh what was seen of a velocity with how players run at all: a tracklet of a few frames says next to nothing of it."""
    gain = covariance[:, 2:] @ np.linalg.inv(covariance[2:, 2:] + _SPEED_M_S**2 * np.eye(2))
    return state - gain @ state[2:], covariance - gain @ covariance[2:]


def _log_normal(off: Floats, covariance: Floats) -> float:
    _, volume = np.linalg.slogdet(2 * np.pi * covariance)
    return float(-0.5 * (off @ np.linalg.solve(covariance, off) + volume))
