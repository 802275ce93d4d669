"""Where the time goes, by stage."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Stopwatch:
    """Adds up the wall time spent in named stages. Stages on different threads may overlap, so their sum may exceed the whole."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.spent_s: defaultdict[str, float] = defaultdict(float)
        self._clock = clock

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Count the ``with`` block to ``stage``."""
        began = self._clock()
        try:
            yield
        finally:
            self.spent_s[stage] += self._clock() - began

    def iterate(self, stage: str, items: Iterable[T]) -> Iterator[T]:
        """Yield ``items``, counting the time to get each one to ``stage``."""
        iterator = iter(items)
        try:
            while True:
                with self.time(stage):
                    try:
                        item = next(iterator)
                    except StopIteration:
                        return
                yield item
        finally:
            close = getattr(iterator, "close", None)
            if close:
                close()
