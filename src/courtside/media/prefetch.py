"""Bounded hand-off between a producing thread and the caller."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import Literal, TypeVar, cast

T = TypeVar("T")


def prefetch(items: Iterable[T], depth: int) -> Generator[T, None, None]:
    """Yield ``items`` unchanged while a thread runs at most ``depth`` ahead.

    An error in ``items`` is raised here, in order; closing this generator early stops the thread and closes ``items``.

    Raises:
        ValueError: ``depth`` is below 1.
    """
    if depth < 1:
        raise ValueError("depth must be >= 1")
    ready: queue.Queue[tuple[Literal["item", "end", "error"], object]] = queue.Queue(depth)
    stop = threading.Event()

    def put(kind: Literal["item", "end", "error"], value: object) -> bool:
        while not stop.is_set():
            try:
                ready.put((kind, value), timeout=0.05)
                return True
            except queue.Full:
                continue
        return False

    def produce() -> None:
        source: Iterable[T] = ()
        try:
            source = iter(items)
            for item in source:
                if not put("item", item):
                    return
            put("end", None)
        except BaseException as error:  # noqa: BLE001  # handed to the consumer, not swallowed
            put("error", error)
        finally:
            close = getattr(source, "close", None)
            if close:
                close()

    worker = threading.Thread(target=produce, daemon=True, name="prefetch")
    worker.start()
    try:
        while True:
            kind, value = ready.get()
            if kind == "end":
                return
            if kind == "error":
                raise cast(BaseException, value)
            yield cast(T, value)
    finally:
        stop.set()
        worker.join()
