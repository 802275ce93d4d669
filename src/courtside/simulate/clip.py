"""Seed in; clip, rosters and exact truth out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from courtside.court import COURTS, Lens
from courtside.errors import ConfigError
from courtside.media import VideoWriter, prefetch
from courtside.rosters import write_rosters
from courtside.simulate.cast import make_cast
from courtside.simulate.director import View, broadcast, in_clip
from courtside.simulate.draw import Drawn, Painter, make_arena
from courtside.simulate.game import Game
from courtside.simulate.knobs import Knobs
from courtside.simulate.paint import as_shown
from courtside.simulate.scene import Cast, Moment
from courtside.truth import BallLabels, CourtLabels, PeopleLabels, Truth, write_truth
from courtside.truth.labels import ShotKind

LEAST_VISIBLE = 0.1
"""Who shows less of the body than this is not in the truth: nobody could label him."""


@dataclass(frozen=True)
class Recipe:
    """What to simulate: the same recipe gives the same clip. ``size_px`` is (width, height); ``league`` a key of ``COURTS``."""

    seed: int = 0
    seconds: float = 10.0
    size_px: tuple[int, int] = (1280, 720)
    rate: Fraction = Fraction(30)
    league: str = "nba"
    knobs: Knobs = field(default_factory=Knobs)


@dataclass(frozen=True)
class Simulated:
    """Where the three parts of a simulated clip lie."""

    clip: Path
    rosters: Path
    truth: Path


class _Labels:
    """Collects the truth of frame after frame."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._columns: dict[str, list[Any]] = defaultdict(list)
        self.cuts: list[int] = []
        self.shots: dict[ShotKind, list[int]] = defaultdict(list)

    def add(self, frame: int, moment: Moment, view: View, drawn: Drawn) -> None:
        columns = self._columns
        if view.cut and frame:
            self.cuts.append(frame)
        self.shots[view.kind].append(frame)
        shows_court = view.kind in ("main", "replay")
        columns["court frame"].append(frame)
        columns["court valid"].append(shows_court)
        columns["homography"].append(view.camera.court_to_pinhole() if shows_court else np.full((3, 3), np.nan))
        for person in drawn.people:
            if person.visible < LEAST_VISIBLE:
                continue
            actor = self._cast.actors[person.row]
            team = None if actor.team is None else self._cast.teams[actor.team]
            columns["frame"].append(frame)
            columns["who"].append(actor.who)
            columns["xyxy"].append(person.xyxy)
            columns["role"].append(actor.role)
            columns["team"].append(team.name if team else None)
            columns["number"].append(actor.number if team else None)
            columns["player"].append(team.players.get(actor.number or "") if team else None)
            columns["court_m"].append(moment.xy[person.row])
            columns["visible"].append(person.visible)
        if drawn.ball is not None:
            columns["ball frame"].append(frame)
            columns["ball"].append(drawn.ball)
            columns["ball_m"].append(moment.ball)

    def people(self, n_frames: int) -> PeopleLabels:
        columns = self._columns
        texts = {name: np.array(columns[name], object) for name in ("who", "role", "team", "number", "player")}
        return PeopleLabels(
            labelled=np.arange(n_frames),
            frame=np.array(columns["frame"], np.int64),
            xyxy=np.array(columns["xyxy"], float).reshape(-1, 4),
            court_m=np.array(columns["court_m"], float).reshape(-1, 2),
            visible=np.array(columns["visible"], float),
            **texts,
        )

    def court(self, league: str, lens: Lens) -> CourtLabels:
        columns = self._columns
        frames, valid = np.array(columns["court frame"], np.int64), np.array(columns["court valid"], bool)
        return CourtLabels(league, (lens.cx, lens.cy, lens.sx, lens.sy, lens.k1, lens.k2), frames, valid, np.array(columns["homography"]).reshape(-1, 3, 3))

    def ball(self, n_frames: int) -> BallLabels:
        columns = self._columns
        boxes, places = np.array(columns["ball"], float).reshape(-1, 4), np.array(columns["ball_m"], float).reshape(-1, 3)
        return BallLabels(np.arange(n_frames), np.array(columns["ball frame"], np.int64), boxes, places)


def simulate(recipe: Recipe, folder: Path, name: str = "game", advance: Callable[[int, int | None], None] = lambda *_: None) -> Simulated:
    """Write ``name.mp4``, ``name.rosters.toml`` and ``name.truth/`` into ``folder``.

    Args:
        recipe: what to simulate.
        folder: where to; it must exist.
        name: of the clip.
        advance: called after each frame with the number done and the total.

    Raises:
        ConfigError: no such league.
        MediaError: the clip can't be written.
        TruthError: the truth can't be written.
    """
    if recipe.league not in COURTS:
        raise ConfigError(f"--league {recipe.league}: not one of {', '.join(COURTS)}")
    random = np.random.default_rng(recipe.seed)
    court, knobs = COURTS[recipe.league], recipe.knobs
    cast = make_cast(random, knobs, court)
    game = Game(court, cast, random, knobs)
    painter = Painter(court, cast, make_arena(random, court), knobs, random)
    n_frames = max(1, round(recipe.seconds * recipe.rate))
    done = Simulated(folder / f"{name}.mp4", folder / f"{name}.rosters.toml", folder / f"{name}.truth")
    labels, (width, height), lens, live = _Labels(cast), recipe.size_px, Lens(), []
    scenes = prefetch(broadcast(game, recipe.rate, n_frames, recipe.size_px, knobs, random), depth=4)
    try:
        with VideoWriter(done.clip, width, height, recipe.rate, crf=knobs.crf) as writer:
            for frame, (moment, view) in enumerate(scenes):
                drawn = painter.draw(moment, view.camera, view.camera_end, view.flash)
                writer.write(drawn.image)
                labels.add(frame, moment, view, drawn)
                lens = view.camera.lens
                if view.kind != "replay":
                    live.append((frame, view.time_s))
                advance(frame + 1, n_frames)
    finally:
        scenes.close()
    game.finish()
    people = labels.people(n_frames)
    known = set(people.who)
    events = as_shown(in_clip(game.events, live, recipe.rate), people, recipe.rate)
    events = tuple(event if event.who in known else replace(event, who=None) for event in events)
    truth = Truth(
        name,
        width,
        height,
        recipe.rate,
        n_frames,
        cast.teams,
        tuple(labels.cuts),
        people=people,
        court=labels.court(recipe.league, lens),
        ball=labels.ball(n_frames),
        events=events,
        shots={kind: np.array(frames, np.int64) for kind, frames in labels.shots.items()},
    )
    write_truth(truth, done.truth)
    write_rosters(cast.teams, done.rosters)
    return done
