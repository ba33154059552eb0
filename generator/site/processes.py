"""Rendering with several processes of this machine."""

from __future__ import annotations

import multiprocessing.connection
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread

from msgspec import Struct

from generator.site.output import OutputError, Tree
from generator.site.work import RenderingOrder
from generator.site.writing import WrittenCard, write_batch


class Processes(Struct, frozen=True):
    """Renders with so many processes, which get batches of cards."""

    jobs: int

    def written(
        self, orders: Sequence[RenderingOrder], tree: Tree, documents: Tree
    ) -> Iterator[Sequence[WrittenCard]]:
        """As `Renderer` has it."""
        with ProcessPoolExecutor(max_workers=self.jobs, initializer=_end_with_parent) as pool:
            waiting: list[Future[list[WrittenCard]]] = [
                pool.submit(write_batch, order, tree, documents) for order in reversed(orders)
            ]
            try:
                while waiting:
                    yield waiting.pop().result()
            except BrokenProcessPool:
                message = "a process that rendered cards was killed"
                hint = "see whether memory ran out, and build with --jobs 1"
                raise OutputError(message, hint) from None
            finally:
                pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Has this process end when the build is killed, so that it writes into no later one's tree."""
    # A terminal interrupts all the processes of a command; the parent ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_wait_for_end, args=(parent.sentinel,), daemon=True).start()


def _wait_for_end(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
