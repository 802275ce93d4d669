"""RESOLVE: the records of a game's clips and its rosters to who is who. No pixels, no models, about a second."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from courtside.config import IdentitySettings
from courtside.court.registration import CourtTrack
from courtside.identity.agreement import ConsecutiveAgreement
from courtside.identity.linking import camera_positions, link
from courtside.identity.naming import TrackEvidence, Verdict, chain_beliefs, name_segments, number_priors, overlap, team_order
from courtside.identity.numbers import number_log_likelihood
from courtside.identity.paths import fill_gaps, smooth
from courtside.identity.teams import KitModel, fit_kits
from courtside.identity.tracklets import Tracklet, cut_at, cut_where_doubtful, number_cut, team_cut, tracklets_of
from courtside.identity.umap_teams import fit_umap_kits
from courtside.pipeline.court import find_league, outside_m, place_court, positions
from courtside.records import Records
from courtside.types import Person, Role, Team

Floats = npt.NDArray[np.float64]

_STAYS, _LINK_HOLDS = 0.88, 0.85
"""Chance that it is the same person after the tracker saw two bodies cover each other or lost sight of one, and after a gap that only place and time bridge."""

_MAY_BE_REFEREE = 0.05
"""Players are hardly ever taken for referees (share below 0.03 on the labelled clips); whoever is more often is drawn without team and name."""

_OFF_COURT_M = 1.5
"""Beyond the lines for most of the time: not a player. Who throws the ball in stands just outside, and a box's lower edge is good to some decimetres."""

_ANONYMOUS = (("Team A", "#E4572E"), ("Team B", "#2E86E4"))


@dataclass(frozen=True)
class Track:
    """One person of one clip, over all the clip. What is not proved is None; ``best`` is the best guess all the same, for the summary and for debugging."""

    track_id: int
    clip: int
    role: Role
    team: str | None
    number: str | None
    player: str | None
    probability: float
    best: Verdict | None
    n_readings: int
    frame: npt.NDArray[np.int64]
    xyxy: Floats

    def person(self, row: int) -> Person:
        """Return the person as in the ``row``-th of this track's frames."""
        x1, y1, x2, y2 = (float(side) for side in self.xyxy[row])
        return Person(self.track_id, (x1, y1, x2, y2), self.role, self.team, self.number, self.player, self.probability)


@dataclass(frozen=True)
class Result:
    """Who is who: the two ``teams`` as drawn (rosters' or anonymous), ``teams_chance`` that they are not the wrong way round, and every ``Track``.

    ``courts`` says for each clip where the court lies, None where nobody looked; ``league`` whose court it is.
    """

    teams: tuple[Team, ...]
    teams_chance: float
    tracks: tuple[Track, ...]
    courts: tuple[CourtTrack | None, ...] = ()
    league: str = "nba"

    def people(self, clip: int) -> Mapping[int, list[Person]]:
        """Return the people of each frame of one clip."""
        frames: dict[int, list[Person]] = defaultdict(list)
        for track in self.tracks:
            if track.clip == clip:
                for row, frame in enumerate(track.frame):
                    frames[int(frame)].append(track.person(row))
        return frames


def _cut_contradictions(tracklets: list[Tracklet], kits: KitModel) -> list[Tracklet]:
    done: list[Tracklet] = []
    waiting = list(tracklets)
    while waiting:
        tracklet = waiting.pop()
        around = team_cut(tracklet, kits.log_odds(tracklet.look)) or number_cut(tracklet)
        if around is None:
            done.append(tracklet)
        else:
            waiting += cut_at(tracklet, around, tracklets)
    return sorted(done, key=lambda tracklet: (tracklet.clip, tracklet.frame[0], tracklet.tracker_id))


def _evidence(tracklet: Tracklet, kits: KitModel, settings: IdentitySettings) -> TrackEvidence:
    if settings.rule == "consecutive":
        numbers = ConsecutiveAgreement(settings.agree).log_likelihood(tracklet.chance)
    else:
        numbers = number_log_likelihood(tracklet.chance, tracklet.reading_s)
    return TrackEvidence(
        tracklet.clip,
        tracklet.start_s,
        tracklet.end_s,
        kits.chance(tracklet.look),
        numbers,
        len(tracklet.chance),
    )


def _kit_color(players: Sequence[Tracklet], evidence: Sequence[TrackEvidence], kit: int) -> str | None:
    colors = [player.color for player, known in zip(players, evidence, strict=True) if known.kit[kit] > 0.8 and len(player.color)]
    if not colors:
        return None
    blue, green, red = (int(value) for value in np.median(np.concatenate(colors), 0))
    return f"#{red:02X}{green:02X}{blue:02X}"


def _in_kit_order(teams: Sequence[Team], crossed: bool, colors: Sequence[str | None]) -> tuple[Team, ...]:
    ordered = list(teams[::-1] if crossed else teams)
    for k in range(len(ordered), 2):
        name, color = _ANONYMOUS[k]
        ordered.append(Team(name, colors[k] or color))
    return tuple(ordered)


def resolve(clips: Sequence[Records], rosters: Sequence[Team], settings: IdentitySettings, league: str = "auto") -> Result:
    """Name the people of all ``clips`` of one game.

    Args:
        clips: the records of each clip; teams and identities are shared by all of them.
        rosters: none, one or two teams.
        settings: what must be proved before it is drawn.
        league: whose court it is, "auto" to find out.
    """
    league = find_league(clips) if league == "auto" else league
    courts = tuple(place_court(records, league) for records in clips)
    cameras = [camera_positions(records.frames.motion) for records in clips]
    tracklets = [tracklet for i, records in enumerate(clips) for tracklet in tracklets_of(records, i)]
    fit = fit_umap_kits if settings.teams == "umap" else fit_kits
    kits = fit([tracklet for tracklet in tracklets if not tracklet.is_referee])
    tracklets = _cut_contradictions(tracklets, kits)
    sides = np.array([kits.chance(tracklet.look) for tracklet in tracklets]).reshape(-1, 3)
    people = [_person([tracklets[i] for i in track], tracklets) for track in link(tracklets, sides, cameras)]
    people = [person for person in people if _is_somebody(person, settings) and _is_on_the_court(person, clips, courts, league)]
    players = [person for person in people if not person.is_referee]
    evidence = [[_evidence(segment, kits, settings) for segment in player.segments] for player in players]
    segments = [segment for player in players for segment in player.segments]
    known = list(itertools.chain.from_iterable(evidence))
    colors = [_kit_color(segments, known, kit) for kit in (0, 1)]
    crossed, order_chance = team_order(known, rosters, colors)
    teams = _in_kit_order(rosters, crossed, colors)
    if len(rosters) == 2 and order_chance < settings.min_confidence:
        teams = _in_kit_order((), False, colors)  # which side is which is not proved: no team name, so no player's name either
        order_chance = 1.0
    priors = number_priors(teams)
    beliefs = [belief for player, parts in zip(players, evidence, strict=True) for belief in chain_beliefs(parts, player.stays, priors)]
    verdicts = iter(name_segments(known, beliefs))
    tracks = [_referee(person) for person in people if person.is_referee]
    named = []
    for player, parts in zip(players, evidence, strict=True):
        named += _player(player, parts, [next(verdicts) for _ in parts], teams, order_chance, settings)
    return Result(teams, order_chance, tuple(_finished(tracks + _merged(named), clips, settings)), courts, league)


@dataclass(frozen=True)
class _Person:
    """Linked tracklets, cut at every doubtful moment: ``stays`` is the chance, at each cut, that it is the same person on both sides."""

    segments: tuple[Tracklet, ...]
    stays: tuple[float, ...]

    @property
    def referee_share(self) -> float:
        """The share (0-1) of the detector's confidence that speaks for a referee."""
        confidence, referee = (np.concatenate([getattr(segment, name) for segment in self.segments]) for name in ("confidence", "referee"))
        return float(confidence[referee].sum() / confidence.sum())

    @property
    def is_referee(self) -> bool:
        return self.referee_share > 0.5


def _person(parts: Sequence[Tracklet], everybody: list[Tracklet]) -> _Person:
    segments: list[Tracklet] = []
    stays: list[float] = []
    for part in parts:
        for i, segment in enumerate(cut_where_doubtful(part, everybody)):
            if segments:
                stays.append(_STAYS if i else _LINK_HOLDS)
            segments.append(segment)
    return _Person(tuple(segments), tuple(stays))


def _is_somebody(person: _Person, settings: IdentitySettings) -> bool:
    confidence = np.concatenate([segment.confidence for segment in person.segments])
    lasted_s = person.segments[-1].end_s - person.segments[0].start_s
    return lasted_s >= settings.min_track_s and float(confidence.mean()) >= settings.min_track_confidence


def _is_on_the_court(person: _Person, clips: Sequence[Records], courts: Sequence[CourtTrack | None], league: str) -> bool:
    """Tell who takes part from bench, coaches and crowd: those stand off the court for most of the time. Where it is not known, everybody takes part."""
    clip = person.segments[0].clip
    court, (frame, xyxy) = courts[clip], _boxes(person.segments)
    if court is None:
        return True
    frames = clips[clip].frames
    beyond = outside_m(positions(frame, xyxy, frames.time_s, frames.cut, court), league)
    known = np.isfinite(beyond)
    return int(known.sum()) < 5 or float(np.median(beyond[known])) < _OFF_COURT_M


def _boxes(segments: Sequence[Tracklet]) -> tuple[npt.NDArray[np.int64], Floats]:
    return np.concatenate([segment.frame for segment in segments]), np.concatenate([segment.xyxy for segment in segments])


def _referee(person: _Person) -> Track:
    frame, xyxy = _boxes(person.segments)
    return Track(0, person.segments[0].clip, "referee", None, None, None, person.referee_share, None, 0, frame, xyxy)


def _player(
    person: _Person, evidence: Sequence[TrackEvidence], verdicts: Sequence[Verdict], teams: Sequence[Team], order_chance: float, settings: IdentitySettings
) -> list[tuple[Track, list[TrackEvidence]]]:
    """Return the stretches of a person over which one and the same thing is drawn, each a track of its own until they are merged."""
    drawn: list[tuple[Track, list[TrackEvidence]]] = []
    for segment, known, verdict in zip(person.segments, evidence, verdicts, strict=True):
        team_chance, chance = verdict.team_chance * order_chance, verdict.chance * order_chance
        surely_plays = person.referee_share <= _MAY_BE_REFEREE
        team = teams[verdict.team] if surely_plays and team_chance >= settings.min_confidence else None
        number = verdict.number if team and chance >= settings.min_confidence else None
        player = team.players.get(number) if team and number else None
        text = (team.name if team else None, number, player)
        track = Track(0, segment.clip, "player", *text, chance if number else team_chance, verdict, known.n_readings, segment.frame, segment.xyxy)
        if drawn and (drawn[-1][0].team, drawn[-1][0].number) == text[:2]:
            drawn[-1] = (_together([drawn[-1][0], track]), [*drawn[-1][1], known])
        else:
            drawn.append((track, [known]))
    return drawn


def _together(tracks: Sequence[Track]) -> Track:
    frame, xyxy = np.concatenate([track.frame for track in tracks]), np.concatenate([track.xyxy for track in tracks])
    _, rows = np.unique(frame, return_index=True)  # a double box at the seam
    best = max(tracks, key=lambda track: track.probability).best
    weakest, n_readings = min(track.probability for track in tracks), sum(track.n_readings for track in tracks)
    return replace(tracks[0], probability=weakest, best=best, n_readings=n_readings, frame=frame[rows], xyxy=xyxy[rows])


def _merged(named: Sequence[tuple[Track, list[TrackEvidence]]]) -> list[Track]:
    """Join the tracks of one clip that are proved to be the same player and are never in view together."""
    groups: list[list[tuple[Track, list[TrackEvidence]]]] = []
    for track, known in named:
        for group in groups:
            first = group[0][0]
            same = track.number is not None and (track.clip, track.team, track.number) == (first.clip, first.team, first.number)
            if same and not any(overlap(a, b) for a in known for _, other in group for b in other):
                group.append((track, known))
                break
        else:
            groups.append([(track, known)])
    return [_together([track for track, _ in group]) for group in groups]


def _finished(tracks: Sequence[Track], clips: Sequence[Records], settings: IdentitySettings) -> list[Track]:
    """Fill and smooth the paths and number the tracks of each clip from 1 by first appearance."""
    finished: list[Track] = []
    counts: dict[int, int] = defaultdict(int)
    for track in sorted(tracks, key=lambda track: (track.clip, track.frame[0], track.xyxy[0, 0])):
        table = clips[track.clip].frames
        counts[track.clip] += 1
        shots = np.cumsum(table.cut)[track.frame]
        frames, boxes = [], []
        for shot in np.unique(shots):  # nothing is bridged or smoothed across a cut
            inside = shots == shot
            frame, xyxy = fill_gaps(track.frame[inside], track.xyxy[inside], table.time_s, settings.fill_gap_s)
            frames.append(frame)
            boxes.append(smooth(frame, xyxy, table.time_s))
        finished.append(replace(track, track_id=counts[track.clip], frame=np.concatenate(frames), xyxy=np.concatenate(boxes)))
    return finished
