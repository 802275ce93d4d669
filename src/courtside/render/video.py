"""The loop that makes a named video: frames in, drawn frames out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import cv2
import numpy as np
import supervision as sv

from courtside.render.color import parse_hex
from courtside.render.masks import draw_masks
from courtside.render.overlays import check_overlays, draw_ball, draw_overlays
from courtside.render.people import draw_people
from courtside.types import ClipInfo, Frame, Image, Person, Team


def render_clip(
    frames: Iterable[Frame],
    info: ClipInfo,
    people: Callable[[int], Sequence[Person]],
    detections: Callable[[int], sv.Detections] | None,
    teams: Mapping[str, Team],
    overlays: frozenset[str],
    write: Callable[[Image, float], None],
    advance: Callable[[], None],
    masks: Callable[[int, Sequence[Person]], tuple[Sequence[Person], sv.CompactMask]] | None = None,
    floor: Callable[[int, Image], Image] | None = None,
    inset: Callable[[int, Image], Image] | None = None,
    ball: Callable[[int], tuple[float, float, float, float] | None] | None = None,
) -> None:
    """Draw every frame and hand it on, one at a time: memory does not depend on the clip's length.

    Args:
        frames: the clip, upright.
        info: the clip's size; a frame of another size (some streams change it midway) is scaled to it after drawing, since a video has one size.
        people: who is in the frame of that index.
        detections: what the detector found in it; None where there are no records of it, and then no overlay is drawn.
        teams: by the name that ``Person.team`` holds.
        overlays: which of ``courtside.render.overlays.OVERLAYS`` to draw, under the people's marks.
        write: takes the drawn picture and its time in seconds.
        advance: called after each frame written.
        masks: takes a frame's index and people and returns those who have a mask, and their masks; None where there are none.
        floor: takes a frame's index and picture and returns it with what lies on the floor, under all marks.
        inset: the same with what lies on top of everything.
        ball: takes a frame's index and returns the ball's box, None where it is not known; None where it is not to be drawn.

    Raises:
        ConfigError: an unknown overlay or a bad team colour, before anything is written.
    """
    check_overlays(overlays)
    for team in teams.values():
        parse_hex(team.color)
    for frame in frames:
        image = frame.image if floor is None else floor(frame.index, frame.image)
        if detections is not None and overlays:
            image = draw_overlays(image, detections(frame.index), overlays)
        shown = people(frame.index)
        if masks is not None and "masks" in overlays:
            image = draw_masks(image, *masks(frame.index, shown), teams)
        image = draw_people(image, shown, teams)
        if ball is not None and (box := ball(frame.index)) is not None:
            image = draw_ball(image, box)
        if image.shape[:2] != (info.height, info.width):
            image = np.asarray(cv2.resize(image, (info.width, info.height), interpolation=cv2.INTER_AREA), np.uint8)
        if inset is not None:
            image = inset(frame.index, image)
        write(image, frame.time_s)
        advance()
