"""Simulated frames with whose body each pixel is, for what learns or is measured on masks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from courtside.court import COURTS, Camera
from courtside.errors import ConfigError
from courtside.simulate.cast import make_cast
from courtside.simulate.clip import Recipe
from courtside.simulate.director import broadcast
from courtside.simulate.draw import Painter, make_arena
from courtside.simulate.game import Game
from courtside.simulate.scene import Moment
from courtside.types import Image

Owners = npt.NDArray[np.uint8]
"""(h, w): 0 where nobody is, else 1 + the row of the actor whose body is seen there."""


class _MaskPainter(Painter):
    """A painter that hands out the picture of ids it decides visibility by."""

    def draw_with_owners(self, moment: Moment, camera: Camera, camera_end: Camera | None, flash: float) -> tuple[Image, Owners]:
        self._kept: list[npt.NDArray[np.uint8]] = []
        image = self.draw(moment, camera, camera_end, flash).image
        # the painter numbers those on the floor: 2 i + 1 for the i-th one's body, 2 i + 2 for his number
        owner_of = np.zeros(256, np.uint8)
        for i, row in enumerate(np.flatnonzero(moment.on_floor)):
            owner_of[[2 * i + 1, 2 * i + 2]] = row + 1
        return image, owner_of[self._kept[-1]]

    def _draw_things(self, image: Image, ids: npt.NDArray[np.uint8], *rest: Any, **more: Any) -> Any:
        self._kept.append(ids)  # the very array: what is drawn over the people later is taken out of it too
        return super()._draw_things(image, ids, *rest, **more)


def masked_frames(recipe: Recipe) -> Iterator[tuple[Image, Owners]]:
    """Yield each frame of the recipe's clip, as painted (not encoded), and whose body each of its pixels is.

    Raises:
        ConfigError: no such league.
    """
    if recipe.league not in COURTS:
        raise ConfigError(f"--league {recipe.league}: not one of {', '.join(COURTS)}")
    random = np.random.default_rng(recipe.seed)
    court, knobs = COURTS[recipe.league], recipe.knobs
    cast = make_cast(random, knobs)
    game = Game(court, cast, random, knobs)
    painter = _MaskPainter(court, cast, make_arena(random, court), knobs, random)
    n_frames = max(1, round(recipe.seconds * recipe.rate))
    for moment, view in broadcast(game, recipe.rate, n_frames, recipe.size_px, knobs, random):
        yield painter.draw_with_owners(moment, view.camera, view.camera_end, view.flash)
