"""Is this clip mirrored? Numbers tell: a court, a ball and a kit look the same turned round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from courtside.types import NUMBERS, Image

NOTE = "this clip is mirrored: numbers are read flipped"

_LEGIBLE = 0.5  # chance from which a number is
_TELLING = frozenset("2345679")  # digits that differ from their mirror image
_MOST_SAID = 3.0  # log-odds that one look may give: the network was trained on other arenas' numbers
_SURE, _SURE_AT_THE_END = 6.0, 4.0  # log-odds over all people; on ten broadcast clips and their mirror images they never went farther the wrong way than 2.3
_LEAST_PEOPLE = 4
_EVERY_S = 0.3  # between two looks at one person, who looks the same until then
_MOST_LOOKS = 150  # no more is spent on a clip that does not tell


class Sense(Protocol):
    """Tells numbers as worn from mirrored ones."""

    def log_odds(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Return (n,) log-odds that each crop is as worn."""
        ...


class MirrorJudge:
    """Adds up what the first legible numbers of a clip say; ``verdict`` is None until that is decisive, and ``is_open`` False when no more is asked.

    The looks at one person are much alike: n of them count as sqrt(n).

    Args:
        sense: looks at single crops.
    """

    def __init__(self, sense: Sense) -> None:
        self._sense = sense
        self._said: dict[int, list[float]] = defaultdict(list)
        self._looked_s: dict[int, float] = {}
        self._n = 0
        self.verdict: bool | None = None
        self.is_open = True

    @property
    def log_odds(self) -> float:
        """The log-odds so far that the clip is as filmed."""
        return float(sum(np.sum(said) / np.sqrt(len(said)) for said in self._said.values()))

    def look(self, time_s: float, tracker_ids: Sequence[int], crops: Sequence[Image]) -> bool:
        """Take the numbers of some people that tell at ``time_s`` into account; return whether more may still tell, which is ``is_open`` from then on."""
        due = [i for i, tracker_id in enumerate(tracker_ids) if time_s - self._looked_s.get(tracker_id, -np.inf) >= _EVERY_S - 1e-6]
        for i, said in zip(due, self._sense.log_odds([crops[i] for i in due]), strict=True):
            self._looked_s[tracker_ids[i]] = time_s
            self._said[tracker_ids[i]].append(float(np.clip(said, -_MOST_SAID, _MOST_SAID)))
        self._n += len(due)
        self._decide(_SURE)
        if self._n >= _MOST_LOOKS:
            self.close()
        return self.is_open

    def close(self) -> None:
        """Decide by what was said so far, if that is enough; nothing more is asked."""
        self._decide(_SURE_AT_THE_END)
        self.is_open = False

    def _decide(self, least: float) -> None:
        if self.is_open and len(self._said) >= _LEAST_PEOPLE and abs(self.log_odds) >= least:
            self.verdict, self.is_open = self.log_odds < 0, False


def tells(chance: npt.NDArray[np.floating]) -> bool:
    """Return whether a reading (101,) is of a legible number that is not its own mirror image."""
    return bool(chance.sum() >= _LEGIBLE and _TELLING.intersection(NUMBERS[int(chance.argmax())]))


def turned_round(crops: Sequence[Image]) -> list[Image]:
    """Return the crops mirrored left-right."""
    return [np.ascontiguousarray(crop[:, ::-1]) for crop in crops]
