"""The tracker that settings ask for."""

from __future__ import annotations

from collections.abc import Callable

from courtside.config import Settings
from courtside.tracking.tracker import BoxTracker
from courtside.types import Tracker


def make_tracker(settings: Settings, say: Callable[[str], None] = lambda _: None) -> Tracker:
    """Make the tracker; ``say`` is told when one has to change how it works on the way.

    Raises:
        ModelError: masks are asked for and their model can't be had.
    """
    wanted = settings.tracker
    options = wanted.model_dump(include={"high", "low", "max_age_s"})
    if wanted.backend == "boxes":
        return BoxTracker(**options)
    # here, so that nobody who follows boxes needs torch
    from courtside.models.research.placement import Placement
    from courtside.models.sam2.stream import Sam2Stream
    from courtside.tracking.sam2 import Sam2Tracker

    compute = settings.compute
    placement = Placement(compute.device, compute.precision, compute.offline)
    return Sam2Tracker(Sam2Stream.load(wanted.model, placement, compiled=wanted.compiled, say=say), **options)
