"""How well plays are told: whole simulated games without pictures, seen through a detector's errors.

    python bench/plays.py [--seeds 101 102 103] [--seconds 600] [--campers 0.5] [--shots notebook] [--perfect] [--work FOLDER]

The game, its cameras and its truth are those of `courtside simulate`; what a detector, a tracker and the court's registration would make of each frame is made
up with the rates in ``Noise``, measured on rendered simulated clips. So ten minutes take a minute or two, and the figures are of the plays alone.
"""

from __future__ import annotations

import argparse
import pickle
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from courtside.court import COURTS, Camera, Lens
from courtside.court.dimensions import BALL_RADIUS_M
from courtside.court.registration import CourtTrack
from courtside.evaluate.drawn import drawn_of
from courtside.evaluate.identity import Share
from courtside.evaluate.matching import compare
from courtside.evaluate.plays import EventScores, PlayScores, pair_events, score_plays, without_doubtful
from courtside.identity.paths import smooth
from courtside.pipeline.events import describe_plays, read_plays
from courtside.pipeline.resolve import Result, Track
from courtside.records import AppearanceTable, DetectionTable, FrameTable, ReadingTable, Records
from courtside.simulate.cast import make_cast
from courtside.simulate.director import broadcast, in_clip
from courtside.simulate.draw.basket import Basket
from courtside.simulate.draw.pose import pose
from courtside.simulate.game import Game
from courtside.simulate.knobs import Knobs
from courtside.simulate.paint import as_shown
from courtside.truth.labels import BallLabels, CourtLabels, PeopleLabels, Truth
from courtside.types import BALL, PLAYER, REFEREE, RIM, ClipInfo, Team

RATE, SIZE = Fraction(30), (1280, 720)
_POSE_EVERY = 3  # poses cost most of the time and change little within a tenth of a second
_FLESH = 0.045  # of a body's height: what surrounds the joints


@dataclass(frozen=True)
class Noise:
    """What is seen wrongly, as measured on rendered simulated clips (docs/lab-log.md, "Plays").

    Chances and shares are 0-1, sizes of boxes are shares of a body's height; a ``_s`` is a mean duration.
    """

    ball_found: float = 0.92
    ball_found_high: float = 0.75  # before the stands
    ball_miss_s: float = 0.08
    ball_jitter: float = 0.09  # of its diameter
    ball_sure: tuple[float, float] = (4.0, 2.6)  # of a Beta distribution of confidences from 0.1 up
    false_balls: float = 4.0  # a frame
    false_sure: float = 0.045  # mean confidence above 0.1
    false_s: float = 0.15
    rim_found: float = 0.98
    people_missed_s: float = 0.5  # who is covered for longer is lost
    box_jitter: float = 0.04
    track_s: float = 9.0
    team_unknown: float = 0.05
    team_wrong: float = 0.005
    camera_px: float = 1.0


NONE = Noise(1.0, 1.0, 0.0, 0.0, (50.0, 5.0), 0.0, 0.0, 0.0, 1.0, 1e9, 0.0, 1e9, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Seen:
    """A game before a detector's errors: the truth, the rings' boxes (frame, x1, y1, x2, y2), the ball also where something hides it."""

    truth: Truth
    rims: npt.NDArray[np.float64]
    cuts: npt.NDArray[np.bool_]
    held: tuple[str | None, ...]
    attacking: tuple[str, ...]


def _box(camera: Camera, joints: npt.NDArray[np.float64], heights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    pixels, depth = camera.project(joints.reshape(-1, 3))
    pixels, depth = pixels.reshape(*joints.shape[:2], 2), depth.reshape(joints.shape[:2]).min(1)
    margin = (_FLESH * heights * camera.focal_px / np.maximum(depth, 0.5))[:, None]
    return np.concatenate([pixels.min(1) - margin, pixels.max(1) + margin], 1), depth


def _covered(xyxy: npt.NDArray[np.float64], depth: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the share of each box that nearer bodies hide, each of them filling the middle half of its own box."""
    inner = xyxy + 0.25 * (xyxy[:, 2:3] - xyxy[:, :1]) * np.array([1, 0, -1, 0])
    sides = np.clip(np.minimum(xyxy[:, None, 2:], inner[None, :, 2:]) - np.maximum(xyxy[:, None, :2], inner[None, :, :2]), 0, None)
    shared = sides.prod(2) / np.maximum((xyxy[:, 2:] - xyxy[:, :2]).prod(1), 1e-9)[:, None]
    return np.asarray(np.minimum(1, np.where(depth[None] < depth[:, None] - 0.2, shared, 0).sum(1)))


def play(seed: int, seconds: float, league: str = "nba", knobs: Knobs | None = None) -> Seen:
    """Play a game and say what its cameras show."""
    random, court, knobs = np.random.default_rng(seed), COURTS[league], knobs or Knobs()
    cast = make_cast(random, knobs, court)
    game = Game(court, cast, random, knobs)
    n_frames, heights = round(seconds * RATE), np.array([actor.height_m for actor in cast.actors])
    columns: dict[str, list[Any]] = defaultdict(list)
    baskets = [Basket(court, side, (0, 0, 0)) for side in (-1, 1)]
    limbs, lens, live = None, Lens(), []
    for frame, (moment, view) in enumerate(broadcast(game, RATE, n_frames, SIZE, knobs, random)):
        camera, lens = view.camera, view.camera.lens
        where = np.concatenate([moment.xy, moment.jump_m[:, None]], 1)
        if limbs is None or frame % _POSE_EVERY == 0 or view.cut:
            limbs = pose(moment, heights) - where[:, None]
        rows = np.flatnonzero(moment.on_floor)
        boxes, depth = _box(camera, (limbs + where[:, None])[rows], heights[rows])
        ball, far = camera.project(moment.ball[None])
        radius = BALL_RADIUS_M * camera.focal_px / max(float(far[0]), 0.5)
        wide, high = boxes[:, 2:3] - boxes[:, :1], boxes[:, 3:] - boxes[:, 1:2]
        inner = boxes + 0.35 * wide * np.array([1, 0, -1, 0]) + high * np.array([0, 0.04, 0, -0.1])  # arms and legs hide little
        hides = (depth < far[0] - 0.3) & (inner[:, :2] < ball[0]).all(1) & (inner[:, 2:] > ball[0]).all(1)
        inside = (ball[0] > 0).all() and (ball[0] < SIZE).all() and far[0] > 0.5
        clipped = np.clip(boxes, 0, np.array([*SIZE, *SIZE]))
        kept = (clipped[:, 2:] - clipped[:, :2]).clip(0).prod(1) / np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(1), 1e-9) * (depth > 0.5)
        visible = kept * (1 - _covered(boxes, depth))
        shows_court = view.kind in ("main", "replay")
        columns["valid"].append(shows_court)
        columns["map"].append(camera.court_to_pinhole() if shows_court else np.full((3, 3), np.nan))
        columns["cut"].append(view.cut and frame > 0)
        columns["held"].append(None if moment.holder is None else cast.actors[moment.holder].who)
        columns["attacking"].append(cast.teams[moment.attacking].name)
        for i in np.flatnonzero(visible > 0.02).tolist():
            columns["frame"].append(frame)
            columns["row"].append(rows[i])
            columns["xyxy"].append(clipped[i])
            columns["court_m"].append(moment.xy[rows[i]])
            columns["visible"].append(visible[i])
        if inside and not hides.any():
            columns["ball frame"].append(frame)
            columns["ball"].append(np.concatenate([ball[0] - radius, ball[0] + radius]))
            columns["ball_m"].append(moment.ball.copy())
        if shows_court:
            columns["rims"] += [(frame, *box) for basket in baskets if (box := basket.box(camera)) is not None]
        if view.kind != "replay":
            live.append((frame, view.time_s))
    game.finish()
    actors = [cast.actors[row] for row in columns["row"]]
    texts = {
        "who": [actor.who for actor in actors],
        "role": [actor.role for actor in actors],
        "team": [None if actor.team is None else cast.teams[actor.team].name for actor in actors],
        "number": [actor.number if actor.team is not None else None for actor in actors],
        "player": [None] * len(actors),
    }
    frames = np.arange(n_frames)
    people = PeopleLabels(
        frames,
        np.array(columns["frame"], np.int64),
        xyxy=np.array(columns["xyxy"]),
        court_m=np.array(columns["court_m"]),
        visible=np.array(columns["visible"]),
        **{name: np.array([*values, None], object)[:-1] for name, values in texts.items()},
    )
    ball_labels = BallLabels(frames, np.array(columns["ball frame"], np.int64), np.array(columns["ball"]).reshape(-1, 4), np.array(columns["ball_m"]))
    court_labels = CourtLabels(league, (lens.cx, lens.cy, lens.sx, lens.sy, lens.k1, lens.k2), frames, np.array(columns["valid"]), np.array(columns["map"]))
    cuts = np.array(columns["cut"])
    truth = Truth(
        f"game {seed}",
        *SIZE,
        RATE,
        n_frames,
        cast.teams,
        tuple(np.flatnonzero(cuts).tolist()),
        people,
        court_labels,
        ball_labels,
        as_shown(in_clip(game.events, live, RATE), people, RATE),
    )
    return Seen(truth, np.array(columns["rims"]).reshape(-1, 5), cuts, tuple(columns["held"]), tuple(columns["attacking"]))


# ---- what a detector, a tracker and the registration would make of it


def _wobble(random: np.random.Generator, n: int, size: int, spread: float, keep: float = 0.85) -> npt.NDArray[np.float64]:
    """Return (n, size) noise that changes slowly, of standard deviation ``spread``."""
    from scipy.signal import lfilter

    return np.asarray(lfilter([spread * np.sqrt(1 - keep**2)], [1, -keep], random.normal(size=(n + 60, size)), axis=0)[60:])


def _runs(mask: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _stretches(mask: npt.NDArray[np.bool_], break_s: float, random: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of a person's tracks: broken where he is lost, and now and then for no reason."""
    for start, end in _runs(mask):
        at = start
        while at < end:
            stop = min(end, at + 1 + round(float(random.exponential(break_s)) * float(RATE))) if break_s < 1e8 else end
            stop = end if end - stop < 10 else stop
            yield at, stop
            at = stop


def _tracks(truth: Truth, noise: Noise, random: np.random.Generator) -> list[Track]:
    people, rate = truth.people, float(RATE)
    assert people is not None
    tracks: list[Track] = []
    times, names = np.arange(truth.n_frames) / rate, [team.name for team in truth.teams]
    for who in sorted(set(people.who)):
        rows = np.flatnonzero(people.who == who)
        shown = np.zeros(truth.n_frames, bool)
        shown[people.frame[rows]] = people.visible[rows] > 0.25
        for start, end in list(_runs(~shown)):  # short coverings are bridged
            if end - start <= noise.people_missed_s * rate and start > 0 and end < len(shown):
                shown[start:end] = True
        boxes = np.full((truth.n_frames, 4), np.nan)
        boxes[people.frame[rows]] = people.xyxy[rows]
        shown &= np.isfinite(boxes[:, 0])
        shots = np.cumsum(np.isin(np.arange(truth.n_frames), truth.cuts))
        for shot in np.unique(shots):
            for start, end in _stretches(shown & (shots == shot), noise.track_s, random):
                if end - start < 6:
                    continue
                frame = np.arange(start, end)
                high = (boxes[frame, 3] - boxes[frame, 1])[:, None]
                xyxy = boxes[frame] + high * _wobble(random, len(frame), 4, noise.box_jitter)
                team, role = people.team[rows[0]], people.role[rows[0]]
                if team is not None and random.uniform() < noise.team_wrong:
                    team = names[1 - names.index(team)]
                known = team if random.uniform() >= noise.team_unknown else None
                number = people.number[rows[0]] if known == people.team[rows[0]] and random.uniform() < 0.7 else None
                tracks.append(Track(0, 0, role, known, number, None, 0.97, None, 0, frame, smooth(frame, xyxy, times), np.ones(len(frame), bool)))
    tracks.sort(key=lambda track: (int(track.frame[0]), float(track.xyxy[0, 0])))
    return [replace(track, track_id=i) for i, track in enumerate(tracks, 1)]


def _ball(seen: Seen, noise: Noise, random: np.random.Generator) -> list[tuple[int, int, float, npt.NDArray[np.float64]]]:
    truth, rows = seen.truth, []
    assert truth.ball is not None and truth.people is not None
    missing, last = False, -2
    for frame, box, place in zip(truth.ball.frame.tolist(), truth.ball.xyxy, truth.ball.court_m, strict=True):
        found = noise.ball_found if place[2] < 2.2 else noise.ball_found_high
        stays = 1 - 1 / max(noise.ball_miss_s * float(RATE), 1.0)
        begins = (1 - found) * (1 - stays) / max(found, 1e-9)
        chance = stays if missing and frame == last + 1 else begins if frame == last + 1 else 1 - found
        missing, last = bool(random.uniform() < chance), frame
        if not missing:
            size = box[2] - box[0]
            sure = 0.1 + 0.9 * float(random.beta(*noise.ball_sure))
            rows.append((frame, BALL, sure, box + size * noise.ball_jitter * np.tile(random.normal(size=2), 2)))
    people, height = truth.people, 12.0
    n_new = noise.false_balls / max(noise.false_s * float(RATE), 1.0)
    starts = np.searchsorted(people.frame, np.arange(truth.n_frames + 1))
    for frame in range(truth.n_frames if noise.false_balls else 0):
        for _ in range(int(random.poisson(n_new))):
            lasts = 1 + int(random.geometric(1 / max(noise.false_s * float(RATE), 1.0)))
            here = np.arange(starts[frame], starts[frame + 1])
            who, place = None, random.uniform((0, 0.15 * SIZE[1]), SIZE)
            if len(here) and random.uniform() < 0.6:  # a head, a shoe, a knee
                row = int(random.choice(here))
                who, share = people.who[row], random.uniform((0.2, 0.0), (0.8, 1.0))
            for later in range(frame, min(frame + lasts, truth.n_frames)):
                if who is not None:
                    mine = [i for i in range(starts[later], starts[later + 1]) if people.who[i] == who]
                    if not mine:
                        break
                    box = people.xyxy[mine[0]]
                    place = box[:2] + share * (box[2:] - box[:2])
                sure = 0.1 + float(random.exponential(noise.false_sure))
                middle = place + random.normal(0, 1.5, 2)
                rows.append((later, BALL, min(sure, 0.95), np.concatenate([middle - height / 2, middle + height / 2])))
    return rows


def observe(seen: Seen, noise: Noise, seed: int) -> tuple[Records, Result]:
    """Return the records and the resolved tracks that a run would have."""
    random, truth = np.random.default_rng(seed), seen.truth
    assert truth.court is not None
    n = truth.n_frames
    tracks = _tracks(truth, noise, random)
    rows = _ball(seen, noise, random)
    for frame, *box in seen.rims:
        if random.uniform() < noise.rim_found:
            rows.append((int(frame), RIM, 0.8, np.array(box) + random.normal(0, 1.0, 4) * (noise.camera_px > 0)))
    for track in tracks:
        kind = REFEREE if track.role == "referee" else PLAYER
        rows += [(int(frame), kind, 0.9, box) for frame, box in zip(track.frame, track.xyxy, strict=True)]
    rows.sort(key=lambda row: row[0])
    shift = np.tile(np.eye(3), (n, 1, 1))
    shift[:, :2, 2] = _wobble(random, n, 2, noise.camera_px, 0.95)
    maps = shift @ truth.court.court_to_pinhole
    motion = np.tile(np.eye(3), (n, 1, 1))
    ok = truth.court.valid[1:] & truth.court.valid[:-1]
    motion[1:][ok] = _between(truth.court.court_to_pinhole[:-1][ok], truth.court.court_to_pinhole[1:][ok])
    records = Records(
        ClipInfo(truth.name, *SIZE, RATE, n),
        FrameTable(np.arange(n) / float(RATE), seen.cuts, motion[:, :2]),
        DetectionTable(
            np.array([row[0] for row in rows], np.int64),
            np.zeros(len(rows), np.int64),
            np.array([row[1] for row in rows], np.int64),
            np.array([row[2] for row in rows], np.float32),
            np.array([row[3] for row in rows], np.float32).reshape(-1, 4),
        ),
        ReadingTable(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 4), np.float32), np.zeros((0, 101), np.float32)),
        AppearanceTable(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 0), np.float32), np.zeros((0, 3), np.float32)),
        {},
    )
    court = CourtTrack(truth.court.valid, maps, truth.court.lens, np.where(truth.court.valid, 0.05, np.nan))
    teams = tuple(Team(team.name, team.color, team.jersey, dict(team.players)) for team in truth.teams)
    return records, Result(teams, 1.0, tuple(tracks), (court,), COURTS[truth.court.league])


def _between(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the (n, 3, 3) maps of the tracker's kind (two rows, no perspective) from one frame's pixels to the next one's, right in the middle."""
    whole = after @ np.linalg.inv(before)
    corners = np.array([[x, y, 1.0] for x in (0.3, 0.7) for y in (0.4, 0.8)]) * (SIZE[0], SIZE[1], 1)
    moved = np.einsum("nij,kj->nki", whole, corners)
    moved = moved[..., :2] / moved[..., 2:]
    out = np.tile(np.eye(3), (len(whole), 1, 1))
    for i in range(len(whole)):
        out[i, :2] = np.linalg.lstsq(corners, moved[i], rcond=None)[0].T
    return out


# ---- measuring


@dataclass(frozen=True)
class Score:
    """One game: the events as `courtside eval` scores them, and frame by frame who has the ball: ``held`` of the frames in which somebody has it and shows,
    ``team`` of those frames, ``nobody`` of the others, each a share (0-1). ``clock`` of the shots whose shot clock was told: that is right to a second.
    """

    plays: PlayScores
    held: float
    team: float
    nobody: float
    ball_known: float
    seconds: float
    clock: Share
    n_shots: int


def measure(seen: Seen, noise: Noise, seed: int, shots: str) -> tuple[Score, dict[str, Any]]:
    """Observe a game, read it, and compare."""
    records, result = observe(seen, noise, seed)
    truth, n = seen.truth, seen.truth.n_frames
    assert truth.people is not None and truth.events is not None
    began = time.process_time()
    document = describe_plays(read_plays(records, result, 0, "notebook" if shots == "notebook" else "flight"), records, result)
    spent = time.process_time() - began
    compared = compare(truth.people, drawn_of(result))
    scores = score_plays(truth.events, document["events"], compared, float(RATE))
    who = {(frame, int(compared.drawn.track_id[j])): compared.truth.who[i] for frame, i, j in compared.pairs()}
    ours, ours_team = np.full(n, None, object), np.full(n, None, object)
    for event in document["events"]:
        if event["kind"] == "possession":
            begins = range(event["start_frame"], event["end_frame"] + 1)  # one player has it, whatever becomes of his track
            name = next((who[frame, event["track_id"]] for frame in begins if (frame, event["track_id"]) in who), "?")
            ours[event["start_frame"] : event["end_frame"] + 1] = name
        elif event["kind"] == "team-possession":
            ours_team[event["start_frame"] : event["end_frame"] + 1] = event["team"]
    held = np.array(seen.held, object)
    teams = dict(zip(truth.people.who, truth.people.team, strict=True))
    shown = {(frame, name) for frame, name in zip(truth.people.frame.tolist(), truth.people.who, strict=True)}
    players = np.array([name is not None and teams.get(name) is not None and (frame, name) in shown for frame, name in enumerate(held)])
    their_team = np.array([teams.get(name) for name in held], object)
    free = np.array([name is None for name in held])
    right = (float((a[mask] == b[mask]).mean()) for a, b, mask in ((ours, held, players), (ours_team, their_team, players), (ours, held, free)))
    true, found = ([event for event in events if _kind(event) == "shot"] for events in (truth.events, document["events"]))
    told = [(true[i].facts["shot_clock_s"], found[j]["facts"]["shot_clock_s"]) for i, j in pair_events(true, found)]
    clock = [abs(a - b) <= 1.0 for a, b in told if b is not None]
    return Score(scores, *right, document["coverage"]["ball"], spent, Share(sum(clock), len(clock)), len(told)), document


def _kind(event: Any) -> str:
    return str(event["kind"] if isinstance(event, dict) else event.kind)


def main() -> None:
    """Play, observe, read, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--campers", type=float, default=0.0, help="share of attacks in which somebody stays long in the paint: else hardly anybody does")
    parser.add_argument("--shots", choices=("flight", "notebook"), default="flight")
    parser.add_argument("--perfect", action="store_true", help="everything that shows is found, exactly")
    parser.add_argument("--work", type=Path, help="a folder in which games are kept, so that they are played once")
    parser.add_argument("--verbose", action="store_true", help="list the shots that are wrong")
    arguments = parser.parse_args()
    noise, scores = NONE if arguments.perfect else Noise(), []
    for seed in arguments.seeds:
        name = f"{seed}-{arguments.seconds:g}" + (f"-{arguments.campers:g}" if arguments.campers else "")
        kept = arguments.work / f"{name}.pickle" if arguments.work else None
        if kept is not None and kept.is_file():
            seen = pickle.loads(kept.read_bytes())
        else:
            seen = play(seed, arguments.seconds, knobs=Knobs(campers=arguments.campers))
            if kept is not None:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(pickle.dumps(seen))
        score, document = measure(seen, noise, seed, arguments.shots)
        scores.append(score)
        if arguments.verbose:
            _list_wrong(seen, document)
    _print(arguments.seeds, scores)


def _list_wrong(seen: Seen, document: dict[str, Any]) -> None:
    assert seen.truth.events is not None
    events, found = without_doubtful(seen.truth.events, document["events"])
    for kind in ("shot", "three-seconds"):
        true, ours = [e for e in events if e.kind == kind], [e for e in found if e["kind"] == kind]
        pairs = pair_events(true, ours) if true and ours else []
        for i, j in pairs:
            facts = ours[j]["facts"]
            if kind == "shot" and (facts["outcome"], facts["points"]) != (true[i].facts["outcome"], true[i].facts["points"]):
                print(f"{seen.truth.name}: shot at {true[i].start_s:.1f} {dict(true[i].facts)} told as {facts}")
        print(*(f"{seen.truth.name}: {kind} at {e.start_s:.1f} missed {dict(e.facts)}" for i, e in enumerate(true) if i not in {p[0] for p in pairs}), sep="\n")
        print(
            *(f"{seen.truth.name}: {kind} at {e['start_s']:.1f} was none {e['facts']}" for j, e in enumerate(ours) if j not in {p[1] for p in pairs}), sep="\n"
        )


def _print(seeds: Sequence[int], scores: Sequence[Score]) -> None:
    table = Table("", *(str(seed) for seed in seeds), "all")
    kinds = ("shot", "pass", "possession", "rebound", "turnover", "three-seconds")
    for kind in kinds:
        each = [score.plays.kinds.get(kind, EventScores(0, 0, 0)) for score in scores]
        whole = EventScores(sum(s.n_true for s in each), sum(s.n_false for s in each), sum(s.n_missed for s in each))
        table.add_row(f"{kind} F1", *(f"{100 * (s.f1 or 0):.1f} ({s.n_true} +{s.n_false} -{s.n_missed})" for s in (*each, whole)))
    for name in ("outcome", "shooter", "points", "points_told"):
        shares = [getattr(score.plays, name) for score in scores]
        whole_share = Share(sum(share.right for share in shares), sum(share.of for share in shares))
        table.add_row(name, *(f"{100 * (share.value or 0):.1f} ({share.right}/{share.of})" for share in (*shares, whole_share)))
    for name in ("held", "team", "nobody", "ball_known"):
        values = [getattr(score, name) for score in scores]
        table.add_row(name, *(f"{100 * value:.1f}" for value in (*values, float(np.mean(values)))))
    clocks = [score.clock for score in scores]
    clocks.append(Share(sum(clock.right for clock in clocks), sum(clock.of for clock in clocks)))
    n_shots = [score.n_shots for score in scores]
    told = zip(clocks, (*n_shots, sum(n_shots)), strict=True)
    table.add_row("shot clock", *(f"{100 * (clock.value or 0):.1f} ({clock.right}/{clock.of} of {n})" for clock, n in told))
    table.add_row("seconds to read", *(f"{score.seconds:.1f}" for score in scores), "")
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
