"""What labels that are no more than a table don't say of their clip, and where such a table's rows stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from courtside.errors import TruthError
from courtside.truth.check import Where
from courtside.truth.labels import Truth
from courtside.types import ClipInfo


@dataclass(frozen=True)
class Measures:
    """Size in px, rate in frames per second, and number of frames of a clip."""

    width: int
    height: int
    rate: Fraction
    n_frames: int


def known_length(path: Path, clip: ClipInfo | None) -> Measures:
    """Return the measures of ``clip`` for the labels in ``path``.

    Raises:
        TruthError: it is not given, or its number of frames is not known.
    """
    if clip is None or clip.n_frames is None:
        raise TruthError(f"{path}: doesn't say the size, rate and length of its clip; give the clip (--clip CLIP.mp4) or a run of it (--run OUTPUT)")
    return Measures(clip.width, clip.height, clip.rate, clip.n_frames)


def clip_info(truth: Truth) -> ClipInfo:
    """Return what a truth says of its clip, for labels that don't."""
    return ClipInfo(truth.name, truth.width, truth.height, truth.rate, truth.n_frames)


def same_size(path: Path, clip: ClipInfo | None, width: int, height: int) -> None:
    """Refuse labels of a picture of another size than the clip's.

    Raises:
        TruthError: ``clip`` is given and is not ``width`` x ``height``.
    """
    if clip is not None and (clip.width, clip.height) != (width, height):
        raise TruthError(f"{path}: labels of {width}x{height} pixels, but {Path(clip.path).name} has {clip.width}x{clip.height}; are they of this clip?")


def rows_at(path: Path, tables: Mapping[str, Callable[[int], str]]) -> Where:
    """Return the ``Where`` of labels in one file, given for each table where a row stands."""

    def where(table: str, row: int | None) -> str:
        return str(path) if row is None or table not in tables else tables[table](row)

    return where
