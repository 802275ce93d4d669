"""What crosses between the rooms: frozen records and the five protocols.

Nothing here loads a model or touches a pixel. Coordinates are pixels of the clip's decoded frame, origin at the top-left corner, ``xyxy`` = left, top,
right, bottom. Jersey numbers are strings, because "0" is not "00".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import supervision as sv  # slow to import, and only named here

Image = npt.NDArray[np.uint8]
"""(height, width, 3) BGR picture, 0-255."""

CLASSES: tuple[str, ...] = (
    "ball",
    "ball-in-basket",
    "number",
    "player",
    "player-in-possession",
    "player-jump-shot",
    "player-layup-dunk",
    "player-shot-block",
    "referee",
    "rim",
)
"""The ten detection classes; a class_id is an index into this tuple."""

BALL, BALL_IN_BASKET, NUMBER, PLAYER, REFEREE, RIM = 0, 1, 2, 3, 8, 9
PLAYER_CLASSES: tuple[int, ...] = (3, 4, 5, 6, 7)
"""Every class that is a player, whatever he is doing."""

NUMBERS: tuple[str, ...] = (*(str(n) for n in range(100)), "00")
"""Every jersey number, as worn; a column of a ``chance`` array is an index into this tuple."""

Role = Literal["player", "referee"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture. ``index`` counts decoded frames from 0; ``time_s`` is seconds from the first of them."""

    index: int
    time_s: float
    image: Image


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """What is known of a clip before decoding it. ``rate`` is frames per second as stated or corrected; ``n_frames`` is the header's claim, which may lie."""

    path: str
    width: int
    height: int
    rate: Fraction
    n_frames: int | None
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One number read off one crop. ``text`` is None when illegible; ``confidence`` (0-1) is the probability that this is the whole, right number.

    ``chance`` (101,) spreads the belief over all of ``NUMBERS`` where the reader knows it; what is left of 1 is "not a whole, legible number".
    """

    text: str | None
    confidence: float
    chance: npt.NDArray[np.float32] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Person:
    """One person in one frame, with what may be drawn of them: None is what is not proved.

    ``xyxy`` is in pixels of the clip, ``probability`` (0-1) that team, number and player as given are right.
    """

    track_id: int
    xyxy: tuple[float, float, float, float]
    role: Role
    team: str | None = None
    number: str | None = None
    player: str | None = None
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Team:
    """One side. ``color`` is what to draw it in, ``jersey`` the kit's colour in this game where known (both "#RRGGBB"); ``players`` maps number to name."""

    name: str
    color: str
    jersey: str | None = None
    players: Mapping[str, str] = field(default_factory=dict)


class Detector(Protocol):
    """Finds the ten classes."""

    def detect(self, images: Sequence[Image]) -> list[sv.Detections]:
        """Return one ``Detections`` per image (xyxy in that image's pixels, class_id into ``CLASSES``, confidence 0-1). An empty list gives an empty list."""
        ...


@runtime_checkable
class Focusing(Protocol):
    """A detector that can adapt to how large people are in the picture."""

    def focus(self, image: Image) -> None:
        """Adapt to pictures like ``image``, for the calls of ``detect`` to come."""
        ...


class Tracker(Protocol):
    """Gives detections ids that last. Ids belong to the instance, start at 1 and are never used twice, not even after ``reset``."""

    def update(self, frame: Frame, detections: sv.Detections) -> sv.Detections:
        """Return the tracked part of ``detections`` with ``tracker_id`` set.

        A tracker of masks sets ``mask`` (a ``CompactMask``) and may add people whom only the mask follows; ``data["row"]`` is -1 for those, and the row in
        ``detections`` for the others.
        """
        ...

    def reset(self) -> None:
        """Forget every track (a camera cut); the next ids go on counting."""
        ...


@runtime_checkable
class FollowsCamera(Protocol):
    """A tracker that also tells how the camera moved: ``motion`` (3, 3) from the pixels of the frame before its last ``update`` to that frame's."""

    motion: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Segments:
    """Masks of n objects in one frame, small and unsmoothed.

    ``ids`` (n,); ``logits`` (n, h, w) over the whole picture whatever its shape, above 0 where the object is; ``score`` (n,) the logit that it is in the
    picture.
    """

    ids: tuple[int, ...]
    logits: npt.NDArray[np.float32]
    score: npt.NDArray[np.float32]


class Segmenter(Protocol):
    """Follows masks from frame to frame; what it remembers does not grow with the clip. ``look`` first, then the others, in every frame."""

    def look(self, image: Image) -> None:
        """Go on to the next frame."""
        ...

    def follow(self) -> Segments:
        """Return the masks of all known objects in this frame."""
        ...

    def prompt(self, ids: Sequence[int], xyxy: npt.NDArray[np.number]) -> Segments:
        """Take each box (n, 4), in pixels of this frame, for its object (known or new), and return their masks."""
        ...

    def remove(self, ids: Sequence[int]) -> None:
        """Forget objects."""
        ...

    def clear(self) -> None:
        """Forget everything (a camera cut)."""
        ...


class AppearanceEncoder(Protocol):
    """Turns crops of people into vectors that are near for the same kit."""

    def encode(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Return (n, d) features; (0, d) for no crops."""
        ...


class NumberReader(Protocol):
    """Reads jersey numbers."""

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        """Return one ``Reading`` per crop, in order."""
        ...


class CourtKeypointDetector(Protocol):
    """Finds named landmarks of the court."""

    def detect(self, images: Sequence[Image]) -> list[sv.KeyPoints]:
        """Return one ``KeyPoints`` per image."""
        ...


class CourtModel(Protocol):
    """Sees where the court is painted."""

    def see(self, images: Sequence[Image]) -> list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
        """Return for each image its landmarks (k, 2) in pixels, their confidence (k,) 0-1, and pixels (m, 2) that lie on painted lines.

        Landmarks are in the order of ``courtside.court.markings.landmarks``.
        """
        ...
