"""Records to names, on scenes whose truth is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from courtside.config import IdentitySettings
from courtside.errors import DataError
from courtside.pipeline.resolve import Result, resolve
from courtside.types import Team
from scenes import BLACK, WHITE, Walker, records, seen

SPURS = Team("Spurs", "#1D1D1D", players={"20": "Ginobili", "21": "Duncan", "2": "Leonard", "9": "Parker"})
MAVERICKS = Team("Mavericks", "#00538C", players={"20": "Harris", "41": "Nowitzki", "25": "Carter", "8": "Calderon"})
SETTINGS = IdentitySettings()


def five_on_five(n_frames: int = 100) -> list[Walker]:
    """Two teams that nobody could confuse, two numbers legible in each."""
    white, black = [(0, WHITE)], [(0, BLACK)]
    return [
        Walker(1, 0, n_frames, 50, white, seen("41", 0, n_frames)),
        Walker(2, 0, n_frames, 150, white, seen("20", 0, n_frames)),
        Walker(3, 0, n_frames, 250, white),
        Walker(4, 0, n_frames, 350, black, seen("21", 0, n_frames)),
        Walker(5, 0, n_frames, 450, black, seen("20", 0, n_frames)),
        Walker(6, 0, n_frames, 550, black),
        Walker(7, 0, n_frames, 650, referee=True),
    ]


def named(result: Result) -> dict[float, tuple[str | None, str | None, str | None]]:
    """What is drawn of each track, by where it starts."""
    return {round(float(track.xyxy[0, 0]), -1): (track.team, track.number, track.player) for track in result.tracks if track.role == "player"}


def test_no_records_and_no_people() -> None:
    assert resolve([], (), SETTINGS).tracks == ()
    assert resolve([records([])], (SPURS, MAVERICKS), SETTINGS).tracks == ()


def test_teams_numbers_and_names() -> None:
    drawn = named(resolve([records(five_on_five())], (SPURS, MAVERICKS), SETTINGS))
    assert drawn == {
        50: ("Mavericks", "41", "Nowitzki"),
        150: ("Mavericks", "20", "Harris"),
        250: ("Mavericks", None, None),
        350: ("Spurs", "21", "Duncan"),
        450: ("Spurs", "20", "Ginobili"),
        550: ("Spurs", None, None),
    }


def test_order_of_rosters_changes_nothing() -> None:
    clip = records(five_on_five())
    assert named(resolve([clip], (SPURS, MAVERICKS), SETTINGS)) == named(resolve([clip], (MAVERICKS, SPURS), SETTINGS))


def test_referees_are_never_named() -> None:
    walkers = five_on_five()
    walkers[6].numbers = seen("21", 0, 100)
    result = resolve([records(walkers)], (SPURS, MAVERICKS), SETTINGS)
    assert [(track.team, track.number, track.player) for track in result.tracks if track.role == "referee"] == [(None, None, None)]


def test_without_rosters_team_and_number() -> None:
    drawn = named(resolve([records(five_on_five())], (), SETTINGS))
    assert {number for _, number, _ in drawn.values()} == {"41", "20", "21", None}
    assert {team for team, _, _ in drawn.values()} == {"Team A", "Team B"}
    assert all(player is None for _, _, player in drawn.values())


def test_a_number_not_on_the_roster_has_no_name() -> None:
    walkers = five_on_five()
    walkers[0].numbers = seen("77", 0, 100)
    assert named(resolve([records(walkers)], (SPURS, MAVERICKS), SETTINGS))[50] == ("Mavericks", "77", None)


def test_one_player_is_never_two_overlapping_tracks() -> None:
    walkers = five_on_five()
    walkers[2].numbers = seen("41", 0, 100)  # a second "41" in white all the time: one of them is misread
    assert [player for _, _, player in named(resolve([records(walkers)], (SPURS, MAVERICKS), SETTINGS)).values()].count("Nowitzki") <= 1
    walkers[2].numbers = seen("41", 0, 16)  # read off a neighbour for a moment
    drawn = named(resolve([records(walkers)], (SPURS, MAVERICKS), SETTINGS))
    assert (drawn[50][2], drawn[250][2]) == ("Nowitzki", None)


def test_fragments_of_a_proved_player_are_one_track() -> None:
    walkers = five_on_five(200)
    walkers[0] = Walker(1, 0, 60, 50, numbers=seen("41", 0, 60))
    walkers.append(Walker(8, 140, 200, 900, numbers=seen("41", 140, 200)))  # comes back elsewhere
    result = resolve([records(walkers, 200)], (SPURS, MAVERICKS), SETTINGS)
    (nowitzki,) = [track for track in result.tracks if track.player == "Nowitzki"]
    assert set(nowitzki.frame) == {*range(60), *range(140, 200)}


def test_a_short_gap_at_the_same_place_is_bridged_and_filled() -> None:
    walkers = five_on_five()
    walkers[2] = Walker(3, 0, 40, 250, numbers=seen("25", 0, 40), speed=1)
    walkers.append(Walker(8, 46, 100, 297, numbers=seen("25", 50, 100), speed=1))
    result = resolve([records(walkers)], (SPURS, MAVERICKS), SETTINGS)
    (carter,) = [track for track in result.tracks if track.player == "Carter"]
    assert carter.frame.tolist() == list(range(100))


@pytest.mark.parametrize(("weak", "n_nameless"), [(0, 0), (5, 0), (20, 20)])
def test_a_name_stays_on_through_a_few_weak_boxes(weak: int, n_nameless: int) -> None:
    clip = records(five_on_five())
    hidden = (clip.detections.tracker_id == 1) & (clip.detections.frame >= 40) & (clip.detections.frame < 40 + weak)
    confidence = np.where(hidden, np.float32(0.2), clip.detections.confidence)
    result = resolve([dataclasses.replace(clip, detections=dataclasses.replace(clip.detections, confidence=confidence))], (SPURS, MAVERICKS), SETTINGS)
    (nowitzki,) = (track for track in result.tracks if track.player == "Nowitzki")
    assert len(nowitzki.frame) == 100 and (~nowitzki.well_seen).sum() == n_nameless


@pytest.mark.parametrize(("lost", "n_nameless"), [(6, 0), (11, 11)])
def test_a_name_stays_on_through_a_short_gap(lost: int, n_nameless: int) -> None:
    walkers = five_on_five()
    walkers[0] = dataclasses.replace(walkers[0], end=40, numbers=seen("41", 0, 40))
    walkers.append(Walker(8, 40 + lost, 100, 50, walkers[0].kits, seen("41", 40 + lost, 100)))
    result = resolve([records(walkers)], (SPURS, MAVERICKS), SETTINGS)
    (nowitzki,) = (track for track in result.tracks if track.player == "Nowitzki")
    assert len(nowitzki.frame) == 100 and (~nowitzki.well_seen).sum() == n_nameless


def test_nothing_is_bridged_across_a_cut() -> None:
    walkers = five_on_five()
    walkers[2] = Walker(3, 0, 50, 250)
    walkers.append(Walker(8, 50, 100, 250, numbers=seen("25", 50, 100)))
    result = resolve([records(walkers, cuts=[50])], (SPURS, MAVERICKS), SETTINGS)
    (carter,) = [track for track in result.tracks if track.player == "Carter"]
    assert carter.frame.min() == 50


def test_a_tracklet_that_changes_teams_is_cut() -> None:
    walkers = five_on_five(200)
    walkers[2] = Walker(3, 0, 200, 250, kits=[(0, WHITE), (100, BLACK)], numbers=[*seen("25", 0, 90), *seen("9", 110, 200)])
    result = resolve([records(walkers, 200)], (SPURS, MAVERICKS), SETTINGS)
    (carter,), (parker,) = ([track for track in result.tracks if track.player == name] for name in ("Carter", "Parker"))
    assert carter.frame.max() < 115 and parker.frame.min() > 85


def test_a_tracklet_that_changes_numbers_is_cut() -> None:
    walkers = five_on_five(200)
    walkers[2] = Walker(3, 0, 200, 250, numbers=[*seen("25", 0, 90), *seen("8", 110, 200)])
    result = resolve([records(walkers, 200)], (SPURS, MAVERICKS), SETTINGS)
    players = {track.player: track for track in result.tracks}
    assert players["Carter"].frame.max() < 115 and players["Calderon"].frame.min() > 85


def test_a_part_of_a_number_is_not_another_player() -> None:
    walkers = five_on_five()
    walkers[3].numbers = [*seen("2", 0, 30), *seen("21", 40, 100)]  # Duncan's 21, cut off at first; Leonard wears 2
    assert named(resolve([records(walkers)], (SPURS, MAVERICKS), SETTINGS))[350] == ("Spurs", "21", "Duncan")


@pytest.mark.parametrize(("wide", "near", "is_another"), [(0.4, True, False), (1.0, True, True), (1.0, False, False)], ids=["narrow", "whole", "nobody near"])
def test_half_a_number_for_long_is_another_player_where_it_is_whole_and_they_can_have_been_exchanged(wide: float, near: bool, is_another: bool) -> None:
    walkers = five_on_five(550)
    walkers[3].numbers = [*seen("21", 0, 150), *seen("2", 150, 550)]
    if near:  # a third of him is covered as the number changes
        walkers.append(Walker(8, 135, 165, 376, walkers[3].kits))
    clip = records(walkers, 550)
    boxes = np.tile(np.array([0, 0, 20, 20], np.float32), (len(clip.readings.frame), 1))
    boxes[(clip.readings.tracker_id == 4) & (clip.readings.frame >= 150), 2] *= wide
    clip = dataclasses.replace(clip, readings=dataclasses.replace(clip.readings, xyxy=boxes))
    tracks = resolve([clip], (SPURS, MAVERICKS), SETTINGS).tracks
    players = {track.player: track for track in tracks}
    assert players["Duncan"].frame[0] == 0
    assert ("Leonard" in players and players["Leonard"].frame[-1] == 549) == is_another


def test_one_kit_only_is_one_team() -> None:
    walkers = [dataclasses.replace(walker, kits=[(0, WHITE)]) for walker in five_on_five()]
    result = resolve([records(walkers)], (), SETTINGS)
    assert {track.team for track in result.tracks if track.role == "player"} <= {"Team A", "Team B", None}


def test_clips_of_two_games_are_refused() -> None:
    home = five_on_five()
    away = [dataclasses.replace(walker, kits=[(0, BLACK if walker.kit(0) is WHITE else WHITE)]) for walker in home]
    assert resolve([records(home), records(home)], (SPURS, MAVERICKS), SETTINGS).teams_chance > 0.95
    with pytest.raises(DataError, match="two games"):
        resolve([records(home), records(away)], (SPURS, MAVERICKS), SETTINGS)


def test_which_side_is_which_must_be_proved() -> None:
    walkers = [dataclasses.replace(walker, numbers=()) for walker in five_on_five()]
    grey = [dataclasses.replace(team, color="#808080") for team in (SPURS, MAVERICKS)]
    result = resolve([records(walkers)], grey, SETTINGS)
    assert {track.team for track in result.tracks if track.role == "player"} <= {"Team A", "Team B"}


def test_clips_of_a_game_share_teams() -> None:
    first, second = records(five_on_five()), records([Walker(1, 0, 100, 50, [(0, BLACK)]), Walker(2, 0, 100, 150)])
    result = resolve([first, second], (SPURS, MAVERICKS), SETTINGS)
    assert [track.team for track in result.tracks if track.clip == 1] == ["Spurs", "Mavericks"]


@pytest.mark.parametrize("least", [0.5, 0.9, 0.999999])
def test_nothing_is_drawn_below_the_least_confidence(least: float) -> None:
    result = resolve([records(five_on_five())], (SPURS, MAVERICKS), IdentitySettings(min_confidence=least))
    for track in result.tracks:
        assert track.number is None or track.probability >= least
        assert track.player is None or track.number is not None
        assert track.number is None or track.team is not None


def test_people_by_frame_are_the_tracks() -> None:
    result = resolve([records(five_on_five())], (SPURS, MAVERICKS), SETTINGS)
    people = result.people(0)
    assert sorted(people) == list(range(100))
    assert all(len({person.track_id for person in frame}) == len(frame) == 7 for frame in people.values())
    assert np.isclose(people[0][0].xyxy[0], result.tracks[0].xyxy[0, 0])
