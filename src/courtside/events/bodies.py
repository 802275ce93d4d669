"""Tracks that follow one and the same body: a track ends where it is not proved who it is any more, and the ball stays in the same hands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from courtside.events.scene import Floats, Ints, Scene

_LOST_S = 0.25
_LEAST_IOU = 0.55


def joined(scene: Scene) -> Scene:
    """Return the scene with one "track" per body: a track goes on in one that begins where and when it ends, if no team speaks against it.

    The teams of the bodies are those of the longest part whose team is known.
    """
    people = scene.people
    count = len(people.team)
    if not count:
        return scene
    first, last = _ends(people.track, count)
    body = np.arange(count)
    team, known = people.team.copy(), np.bincount(people.track, minlength=count)
    open_ends: list[int] = []
    reach = scene.frames(_LOST_S)
    shot = scene.shot
    for track in np.argsort(people.frame[first], kind="stable").tolist():
        start = int(people.frame[first[track]])
        open_ends = [other for other in open_ends if people.frame[last[other]] >= start - reach]
        best, best_iou = -1, _LEAST_IOU
        for other in open_ends:
            end = int(people.frame[last[other]])
            same = end < start and shot[end] == shot[start] and people.referee[other] == people.referee[track]
            if same and (team[body[other]] == team[track] or -1 in (team[body[other]], team[track])):
                moved = _carried(scene, people.xyxy[last[other]], end, start)
                if (iou := _iou(moved, people.xyxy[first[track]])) > best_iou:
                    best, best_iou = other, iou
        if best >= 0:
            mine = int(body[best])
            body[track] = mine
            if team[mine] < 0 or (team[track] >= 0 and known[track] > known[mine]):
                team[mine] = team[track]
            known[mine] += known[track]
            open_ends.remove(best)
        open_ends.append(track)
    return replace(scene, people=replace(people, track=body[people.track], team=team))


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
