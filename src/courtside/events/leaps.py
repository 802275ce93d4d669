"""How far people go up: the top of somebody's box against where it was a moment before, arms and all."""

from __future__ import annotations

import numpy as np

from courtside.events.scene import Floats, Ints, Scene, from_first_frame

_STANDS_S, _UP_S = (1.2, 0.6), (0.3, 0.2)  # before the moment he stands, and about it he is up
_LEAST = 3  # sightings of each


class Leaps:
    """``Leaps(scene, scale)``, ``scale`` (m,) being the pixels per metre at each row of people: ask ``of``.

    Heights are compared in the pixels of a camera that stands still, so that one which turns up does not make people jump.
    """

    def __init__(self, scene: Scene, scale: Floats) -> None:
        people, back = scene.people, from_first_frame(scene)[scene.people.frame]
        self._scene = scene
        self._tops = np.einsum("ni,ni->n", back[:, 1, :2], people.xyxy[:, :2]) + back[:, 1, 2]
        self._scale = scale * np.sqrt(np.abs(np.linalg.det(back[:, :2, :2])))
        order = np.argsort(people.track, kind="stable")
        tracks, starts = np.unique(people.track[order], return_index=True)
        self._rows = dict(zip(tracks.tolist(), np.split(order, starts[1:])[: len(tracks)], strict=True))

    def of(self, track: int, frames: Ints) -> Floats:
        """Return (k,) by how many metres the top of somebody's box is up about each of ``frames`` (k,); 0 where that is not known."""
        people, scene, rows = self._scene.people, self._scene, self._rows.get(track, np.zeros(0, np.int64))
        (early, late), (before, after) = ([scene.frames(seconds) for seconds in window] for window in (_STANDS_S, _UP_S))
        first = int(frames.min(initial=0)) - early
        length = max(int(frames.max(initial=0)) + after + 1 - first, 0)
        mine = rows[(people.frame[rows] >= first) & (people.frame[rows] < first + length)]
        tops, scale = np.full(length, np.nan), np.full(length, np.nan)
        tops[people.frame[mine] - first], scale[people.frame[mine] - first] = self._tops[mine], self._scale[mine]
        shot = scene.shot[np.clip(np.arange(first, first + length), 0, scene.n_frames - 1)]
        out = np.zeros(len(frames))
        for i, at in enumerate((frames - first).tolist()):
            same = np.where(shot == shot[at], tops, np.nan)
            stood, up = (part[np.isfinite(part)] for part in (same[at - early : at - late + 1], same[at - before : at + after + 1]))
            if len(stood) >= _LEAST and len(up) >= _LEAST:
                sizes = scale[at - before : at + after + 1]
                out[i] = (np.median(stood) - up.min()) / sizes[np.isfinite(sizes)][-1]
        return out
