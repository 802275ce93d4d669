"""Speed and memory of the whole pipeline, and the start-up time of the command line.

    python bench/speed.py CLIP.mp4 [--rosters ROSTERS.toml] [--times 10]

Runs ``courtside run`` on the clip in a process of its own, reads the wall time and the stages it recorded, then runs it on the same clip played ``--times``
times over and compares the peak memory of the two. Close other programs first: every core counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from courtside.media import VideoWriter, probe, read_frames


def repeated(clip: Path, times: int, target: Path) -> Path:
    """Write the clip played ``times`` times over."""
    info = probe(clip)
    with VideoWriter(target, info.width, info.height, info.rate) as writer:
        for _ in range(times):
            for frame in read_frames(clip):
                writer.write(frame.image)
    return target


def run(clip: Path, rosters: Path | None, output: Path) -> tuple[float, float, dict[str, float], int]:
    """Return wall seconds, peak memory in MB, seconds by stage and frames of one ``courtside run``."""
    command = [sys.executable, "-m", "courtside", "run", str(clip), "-o", str(output), *(["--rosters", str(rosters)] if rosters else [])]
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - before
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"courtside run {clip} failed")
    manifest = json.loads((output / "records" / "manifest.json").read_text())
    scale = 1 / 1024 if sys.platform != "darwin" else 1 / 1024**2  # kB on Linux, bytes on macOS
    return wall_s, usage.ru_maxrss * scale, manifest["timing_s"], manifest["clip"]["n_frames"]


def help_s(times: int = 5) -> float:
    """Return the median seconds of ``courtside --help``."""
    spent = []
    for _ in range(times):
        before = time.perf_counter()
        subprocess.run([sys.executable, "-m", "courtside", "--help"], check=True, stdout=subprocess.DEVNULL)
        spent.append(time.perf_counter() - before)
    return sorted(spent)[times // 2]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--rosters", type=Path)
    parser.add_argument("--times", type=int, default=10, help="how often the clip is repeated for the memory test; 0 leaves it out")
    arguments = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        wall_s, peak_mb, stages, n_frames = run(arguments.clip, arguments.rosters, Path(folder) / "once")
        table = Table("stage", "seconds", "ms a frame", title=f"{arguments.clip.name}: {n_frames} frames, {os.cpu_count()} cores")
        for stage, seconds in stages.items():
            table.add_row(stage, f"{seconds:.2f}", f"{1000 * seconds / n_frames:.1f}")
        table.add_row("start, resolve and render", f"{wall_s - stages['analyze']:.2f}", f"{1000 * (wall_s - stages['analyze']) / n_frames:.1f}")
        table.add_row("all", f"{wall_s:.2f}", f"{1000 * wall_s / n_frames:.1f}")
        console.print(table)
        console.print(f"{n_frames / wall_s:.1f} frames/s all in, peak memory {peak_mb:.0f} MB; stages on different threads overlap")
        if arguments.times:
            long = repeated(arguments.clip, arguments.times, Path(folder) / f"{arguments.clip.stem}.mp4")
            _, long_mb, _, _ = run(long, arguments.rosters, Path(folder) / "long")
            console.print(f"played {arguments.times} times over: peak memory {long_mb:.0f} MB, {long_mb / peak_mb:.3f} of once")
    console.print(f"courtside --help: {help_s():.2f} s (median of 5)")


if __name__ == "__main__":
    main()
