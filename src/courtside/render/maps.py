"""Pictures of a whole clip on the court: where a player was, which way he went, how far a team was spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from courtside.pipeline.places import Places, runs, spacing
from courtside.render.color import INK, NEUTRAL, WHITE, Color, mix, parse_hex
from courtside.render.court_drawing import CourtDrawing
from courtside.render.label import chip_sprite, disc_sprite, label_sprite
from courtside.render.sprite import Sprite, lay
from courtside.types import Image, Team

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KERNEL_M = 0.6
"""Standard deviation of the Gaussian that a place counts with in a heat map: an arm's length."""

_PAPER: Color = (246, 246, 244)
_SHIFT = 4


def heat_map(drawing: CourtDrawing, places: Places, rows: Ints) -> Image:
    """Return the court with how long the player of ``rows`` was where: a Gaussian kernel density, its highest point the brightest."""
    pixels = drawing.to_pixels(places.xy_m[rows])
    pixels = pixels[np.isfinite(pixels).all(1)]
    time, _, _ = np.histogram2d(pixels[:, 1], pixels[:, 0], (drawing.height, drawing.width), ((-0.5, drawing.height - 0.5), (-0.5, drawing.width - 0.5)))
    density = cv2.GaussianBlur(time.astype(np.float32), (0, 0), KERNEL_M * drawing.scale)
    if density.max() <= 0:
        return drawing.image.copy()
    share = density / density.max()
    # the lower fifth of the colour map is as dark as a hole in the floor
    glow = cv2.applyColorMap(np.rint(255 * (0.2 + 0.8 * share)).astype(np.uint8), cv2.COLORMAP_INFERNO)
    alpha = np.clip(share * 3.5, 0, 0.86)[..., None]
    return np.asarray(np.rint(drawing.image * (1 - alpha) + glow * alpha), np.uint8)


def path_map(drawing: CourtDrawing, places: Places, rows: Ints, color: Color = NEUTRAL, number: str = "") -> Image:
    """Return the court with the way of the player of ``rows``, from dark (first seen) to bright (last seen), and his number where he was last."""
    image = drawing.image.copy()
    found = runs(places, rows)
    if not found:
        return image
    found.sort(key=lambda run: places.time_s[run[0]])
    begin, end = places.time_s[found[0][0]], max(places.time_s[run[-1]] for run in found)
    thickness = max(2, round(0.16 * drawing.scale))
    for run in found:
        fixed = np.rint(drawing.to_pixels(places.xy_m[run]) * (1 << _SHIFT)).astype(np.int32)
        cv2.polylines(image, [fixed], False, mix(INK, WHITE, 0.1), thickness + 2, cv2.LINE_AA, _SHIFT)
        for i, tone in enumerate(_tones((places.time_s[run[:-1]] - begin) / max(end - begin, 1e-9))):
            cv2.line(image, fixed[i].tolist(), fixed[i + 1].tolist(), tone, thickness, cv2.LINE_AA, _SHIFT)
    last = max(found, key=lambda run: places.time_s[run[-1]])[-1]
    _lay_at(image, disc_sprite(number, color, max(8, round(0.72 * drawing.scale))), drawing.to_pixels(places.xy_m[last][None])[0])
    _legend(image, begin, end)
    return image


def player_picture(drawing: CourtDrawing, places: Places, rows: Ints, color: Color, number: str, name: str, facts: str) -> Image:
    """Return one picture of a player: his name and ``facts``, below them the heat map and the path side by side."""
    size_px = max(12, round(drawing.width * 0.032))
    between = np.full((drawing.height, max(4, size_px // 3), 3), _PAPER, np.uint8)
    panels = np.hstack([heat_map(drawing, places, rows), between, path_map(drawing, places, rows, color, number)])
    title = label_sprite(number, name, color, size_px, panels.shape[1] // 2)
    return _titled(panels, [title, chip_sprite(facts, _PAPER, round(size_px * 0.8), panels.shape[1] // 2 - size_px)], size_px)


def spacing_picture(drawing: CourtDrawing, places: Places, teams: Mapping[str, Team]) -> Image | None:
    """Return one picture of how the teams were spread, or None where too few players have a place.

    On the court stand both teams at the moment nearest to their usual spacing, each with its outline; below is the mean distance between two teammates over
    the clip.
    """
    spread = {team: value for team, value in spacing(places).items() if team in teams}
    if not spread:
        return None
    colors = {team: parse_hex(teams[team].color) for team in spread}
    size_px = max(12, round(drawing.width * 0.022))
    moment = _usual_moment(spread)
    panel = _spread_at(drawing, places, moment, colors)
    times = {int(frame): float(time_s) for frame, time_s in zip(places.frame, places.time_s, strict=True)}
    _lay_at(panel, chip_sprite(f"at {times[moment]:.1f} s", _PAPER, size_px, drawing.width), (drawing.width / 2, drawing.height - size_px))
    widest = drawing.width // 2 - size_px
    chips = [chip_sprite(f"{team}: {np.median(metres):.1f} m apart", colors[team], size_px, widest) for team, (_, metres) in spread.items()]
    return _titled(np.vstack([panel, _chart(spread, times, colors, moment, drawing.width)]), chips, size_px)


def _usual_moment(spread: Mapping[str, tuple[Ints, Floats]]) -> int:
    off: dict[int, float] = {}
    for frames, metres in spread.values():
        for frame, far in zip(frames.tolist(), np.abs(metres - np.median(metres)).tolist(), strict=True):
            off[frame] = off.get(frame, 0.0) + far
    both = [frame for frame in off if all(frame in frames for frames, _ in spread.values())]
    return min(both or off, key=lambda frame: (off[frame], frame))


def _spread_at(drawing: CourtDrawing, places: Places, frame: int, colors: Mapping[str, Color]) -> Image:
    image = drawing.image.copy()
    rows = np.flatnonzero((places.frame == frame) & np.isfinite(places.xy_m).all(1) & (places.role == "player"))
    pixels = drawing.to_pixels(places.xy_m)
    for team, color in colors.items():
        mine = rows[places.team[rows] == team]
        if len(mine) < 3:
            continue
        outline = cv2.convexHull(np.rint(pixels[mine] * (1 << _SHIFT)).astype(np.int32))
        layer = image.copy()
        cv2.fillPoly(layer, [outline], color, cv2.LINE_AA, _SHIFT)
        image = np.asarray(cv2.addWeighted(layer, 0.3, image, 0.7, 0), np.uint8)
        cv2.polylines(image, [outline], True, color, max(1, round(drawing.scale * 0.06)), cv2.LINE_AA, _SHIFT)
    for row in rows:
        if places.team[row] in colors:
            _lay_at(image, disc_sprite(places.number[row] or "", colors[places.team[row]], max(8, round(0.72 * drawing.scale))), pixels[row])
    return image


def _chart(spread: Mapping[str, tuple[Ints, Floats]], times: Mapping[int, float], colors: Mapping[str, Color], moment: int, width: int) -> Image:
    height, pad, size_px = round(width * 0.2), round(width * 0.05), max(11, round(width * 0.017))
    chart = np.full((height, width, 3), _PAPER, np.uint8)
    top_m = max(2.0, float(np.ceil(max(metres.max() for _, metres in spread.values()) / 2) * 2))
    first, last = min(times.values()), max(times.values())

    def where(time_s: Floats, metres: Floats) -> Floats:
        along = (np.asarray(time_s, float) - first) / max(last - first, 1e-9)
        return np.stack([pad + along * (width - 2 * pad), height - size_px * 2 - np.asarray(metres, float) / top_m * (height - size_px * 3)], 1)

    step_m = 2 if top_m <= 8 else 4
    for level_m in range(0, int(top_m) + 1, step_m):
        ends = np.rint(where(np.array([first, last]), np.full(2, level_m))).astype(int)
        cv2.line(chart, ends[0].tolist(), ends[1].tolist(), (218, 218, 216), 1, cv2.LINE_AA)
        _lay_at(chart, chip_sprite(f"{level_m} m", _PAPER, size_px, pad), (pad * 0.5, ends[0][1]))
    now = np.rint(where(np.full(2, times[moment]), np.array([0, top_m]))).astype(int)
    cv2.line(chart, now[0].tolist(), now[1].tolist(), (150, 150, 150), 1, cv2.LINE_AA)
    for at, text in ((first, f"{first:.0f} s"), (last, f"{last:.1f} s")):
        _lay_at(chart, chip_sprite(text, _PAPER, size_px, pad), (float(where(np.array([at]), np.zeros(1))[0, 0]), height - size_px * 0.9))
    for team, (frames, metres) in spread.items():
        points = where(np.array([times[int(frame)] for frame in frames]), metres)
        for part in np.split(points, np.flatnonzero(np.diff(frames) > 3) + 1):
            cv2.polylines(chart, [np.rint(part * (1 << _SHIFT)).astype(np.int32)], False, colors[team], max(2, round(width * 0.0022)), cv2.LINE_AA, _SHIFT)
    return chart


def _tones(share: Floats) -> list[tuple[int, ...]]:
    # not the very ends of the map: its first blue is nearly black, its last yellow nearly the floor
    codes = np.rint(255 * (0.08 + 0.87 * np.clip(share, 0, 1))).astype(np.uint8)[:, None]
    return [tuple(int(value) for value in tone) for tone in cv2.applyColorMap(codes, cv2.COLORMAP_PLASMA)[:, 0]] if len(codes) else []


def _legend(image: Image, begin_s: float, end_s: float) -> None:
    height, width = image.shape[:2]
    size_px, length = max(10, round(width * 0.022)), round(width * 0.22)
    x, y = (width - length) // 2, height - round(size_px * 0.95)
    for i, tone in enumerate(_tones(np.linspace(0, 1, length))):
        cv2.line(image, (x + i, y - size_px // 4), (x + i, y + size_px // 4), tone, 1)
    for text, at in ((f"{begin_s:.1f} s", x - size_px * 2), (f"{end_s:.1f} s", x + length + size_px * 2)):
        _lay_at(image, chip_sprite(text, _PAPER, size_px, width // 4), (at, y))


def _titled(panel: Image, chips: Sequence[Sprite], size_px: int) -> Image:
    strip, x = np.full((size_px * 2, panel.shape[1], 3), _PAPER, np.uint8), size_px // 2
    for chip in chips:
        lay(strip, chip, x, (strip.shape[0] - chip.height) // 2)
        x += chip.width + size_px // 2
    return np.vstack([strip, panel])


def _lay_at(image: Image, sprite: Sprite, at: Sequence[float] | Floats) -> None:
    lay(image, sprite, round(float(at[0]) - (sprite.width - 1) / 2), round(float(at[1]) - (sprite.height - 1) / 2))
