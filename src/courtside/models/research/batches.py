"""Feeding a model in batches that fit its memory."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from courtside.errors import ModelError

_T = TypeVar("_T")
_R = TypeVar("_R")
_log = logging.getLogger("courtside")  # without a handler of the program's own, Python prints warnings to stderr


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a GPU library says that its memory is full: torch has a class for CUDA, but Apple's and ONNX Runtime's errors are told by their text only."""
    text = str(error).lower()
    return "OutOfMemory" in type(error).__name__ or "out of memory" in text or "failed to allocate memory" in text


class Batches:
    """Calls a model with at most ``size`` items at a time; out of memory, it halves the size for good and says so.

    Args:
        size: items in a batch at first.
        name: the model, for messages.
    """

    def __init__(self, size: int, name: str) -> None:
        if size < 1:
            raise ModelError(f"{name}: a batch has at least 1 item, not {size}")
        self.size, self.name = size, name

    def run(self, items: Sequence[_T], call: Callable[[Sequence[_T]], Sequence[_R]]) -> list[_R]:
        """Return the results of ``call`` for all items, in order; it gives one result per item.

        Raises:
            ModelError: the memory does not hold even one item.
        """
        done: list[_R] = []
        while len(done) < len(items):
            chunk = items[len(done) : len(done) + self.size]
            try:
                done += call(chunk)
                continue
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if len(chunk) == 1:
                    raise ModelError(f"{self.name}: out of memory with one picture; use a smaller model, or --set compute.device=cpu") from error
            # only here, after the error and with it the tensors in its frames are gone
            self.size = len(chunk) // 2
            _release()
            _log.warning("%s: out of memory with %d at a time; going on with %d (set a smaller batch to be silent)", self.name, len(chunk), self.size)
        return done


def _release() -> None:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
