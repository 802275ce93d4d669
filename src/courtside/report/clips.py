"""Plays cut out of a video, each as a file of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from courtside.media import VideoWriter, prefetch, probe, read_frames
from courtside.report.game import Event

_SAME_S = 0.001  # events.json rounds its times to a millisecond


@dataclass(frozen=True)
class Cut:
    """A stretch of the video, both ends included, and the file that it goes to."""

    path: Path
    start_s: float
    end_s: float


def cuts_of(events: Sequence[Event], folder: Path) -> list[Cut]:
    """Return what to cut for ``events``, as ``folder``/shot-01-nowitzki.mp4: numbered within a kind, called after who did it as far as that is known."""
    n_digits, counted, cuts = max(2, len(str(len(events)))), dict[str, int](), []
    for event in events:
        kind = event["kind"]
        counted[kind] = counted.get(kind, 0) + 1
        cuts.append(Cut(folder / f"{kind}-{counted[kind]:0{n_digits}d}{_who(event)}.mp4", event["clip"]["start_s"], event["clip"]["end_s"]))
    return cuts


def _who(event: Event) -> str:
    known = event["player"] or (f"{event['team'] or ''}-{event['number']}" if event["number"] else event["team"]) or ""
    plain = re.sub(r"[^\w]+", "-", known).strip("-_").lower()[:40]
    return f"-{plain}" if plain else ""


def cut_out(video: Path, cuts: Sequence[Cut], advance: Callable[[int, int | None], None], fps: Fraction | None = None, crf: int = 18) -> dict[Path, int]:
    """Write every cut, each frame whose time lies in it, in one pass over the video; return how many frames each file has.

    Pictures are decoded and encoded anew, so that a cut starts at its first frame and not at the key frame before it. A cut that lies behind the end of the
    video makes no file.

    Args:
        video: a clip, or the named video of it.
        cuts: their folders must exist; an existing file is replaced, and stays as it was after an error.
        advance: told how many frames are done, of how many.
        fps: frames per second to believe instead of the video.
        crf: quality of the files, 0 (lossless) to 51 (worst).

    Raises:
        MediaError: the video can't be read or a file can't be written.
    """
    info, written = probe(video, fps), dict[Path, int]()
    waiting, last_s = sorted(cuts, key=lambda cut: cut.start_s), max((cut.end_s for cut in cuts), default=-1.0)
    running: list[_Running] = []
    # closed first, the frames; then every file still open, which drops it where an error is on its way
    with ExitStack() as every, closing(prefetch(read_frames(video, fps, lambda _: None), depth=4)) as frames:
        for frame in frames:
            for one in [one for one in running if frame.time_s > one.cut.end_s + _SAME_S]:
                one.files.close()
                running.remove(one)
            if frame.time_s > last_s + _SAME_S:
                break
            while waiting and waiting[0].start_s <= frame.time_s + _SAME_S:
                cut, files = waiting.pop(0), every.enter_context(ExitStack())
                writer = files.enter_context(VideoWriter(cut.path, info.width, info.height, info.rate, crf))
                running.append(_Running(cut, files, writer, frame.time_s))
            for one in running:
                one.writer.write(frame.image, frame.time_s - one.first_s)
                written[one.cut.path] = written.get(one.cut.path, 0) + 1
            advance(frame.index + 1, info.n_frames)
    return written


@dataclass(frozen=True, eq=False)
class _Running:
    """A cut that is being written, and when its first frame was; ``files`` closes it."""

    cut: Cut
    files: ExitStack
    writer: VideoWriter
    first_s: float
