"""Why a track is called what it is called: everything that was read off it over time, as one picture (SVG)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.identity.naming import number_priors
from courtside.identity.numbers import Readings, allowing_for_likeness, number_log_likelihood
from courtside.identity.stretches import cut_where_doubtful
from courtside.identity.tracklets import readings_of, tracklets_of
from courtside.records import Records
from courtside.report.markup import clock, ink, text
from courtside.types import NUMBERS, PLAYER_CLASSES, REFEREE, Person, Team

Floats = npt.NDArray[np.float64]

_LEAST_IOU = 0.5  # a drawn box is smoothed: the box that was followed is the one it has this much in common with
_LEGIBLE = 0.5  # readings that are more likely no whole number than one say nothing, and are drawn so
_MOST_NUMBERS = 6


@dataclass(frozen=True)
class Span:
    """From ``start_s`` to ``end_s``, something called ``name``."""

    start_s: float
    end_s: float
    name: str


@dataclass(frozen=True)
class Evidence:
    """What is known of one track.

    ``drawn`` is what is drawn and ``followed`` by which tracklets he was, over time; ``doubts`` are the times at which the tracker may have gone over to
    somebody else, with the chance that it did not; ``reading_s`` (r,) with ``chance`` (r, 101) are the numbers read; ``look_s`` with ``colors`` ("#RRGGBB") the
    kit; ``believed`` (r, 101) is the chance of each number of his team by the readings up to each, as if all were his.
    """

    title: str
    color: str
    number: str | None
    start_s: float
    end_s: float
    drawn: tuple[Span, ...]
    followed: tuple[Span, ...]
    doubts: tuple[tuple[float, float], ...]
    cuts: tuple[float, ...]
    reading_s: Floats
    chance: Floats
    look_s: Floats
    colors: tuple[str, ...]
    believed: Floats


def gather(records: Records, people: Callable[[int], Sequence[Person]], teams: Mapping[str, Team], track_id: int) -> Evidence | None:
    """Collect what the records know of a track of the result; None where there is no such track.

    Args:
        records: of the clip.
        people: the people of a frame, as drawn.
        teams: by name.
        track_id: as in the result.
    """
    time_s = records.frames.time_s
    rows = [(frame, person) for frame in range(len(time_s)) for person in people(frame) if person.track_id == track_id]
    if not rows:
        return None
    frames = np.array([frame for frame, _ in rows])
    tracker = np.array([_followed(records, frame, person) for frame, person in rows])
    # who is nobody's box for a frame or two is filled in between two that are
    mine = set(zip(frames.tolist(), tracker.tolist(), strict=True))
    readings, looks = records.readings, records.appearances
    read = np.array([(frame, one) in mine for frame, one in zip(readings.frame.tolist(), readings.tracker_id.tolist(), strict=True)], bool)
    looked = np.array([(frame, one) in mine for frame, one in zip(looks.frame.tolist(), looks.tracker_id.tolist(), strict=True)], bool)
    numbers = readings_of(records, read)
    named = next((person for _, person in rows if person.number), rows[0][1])
    team = teams.get(named.team or "")
    return Evidence(
        f"track {track_id}: {_label(named)}" + (f", {np.floor(1000 * named.probability) / 10:g} % sure" if named.number else ""),
        team.color if team else "#9AA0A6",
        named.number,
        float(time_s[frames[0]]),
        float(time_s[frames[-1]]),
        _spans(time_s, frames, [_label(person) for _, person in rows]),
        _spans(time_s, frames[tracker > 0], [f"{one}" for one in tracker[tracker > 0]]),
        _doubts(records, frames, tracker),
        tuple(float(time_s[frame]) for frame in np.flatnonzero(records.frames.cut) if frames[0] < frame <= frames[-1]),
        numbers.time_s,
        numbers.chance,
        time_s[looks.frame[looked]],
        tuple("#{2:02X}{1:02X}{0:02X}".format(*(int(np.clip(value, 0, 255)) for value in bgr)) for bgr in looks.color[looked]),
        _believed(numbers, number_priors((team,))[0] if team else number_priors(())[0]),
    )


def _label(person: Person) -> str:
    if person.role == "referee":
        return "referee"
    number = f"#{person.number} {person.player or ''}".strip() if person.number else ""
    return f"{number} ({person.team})" if number else person.team or "not proved"


def _followed(records: Records, frame: int, person: Person) -> int:
    """Return the tracker's id of the box that a drawn one was made of, 0 where it was filled in."""
    table = records.detections
    rows = np.arange(*np.searchsorted(table.frame, (frame, frame + 1)))
    rows = rows[np.isin(table.class_id[rows], (*PLAYER_CLASSES, REFEREE)) & (table.tracker_id[rows] > 0)]
    if not len(rows):
        return 0
    box, boxes = np.array(person.xyxy), table.xyxy[rows].astype(float)
    shared = np.prod(np.clip(np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2]), 0, None), 1)
    iou = shared / np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], 1) + np.prod(box[2:] - box[:2]) - shared, 1e-9)
    best = int(iou.argmax())
    return int(table.tracker_id[rows[best]]) if iou[best] >= _LEAST_IOU else 0


def _spans(time_s: Floats, frames: npt.NDArray[np.int64], names: Sequence[str]) -> tuple[Span, ...]:
    """Return the stretches of like-named frames; a few frames without any don't end one."""
    frame_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    spans: list[Span] = []
    for at, name in zip(time_s[frames].tolist(), names, strict=True):
        if spans and spans[-1].name == name and at - spans[-1].end_s <= 5 * frame_s:
            spans[-1] = Span(spans[-1].start_s, at + frame_s, name)
        else:
            spans.append(Span(at, at + frame_s, name))
    return tuple(spans)


def _doubts(records: Records, frames: npt.NDArray[np.int64], tracker: npt.NDArray[np.int64]) -> tuple[tuple[float, float], ...]:
    tracklets = [tracklet for tracklet in tracklets_of(records) if not tracklet.is_referee]
    mine, found = set(zip(frames.tolist(), tracker.tolist(), strict=True)), []
    for part in cut_where_doubtful(tracklets):
        first = part.tracklet
        if part.follows is not None and (int(first.frame[0]), first.tracker_id) in mine:
            found.append((first.start_s, part.stays))
    return tuple(sorted(found))


def _believed(readings: Readings, prior: Floats) -> Floats:
    rows = np.empty((len(readings.time_s), len(NUMBERS)))
    for n in range(len(rows)):
        log = allowing_for_likeness(number_log_likelihood(readings.of(slice(n + 1))))
        rows[n] = np.exp(log - log.max()) * prior
    return np.asarray(rows / np.maximum(rows.sum(1, keepdims=True), 1e-300))


_WIDTH, _LEFT, _RIGHT, _TOP = 960, 130, 20, 34
_BAND, _ROW, _CURVES = 24, 20, 110
_COLORS = ("#D1495B", "#2E86E4", "#17A673", "#B07D12", "#7B4FB5", "#555F6B")


def draw(evidence: Evidence) -> str:
    """Return the picture, an SVG."""
    span = max(evidence.end_s - evidence.start_s, 1e-3)

    def x(at_s: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (at_s - evidence.start_s) / span

    numbers = _numbers(evidence)
    colors = dict(zip(numbers, _COLORS, strict=False))
    out, y = [f'<text x="{_LEFT}" y="20" font-size="15" font-weight="bold">{text(evidence.title)}</text>'], float(_TOP)
    bottom = _TOP + 3 * (_BAND + 8) + _ROW * (len(numbers) + 1) + 16 + _CURVES + 16
    out += [f'<path d="M{x(cut):.1f} {_TOP} V{bottom}" stroke="#222" stroke-dasharray="3 3"><title>cut</title></path>' for cut in evidence.cuts]
    for name, spans, paint in (("drawn", evidence.drawn, evidence.color), ("followed as", evidence.followed, "#DDE1E6")):
        out.append(_row_name(name, y + _BAND / 2))
        for one in spans:
            faint = name == "drawn" and not one.name.startswith("#")
            out += _bar(x(one.start_s), x(min(one.end_s, evidence.end_s)), y, "#DDE1E6" if faint else paint, one.name)
        y += _BAND + 8
    for at, stays in evidence.doubts:
        title = f"<title>{clock(at)}: {stays:.0%} likely the same person still</title>"
        out.append(f'<path d="M{x(at) - 5:.1f} {y - 9 - _BAND:.1f} h10 l-5 9 z" fill="#D1495B">{title}</path>')
    out.append(_row_name("kit", y + _BAND / 2))
    for at, color in zip(evidence.look_s.tolist(), evidence.colors, strict=True):
        out.append(f'<rect x="{x(at) - 2:.1f}" y="{y}" width="4" height="{_BAND}" fill="{color}" stroke="#888" stroke-width="0.3"/>')
    y += _BAND + 8
    out += _readings(evidence, numbers, colors, x, y)
    y += _ROW * (len(numbers) + 1) + 16
    out += _beliefs(evidence, colors, x, y)
    out += _seconds(evidence, x, bottom)
    height = bottom + 34
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12" fill="#222">'
    return "\n".join([head, f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>', *out, "</svg>"]) + "\n"


def _numbers(evidence: Evidence) -> list[str]:
    """Return the numbers that were read most, surest first; what is drawn is always among them."""
    weight = evidence.chance.sum(0)
    if len(evidence.believed):
        weight = weight + 10 * evidence.believed[-1]
    most = [NUMBERS[int(i)] for i in np.argsort(-weight, kind="stable")[:_MOST_NUMBERS] if weight[i] >= 0.1]
    return most if evidence.number is None or evidence.number in most else [evidence.number, *most[: _MOST_NUMBERS - 1]]


def _row_name(name: str, y: float, color: str = "#222") -> str:
    return f'<text x="{_LEFT - 10}" y="{y + 4:.1f}" text-anchor="end" fill="{color}">{text(name)}</text>'


def _bar(start: float, end: float, y: float, color: str, name: str) -> list[str]:
    width = max(end - start, 1.0)
    out = [f'<rect x="{start:.1f}" y="{y}" width="{width:.1f}" height="{_BAND}" fill="{color}" stroke="#fff"><title>{text(name)}</title></rect>']
    if width > 7 * len(name):
        out.append(f'<text x="{start + 6:.1f}" y="{y + _BAND / 2 + 4}" fill="{ink(color)}">{text(name)}</text>')
    return out


def _readings(evidence: Evidence, numbers: Sequence[str], colors: Mapping[str, str], x: Callable[[float], float], y: float) -> list[str]:
    out = []
    for row, name in enumerate((*numbers, "not legible")):
        middle = y + _ROW * (row + 0.5)
        out.append(_row_name(f"read as {name}" if name in colors else name, middle, colors.get(name, "#777")))
        out.append(f'<path d="M{_LEFT} {middle} H{_WIDTH - _RIGHT}" stroke="#EEE"/>')
    for at, chance in zip(evidence.reading_s.tolist(), evidence.chance, strict=True):
        if chance.sum() < _LEGIBLE:
            out.append(f'<circle cx="{x(at):.1f}" cy="{y + _ROW * (len(numbers) + 0.5):.1f}" r="2" fill="#AAA"/>')
            continue
        for row, name in enumerate(numbers):
            share = float(chance[NUMBERS.index(name)])
            if share >= 0.05:
                title, place = f"<title>{clock(at)}: {name} with {share:.0%}</title>", f'cx="{x(at):.1f}" cy="{y + _ROW * (row + 0.5):.1f}"'
                out.append(f'<circle {place} r="{1 + 5 * share:.1f}" fill="{colors[name]}" fill-opacity="0.6">{title}</circle>')
    return out


def _beliefs(evidence: Evidence, colors: Mapping[str, str], x: Callable[[float], float], y: float) -> list[str]:
    out = [_row_name("believed,", y + _CURVES / 2 - 8), _row_name("by the readings so far", y + _CURVES / 2 + 8)]
    for share in (0.0, 0.5, 1.0):
        at = y + _CURVES * (1 - share)
        out.append(f'<path d="M{_LEFT} {at} H{_WIDTH - _RIGHT}" stroke="#EEE"/>')
        out.append(f'<text x="{_WIDTH - _RIGHT}" y="{at - 3}" text-anchor="end" fill="#777">{share:.0%}</text>')
    for name, color in colors.items():
        column = evidence.believed[:, NUMBERS.index(name)] if len(evidence.believed) else np.zeros(0)
        if not len(column) or column.max() < 0.01:
            continue
        # a belief holds until the next reading
        steps = "".join(f" H{x(at):.1f} V{y + _CURVES * (1 - share):.1f}" for at, share in zip(evidence.reading_s.tolist(), column.tolist(), strict=True))
        path, width = f"M{x(float(evidence.reading_s[0])):.1f} {y + _CURVES}{steps} H{_WIDTH - _RIGHT}", 3 if name == evidence.number else 1.5
        out.append(f'<path d="{path}" stroke="{color}" stroke-width="{width}" fill="none"/>')
    return out


def _seconds(evidence: Evidence, x: Callable[[float], float], y: float) -> list[str]:
    every = next(step for step in (0.5, 1, 2, 5, 10, 30, 60, 300, 3600) if (evidence.end_s - evidence.start_s) / step <= 12)
    ticks = np.arange(np.ceil(evidence.start_s / every), np.floor(evidence.end_s / every) + 1) * every
    return [f'<path d="M{x(at):.1f} {y} v5" stroke="#222"/><text x="{x(at):.1f}" y="{y + 18}" text-anchor="middle">{clock(at)}</text>' for at in ticks.tolist()]
