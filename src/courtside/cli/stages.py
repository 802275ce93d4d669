"""run, analyze, resolve, render: where the files of a run lie, and what is done when it is run again.

One clip's results lie in OUTPUT itself; those of several clips in a folder each, called after the clip.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from courtside import __version__
from courtside.cli.progress import console, progress, warn
from courtside.config import Settings, dump, load_settings
from courtside.court import COURTS, Court
from courtside.court.custom import load_court
from courtside.court.registration import CourtTrack
from courtside.errors import MediaError, RecordsError
from courtside.pipeline.ball import read_ball, write_ball
from courtside.pipeline.corrections import correct
from courtside.pipeline.corrections_file import NAME as CORRECTIONS
from courtside.pipeline.corrections_file import read_corrections
from courtside.pipeline.court import better_league
from courtside.pipeline.events import describe_plays, read_plays, write_events
from courtside.pipeline.export import write_aside, write_court, write_mot, write_result, write_tracks
from courtside.pipeline.places import read_places
from courtside.pipeline.resolve import Result
from courtside.pipeline.resolve import resolve as resolve_clips
from courtside.pipeline.score import read_scoreboard, write_scoreboard
from courtside.pipeline.statistics import statistics, write_stats
from courtside.records import Records, read_records
from courtside.report.run import summarise
from courtside.report.summary import write_summary
from courtside.rosters import load_rosters
from courtside.types import Image, Person, Team

if TYPE_CHECKING:
    from supervision import CompactMask  # slow to import, and only named here

_Draw = Callable[[int, Image], Image]
_RADAR_WIDTH_PX = 1280


def settings_from(
    preset: str | None, config: Path | None, overrides: Sequence[str] | None, min_confidence: float | None = None, overlays: Sequence[str] | None = None
) -> Settings:
    """Return the settings: preset < file < ``--set`` < the options that have a name of their own."""
    more = list(overrides or [])
    if min_confidence is not None:
        more.append(f"identity.min_confidence={min_confidence}")
    if overlays:
        more.append(f"render.overlays={json.dumps(list(overlays))}")
    return load_settings(preset, config, more)


def _folders(output: Path) -> list[Path]:
    if (output / "records").is_dir():
        return [output]
    return sorted(folder.parent for folder in output.glob("*/records")) if output.is_dir() else []


def run_folders(output: Path, only: Sequence[str] | None = None) -> list[Path]:
    """Return the folder of each clip in ``output``, or of those called ``only``.

    Raises:
        RecordsError: there is none.
    """
    folders = _folders(output)
    if only is not None and folders != [output]:
        folders = [folder for folder in folders if folder.name in only]
    if not folders:
        raise RecordsError(f"{output}: no analysed clip in this folder; run `courtside analyze CLIP -o {output}` first")
    return folders


def analyze(clips: Sequence[Path], output: Path, settings: Settings, fps: Fraction | None) -> None:
    """Analyse each clip whose records are not there yet."""
    from courtside.pipeline.analyze import analyze as analyze_clip

    # what resolve imports late, while the models work: it is a third of a second less to wait in the end
    threading.Thread(target=importlib.import_module, args=("scipy.interpolate",), daemon=True).start()
    if output.exists() and not output.is_dir():
        raise RecordsError(f"{output}: is a file; choose a folder for the results")
    for clip in clips:
        folder = output if len(clips) == 1 else output / clip.stem
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordsError(f"{folder}: can't be made ({error.strerror}); choose another output folder") from error
        with progress(f"analyze {clip.name}") as advance:
            made = analyze_clip(clip, folder / "records", settings, fps, advance, warn)
        if not made:
            console.print(f"{clip.name}: analysed before, nothing has changed", highlight=False)


def rosters_from(path: Path | None) -> tuple[Team, ...]:
    """Return the teams of the roster file; none without one."""
    return load_rosters(path) if path else ()


def court_from(settings: Settings) -> Court | None:
    """Return the measures of the court that the settings name, by league or by file; None where they are to be found out."""
    league = settings.court.league
    if league == "auto":
        return None
    return COURTS[league] if league in COURTS else load_court(Path(league).expanduser())


def resolve(output: Path, teams: Sequence[Team], settings: Settings, only: Sequence[str] | None = None) -> None:
    """Name the people of all clips in ``output`` together, tell what was played, and write each clip's results."""
    measures = court_from(settings)
    folders = run_folders(output, only)
    records = [read_records(folder / "records") for folder in folders]
    began = time.perf_counter()
    result = corrected(folders, resolve_clips(records, teams, settings.identity, measures, settings.court.fit), records)
    spent_s = time.perf_counter() - began
    if measures is not None and (better := better_league(records, measures)) is not None:
        warn(f"the painted lines fit {settings.court.league} worse than {better}: places may be wrong; try --set court.league={better}")
    for clip, (folder, known) in enumerate(zip(folders, records, strict=True)):
        write_tracks(folder / "tracks.parquet", result, known, clip)
        write_mot(folder / "tracks.mot.txt", result, clip)
        _write_court(folder / "court.json", result.courts[clip], result.measures)
        write_result(folder / "result.json", result, known, clip, dump(settings))
        board, scoreboard = read_scoreboard(known.score, known.frames.time_s, [team.name for team in result.teams])
        write_scoreboard(folder / "scoreboard.json", scoreboard)
        reading = read_plays(known, result, clip, settings.events.shots)
        write_ball(folder / "ball.parquet", reading, known, result, clip)
        plays = describe_plays(reading, known, result, clip, board)
        write_events(folder / "events.json", plays)
        write_stats(folder, statistics(plays, read_places(folder / "tracks.parquet")))
        write_summary(folder / "summary.html", summarise(known, result, clip, {**(known.timing_s or {}), "resolve": spent_s}))
    named = {(track.team, track.number) for track in result.tracks if track.player}
    console.print(f"resolved: {len(named)} players named in {len(folders)} clip{'s' * (len(folders) > 1)}, {spent_s:.1f} s", highlight=False)


def corrected(folders: Sequence[Path], result: Result, records: Sequence[Records]) -> Result:
    """Return a result as the corrections in its clips' ``folders`` have it; tells which of them are of nobody in it."""
    corrections = [correction for folder in folders for correction in read_corrections(folder / CORRECTIONS)]
    result, missed = correct(result, corrections, records)
    for correction in missed:
        warn(f'correction "{correction.say}" of {correction.clip}: nobody there now whom it could mean; it is kept in {CORRECTIONS} all the same')
    return result


def _write_court(path: Path, court: CourtTrack | None, measures: Court) -> None:
    if court is None:
        path.unlink(missing_ok=True)  # of an earlier run that had looked for it
    else:
        write_court(path, court, measures)


def render(output: Path, settings: Settings, videos: Sequence[Path]) -> None:
    """Draw the named video of each clip in ``output`` that is not there yet as it would be drawn now."""
    for folder in run_folders(output, [video.stem for video in videos] or None):
        _unless_up_to_date(folder / "named.mp4", _render_digest(folder, settings), partial(_render_clip, folder, settings, videos))


def render_radar(output: Path, settings: Settings) -> None:
    """Draw the radar of each clip in ``output`` as a video of its own, where it is not there yet as it would be drawn now. The clip is not needed."""
    for folder in run_folders(output):
        _unless_up_to_date(folder / "radar.mp4", _render_digest(folder, settings), partial(_render_radar, folder, settings))


def _unless_up_to_date(target: Path, digest: str, draw: Callable[[], None]) -> None:
    stamp = target.with_suffix(".json")
    if target.is_file() and stamp.is_file() and stamp.read_text() == digest:
        console.print(f"{target}: up to date", highlight=False)
        return
    draw()
    write_aside(stamp, lambda aside: aside.write_text(digest))


def _render_radar(folder: Path, settings: Settings) -> None:
    from courtside.media import VideoWriter
    from courtside.pipeline.places import read_places
    from courtside.pipeline.results import read_court, read_teams
    from courtside.render.radar import Radar

    records, (court, _) = read_records(folder / "records"), read_court(folder / "court.json")
    radar = Radar(court, read_places(folder / "tracks.parquet", live=False), read_teams(folder / "result.json"), _RADAR_WIDTH_PX)
    target, times_s = folder / "radar.mp4", records.frames.time_s
    with (
        progress(f"radar {Path(records.clip.path).name}") as advance,
        VideoWriter(target, radar.court.width, radar.court.height, records.clip.rate, settings.render.crf, settings.render.preset) as writer,
    ):
        for frame, time_s in enumerate(times_s.tolist()):
            writer.write(radar.draw(frame), time_s)
            advance(frame + 1, len(times_s))
    console.print(f"{target}: {len(times_s)} frames", highlight=False)


def _render_clip(folder: Path, settings: Settings, videos: Sequence[Path]) -> None:
    from courtside.media import VideoWriter, prefetch, read_frames
    from courtside.pipeline.results import read_people, read_teams
    from courtside.render.video import render_clip

    records = read_records(folder / "records")
    clip, target, info, fps = find_video(records, folder, videos), folder / "named.mp4", records.clip, records.settings.get("fps")
    people, teams, total = read_people(folder / "tracks.parquet"), read_teams(folder / "result.json"), len(records.frames.time_s)
    floor, inset = _court_overlays(folder, records, settings.render.overlays, people, teams)
    ball = read_ball(folder / "ball.parquet") if "ball" in settings.render.overlays else None
    began, done = time.perf_counter(), itertools.count(1)
    # whatever is wrong with the clip was said when it was analysed
    frames = prefetch(read_frames(clip, Fraction(fps) if fps else None, lambda _: None), depth=4)
    try:
        with (
            progress(f"render {clip.name}") as advance,
            VideoWriter(target, info.width, info.height, info.rate, settings.render.crf, settings.render.preset) as writer,
        ):
            render_clip(
                frames,
                info,
                people,
                records.detections_of,
                teams,
                frozenset(settings.render.overlays),
                writer.write,
                lambda: advance(next(done), total),
                _masks_of(records),
                floor,
                inset,
                ball,
            )
    finally:
        frames.close()
    spent_s = time.perf_counter() - began
    console.print(f"{target}: {total} frames in {spent_s:.1f} s ({total / spent_s:.1f} frames/s)", highlight=False)


def _court_overlays(
    folder: Path, records: Records, overlays: Sequence[str], people: Callable[[int], Sequence[Person]], teams: Mapping[str, Team]
) -> tuple[_Draw | None, _Draw | None]:
    """Return what draws the court's lines and what lays the radar on a frame; None for one that is not wanted."""
    if not {"court", "radar"} & set(overlays):
        return None, None
    from courtside.court import Lens
    from courtside.pipeline.places import read_places
    from courtside.pipeline.results import read_court
    from courtside.render.court_overlay import draw_court
    from courtside.render.radar import INSET_SHARE, Radar, free_corner, lay_inset

    court, track = read_court(folder / "court.json")
    lens, info = Lens(*track.lens), records.clip
    seen = set(np.flatnonzero(track.valid).tolist())

    def floor(frame: int, image: Image) -> Image:
        return draw_court(image, court, track.court_to_pinhole[frame], lens) if frame in seen else image

    if "radar" not in overlays:
        return floor, None
    radar = Radar(court, read_places(folder / "tracks.parquet", live=False), teams, max(64, round(info.width * INSET_SHARE)))
    everybody = (person for frame in range(0, len(track.valid), 5) for person in people(frame))
    corner = free_corner(everybody, (info.width, info.height), (radar.court.width, radar.court.height))

    def inset(frame: int, image: Image) -> Image:
        # in a close-up there is no court to show
        return lay_inset(image, radar.draw(frame), corner) if frame in seen else image

    return floor if "court" in overlays else None, inset


def debug_pictures(output: Path, videos: Sequence[Path]) -> None:
    """Write, for each clip in ``output``, pictures of what the models were shown to its folder ``debug``."""
    import cv2

    from courtside.media import prefetch, read_frames
    from courtside.pipeline.results import read_people
    from courtside.report.crop_grids import crop_grids

    for folder in run_folders(output, [video.stem for video in videos] or None):
        records = read_records(folder / "records")
        clip, fps = find_video(records, folder, videos), records.settings.get("fps")
        frames = prefetch(read_frames(clip, Fraction(fps) if fps else None, lambda _: None), depth=4)
        try:
            grids = crop_grids(frames, records, read_people(folder / "tracks.parquet"))
        finally:
            frames.close()
        (folder / "debug").mkdir(exist_ok=True)
        for name, picture in grids.items():
            path = folder / "debug" / f"{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-').lower()}.png"
            code = cv2.imencode(".png", picture)[1].tobytes()
            write_aside(path, lambda aside, code=code: aside.write_bytes(code))  # type: ignore[misc]  # mypy takes no defaults in a lambda for a Callable
            console.print(str(path), highlight=False)


def _masks_of(records: Records) -> Callable[[int, Sequence[Person]], tuple[Sequence[Person], CompactMask]] | None:
    from courtside.render.masks import masks_of_people

    table, found = records.masks, records.detections
    if table is None:
        return None

    def masks(frame: int, people: Sequence[Person]) -> tuple[Sequence[Person], CompactMask]:
        rows = slice(*np.searchsorted(found.frame, (frame, frame + 1)))
        return masks_of_people(people, found.xyxy[rows], found.tracker_id[rows], *table.of(frame))

    return masks


def find_video(records: Records, folder: Path, videos: Sequence[Path]) -> Path:
    """Return where the clip of ``records`` in ``folder`` is: one of ``videos`` of the same name, or where it was when it was analysed.

    Raises:
        MediaError: it is nowhere.
    """
    name = Path(records.clip.path).name
    for candidate in (*(video for video in videos if video.name == name), Path(records.clip.path)):
        if candidate.is_file():
            return candidate
    if len(videos) == 1 and videos[0].is_file() and folder.joinpath("records").is_dir():
        return videos[0]
    raise MediaError(f"{records.clip.path}: the clip is not there any more; say where it is with --video")


def _render_digest(folder: Path, settings: Settings) -> str:
    digest = hashlib.sha256((folder / "tracks.parquet").read_bytes() + (folder / "result.json").read_bytes())
    court = folder / "court.json"
    digest.update(court.read_bytes() if court.is_file() else b"")
    if "ball" in settings.render.overlays and (ball := folder / "ball.parquet").is_file():
        digest.update(ball.read_bytes())
    digest.update(settings.render.model_dump_json().encode() + __version__.encode())
    return digest.hexdigest()
