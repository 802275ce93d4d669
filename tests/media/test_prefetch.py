from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Generator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.media import prefetch


def threads() -> int:
    return sum(thread.name == "prefetch" for thread in threading.enumerate())


@pytest.mark.parametrize("items", [[], [1], list(range(50)), [None, None]], ids=["empty", "one", "many", "none is an item"])
@pytest.mark.parametrize("depth", [1, 3, 100])
def test_order_and_items_are_kept(items: list[object], depth: int) -> None:
    assert list(prefetch(items, depth)) == items
    assert threads() == 0


@given(st.lists(st.integers(), max_size=20), st.integers(1, 5), st.integers(0, 25))
def test_a_consumer_that_stops_anywhere_leaves_no_thread(items: list[int], depth: int, stop_after: int) -> None:
    running = prefetch(items, depth)
    assert list(itertools.islice(running, stop_after)) == items[:stop_after]
    running.close()
    assert threads() == 0


def test_an_error_comes_after_the_items_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("boom")

    running = prefetch(broken(), 5)
    assert next(running) == 1
    assert next(running) == 2
    with pytest.raises(ValueError, match="boom"):
        next(running)
    assert threads() == 0


def test_an_error_before_the_first_item() -> None:
    class Unusable:
        def __iter__(self) -> Iterator[int]:
            raise OSError("can't start")

    with pytest.raises(OSError, match="can't start"):
        list(prefetch(Unusable(), 1))
    assert threads() == 0


def test_closing_closes_the_source() -> None:
    closed = threading.Event()

    def endless() -> Generator[int, None, None]:
        try:
            yield from itertools.count()
        finally:
            closed.set()

    running = prefetch(endless(), 2)
    assert next(running) == 0
    running.close()
    assert closed.is_set()
    assert threads() == 0


def test_it_runs_at_most_depth_and_one_ahead() -> None:
    made: list[int] = []

    def count() -> Iterator[int]:
        for i in range(100):
            made.append(i)
            yield i

    running = prefetch(count(), 3)
    next(running)
    time.sleep(0.2)
    assert 1 < len(made) <= 5  # one handed over, three waiting, one in hand
    running.close()


@pytest.mark.parametrize("depth", [0, -1])
def test_depth_must_be_positive(depth: int) -> None:
    with pytest.raises(ValueError, match="depth"):
        next(prefetch([1], depth))
