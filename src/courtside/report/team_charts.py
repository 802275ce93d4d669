"""How a team plays together: who passes to whom, and how far apart they stand."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import numpy.typing as npt

from courtside.pipeline.places import spacing
from courtside.report.game import Game
from courtside.report.markup import clock, count, percent, section, text

Floats = npt.NDArray[np.float64]

_MOST_BINS = 500  # points of a curve: more than a page is wide in print
_HEIGHT, _WIDTH = 200, 1000
_LONGEST_GAP_S = 0.25


def pass_network(game: Game) -> str:
    """Return a wheel for each team, an arrow from each passer to each receiver, as thick as they are many."""
    passes = game.of("pass")
    if not passes:
        reason = game.why_not("pass") or "no pass was seen in this clip"
        return section("passes", "Who passes to whom", f'<p class="none">Nothing to draw: {text(reason)}.</p>')
    figures, drawn = "", 0
    for team in game.teams:
        ways: Counter[tuple[str, str]] = Counter()
        names: dict[str, str | None] = {}
        for event in passes:
            to = event["facts"]["to"]
            if event["team"] == team and event["number"] and to and to["team"] == team and to["number"] not in (None, event["number"]):
                ways[event["number"], to["number"]] += 1
                names |= {event["number"]: event["player"], to["number"]: to["player"]}
        drawn += ways.total()
        if ways:
            figures += f'<figure class="{game.painted(team)}"><figcaption>{text(team)}</figcaption>{_wheel(ways, names)}{_pairs(ways, names)}</figure>'
    left = len(passes) - drawn
    note = f"Drawn: {count(drawn, 'pass', 'passes')} of {len(passes)}" + (f"; in {left} passer or receiver is not proved" if left else "") + "."
    body = f'<div class="wheels">{figures}</div>' if figures else '<p class="none">Nobody who passed or received is proved.</p>'
    return section("passes", "Who passes to whom", body, note)


def _wheel(ways: Counter[tuple[str, str]], names: dict[str, str | None]) -> str:
    order = sorted(names, key=lambda number: (len(number), number))
    angle = {number: 2 * math.pi * i / len(order) - math.pi / 2 for i, number in enumerate(order)}
    at = {number: (100 * math.cos(a), 100 * math.sin(a)) for number, a in angle.items()}
    most = max(ways.values())
    arrows = ""
    for (giver, taker), n in sorted(ways.items()):
        (x1, y1), (x2, y2) = at[giver], at[taker]
        way = math.hypot(x2 - x1, y2 - y1)
        if way == 0:
            continue
        ux, uy = (x2 - x1) / way, (y2 - y1) / way
        # bent to the right, so that there and back are two arrows
        bx, by = (x1 + x2) / 2 - uy * way * 0.12, (y1 + y2) / 2 + ux * way * 0.12
        start, end, heading = _towards((x1, y1), (bx, by), 20), _towards((x2, y2), (bx, by), 24), math.atan2(y2 - by, x2 - bx)
        tip = " ".join(f"{end[0] + 9 * math.cos(heading + turn):.1f},{end[1] + 9 * math.sin(heading + turn):.1f}" for turn in (0, 2.5, -2.5))
        title = f"<title>#{text(giver)} to #{text(taker)}: {count(n, 'pass', 'passes')}</title>"
        path = f"M{start[0]:.1f} {start[1]:.1f}Q{bx:.1f} {by:.1f} {end[0]:.1f} {end[1]:.1f}"
        arrows += f'<g class="way">{title}<path d="{path}" stroke-width="{1 + 5 * n / most:.1f}"/><polygon points="{tip}"/></g>'
    discs = "".join(
        f'<g transform="translate({x:.1f} {y:.1f})"><circle class="full" r="17"/><text class="on" y="5" text-anchor="middle">{text(number)}</text>'
        f'<text class="name" {_beside(x, y)}>{text((names[number] or "")[:14])}</text></g>'
        for number, (x, y) in at.items()
    )
    return f'<svg class="wheel" viewBox="-200 -135 400 270">{arrows}{discs}</svg>'


def _beside(x: float, y: float) -> str:
    """Return where a name is written: on the far side of its disc, where no arrow goes."""
    if abs(x) < 40:
        return f'y="{-23 if y < 0 else 31}" text-anchor="middle"'
    return f'x="{22 if x > 0 else -22}" y="4" text-anchor="{"start" if x > 0 else "end"}"'


def _towards(start: tuple[float, float], goal: tuple[float, float], far: float) -> tuple[float, float]:
    way = math.hypot(goal[0] - start[0], goal[1] - start[1]) or 1.0
    return start[0] + (goal[0] - start[0]) * far / way, start[1] + (goal[1] - start[1]) * far / way


def _pairs(ways: Counter[tuple[str, str]], names: dict[str, str | None]) -> str:
    def who(number: str) -> str:
        return text(names[number] or f"#{number}")

    rows = "".join(f"<tr><td>{who(giver)} &rarr; {who(taker)}</td><td>{n}</td></tr>" for (giver, taker), n in ways.most_common(6))
    return f"<table><thead><tr><th>The most</th><th>Passes</th></tr></thead><tbody>{rows}</tbody></table>"


def team_spacing(game: Game) -> str:
    """Return how far two teammates stood apart on average, over time."""
    found = spacing(game.places) if game.places is not None else {}
    spread = {team: found[team] for team in game.teams if team in found}
    if not spread or game.places is None:
        return section("spacing", "Team spacing", '<p class="none">Nothing to draw: fewer than three players of a team were placed at the same time.</p>')
    frames, first = np.unique(game.places.frame, return_index=True)
    times = dict(zip(frames.tolist(), game.places.time_s[first].tolist(), strict=True))
    top_m = max(4.0, 2 * math.ceil(max(float(metres.max()) for _, metres in spread.values()) / 2))
    length = max(game.seconds, 1e-3)
    curves, key = "", ""
    for team, (at, metres) in spread.items():
        time_s = np.array([times[frame] for frame in at.tolist()])
        curves += f'<path class="curve {game.painted(team)}" d="{_curve(time_s, metres, length, top_m)}"/>'
        share = f"known in {percent(len(at) / max(game.n_frames, 1))} of the clip"
        key += f'<span class="{game.painted(team)}"><b class="dot"></b><span>{text(team)}: {np.median(metres):.1f} m <small>{share}</small></span></span>'
    step = 2 if top_m <= 8 else 4
    levels = range(0, int(top_m) + 1, step)
    grid = "".join(f'<line x1="0" x2="{_WIDTH}" y1="{_y(level, top_m):.1f}" y2="{_y(level, top_m):.1f}"/>' for level in levels)
    # the labels lie in a drawing of their own: the curves are stretched to the page's width, letters must not be
    labels = "".join(f'<text x="0" y="{100 * _y(level, top_m) / _HEIGHT:.1f}%" dy="-3">{level} m</text>' for level in levels if level)
    ends = f'<text x="100%" y="100%" dy="-3" text-anchor="end">{clock(length)}</text>'
    chart = f'<div class="chart"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none">{grid}{curves}</svg><svg>{labels}{ends}</svg></div>'
    note = "Mean distance between two teammates on the court, while at least three of them are placed; in the key its median."
    return section("spacing", "Team spacing", f'<p class="legend">{key}</p>{chart}', note)


def _y(metres: float, top_m: float) -> float:
    return _HEIGHT - 2 - metres / top_m * (_HEIGHT - 16)


def _curve(time_s: Floats, metres: Floats, length: float, top_m: float) -> str:
    which = np.minimum((time_s / length * _MOST_BINS).astype(int), _MOST_BINS - 1)
    bins, starts = np.unique(which, return_index=True)
    at = np.array([part.mean() for part in np.split(time_s, starts[1:])])
    high = np.array([part.mean() for part in np.split(metres, starts[1:])])
    broken = np.diff(at) > max(_LONGEST_GAP_S, 2 * length / _MOST_BINS)
    parts = np.split(np.arange(len(bins)), np.flatnonzero(broken) + 1)
    # a lone point is drawn as a dot by the round ends of a line of no length
    return "".join(
        "M" + "L".join(f"{_WIDTH * at[i] / length:.1f} {_y(high[i], top_m):.1f}" for i in (part if len(part) > 1 else [*part, *part])) for part in parts
    )
