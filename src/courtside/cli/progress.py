"""A progress bar with speed and time left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

T = TypeVar("T")
console = Console(stderr=True, markup=False)  # names of files and extras have square brackets


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} frames/s" if speed else "", style="cyan")


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar; yields the function to call with the frames done and the total, where it is known."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bars:
        task = bars.add_task(title, total=None)

        def advance(done: int, total: int | None) -> None:
            # a header's frame count may lie: the bar never claims to be over before the clip is
            bars.update(task, completed=done, total=max(total, done) if total else None)

        yield advance
        done = bars.tasks[task].completed
        bars.update(task, total=done)


def advancing(items: Iterable[T], advance: Callable[[int, int | None], None], total: int | None) -> Iterator[T]:
    """Yield ``items``, each counted when the next is asked for."""
    for done, item in enumerate(items, 1):
        yield item
        advance(done, total)


def warn(message: str) -> None:
    """Print one line a user should know of."""
    console.print(Text.assemble(("note:", "yellow"), " ", message))
