"""Putting the labels of one clip together, and thinning them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from courtside.errors import TruthError
from courtside.truth.check import check_truth
from courtside.truth.labels import BallLabels, CourtLabels, PeopleLabels, Truth
from courtside.types import Team

Part = TypeVar("Part")


def merge(a: Truth, b: Truth) -> Truth:
    """Return one truth with the tables of both; of a team that both have, ``a``'s.

    Raises:
        TruthError: they are of different clips, rates or lengths, or both have the same table.
    """
    for key, called in (("name", "clip"), ("width", "width"), ("height", "height"), ("rate", "frame rate"), ("n_frames", "number of frames")):
        if getattr(a, key) != getattr(b, key):
            raise TruthError(f"labels of different clips: {called} {getattr(a, key)} and {called} {getattr(b, key)}")
    known = {team.name for team in a.teams}
    merged = replace(
        a,
        teams=(*a.teams, *(team for team in b.teams if team.name not in known)),
        cuts=tuple(sorted({*a.cuts, *b.cuts})),
        people=_one("people", a, a.people, b.people),
        court=_one("court", a, a.court, b.court),
        ball=_one("ball", a, a.ball, b.ball),
        events=_one("events", a, a.events, b.events),
        shots=a.shots or b.shots,
    )
    check_truth(merged)
    return merged


def _one(table: str, truth: Truth, a: Part | None, b: Part | None) -> Part | None:
    if a is not None and b is not None:
        raise TruthError(f"{truth.name}: two of the labels have {table}; give one of them")
    return b if a is None else a


def with_rosters(truth: Truth, rosters: Sequence[Team]) -> Truth:
    """Return the truth with ``rosters`` for its teams, and with the name of every player whose number is in them.

    Raises:
        TruthError: a team of the labels is not in the rosters.
    """
    truth = replace(truth, teams=tuple(rosters))
    if truth.people is not None:
        names = {(team.name, number): player for team in rosters for number, player in team.players.items()}
        people = truth.people
        player = [names.get((team, number), player) for team, number, player in zip(people.team, people.number, people.player, strict=True)]
        truth = replace(truth, people=replace(people, player=np.array([*player, None], object)[:-1]))  # the None keeps an empty list a column
    check_truth(truth)
    return truth


def thin(truth: Truth, every: int) -> Truth:
    """Return the labels of frames 0, ``every``, 2 ``every``, ... only, of all tables but the events.

    Raises:
        TruthError: nothing is left.
    """
    people, court, ball = truth.people, truth.court, truth.ball
    if people is not None:
        rows = people.frame % every == 0
        columns = {name: getattr(people, name)[rows] for name in PeopleLabels.__dataclass_fields__ if name != "labelled"}
        people = PeopleLabels(labelled=people.labelled[people.labelled % every == 0], **columns)
    if court is not None:
        rows = court.frame % every == 0
        court = CourtLabels(court.league, court.lens, court.frame[rows], court.valid[rows], court.court_to_pinhole[rows])
    if ball is not None:
        rows = ball.frame % every == 0
        ball = BallLabels(ball.labelled[ball.labelled % every == 0], ball.frame[rows], ball.xyxy[rows], ball.court_m[rows])
    truth = replace(truth, people=people, court=court, ball=ball)
    check_truth(truth)
    return truth
