"""A made-up attack on an NBA court, seen by a camera that stands still: ten players, one ball whose way in space is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from courtside.court import COURTS, Camera, Lens
from courtside.events.scene import Boxes, Cameras, People, Scene

RATE = 30
SIZE = (1280, 720)
CAMERA = Camera((0.0, 24.0, 8.0), 0.30, 0.25, 1150.0, SIZE)
MIRRORED = Camera((0.0, 24.0, 8.0), -0.30, 0.25, 1150.0, SIZE)
COURT = COURTS["nba"]

ATTACK = ((6.5, 0.5), (8.0, -5.0), (8.0, 5.0), (12.5, -5.5), (12.5, 5.5))
DEFENCE = ((8.3, 0.3), (9.5, -3.5), (9.5, 3.5), (12.6, -3.5), (12.6, 3.5))


def body(camera: Camera, x: float, y: float, height: float = 1.95) -> list[float]:
    """Return the box of somebody who stands there."""
    points = np.array([(x, y, 0.0), (x, y, height)])
    (u, bottom), (_, top) = camera.project(points)[0]
    half = 0.2 * (bottom - top)
    return [u - half, top, u + half, bottom]


def flight(start: Sequence[float], end: Sequence[float], seconds: float) -> np.ndarray:
    """Return a free ball's way (n, 3) from one point to the other."""
    t = np.arange(round(seconds * RATE)) / RATE
    a, b = np.array(start), np.array(end)
    way = a + np.outer(t / seconds, b - a)
    way[:, 2] += 0.5 * 9.81 * t * (seconds - t)
    return way


def held(x: float, y: float, seconds: float) -> np.ndarray:
    """Return a ball before somebody's chest."""
    return np.tile((x + 0.2, y, 1.2), (round(seconds * RATE), 1))


def make_scene(ball: np.ndarray, mirror: bool = False, court: bool = True, places: Sequence[tuple[float, float]] = (*ATTACK, *DEFENCE)) -> Scene:
    """Return a clip in which everybody stands still; ``ball`` (n, 3) is NaN where nothing shows it."""
    sign, camera, n = (-1, MIRRORED, len(ball)) if mirror else (1, CAMERA, len(ball))
    standing = [(sign * x, y) for x, y in places]
    boxes = np.array([body(camera, *place) for place in standing]).reshape(-1, 4)
    frame, track = np.repeat(np.arange(n), len(standing)), np.tile(np.arange(len(standing)), n)
    feet = np.array(standing, float).reshape(-1, 2)[track]
    team = np.array([0] * 5 + [1] * (len(standing) - 5), np.int64)[: len(standing)]
    people = People(frame, track, boxes[track], feet if court else np.full_like(feet, np.nan), team, np.zeros(len(standing), bool))
    seen = np.flatnonzero(np.isfinite(ball[:, 0]))
    middle, depth = camera.project(ball[seen] * (sign, 1, 1))
    radius = (0.12 * camera.focal_px / depth)[:, None]
    balls = Boxes(seen, np.full(len(seen), 0.8), np.concatenate([middle - radius, middle + radius], 1))
    cameras = Cameras(np.ones(n, bool), np.tile(camera.matrix(), (n, 1, 1)), Lens()) if court else None
    motion = np.tile(np.eye(3)[:2], (n, 1, 1))
    return Scene(np.arange(n) / RATE, np.zeros(n, bool), motion, SIZE, people, balls, cameras=cameras, court=COURT if court else None)


def leaping(scene: Scene, track: int, at_s: float, metres: float, seconds: float = 0.6) -> Scene:
    """Return the scene in which the top of somebody's box is higher about a time: he jumps, and puts up his arms."""
    people, xyxy = scene.people, scene.people.xyxy.copy()
    away_s = np.abs(people.frame / RATE - at_s)
    rows = np.flatnonzero((people.track == track) & (away_s < seconds / 2))
    height = xyxy[rows, 3] - xyxy[rows, 1]
    xyxy[rows, 1] -= height / 1.95 * metres * (1 - (2 * away_s[rows] / seconds) ** 2)
    return replace(scene, people=replace(people, xyxy=xyxy))
