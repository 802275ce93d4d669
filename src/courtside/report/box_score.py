"""What everybody did, as a table for each team; above each group of columns stands how much of the clip its figures rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courtside.report.game import Game
from courtside.report.markup import count, dash, percent, seconds, section, share_bar, text

Row = Mapping[str, Any]

_THREES = ("corner three", "arc three")


@dataclass(frozen=True)
class _Column:
    """``kind`` is the kind of event that the figure counts: where that could not be told, neither is the figure."""

    title: str
    meaning: str
    show: Callable[[Row], str | None]
    kind: str | None = None


def _tries(row: Row, zones: Sequence[str] | None = None) -> str:
    if zones is not None:
        tried = [row["zones"][zone] for zone in zones if zone in row["zones"]]
        return f"{sum(zone['made'] for zone in tried)}&ndash;{sum(zone['shots'] for zone in tried)}"
    unknown = f" <small>{row['unknown_shots']}?</small>" if row["unknown_shots"] else ""
    return f"{row['made']}&ndash;{row['shots']}{unknown}"


def _plus(value: float) -> str:
    return f"{'+' if value > 0 else '&minus;' if value < 0 else ''}{abs(value)}"


def _figure(name: str, form: str = "{}") -> Callable[[Row], str | None]:
    return lambda row: None if row.get(name) is None else form.format(row[name])


def _metres(row: Row) -> str | None:
    return None if row.get("distance_m") is None else f"{row['distance_m']:.0f} <small>{percent(row['coverage']['places'])}</small>"


_GROUPS: Mapping[str, Sequence[_Column]] = {
    "Shooting": (
        _Column("PTS", "points seen made", _figure("points"), "shot"),
        _Column("FG", "made - tried; with ? those whose outcome is not known", _tries, "shot"),
        _Column("3P", "threes made - tried, where the place is known", lambda row: _tries(row, _THREES), "shot"),
        _Column("AST", "assists", _figure("assists"), "shot"),
        _Column("BLK", "blocks", _figure("blocks"), "shot"),
        _Column(
            "+/&minus;",
            "points of his team less the other's while he was seen",
            lambda row: None if "plus_minus" not in row else _plus(row["plus_minus"]),
            "shot",
        ),
    ),
    "Ball": (
        _Column("OR", "offensive rebounds", _figure("rebounds_offensive"), "rebound"),
        _Column("DR", "defensive rebounds", _figure("rebounds_defensive"), "rebound"),
        _Column("STL", "steals", _figure("steals"), "turnover"),
        _Column("TO", "turnovers", _figure("turnovers"), "turnover"),
        _Column("Held", "seconds with the ball", _figure("possession_s", "{:.1f}"), "possession"),
        _Column("TCH", "touches", _figure("touches"), "possession"),
        _Column("PAS", "passes", _figure("passes"), "pass"),
        _Column("REC", "passes received", _figure("passes_received"), "pass"),
    ),
    "Floor": (
        _Column("Metres", "distance walked and run while placed on the court, and for how much of the clip that was", _metres),
        _Column("Top", "top speed, metres a second", _figure("top_speed_m_s", "{:.1f}")),
        _Column("3 s", "three-second violations", _figure("three_seconds"), "three-seconds"),
    ),
}


def box_score(game: Game) -> str:
    """Return the box score, or why there is none."""
    if game.stats is None:
        return section("box", "Box score", '<p class="none">No figures: stats.json is not there or damaged; run <code>courtside resolve</code> again.</p>')
    order = list(game.teams)
    teams = sorted(game.stats["teams"], key=lambda row: order.index(row["team"]) if row["team"] in order else len(order))
    tables = [_team(game, row, [one for one in game.stats["players"] if one["team"] == row["team"]]) for row in teams]
    body = "".join(tables) or '<p class="none">Nobody of either team was proved in this clip.</p>'
    return section("box", "Box score", f'{body}<ul class="untold">{"".join(f"<li>{line}</li>" for line in _footnotes(game))}</ul>')


def _share(row: Row, name: str) -> str:
    share = row["coverage"].get(name)
    return "not known" if share is None else percent(share)


def _covered(game: Game, team: Row) -> dict[str, str]:
    shots = f"{_share(team, 'shots')} of shots known" if game.of("shot") else "no shot seen"
    return {"Shooting": shots, "Ball": f"ball known in {_share(team, 'ball')} of the clip", "Floor": "placed for so much of the clip"}


def _team(game: Game, team: Row, players: Sequence[Row]) -> str:
    covered = _covered(game, team)
    groups = "".join(f'<th colspan="{len(columns)}" scope="colgroup">{name}<small>{covered[name]}</small></th>' for name, columns in _GROUPS.items())
    heads = "".join(f'<th{_first(i)} title="{text(column.meaning)}">{column.title}</th>' for columns in _GROUPS.values() for i, column in enumerate(columns))
    groups = f'<tr class="groups"><th></th><th scope="colgroup">Seen<small>of the clip</small></th>{groups}</tr>'
    head = f"<thead>{groups}<tr><th>Player</th><th>seconds</th>{heads}</tr></thead>"
    rows = "".join(_row(game, one, _name(one), _seen(one)) for one in players)
    possessions = "" if game.why_not("team-possession") else count(team["possessions"], "possession")
    foot = _row(game, team, f"Team <small>{possessions}</small>", "")
    table = f'<div class="scroll"><table>{head}<tbody>{rows}</tbody><tfoot>{foot}</tfoot></table></div>'
    return f'<div class="team {game.painted(team["team"])}"><h3>{text(team["team"])}</h3>{table}</div>'


def _name(one: Row) -> str:
    return f'<b class="chip">{text(one["number"])}</b> {text(one["player"]) if one["player"] else "<i>no name</i>"}'


def _seen(one: Row) -> str:
    return f'{one["seen_s"]:.1f} {share_bar(one["coverage"]["seen"])}<small class="cover">{percent(one["coverage"]["seen"])}</small>'


def _first(i: int) -> str:
    return ' class="first"' if i == 0 else ""


def _row(game: Game, row: Row, name: str, seen: str) -> str:
    cells = "".join(f"<td{_first(i)}>{_cell(game, row, column)}</td>" for columns in _GROUPS.values() for i, column in enumerate(columns))
    return f"<tr><td>{name}</td><td>{seen}</td>{cells}</tr>"


def _cell(game: Game, row: Row, column: _Column) -> str:
    reason = game.why_not(column.kind) if column.kind else None
    if reason:
        return dash(reason)
    shown = column.show(row)
    if shown is None:
        is_team = "player" not in row
        return "" if is_team else dash("he was never placed on the court for long enough")
    return shown


def _footnotes(game: Game) -> list[str]:
    lines = ["<b>Seen</b> is the time in the picture: a bound from below for the time on the floor."]
    assert game.stats is not None  # said by box_score
    reasons: dict[str, list[str]] = {}
    for column in (column for columns in _GROUPS.values() for column in columns if column.kind):
        reason = game.why_not(column.kind or "")
        if reason:
            reasons.setdefault(reason, []).append(column.title)
    lines += [f"{dash()} {', '.join(titles)}: {text(reason)}" for reason, titles in reasons.items()]
    if any(row.get("distance_m") is None or row.get("top_speed_m_s") is None for row in game.stats["players"]):
        lines.append(f"{dash()} Metres, Top: never placed on the court for long enough")
    nobodys = sum(not (event["number"] and event["team"]) for event in game.of("shot"))
    if nobodys:
        lines.append(f"{count(nobodys, 'shot')} could not be credited to anybody: who took {'it' if nobodys == 1 else 'them'} was not proved.")
    total = sum(event["facts"]["seconds"] for event in game.of("possession"))
    whose = sum(event["facts"]["seconds"] for event in game.of("possession") if event["number"])
    if total > whose:
        lines.append(f"The ball was held for {seconds(total)}; for {seconds(total - whose)} of it by somebody who is not named.")
    return lines
