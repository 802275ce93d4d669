"""How far the report can be trusted: what was seen of the clip, what was left unsaid, and how good the court is."""

from __future__ import annotations

from collections import Counter

import numpy as np

from courtside.pipeline.mirrored import NOTE
from courtside.report.game import Game
from courtside.report.markup import count, dash, percent, section, share_bar, text

_COVERED = {
    "ball": "Ball known",
    "court": "Court found",
    "rim": "A basket in the picture",
    "team": "Known which team has the ball",
    "live": "Shown live, not a replay or close-up",
}


def quality(game: Game) -> str:
    """Return the section on coverage, names, abstentions and the court."""
    blocks = [_coverage(game), _names(game), _court(game), _unsaid(game)]
    body = "".join(f"<div><h3>{title}</h3>{inner}</div>" for title, inner in blocks)
    return section("quality", "How sure is this?", f'<div class="blocks">{body}</div>')


def _bars(rows: list[tuple[str, float | None, str]]) -> str:
    cells = (
        f"<tr><td>{name}</td><td>{share_bar(share) if share is not None else ''}</td><td>{percent(share) if share is not None else dash(why)}</td></tr>"
        for name, share, why in rows
    )
    return f"<table><tbody>{''.join(cells)}</tbody></table>"


def _coverage(game: Game) -> tuple[str, str]:
    known = game.events["coverage"] if game.events else {}
    rows = [(name, known.get(key), "this run has no events") for key, name in _COVERED.items()]
    if known.get("court") is None and game.court is not None:
        rows[1] = (_COVERED["court"], float(game.court[1].valid.mean()), "")
    return "Share of the clip", _bars(rows)


def _names(game: Game) -> tuple[str, str]:
    players = [track for track in game.tracks if track["role"] == "player"]
    frames = Counter[str]()
    if game.places is not None:
        for role, team, number, player in zip(game.places.role, game.places.team, game.places.number, game.places.player, strict=True):
            if role == "player":
                frames["name" if player else "number" if number else "team" if team else "nothing"] += 1
    total = frames.total()
    body = '<p class="none">Nobody was seen, or tracks.parquet is missing.</p>'
    if total:
        titles = {"name": "with his name", "number": "with his number", "team": "with his team alone", "nothing": "with nothing"}
        body = _bars([(f"drawn {title}", frames[kind] / total, "") for kind, title in titles.items()])
    unproved = [track for track in players if not track["number"]]
    read = sum(track["n_readings"] > 0 for track in unproved)
    body += (
        f"<p>{count(len(players), 'track')} of players, {len(unproved)} without a proved number: {read} whose readings do not suffice, "
        f"{len(unproved) - read} whose number was never legible.</p>"
    )
    if NOTE in game.warnings:
        body += "<p>The clip is mirrored: its numbers were read turned round.</p>"
    if game.teams:
        body += f"<p>The two teams are the right way round: {percent(game.teams_chance)}.</p>"
    return "Players, of the frames they are seen in", body


def _court(game: Game) -> tuple[str, str]:
    title = "The court"
    if game.court is None:
        return title, '<p class="none">Not known in this run: no places, distances or charts.</p>'
    court, track = game.court
    error_m = track.error_m[track.valid & np.isfinite(track.error_m)]
    facts = [("Measures", text(court.league)), ("Found in", f"{percent(float(track.valid.mean()))} of the frames")]
    if len(error_m):
        facts += [("Expected error, median", f"{np.median(error_m):.2f} m"), ("95th percentile", f"{np.percentile(error_m, 95):.2f} m")]
    else:
        facts.append(("Expected error", dash("not estimated")))
    rows = "".join(f"<tr><td>{name}</td><td></td><td>{value}</td></tr>" for name, value in facts)
    return title, f"<table><tbody>{rows}</tbody></table><p>The error is of the floor; feet hidden behind others add to it.</p>"


def _unsaid(game: Game) -> tuple[str, str]:
    shots, passes, touches = game.of("shot"), game.of("pass"), game.of("possession")
    lines = [
        (sum(not event["number"] for event in shots), len(shots), "shots: who took it"),
        (sum(event["facts"]["outcome"] == "unknown" for event in shots), len(shots), "shots: how it ended"),
        (sum(event["facts"]["points"] is None for event in shots), len(shots), "shots: two or three points"),
        (
            sum(not (event["number"] and event["facts"]["to"] and event["facts"]["to"]["number"]) for event in passes),
            len(passes),
            "passes: from whom or to whom",
        ),
        (sum(not event["number"] for event in touches), len(touches), "touches: whose"),
    ]
    rows = "".join(f"<tr><td>{what}</td><td></td><td>{n} of {total}</td></tr>" for n, total, what in lines if total)
    if not rows:
        why = "No shot, pass or touch was seen." if game.events else "This run has no events."
        return "Left unsaid", f'<p class="none">{why}</p>'
    return "Left unsaid", f"<table><tbody>{rows}</tbody></table><p>What is not proved is not guessed: it is missing in the figures above.</p>"
