"""Shots as the notebook tells them: by the detector's classes alone, three frames in a row. The baseline.

A jump shot or layup class seen in ``_IN_A_ROW`` frames running begins a shot; a ball in the basket within ``_RESET_S`` makes it, else it is missed; two shots
are at least ``_COOLDOWN_S`` apart, and a class unseen for ``_GAP_S`` has ended. (The design's table of the notebook's constants.)
"""

from __future__ import annotations

import numpy as np

from courtside.events.possession import named_so
from courtside.events.scene import Bools, Boxes, Scene
from courtside.events.shots import Flight, Ring, rings

_RESET_S, _GAP_S, _COOLDOWN_S = 1.7, 0.5, 0.5
_IN_A_ROW, _IN_BASKET_IN_A_ROW = 3, 2
_CONFIDENCE = 0.4
_SURE = 0.8


def notebook_shots(scene: Scene) -> list[tuple[Flight, float]]:
    """Return each shot with the chance of a basket, which is 0 or 1: the notebook knows no "unknown"."""
    n, found = scene.n_frames, []
    shooter = np.full(n, -1, np.int64)
    for name in ("player-jump-shot", "player-layup-dunk"):
        boxes = scene.acting.get(name, Boxes())
        sure = boxes.confidence >= _CONFIDENCE
        rows = np.flatnonzero(named_so(scene, Boxes(boxes.frame[sure], boxes.confidence[sure], boxes.xyxy[sure])))
        shooter[scene.people.frame[rows]] = scene.people.track[rows]
    scored = np.zeros(n, bool)
    scored[scene.in_basket.frame[scene.in_basket.confidence >= _CONFIDENCE]] = True
    baskets = rings(scene)
    nowhere = Ring(0, np.full((n, 2), np.nan), np.full(n, np.nan))
    last_seen, free_from, row = -np.inf, -np.inf, 0
    for frame in range(n):
        seen = shooter[frame] >= 0
        row = row + 1 if seen else 0
        now = float(scene.time_s[frame])
        if seen:
            new = now - last_seen > _GAP_S or row == _IN_A_ROW
            last_seen = now
            if row == _IN_A_ROW and new and now >= free_from:
                end = int(np.searchsorted(scene.time_s, now + _RESET_S))
                made = _first_run(scored[frame:end], _IN_BASKET_IN_A_ROW)
                arrival = min(n - 1, frame + made if made is not None else end)
                in_view = [ring for ring in baskets if np.isfinite(ring.xy[frame]).all() and (ring.xy[frame] > 0).all() and (ring.xy[frame] < scene.size).all()]
                ring = in_view[0] if in_view else nowhere
                found.append((Flight(ring, frame - _IN_A_ROW + 1, arrival, arrival, False, None, int(shooter[frame]), chance=_SURE), float(made is not None)))
                free_from = float(scene.time_s[arrival]) + _COOLDOWN_S
    return found


def _first_run(flags: Bools, length: int) -> int | None:
    run = 0
    for i, flag in enumerate(flags.tolist()):
        run = run + 1 if flag else 0
        if run == length:
            return i
    return None
