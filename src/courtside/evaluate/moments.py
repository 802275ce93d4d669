"""The worst moments as pictures: cut out of the clip, with what was drawn and who it really is."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from courtside.errors import MediaError
from courtside.evaluate.identity import WrongName
from courtside.evaluate.matching import Compared, ComparedFrame
from courtside.evaluate.tables import called
from courtside.media import read_frames
from courtside.types import Image

Floats = npt.NDArray[np.float64]

_SIZE_PX = (480, 360)
_JPEG = 82
_TRUE, _WRONG = (120, 200, 60), (40, 60, 235)  # BGR


@dataclass(frozen=True)
class Moment:
    """A picture (JPEG, base64) of one wrong name: ``drawn`` is what it is called, ``truth`` who it is."""

    frame: int
    time_s: float
    drawn: str
    truth: str
    jpeg: str


def _wanted(wrong: Sequence[WrongName], most: int) -> list[tuple[WrongName, int]]:
    """Return one frame per wrong name, the middle one of each, the most lasting names first."""
    return [(one, one.frames[len(one.frames) // 2]) for one in wrong[:most]]


def _window(box: Floats, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the part of the picture (left, top, right, bottom) to show: about three heights of the person, in the shape of ``_SIZE_PX``."""
    high = min(max(2.2 * float(box[3] - box[1]), 120.0), height)
    wide = min(high * _SIZE_PX[0] / _SIZE_PX[1], width)
    left = min(max(float(box[0] + box[2] - wide) / 2, 0), width - wide)
    top = min(max(float(box[1] + box[3] - high) / 2, 0), height - high)
    return int(left), int(top), int(left + wide), int(top + high)


def _label(picture: Image, text: str, corner: tuple[int, int], color: tuple[int, int, int]) -> None:
    font, scale = cv2.FONT_HERSHEY_SIMPLEX, 0.5
    text = text.encode("ascii", "replace").decode()  # this font has no more
    (wide, high), below = cv2.getTextSize(text, font, scale, 1)
    x = int(np.clip(corner[0], 0, max(picture.shape[1] - wide - 6, 0)))
    y = int(np.clip(corner[1], high + 4, picture.shape[0] - below - 2))
    cv2.rectangle(picture, (x, y - high - 4), (x + wide + 6, y + below), color, -1)
    cv2.putText(picture, text, (x + 3, y - 1), font, scale, (255, 255, 255), 1, cv2.LINE_AA)


def draw_moment(image: Image, compared: Compared, frame: ComparedFrame, wrong: WrongName) -> Image:
    """Return the neighbourhood of a wrong name (360, 480, 3): the wrong box thick, true boxes thin with who they are."""
    row = next(int(j) for j in frame.drawn if compared.drawn.track_id[j] == wrong.track_id)
    box = compared.drawn.xyxy[row]
    left, top, right, bottom = _window(box, image.shape[1], image.shape[0])
    picture = cv2.resize(image[top:bottom, left:right], _SIZE_PX, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    scale = np.array([_SIZE_PX[0] / (right - left), _SIZE_PX[1] / (bottom - top)] * 2)

    def placed(xyxy: Floats) -> list[int]:
        return [round(float(value)) for value in (xyxy - (left, top, left, top)) * scale]

    for i in frame.truth:
        x1, y1, x2, y2 = placed(compared.truth.xyxy[i])
        if x2 > 0 and y2 > 0 and x1 < _SIZE_PX[0] and y1 < _SIZE_PX[1]:
            cv2.rectangle(picture, (x1, y1), (x2, y2), _TRUE, 1, cv2.LINE_AA)
            _label(picture, str(compared.truth.who[i]), (x1, y2 + 14), _TRUE)
    x1, y1, x2, y2 = placed(box)
    cv2.rectangle(picture, (x1, y1), (x2, y2), _WRONG, 2, cv2.LINE_AA)
    _label(picture, called(None, wrong.number, wrong.player), (x1, y1 - 4), _WRONG)
    return picture


def worst_moments(video: Path, rate: Fraction | None, compared: Compared, wrong: Sequence[WrongName], most: int = 12) -> list[Moment]:
    """Return pictures of wrong names, at most ``most``; none where the clip is no longer there or can't be read.

    Args:
        video: the clip.
        rate: its true rate where its own is wrong, as when it was analysed.
        compared: the people.
        wrong: the wrong names, the worst first.
        most: how many.
    """
    wanted = _wanted(wrong, most)
    if not wanted or not video.is_file():
        return []
    frames, found, last = {frame.frame: frame for frame in compared.frames}, {}, max(frame for _, frame in wanted)
    reader = read_frames(video, rate, lambda _: None)
    try:
        for frame in reader:
            for k, (one, at) in enumerate(wanted):
                if at == frame.index:
                    picture = draw_moment(frame.image, compared, frames[at], one)
                    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG])
                    text = base64.b64encode(data.tobytes()).decode()
                    found[k] = Moment(at, frame.time_s, called(one.team, one.number, one.player), one.who or "nobody labelled", text)
            if frame.index >= last:
                break
    except MediaError:
        return []
    finally:
        reader.close()
    return [found[k] for k in sorted(found)]
