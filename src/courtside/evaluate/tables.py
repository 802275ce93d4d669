"""Scores as tables of text, for the terminal and for the page alike."""

from __future__ import annotations

from dataclasses import dataclass

from courtside.evaluate.identity import Share, WrongName
from courtside.evaluate.mot import Hota
from courtside.evaluate.scores import ORACLE_TAU_M, Scores
from courtside.evaluate.tracking import TrackingScores

NOT_MEASURED = "not measured"
_MOST_FRAMES = 12


@dataclass(frozen=True)
class Table:
    """``rows`` of texts below ``columns``; ``note`` says how to read it. The first column is a name, the others figures unless ``texts``."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    texts: bool = False


def _share(share: Share) -> str:
    return f"{100 * share.right / share.of:.1f} %  ({share.right}/{share.of})" if share.of else "none"


def _percent(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{100 * value:.1f}"


def _number(value: float | None, unit: str) -> str:
    return NOT_MEASURED if value is None else f"{value:.2f} {unit}"


def called(team: str | None, number: str | None, player: str | None) -> str:
    """Return what is drawn of somebody, as one text."""
    return " ".join(part for part in (team, f"#{number}" if number else None, player) if part) or "nothing"


def frames_text(frames: tuple[int, ...]) -> str:
    """Return frame numbers as text, the first dozen of them."""
    more = len(frames) - _MOST_FRAMES
    return ", ".join(map(str, frames[:_MOST_FRAMES])) + (f" and {more} more" if more > 0 else "")


def _wrong(wrong: WrongName) -> tuple[str, ...]:
    return str(wrong.track_id), called(wrong.team, wrong.number, wrong.player), wrong.who or "nobody labelled", frames_text(wrong.frames)


_TRACKING = ("HOTA", "DetA", "AssA", "LocA", "DetRe", "DetPr", "MOTA", "IDF1", "switches", "missed", "false")


def _tracking_column(found: TrackingScores) -> tuple[str, ...]:
    hota, clear = found.hota, found.clear
    shares = (hota.hota, hota.det_a, hota.ass_a, hota.loc_a, hota.det_re, hota.det_pr, clear.mota, found.ids.idf1)
    return (*(_percent(value) for value in shares), str(clear.switches), str(clear.n_missed), str(clear.n_false))


def _key(scores: Scores) -> Table:
    identity = scores.identity
    if identity is None:
        return Table("Who is who", ("measure", "value"), (("people", NOT_MEASURED),), "the truth labels no people")
    persons = identity.persons
    rows = (
        ("names right, of those drawn", _share(identity.name_precision)),
        ("players rightly named", _share(identity.name_coverage)),
        ("numbers right, of those drawn", _share(identity.number_precision)),
        ("players rightly numbered", _share(identity.number_coverage)),
        ("teams right, of those drawn", _share(identity.team)),
        ("players in the right team", _share(identity.team_coverage)),
        ("player or referee right", _share(identity.role)),
        ("drawn referees who are", _share(identity.referee_precision)),
        ("referees drawn as such", _share(identity.referee_recall)),
        ("people found", _share(identity.found)),
        ("people by their number", f"{persons['right']} right, {persons['wrong']} wrong, {persons['none']} without"),
    )
    return Table(
        "Who is who",
        ("measure", "value"),
        rows,
        f"on {scores.n_labelled} labelled frames of {scores.n_frames}; boxes paired one to one at IoU 0.5; people by the number most often drawn on them",
    )


def _tracking(scores: Scores) -> Table:
    if scores.tracking is None or scores.tracking_all is None:
        return Table("Tracking", ("measure", "value"), (("tracks", NOT_MEASURED),), "the truth labels no people")
    rows = tuple(zip(_TRACKING, _tracking_column(scores.tracking), _tracking_column(scores.tracking_all), strict=True))
    note = f'"labelled people" leaves out {scores.tracking.n_apart} boxes that touch nobody labelled (bench, coaches)'
    return Table("Tracking", ("measure", "labelled people", "all boxes"), rows, note)


def _court(scores: Scores) -> Table:
    court = scores.court
    rows: list[tuple[str, ...]] = []
    if court is None:
        rows.append(("court", NOT_MEASURED))
    else:
        rows += [
            ("frames in play solved", _share(Share(court.n_solved, court.n_in_play))),
            ("error at the floor, median", f"{_number(court.median_m, 'm')}, {_number(court.median_px, 'px')}"),
            ("error at the floor, 95th percentile", f"{_number(court.p95_m, 'm')}, {_number(court.p95_px, 'px')}"),
            ("frames more than 2 m off", f"{court.n_wrong}" + (f"  ({frames_text(court.wrong_frames)})" if court.n_wrong else "")),
            ("frames without a court that got one", str(court.n_claimed)),
        ]
    if scores.ti_hota is None:
        rows.append(("TI-HOTA", NOT_MEASURED))
    else:
        rows += [(f"TI-HOTA at {tau:g} m", _percent(found.hota)) for tau, found in scores.ti_hota.items()]
    places = scores.places
    far = NOT_MEASURED if places is None or places.n == 0 else f"{places.median_m:.2f} / {places.p90_m:.2f} / {places.p95_m:.2f} m"
    rows.append(("people off their places, median / 90 % / 95 %", far))
    if places is not None:
        rows.append(("people without a place", _share(Share(places.n_unknown, places.n + places.n_unknown))))
    return Table("Court and places", ("measure", "value"), tuple(rows), "TI-HOTA: HOTA of places on the floor, right only with the right role, team and number")


def _plays(scores: Scores) -> Table:
    ball, plays = scores.ball, scores.plays
    rows: list[tuple[str, ...]] = [("ball, F1", NOT_MEASURED if ball is None else f"{_percent(ball.f1)}  ({ball.n_missed} missed, {ball.n_false} false)")]
    if plays is None:
        rows.append(("plays", NOT_MEASURED))
    else:
        rows += [(f"{kind}, F1", f"{_percent(one.f1)}  ({one.n_missed} missed, {one.n_false} false)") for kind, one in plays.kinds.items()]
        rows += [(f"shot {name} right", _share(share)) for name, share in (("outcome", plays.outcome), ("shooter", plays.shooter), ("points", plays.points))]
    note = "ball: centre within one diameter of the true one; plays: begin within 1 s of the true ones"
    return Table("Ball and plays", ("measure", "value"), tuple(rows), note)


def _oracle(scores: Scores) -> Table:
    def points(value: float, base: float, first: bool) -> str:
        return f"{100 * value:.1f}" if first else f"{100 * value:.1f} ({100 * (value - base):+.1f})"

    def hota(found: Hota | None) -> float | None:
        return None if found is None else found.hota

    rows = []
    base = scores.oracle[0]
    for i, row in enumerate(scores.oracle):
        figures = [
            (row.identity.name_precision.value or 0.0, base.identity.name_precision.value or 0.0),
            (row.identity.name_coverage.value or 0.0, base.identity.name_coverage.value or 0.0),
            (row.tracking.hota.hota, base.tracking.hota.hota),
            (row.tracking.ids.idf1, base.tracking.ids.idf1),
        ]
        places, before = hota(row.ti_hota), hota(base.ti_hota)
        last = NOT_MEASURED if places is None else points(places, places if before is None else before, i == 0 or before is None)
        rows.append((row.name, *(points(value, first, i == 0) for value, first in figures), last))
    columns = ("stage made perfect", "names right", "players named", "HOTA", "IDF1", f"TI-HOTA {ORACLE_TAU_M:g} m")
    meaning = "; ".join(f"{row.name}: {row.means}" for row in scores.oracle)
    return Table("What each stage loses", columns, tuple(rows), f"per cent, and the points won against the first line. {meaning}.")


def tables_of(scores: Scores) -> tuple[Table, ...]:
    """Return the tables of one run, the key figures first."""
    tables = [_key(scores), _tracking(scores), _court(scores), _plays(scores)]
    if scores.oracle:
        tables.append(_oracle(scores))
    if scores.identity is not None and scores.identity.wrong:
        rows = tuple(_wrong(wrong) for wrong in scores.identity.wrong)
        tables.append(Table("Wrong names and numbers", ("track", "drawn as", "is", "frames"), rows, texts=True))
    return tuple(tables)
