"""RESOLVE: the records of a game's clips and its rosters to who is who. No pixels, no models, about a second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from courtside.config import IdentitySettings
from courtside.court import COURTS, Court
from courtside.court.registration import CourtTrack
from courtside.errors import DataError
from courtside.identity.agreement import ConsecutiveAgreement
from courtside.identity.assignment import Stretch, assign
from courtside.identity.continuity import Whereabouts
from courtside.identity.leftovers import with_leftovers
from courtside.identity.naming import Verdict, number_priors, team_order, verdicts
from courtside.identity.numbers import Readings, number_log_likelihood
from courtside.identity.paths import fill_gaps, held, smooth
from courtside.identity.stretches import Part, cut_where_doubtful, doubles, most_crowded
from courtside.identity.teams import KitModel, fit_kits
from courtside.identity.tracklets import Tracklet, team_cut, tracklets_of
from courtside.identity.umap_teams import fit_umap_kits
from courtside.pipeline.camera_shots import CameraShot, camera_shots, live_frames
from courtside.pipeline.court import find_league, place_court, positions
from courtside.pipeline.whereabouts import whereabouts
from courtside.records import Records
from courtside.types import Person, Role, Team

Floats = npt.NDArray[np.float64]

_MAY_BE_REFEREE = 0.1
"""Players are hardly ever taken for referees (share below 0.06 on the labelled clips); whoever is more often is drawn without team and name."""

_OFF_COURT_M = 1.5
"""Beyond the lines for most of the time: not a player. Who throws the ball in stands just outside, and a box's lower edge is good to some decimetres."""

_WELL_SEEN = 0.3
"""A box that the detector believes less in carries no name: one in five lies on somebody else or between two people."""

_HELD_S = 0.3
"""A name stays on between two good boxes of one player that are at most so long apart. On ten versions of the four labelled clips that makes 186 names more, of
which 144 are on boxes that fit his label, 32 on boxes that fit it roughly and 10 on somebody else."""

_ANOTHER_GAME = 0.98
"""Chance of which kit is which team, in each of two clips that disagree, from which they are clips of two games."""

_ANONYMOUS = (("Team A", "#E4572E"), ("Team B", "#2E86E4"))


@dataclass(frozen=True)
class Track:
    """One person of one clip, over all the clip. What is not proved is None; ``best`` is the best guess all the same, for the summary and for debugging.

    ``well_seen`` (n,) tells in which of its frames number and name may be drawn: where the detector saw the box itself and believed in it, or did just before
    and just after. ``corrected`` tells that somebody who watched said something of it that the models had not.
    """

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
    well_seen: npt.NDArray[np.bool_]
    corrected: bool = False

    def person(self, row: int) -> Person:
        """Return the person as drawn in the ``row``-th of this track's frames."""
        x1, y1, x2, y2 = (float(side) for side in self.xyxy[row])
        number, player = (self.number, self.player) if self.well_seen[row] else (None, None)
        return Person(self.track_id, (x1, y1, x2, y2), self.role, self.team, number, player, self.probability)


@dataclass(frozen=True)
class Result:
    """Who is who: the two ``teams`` as drawn (rosters' or anonymous), ``teams_chance`` that they are not the wrong way round, and every ``Track``.

    ``courts`` says for each clip where the court lies, None where nobody looked; ``measures`` whose court it is; ``shots`` what the camera shows between cuts.
    """

    teams: tuple[Team, ...]
    teams_chance: float
    tracks: tuple[Track, ...]
    courts: tuple[CourtTrack | None, ...] = ()
    measures: Court = COURTS["nba"]
    shots: tuple[tuple[CameraShot, ...], ...] = ()

    def live(self, clip: int, n_frames: int) -> npt.NDArray[np.bool_]:
        """Return (n_frames,) in which frames of one clip the game is shown live; only what is played then counts."""
        return live_frames(self.shots[clip] if self.shots else (), n_frames)

    def people(self, clip: int) -> Mapping[int, list[Person]]:
        """Return the people of each frame of one clip."""
        frames: dict[int, list[Person]] = defaultdict(list)
        for track in self.tracks:
            if track.clip == clip:
                for row, frame in enumerate(track.frame):
                    frames[int(frame)].append(track.person(row))
        return frames


def _cut_between_teams(tracklets: list[Tracklet], kits: KitModel) -> list[Tracklet]:
    done: list[Tracklet] = []
    waiting = list(tracklets)
    while waiting:
        tracklet = waiting.pop()
        around = team_cut(tracklet, kits.log_odds(tracklet.look))
        if around is None:
            done.append(tracklet)
        else:
            moment, _ = most_crowded(tracklet, around, tracklets)
            waiting += [part for part in (tracklet.between(-np.inf, moment), tracklet.between(moment, np.inf)) if len(part.frame)]
    return sorted(done, key=lambda tracklet: (tracklet.clip, tracklet.frame[0], tracklet.tracker_id))


def _numbers(readings: Readings, settings: IdentitySettings) -> Floats:
    """Return (101,) log-likelihoods of each number given all ``readings`` of one person."""
    if settings.rule == "consecutive":
        return ConsecutiveAgreement(settings.agree).log_likelihood(readings.chance)
    return number_log_likelihood(readings)


def _kit_color(parts: Sequence[Tracklet], kits: Sequence[Floats], kit: int) -> str | None:
    colors = [part.color for part, chance in zip(parts, kits, strict=True) if chance[kit] > 0.8 and len(part.color)]
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


def resolve(
    clips: Sequence[Records], rosters: Sequence[Team], settings: IdentitySettings, measures: Court | None = None, fit: Literal["clip", "live"] = "clip"
) -> Result:
    """Name the people of all ``clips`` of one game.

    Args:
        clips: the records of each clip; teams and identities are shared by all of them.
        rosters: none, one or two teams.
        settings: what must be proved before it is drawn.
        measures: whose court it is, None to find out.
        fit: whether the court of a frame is told by the whole clip or by what came before the frame.

    Raises:
        DataError: the clips are of two games, in which the teams wear each other's kits.
    """
    clips = [with_leftovers(records) for records in clips]
    measures = measures or COURTS[find_league(clips)]
    courts = tuple(place_court(records, measures, fit) for records in clips)
    tracklets = [tracklet for i, records in enumerate(clips) for tracklet in tracklets_of(records, i)]
    cluster = fit_umap_kits if settings.teams == "umap" else fit_kits
    kits = cluster([tracklet for tracklet in tracklets if not tracklet.is_referee])
    tracklets = [tracklet for tracklet in _cut_between_teams(tracklets, kits) if _is_somebody(tracklet, settings)]
    tracklets = [tracklet for tracklet in tracklets if _is_on_the_court(tracklet, clips[tracklet.clip], courts[tracklet.clip], measures)]
    parts = cut_where_doubtful([tracklet for tracklet in tracklets if not tracklet.is_referee])
    pieces = [part.tracklet for part in parts]
    readings = [piece.readings for piece in pieces]
    kit, numbers = [kits.chance(piece.look) for piece in pieces], [_numbers(read, settings) for read in readings]
    read = [i for i in range(len(parts)) if len(readings[i].time_s)]
    colors = [_kit_color(pieces, kit, k) for k in (0, 1)]
    crossed, order_chance = team_order([kit[i] for i in read], [numbers[i] for i in read], rosters, colors)
    _one_game(clips, [[i for i in read if pieces[i].clip == clip] for clip in range(len(clips))], kit, numbers, rosters)
    teams = _in_kit_order(rosters, crossed, colors)
    if len(rosters) == 2 and order_chance < settings.min_confidence:
        teams = _in_kit_order((), False, colors)  # which side is which is not proved: no team name, so no player's name either
        order_chance = 1.0
    priors = number_priors(teams)
    shots = []
    for clip, shot in sorted({(piece.clip, piece.shot) for piece in pieces}):
        inside = [i for i, piece in enumerate(pieces) if (piece.clip, piece.shot) == (clip, shot)]
        places = whereabouts([pieces[i] for i in inside], clips[clip], courts[clip])
        shots.append(_shot([parts[i] for i in inside], inside, places, [kit[i] for i in inside], [numbers[i] for i in inside]))
    tracks = [_referee(tracklet) for tracklet in tracklets if tracklet.is_referee]
    for scene in shots:
        tracks += _players(scene, _told(scene, priors, settings), teams, order_chance, settings)
    shots_of_camera = tuple(camera_shots(records, court, measures) for records, court in zip(clips, courts, strict=True))
    return Result(teams, order_chance, tuple(_finished(_merged(tracks), clips, settings)), courts, measures, shots_of_camera)


@dataclass(frozen=True)
class _Shot:
    """The parts of one shot, in order of start, and what is known of each."""

    parts: Sequence[Part]
    stretches: Sequence[Stretch]

    @property
    def readings(self) -> list[Readings]:
        return [part.tracklet.readings for part in self.parts]


def _shot(
    parts: Sequence[Part],
    inside: Sequence[int],
    places: Sequence[tuple[Whereabouts | None, Whereabouts | None]],
    kits: Sequence[Floats],
    numbers: Sequence[Floats],
) -> _Shot:
    """Put together the parts of one shot; ``inside`` are their indices among those of all shots."""
    here = {i: n for n, i in enumerate(inside)}
    stretches = []
    seconds = doubles([part.tracklet for part in parts])
    for part, where, kit, number, second in zip(parts, places, kits, numbers, seconds, strict=True):
        follows = None if part.follows is None else here[part.follows]
        stretches.append(Stretch(part.tracklet.start_s, part.tracklet.end_s, *where, follows, part.stays, kit, number, second))
    return _Shot(parts, stretches)


def _told(shot: _Shot, priors: Floats, settings: IdentitySettings) -> list[Verdict]:
    return verdicts(assign(shot.stretches, priors), shot.readings, priors, partial(_numbers, settings=settings))


def _one_game(clips: Sequence[Records], read: Sequence[Sequence[int]], kits: Sequence[Floats], numbers: Sequence[Floats], rosters: Sequence[Team]) -> None:
    """Refuse clips whose numbers prove that the two teams wear each other's kits: they are of two games, and one of them would be named all wrong.

    Raises:
        DataError: there are such clips.
    """
    proved: dict[bool, str] = {}
    for records, mine in zip(clips, read, strict=True):
        crossed, chance = team_order([kits[i] for i in mine], [numbers[i] for i in mine], rosters, (None, None))
        if chance >= _ANOTHER_GAME:
            proved.setdefault(crossed, Path(records.clip.path).name)
    if len(proved) == 2:
        raise DataError(f"{proved[True]} and {proved[False]}: the teams wear the kits the other way round, so these are of two games; resolve them apart")


def _is_somebody(tracklet: Tracklet, settings: IdentitySettings) -> bool:
    return tracklet.end_s - tracklet.start_s >= settings.min_track_s and float(tracklet.confidence.mean()) >= settings.min_track_confidence


def _is_on_the_court(tracklet: Tracklet, records: Records, court: CourtTrack | None, measures: Court) -> bool:
    """Tell who takes part from bench, coaches and crowd: those stand off the court for most of the time. Where it is not known, everybody takes part."""
    if court is None:
        return True
    beyond = measures.outside_m(positions(tracklet.frame, tracklet.xyxy, records.frames.time_s, records.frames.cut, court))
    known = np.isfinite(beyond)
    return int(known.sum()) < 5 or float(np.median(beyond[known])) < _OFF_COURT_M


def _referee(tracklet: Tracklet) -> Track:
    seen = tracklet.confidence >= _WELL_SEEN
    return Track(0, tracklet.clip, "referee", None, None, None, tracklet.referee_share, None, 0, tracklet.frame, tracklet.xyxy, seen)


def _players(shot: _Shot, found: Sequence[Verdict], teams: Sequence[Team], order_chance: float, settings: IdentitySettings) -> list[Track]:
    """Return the tracks of one shot: the stretches of one player, or those of one tracklet that is nobody's; apart where the team is not proved."""
    groups: dict[tuple[object, ...], list[Track]] = defaultdict(list)
    for part, stretch, verdict in zip(shot.parts, shot.stretches, found, strict=True):
        piece, own = part.tracklet, 1 - float(stretch.kit[2])  # the chance that this is a player of either team at all
        team_chance, chance = verdict.team_chance * own * order_chance, verdict.chance * own * order_chance
        surely_plays = piece.referee_share <= _MAY_BE_REFEREE
        team = teams[verdict.team] if surely_plays and team_chance >= settings.min_confidence else None
        number = verdict.number if team and chance >= settings.min_confidence else None
        player = team.players.get(number) if team and number else None
        track = Track(
            0,
            piece.clip,
            "player",
            team.name if team else None,
            number,
            player,
            chance if number else team_chance,
            verdict,
            len(piece.readings.time_s),
            piece.frame,
            piece.xyxy,
            held(piece.time_s, piece.confidence >= _WELL_SEEN, _HELD_S),
        )
        groups["slot" if verdict.slot is not None else "tracklet", verdict.slot if verdict.slot is not None else part.whole, track.team].append(track)
    return [_together(tracks) for tracks in groups.values()]


def _together(tracks: Sequence[Track]) -> Track:
    """Join the parts of one player; where he is not proved himself, he is followed, but carries no number and no name."""
    named = [track for track in tracks if track.number is not None]
    shown = [track.well_seen & (track.number is not None or not named) for track in tracks]
    frame, xyxy = np.concatenate([track.frame for track in tracks]), np.concatenate([track.xyxy for track in tracks])
    _, rows = np.unique(frame, return_index=True)  # a double box at the seam
    best = max(tracks, key=lambda track: track.probability).best
    weakest, n_readings = min(track.probability for track in named or tracks), sum(track.n_readings for track in tracks)
    seen = np.concatenate(shown)[rows]
    return replace((named or tracks)[0], probability=weakest, best=best, n_readings=n_readings, frame=frame[rows], xyxy=xyxy[rows], well_seen=seen)


def _merged(tracks: Sequence[Track]) -> list[Track]:
    """Join what is proved to be one player in the shots of one clip."""
    groups: dict[tuple[object, ...], list[Track]] = defaultdict(list)
    for i, track in enumerate(tracks):
        groups[(track.clip, track.team, track.number) if track.number else (i,)].append(track)
    return [_together(group) for group in groups.values()]


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
        drawn = np.concatenate(frames)
        seen, weak = np.isin(drawn, track.frame[track.well_seen]), np.isin(drawn, track.frame[~track.well_seen])
        seen = held(table.time_s[drawn], seen, _HELD_S) & ~weak
        finished.append(replace(track, track_id=counts[track.clip], frame=drawn, xyxy=np.concatenate(boxes), well_seen=seen))
    return finished
