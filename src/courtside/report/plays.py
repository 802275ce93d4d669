"""The plays of a clip: in words, along a timeline, and as a list. Each moment is a link that the page's script turns into a jump in the video."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from courtside.report.game import Event, Game
from courtside.report.markup import axis_seconds, axis_text, clock, count, dash, game_clock, link, percent, seconds, section, text

_NAMES = {
    "shot": ("Shot", "Shots"),
    "rebound": ("Rebound", "Rebounds"),
    "turnover": ("Turnover", "Turnovers"),
    "three-seconds": ("Three seconds", "Three seconds"),
    "out-of-bounds": ("Out of bounds", "Out of bounds"),
    "pass": ("Pass", "Passes"),
    "team-possession": ("Possession", "Possessions"),
    "possession": ("Touch", "Touches"),
}
"""What one and many of a kind are called, the kinds in the order of their buttons."""

_LETTER = {"rebound": "R", "turnover": "T", "three-seconds": "3", "out-of-bounds": "O"}
_FEW = 25  # so many plays are listed without hiding the small ones
_SMALL = ("possession", "team-possession", "pass")
_LANE_PX = 26
_POINTS = {2: "two points", 3: "three points"}


def person(one: Mapping[str, Any] | None, unknown: str = "not known who") -> str:
    """Return "#41 Nowitzki" of whoever has "team", "number" and "player", or as much of it as is known."""
    if one is None or not (one["number"] or one["player"] or one["team"]):
        return f"<i>{unknown}</i>"
    if one["number"]:
        return text(f"#{one['number']} {one['player'] or ''}".strip())
    return text(one["player"] or "") or f"<i>one of {text(one['team'])}</i>"


def seek(event: Event, video: str | None) -> str:
    """Return the attributes of a link to where ``event`` is worth watching from."""
    start = float(event["clip"]["start_s"]) if "clip" in event else float(event["start_s"])
    return f'href="{link(video) if video else ""}#t={start:.2f}" data-at="{start:.3f}"'


def _metres(value: float | None, words: str) -> list[str]:
    return [] if value is None else [words.format(f"{value:.1f} m")]


def _shot(facts: Mapping[str, Any]) -> str:
    outcome = facts["outcome"] if facts["outcome"] != "unknown" else "<i>outcome not known</i>"
    if facts["outcome"] == "blocked" and facts["blocked_by"]:
        outcome += f" by {person(facts['blocked_by'])}"
    parts = [outcome, _POINTS.get(facts["points"], "<i>value not known</i>")]
    parts += [{"layup-dunk": "layup or dunk", "jump-shot": "jump shot"}[facts["type"]]] if facts["type"] in ("layup-dunk", "jump-shot") else []
    parts += _metres(facts["distance_m"], "from {}") + ([text(facts["zone"])] if facts["zone"] else [])
    parts += [f"pass by {person(facts['passed_by'])}"] if facts["passed_by"] else []
    parts += [f"rebound {person(facts['rebound_by'])}"] if facts["rebound_by"] else []
    return ", ".join(parts)


def _pass(facts: Mapping[str, Any]) -> str:
    speed = [] if facts["speed_m_s"] is None else [f"{facts['speed_m_s']:.1f} m/s"]
    return ", ".join([f"to {person(facts['to'])}", *_metres(facts["distance_m"], "{}"), *speed])


def _turnover(facts: Mapping[str, Any]) -> str:
    return f"{text(facts['how'])}, ball to {person(facts['by'])}" if facts["by"] else text(facts["how"])


def _rebound(facts: Mapping[str, Any]) -> str:
    return "<i>which end is not known</i>" if facts["offensive"] is None else "offensive" if facts["offensive"] else "defensive"


def _team_possession(facts: Mapping[str, Any]) -> str:
    ended = "<i>end not known</i>" if facts["ended"] == "unknown" else text(facts["ended"])
    return f"{seconds(facts['seconds'])}, {count(facts['n_touches'], 'touch', 'touches')}, {count(facts['n_passes'], 'pass', 'passes')}, {ended}"


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "shot": _shot,
    "pass": _pass,
    "turnover": _turnover,
    "rebound": _rebound,
    "possession": lambda facts: f"has the ball for {seconds(facts['seconds'])}",
    "team-possession": _team_possession,
    "three-seconds": lambda facts: f"{seconds(facts['seconds'])} in the paint",
    "out-of-bounds": lambda _: "touched it last",
}


def words(event: Event) -> str:
    """Return what happened, without who did it, as HTML."""
    told = _WORDS.get(event["kind"])
    return told(event["facts"]) if told else ""


def _who(event: Event) -> str:
    if event["kind"] == "team-possession":
        return text(event["team"]) if event["team"] else "<i>not known which team</i>"
    return person(event)


def timeline(game: Game) -> str:
    """Return lanes along the clip: who has the ball, shots, passes, what else was played. Works without events too: it seeks."""
    length = max(game.seconds, 1e-3)
    lanes: list[tuple[str, str, str]] = [
        (text(team), game.painted(team), _bars(game, [e for e in game.of("team-possession") if e["team"] == team], length)) for team in game.teams
    ]
    lanes.append(("Shots", "", "".join(_marker(game, event, length, _shot_mark(event)) for event in game.of("shot"))))
    lanes.append(("Passes", "", _bars(game, game.of("pass"), length)))
    others = game.of(*_LETTER)
    lanes.append(("Other", "", "".join(_marker(game, event, length, _letter_mark(event)) for event in others)))
    shown = [lane for lane in lanes if lane[2]]
    names = "".join(f'<span class="{paint}">{name}</span>' for name, paint, _ in shown)
    ground = f'<rect class="ground" width="100%" y="3" height="{_LANE_PX - 6}"/>'
    rows = "".join(f'<svg y="{row * _LANE_PX}" width="100%" height="{_LANE_PX}">{ground}{marks}</svg>' for row, (_, _, marks) in enumerate(shown))
    bottom = len(shown) * _LANE_PX
    cuts = "".join(f'<line class="cut" x1="{_x(at, length)}" x2="{_x(at, length)}" y1="0" y2="{bottom}"/>' for at in game.cuts_s)
    away = "".join(
        f'<rect class="away" x="{_x(start, length)}" width="{max(100 * (end - start) / length, 0.1):.2f}%" height="{bottom}"><title>{kind}</title></rect>'
        for start, end, kind in game.away
    )
    ticks = "".join(
        f'<line class="tick" x1="{_x(at, length)}" x2="{_x(at, length)}" y1="{bottom}" y2="{bottom + 4}"/>'
        f'<text x="{_x(at, length)}" y="{bottom + 16}" text-anchor="{"start" if at == 0 else "middle"}">{axis_text(at)}</text>'
        for at in axis_seconds(length, 7)
    )
    head = f'<line id="now" x1="0" x2="0" y1="0" y2="{bottom + 4}"/>'
    drawn = f'<svg id="time" data-seconds="{length:.3f}" height="{bottom + 22}">{rows}{away}{cuts}{ticks}{head}</svg>'
    return f'<div class="lanes"><div class="names">{names}</div>{drawn}</div>{_legend(shown)}'


def _legend(lanes: Sequence[tuple[str, str, str]]) -> str:
    have = {name for name, _, _ in lanes}
    parts = []
    if "Shots" in have:
        parts += [
            f'<span><svg class="key tx" viewBox="-8 -8 16 16">{_SHOT_MARKS[name]}</svg>{name}</span>' for name in ("made", "missed", "blocked", "unknown")
        ]
    if "Other" in have:
        parts += [f"<span><b>{letter}</b>{_NAMES[kind][0].lower()}</span>" for kind, letter in _LETTER.items()]
    return f'<p class="legend">{"".join(parts)}</p>' if parts else ""


_SHOT_MARKS = {
    "made": '<circle class="full" r="6"/>',
    "missed": '<circle class="ring" r="5.5"/><path class="ring" d="M-2.5-2.5l5 5m0-5l-5 5"/>',
    "blocked": '<rect class="ring" x="-5" y="-5" width="10" height="10"/>',
    "unknown": '<circle class="ring" r="5.5"/><text y="3.5" text-anchor="middle">?</text>',
}
"""How an outcome is drawn, here and on the shot chart: 12 wide, about the origin."""


def _shot_mark(event: Event) -> str:
    return shot_mark(event["facts"]["outcome"])


def shot_mark(outcome: str) -> str:
    """Return the drawing of a shot's outcome, 12 wide, about the origin."""
    return _SHOT_MARKS.get(outcome, _SHOT_MARKS["unknown"])


def _letter_mark(event: Event) -> str:
    return f'<circle class="full" r="8"/><text class="on" y="3.5" text-anchor="middle">{_LETTER[event["kind"]]}</text>'


def _game_time(event: Event) -> str:
    """Return what the score graphic said when the play began, as far as it did."""
    shown = game_clock(event.get("period"), event.get("game_clock_s"))
    return f' <small title="period and game clock, as the score graphic shows them">{shown}</small>' if shown else ""


def _title(event: Event) -> str:
    # a title shows text only: the marks of what is not known are left out
    plain = f"{clock(event['start_s'])} {_who(event)}: {words(event)}".replace("<i>", "").replace("</i>", "")
    return f"<title>{plain}</title>"


def _marker(game: Game, event: Event, length: float, mark: str) -> str:
    at = _x(event["start_s"], length)
    return (
        f'<a {seek(event, game.video)} class="{game.painted(event["team"])}">{_title(event)}'
        f'<svg x="{at}" y="{_LANE_PX / 2:g}" overflow="visible" width="1" height="1">{mark}</svg></a>'
    )


def _bars(game: Game, events: Iterable[Event], length: float) -> str:
    return "".join(
        f'<a {seek(event, game.video)} class="{game.painted(event["team"])}">{_title(event)}<rect class="full" x="{_x(event["start_s"], length)}" '
        f'width="{max(100 * (event["end_s"] - event["start_s"]) / length, 0.25):.2f}%" y="6" height="{_LANE_PX - 12}"/></a>'
        for event in events
    )


def _x(at: float, length: float) -> str:
    return f"{100 * min(max(at / length, 0.0), 1.0):.2f}%"


def play_list(game: Game) -> str:
    """Return every play as a row with a link, and a button for each kind that shows or hides it."""
    if game.events is None:
        return ""
    events = game.events["events"]
    small = len(events) > _FEW and any(event["kind"] not in _SMALL for event in events)
    present = [kind for kind in _NAMES if game.of(kind)]
    buttons = "".join(
        f'<button type="button" data-kind="{kind}" aria-pressed="{"false" if small and kind in _SMALL else "true"}">'
        f"{_NAMES[kind][1]} <small>{len(game.of(kind))}</small></button>"
        for kind in present
    )
    rows = "".join(
        f'<tr data-kind="{text(event["kind"])}" data-from="{event["start_s"]:.3f}" data-to="{event["end_s"]:.3f}"'
        f"{' hidden' if small and event['kind'] in _SMALL else ''}>"
        f"<td><a {seek(event, game.video)}>{clock(event['start_s'])}</a>{_game_time(event)}</td>"
        f'<td><b class="tag {game.painted(event["team"])}">{_NAMES.get(event["kind"], ("Play",))[0]}</b></td>'
        f"<td>{_who(event)}</td><td>{words(event)}</td><td>{percent(event['probability'])}</td></tr>"
        for event in events
    )
    # what could not be told is said, and so is what was looked for and did not happen
    untold = "".join(f"<li><b>{_NAMES[kind][1]}</b> {dash()} {text(game.why_not(kind))}</li>" for kind in _NAMES if game.why_not(kind))
    none = [_NAMES[kind][1].lower() for kind in _NAMES if not game.of(kind) and not game.why_not(kind)]
    body = f'<div class="filters">{buttons}</div>' if len(present) > 1 else ""
    if events:
        head = "<thead><tr><th>Time</th><th>Play</th><th>Who</th><th>What</th><th>Sure</th></tr></thead>"
        body += f'<div class="scroll"><table>{head}<tbody>{rows}</tbody></table></div>'
    body += f'<ul class="untold">{untold}</ul>' if untold else ""
    body += f'<p class="none">Looked for and not seen in this clip: {", ".join(none)}.</p>' if none else ""
    return section("plays", "Plays", body)
