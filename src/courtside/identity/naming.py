"""Who is who: one posterior over team and number per track, with the roster as a one-to-one constraint.

A candidate is (team, number). Its log-posterior is log P(team | kit) + log P(readings | number) + log P(number | roster), carried along a track
by how likely it is that the tracker still follows the same person. One player is never in two tracks that overlap in time.
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
_OVERLAP_S = 0.1  # two segments of one person may overlap this long where a double box began or ended
_SURE_KIT = 0.998  # the kit alone never says more than this


@dataclass(frozen=True)
class TrackEvidence:
    """What is known of one segment of a track, from ``start_s`` to ``end_s`` of a clip: ``kit`` (3,) chances, ``numbers`` (101,) log-likelihoods."""

    clip: int
    start_s: float
    end_s: float
    kit: Floats
    numbers: Floats
    n_readings: int


@dataclass(frozen=True)
class Verdict:
    """The best candidate of one segment: ``team`` index (0 or 1), ``number``; the chance of the team, of the number alone, and of both."""

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
    """Whether two segments are both in view for longer than a moment."""
    return a.clip == b.clip and min(a.end_s, b.end_s) - max(a.start_s, b.start_s) > _OVERLAP_S


def chain_beliefs(segments: Sequence[TrackEvidence], stays: Sequence[float], priors: Floats) -> list[Floats]:
    """Return the belief (2, 101) over team and number in each segment of one track.

    A hidden Markov chain: from one segment to the next the person stays the same with chance ``stays`` (len(segments) - 1 of them), else it is anybody.
    So a name spreads over the moments at which nothing could be read as far as it is likely to be the same person there, and what is proved on both sides of
    a doubtful moment holds in between.
    """
    anybody = priors / priors.sum()
    local = [_local(segment) for segment in segments]
    forward, backward = [anybody], [np.ones_like(anybody)]
    for i, now in enumerate(local):
        forward[i] = _normalised(forward[i] * now)
        if i < len(stays):
            forward.append(stays[i] * forward[i] + (1 - stays[i]) * anybody)
    for i in range(len(local) - 1, 0, -1):
        ahead = backward[0] * local[i]
        backward.insert(0, _normalised(stays[i - 1] * ahead + (1 - stays[i - 1]) * (anybody * ahead).sum()))
    return [_normalised(before * after) for before, after in zip(forward, backward, strict=True)]


def _normalised(values: Floats) -> Floats:
    return np.asarray(values / values.sum())


def _local(evidence: TrackEvidence) -> Floats:
    """Return (2, 101) likelihoods, the largest 1."""
    kit = np.clip(evidence.kit[:2], 1 - _SURE_KIT, _SURE_KIT)[:, None]
    log = np.log(kit) + evidence.numbers[None]
    return np.asarray(np.exp(log - log.max()))


def name_segments(segments: Sequence[TrackEvidence], beliefs: Sequence[Floats]) -> list[Verdict]:
    """Return one verdict per segment, with the roster as a one-to-one constraint: where two segments that overlap in time claim one player, the surer has him.

    The other's claim is struck out and NOT shared out among the rest: that two people claim one name is a sign that one of them is not what he seems.
    """
    free, beliefs = beliefs, [belief.copy() for belief in beliefs]
    proof = [float(np.sort(_odds(belief).ravel())[-1]) for belief in beliefs]
    for best in sorted(range(len(segments)), key=lambda i: (-proof[i], -segments[i].n_readings, i)):
        team, number = np.unravel_index(beliefs[best].argmax(), beliefs[best].shape)
        claim = float(beliefs[best][team, number])
        if claim < 0.5:
            continue
        for i, other in enumerate(segments):
            if i != best and overlap(segments[best], other) and proof[i] <= proof[best]:
                beliefs[i][team, number] *= 1 - claim
    return [_verdict(segment, belief, before.sum(1)) for segment, belief, before in zip(segments, beliefs, free, strict=True)]


def _odds(belief: Floats) -> Floats:
    return np.asarray(np.log(belief + 1e-12) - np.log(1 - belief + 1e-12))


def _verdict(segment: TrackEvidence, belief: Floats, teams: Floats) -> Verdict:
    own = 1 - float(segment.kit[2])  # the chance that this is a player of either team at all
    team, number = (int(i) for i in np.unravel_index(belief.argmax(), belief.shape))
    team = int(teams.argmax()) if belief[team, number] < 0.5 else team
    return Verdict(team, NUMBERS[number], own * float(teams[team]), own * float(belief[:, number].sum()), own * float(belief[team, number]))


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
