"""Everything measured of one run: ``evaluate_run`` is the door for programs, ``Scores.to_json`` what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.config import IdentitySettings
from courtside.errors import EvaluationError, nearest
from courtside.evaluate.ball import BallScores, score_ball
from courtside.evaluate.court import CourtScores, score_court
from courtside.evaluate.drawn import Drawn, Run, drawn_of, read_run, with_teams
from courtside.evaluate.identity import IdentityScores, score_identity
from courtside.evaluate.json_form import plain
from courtside.evaluate.matching import Compared, compare, filled_in
from courtside.evaluate.mot import Hota
from courtside.evaluate.oracle import SWITCHES, true_people
from courtside.evaluate.places import PlaceScores, places_by, score_places, true_places
from courtside.evaluate.plays import PlayScores, score_plays
from courtside.evaluate.tracking import TrackingScores, score_tracking, ti_hota
from courtside.pipeline.resolve import resolve
from courtside.truth.labels import CourtLabels, PeopleLabels, Truth
from courtside.types import Team

Floats = npt.NDArray[np.float64]

SCORES_FORMAT = 1
_RATE_TOLERANCE = 5e-4  # tells 29.97 from 30
ORACLE_TAU_M = 1.0


@dataclass(frozen=True)
class OracleRow:
    """The key figures with one stage made perfect. ``ti_hota`` is that at 1 m, None where it can't be measured."""

    name: str
    means: str
    identity: IdentityScores
    tracking: TrackingScores
    ti_hota: Hota | None


@dataclass(frozen=True)
class Scores:
    """All figures of one run on one clip. What was not labelled, or what the run does not have, is None; ``notes`` say what a reader should know.

    ``tracking`` leaves out drawn boxes that touch nobody labelled (the bench is not labelled by hand), ``tracking_all`` counts them as false. ``ti_hota`` is by
    tau in metres.
    """

    clip: str
    n_frames: int
    n_labelled: int
    notes: tuple[str, ...] = ()
    identity: IdentityScores | None = None
    tracking: TrackingScores | None = None
    tracking_all: TrackingScores | None = None
    court: CourtScores | None = None
    ti_hota: dict[float, Hota] | None = None
    places: PlaceScores | None = None
    ball: BallScores | None = None
    plays: PlayScores | None = None
    oracle: tuple[OracleRow, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what ``json.dump`` takes; keys are as in docs/evaluation.md."""
        return {"format": SCORES_FORMAT, **plain(self)}


def check_clip(run: Run, truth: Truth) -> None:
    """Let pass only a run and a truth of the same clip.

    Raises:
        EvaluationError: size, rate or length differ, or labels lie outside the clip.
    """
    clip, n_frames = run.records.clip, len(run.records.frames.time_s)
    theirs = f"the run is of {PurePath(clip.path).name}, the truth of {truth.name}"
    if (truth.width, truth.height) != (clip.width, clip.height):
        raise EvaluationError(f"{theirs}: {clip.width}x{clip.height} and {truth.width}x{truth.height} pixels; give the truth of the clip that was run")
    if abs(float(truth.rate / clip.rate) - 1) > _RATE_TOLERANCE:
        raise EvaluationError(f"{theirs}: {float(clip.rate):.2f} and {float(truth.rate):.2f} frames/s; run the clip again with the right --fps")
    if truth.n_frames != n_frames:
        raise EvaluationError(f"{theirs}: {n_frames} and {truth.n_frames} frames; give the truth of the clip that was run, whole")
    tables = [table.labelled for table in (truth.people, truth.ball) if table is not None] + ([truth.court.frame] if truth.court is not None else [])
    last = max((int(frames.max()) for frames in tables if len(frames)), default=None)
    if last is None and truth.events is None:
        raise EvaluationError(f"the truth of {truth.name} labels no frame: there is nothing to measure against")
    if last is not None and last >= n_frames:
        raise EvaluationError(f"{theirs}: frame {last} is labelled, but the clip has {n_frames} frames, counted from 0")


def _team_names(truth: Truth) -> list[str]:
    labelled = [team for team in truth.people.team if team is not None] if truth.people is not None else []
    return list(dict.fromkeys([*(team.name for team in truth.teams), *labelled]))


def name_teams(teams: Sequence[Team], truth: Truth, compared: Compared) -> dict[str, str]:
    """Return which of the truth's teams each of the run's anonymous teams is: whichever way round agrees with more of the labelled.

    Raises:
        EvaluationError: a team with a roster is none of the truth's.
    """
    known = _team_names(truth)
    ours = {team.name for team in teams}
    unknown = [team for team in teams if team.name not in known]
    free = [name for name in known if name not in ours]
    for team in unknown:
        if team.players and known:
            wanted = " and ".join(known)
            raise EvaluationError(
                f"the run knows a team {team.name!r}{nearest(team.name, known)}, the truth {wanted}; resolve again with the roster of this game"
            )
    if not unknown or not free:
        return {}
    votes = np.zeros((len(unknown), len(free)))
    names = [team.name for team in unknown]
    for _, i, j in compared.pairs():
        if compared.drawn.team[j] in names and compared.truth.team[i] in free:
            votes[names.index(compared.drawn.team[j]), free.index(compared.truth.team[i])] += 1
    from scipy.optimize import linear_sum_assignment

    return {names[i]: free[j] for i, j in zip(*linear_sum_assignment(-votes), strict=True)}


@dataclass(frozen=True)
class _People:
    """The people of a truth and what they are compared with."""

    truth: Truth
    labels: PeopleLabels
    places_m: Floats
    run: Run

    def compared(self, drawn: Drawn, teams: Sequence[Team]) -> tuple[Compared, dict[str, str]]:
        compared = compare(self.labels, drawn)
        names = name_teams(teams, self.truth, compared)
        return (replace(compared, drawn=with_teams(drawn, names)) if names else compared), names

    def on_court(self, drawn: Drawn) -> Floats | None:
        """Where the run places people, by its own tracks or by its court."""
        if drawn.court_m is not None:
            return drawn.court_m
        return None if self.run.court is None else self.by_court(self.run.court, drawn)

    def by_court(self, court: CourtLabels, drawn: Drawn) -> Floats:
        """Where a court places people."""
        clip = self.run.records.clip
        return places_by(court, self.run.records.frames, (clip.width, clip.height), drawn)

    def ti_hota(self, compared: Compared, drawn_m: Floats | None) -> dict[float, Hota] | None:
        return None if drawn_m is None or not np.isfinite(self.places_m).any() else ti_hota(compared, self.places_m, drawn_m)


def _oracle(people: _People, base: Compared) -> tuple[OracleRow, ...]:
    run, truth = people.run, people.truth
    known = _team_names(truth)
    rosters = tuple(team for team in run.teams if team.players or team.name in known)
    sides = rosters if len(rosters) == 2 else tuple(Team(name, color) for name, color in zip(known[:2], ("#202020", "#E0E0E0"), strict=False))
    in_kit = tuple(replace(team, jersey=team.jersey or team.color) for team in rosters)
    settings = IdentitySettings.model_validate(run.settings.get("identity", {}))
    dense = true_people(people.labels, truth.cuts)
    rows = []
    for switch in SWITCHES:
        result = resolve([switch.change(run.records, dense, sides)], in_kit if switch.knows_kits else rosters, settings)
        compared, _ = people.compared(drawn_of(result), result.teams)
        by_tau = people.ti_hota(compared, people.on_court(compared.drawn))
        rows.append(OracleRow(switch.name, switch.means, score_identity(compared), score_tracking(compared), by_tau[ORACLE_TAU_M] if by_tau else None))
    if truth.court is not None:
        found = people.ti_hota(base, people.by_court(truth.court, base.drawn))
        at_one = found[ORACLE_TAU_M] if found else None
        rows.insert(-1, OracleRow("true court", "places under the drawn boxes by the true homography", score_identity(base), score_tracking(base), at_one))
    return tuple(rows)


def score_run(run: Run, truth: Truth, *, oracle: bool = False) -> tuple[Scores, Compared | None]:
    """Measure a run; also return its people beside the labelled ones, for drawing.

    Raises:
        EvaluationError: run and truth are not of the same clip or game, or there is nothing to measure.
    """
    check_clip(run, truth)
    clip, n_frames, notes = run.records.clip, len(run.records.frames.time_s), []
    # labels as simple as a list of boxes don't say where the cuts are
    truth = replace(truth, cuts=tuple(sorted({*truth.cuts, *np.flatnonzero(run.records.frames.cut).tolist()})))
    if truth.name != PurePath(clip.path).stem:
        notes.append(f"the truth is called {truth.name}, the clip {PurePath(clip.path).name}")
    scores = Scores(PurePath(clip.path).name, n_frames, len(truth.people.labelled) if truth.people is not None else 0)
    compared = None
    if truth.people is not None and len(truth.people.labelled):
        labels = filled_in(truth.people)
        people = _People(truth, labels, true_places(truth, labels), run)
        compared, names = people.compared(run.people, run.teams)
        notes += [f"the run had no roster: its {ours} is taken for the {theirs}" for ours, theirs in names.items()]
        drawn_m = people.on_court(compared.drawn)
        scores = replace(
            scores,
            identity=score_identity(compared),
            tracking=score_tracking(compared),
            tracking_all=score_tracking(compared, with_apart=True),
            ti_hota=people.ti_hota(compared, drawn_m),
            places=None if drawn_m is None or not np.isfinite(people.places_m).any() else score_places(compared, people.places_m, drawn_m),
            oracle=_oracle(people, compared) if oracle else (),
        )
    if truth.court is not None and run.court is not None:
        scores = replace(scores, court=score_court(truth.court, run.court, clip.width, clip.height))
    if truth.ball is not None and len(truth.ball.labelled):
        scores = replace(scores, ball=score_ball(truth.ball, run.ball))
    if truth.events is not None and run.events is not None:
        scores = replace(scores, plays=score_plays(truth.events, run.events, compared, float(clip.rate)))
    return replace(scores, notes=tuple(notes)), compared


def evaluate_run(run: Path, truth: Truth, *, oracle: bool = False) -> Scores:
    """Measure the run in a folder against the truth of its clip.

    Args:
        run: a folder of ``courtside run``, of one clip.
        truth: what really happened; may be sparse, and lack tables.
        oracle: also resolve again with each stage made perfect in turn (a second or two each).

    Raises:
        RecordsError: the folder holds no whole run.
        EvaluationError: run and truth are not of the same clip or game, or there is nothing to measure.
    """
    return score_run(read_run(run), truth, oracle=oracle)[0]
