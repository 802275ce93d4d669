"""Who is who: one posterior over team and number per track, with the roster as a one-to-one constraint.

A candidate is (team, number). Its log-posterior is log P(team | kit) + log P(readings | number) + log P(number | roster). One player is never in two tracks
that overlap in time: the best proved track keeps him, the others choose again without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.types import NUMBERS, Team

Floats = npt.NDArray[np.float64]

_OFF_ROSTER = 0.04  # chance that a player wears a number his roster doesn't list
_OVERLAP_S = 0.25  # two tracks of one person may overlap this long where a double box began or ended
_SURE_KIT = 0.98  # the kit alone never says more than this


@dataclass(frozen=True)
class TrackEvidence:
    """What is known of one track: ``spans`` are its (clip, start_s, end_s) stretches, ``kit`` (3,) chances, ``numbers`` (101,) log-likelihoods."""

    spans: tuple[tuple[int, float, float], ...]
    kit: Floats
    numbers: Floats
    n_readings: int


@dataclass(frozen=True)
class Verdict:
    """The best candidate of one track: ``team`` index (0 or 1), ``number``; the chance of the team, of the number alone, and of both."""

    team: int
    number: str
    team_chance: float
    number_chance: float
    chance: float


def number_priors(teams: Sequence[Team]) -> Floats:
    """Return (2, 101) chances of each number in each team: the roster's share evenly, the rest thinly; flat without a roster."""
    priors = np.full((2, len(NUMBERS)), 1 / len(NUMBERS))
    for k, team in enumerate(teams):
        if team.players:
            listed = np.array([number in team.players for number in NUMBERS])
            priors[k] = np.where(listed, (1 - _OFF_ROSTER) / listed.sum(), _OFF_ROSTER / max((~listed).sum(), 1))
    return priors


def overlap(a: TrackEvidence, b: TrackEvidence) -> bool:
    """Whether two tracks are both in view for longer than a moment."""
    return any(x[0] == y[0] and min(x[2], y[2]) - max(x[1], y[1]) > _OVERLAP_S for x in a.spans for y in b.spans)


def _normalised(log_values: Floats) -> Floats:
    values = np.exp(log_values - log_values.max())
    return np.asarray(values / values.sum())


def _posterior(evidence: TrackEvidence, priors: Floats, barred: npt.NDArray[np.bool_]) -> Floats:
    kit = np.clip(evidence.kit[:2], 1 - _SURE_KIT, _SURE_KIT)[:, None]
    return _normalised(np.where(barred, -np.inf, np.log(kit) + evidence.numbers[None] + np.log(priors)))


def name_tracks(tracks: Sequence[TrackEvidence], priors: Floats) -> list[Verdict]:
    """Return one verdict per track. ``priors`` (2, 101) as from ``number_priors``, in the order of the kits."""
    barred = np.zeros((len(tracks), 2, len(NUMBERS)), bool)
    beliefs = [_posterior(track, priors, barred[i]) for i, track in enumerate(tracks)]
    waiting = set(range(len(tracks)))
    while waiting:
        best = max(waiting, key=lambda i: (beliefs[i].max(), tracks[i].n_readings, -i))
        waiting.discard(best)
        team, number = np.unravel_index(beliefs[best].argmax(), beliefs[best].shape)
        if beliefs[best].max() < 0.5:
            continue
        for i in waiting:
            if overlap(tracks[best], tracks[i]):
                barred[i, team, number] = True
                # Barring is only as sure as the track that claims the player: what it removed stays as doubt.
                was = beliefs[i]
                free = _posterior(tracks[i], priors, barred[i])
                sure = float(beliefs[best].max())
                beliefs[i] = sure * free + (1 - sure) * was
    return [_verdict(track, belief) for track, belief in zip(tracks, beliefs, strict=True)]


def _verdict(track: TrackEvidence, belief: Floats) -> Verdict:
    own = 1 - float(track.kit[2])  # the chance that this is a player of either team at all
    team, number = (int(i) for i in np.unravel_index(belief.argmax(), belief.shape))
    return Verdict(team, NUMBERS[number], own * float(belief[team].sum()), own * float(belief[:, number].sum()), own * float(belief.max()))


def team_order(tracks: Sequence[TrackEvidence], teams: Sequence[Team], kit_colors: Sequence[str | None]) -> tuple[bool, float]:
    """Say which kit is which team: (whether kit 0 is the second team, the chance (0.5-1) that this is right).

    Evidence: how well each roster explains the numbers seen in each kit, the kits' colours against the rosters' ``jersey``, and, more weakly, ``color``:
    one team of a game usually wears white, so the colour of the less white kit should be near its own team's.
    """
    if len(teams) < 2:
        return False, 1.0
    straight, crossed = (np.log(p) for p in (number_priors(teams), number_priors(teams[::-1])))
    log_odds = 0.0
    for track in tracks:
        if track.n_readings:
            kit = np.clip(track.kit[:2], 0.02, 0.98)[:, None]
            fits = [np.logaddexp.reduce((np.log(kit) + prior + track.numbers[None]).ravel()) for prior in (straight, crossed)]
            log_odds += float(np.clip(fits[0] - fits[1], -3, 3)) * 0.7  # one misread star must not decide
    log_odds += _colour_evidence(teams, kit_colors)
    return log_odds < 0, float(1 / (1 + np.exp(-abs(log_odds))))


def _lab(color: str) -> Floats:
    bgr = np.array([[[int(color[i : i + 2], 16) for i in (5, 3, 1)]]], np.uint8)
    lab = cv2.cvtColor(bgr.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    return np.asarray(lab[0, 0], float)


def _colour_evidence(teams: Sequence[Team], kit_colors: Sequence[str | None]) -> float:
    if len(kit_colors) < 2 or kit_colors[0] is None or kit_colors[1] is None:
        return 0.0
    kits = np.stack([_lab(color) for color in kit_colors if color])
    jerseys = [team.jersey for team in teams]
    if all(jerseys):
        wanted = np.stack([_lab(jersey) for jersey in jerseys if jersey])
        near = np.linalg.norm(kits[:, None] - wanted[None], axis=2)
        return float(np.clip((near[0, 1] + near[1, 0] - near[0, 0] - near[1, 1]) / 15, -4, 4))
    wanted = np.stack([_lab(team.color) for team in teams])
    coloured = int((kits[:, 0] - np.abs(kits[:, 1:]).sum(1)).argmin())
    near = np.linalg.norm((kits[coloured] - wanted) * (0.5, 1, 1), axis=1)  # lightness suffers most from the light
    evidence = float(np.clip((near[1] - near[0]) / 12, -2.5, 2.5))
    return evidence if coloured == 0 else -evidence
