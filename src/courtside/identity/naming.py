"""What the players on the floor are called: which kit is which team, and which number each player wears, with the roster as a one-to-one constraint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from courtside.identity.assignment import Assignment, Slot
from courtside.identity.numbers import Readings, allowing_for_likeness, share_read, together
from courtside.types import NUMBERS, Team

Floats = npt.NDArray[np.float64]

_OFF_ROSTER = 0.02  # chance that a player wears a number his roster doesn't list
_MOSTLY = 0.5
"""Share of somebody's legible readings that must say a number that his roster does not list. Of 31 real players taken off their rosters 29 show theirs in 57 to
100 %; three made-up ones in a kit that can hardly be read were taken for 15, 35 and 10, by 27, 39 and 40 % of theirs."""

_LEGIBLE = 2.0  # nats between the likeliest number and the least likely from which anything was read
_HALF = 0.5  # who is no more likely one player than all others together is nobody in particular


@dataclass(frozen=True)
class Verdict:
    """Who somebody most likely is: ``team`` index (0 or 1) and ``number``, with the chance of the team, of the number alone, and of both.

    ``slot`` is the player on the floor he is, None where it is as likely that he is nobody or somebody else. It is the same for all stretches of one player.
    """

    team: int
    number: str
    team_chance: float
    number_chance: float
    chance: float
    slot: int | None = None


def number_priors(teams: Sequence[Team]) -> Floats:
    """Return (2, 101) chances of each number in each team: the roster's share evenly, the rest thinly; flat without a roster."""
    priors = np.full((2, len(NUMBERS)), 1 / len(NUMBERS))
    for k, team in enumerate(teams):
        if team.players:
            listed = np.array([number in team.players for number in NUMBERS])
            priors[k] = np.where(listed, (1 - _OFF_ROSTER) / listed.sum(), _OFF_ROSTER / max((~listed).sum(), 1))
    return priors


def verdicts(assignment: Assignment, readings: Sequence[Readings], priors: Floats, log_likelihood: Callable[[Readings], Floats]) -> list[Verdict]:
    """Return who each stretch of one shot is.

    The assignment says which stretches are one player; all that was read in those then says what he wears. Both must be believed: half a number that shows all
    the time is one mistake, not many.

    Args:
        assignment: of the stretches to the players on the floor.
        readings: of each stretch.
        priors: (2, 101) chances of each number in each team.
        log_likelihood: of each number (101,) given all readings of one player.
    """
    slots, chance = assignment.slots, assignment.chance
    owner = chance[:, :-1].argmax(1) if len(chance) else np.zeros(0, int)
    sure = chance[np.arange(len(chance)), owner]
    worn: dict[int, Floats] = {}
    unread = set()
    for s in sorted(set(owner[sure > _HALF].tolist())):
        mine = np.flatnonzero((owner == s) & (sure > _HALF)).tolist()
        read = together([readings[i] for i in mine])
        log = allowing_for_likeness(log_likelihood(read))
        worn[s] = _normalised(np.exp(log - log.max()) * priors[slots[s].team])
        if float(np.ptp(log)) < _LEGIBLE:
            unread.add(s)  # the last one left on a short roster is not proved to be him
        prior, number = priors[slots[s].team], _claim(worn[s], slots[s])
        if prior[number] < prior.mean() and share_read(read, number) < _MOSTLY:
            unread.add(s)
    worn = _one_to_one(worn, slots)
    found = []
    for row, s, its in zip(chance, owner.tolist(), sure.tolist(), strict=True):
        team = slots[s].team
        team_chance = float(sum(row[k] for k, slot in enumerate(slots) if slot.team == team))
        if its <= _HALF:
            number = slots[s].number
            found.append(Verdict(team, NUMBERS[number] if number is not None else "", team_chance, 0.0, 0.0))
            continue
        number = _claim(worn[s], slots[s])
        chance_of_number = 0.0 if s in unread else float(worn[s][number])
        found.append(Verdict(team, NUMBERS[number], team_chance, chance_of_number, its * chance_of_number, s))
    return found


def _claim(worn: Floats, slot: Slot) -> int:
    return slot.number if slot.number is not None else int(worn.argmax())


def _one_to_one(worn: Mapping[int, Floats], slots: Sequence[Slot]) -> dict[int, Floats]:
    """Take from every player the numbers that his team-mates on the floor wear; who has to share one with a surer one gives it up."""
    told = {}
    for s, mine in worn.items():
        left = mine.copy()
        for t, theirs in worn.items():
            number = _claim(theirs, slots[t])
            if t != s and slots[t].team == slots[s].team and (number != _claim(mine, slots[s]) or theirs[number] > mine[number]):
                left[number] *= 1 - theirs[number]
        told[s] = _normalised(left)
    return told


def _normalised(values: Floats) -> Floats:
    return np.asarray(values / max(float(values.sum()), 1e-300))


def team_order(kits: Sequence[Floats], numbers: Sequence[Floats], teams: Sequence[Team], kit_colors: Sequence[str | None]) -> tuple[bool, float]:
    """Say which kit is which team: (whether kit 0 is the second team, the chance (0.5-1) that this is right).

    Evidence: how well each roster explains the numbers seen in each kit, the kits' colours against the rosters' ``jersey``, and, more weakly, ``color``:
    one team of a game usually wears white, so the colour of the less white kit should be near its own team's.
    """
    if len(teams) < 2:
        return False, 1.0
    straight, crossed = (np.log(p) for p in (number_priors(teams), number_priors(teams[::-1])))
    log_odds = 0.0
    for chance, number in zip(kits, numbers, strict=True):
        kit = np.clip(chance[:2], 0.02, 0.98)[:, None]
        fits = [np.logaddexp.reduce((np.log(kit) + prior + number[None]).ravel()) for prior in (straight, crossed)]
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
