"""Names on the labelled real clips made otherwise: flipped left to right, closer, smaller, darker. How right are they then?

    python bench/altered.py --data ../shared/data --work WORK [--ways flipped closer smaller darker]

An altered clip is the nearest thing to a new one: people are found and followed otherwise than in the clip that the constants were chosen on, and the truth is
known. But the plays are the same, and so are players whose number nobody could read. What was made in WORK before is taken again.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track
from rich.table import Table
from suite import REAL, Case

from courtside.cli import stages
from courtside.config import load_settings
from courtside.evaluate import evaluate_run
from courtside.media import VideoWriter, probe, read_frames
from courtside.records import read_records
from courtside.truth import PeopleLabels, clip_of_run, load_truth

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

CRF = 8  # hardly any loss: what is told is of the alteration, not of another encoding
MARGIN, SCALE, GAMMA = 0.03, 0.84, 1.25  # what closer cuts off each side, and what smaller and darker are
LEAST_LEFT = 0.5  # share of a labelled box that must be in the picture


def even(size: float) -> int:
    """Return the even number of pixels that video needs."""
    return int(size) // 2 * 2


def margin(size: Floats) -> Floats:
    """Return what closer cuts off each side of a picture of ``size`` (2,), width and height."""
    return np.array([even(MARGIN * side) for side in size.tolist()])


def flipped(image: Image) -> Image:
    """Return the mirror image."""
    return np.ascontiguousarray(image[:, ::-1])


def closer(image: Image) -> Image:
    """Cut every side off and enlarge the rest to what it was."""
    h, w = image.shape[:2]
    x, y = margin(np.array([w, h], float)).astype(int)
    return np.asarray(cv2.resize(image[y : h - y, x : w - x], (w, h), interpolation=cv2.INTER_LINEAR), np.uint8)


def smaller(image: Image) -> Image:
    """Shrink the picture."""
    h, w = image.shape[:2]
    return np.asarray(cv2.resize(image, (even(SCALE * w), even(SCALE * h)), interpolation=cv2.INTER_AREA), np.uint8)


def darker(image: Image) -> Image:
    """Darken the picture, what is dark the most."""
    return np.asarray(cv2.LUT(image, (255 * (np.arange(256) / 255) ** GAMMA).astype(np.uint8)), np.uint8)


@dataclass(frozen=True)
class Way:
    """How a clip is altered: its pictures (h, w, 3), and where points (n, 2) of one of ``size`` (2,) are then."""

    picture: Callable[[Image], Image]
    points: Callable[[Floats, Floats], Floats]


WAYS = {
    "flipped": Way(flipped, lambda xy, size: size * (1, 0) + xy * (-1, 1)),
    "closer": Way(closer, lambda xy, size: (xy - margin(size)) * size / (size - 2 * margin(size))),
    "smaller": Way(smaller, lambda xy, size: xy * [even(SCALE * side) / side for side in size.tolist()]),
    "darker": Way(darker, lambda xy, _: xy),
}


def altered(clip: Path, target: Path, way: Way) -> Path:
    """Write the clip made otherwise, unless it is there."""
    if not target.is_file():
        info, writer = probe(clip), None
        with ExitStack() as stack:  # the size is known with the first picture
            for frame in read_frames(clip, warn=lambda _: None):
                image = way.picture(frame.image)
                writer = writer or stack.enter_context(VideoWriter(target, image.shape[1], image.shape[0], info.rate, CRF))
                writer.write(image, frame.time_s)
    return target


def moved(people: PeopleLabels, way: Way, before: Floats, after: Floats) -> PeopleLabels:
    """Return the labels where they are in the altered picture, without those that are hardly in it; ``before`` and ``after`` (2,) are the pictures' sizes."""
    corners = way.points(people.xyxy.astype(float).reshape(-1, 2), before).reshape(-1, 2, 2)
    xyxy = np.concatenate([corners.min(1), corners.max(1)], 1)
    inside = np.clip(xyxy, 0, np.tile(after, 2))
    left = np.prod(inside[:, 2:] - inside[:, :2], 1) >= LEAST_LEFT * np.prod(xyxy[:, 2:] - xyxy[:, :2], 1)
    columns = {field.name: getattr(people, field.name)[left] for field in fields(people) if field.name != "labelled"}
    return replace(people, **columns | {"xyxy": inside[left]})


def row(case: Case, name: str, data: Path, work: Path) -> tuple[bool | None, tuple[int, int, int, int]]:
    """Return whether it is taken for a mirror image, and names: right, drawn, known, and on somebody else's labelled box."""
    folder, way = work / name / case.name, WAYS[name]
    folder.mkdir(parents=True, exist_ok=True)
    clip, settings = data / case.clip, load_settings(None, None, [])
    stages.analyze([altered(clip, folder / f"{case.name}.mp4", way)], folder / "run", settings, None)
    stages.resolve(folder / "run", stages.rosters_from(data / case.rosters), settings)
    records, info = read_records(folder / "run" / "records"), probe(clip)
    truth = load_truth(data / case.labels[0], replace(clip_of_run(folder / "run"), width=info.width, height=info.height))
    assert truth.people is not None
    people = moved(truth.people, way, np.array([info.width, info.height], float), np.array([records.clip.width, records.clip.height], float))
    scores = evaluate_run(folder / "run", replace(truth, width=records.clip.width, height=records.clip.height, people=people)).identity
    assert scores is not None
    others = sum(len(one.frames) for one in scores.wrong if one.who is not None)
    return records.mirrored, (scores.name_precision.right, scores.name_precision.of, scores.name_coverage.of, others)


def main() -> None:
    """Print a row a clip and way, one for each way and one for all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with clips/, rosters/ and truth/")
    parser.add_argument("--work", type=Path, required=True, help="where the altered clips and their runs go")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS), help="how to alter them; all by default")
    arguments = parser.parse_args()
    table = Table("clip", "made", "a mirror image?", "names right", "on somebody else", "players named")
    total = np.zeros(4, int)
    for way in arguments.ways:
        counts = np.zeros(4, int)
        for case in track(REAL, way):
            mirrored, found = row(case, way, arguments.data, arguments.work)
            counts += found
            table.add_row(case.name, way, {True: "yes", False: "no", None: "undecided"}[mirrored], *shares(*found))
        table.add_row("all", way, "", *shares(*counts.tolist()), end_section=True)
        total += counts
    table.add_row("all", "all", "", *shares(*total.tolist()))
    Console().print(table)


def shares(right: int, drawn: int, known: int, others: int) -> tuple[str, str, str]:
    """Return the shares as text."""
    return (f"{100 * right / drawn:.1f} % ({right}/{drawn})" if drawn else "-"), str(others), f"{100 * right / known:.1f} % ({right}/{known})"


if __name__ == "__main__":
    main()
