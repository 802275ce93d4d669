"""What ``identity.min_confidence`` buys: names right against players named, and whether a probability is what it says.

    python bench/confidence.py --data ../shared/data --work WORK --write    print the tables, write docs/confidence.md and its picture

WORK is a folder as ``bench/suite.py --work`` leaves it; what is not there is simulated and analysed. ``resolve`` runs once for every clip and threshold.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from unittest.mock import patch

import suite
from suite import LONG, REAL, SIMULATED, Case

import courtside.pipeline.resolve as resolving
from courtside.cli import stages
from courtside.config import IdentitySettings
from courtside.court import COURTS
from courtside.errors import CourtsideError
from courtside.evaluate.drawn import drawn_of
from courtside.evaluate.identity import score_identity
from courtside.evaluate.matching import Compared, ComparedFrame, compare
from courtside.pipeline.court import find_league, place_court
from courtside.records import read_records
from courtside.simulate.clip import Recipe
from courtside.simulate.knobs import Knobs
from courtside.truth import read_truth

PAGE = suite.HERE.parent / "docs" / "confidence.md"
PICTURE = PAGE.with_suffix(".svg")

_LOOSE_IOU = 0.3
THRESHOLDS = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995)
CURVE_FROM = 0.5
"""The lowest that the command line takes; what is below tells only whether the probabilities are right."""

FRESH = (
    Case("fresh open", "6 s, one shot", Recipe(seed=71, seconds=6)),
    Case("fresh crowded", "6 s, tight marking and screens", Recipe(seed=72, seconds=6, knobs=Knobs(occlusion=0.8))),
    Case("fresh cuts", "8 s, a cut every 2.5 s", Recipe(seed=73, seconds=8, knobs=Knobs(cut_every_s=2.5))),
    Case("fresh blur", "6 s, numbers hard to read, fast pans", Recipe(seed=74, seconds=6, knobs=Knobs(illegible=0.5, fast_pans=0.5, blur=0.5))),
)
"""Simulated clips that nothing was tuned on."""


@dataclass(frozen=True)
class Count:
    """The names in the labelled frames of some clips at one threshold.

    ``right`` of the ``drawn`` names on ``players`` labelled players, boxes paired at IoU 0.5; ``person`` counts those too whose box is looser and yet lies most
    on the right person. ``wrong_tracks`` of the ``tracks`` with a name are on a wrong person for most of their time. ``last_person`` of the ``last`` names are
    drawn at no higher threshold, so that their probability is between this and the next.
    """

    right: int = 0
    person: int = 0
    drawn: int = 0
    players: int = 0
    wrong_tracks: int = 0
    tracks: int = 0
    last_person: int = 0
    last: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def sweep(case: Case, work: Path, data: Path | None) -> dict[float, Count]:
    """Count the names of one clip at every threshold."""
    folder = work / case.name.replace(" ", "-")
    if not (folder / "run" / "records").is_dir():
        suite.run_case(case, work, data)
    records = read_records(folder / "run" / "records")
    if case.recipe is not None:
        truth, rosters = read_truth(folder / "game.truth"), folder / "game.rosters.toml"
    else:
        assert data is not None  # real cases are only run with it
        truth, rosters = suite._labels(case, folder / "run", data), data / case.rosters
    teams, counts, claims = stages.rosters_from(rosters), {}, {}
    measures = COURTS[find_league([records])]
    court = place_court(records, measures)
    # where the court lies has nothing to do with the threshold, and costs half of the time
    with patch.object(resolving, "place_court", lambda *_: court):
        for least in THRESHOLDS:
            result = resolving.resolve([records], teams, IdentitySettings(min_confidence=least), measures)
            assert truth.people is not None  # every case labels people
            compared = compare(truth.people, drawn_of(result))
            scores, drawn = score_identity(compared), compared.drawn
            by_track: dict[int, list[bool]] = defaultdict(list)
            for frame in compared.frames:
                for column, j in enumerate(frame.drawn.tolist()):
                    if drawn.player[j] is not None:
                        his = _lies_on(compared, frame, column)
                        by_track[int(drawn.track_id[j])].append(his)
                        # a name is in one place of a frame, so this is the same claim at every threshold; the last that makes it is the highest
                        claims[frame.frame, drawn.team[j], drawn.number[j]] = least, his
            named = [his for track in by_track.values() for his in track]
            mostly_wrong = sum(2 * sum(track) < len(track) for track in by_track.values())
            counts[least] = Count(scores.name_precision.right, sum(named), len(named), scores.name_coverage.of, mostly_wrong, len(by_track))
    for least, his in claims.values():
        counts[least] = replace(counts[least], last_person=counts[least].last_person + his, last=counts[least].last + 1)
    return counts


def _lies_on(compared: Compared, frame: ComparedFrame, column: int) -> bool:
    """Tell whether a drawn name is that of the labelled person it is paired with, or, where it is with none, of the one that its box lies most on."""
    j = int(frame.drawn[column])
    row = next((i for i, paired in frame.pairs if paired == j), None)
    if row is None and len(frame.truth) and frame.iou[:, column].max() >= _LOOSE_IOU:
        row = int(frame.truth[frame.iou[:, column].argmax()])
    truth, drawn = compared.truth, compared.drawn
    return row is not None and (drawn.team[j], drawn.number[j]) == (truth.team[row], truth.number[row])


Sweep = Mapping[float, Count]


def pooled(sweeps: Sequence[Sweep]) -> dict[float, Count]:
    """Add up clips."""
    return {least: sum((counts[least] for counts in sweeps), Count()) for least in THRESHOLDS}


def bins(counts: Sweep) -> list[tuple[float, float, int, int]]:
    """Return (from, to, right, drawn) of the names whose probability lies between two thresholds."""
    return [(low, high, counts[low].last_person, counts[low].last) for low, high in itertools.pairwise([*THRESHOLDS, 1.0])]


def curve_table(groups: Mapping[str, Sweep]) -> list[str]:
    """Return a Markdown table of precision and coverage."""
    lines = [
        f"| min_confidence | {' | '.join(f'{name}: names right | right person | players named' for name in groups)} |",
        "|---" * (1 + 3 * len(groups)) + "|",
    ]
    for least in THRESHOLDS:
        if least < CURVE_FROM:
            continue
        cells = []
        for counts in groups.values():
            count = counts[least]
            cells += [f"{100 * count.right / max(count.drawn, 1):.1f}"]
            cells += [f"{100 * count.person / max(count.drawn, 1):.1f} ({count.wrong_tracks} of {count.tracks} tracks wrong)"]
            cells += [f"{100 * count.right / max(count.players, 1):.1f}"]
        lines.append(f"| {least} | {' | '.join(cells)} |")
    return lines


def bin_table(groups: Mapping[str, Sweep]) -> list[str]:
    """Return a Markdown table of how often a name of some probability is right."""
    lines = [f"| probability | {' | '.join(groups)} |", "|---" * (1 + len(groups)) + "|"]
    for rows in zip(*(bins(counts) for counts in groups.values()), strict=True):
        low, high = rows[0][:2]
        cells = [f"{100 * right / drawn:.0f} ({drawn})" if drawn > 0 else "" for _, _, right, drawn in rows]
        lines.append(f"| {low:g} - {high:g} | {' | '.join(cells)} |")
    return lines


_COLORS = ("#E4572E", "#2E86E4", "#17A673")
_SIDE, _LEFT, _TOP = 300, 60, 40
_FEW = 20  # fewer names than this make no point of the picture


def picture(groups: Mapping[str, Sweep]) -> str:
    """Return an SVG: on the left names on the right person over players named, on the right their share over the probability."""
    left, right = _plot(groups, 0), _plot_reliability(groups, _SIDE + 2 * _LEFT)
    legend = [
        f'<rect x="{_LEFT + 150 * i}" y="6" width="12" height="12" fill="{color}"/><text x="{_LEFT + 18 + 150 * i}" y="17">{name}</text>'
        for i, (name, color) in enumerate(zip(groups, _COLORS, strict=False))
    ]
    width, height = 2 * (_SIDE + 2 * _LEFT) - 20, _SIDE + _TOP + 50
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#222">'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="#fff"/>', *legend, *left, *right, "</svg>"]) + "\n"


At = Callable[[float, float], tuple[float, float]]


def _axes(x0: float, y: tuple[float, float], x_name: str, y_name: str, x_ticks: Mapping[float, str]) -> tuple[list[str], At]:
    """Return the frame of a plot, x from 0 to 1, and where a point of it lies."""

    def at(a: float, b: float) -> tuple[float, float]:
        return round(x0 + _LEFT + _SIDE * a, 1), round(_TOP + _SIDE * (1 - (b - y[0]) / (y[1] - y[0])), 1)

    lines, (left, bottom), (right, top) = [], at(0, y[0]), at(1, y[1])
    for a, name in x_ticks.items():
        x = at(a, 0)[0]
        lines.append(f'<path d="M{x} {bottom} V{top}" stroke="#ddd"/><text x="{x}" y="{bottom + 16}" text-anchor="middle">{name}</text>')
    for step in range(6):
        b = y[0] + step * (y[1] - y[0]) / 5
        height = at(0, b)[1]
        lines.append(f'<path d="M{left} {height} H{right}" stroke="#ddd"/><text x="{left - 6}" y="{height + 4}" text-anchor="end">{100 * b:.0f}</text>')
    lines.append(f'<text x="{(left + right) / 2}" y="{bottom + 36}" text-anchor="middle">{x_name}</text>')
    lines.append(f'<text transform="translate({x0 + 18},{(top + bottom) / 2}) rotate(-90)" text-anchor="middle">{y_name}</text>')
    return lines, at


def _plot(groups: Mapping[str, Sweep], x0: float) -> list[str]:
    shown = [least for least in THRESHOLDS if least >= CURVE_FROM]
    lowest = min((counts[t].person / counts[t].drawn for counts in groups.values() for t in shown if counts[t].drawn), default=0.0)
    bottom = min(0.95, int(20 * lowest) / 20)
    lines, at = _axes(x0, (bottom, 1.0), "players named, %", "on the right person, %", {step / 5: f"{20 * step}" for step in range(6)})
    for counts, color in zip(groups.values(), _COLORS, strict=False):
        points = {t: at(counts[t].right / counts[t].players, counts[t].person / counts[t].drawn) for t in shown if counts[t].drawn and counts[t].players}
        path = " ".join(f"{x},{y}" for x, y in points.values())
        lines.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        for least, (x, y) in points.items():
            radius = 6 if least == IdentitySettings().min_confidence else 2.5
            lines.append(f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{color}"><title>{least:g}</title></circle>')
    return lines


def _plot_reliability(groups: Mapping[str, Sweep], x0: float) -> list[str]:
    n = len(THRESHOLDS)
    # a step for each pair of thresholds, however near to each other they are: what matters happens between 0.9 and 1
    ticks = {k / n: f"{100 * least:g}" for k, least in enumerate(THRESHOLDS) if k % 2 == 0 or k == n - 1}
    lines, at = _axes(x0, (0.0, 1.0), "probability, %: from here to the next", "on the right person, %", ticks)
    for k, (low, high) in enumerate(itertools.pairwise([*THRESHOLDS, 1.0])):
        (left, top), (right, bottom) = at(k / n, high), at((k + 1) / n, low)
        lines.append(f'<rect x="{left}" y="{top}" width="{right - left:.1f}" height="{bottom - top:.1f}" fill="#bbb"/>')
    for g, (counts, color) in enumerate(zip(groups.values(), _COLORS, strict=False)):
        for k, (_, _, right_person, drawn) in enumerate(bins(counts)):
            if drawn >= _FEW:
                x, y = at((k + (g + 1) / (len(groups) + 1)) / n, right_person / drawn)
                lines.append(f'<circle cx="{x}" cy="{y}" r="{2 + drawn**0.25 / 2:.1f}" fill="{color}" fill-opacity="0.8"><title>{drawn} names</title></circle>')
    return lines


def main() -> int:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with clips/, rosters/ and truth/ of the real clips; without it only simulated ones")
    parser.add_argument("--work", type=Path, required=True, help="folder with the runs of bench/suite.py, or for them")
    parser.add_argument("--only", nargs="*", help="these clips only, by name; nothing is written")
    parser.add_argument("--write", action="store_true", help=f"write the tables of {PAGE.name} and {PICTURE.name}")
    arguments = parser.parse_args()
    groups = {"real": REAL if arguments.data else (), "simulated": (*SIMULATED, *LONG), "simulated, fresh": FRESH}
    measured: dict[str, dict[float, Count]] = {}
    for group, cases in groups.items():
        kept = [case for case in cases if not arguments.only or case.name in arguments.only]
        sweeps = []
        for case in kept:
            sweeps.append(sweep(case, arguments.work, arguments.data))
            at = sweeps[-1][IdentitySettings().min_confidence]
            print(f"{case.name}: {at.right} of {at.drawn} names right, {at.players} players", flush=True)
        if sweeps:
            measured[group] = pooled(sweeps)
    tables = {"curve": curve_table(measured), "reliability": bin_table(measured)}
    print("\n".join(["", *tables["curve"], "", *tables["reliability"]]))
    if arguments.write and not arguments.only:
        PICTURE.write_text(picture(measured))
        PAGE.write_text(_with_tables(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    return 0


def _with_tables(page: str, tables: Mapping[str, Sequence[str]]) -> str:
    """Put each table between its marks in the page; the words around them are written by hand."""
    for name, lines in tables.items():
        start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, _, rest = page.partition(start)
        _, _, after = rest.partition(end)
        page = "\n".join([before + start, "", *lines, "", end + after])
    return page


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CourtsideError as error:
        sys.exit(f"confidence.py: {error}")
