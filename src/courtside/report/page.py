"""``RunSummary`` to HTML. Every text from outside goes through ``markup``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.report.markup import axis_seconds, axis_text, color, count, ink, link, percent, seconds, text

if TYPE_CHECKING:  # summary.py is the front door and imports this module
    from courtside.report.summary import ClipFacts, NamedPlayer, RunSummary, StageTime, TeamFound, TrackStrip, Unproved

_STYLE = Path(__file__).parent / "summary.css"
_MOST_UNPROVED = 10
_MOST_STRIPS = 28
"""More would push the page past one sheet of paper; what is left out is counted."""


def page(summary: RunSummary) -> str:
    """Return the whole page."""
    colors = {team.name: color(team.color) for team in summary.teams}
    title = text(summary.clip.name)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
        f"<title>{title} · courtside</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head><body><main>",
        f'<header><p class="brand">courtside</p><h1>{title}</h1>{_headline(summary)}</header>',
        _facts(summary),
        _warnings(summary.warnings),
        _video(summary.video),
        f'<div class="teams">{"".join(_team(team) for team in summary.teams)}</div>' if summary.teams else "",
        _timeline(summary.timeline, summary.clip, colors, summary.video),
        '<div class="foot">',
        _unproved(summary.unproved, colors),
        _stages(summary.stages),
        _files(summary.files),
        "</div></main></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _paint(color: str) -> str:
    return f'style="--team:{color};--ink:{ink(color)}"'


def _headline(summary: RunSummary) -> str:
    found = [player for team in summary.teams for player in team.players]
    named = sum(bool(player.name) for player in found)
    words = [count(named, "player") + " named"] if named or not found else []
    if len(found) > named:
        words.append(count(len(found) - named, "player") + " known by number")
    words.append(f"{len(summary.unproved)} seen but not proved")
    words.append(count(summary.n_referees, "referee"))
    return f'<p class="lead">{" · ".join(words)}</p>'


def _facts(summary: RunSummary) -> str:
    clip = summary.clip
    shots = str(len(clip.cuts_s) + 1)
    if clip.cuts_s:
        times = ", ".join(f"{cut:.1f}" for cut in clip.cuts_s[:4]) + (", …" if len(clip.cuts_s) > 4 else "")
        shots += f" <small>{'cut' if len(clip.cuts_s) == 1 else 'cuts'} at {times} s</small>"
    rate = f"{float(clip.rate):.2f}".rstrip("0").rstrip(".")
    facts = [
        ("Picture", f"{clip.width} &times; {clip.height}"),
        ("Rate", f"{rate} <small>frames/s</small>"),
        ("Frames", f"{clip.n_frames}"),
        ("Duration", seconds(clip.duration_s)),
        ("Shots", shots),
    ]
    return '<dl class="facts">' + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts) + "</dl>"


def _warnings(warnings: Sequence[str]) -> str:
    if not warnings:
        return ""
    return '<ul class="warnings">' + "".join(f"<li>{text(warning)}</li>" for warning in warnings) + "</ul>"


def _video(video: str | None) -> str:
    return f'<video controls preload="metadata" playsinline src="{link(video)}"></video>' if video else ""


def _team(team: TeamFound) -> str:
    rows = "".join(_player(player) for player in team.players) or '<tr><td colspan="5" class="none">Nobody of this team was proved.</td></tr>'
    head = "<thead><tr><th></th><th>Player</th><th>Sure</th><th>On screen</th><th>Named</th></tr></thead>"
    count = f"<small>{len(team.players)}</small>" if team.players else ""
    paint = _paint(color(team.color))
    return f'<section class="team" {paint}><h2><span>{text(team.name)}</span>{count}</h2><table>{head}<tbody>{rows}</tbody></table></section>'


def _player(player: NamedPlayer) -> str:
    name = text(player.name) if player.name else '<span class="none">no name in a roster</span>'
    sure = f'{_share_bar(player.probability)}<span class="share">{percent(player.probability)}</span>'
    return _row(f'<b class="chip">{text(player.number)}</b>', name, sure, seconds(player.visible_s), percent(player.named_share))


def _row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _share_bar(share: float) -> str:
    return f'<span class="bar" aria-hidden="true"><i style="width:{100 * min(max(share, 0.0), 1.0):.1f}%"></i></span>'


def _timeline(strips: Sequence[TrackStrip], clip: ClipFacts, colors: dict[str, str], video: str | None) -> str:
    if not strips:
        return ""
    order = {name: rank for rank, name in enumerate(colors)}
    length = max([clip.duration_s, 1e-3, *(last for strip in strips for _, last in strip.spans_s)])
    # officials last; in a team the labelled first, each by when they come into the picture
    ranked = sorted(strips, key=lambda s: (s.role == "referee", order.get(s.team or "", len(order)), not s.label, min(s.spans_s, default=(length, 0))))
    shown = ranked[:_MOST_STRIPS]
    rows = "".join(_strip(strip, clip, length, color(colors.get(strip.team or "")), video) for strip in shown)
    more = f'<p class="none">and {count(len(ranked) - len(shown), "more track")}</p>' if len(ranked) > len(shown) else ""
    ticks = "".join(f'<i style="left:{100 * at / length:.2f}%">{axis_text(at)}</i>' for at in axis_seconds(length, 8))
    return f'<section class="timeline"><h2>Who is on screen when</h2>{rows}<div class="strip axis"><span></span><div>{ticks}</div></div>{more}</section>'


def _strip(strip: TrackStrip, clip: ClipFacts, length: float, color: str, video: str | None) -> str:
    label = text(strip.label) if strip.label else "referee" if strip.role == "referee" else "?"
    spans = "; ".join(f"{first:.1f}&ndash;{last:.1f} s" for first, last in strip.spans_s)
    bars = "".join(_bar(first, last, length, video) for first, last in strip.spans_s)
    cuts = "".join(f'<line x1="{_x(cut, length)}" x2="{_x(cut, length)}" y1="0" y2="10"/>' for cut in clip.cuts_s)
    kind = "referee" if strip.role == "referee" else "known" if strip.label else "unknown"
    return (
        f'<div class="strip {kind}" {_paint(color)}><span>{label}</span><svg viewBox="0 0 1000 10" preserveAspectRatio="none" role="img">'
        f"<title>{label}: {spans or 'never'}</title>{bars}{cuts}</svg></div>"
    )


def _bar(first: float, last: float, length: float, video: str | None) -> str:
    width = max(1000 * (last - first) / length, 2.5)  # one frame of a long clip must still show
    bar = f'<rect x="{_x(first, length)}" width="{width:.1f}" y="1" height="8"/>'
    return f'<a href="{link(video)}#t={max(first, 0):.2f}">{bar}</a>' if video else bar


def _x(at: float, length: float) -> str:
    return f"{1000 * at / length:.1f}"


def _unproved(people: Sequence[Unproved], colors: dict[str, str]) -> str:
    if not people:
        return ""
    ranked = sorted(people, key=lambda one: -one.visible_s)
    rows = "".join(
        f'<li {_paint(color(colors.get(one.team or "")))}><b class="chip">{text(one.number or "?")}</b>'
        f"<span>{text(one.team or 'team not known')} <small>{seconds(one.visible_s)}</small><br> <small>{text(one.why)}</small></span></li>"
        for one in ranked[:_MOST_UNPROVED]
    )
    left = len(ranked) - _MOST_UNPROVED
    more = f'<li class="none">and {left} more, seen for less time</li>' if left > 0 else ""
    return f'<section class="unproved"><h2>Seen, not proved</h2><ul>{rows}{more}</ul></section>'


def _stages(stages: Sequence[StageTime]) -> str:
    if not stages:
        return ""
    total = sum(stage.seconds for stage in stages)
    rows = "".join(_stage(stage.stage, stage.seconds, stage.n_frames, total) for stage in stages)
    frames = max(stage.n_frames for stage in stages)
    foot = f"<tfoot>{_stage('all', total, frames, total)}</tfoot>" if len(stages) > 1 else ""
    head = "<thead><tr><th>Stage</th><th></th><th>Time</th><th>Frames/s</th></tr></thead>"
    return f'<section class="stages"><h2>Time taken</h2><table>{head}<tbody>{rows}</tbody>{foot}</table></section>'


def _stage(name: str, spent_s: float, n_frames: int, total: float) -> str:
    speed = f"{n_frames / spent_s:.1f}" if n_frames and spent_s > 0 else "&ndash;"
    return _row(text(name), _share_bar(spent_s / total if total > 0 else 0), seconds(spent_s), speed)


def _files(files: Sequence[tuple[str, str]]) -> str:
    if not files:
        return ""
    items = "".join(f'<li><a href="{link(name)}">{text(name)}</a> <small>{text(what)}</small></li>' for name, what in files)
    return f'<section class="files"><h2>Files beside this page</h2><ul>{items}</ul></section>'
