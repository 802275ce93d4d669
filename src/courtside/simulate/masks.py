"""Simulated frames with whose body each pixel is, for what learns or is measured on masks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from courtside.court import COURTS
from courtside.errors import ConfigError
from courtside.simulate.cast import make_cast
from courtside.simulate.clip import Recipe
from courtside.simulate.director import broadcast
from courtside.simulate.draw import Painter, make_arena
from courtside.simulate.game import Game
from courtside.types import Image


def masked_frames(recipe: Recipe) -> Iterator[tuple[Image, npt.NDArray[np.uint8]]]:
    """Yield each frame of the recipe's clip, as painted (not encoded), and whose body each of its pixels is, as ``Drawn.owners`` says.

    Raises:
        ConfigError: no such league.
    """
    if recipe.league not in COURTS:
        raise ConfigError(f"--league {recipe.league}: not one of {', '.join(COURTS)}")
    random = np.random.default_rng(recipe.seed)
    court, knobs = COURTS[recipe.league], recipe.knobs
    cast = make_cast(random, knobs)
    game = Game(court, cast, random, knobs)
    painter = Painter(court, cast, make_arena(random, court), knobs, random)
    n_frames = max(1, round(recipe.seconds * recipe.rate))
    for moment, view in broadcast(game, recipe.rate, n_frames, recipe.size_px, knobs, random):
        drawn = painter.draw(moment, view.camera, view.camera_end, view.flash)
        yield drawn.image, drawn.owners
