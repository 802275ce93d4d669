"""Finding and reading the score graphic while a clip is analysed: a look every half second, and only what changed is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from courtside.models.text import TextReader
from courtside.scoreboard import Glance, Template, Word, find_layout, find_patches, stands_still
from courtside.scoreboard.glance import Box
from courtside.types import Frame, Image

EVERY_S = 0.5
"""Seconds between two looks. Clocks change once a second; half of that tells when to half a second."""

NOT_INSTALLED = "a score graphic may be in the picture; to have it read: pip install 'courtside[score]', and analyse the clip again"

_HELD = 12  # looks that are kept, with their pictures, until a graphic is found
_FIRST_TRY = 6  # looks after which it is first searched for, and again whenever that many times 2, 4, 8 ... have passed
_MOST_PATCHES = 3  # places that are read in one search
_READ_FOR_LAYOUT = 3  # pictures in which a place is read at most to learn what stands where
_MARGIN = 0.012  # of the picture's width and height, around a place
_SMALL = 900  # pixels of height of a picture below which its text is enlarged
_ENOUGH = 7  # roles that are all there is to find
_GONE_S = 20.0  # without the graphic for so long, another one is searched for
_PLAIN = 30  # steps of colour (0-255) up to which a column belongs to the plain ground of a cell
_GROWN = 0.9  # heights by which a cell is grown sideways on plain ground: one digit more may come to stand there
_CHANGED = 0.25  # of the range of a cell's brightness: a change as large as that is another text
_LEAST_RANGE = 30  # steps of brightness; a cell with less is empty
_SURE = 0.9  # what was read less surely is read again even where nothing changed


_Pixels = tuple[int, int, int, int]


class _Reads(Protocol):
    def find(self, image: Image) -> list[Word]: ...

    def read(self, crops: list[Image]) -> list[tuple[str, float]]: ...


class _Cell:
    """One cell of the graphic and what was last read in it.

    Args:
        tight: around the word that was found there, in whole pixels.
        grown: with room for a longer one.
    """

    def __init__(self, tight: _Pixels, grown: _Pixels) -> None:
        self._tight, self._grown = tight, grown
        self._last: npt.NDArray[np.float32] | None = None
        self._read = ("", 0.0)

    def read(self, image: Image, reader: _Reads) -> tuple[str, float]:
        crop = _cut(image, self._grown)
        now = cv2.GaussianBlur(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).astype(np.float32), (3, 3), 0)
        if self._last is None or self._read[1] < _SURE or np.abs(now - self._last).max() > _CHANGED * max(_LEAST_RANGE, float(np.ptp(self._last))):
            self._last = np.asarray(now, np.float32)
            text, confidence = reader.read([crop])[0]
            if text and confidence < _SURE:
                # two readings of two crops that say the same are sure; where they differ nothing is
                again, other = reader.read([_cut(image, self._tight)])[0]
                confidence = max(confidence, other) if again == text else min(confidence, 1 - other)
            self._read = text, confidence
        return self._read


def _cut(image: Image, box: _Pixels) -> Image:
    x1, y1, x2, y2 = box
    return image[y1:y2, x1:x2]


class ScoreWatch:
    """Takes every frame of a clip, in order, and tells what its score graphic said.

    Args:
        reader: of text; None to say once that there is a graphic and then do nothing.
        tell: called with each look, in order, though not at once: a graphic is first to be found.
        note: called with a line for the user.
    """

    def __init__(self, reader: _Reads | None, tell: Callable[[Glance], None], note: Callable[[str], None]) -> None:
        self._reader, self._tell, self._note = reader, tell, note
        self._held: list[Frame] = []
        self._n_looks = self._tried = 0  # looks without a graphic, and after how many of them it was last searched for
        self._next_try = _FIRST_TRY
        self._looked_s = self._seen_s = -np.inf
        self._box: Box | None = None
        self._template = Template.none()
        self._cells: dict[str, _Cell] = {}
        self._quiet = False

    def look(self, frame: Frame) -> None:
        """Look at ``frame`` if it is time."""
        if self._quiet or frame.time_s - self._looked_s < EVERY_S - 1e-6:
            return
        self._looked_s = frame.time_s
        if self._box is not None:
            self._glance(frame)
            if frame.time_s - self._seen_s > _GONE_S:
                self._box, self._n_looks, self._tried, self._next_try = None, 0, 0, _FIRST_TRY
            return
        self._held.append(frame)
        self._n_looks += 1
        if self._n_looks >= self._next_try:
            self._next_try *= 2
            self._search()
        elif len(self._held) > _HELD:
            self._tell(Glance(self._held.pop(0).index, None, {}))

    def close(self) -> None:
        """Read what is still held, at the end of the clip."""
        if self._box is None and not self._quiet and self._n_looks - self._tried >= min(_FIRST_TRY, self._n_looks):
            self._search()
        for frame in self._held:
            self._tell(Glance(frame.index, None, {}))
        self._held.clear()

    def _search(self) -> None:
        self._tried = self._n_looks
        images = [frame.image for frame in self._held]
        if len(images) < 2 or stands_still(images):
            return
        places = find_patches(images)
        if self._reader is None:
            if places:
                self._note(NOT_INSTALLED)
                self._held.clear()
                self._quiet = True
            return
        for place in places[:_MOST_PATCHES]:
            box = _widened(place, images[0])
            clearest = sorted(images, key=lambda image: _contrast(image, box), reverse=True)  # a coder smears all of a picture that moves fast
            layout = _layout(self._reader, clearest[:_READ_FOR_LAYOUT], box)
            if layout:
                self._take(_hull(layout, images[0]), {role: _cell(cell, clearest[0]) for role, cell in layout.items()})
                return

    def _take(self, box: Box, cells: dict[str, _Cell]) -> None:
        """Go on with the graphic that was found, from the frames held so far."""
        held, self._held = self._held, []
        self._box, self._template, self._cells = box, Template([frame.image for frame in held], box), cells
        self._seen_s = held[0].time_s
        for frame in held:
            self._glance(frame)

    def _glance(self, frame: Frame) -> None:
        texts: dict[str, tuple[str, float]] = {}
        if self._reader is not None and self._template.is_in(frame.image):
            self._seen_s = frame.time_s
            texts = {role: cell.read(frame.image, self._reader) for role, cell in self._cells.items()}
        self._tell(Glance(frame.index, self._box, texts))


def _contrast(image: Image, box: Box) -> float:
    part = cv2.cvtColor(image[round(box[1]) : round(box[3]), round(box[0]) : round(box[2])], cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(part, cv2.CV_32F).var())


def _layout(reader: _Reads, images: list[Image], box: Box) -> dict[str, Box]:
    """Return where each role stands in the picture; empty where what stands in ``box`` is no score graphic."""
    looks: list[list[Word]] = []
    layout: dict[str, Box] = {}
    for image in images:
        looks.append(_found(reader, image, box))
        layout = find_layout(looks)
        if not layout or len(layout) == _ENOUGH:
            break
    return layout


def _widened(box: Box, image: Image) -> Box:
    height, width = image.shape[:2]
    x, y = _MARGIN * width, _MARGIN * height
    return max(0.0, box[0] - x), max(0.0, box[1] - y), min(float(width), box[2] + x), min(float(height), box[3] + y)


def _hull(layout: dict[str, Box], image: Image) -> Box:
    """Return the box around all cells, with as much around it as the clock is high: what is near belongs to the graphic, more may not."""
    x1, y1, x2, y2 = np.array(list(layout.values())).T
    pad = float(layout["clock"][3] - layout["clock"][1])
    height, width = image.shape[:2]
    return max(0.0, float(x1.min()) - pad), max(0.0, float(y1.min()) - pad), min(float(width), float(x2.max()) + pad), min(float(height), float(y2.max()) + pad)


def _found(reader: _Reads, image: Image, box: Box) -> list[Word]:
    """Return the words in ``box``, in pixels of the picture."""
    x, y = round(box[0]), round(box[1])
    part = image[y : round(box[3]), x : round(box[2])]
    scale = max(1.0, _SMALL / image.shape[0])
    if scale > 1:
        part = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    words = []
    for word in reader.find(part):
        x1, y1, x2, y2 = (side / scale for side in word.box)
        words.append(Word(word.text, word.confidence, (x + x1, y + y1, x + x2, y + y2)))
    return words


def _cell(box: Box, image: Image) -> _Cell:
    """Return the cell at ``box``, with room sideways as far as its ground is plain: the text may be longer another time."""
    height, width = image.shape[:2]
    x1, y1 = max(0, int(box[0])), max(0, int(box[1]))
    x2, y2 = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
    tight = x1, y1, x2, y2
    quarter = (y2 - y1) // 4
    rows = image[y1 + quarter : max(y1 + quarter + 1, y2 - quarter)].astype(int)
    most = round(_GROWN * (y2 - y1))
    for _ in range(most):
        if x1 == 0 or np.abs(rows[:, x1 - 1] - np.median(rows[:, x1], 0)).max() > _PLAIN:
            break
        x1 -= 1
    for _ in range(most):
        if x2 == width or np.abs(rows[:, x2] - np.median(rows[:, x2 - 1], 0)).max() > _PLAIN:
            break
        x2 += 1
    return _Cell(tight, (x1, y1, x2, y2))


def make_text_reader(wanted: str) -> TextReader | None:
    """Return the reader for the setting ``score.reader``: "auto" is what is installed.

    Raises:
        ModelError: "rapidocr" is asked for and not installed.
    """
    from courtside.models.text import is_installed

    if wanted == "rapidocr" or (wanted == "auto" and is_installed()):
        return TextReader()
    return None
