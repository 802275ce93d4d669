"""What users may say, and what they are told when it can't be understood."""

from __future__ import annotations

import pytest

from corrected import CLIP, MAVERICKS, SPURS, result, standing
from courtside.pipeline.corrections import CorrectionError, Named, Split, Swap
from courtside.pipeline.corrections_said import clock, understand
from courtside.types import Team

GAME = result(standing(1, 100, team=SPURS.name, number="20"), standing(2, 200, 10, 60, MAVERICKS.name), standing(3, 300, 25, 100))


@pytest.mark.parametrize(
    ("saying", "what", "team", "number"),
    [
        ("1 is Parker", "player", SPURS.name, "9"),
        ("  Track 1   is  PARKER. ", "player", SPURS.name, "9"),
        ("1 is duncan", "player", SPURS.name, "21"),
        ("1 is Tim Duncan", "player", SPURS.name, "21"),
        ("1 is 0", "player", SPURS.name, "0"),
        ("1 is 00", "player", SPURS.name, "00"),
        ("1 is #9", "player", SPURS.name, "9"),
        ("1 is number 9", "player", SPURS.name, "9"),
        ("2 is 20", "player", MAVERICKS.name, "20"),
        ("1 is Lopez", "player", SPURS.name, "0"),
        ("2 is Lopez", "player", MAVERICKS.name, "8"),
        ("3 is 41", "player", MAVERICKS.name, "41"),
        ("3 is Spurs 20", "player", SPURS.name, "20"),
        ("3 is dallas mavericks Lopez", "player", MAVERICKS.name, "8"),
        ("3 is Mavericks", "team", MAVERICKS.name, None),
        ("3 is a referee", "referee", None, None),
        ("3 is nobody", "nobody", None, None),
        ("3 is unknown", "unknown", None, None),
    ],
)
def test_who_somebody_is(saying: str, what: str, team: str | None, number: str | None) -> None:
    said = understand(saying, GAME, [CLIP], 0)
    assert isinstance(said, Named)
    assert (said.what, said.team, said.number, said.clip) == (what, team, number, "game.mp4")
    assert said.seen


@pytest.mark.parametrize("time", ["frame 50", "2", "2.0", "2 s", "00:02", "0:02.0", "00:00:02"])
def test_times(time: str) -> None:
    split, swap = understand(f"split 1 at {time}", GAME, [CLIP], 0), understand(f"swap tracks 1 and 2 from {time}", GAME, [CLIP], 0)
    assert isinstance(split, Split) and isinstance(swap, Swap)
    assert split.at_s == swap.at_s == 2.0
    assert split.before.time_s < 2.0 <= split.after.time_s


@pytest.mark.parametrize(
    ("saying", "told"),
    [
        ("", "not understood"),
        ("1 was Parker", "not understood"),
        ("9 is Parker", "no track 9 in game.mp4; its tracks are numbered 1 to 3"),
        ("1 is Parkr", "did you mean 'Parker'?"),
        ("1 is Dunkan", "did you mean 'Tim Duncan'?"),
        ("1 is Spur", "did you mean 'San Antonio Spurs'?"),
        ("1 is Quixote", "nobody on the rosters is called 'Quixote'"),
        ("1 is 100", "not a jersey number"),
        ("1 is 07", "not a jersey number"),
        ("3 is Lopez", "both teams"),
        ("3 is 20", "which team"),
        ("split 2 at 3", "track 2 is seen from 00:00.4 to 00:02.4"),
        ("split 2 at 0:00.4", "track 2 is seen from"),
        ("split 2 at noon", "'noon' is no time"),
        ("split 2 at frame 100", "100 frames, counted from 0"),
        ("swap 1 and 1 from 2", "itself"),
        ("swap 2 and 3 from 9", "track 2 is seen from"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(saying: str, told: str) -> None:
    with pytest.raises(CorrectionError) as error:
        understand(saying, GAME, [CLIP], 0)
    assert told in str(error.value) and "\n" not in str(error.value)


def test_without_rosters_numbers_only() -> None:
    anonymous = (Team("Team A", "#E4572E"), Team("Team B", "#2E86E4"))
    track = standing(1, 100)
    game = result(track, teams=anonymous)
    with pytest.raises(CorrectionError, match="no roster"):
        understand("1 is Parker", game, [CLIP], 0)
    said = understand("1 is Team B 7", game, [CLIP], 0)
    assert isinstance(said, Named) and (said.team, said.number) == ("Team B", "7")


def test_held_on_to_where_nobody_covers_him() -> None:
    covered = result(standing(1, 100), standing(2, 110, 0, 70))
    said = understand("1 is Parker", result(*covered.tracks, teams=(SPURS,)), [CLIP], 0)
    assert isinstance(said, Named)
    assert [bool(spot.beside) for spot in said.seen] == [True, True, False, False]


@pytest.mark.parametrize(("time_s", "shown"), [(0.0, "00:00.0"), (4.21, "00:04.2"), (59.96, "01:00.0"), (3601.0, "60:01.0")])
def test_clock(time_s: float, shown: str) -> None:
    assert clock(time_s) == shown
