"""Measure the jersey-number reader: precision against coverage, cut-off numbers read as whole ones, time per crop; beside rapidocr where there is one.

    python bench/number_reader.py ../shared/data/numbers/valid
    python bench/number_reader.py ../shared/data/numbers/valid --rapidocr /path/to/venv/bin/python

rapidocr (pip install rapidocr onnxruntime) lives in an environment of its own, for it brings its own OpenCV;
this script starts itself there with the same crops.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def read_with_rapidocr(folder: Path) -> None:
    """Read every picture of ``folder`` in order of name with rapidocr's recogniser alone, one JSON line each: [text, score, seconds]."""
    import cv2
    from rapidocr import RapidOCR

    engine = RapidOCR()
    for path in sorted(folder.glob("*.png")):
        image = cv2.imread(str(path))
        began = time.perf_counter()
        found = engine(image, use_det=False, use_cls=False, use_rec=True)
        seconds = time.perf_counter() - began
        text = "".join(letter for letter in (found.txts or ("",))[0] if letter.isdigit())
        print("CROP " + json.dumps([text, float((found.scores or (0.0,))[0]), seconds]), flush=True)


def main() -> None:
    """Print the figures of our reader and, if asked, of rapidocr on the same crops."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("valid", type=Path, help="a folder of crops in sub-folders named by the number")
    parser.add_argument("--weights", type=Path, default=Path(__file__).parents[1] / "src/courtside/models/weights/numbers.onnx")
    parser.add_argument("--rapidocr", type=Path, help="a Python that has rapidocr")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        read_with_rapidocr(arguments.valid)
        return

    import cv2
    import numpy as np

    from courtside.models.numbers import OnnxNumberReader
    from courtside.train.numbers.data import load_numbers
    from courtside.train.numbers.validate import cut_off, describe, score
    from courtside.types import NUMBERS

    crops = load_numbers(arguments.valid)
    labels, whole, spoiled = [crop.number for crop in crops], [crop.raw for crop in crops], cut_off(crops)
    print(f"{len(whole)} whole crops, {len(spoiled)} with a digit cut off or covered")
    print("pN: precision on the surest N %; cutN: share of the cut ones that is surer than the surest N % of the whole ones; all in %")
    reader = OnnxNumberReader(arguments.weights)
    print("courtside  ", describe(score(reader.read_distribution(whole), labels, reader.read_distribution(spoiled))))
    readings = reader.read(whole)
    given = [reading.text == label for reading, label in zip(readings, labels, strict=True) if reading.text is not None]
    print(f"courtside   read(): {len(given)} of {len(labels)} not None, {sum(given)} right ({sum(given) / len(labels):.1%} of all)")
    taken = [reading.text is not None for reading in reader.read(spoiled)]
    print(f"courtside   read(): {sum(taken)} of {len(taken)} cut ones given as a number")
    for batch in (1, 32):
        timed = OnnxNumberReader(arguments.weights, batch_size=batch, threads=1)
        timed.read(whole[:32])
        wall, cpu = [], []
        for _ in range(8):
            began, began_cpu = time.perf_counter(), time.process_time()
            timed.read(whole[:128])
            wall.append(time.perf_counter() - began)
            cpu.append(time.process_time() - began_cpu)
        n = len(whole[:128]) / 1000
        print(f"courtside   one thread, batch {batch}: {min(wall) / n:.2f} ms a crop, {min(cpu) / n:.2f} ms of it on the CPU")
    if not arguments.rapidocr:
        return

    with tempfile.TemporaryDirectory() as folder:
        for i, image in enumerate([*whole, *spoiled]):
            cv2.imwrite(f"{folder}/{i:06d}.png", image)
        command = [str(arguments.rapidocr), str(Path(__file__).resolve()), folder, "--worker"]
        output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    rows = [json.loads(line[5:]) for line in output.splitlines() if line.startswith("CROP ")]
    chances = np.zeros((len(rows), len(NUMBERS)), np.float32)
    for i, (text, confidence, _) in enumerate(rows):
        if text in NUMBERS:
            chances[i, NUMBERS.index(text)] = confidence
    print("rapidocr   ", describe(score(chances[: len(whole)], labels, chances[len(whole) :])))
    print(f"rapidocr    {int((chances[len(whole) :].max(1) > 0).sum())} of {len(spoiled)} cut ones given as a number")
    print(f"rapidocr    {1000 * float(np.median([row[2] for row in rows])):.1f} ms a crop")


if __name__ == "__main__":
    sys.exit(main())
