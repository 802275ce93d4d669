"""The evidence of one track: what is gathered, and that its picture shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from courtside.config import IdentitySettings
from courtside.pipeline.resolve import Result, resolve
from courtside.records import Records
from courtside.report.evidence import Evidence, draw, gather
from courtside.types import NUMBERS, Person, Team
from scenes import BLACK, WHITE, Walker, records, seen

SPURS = Team("Spurs", "#1D1D1D", players={"20": "Ginobili", "21": "Duncan <3"})
MAVERICKS = Team("Mavericks", "#00538C", players={"20": "Harris", "41": "Nowitzki"})
TEAMS = {team.name: team for team in (SPURS, MAVERICKS)}
CLIP = records(
    [
        Walker(1, 0, 100, 50, [(0, WHITE)], seen("41", 0, 100)),
        Walker(2, 0, 100, 350, [(0, BLACK)], [*seen("2", 0, 24), *seen("21", 24, 100)]),
        Walker(3, 0, 100, 550, [(0, BLACK)], seen("20", 0, 100)),
        Walker(4, 0, 100, 250, [(0, WHITE)], seen("20", 0, 100)),
        Walker(5, 0, 100, 750, referee=True),
    ]
)


def people_of(result: Result) -> Callable[[int], Sequence[Person]]:
    people = result.people(0)
    return lambda frame: people.get(frame, [])


def evidence_at(x: float, clip: Records = CLIP) -> Evidence:
    result = resolve([clip], (SPURS, MAVERICKS), IdentitySettings())
    track = next(track for track in result.tracks if abs(track.xyxy[0, 0] - x) < 5)
    found = gather(clip, people_of(result), TEAMS, track.track_id)
    assert found is not None
    return found


def texts(svg: str) -> str:
    return " ".join(ET.fromstring(svg).itertext())


def test_no_such_track() -> None:
    assert gather(records([]), lambda _: [], {}, 1) is None
    assert gather(CLIP, lambda _: [], TEAMS, 1) is None


def test_his_readings_and_nobody_elses() -> None:
    found = evidence_at(350)
    assert found.number == "21" and "Duncan <3" in found.title and found.color == SPURS.color
    assert found.reading_s.tolist() == [frame / 25 for frame, *_ in [*seen("2", 0, 24), *seen("21", 24, 100)]]
    assert {NUMBERS[i] for i in found.chance.argmax(1)} == {"2", "21"}
    assert [span.name for span in found.followed] == ["2"]
    assert [span.name for span in found.drawn] == ["#21 Duncan <3 (Spurs)"]
    assert len(found.look_s) == len(found.colors) == 20


def test_belief_grows_with_what_is_read() -> None:
    found = evidence_at(50)
    believed = found.believed[:, NUMBERS.index("41")]
    assert (np.diff(believed) > -1e-6).all() and believed[-1] > 0.99
    assert found.believed.sum(1) == pytest.approx(1)


def test_a_meeting_is_a_doubt() -> None:
    walkers = [Walker(1, 0, 100, 50, [(0, WHITE)], seen("41", 0, 100), speed=4), Walker(2, 0, 100, 250, [(0, BLACK)], seen("21", 0, 100))]
    result = resolve([clip := records(walkers)], (SPURS, MAVERICKS), IdentitySettings())
    for track in result.tracks:
        found = gather(clip, people_of(result), TEAMS, track.track_id)
        assert found is not None
        assert len(found.doubts) == 1
        ((at, stays),) = found.doubts
        assert 50 / 25 < at < 70 / 25 and 0.5 < stays < 1


def test_the_picture_shows_it() -> None:
    svg = draw(evidence_at(350))
    said = texts(svg)
    assert "#21 Duncan <3 (Spurs)" in said and "read as 21" in said and "read as 2" in said and "read as 41" not in said
    assert svg.count("<circle") >= 13


@pytest.mark.parametrize("x", [750])
def test_a_referee_has_a_picture_too(x: float) -> None:
    svg = draw(evidence_at(x))
    assert "referee" in texts(svg) and "<circle" not in svg
