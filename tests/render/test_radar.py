from __future__ import annotations

import numpy as np
import pytest

from courtside.court import COURTS
from courtside.pipeline.places import Places
from courtside.render.color import parse_hex
from courtside.render.radar import Radar, free_corner, lay_inset
from courtside.types import Person, Team

TEAMS = {"Knicks": Team("Knicks", "#F58426")}


def places(*rows: tuple[int, int, float, float, str, str | None]) -> Places:
    """(frame, track, x, y, role, team) each, 30 frames a second."""
    frame = np.array([row[0] for row in rows], np.int64)
    texts = [np.array([row[i] for row in rows], object) for i in (4, 5)]
    number = np.array(["11" if row[5] else None for row in rows], object)
    xy_m = np.array([row[2:4] for row in rows], float).reshape(-1, 2)
    return Places(frame, frame / 30, np.array([row[1] for row in rows], np.int64), xy_m, texts[0], texts[1], number, np.full(len(rows), None, object))


def changed(radar: Radar, frame: int) -> np.ndarray:
    return (radar.draw(frame) != radar.court.image).any(2)


@pytest.mark.parametrize(
    "known",
    [places(), places((0, 1, np.nan, np.nan, "player", "Knicks")), places((3, 1, 2.0, 2.0, "player", "Knicks"))],
    ids=["nobody", "place not known", "another frame"],
)
def test_nothing_where_no_place_is_known(known: Places) -> None:
    assert not changed(Radar(COURTS["nba"], known, TEAMS, 320), 0).any()


def test_a_dot_in_the_teams_colour_where_the_player_stands() -> None:
    radar = Radar(COURTS["nba"], places((0, 1, 8.0, -3.0, "player", "Knicks")), TEAMS, 640)
    x, y = np.rint(radar.court.to_pixels(np.array([(8.0, -3.0)]))[0]).astype(int)
    rows, columns = np.nonzero(changed(radar, 0))
    assert abs(rows.mean() - y) < 1 and abs(columns.mean() - x) < 1
    assert (np.abs(radar.draw(0).astype(int) - parse_hex("#F58426")).sum(2) < 12).sum() > 40


def test_a_referee_is_smaller_than_a_player() -> None:
    dots = [changed(Radar(COURTS["nba"], places((0, 1, 8.0, -3.0, role, None)), TEAMS, 640), 0).sum() for role in ("referee", "player")]
    assert dots[0] < 0.6 * dots[1]


def test_the_trail_ends_after_a_second_and_at_a_gap() -> None:
    walk = [(frame, 1, -10 + frame * 0.2, 0.0, "player", "Knicks") for frame in range(60)]
    whole, gap = Radar(COURTS["nba"], places(*walk), TEAMS, 640), Radar(COURTS["nba"], places(*walk[:30], *walk[45:]), TEAMS, 640)
    lengths = [np.ptp(np.nonzero(changed(radar, 59))[1]) / radar.court.scale for radar in (whole, gap)]
    assert 6 < lengths[0] < 7.5 and lengths[1] < 4.5


def test_far_outside_is_dropped_without_an_error() -> None:
    walk = [(frame, 1, 30.0 + frame, 30.0, "player", "Knicks") for frame in range(3)]
    assert not changed(Radar(COURTS["fiba"], places(*walk), TEAMS, 200), 2).any()


def person(x: float, feet: float, role: str = "player") -> Person:
    return Person(1, (x, feet - 100, x + 40, feet), "referee" if role == "referee" else "player")


@pytest.mark.parametrize(
    ("people", "at_the_top"),
    [([], True), ([person(100, 690)], True), ([person(100, 150)], False), ([person(100, 150, "referee")], True), ([person(900, 150)], True)],
)
def test_the_inset_goes_where_it_hides_no_feet(people: list[Person], at_the_top: bool) -> None:
    x, y = free_corner(people, (1280, 720), (358, 207))
    assert x < 30 and (y < 30) == at_the_top
    assert y + 207 <= 720


@pytest.mark.parametrize("corner", [(2, 3), (-5, -5), (60, 30), (500, 500)])
def test_an_inset_is_laid_on_whatever_fits(corner: tuple[int, int]) -> None:
    image = np.zeros((40, 64, 3), np.uint8)
    drawn = lay_inset(image, np.full((10, 20, 3), 200, np.uint8), corner)
    assert drawn.shape == image.shape and not image.any()
    assert drawn.any() == (corner != (500, 500))
