"""What corrections do to a result, whatever the tracks in it are called."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrected import CLIP, MAVERICKS, SPURS, as_seen, result, standing
from courtside.pipeline.corrections import Correction, correct
from courtside.pipeline.corrections_said import understand
from courtside.pipeline.resolve import Result, Track
from scenes import records

GAME = result(
    standing(1, 100, team=SPURS.name, number="20"),
    standing(2, 200, 0, 60, SPURS.name, "21"),
    standing(3, 300, 10, 90, MAVERICKS.name),
    standing(4, 400, role="referee"),
    standing(5, 500, 60, 100),
)


def say(shown: Result, *sayings: str) -> tuple[Result, list[Correction]]:
    said = []
    for text in sayings:
        said.append(understand(text, shown, [CLIP], 0))
        shown, missed = correct(shown, said[-1:], [CLIP])
        assert not missed
    return shown, said


def drawn(shown: Result) -> dict[int, tuple[str, str | None, str | None]]:
    return {track.track_id: (track.role, track.team, track.number) for track in shown.tracks}


def by_id(shown: Result) -> dict[int, Track]:
    return {track.track_id: track for track in shown.tracks}


def test_no_corrections_change_nothing() -> None:
    assert correct(result(), (), []) == (result(), ())
    assert correct(GAME, (), [CLIP])[0] == GAME


@pytest.mark.parametrize(
    ("saying", "track_id", "role", "team", "number", "player"),
    [
        ("5 is Parker", 5, "player", SPURS.name, "9", "Parker"),
        ("track 3 is 41", 3, "player", MAVERICKS.name, "41", "Nowitzki"),
        ("3 is 77", 3, "player", MAVERICKS.name, "77", None),
        ("2 is a referee", 2, "referee", None, None, None),
        ("4 is Nowitzki", 4, "player", MAVERICKS.name, "41", "Nowitzki"),
        ("2 is unknown", 2, "player", SPURS.name, None, None),
        ("5 is Mavericks", 5, "player", MAVERICKS.name, None, None),
        ("2 is Mavericks", 2, "player", MAVERICKS.name, None, None),
        ("2 is Spurs", 2, "player", SPURS.name, "21", "Tim Duncan"),
    ],
)
def test_a_track_is_who_it_is_said_to_be(saying: str, track_id: int, role: str, team: str | None, number: str | None, player: str | None) -> None:
    after, _ = say(GAME, saying)
    track = by_id(after)[track_id]
    assert (track.role, track.team, track.number, track.player, track.corrected) == (role, team, number, player, True)
    if number is not None and saying != "2 is Spurs":
        assert track.probability == 1.0
    others = [track for track in after.tracks if track.track_id != track_id]
    assert others == [track for track in GAME.tracks if track.track_id != track_id]


def test_a_name_is_drawn_where_the_models_were_not_sure_of_it() -> None:
    half = dataclasses.replace(standing(1, 100, team=SPURS.name, number="20"), well_seen=np.arange(100) < 50)
    for saying, n in (("1 is Parker", 100), ("1 is Spurs", 50), ("1 is unknown", 50)):
        after, _ = say(result(half), saying)
        assert after.tracks[0].well_seen.sum() == n


def test_nobody_is_gone() -> None:
    after, _ = say(GAME, "3 is nobody")
    assert list(drawn(after)) == [1, 2, 4, 5]


def test_one_player_is_in_one_place() -> None:
    after, _ = say(GAME, "3 is Ginobili")
    assert drawn(after)[3] == ("player", SPURS.name, "20")
    assert drawn(after)[1] == ("player", SPURS.name, None)
    assert by_id(after)[1].corrected


def test_the_later_of_two_claims_holds() -> None:
    after, _ = say(GAME, "3 is Parker", "1 is Parker")
    assert drawn(after)[1] == ("player", SPURS.name, "9")
    assert drawn(after)[3] == ("player", SPURS.name, None)


def test_two_tracks_may_be_one_player_at_different_times() -> None:
    after, _ = say(GAME, "5 is Duncan")
    assert drawn(after)[2] == drawn(after)[5] == ("player", SPURS.name, "21")


def test_a_brief_double_box_costs_only_its_frames() -> None:
    game = result(standing(1, 100, 0, 53, SPURS.name, "20"), standing(2, 150, 50, 100))
    after, _ = say(game, "2 is Ginobili")
    one, other = after.tracks
    assert (one.number, other.number) == ("20", "20")
    assert not (set(one.frame[one.well_seen]) & set(other.frame[other.well_seen]))
    assert one.well_seen.sum() == 50


def test_split_then_name_the_new_part() -> None:
    after, _ = say(GAME, "split 1 at 00:02", "6 is Parker")
    parts = by_id(after)
    assert (parts[1].frame.tolist(), parts[6].frame.tolist()) == (list(range(50)), list(range(50, 100)))
    assert (parts[1].number, parts[6].number) == ("20", "9")


def test_swap_exchanges_what_comes_after() -> None:
    after, _ = say(GAME, "swap 1 and 2 from frame 30")
    one, two = by_id(after)[1], by_id(after)[2]
    assert (one.number, two.number) == ("20", "21")
    assert one.frame.tolist() == list(range(60)) and two.frame.tolist() == list(range(100))
    assert set(one.xyxy[:30, 0]) == {100.0} and set(one.xyxy[30:, 0]) == {200.0}
    assert set(two.xyxy[:30, 0]) == {200.0} and set(two.xyxy[30:, 0]) == {100.0}


def renumbered(shown: Result) -> Result:
    """The same tracks under other numbers, as after another run, with boxes a few pixels off."""
    tracks = tuple(dataclasses.replace(track, track_id=50 - track.track_id, xyxy=track.xyxy + (3, -2, 1, 2)) for track in shown.tracks)
    return dataclasses.replace(shown, tracks=tracks[::-1])


SAYINGS = (
    ("5 is Parker",),
    ("3 is Ginobili",),
    ("2 is a referee", "4 is Nowitzki"),
    ("3 is nobody",),
    ("split 1 at 2", "6 is Parker"),
    ("swap 1 and 2 from frame 30",),
    ("swap 2 and 5 from 1.5", "2 is Parker"),
)


@pytest.mark.parametrize("sayings", SAYINGS)
def test_replayed_on_another_run_by_time_and_place(sayings: tuple[str, ...]) -> None:
    ours, said = say(GAME, *sayings)
    theirs, missed = correct(renumbered(GAME), said, [CLIP])
    assert not missed

    def at_places(shown: Result) -> set[tuple[object, ...]]:
        return {
            (int(frame), round(float(box[0]), -1), track.role, track.team, track.number)
            for track in shown.tracks
            for frame, box in zip(track.frame, track.xyxy, strict=True)
        }

    assert at_places(theirs) == at_places(ours)


@pytest.mark.parametrize("sayings", SAYINGS)
def test_applied_twice_is_applied_once(sayings: tuple[str, ...]) -> None:
    _, said = say(GAME, *sayings)
    once, _ = correct(GAME, said, [CLIP])
    for correction in said[-1:]:
        twice, _ = correct(once, [correction], [CLIP])
        assert as_seen(twice) == as_seen(once)


@pytest.mark.parametrize("sayings", [("split 1 at 2",), ("swap 1 and 2 from frame 30",)])
def test_a_run_that_had_it_right_is_left_alone(sayings: tuple[str, ...]) -> None:
    right, said = say(GAME, *sayings)
    assert as_seen(correct(renumbered(right), said, [CLIP])[0]) == as_seen(correct(renumbered(right), (), [CLIP])[0])


def test_a_name_holds_for_all_parts_of_a_track_that_is_in_pieces_now() -> None:
    _, said = say(GAME, "1 is Parker")
    pieces = result(standing(1, 100, 0, 40, SPURS.name, "20"), standing(2, 100, 40, 100), standing(3, 300))
    after, missed = correct(pieces, said, [CLIP])
    assert not missed and [track.number for track in after.tracks] == ["9", "9", None]


def test_a_name_holds_only_where_the_track_is_his() -> None:
    """The other run's tracker went over to somebody else half way: that half was not spoken of."""
    _, said = say(GAME, "1 is Parker")
    one, other = standing(7, 100, team=SPURS.name, number="20"), standing(8, 700, team=SPURS.name, number="21")
    boxes = np.where(np.arange(100)[:, None] < 50, one.xyxy, other.xyxy)
    back = np.where(np.arange(100)[:, None] < 50, other.xyxy, one.xyxy)
    mixed = result(dataclasses.replace(one, xyxy=boxes), dataclasses.replace(other, xyxy=back))
    after, _ = correct(mixed, said, [CLIP])
    for track in after.tracks:
        at_his_place = {round(float(x)) == 100 for x in track.xyxy[:, 0]}
        assert at_his_place == {track.number == "9"}
    assert sum(len(track.frame) for track in after.tracks) == 200


def test_taking_a_double_box_away_never_takes_the_player() -> None:
    game = result(standing(1, 100, team=SPURS.name, number="20"), standing(2, 108, 20, 40))
    after, said = say(game, "2 is nobody")
    assert list(drawn(after)) == [1]
    alone, missed = correct(after, said, [CLIP])
    assert list(drawn(alone)) == [1] and missed == tuple(said)


def test_of_nobody_who_is_there_is_told_and_changes_nothing() -> None:
    _, said = say(GAME, "5 is Parker")
    elsewhere = result(standing(1, 100))
    assert correct(elsewhere, said, [CLIP]) == (elsewhere, tuple(said))
    other_clip = dataclasses.replace(CLIP, clip=dataclasses.replace(CLIP.clip, path="other.mp4"))
    assert correct(GAME, said, [other_clip])[1] == tuple(said)
    without = dataclasses.replace(GAME, teams=(MAVERICKS,))
    assert correct(without, said, [CLIP])[1] == tuple(said)


def test_another_frame_rate_is_the_same_time() -> None:
    _, said = say(GAME, "5 is Parker", "split 1 at 2")
    slow = dataclasses.replace(CLIP, frames=dataclasses.replace(records([], 50).frames, time_s=np.arange(50) / 12.5))
    halved = [dataclasses.replace(track, frame=track.frame[::2] // 2, xyxy=track.xyxy[::2], well_seen=track.well_seen[::2]) for track in GAME.tracks]
    after, missed = correct(result(*halved), said, [slow])
    assert not missed
    assert drawn(after)[5] == ("player", SPURS.name, "9")
    assert by_id(after)[6].frame.tolist() == list(range(25, 50))


@settings(max_examples=40, deadline=None)
@given(st.permutations((1, 2, 3)), st.integers(12, 58))
def test_a_swap_made_twice_is_none(order: list[int], frame: int) -> None:
    one, other = order[:2]
    saying = f"swap {one} and {other} from frame {frame}"
    after, _ = say(GAME, saying, saying)
    assert as_seen(after) == as_seen(GAME)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((1, 2, 3, 5)), st.sampled_from(("Parker", "Ginobili", "Spurs 0", "Nowitzki", "unknown"))), max_size=6))
def test_whatever_is_said_nobody_is_in_two_places(claims: list[tuple[int, str]]) -> None:
    after, _ = say(GAME, *(f"{track_id} is {who}" for track_id, who in claims))
    places = [
        (track.team, track.number, int(frame))
        for track in after.tracks
        if track.number
        for frame, seen in zip(track.frame, track.well_seen, strict=True)
        if seen
    ]
    assert len(places) == len(set(places))
    assert sum(len(track.frame) for track in after.tracks) == sum(len(track.frame) for track in GAME.tracks)
