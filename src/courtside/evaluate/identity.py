"""Who is called what: names, numbers, teams and roles as drawn against those of the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from courtside.evaluate.matching import Compared


@dataclass(frozen=True)
class Share:
    """``right`` of ``of``."""

    right: int
    of: int

    @property
    def value(self) -> float | None:
        """The share (0-1), None of nothing."""
        return self.right / self.of if self.of else None


@dataclass(frozen=True)
class WrongName:
    """What one track was wrongly called on one person: drawn ``team``, ``number`` and ``player``, ``who`` it is (None: nobody who was labelled), where."""

    track_id: int
    team: str | None
    number: str | None
    player: str | None
    who: str | None
    frames: tuple[int, ...]


@dataclass(frozen=True)
class IdentityScores:
    """All on labelled frames, boxes paired one to one at IoU 0.5.

    A name or a number is right where team and number are the labelled person's; on a box that pairs with nobody, or with somebody whose number the truth does
    not know, it is wrong. ``name_precision`` is of the names drawn, ``name_coverage`` of the labelled players; ``number_...`` the same for numbers, named or
    not; ``team`` is of the teams drawn on players, ``team_coverage`` of the labelled players; ``role`` of the people found; ``referee_precision`` of the
    paired boxes drawn as referees, ``referee_recall`` of the labelled referees; ``found`` of everybody labelled. ``persons`` counts the people whose number is
    known by what their most frequent drawn number is: "right", "wrong" or "none".
    """

    name_precision: Share
    name_coverage: Share
    number_precision: Share
    number_coverage: Share
    team: Share
    team_coverage: Share
    role: Share
    referee_precision: Share
    referee_recall: Share
    found: Share
    persons: dict[str, int]
    wrong: tuple[WrongName, ...]


def score_identity(compared: Compared) -> IdentityScores:
    """Count what is right."""
    truth, drawn = compared.truth, compared.drawn
    count: Counter[str] = Counter()
    wrong: dict[tuple[int, str | None, str | None, str | None, str | None], list[int]] = defaultdict(list)
    numbers: dict[str, Counter[str]] = {who: Counter() for who, number in zip(truth.who, truth.number, strict=True) if number is not None}
    worn = {who: number for who, number in zip(truth.who, truth.number, strict=True) if number is not None}
    for frame in compared.frames:
        of = {j: i for i, j in frame.pairs}
        roles = [truth.role[i] for i in frame.truth]
        count["people"] += len(roles)
        count["found"] += len(frame.pairs)
        count["players"] += roles.count("player")
        count["referees"] += roles.count("referee")
        for j in frame.drawn.tolist():
            i = of.get(j)
            number = drawn.number[j]
            if i is not None:
                count["role"] += drawn.role[j] == truth.role[i]
                count["referee drawn"] += drawn.role[j] == "referee"
                count["referee"] += drawn.role[j] == truth.role[i] == "referee"
                if truth.role[i] == "player" and drawn.team[j] is not None:
                    count["team drawn"] += 1
                    count["team"] += drawn.team[j] == truth.team[i]
                if number is not None and truth.number[i] is not None:
                    numbers[truth.who[i]][number] += 1
            if number is None:
                continue
            right = i is not None and (drawn.team[j], number) == (truth.team[i], truth.number[i])
            named = drawn.player[j] is not None
            count["number drawn"] += 1
            count["number"] += right
            count["name drawn"] += named
            count["name"] += right and named
            if not right:
                who = None if i is None else truth.who[i]
                wrong[int(drawn.track_id[j]), drawn.team[j], number, drawn.player[j], who].append(frame.frame)
    persons = Counter("none" if not seen else "right" if seen.most_common(1)[0][0] == worn[who] else "wrong" for who, seen in numbers.items())
    return IdentityScores(
        Share(count["name"], count["name drawn"]),
        Share(count["name"], count["players"]),
        Share(count["number"], count["number drawn"]),
        Share(count["number"], count["players"]),
        Share(count["team"], count["team drawn"]),
        Share(count["team"], count["players"]),
        Share(count["role"], count["found"]),
        Share(count["referee"], count["referee drawn"]),
        Share(count["referee"], count["referees"]),
        Share(count["found"], count["people"]),
        {verdict: persons[verdict] for verdict in ("right", "wrong", "none")},
        tuple(WrongName(*what, tuple(frames)) for what, frames in sorted(wrong.items(), key=lambda item: (-len(item[1]), item[0][0], item[1]))),
    )
