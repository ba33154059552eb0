"""Rendering many cards: into trees, by one process or several."""

from __future__ import annotations

import multiprocessing.connection
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from threading import Thread

from generator.site.ingredients import digest_of
from generator.site.memory import Digests
from generator.site.output import OutputError, Tree
from generator.site.site import OutputFile
from generator.site.work import RenderedCard, RenderingOrder, RenderingTask, render_cards

PARALLEL_FROM = 64
"""With fewer cards than this, starting processes takes longer than they save."""

_CARDS_IN_BATCH = 32


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """A card whose files are in the tree, and without their content here."""

    card: RenderedCard
    files: Digests
    documents: Digests
    pages: int


def write_cards(
    site: bytes, tasks: Sequence[RenderingTask], tree: Tree, documents: Tree, jobs: int
) -> Iterator[WrittenCard]:
    """Renders cards with `jobs` processes, and gives them in their order.

    Raises `OutputError` when something can't be written.
    """
    orders = [
        RenderingOrder(site, tuple(tasks[first : first + _CARDS_IN_BATCH]))
        for first in range(0, len(tasks), _CARDS_IN_BATCH)
    ]
    if jobs <= 1 or len(tasks) < PARALLEL_FROM:
        for order in orders:
            yield from _write_batch(order, tree, documents)
        return
    with ProcessPoolExecutor(max_workers=jobs, initializer=_end_with_parent) as pool:
        waiting: list[Future[list[WrittenCard]]] = [
            pool.submit(_write_batch, order, tree, documents) for order in reversed(orders)
        ]
        try:
            while waiting:
                yield from waiting.pop().result()
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


def _write_batch(order: RenderingOrder, tree: Tree, documents: Tree) -> list[WrittenCard]:
    return [_written(card, tree, documents) for card in render_cards(order)]


def _written(card: RenderedCard, tree: Tree, documents: Tree) -> WrittenCard:
    return WrittenCard(
        card=replace(card, files=(), documents=()),
        files=_write(card.files, tree),
        documents=_write(card.documents, documents),
        pages=sum(file.path.endswith(".html") for file in card.files),
    )


def _write(files: Sequence[OutputFile], tree: Tree) -> Digests:
    for file in files:
        tree.write(file.path, file.content)
    return {file.path: digest_of(file.content) for file in files}
