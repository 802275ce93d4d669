"""The report of one clip: one HTML file that needs no network and nothing beside it but the video."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from pathlib import Path

from courtside.errors import RecordsError
from courtside.pipeline.export import write_aside
from courtside.report.box_score import box_score
from courtside.report.court_charts import court_symbol, heat_maps, shot_chart
from courtside.report.game import Game, read_game
from courtside.report.markup import NO_TEAM, count, ink, link, seconds, section, text
from courtside.report.plays import play_list, timeline
from courtside.report.quality import quality
from courtside.report.team_charts import pass_network, team_spacing

REPORT = "report.html"

_FILES = {
    "named.mp4": "the clip with names",
    "events.json": "every play",
    "stats.json": "the figures",
    "stats.csv": "the figures as a table",
    "tracks.parquet": "a row per person and frame",
    "ball.parquet": "where the ball is and who has it",
    "result.json": "who is who",
    "court.json": "where the court lies",
    "summary.html": "who was found, and when",
}


def write_report(folder: Path, embed: bool = False) -> int:
    """Write ``report.html`` into the folder of a run and return how many bytes it has.

    Args:
        folder: of one clip.
        embed: put the named video into the page instead of linking to the file beside it.

    Raises:
        RecordsError: the run is missing or damaged, there is no video to embed, or the page can't be written.
    """
    game = read_game(folder)
    video = folder / "named.mp4"
    try:
        source = f"data:video/mp4;base64,{base64.b64encode(video.read_bytes()).decode()}" if embed else None
    except OSError as error:
        raise RecordsError(f"{video}: can't be read ({error.strerror or error}); run `courtside render {folder}` first, or leave out --embed") from error
    beside = [(name, what) for name, what in _FILES.items() if (folder / name).is_file()]
    try:
        code = report_page(game, beside, source).encode()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # every file was read as JSON; one of them has been changed by hand
        raise RecordsError(
            f"{folder}: events.json, stats.json or result.json is not as courtside writes it ({error!r}); run `courtside resolve` again"
        ) from error
    write_aside(folder / REPORT, lambda aside: aside.write_bytes(code))
    return len(code)


def report_page(game: Game, beside: list[tuple[str, str]], embedded: str | None = None) -> str:
    """Return the page. ``beside`` are names of files in the page's folder and what each is; ``embedded`` the video as a data: address."""
    style, script = _resource("summary.css") + _resource("report.css") + _team_colors(game), _resource("report.js")
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
        f"<title>{text(game.name)} · courtside report</title><style>{style}</style></head><body><main>",
        f'<header><p class="brand">courtside report</p><h1>{text(game.name)}</h1><p class="lead">{_lead(game)}</p></header>',
        court_symbol(game.court[0]) if game.court is not None else "",
        _notes(game),
        f'<div class="player">{_video(game, embedded)}{timeline(game)}</div>' if game.video or game.events else "",
        play_list(game),
        box_score(game),
        shot_chart(game),
        pass_network(game),
        heat_maps(game),
        team_spacing(game),
        quality(game),
        _files(beside),
        f"</main><script>{script}</script></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _resource(name: str) -> str:
    return files("courtside.report").joinpath(name).read_text(encoding="utf-8")


def _team_colors(game: Game) -> str:
    painted = [*(f"t{i}" for i in range(len(game.teams))), "tx"]
    return "".join(f".{name}{{--team:{paper};--ink:{ink(paper)}}}" for name, paper in zip(painted, [*game.teams.values(), NO_TEAM], strict=True))


def _policy(style: str, script: str) -> str:
    """Allow this page's own style and script, told by their digests, pictures within it, the video beside it, and nothing else."""

    def digest(code: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; img-src data:; media-src 'self' file: data: blob:; base-uri 'none'; "
        "form-action 'none'"
    )


def _lead(game: Game) -> str:
    named = len({(track["team"], track["number"]) for track in game.tracks if track["player"]})
    rate = f"{float(game.rate):.2f}".rstrip("0").rstrip(".")
    words = [seconds(game.seconds), f"{game.size[0]} &times; {game.size[1]}, {rate} frames/s", count(named, "player") + " named"]
    if game.events is not None:
        words.append(count(len(game.of("shot")), "shot"))
    if game.cuts_s:
        words.append(count(len(game.cuts_s), "camera cut"))
    return " · ".join(words)


def _notes(game: Game) -> str:
    notes = [*game.missing, *game.warnings]
    return '<ul class="warnings">' + "".join(f"<li>{_with_commands(note)}</li>" for note in notes) + "</ul>" if notes else ""


def _with_commands(note: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", text(note))


def _video(game: Game, embedded: str | None) -> str:
    if embedded is None and game.video is None:
        return ""
    source = embedded or link(game.video or "")
    lost = '<p class="none" id="lost" hidden>The video is not beside this page any more, or can not be played here.</p>'
    return f'<video controls muted playsinline preload="metadata" src="{source}"></video>{lost}'


def _files(beside: list[tuple[str, str]]) -> str:
    if not beside:
        return ""
    items = "".join(f'<li><a href="{link(name)}">{text(name)}</a> <small>{text(what)}</small></li>' for name, what in beside)
    return section("files", "Files beside this page", f"<ul>{items}</ul>")
