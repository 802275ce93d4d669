"""People's masks laid over the picture in their team's colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from courtside.render.color import NEUTRAL, REFEREE_COLOR, Color, outline_color, parse_hex
from courtside.types import Image, Person, Team

if TYPE_CHECKING:
    import supervision as sv

OPACITY = 0.5
_SAME = 0.5
"""IoU of a person's box (smoothed) and the box that a mask was recorded with, from which they are the same."""


def draw_masks(image: Image, people: Sequence[Person], masks: sv.CompactMask, teams: Mapping[str, Team], opacity: float = OPACITY) -> Image:
    """Return a new picture with each person's mask in the team's colour, a hairline round it; ``image`` is left as it is.

    A player whose team is not known is neutral, a referee has the officials' colour. Who is nearer to the camera lies on top.

    Args:
        image: the frame.
        people: (n,) who is drawn.
        masks: (n,) theirs, of the frame's size.
        teams: by the name that ``Person.team`` holds.
        opacity: of the colour, 0-1.

    Raises:
        ConfigError: a team's colour is not "#RRGGBB".
    """
    drawn = image.copy()
    height, width = image.shape[:2]
    thickness = max(1, round(min(height, width) * 0.0012))
    for i in sorted(range(len(people)), key=lambda i: (people[i].xyxy[3], people[i].track_id)):
        mask = masks.crop(i)
        if not mask.any():
            continue
        x, y = (int(side) for side in masks.offsets[i])
        mask = mask[: max(0, height - y), : max(0, width - x)]
        color = _color(people[i], teams)
        part = drawn[y : y + mask.shape[0], x : x + mask.shape[1]]
        tinted = cv2.addWeighted(part, 1 - opacity, np.full_like(part, color), opacity, 0)
        part[mask] = tinted[mask]
        outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(drawn, outlines, -1, outline_color(color), thickness, cv2.LINE_AA, offset=(x, y))
    return drawn


def masks_of_people(
    people: Sequence[Person], xyxy: npt.NDArray[np.number], tracker_id: npt.NDArray[np.integer], mask_id: npt.NDArray[np.integer], masks: sv.CompactMask
) -> tuple[list[Person], sv.CompactMask]:
    """Return the people who have a mask in a frame, and their masks.

    People are known by ``track_id``, masks by ``tracker_id``: the boxes that were tracked say which is whose.

    Args:
        people: of the frame.
        xyxy: (n, 4) boxes found in it.
        tracker_id: (n,) theirs, 0 where not tracked.
        mask_id: (m,) tracker ids of ``masks``.
        masks: (m,).
    """
    import supervision as sv
    from scipy.optimize import linear_sum_assignment

    place = {int(known): k for k, known in enumerate(mask_id)}
    rows = [i for i, known in enumerate(tracker_id) if int(known) in place]
    shown, chosen = [], []
    if people and rows:
        iou = sv.box_iou_batch(np.array([person.xyxy for person in people], float), np.asarray(xyxy, float)[rows])
        for i, j in zip(*linear_sum_assignment(-iou), strict=True):
            if iou[i, j] >= _SAME:
                shown.append(people[i])
                chosen.append(place[int(tracker_id[rows[j]])])
    kept = masks[np.array(chosen, int)]
    assert isinstance(kept, sv.CompactMask)
    return shown, kept


def _color(person: Person, teams: Mapping[str, Team]) -> Color:
    if person.role == "referee":
        return REFEREE_COLOR
    team = teams.get(person.team) if person.team is not None else None
    return NEUTRAL if team is None else parse_hex(team.color)
