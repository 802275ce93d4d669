"""How well the court is found: labelled broadcast frames, real and simulated, ours beside a bare homography.

    python bench/court.py --truth DATA/truth/court --pictures DATA/detection/valid --clips DATA/clips [--simulated RUNS] [--model court.onnx]

*ours*: seen every ``--every`` seconds, then one stand and lens for the clip and a look for each frame. *live*: the same from what came before each frame alone
(``court.fit`` "live"). *bare*: the upstream way: any four landmarks or more, no outliers struck out, nothing tied over time, only on the frames that were
looked at. Errors are over the floor that shows, a point for each metre.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from courtside.court import COURTS
from courtside.court.live import register_live
from courtside.court.markings import landmarks
from courtside.court.registration import CourtTrack, register
from courtside.court.sighting import Sighting
from courtside.errors import CourtsideError
from courtside.evaluate.court import CourtScores, score_court
from courtside.media import mark_cuts, probe, read_frames
from courtside.models import zoo
from courtside.models.court import OnnxCourt
from courtside.tracking.motion import CameraMotion
from courtside.truth import CourtLabels, load_truth, read_truth
from courtside.types import CourtModel, Image

TEMPLATE = np.array([[607 / 94, 0, 71], [0, 322 / 50, 38], [0, 0, 1]])  # feet to the pixels of nba4's template
FEET = np.array([[1 / 0.3048, 0, 47], [0, 1 / 0.3048, 25], [0, 0, 1]])


def see(model: CourtModel, frame: int, image: Image) -> Sighting:
    """Return what the model sees in one picture."""
    found = [part.astype(float) for part in model.see([image])[0]]
    return Sighting(frame, *found)


def as_labels(track: CourtTrack, league: str) -> CourtLabels:
    """Return what was found in the form of labels."""
    return CourtLabels(league, track.lens, np.arange(len(track.valid)), track.valid, track.court_to_pinhole)


def bare(sightings: list[Sighting], league: str, n: int) -> CourtLabels:
    """Return a homography through all landmarks of confidence 0.5 and more, four or more of them, for each sighting alone."""
    floor = np.array(list(landmarks(COURTS[league]).values()))
    valid, maps = np.zeros(n, bool), np.full((n, 3, 3), np.nan)
    for seen in sightings:
        sure = seen.confidence > 0.5
        if sure.sum() >= 4:
            found, _ = cv2.findHomography(floor[sure], seen.landmarks[sure])
            if found is not None:
                valid[seen.frame], maps[seen.frame] = True, found
    return CourtLabels(league, frame=np.arange(n), valid=valid, court_to_pinhole=maps)


class Bench:
    """Measures clip after clip."""

    def __init__(self, model: CourtModel, every_s: float) -> None:
        self.model, self.every_s = model, every_s
        self.rows: list[tuple[str, CourtScores, CourtScores, CourtScores]] = []
        self.spent_s, self.live_s, self.n_frames = 0.0, 0.0, 0

    def measure(
        self, name: str, sightings: list[Sighting], time_s: np.ndarray, cuts: np.ndarray, motion: np.ndarray, truth: CourtLabels, size: tuple[int, int]
    ) -> None:
        """Register one clip and compare."""
        began = time.process_time()
        track = register(sightings, time_s, cuts, COURTS[truth.league], size)
        self.spent_s += time.process_time() - began
        self.n_frames += len(time_s)
        began = time.process_time()
        live = register_live(sightings, time_s, cuts, motion, COURTS[truth.league], size)
        self.live_s += time.process_time() - began
        plain = bare(sightings, truth.league, len(time_s))
        ours, causal = (score_court(truth, as_labels(found, truth.league), *size) for found in (track, live))
        self.rows.append((name, ours, causal, score_court(truth, plain, *size)))

    def stills(self, label_file: Path, pictures: Path) -> None:
        """Measure a clip of which single frames lie there as pictures: its labelled frames are all there is."""
        truth = load_truth(label_file).court
        assert truth is not None  # it is what such a file holds
        sightings = []
        n, camera = int(truth.frame[-1]) + 1, CameraMotion()
        motion = np.tile(np.eye(3)[:2], (n, 1, 1))
        for frame in truth.frame.tolist():
            for picture in pictures.glob(f"{label_file.stem}-{frame:04d}_*.jpg"):
                image = cv2.imread(str(picture))
                # as broadcast: 16:9; the camera's pixels are square
                wide = np.asarray(cv2.resize(image, (1280, 720), interpolation=cv2.INTER_LINEAR), np.uint8)
                sightings.append(self.timed(frame, wide))
                motion[frame] = camera.estimate(wide, np.zeros((0, 4))).matrix[:2]  # since the picture before, which may be some frames ago
        stretch = np.array([[2, 0, 0.5], [0, 1.125, 0.0625], [0, 0, 1]])
        cx, cy, sx, sy, k1, k2 = truth.lens
        lens = (2 * cx + 0.5, 1.125 * cy + 0.0625, 2 * sx, 1.125 * sy, k1, k2)
        wide_truth = replace(truth, lens=lens, court_to_pinhole=stretch @ truth.court_to_pinhole)
        self.measure(label_file.stem.replace("boston-celtics-", ""), sightings, np.arange(n) / 30, np.zeros(n, bool), motion, wide_truth, (1280, 720))

    def clip(self, path: Path, truth: CourtLabels) -> None:
        """Measure a clip: looked at every ``every_s``, compared on every labelled frame."""
        info, sightings, time_s, cuts, looked_s = probe(path), [], [], [], -np.inf
        camera, motion = CameraMotion(), []
        for frame, cut in mark_cuts(read_frames(path, warn=lambda _: None)):
            time_s.append(frame.time_s)
            cuts.append(cut)
            if cut:
                camera.reset()
            motion.append(camera.estimate(frame.image, np.zeros((0, 4))).matrix[:2])
            if cut or frame.time_s - looked_s >= self.every_s - 1e-6:
                looked_s = frame.time_s
                sightings.append(self.timed(frame.index, frame.image))
        self.measure(path.stem, sightings, np.array(time_s), np.array(cuts), np.array(motion), truth, (info.width, info.height))

    def timed(self, frame: int, image: Image) -> Sighting:
        """See, and count the processor's time."""
        began = time.process_time()
        seen = see(self.model, frame, image)
        self.spent_s += time.process_time() - began
        return seen


def template_labels(path: Path) -> CourtLabels:
    """Return the labels of nba4: a homography for each frame from the pixels of a drawn court."""
    maps = np.load(path) @ TEMPLATE @ FEET
    return CourtLabels("nba", frame=np.arange(len(maps)), valid=np.ones(len(maps), bool), court_to_pinhole=maps)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, help="folder of CLIP.json")
    parser.add_argument("--pictures", type=Path, help="folder of the frames that some of them label")
    parser.add_argument("--clips", type=Path, help="folder of the clips that the others label")
    parser.add_argument("--simulated", type=Path, help="folder that holds, at any depth, NAME.truth beside NAME.mp4")
    parser.add_argument("--model", type=Path, help="another ONNX file than the packaged one")
    parser.add_argument("--every", type=float, default=0.2, help="seconds between two looks")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    bench = Bench(OnnxCourt(arguments.model) if arguments.model else zoo.create("court", "courtside"), arguments.every)
    for path in sorted(arguments.truth.glob("*.json")) if arguments.truth else []:
        clip = next((file for file in arguments.clips.glob(f"{path.stem}.*") if file.suffix != ".npy"), None) if arguments.clips else None
        if arguments.pictures and any(arguments.pictures.glob(f"{path.stem}-*.jpg")):
            bench.stills(path, arguments.pictures)
        elif clip is not None:
            n_frames = sum(1 for _ in read_frames(clip, warn=lambda _: None))
            labels = load_truth(path, replace(probe(clip), n_frames=n_frames)).court
            assert labels is not None  # it is what such a file holds
            bench.clip(clip, labels)
    for path in sorted(arguments.clips.glob("*.template_to_image.npy")) if arguments.clips else []:
        bench.clip(next(path.parent.glob(f"{path.name.split('.')[0]}.avi")), template_labels(path))
    for path in sorted(arguments.simulated.rglob("*.truth")) if arguments.simulated else []:
        labels = read_truth(path).court
        if labels is not None:
            bench.clip(path.with_suffix(".mp4"), labels)
    others = (f"{way}: {what}" for way in ("live", "bare") for what in ("solved", "median m", "95 % m", "wrong"))
    table = Table("clip", "labelled", "solved", "median m", "95 % m", "median px", "wrong", *others)
    for name, ours, live, plain in bench.rows:
        solved = f"{100 * ours.n_solved / max(ours.n_in_play, 1):.0f} %"
        table.add_row(name, str(ours.n_in_play), solved, *figures(ours), str(ours.n_wrong), *figures(live, short=True), *figures(plain, short=True))
    console = Console(width=220)
    console.print(table)
    fits = f"{1000 * bench.live_s / max(bench.n_frames, 1):.1f} ms registering live"
    console.print(f"processor time: {1000 * bench.spent_s / max(bench.n_frames, 1):.1f} ms a frame of the clips, seeing and registering; {fits}")
    if arguments.json:
        found = {name: {"ours": vars(ours), "live": vars(live), "bare": vars(plain)} for name, ours, live, plain in bench.rows}
        arguments.json.write_text(json.dumps(found, indent=2, default=list))


def figures(scores: CourtScores, short: bool = False) -> list[str]:
    """Return the cells of one row."""
    cells = [f"{value:.2f}" if value is not None else "" for value in (scores.median_m, scores.p95_m)]
    if short:
        return [f"{100 * scores.n_solved / max(scores.n_in_play, 1):.0f} %", *cells, str(scores.n_wrong)]
    return [*cells, f"{scores.median_px:.1f}" if scores.median_px is not None else ""]


if __name__ == "__main__":
    try:
        main()
    except CourtsideError as error:
        sys.exit(f"court.py: {error}")
