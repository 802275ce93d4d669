"""The notebook's rule for numbers: so many equal readings in a row, then fixed for good."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from courtside.types import NUMBERS

Floats = npt.NDArray[np.float64]

_FIXED = 14.0
"""Nats by which a fixed number is likelier than any other: enough to stand against a roster that does not list it."""

_LEGIBLE = 0.5
"""Chance from which a reading is taken for its likeliest number."""


class ConsecutiveAgreement:
    """Believes a number once it was read ``n`` times in a row, and then never changes it. What is illegible neither counts nor interrupts.

    Args:
        n: equal readings in a row, at least 1.
    """

    def __init__(self, n: int = 3) -> None:
        if n < 1:
            raise ValueError(f"n must be at least 1, not {n}")
        self.n = n

    def agreed(self, texts: Iterable[str | None]) -> str | None:
        """Return the number that readings (None: illegible) in order of time agree on, or None."""
        last, streak = None, 0
        for text in texts:
            if text is None:
                continue
            streak = streak + 1 if text == last else 1
            last = text
            if streak >= self.n:
                return text
        return None

    def log_likelihood(self, chance: npt.NDArray[np.floating]) -> Floats:
        """Return (101,) log-likelihoods of each number given readings (r, 101) in order of time: flat until one is agreed on."""
        evidence = np.zeros(len(NUMBERS))
        number = self.agreed(NUMBERS[int(row.argmax())] if row.max() >= _LEGIBLE else None for row in chance)
        if number is not None:
            evidence -= _FIXED
            evidence[NUMBERS.index(number)] = 0
        return evidence
