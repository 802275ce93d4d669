from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from courtside.pipeline.score_watch import NOT_INSTALLED, ScoreWatch
from courtside.scoreboard import Glance, Word
from courtside.types import Frame, Image

SIZE = (1600, 900)  # large enough to be read as it is
CELLS = {"SA": (310, 455), "72": (370, 455), "DAL": (430, 455), "73": (510, 455), "clock": (350, 478), "24": (520, 478)}
STRIPES = np.random.default_rng(1).integers(0, 255, (60, 200, 3), np.uint8)


def picture(index: int, graphic: bool, moves: bool = True) -> Image:
    """Return frame ``index``: a textured court, and over it a graphic whose clock has a bar as long as the second it shows."""
    image = np.ascontiguousarray(np.roll(cv2.resize(STRIPES, SIZE), 37 * index if moves else 0, 1))
    if graphic:
        cv2.rectangle(image, (300, 448), (640, 502), (40, 20, 20), -1)
        for text, (x, y) in CELLS.items():
            if text == "clock":
                cv2.rectangle(image, (x, y), (x + 2 * (index // 10 % 60), y + 18), (240, 240, 240), -1)
            else:
                cv2.putText(image, text, (x, y + 18), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (240, 240, 240), 2)
    return image


class Reader:
    """Reads the graphic of ``picture``: it knows where the cells stand, and takes the clock from its bar."""

    def __init__(self) -> None:
        self.n_read = 0

    def find(self, image: Image) -> list[Word]:
        # where the bar's dark ground begins tells where in the picture this part was cut out
        found = cv2.matchTemplate(image, picture(0, True)[448:476, 300:345], cv2.TM_SQDIFF)
        left, top = np.unravel_index(int(found.argmin()), found.shape)[::-1]
        at = {text: (x - 300 + left, y - 448 + top) for text, (x, y) in CELLS.items()}
        return [Word("2:00" if text == "clock" else text, 0.99, (x, y, x + 50, y + 20)) for text, (x, y) in at.items()]

    def read(self, crops: Sequence[Image]) -> list[tuple[str, float]]:
        self.n_read += len(crops)
        return [(f"2:{int((crop[8, :, 0] > 200).sum()) // 2:02d}", 0.99) for crop in crops]


def watch(frames: Sequence[Image], reader: Reader | None) -> tuple[list[Glance], list[str]]:
    glances: list[Glance] = []
    notes: list[str] = []
    one = ScoreWatch(reader, glances.append, notes.append)
    for index, image in enumerate(frames):
        one.look(Frame(index, index / 10, image))
    one.close()
    return glances, notes


@pytest.mark.parametrize(
    "frames",
    [
        [],
        [picture(0, True)],
        [picture(i, False) for i in range(100)],
        [picture(i, True, moves=False) for i in range(100)],  # nothing stands out
    ],
    ids=["empty", "one frame", "no graphic", "a camera that stands"],
)
def test_no_graphic_is_found(frames: list[Image]) -> None:
    glances, notes = watch(frames, Reader())
    assert [glance.frame for glance in glances] == list(range(0, len(frames), 5)) and notes == []
    assert all(glance.box is None and not glance.texts for glance in glances)


def test_a_graphic_is_found_and_read_from_the_first_frame_on() -> None:
    reader = Reader()
    glances, _ = watch([picture(i, graphic=i < 60 or i >= 90) for i in range(150)], reader)
    assert [glance.frame for glance in glances] == list(range(0, 150, 5))
    there = [bool(glance.texts) for glance in glances]
    assert there == [glance.frame < 60 or glance.frame >= 90 for glance in glances]  # it goes for three seconds and comes again
    clock = {glance.frame: glance.texts["clock"][0] for glance in glances if glance.texts}
    assert clock == {frame: f"2:{frame // 10:02d}" for frame in clock}
    # the clock once a second, the other five cells once (and what is not read for sure, as none is here)
    assert reader.n_read <= 5 + 12 + 3


def test_without_the_extra_it_is_said_once_and_only_where_there_is_a_graphic() -> None:
    assert watch([picture(i, True) for i in range(150)], None) == ([], [NOT_INSTALLED])  # and nothing is claimed to have been looked at
    assert watch([picture(i, False) for i in range(150)], None)[1] == []


def test_a_short_clip_is_read_at_its_end() -> None:
    glances, _ = watch([picture(i, True) for i in range(20)], Reader())
    assert len(glances) == 4 and all(glance.texts for glance in glances)
