"""Batches that fit the memory."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest

from courtside.errors import ModelError
from courtside.models.research.batches import Batches, is_out_of_memory


class OutOfMemoryError(RuntimeError):
    """As torch.OutOfMemoryError, which is a RuntimeError too."""


class Network:
    """Doubles its input, and holds at most ``room`` of them."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.batches: list[int] = []

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(len(items))
        if len(items) > self.room:
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return [2 * item for item in items]


@pytest.mark.parametrize(
    ("n", "size", "room", "batches"),
    [
        (0, 4, 9, []),
        (3, 4, 9, [3]),
        (9, 4, 9, [4, 4, 1]),
        (9, 8, 4, [8, 4, 4, 1]),
        (5, 8, 1, [5, 2, 1, 1, 1, 1, 1]),
    ],
)
def test_every_item_once_and_in_order(n: int, size: int, room: int, batches: list[int]) -> None:
    network = Network(room)
    assert Batches(size, "it").run(range(n), network) == [2 * i for i in range(n)]
    assert network.batches == batches


def test_halving_is_said_once_and_lasts(caplog: pytest.LogCaptureFixture) -> None:
    batches, network = Batches(8, "it"), Network(4)
    with caplog.at_level(logging.WARNING, "courtside"):
        batches.run(range(8), network)
        batches.run(range(8), network)
    assert batches.size == 4 and network.batches == [8, 4, 4, 4, 4]
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == ["it: out of memory with 8 at a time; going on with 4"]


def test_not_even_one() -> None:
    with pytest.raises(ModelError, match="out of memory with one picture; use a smaller model"):
        Batches(4, "it").run(range(4), Network(0))


def test_other_errors_pass() -> None:
    def fail(items: Sequence[int]) -> list[int]:
        raise ZeroDivisionError(str(items))

    with pytest.raises(ZeroDivisionError):
        Batches(4, "it").run([1], fail)
    with pytest.raises(ModelError, match="at least 1"):
        Batches(0, "it")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("shape"), False),
        (OutOfMemoryError(""), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), True),
        (RuntimeError("BFCArena: Failed to allocate memory for requested buffer of size 1"), True),
    ],
)
def test_what_counts_as_out_of_memory(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) is expected
