"""How right the readings of analysed clips are, by their truth: the number reader on the crops that it really gets, of broadcasts it was not trained on.

    python bench/readings.py RUN TRUTH [RUN TRUTH ...]

RUN is what ``courtside run`` wrote, TRUTH the clip's labels. A reading counts where the person it was taken of is known, also between labelled frames.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from courtside.evaluate.oracle import true_people, true_readings
from courtside.records import read_records
from courtside.truth import clip_of_run, load_truth
from courtside.types import NUMBERS

LEGIBLE, SURE = 0.5, 0.9


def main() -> None:
    """Print one row a clip, one for all of them, and the commonest mistakes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="RUN TRUTH")
    paths = parser.parse_args().paths
    if len(paths) % 2:
        parser.error("give a TRUTH for every RUN")
    table = Table("clip", "readings", "legible", "right of these", f"surer than {SURE}", "right of these")
    seen, worn = [], []
    for run, truth in zip(paths[::2], paths[1::2], strict=True):
        records = read_records(run / "records")
        true = true_readings(records, true_people(load_truth(truth, clip_of_run(run)).people, np.flatnonzero(records.frames.cut).tolist())).readings
        known = set(zip(true.frame.tolist(), true.tracker_id.tolist(), strict=True))
        read = records.readings
        chance = read.chance[[key in known for key in zip(read.frame.tolist(), read.tracker_id.tolist(), strict=True)]]
        labels = true.chance.argmax(1)
        table.add_row(run.name if run.name != "run" else run.parent.name, *figures(chance, labels))
        seen.append(chance)
        worn.append(labels)
    chance, labels = np.concatenate(seen), np.concatenate(worn)
    table.add_row("all", *figures(chance, labels))
    Console().print(table)
    wrong = (chance.sum(1) >= LEGIBLE) & (chance.argmax(1) != labels)
    pairs = Counter((NUMBERS[label], NUMBERS[read]) for label, read in zip(labels[wrong], chance[wrong].argmax(1), strict=True))
    print("commonest mistakes:", ", ".join(f"{label} read as {read}: {n}" for (label, read), n in pairs.most_common(10)))


def figures(chance: np.ndarray, labels: np.ndarray) -> list[str]:
    """Return the columns of one row from (r, 101) chances and (r,) indices into NUMBERS."""
    right = chance.argmax(1) == labels
    columns = [str(len(labels))]
    for picked in (chance.sum(1) >= LEGIBLE, chance.max(1, initial=0) >= SURE):
        columns += [str(int(picked.sum())), f"{100 * right[picked].mean():.1f} %" if picked.any() else "-"]
    return columns


if __name__ == "__main__":
    main()
