"""What can be seen from above: shots and where everybody was, drawn on the court of the league."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import numpy.typing as npt

from courtside.court import Court
from courtside.court.dimensions import RIM_RADIUS_M
from courtside.court.markings import lines, zones
from courtside.report.game import Event, Game
from courtside.report.markup import clock, count, percent, section, text
from courtside.report.plays import person, seek, shot_mark, words

Floats = npt.NDArray[np.float64]

_MARGIN_M = 1.2
_CELL_M, _KERNEL_M = 0.25, 0.6  # of a heat map; the kernel is an arm's length
_BOARD_M = 1.83 / 2  # half of a backboard, six feet in every rule book
_ZONES = ("restricted", "paint", "mid-range", "corner three", "arc three", "unknown")


def court_symbol(court: Court) -> str:
    """Return the drawing of the court that the charts refer to, its units metres about the centre."""

    def path(points: Floats) -> str:
        return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)

    areas = zones(court)
    paint = "".join(f'<path class="paint" d="{path(areas[f"{half} paint"])}Z"/>' for half in ("left", "right"))
    drawn = "".join(f'<path class="line" d="{path(line)}"/>' for line in lines(court).values())
    baskets = "".join(
        f'<path class="line" d="M{x:.2f} {-_BOARD_M:.2f}V{_BOARD_M:.2f}"/><circle class="rim" cx="{sign * court.rim_x_m:.2f}" r="{RIM_RADIUS_M:.2f}"/>'
        for sign in (-1, 1)
        for x in (sign * (court.half_length_m - court.backboard_m),)
    )
    left, top = -court.half_length_m - _MARGIN_M, -court.half_width_m - _MARGIN_M
    apron = f'<rect class="apron" x="{left:.2f}" y="{top:.2f}" width="{-2 * left:.2f}" height="{-2 * top:.2f}"/>'
    floor = f'<path class="floor" d="{path(areas["court"])}Z"/>'
    return f'<svg class="defs" aria-hidden="true"><defs><g id="court">{apron}{floor}{paint}{drawn}{baskets}</g></defs></svg>'


def _half_place(event: Event) -> tuple[float, float] | None:
    """Return where a shot was taken from as seen with the basket at the top: metres to the right and downwards from the court's centre."""
    if event["court_m"] is None:
        return None
    x, y = event["court_m"]
    basket = event["facts"]["basket"]
    sign = -1 if basket == "left" or (basket is None and x < 0) else 1
    return sign * y, -sign * x


def shot_chart(game: Game) -> str:
    """Return a half court for each team with its shots, both baskets turned onto one, and the shots by zone."""
    shots = game.of("shot")
    if not shots or game.court is None:
        reason = game.why_not("shot") or ("there was no shot in this clip" if not shots else "the court is not known")
        return section("shots", "Shot chart", f'<p class="none">No chart: {text(reason)}.</p>')
    teams = [*game.teams, *({event["team"] for event in shots} - set(game.teams))]
    figures = "".join(_half_court(game, team, mine) for team in teams if (mine := [event for event in shots if event["team"] == team]))
    unplaced = sum(_half_place(event) is None for event in shots)
    note = f"Every shot at the basket above. {count(unplaced, 'shot')} not drawn: where from is not known." if unplaced else "Every shot at the basket above."
    return section("shots", "Shot chart", f'<div class="halves">{figures}</div>', note)


def _half_court(game: Game, team: str | None, shots: list[Event]) -> str:
    assert game.court is not None  # looked at by shot_chart
    court = game.court[0]
    width, height = court.width_m + 2 * _MARGIN_M, court.half_length_m + _MARGIN_M + 0.4
    view = f"{-width / 2:.2f} {-court.half_length_m - _MARGIN_M:.2f} {width:.2f} {height:.2f}"
    marks = ""
    for event in shots:
        place = _half_place(event)
        if place is not None:
            right = min(max(place[0], -width / 2 + 0.4), width / 2 - 0.4)
            down = min(max(place[1], -court.half_length_m - _MARGIN_M + 0.4), 0.0)
            title = f"{clock(event['start_s'])} {person(event)}: {words(event)}".replace("<i>", "").replace("</i>", "")
            mark = shot_mark(event["facts"]["outcome"])
            marks += f'<a {seek(event, game.video)}><title>{title}</title><g transform="translate({right:.2f} {down:.2f}) scale(.065)">{mark}</g></a>'
    rows = ""
    for zone in _ZONES:
        mine = [event for event in shots if (event["facts"]["zone"] or "unknown") == zone]
        if mine:
            made, unknown = (sum(event["facts"]["outcome"] == outcome for event in mine) for outcome in ("made", "unknown"))
            rows += f"<tr><td>{zone if zone != 'unknown' else '<i>place not known</i>'}</td><td>{made}&ndash;{len(mine)}</td><td>{unknown or ''}</td></tr>"
    head = '<thead><tr><th>From</th><th>Made&ndash;tried</th><th title="outcome not known">?</th></tr></thead>'
    table = f"<table>{head}<tbody>{rows}</tbody></table>"
    drawing = f'<svg class="half" viewBox="{view}"><use href="#court" transform="rotate(-90)"/>{marks}</svg>' if marks else ""
    name = text(team) if team else "<i>Team not known</i>"
    return f'<figure class="{game.painted(team)}"><figcaption>{name}</figcaption>{drawing}{table}</figure>'


def heat_maps(game: Game) -> str:
    """Return a small court for each player, the brighter the longer he was there."""
    players = game.players()
    if game.court is None or game.places is None:
        return section("heat", "Where they were", '<p class="none">No maps: where people stood is not known in this run.</p>')
    court = game.court[0]
    left, top = -court.half_length_m - _MARGIN_M, -court.half_width_m - _MARGIN_M
    box = f'x="{left:.2f}" y="{top:.2f}" width="{-2 * left:.2f}" height="{-2 * top:.2f}"'
    figures = ""
    for (team, number), (player, rows) in players.items():
        xy_m = game.places.xy_m[rows]
        known = np.isfinite(xy_m).all(1)
        if not known.any():
            continue
        glow = base64.b64encode(_glow(xy_m[known], court)).decode()
        placed = percent(len(np.unique(game.places.frame[rows[known]])) / max(game.n_frames, 1))
        name = f'<b class="chip">{text(number)}</b> {text(player) if player else ""} <small>placed {placed} of the clip</small>'
        drawing = (
            f'<svg viewBox="{left:.2f} {top:.2f} {-2 * left:.2f} {-2 * top:.2f}"><use href="#court"/><image {box} href="data:image/png;base64,{glow}"/></svg>'
        )
        figures += f'<figure class="{game.painted(team)}">{drawing}<figcaption>{name}</figcaption></figure>'
    if not figures:
        return section("heat", "Where they were", '<p class="none">No maps: nobody with a proved number was placed on the court.</p>')
    return section("heat", "Where they were", f'<div class="maps">{figures}</div>', "The brighter, the longer; each map by itself.")


def _glow(xy_m: Floats, court: Court) -> bytes:
    """Return a PNG with transparency: a Gaussian kernel density of places (n, 2), a pixel every ``_CELL_M``."""
    half = np.array([court.half_length_m, court.half_width_m]) + _MARGIN_M
    width, height = (max(1, round(2 * float(side) / _CELL_M)) for side in half)
    time, _, _ = np.histogram2d(xy_m[:, 1], xy_m[:, 0], (height, width), ((-half[1], half[1]), (-half[0], half[0])))
    density = cv2.GaussianBlur(time.astype(np.float32), (0, 0), _KERNEL_M / _CELL_M)
    share = density / max(float(density.max()), 1e-9)
    # the lower fifth of the colour map is as dark as a hole in the floor
    colors = cv2.applyColorMap(np.rint(255 * (0.2 + 0.8 * share)).astype(np.uint8), cv2.COLORMAP_INFERNO)
    alpha = np.rint(255 * np.clip(share * 3.5, 0, 0.86)).astype(np.uint8)
    return bytes(cv2.imencode(".png", np.dstack([colors, alpha]))[1])
