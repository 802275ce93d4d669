"""report: a run as a page to open. clips: its plays as videos."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from courtside.cli.progress import console, progress
from courtside.cli.stages import run_folders
from courtside.errors import ConfigError, MediaError, RecordsError, nearest
from courtside.events.reading import KINDS
from courtside.pipeline.events import read_events
from courtside.records import read_manifest
from courtside.report.clips import cut_out, cuts_of
from courtside.report.report_page import REPORT, write_report


def report(output: Path, embed: bool) -> None:
    """Write the report of each clip in ``output``.

    Raises:
        RecordsError: a run is not there or damaged, or the page can't be written.
    """
    for folder in run_folders(output):
        n_bytes = write_report(folder, embed)
        with_video = ", with the video" if embed else ""
        console.print(f"{folder / REPORT}: {_size(n_bytes)}{with_video}", highlight=False, markup=False)


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:.0f} kB"


def clips(output: Path, kinds: Sequence[str], into: Path | None, video: Path | None) -> None:
    """Cut the events of ``kinds`` of each clip in ``output`` out of its named video (where there is none, the clip itself) to its folder ``clips``.

    Raises:
        ConfigError: there is no such kind of event.
        RecordsError: a run or its events are not there.
        MediaError: there is no video, or it can't be read or written.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise ConfigError(f"--event {kind}: unknown{nearest(kind, KINDS)}; one of {', '.join(KINDS)}")
    folders = run_folders(output)
    if video is not None and len(folders) > 1:
        raise ConfigError(f"--video {video}: {output} has the runs of {len(folders)} clips; give the folder of one of them")
    for folder in folders:
        target = folder / "clips" if into is None else into if folders == [output] else into / folder.name
        _clips_of(folder, kinds, target, video)


def _clips_of(folder: Path, kinds: Sequence[str], target: Path, video: Path | None) -> None:
    document = read_events(folder / "events.json")
    for kind in kinds:
        told = document["kinds"][kind]
        if not told["n"]:
            console.print(f"{folder}: no {kind} in this clip{' (' + told['reason'] + ')' if told['reason'] else ''}", highlight=False, markup=False)
    events = [event for event in document["events"] if event["kind"] in kinds]
    if not events:
        return
    source, fps = (folder / "named.mp4", None) if video is None and (folder / "named.mp4").is_file() else _original(folder, video)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordsError(f"{target}: can't be made ({error.strerror}); choose another folder with -o") from error
    with progress(f"clips of {source.name}") as advance:
        written = cut_out(source, cuts_of(events, target), advance, fps)
    for path, n_frames in sorted(written.items()):
        console.print(f"{path}: {n_frames} frames", highlight=False, markup=False)


def _original(folder: Path, video: Path | None) -> tuple[Path, Fraction | None]:
    """Return the clip itself and its frame rate as it was given when it was analysed."""
    manifest = read_manifest(folder / "records") or {}
    path = video or Path(manifest.get("clip", {}).get("path", ""))
    if not path.is_file():
        raise MediaError(f"{path}: the clip is not there; say where it is with --video, or run `courtside render {folder}` first")
    fps = manifest.get("settings", {}).get("fps")
    return path, Fraction(fps) if fps else None
