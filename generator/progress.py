"""A bar for what takes long, for those who watch it in a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS_WITHOUT = 1.0
_SECONDS_BETWEEN = 0.1


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """What is to be told how many of how many are done; a bar on stderr shows it meanwhile.

    There is none in the first second, nor when stderr is no terminal.
    """
    with ExitStack() as stack:
        yield _Bar(what, stack).tell if sys.stderr.isatty() else _tell_nobody


def _tell_nobody(_done: int, _all: int) -> None:
    pass


class _Bar:
    def __init__(self, what: str, stack: ExitStack) -> None:
        self._what = what
        self._stack = stack
        self._next = time.monotonic() + _SECONDS_WITHOUT
        self._progress: Progress | None = None

    def tell(self, done: int, of_all: int) -> None:
        now = time.monotonic()
        if now < self._next and not (self._progress and done == of_all):
            return
        self._next = now + _SECONDS_BETWEEN
        if self._progress is None:
            # Dear to import, and most builds are done before.
            from generator.bars import new_progress

            self._progress = self._stack.enter_context(new_progress())
            self._progress.add_task(self._what)
        self._progress.update(self._progress.task_ids[0], completed=done, total=of_all)
        self._progress.refresh()
