"""Tracks that follow one and the same body: a track ends where it is not proved who it is any more, and the ball stays in the same hands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from courtside.events.scene import Floats, Ints, Scene

_LOST_S = 0.25
_LEAST_IOU = 0.55
FIVE = 5  # of a team are on the floor


def joined(scene: Scene) -> Scene:
    """Return the scene with one "track" per body: a track goes on in one that begins where and when it ends, if no team and no name speaks against it.

    So do all tracks of one proved player that are never there at once. The teams of the bodies are those of the longest part whose team is known.
    """
    people = scene.people
    count, there = len(people.team), np.unique(people.track)  # who shows in replays alone has a track and is nowhere
    if not len(there):
        return scene
    first, last = _ends(people.track, count)
    body = np.arange(count)
    team, known = people.team.copy(), np.bincount(people.track, minlength=count)
    player = people.player.copy() if people.player is not None else np.full(count, -1)
    open_ends: list[int] = []
    reach = scene.frames(_LOST_S)
    shot = scene.shot
    for track in there[np.argsort(people.frame[first[there]], kind="stable")].tolist():
        start = int(people.frame[first[track]])
        open_ends = [other for other in open_ends if people.frame[last[other]] >= start - reach]
        best, best_iou = -1, _LEAST_IOU
        for other in open_ends:
            end = int(people.frame[last[other]])
            same = end < start and shot[end] == shot[start] and people.referee[other] == people.referee[track]
            if same and _may_be_one(team[body[other]], team[track]) and _may_be_one(player[body[other]], player[track]):
                moved = _carried(scene, people.xyxy[last[other]], end, start)
                if (iou := _iou(moved, people.xyxy[first[track]])) > best_iou:
                    best, best_iou = other, iou
        if best >= 0:
            mine = int(body[best])
            body[track] = mine
            if team[mine] < 0 or (team[track] >= 0 and known[track] > known[mine]):
                team[mine] = team[track]
            known[mine] += known[track]
            player[mine] = max(player[mine], player[track])
            open_ends.remove(best)
        open_ends.append(track)
    body = _by_player(people.frame, body, people.track, team, player)
    return replace(scene, people=replace(people, track=body[people.track], team=team, player=player))


def with_fives(scene: Scene) -> Scene:
    """Return the scene in which players of unknown team are of the team that lacks one, where all five of the other are in the picture as well."""
    people = scene.people
    n_seen, team = of_each_team(scene), people.team.copy()
    for track in np.flatnonzero((people.team < 0) & ~people.referee).tolist():
        frames = people.frame[people.track == track]
        full = np.median(n_seen[:, frames], 1) >= FIVE if len(frames) else np.zeros(2, bool)
        if full.sum() == 1:
            team[track] = int(np.flatnonzero(~full)[0])
    return replace(scene, people=replace(people, team=team))


def of_each_team(scene: Scene) -> Ints:
    """Return (2, n) how many people of each team are seen in each frame."""
    people = scene.people
    return np.stack([np.bincount(people.frame[people.team[people.track] == team], minlength=scene.n_frames) for team in (0, 1)])


def _may_be_one(a: int, b: int) -> bool:
    return a == b or -1 in (a, b)


def _by_player(frame: Ints, body: Ints, track: Ints, team: Ints, player: Ints) -> Ints:
    """Return the bodies with those of one player joined, the later to the earlier, where they are never in the picture at once."""
    out = body.copy()
    first: dict[int, tuple[int, set[int]]] = {}
    rows_of = dict(zip(*_grouped(frame, body[track]), strict=True))
    for mine in sorted(rows_of, key=lambda one: int(rows_of[one][0])):
        if player[mine] < 0:
            continue
        whole, frames = first.setdefault(int(player[mine]), (mine, set()))
        there = set(rows_of[mine].tolist())
        if team[whole] == team[mine] and not frames & there:
            out[body == mine] = whole
            frames |= there
    return out


def _grouped(frame: Ints, body: Ints) -> tuple[list[int], list[Ints]]:
    """Return the bodies, and the frames of each."""
    order = np.argsort(body, kind="stable")
    ones, starts = np.unique(body[order], return_index=True)
    return ones.tolist(), np.split(frame[order], starts[1:])


def _ends(track: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the first and the last row of each track; rows are sorted by frame."""
    first, last = np.zeros(count, np.int64), np.zeros(count, np.int64)
    rows = np.arange(len(track))
    first[track[::-1]] = rows[::-1]
    last[track] = rows
    return first, last


def _carried(scene: Scene, box: Floats, frame: int, to: int) -> Floats:
    corners = box.reshape(2, 2)
    for later in range(frame + 1, to + 1):
        corners = corners @ scene.motion[later, :, :2].T + scene.motion[later, :, 2]
    return np.asarray(corners.ravel())


def _iou(a: Floats, b: Floats) -> float:
    shared = float(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod())
    return shared / max(float((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod()) - shared, 1e-9)
