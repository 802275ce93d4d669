"""What would be, if one stage made no mistake: its part of the records is replaced by the truth, and everything after it runs again.

The truth may be sparse. Between two labelled frames of one shot that both show a person, his box is taken to move in a straight line; where somebody is not
known like that, the records stay as they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from courtside.evaluate.matching import box_iou, pair_boxes
from courtside.records import AppearanceTable, DetectionTable, ReadingTable, Records
from courtside.truth.labels import PeopleLabels
from courtside.types import NUMBERS, PLAYER, PLAYER_CLASSES, REFEREE, Team

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LEAST_IOU = 0.3
"""Overlap from which a detection is a person's: below that of the scores, because a box between two labelled frames is itself a guess."""
_SURE = 0.95
_LOOK_S, _READ_S = 0.2, 0.1
"""How often a person's kit is looked at, and his number read, where the truth stands in for both: as often as a run does when nothing is in the way."""
_NUMBER_HIGH, _NUMBER_WIDE = 0.115, (0.71, 0.94)
"""How tall a number's box is as a share of the person's, and how wide with one digit and with two, as a share of that: medians on broadcasts."""


@dataclass(frozen=True)
class TruePeople:
    """The truth made dense: per row a ``frame``, which person of ``names`` (``who``), ``xyxy``. Every person is somebody of ``role``, ``team``, ``number``."""

    frame: Ints
    who: Ints
    xyxy: Floats
    names: tuple[str, ...]
    role: tuple[str, ...]
    team: tuple[str | None, ...]
    number: tuple[str | None, ...]
    step: int
    """Frames from one labelled frame to the next, as a rule."""


def true_people(labels: PeopleLabels, cuts: Sequence[int]) -> TruePeople:
    """Fill in the boxes between labelled frames; ``cuts`` are the first frames of new shots."""
    names, first, who = np.unique(labels.who.astype(str), return_index=True, return_inverse=True)
    row_of = {(int(frame), int(one)): row for row, (frame, one) in enumerate(zip(labels.frame, who, strict=True))}
    frames, people, boxes = [labels.frame], [np.asarray(who, np.int64)], [labels.xyxy]
    for start, end in itertools.pairwise(labels.labelled.tolist()):
        between = np.arange(start + 1, end)
        if not len(between) or any(start < cut <= end for cut in cuts):
            continue
        for one in range(len(names)):
            a, b = row_of.get((start, one)), row_of.get((end, one))
            if a is not None and b is not None:
                share = ((between - start) / (end - start))[:, None]
                frames.append(between)
                people.append(np.full(len(between), one))
                boxes.append(labels.xyxy[a] * (1 - share) + labels.xyxy[b] * share)
    frame, person, xyxy = np.concatenate(frames), np.concatenate(people), np.concatenate(boxes)
    order = np.lexsort((person, frame))
    role, team, number = (tuple(getattr(labels, name)[first].tolist()) for name in ("role", "team", "number"))  # one person's are all the same, see `filled_in`
    step = int(np.median(np.diff(labels.labelled))) if len(labels.labelled) > 1 else 1
    return TruePeople(frame[order], person[order], xyxy[order], tuple(names.tolist()), role, team, number, step)


def _is_person(records: Records) -> npt.NDArray[np.bool_]:
    return np.isin(records.detections.class_id, (*PLAYER_CLASSES, REFEREE))


def _nearest(known: dict[int, list[tuple[int, int]]], key: int, frame: int, reach: int) -> int | None:
    """Return what ``known[key]``, a list of (frame, value), says nearest to ``frame``, if that is within ``reach`` frames."""
    near = min(known.get(key, []), key=lambda one: abs(one[0] - frame), default=None)
    return near[1] if near is not None and abs(near[0] - frame) <= reach else None


def owners(records: Records, people: TruePeople) -> Ints:
    """Return (m,) which person each detection is of, -1 for none.

    Detections are paired one to one with the boxes of ``people``, tracked ones first. Where a person's box is not known, a tracked detection is still his whose
    the track was in the nearest known frame, one step away at most.
    """
    table = records.detections
    person = _is_person(records)
    owner = np.full(len(table.frame), -1)
    history: dict[int, list[tuple[int, int]]] = {}
    for frame in np.unique(people.frame):
        there = np.arange(*np.searchsorted(people.frame, (frame, frame + 1)))
        found = np.arange(*np.searchsorted(table.frame, (frame, frame + 1)))
        found = found[person[found]]
        iou = box_iou(people.xyxy[there], table.xyxy[found].astype(float))
        for i, j in pair_boxes(np.where(iou >= _LEAST_IOU, iou + (table.tracker_id[found] > 0), 0.0), _LEAST_IOU):
            owner[found[j]] = people.who[there[i]]
            if table.tracker_id[found[j]] > 0:
                history.setdefault(int(table.tracker_id[found[j]]), []).append((int(frame), int(people.who[there[i]])))
    taken = set(zip(people.frame.tolist(), people.who.tolist(), strict=True))
    for row in np.flatnonzero(person & (owner < 0) & (table.tracker_id > 0)):
        frame = int(table.frame[row])
        whose = _nearest(history, int(table.tracker_id[row]), frame, people.step)
        if whose is not None and (frame, whose) not in taken:
            owner[row] = whose
            taken.add((frame, whose))
    return owner


def _by_track(records: Records, values: Ints) -> dict[tuple[int, int], int]:
    """Return ``values`` (m,) of the tracked detections by (frame, tracker_id)."""
    table = records.detections
    rows = np.flatnonzero((table.tracker_id > 0) & _is_person(records))
    return {(int(table.frame[row]), int(table.tracker_id[row])): int(values[row]) for row in rows}


def _looked_up(found: dict[tuple[int, int], int], frame: Ints, tracker_id: Ints, missing: int) -> Ints:
    return np.array([found.get((int(f), int(t)), missing) for f, t in zip(frame, tracker_id, strict=True)], np.int64)


def true_boxes(records: Records, people: TruePeople) -> Records:
    """Return the records with the true boxes in place of the found ones, and no others where everybody is known.

    A true box has the track of the detection it stands for; one that was missed has the track that its person has in the nearest frame, so a gap that only the
    detector made is closed and one that the tracker made is not.
    """
    table, owner, person = records.detections, owners(records, people), _is_person(records)
    ids = {(int(table.frame[row]), int(owner[row])): int(table.tracker_id[row]) for row in np.flatnonzero(owner >= 0)}
    history: dict[int, list[tuple[int, int]]] = {}
    for (frame, who), tracker_id in ids.items():
        if tracker_id:
            history.setdefault(who, []).append((frame, tracker_id))
    used = {(frame, tracker_id) for (frame, _), tracker_id in ids.items() if tracker_id}
    tracker_ids = []
    for frame, who in zip(people.frame.tolist(), people.who.tolist(), strict=True):
        tracker_id = ids.get((frame, who), 0) or _nearest(history, who, frame, 10 * people.step) or 0
        if tracker_id and ids.get((frame, who)) != tracker_id:
            tracker_id = 0 if (frame, tracker_id) in used else tracker_id
            used.add((frame, tracker_id))
        tracker_ids.append(tracker_id)
    known = set(zip(people.frame.tolist(), people.who.tolist(), strict=True))
    covered = np.isin(table.frame, people.frame)
    replaced = np.array([(int(f), int(o)) in known or (inside and o < 0) for f, o, inside in zip(table.frame, owner, covered, strict=True)], bool)
    keep = ~(person & replaced)
    classes = np.array([REFEREE if people.role[who] == "referee" else PLAYER for who in people.who], np.int64)
    columns = {
        "frame": np.concatenate([table.frame[keep], people.frame]),
        "tracker_id": np.concatenate([table.tracker_id[keep], np.array(tracker_ids, np.int64)]),
        "class_id": np.concatenate([table.class_id[keep], classes]),
        "confidence": np.concatenate([table.confidence[keep], np.full(len(people.frame), _SURE, np.float32)]),
        "xyxy": np.concatenate([table.xyxy[keep], people.xyxy.astype(np.float32)]),
    }
    order = np.argsort(columns["frame"], kind="stable")
    return replace(records, detections=DetectionTable(**{name: column[order] for name, column in columns.items()}))


def true_tracks(records: Records, people: TruePeople) -> Records:
    """Return the records with one track per person and shot, over all detections of that person, tracked or not; nobody else is tracked."""
    owner = owners(records, people)
    shot = np.cumsum(records.frames.cut)[records.detections.frame]
    ids = np.where(owner >= 0, shot * len(people.names) + owner + 1, 0).astype(np.int64)
    new = _by_track(records, ids)
    readings, looks = records.readings, records.appearances
    read, seen = (_looked_up(new, table.frame, table.tracker_id, 0) for table in (readings, looks))
    kept, shown = read > 0, seen > 0
    return replace(
        records,
        detections=replace(records.detections, tracker_id=ids),
        readings=ReadingTable(readings.frame[kept], read[kept], readings.xyxy[kept], readings.chance[kept]),
        appearances=AppearanceTable(looks.frame[shown], seen[shown], looks.vector[shown], looks.color[shown]),
    )


def _sampled(records: Records, people: TruePeople, every_s: float, players: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return (detection row, person) of the tracked detections of ``players``, one each ``every_s``."""
    table, owner, time_s = records.detections, owners(records, people), records.frames.time_s
    rows: list[int] = []
    last: dict[tuple[int, int], float] = {}
    for row in np.flatnonzero((owner >= 0) & (table.tracker_id > 0)):
        key, now_s = (int(table.tracker_id[row]), int(owner[row])), float(time_s[table.frame[row]])
        if players[owner[row]] and now_s - last.get(key, -np.inf) >= every_s - 1e-6:
            rows.append(int(row))
            last[key] = now_s
    picked = np.array(rows, np.int64)
    return picked, owner[picked]


def _bgr(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (5, 3, 1)]


def true_teams(records: Records, people: TruePeople, teams: Sequence[Team]) -> Records:
    """Return the records with looks that tell the two teams apart without fail, several a second, in the teams' own colours, and none at anybody else."""
    names = [team.name for team in teams]
    side = np.array([names.index(team) if team in names else -1 for team in people.team], np.int64)
    rows, who = _sampled(records, people, _LOOK_S, side >= 0)
    colors = np.array([_bgr(team.jersey or team.color) for team in teams], np.float32).reshape(-1, 3)
    looks = AppearanceTable(
        records.detections.frame[rows], records.detections.tracker_id[rows], np.eye(2, dtype=np.float32)[side[who]], colors[side[who]].reshape(-1, 3)
    )
    return replace(records, appearances=looks)


def _certain(numbers: Sequence[str]) -> npt.NDArray[np.float32]:
    chance = np.zeros((len(numbers), len(NUMBERS)), np.float32)
    chance[np.arange(len(numbers)), [NUMBERS.index(number) for number in numbers]] = _SURE
    return chance


def true_readings(records: Records, people: TruePeople) -> Records:
    """Return the records with every number that was read, read right; what was read of people whose number is not known is left out."""
    readings = records.readings
    who = _looked_up(_by_track(records, owners(records, people)), readings.frame, readings.tracker_id, -1)
    kept = np.array([one >= 0 and people.number[one] in NUMBERS for one in who], bool)
    chance = _certain([people.number[one] or "" for one in who[kept]])
    return replace(records, readings=ReadingTable(readings.frame[kept], readings.tracker_id[kept], readings.xyxy[kept], chance))


def readings_of_all(records: Records, people: TruePeople) -> Records:
    """Return the records with ten right readings a second of everybody whose number is known, legible or not."""
    rows, who = _sampled(records, people, _READ_S, np.array([number in NUMBERS for number in people.number], bool))
    table, numbers = records.detections, [people.number[one] or "" for one in who]
    return replace(records, readings=ReadingTable(table.frame[rows], table.tracker_id[rows], _on_the_back(table.xyxy[rows], numbers), _certain(numbers)))


def _on_the_back(xyxy: npt.NDArray[np.float32], numbers: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return where a number seen whole would be on people in boxes ``xyxy`` (n, 4): in the middle, 0.3 of the way down, as large and wide as they are."""
    high = (_NUMBER_HIGH * (xyxy[:, 3] - xyxy[:, 1]))[:, None]
    wide = np.array([_NUMBER_WIDE[len(number) - 1] for number in numbers]).reshape(-1, 1) * high
    middle = np.stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, 0.7 * xyxy[:, 1] + 0.3 * xyxy[:, 3]], 1)
    half = np.concatenate([wide, high], 1) / 2
    return np.concatenate([middle - half, middle + half], 1).astype(np.float32)


@dataclass(frozen=True)
class Switch:
    """One row of the table: ``name``, what it ``means``, and what it does to the records; ``knows_kits`` tells the naming which kit is whose."""

    name: str
    means: str
    change: Callable[[Records, TruePeople, Sequence[Team]], Records]
    knows_kits: bool = False


SWITCHES: tuple[Switch, ...] = (
    Switch("as it is", "nothing replaced", lambda records, _people, _teams: records),
    Switch("true boxes", "nobody missed, nobody found who is not there, every box exact", lambda records, people, _: true_boxes(records, people)),
    Switch("true tracks", "every detection linked to the right person within a shot", lambda records, people, _: true_tracks(records, people)),
    Switch("true teams", "every kit told apart, and whose it is", true_teams, knows_kits=True),
    Switch("true readings", "every number that was read, read right", lambda records, people, _: true_readings(records, people)),
    Switch("all numbers read", "everybody read all the time, and right", lambda records, people, _: readings_of_all(records, people)),
    Switch(
        "all of these",
        "what the naming reaches on perfect records",
        lambda records, people, teams: readings_of_all(true_teams(true_tracks(true_boxes(records, people), people), people, teams), people),
        knows_kits=True,
    ),
)
"""In the order of the stages."""
