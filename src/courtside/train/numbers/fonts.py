"""Digit shapes for the renderer: whatever open fonts the machine has, and block digits drawn here so that none are needed."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

Mask = npt.NDArray[np.uint8]
HEIGHT = 48
"""Height in pixels of every digit's mask."""

_LETTERS = "ACEHIKLMNOPRSTVY"
# Upright, sturdy faces near to what is sewn on jerseys. A name matches when the file's name holds one of these.
_STURDY = (
    "alfaslab",
    "anton",
    "archivo",
    "arialbd",
    "barlowcondensed",
    "bebas",
    "bigshoulders",
    "bungee",
    "c059-bold",
    "cabin-bold",
    "chakra",
    "clearsans-bold",
    "college",
    "comfortaa-bold",
    "dejavusans-bold",
    "dejavusanscondensed-bold",
    "dejavuserif-bold",
    "fjalla",
    "fredoka",
    "graduate",
    "impact",
    "inter-black",
    "inter-bold",
    "jersey",
    "lato-black",
    "lato-bold",
    "league",
    "liberationsans-bold",
    "liberationsansnarrow-bold",
    "nimbussans-bold",
    "nimbussansnarrow-bold",
    "opensans-bold",
    "opensans-condbold",
    "opensans-extrabold",
    "oswald",
    "play-bold",
    "roboto-black",
    "roboto-bold",
    "robotocondensed-bold",
    "robotoslab-b",
    "russo",
    "saira",
    "sports",
    "squada",
    "staatliches",
    "teko",
    "texgyreadventor-bold",
    "texgyreheros-bold",
    "texgyreheroscn-bold",
    "texgyreschola-bold",
    "ubuntu-title",
    "urwgothic-demi",
    "varsity",
)
_VARSITY = ("block", "graduate", "alfaslab", "robotoslab", "anton")
_UNFIT = ("italic", "oblique", "thin", "light", "jersey10", "jersey15")


@dataclass(frozen=True)
class Typeface:
    """Ten digits, each (HEIGHT, w) 0-255, and some letters likewise."""

    name: str
    digits: tuple[Mask, ...]
    letters: tuple[Mask, ...]


def font_folders() -> list[Path]:
    """Return where fonts may lie: the system's folders, and the ``matplotlib`` package when installed (it brings DejaVu)."""
    folders = [Path("/usr/share/fonts"), Path.home() / ".fonts", Path("/Library/Fonts"), Path("C:/Windows/Fonts")]
    spec = importlib.util.find_spec("matplotlib")
    if spec and spec.origin:
        folders.append(Path(spec.origin).parent / "mpl-data/fonts/ttf")
    return [folder for folder in folders if folder.is_dir()]


def find_fonts(folders: Iterable[Path]) -> list[Path]:
    """Return the sturdy upright fonts in ``folders``, one file a name, sorted by name."""
    found = {path.stem.lower(): path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix.lower() in {".ttf", ".otf"}}
    return [path for stem, path in sorted(found.items()) if any(word in stem for word in _STURDY) and not any(word in stem for word in _UNFIT)]


def load_typefaces(paths: Sequence[Path]) -> list[Typeface]:
    """Rasterise the digits of ``paths``, unusable fonts left out, after the block digits drawn here and OpenCV's stroke fonts."""
    faces = [_block(8), _block(12), _block(16), _stroked(cv2.FONT_HERSHEY_DUPLEX, 5), _stroked(cv2.FONT_HERSHEY_TRIPLEX, 4)]
    for path in paths:
        try:
            font = ImageFont.truetype(str(path), 80)
            glyphs = [_trim(_draw(font, text)) for text in "0123456789" + _LETTERS]
        except (OSError, ValueError):
            continue  # a broken or bitmap-only font is no loss: there are others
        heights = {glyph.shape[0] for glyph in glyphs[:10]}
        if min(heights) < 0.8 * max(heights):
            continue  # old-style figures of unequal height are never on a jersey
        scaled = [_to_height(glyph) for glyph in glyphs]
        faces.append(Typeface(path.stem, tuple(scaled[:10]), tuple(scaled[10:])))
    # Most kits wear block or slab digits, which are few among all the fonts: draw them more often.
    return faces + [face for face in faces if face.name.lower().startswith(_VARSITY) for _ in range(4)]


def _draw(font: ImageFont.FreeTypeFont, text: str) -> Mask:
    picture = Pillow.new("L", (160, 160))
    ImageDraw.Draw(picture).text((30, 20), text, fill=255, font=font)
    return np.asarray(picture, np.uint8)


def _trim(mask: Mask) -> Mask:
    rows, columns = np.flatnonzero(mask.max(1) > 60), np.flatnonzero(mask.max(0) > 60)
    if len(rows) < 20 or len(columns) < 6:
        raise ValueError("no such glyph")
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _to_height(mask: Mask) -> Mask:
    width = max(6, round(mask.shape[1] * HEIGHT / mask.shape[0]))
    scaled = cv2.resize(mask, (width, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    share = float((scaled > 127).mean())
    if width > 20 and share < 0.42:  # thin strokes are made jersey-bold
        scaled = cv2.dilate(scaled, np.ones((3, 3) if share > 0.33 else (5, 5), np.uint8)).astype(np.uint8, copy=False)
    return scaled


def _stroked(font: int, thickness: int) -> Typeface:
    def glyph(text: str) -> Mask:
        canvas = np.zeros((160, 160), np.uint8)
        cv2.putText(canvas, text, (30, 120), font, 3.0, 255, 3 * thickness, cv2.LINE_AA)
        return _to_height(_trim(canvas))

    return Typeface(f"stroked{font}", tuple(glyph(text) for text in "0123456789"), tuple(glyph(text) for text in _LETTERS))


# Athletic block digits as strokes on a 40 x 64 grid: corners are cut, the classic look no free font pack can be counted on to hold.
_STROKES: dict[int, list[list[tuple[int, int]]]] = {
    0: [[(13, 6), (27, 6), (34, 13), (34, 51), (27, 58), (13, 58), (6, 51), (6, 13), (13, 6)]],
    1: [[(10, 14), (20, 8), (20, 58)], [(9, 58), (31, 58)]],
    2: [[(6, 18), (6, 13), (13, 6), (27, 6), (34, 13), (34, 24), (6, 52), (6, 58), (34, 58)]],
    3: [[(6, 16), (6, 13), (13, 6), (27, 6), (34, 13), (34, 26), (28, 31), (16, 31)], [(28, 31), (34, 38), (34, 51), (27, 58), (13, 58), (6, 51), (6, 47)]],
    4: [[(27, 58), (27, 6), (6, 40), (6, 44), (36, 44)]],
    5: [[(33, 6), (7, 6), (7, 29), (27, 27), (34, 34), (34, 51), (27, 58), (13, 58), (6, 51), (6, 47)]],
    6: [[(34, 15), (34, 13), (27, 6), (13, 6), (6, 13), (6, 51), (13, 58), (27, 58), (34, 51), (34, 37), (27, 30), (6, 30)]],
    7: [[(6, 14), (6, 6), (34, 6), (34, 12), (17, 58)]],
    8: [
        [(13, 6), (27, 6), (34, 13), (34, 25), (28, 31), (34, 37), (34, 51), (27, 58), (13, 58), (6, 51), (6, 37), (12, 31), (6, 25), (6, 13), (13, 6)],
        [(12, 31), (28, 31)],
    ],
    9: [[(6, 49), (6, 51), (13, 58), (27, 58), (34, 51), (34, 13), (27, 6), (13, 6), (6, 13), (6, 27), (13, 34), (34, 34)]],
}


def _block(thickness: int) -> Typeface:
    digits = []
    for digit in range(10):
        canvas = np.zeros((96, 72), np.uint8)
        for stroke in _STROKES[digit]:
            cv2.polylines(canvas, [np.array(stroke, np.int32) + 16], False, 255, thickness, cv2.LINE_AA)
        digits.append(_to_height(_trim(canvas)))
    return Typeface(f"block{thickness}", tuple(digits), _stroked(cv2.FONT_HERSHEY_DUPLEX, 5).letters)
