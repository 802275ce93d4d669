"""What each shot of a made-up broadcast is: ten people run about, seen by a main camera, by others, again and more slowly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courtside.court import COURTS, Camera
from courtside.court.markings import landmarks, lines
from courtside.court.registration import CourtTrack
from courtside.court.sighting import Sighting
from courtside.pipeline.camera_shots import CameraShot, camera_shots, live_frames
from courtside.records import AppearanceTable, DetectionTable, FrameTable, ReadingTable, Records
from courtside.types import PLAYER, ClipInfo

SIZE, RATE, COURT = (1280, 720), 30, COURTS["nba"]
MAIN = Camera((0.0, 32.0, 10.0), 0.25, 0.32, 1500, SIZE)
BASELINE = Camera((30.0, 4.0, 6.0), -1.4, 0.25, 1100, SIZE)
"""Another that shows the court, from behind a basket."""


@dataclass(frozen=True)
class Part:
    """A shot of ``n`` frames of the play from ``at_s`` on, at a pace; without a camera there are ``large`` people instead, of nine tenths of the picture."""

    n: int
    at_s: float = 0.0
    camera: Camera | None = MAIN
    pace: float = 1.0
    large: int = 1
    found: bool = True


def places(time_s: float, still: bool = False) -> np.ndarray:
    """Ten people's places in metres, on ways of their own; the same at the same time, and never again."""
    rng = np.random.default_rng(5)
    middle, swing, turn, phase = rng.uniform((1, -6), (12, 6), (10, 2)), rng.uniform(1, 4, (10, 2)), rng.uniform(0.5, 1.4, (10, 2)), rng.uniform(0, 6, (10, 2))
    return np.asarray(middle + swing * np.sin(turn * (0 if still else time_s) + phase))


def film(parts: Sequence[Part], still: bool = False) -> tuple[Records, CourtTrack]:
    rng = np.random.default_rng(0)
    n = sum(part.n for part in parts)
    cut, valid, maps = np.zeros(n, bool), np.zeros(n, bool), np.full((n, 3, 3), np.nan)
    boxes: list[tuple[int, float, float, float, float]] = []
    sightings, frame = [], 0
    for k, part in enumerate(parts):
        if part.n:
            cut[frame] = k > 0
        for i in range(part.n):
            if part.camera is None:
                boxes += [(frame, 300 + 200 * j, 40, 550 + 200 * j, 688) for j in range(part.large)]
            else:
                where = places(part.at_s + i * part.pace / RATE, still) + rng.normal(0, 0.1, (10, 2))
                feet, _ = part.camera.project(np.concatenate([where, np.zeros((10, 1))], 1))
                head, _ = part.camera.project(np.concatenate([where, np.full((10, 1), 1.9)], 1))
                boxes += [(frame, f[0] - 20, h[1], f[0] + 20, f[1]) for f, h in zip(feet, head, strict=True) if 0 < f[0] < SIZE[0] and 0 < f[1] < SIZE[1]]
                # wherever the camera stands, the court is placed as if it were the main one: there is one stand for a clip
                valid[frame], maps[frame] = part.found, MAIN.court_to_pinhole() if part.found else np.nan
                if i % 6 == 0 and part.found:
                    floor = np.concatenate([line[:: max(1, len(line) // 20)] for line in lines(COURT).values()])
                    paint, depth = part.camera.project(np.concatenate([floor, np.zeros((len(floor), 1))], 1))
                    seen = (depth > 1) & (paint > 0).all(1) & (paint < SIZE).all(1)
                    sightings.append(Sighting(frame, np.zeros((len(landmarks(COURT)), 2)), np.zeros(len(landmarks(COURT))), paint[seen]))
            frame += 1
    table = np.array(boxes).reshape(-1, 5)
    m, nothing = len(table), np.zeros(0, np.int64)
    found = DetectionTable(
        table[:, 0].astype(np.int64), np.zeros(m, np.int64), np.full(m, PLAYER), np.full(m, 0.9, np.float32), table[:, 1:].astype(np.float32)
    )
    blank = np.zeros((0, 4), np.float32)
    records = Records(
        ClipInfo("game.mp4", *SIZE, Fraction(RATE), n),
        FrameTable(np.arange(n) / RATE, cut, np.repeat(np.eye(3)[None, :2], n, 0)),
        found,
        ReadingTable(nothing, nothing, blank, np.zeros((0, 101), np.float32)),
        AppearanceTable(nothing, nothing, np.zeros((0, 8), np.float32), np.zeros((0, 3), np.float32)),
        {},
        court=tuple(sightings),
    )
    return records, CourtTrack(valid, maps, (640, 360, 640, 640, 0.0, 0.0), np.where(valid, 0.1, np.nan))


def kinds(parts: Sequence[Part], court: bool = True, still: bool = False) -> list[str]:
    records, track = film(parts, still)
    shots = camera_shots(records, track if court else None, COURT)
    assert [(shot.first, shot.last) for shot in shots] == [
        (sum(p.n for p in parts[:i]), sum(p.n for p in parts[: i + 1]) - 1) for i in range(len(parts)) if parts[i].n
    ]
    assert all(0.25 <= shot.probability <= 1 for shot in shots)
    return [shot.kind for shot in shots]


LIVE, AWAY, NOBODY = Part(150), Part(70, camera=None), Part(70, camera=None, large=0)


@pytest.mark.parametrize("court", [True, False])
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], []),
        ([Part(1)], ["main"]),
        ([LIVE], ["main"]),
        ([Part(600)], ["main"]),
        ([Part(45)], ["main"]),
        ([AWAY], ["main"]),  # nothing to hold it against
        ([NOBODY], ["main"]),
        ([LIVE, AWAY, Part(150, 8.0)], ["main", "close-up", "main"]),
        ([AWAY, LIVE], ["close-up", "main"]),
        ([LIVE, NOBODY, Part(150, 8.0)], ["main", "crowd", "main"]),
        ([LIVE, Part(150, 5.0)], ["main", "main"]),
        ([LIVE, Part(20, 6.0), Part(150, 7.0)], ["main", "main", "main"]),
    ],
)
def test_shots_are_told_by_who_is_in_them(parts: Sequence[Part], expected: list[str], court: bool) -> None:
    assert kinds(parts, court) == expected


@pytest.mark.parametrize("pace", [0.33, 0.5, 0.75, 1.0])
def test_what_is_played_again_is_a_replay(pace: float) -> None:
    shown_s = 2.0
    again = Part(round(shown_s / pace * RATE), 2.0, pace=pace)
    assert kinds([LIVE, again, Part(150, 5.0)]) == ["main", "replay", "main"]


def test_what_is_played_again_in_part_is_a_replay() -> None:
    assert kinds([LIVE, AWAY, Part(180, 3.5, pace=0.5)]) == ["main", "close-up", "replay"]  # its second half was played while the close-up was shown


def test_a_replay_shown_twice() -> None:
    again = Part(120, 2.0, pace=0.5)
    assert kinds([LIVE, again, again, Part(150, 5.0)]) == ["main", "replay", "replay", "main"]


def test_people_who_stand_around_are_not_seen_again() -> None:
    """Free throws: after a close-up everybody still stands where he stood."""
    assert kinds([LIVE, AWAY, Part(150, 8.0)], still=True) == ["main", "close-up", "main"]


def test_another_camera_on_the_court_is_not_the_main_one() -> None:
    told = kinds([Part(240), Part(110, 2.0, BASELINE, 0.5), Part(240, 8.0)])
    assert told[0] == told[2] == "main" and told[1] != "main"


def test_a_shot_in_which_the_court_was_missed_is_still_the_game() -> None:
    assert kinds([LIVE, Part(150, 5.0, found=False), Part(150, 10.0)]) == ["main", "main", "main"]


@given(st.lists(st.sampled_from([Part(40), Part(3, 1.0), AWAY, NOBODY, Part(90, 1.0, BASELINE)]), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_every_clip_is_live_somewhere(parts: list[Part]) -> None:
    assert "main" in kinds(parts)


def test_a_gap_in_the_time_stamps() -> None:
    """A gap in the time stamps, as in damaged clips."""
    records, court = film([LIVE, AWAY])
    late = records.frames.time_s + np.where(np.arange(len(records.frames.time_s)) > 40, 3.0, 0.0)
    shots = camera_shots(replace(records, frames=replace(records.frames, time_s=late)), court, COURT)
    assert [shot.kind for shot in shots] == ["main", "close-up"]


@pytest.mark.parametrize(
    ("shots", "expected"),
    [
        ((), [True] * 6),
        ((CameraShot(0, 5, "main", 1.0),), [True] * 6),
        ((CameraShot(0, 1, "main", 1.0), CameraShot(2, 3, "replay", 1.0), CameraShot(4, 5, "main", 1.0)), [True, True, False, False, True, True]),
        ((CameraShot(0, 1, "close-up", 1.0), CameraShot(2, 5, "crowd", 1.0)), [False] * 6),
    ],
)
def test_live_frames(shots: tuple[CameraShot, ...], expected: list[bool]) -> None:
    assert live_frames(shots, 6).tolist() == expected
