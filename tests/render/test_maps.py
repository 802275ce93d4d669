from __future__ import annotations

import numpy as np
import pytest

from courtside.court import COURTS
from courtside.pipeline.places import Places
from courtside.render.court_drawing import CourtDrawing
from courtside.render.maps import heat_map, path_map, player_picture, spacing_picture
from courtside.types import Team

DRAWING = CourtDrawing(COURTS["nba"], 400)


def walk(n: int, players: int = 1) -> Places:
    """So many side by side, 3 m apart, walking to the right from (2, 0)."""
    frame = np.repeat(np.arange(n), players)
    track = np.tile(np.arange(players), n)
    rows = len(frame)
    texts = [np.full(rows, text, object) for text in ("player", "Knicks", "11", "Brunson")]
    return Places(frame, frame / 30, track, np.stack([2 + 0.1 * frame, 3.0 * track], 1), *texts)


def changed(image: np.ndarray) -> np.ndarray:
    return (np.abs(image.astype(int) - DRAWING.image).sum(2) > 30)[: round(DRAWING.height * 0.9)]  # without the legend


@pytest.mark.parametrize("known", [walk(0), Places(*(values[:0] for values in vars(walk(3)).values()))])
def test_nothing_known_leaves_the_court_empty(known: Places) -> None:
    assert not changed(heat_map(DRAWING, known, np.arange(0))).any() and not changed(path_map(DRAWING, known, np.arange(0))).any()


def test_heat_is_brightest_where_most_time_was_spent() -> None:
    known = walk(60)
    known.xy_m[20:] = known.xy_m[20]
    image = heat_map(DRAWING, known, np.arange(60))
    stood, walked = (image[y, x].astype(int).sum() for x, y in np.rint(DRAWING.to_pixels(known.xy_m[[20, 10]])).astype(int))
    assert stood > walked + 150


def test_the_path_goes_from_first_to_last() -> None:
    known = walk(90)
    columns = np.nonzero(changed(path_map(DRAWING, known, np.arange(90))))[1]
    first, last = DRAWING.to_pixels(known.xy_m[[0, -1]])[:, 0]
    assert abs(columns.min() - first) < 4 and last <= columns.max() < last + 16


@pytest.mark.parametrize("name", ["Brunson", "Ντόντσιτς", "x" * 200])
def test_a_player_picture_shows_both(name: str) -> None:
    picture = player_picture(DRAWING, walk(30), np.arange(30), (40, 90, 200), "11", name, "3 m in 1.0 s")
    assert picture.shape[1] > 2 * DRAWING.width and picture.shape[0] > DRAWING.height


@pytest.mark.parametrize(("players", "shown"), [(0, False), (2, False), (3, True), (5, True)])
def test_spacing_needs_three(players: int, shown: bool) -> None:
    picture = spacing_picture(DRAWING, walk(20, players), {"Knicks": Team("Knicks", "#F58426")})
    assert (picture is not None) == shown
