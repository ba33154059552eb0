"""Rendering many cards into trees: by one process, by several, or elsewhere."""

from __future__ import annotations

import multiprocessing.connection
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from generator.site.ingredients import digest_of
from generator.site.memory import Digests
from generator.site.output import OutputError, Tree
from generator.site.site import OutputFile
from generator.site.work import RenderedCard, RenderingOrder, RenderingTask, render_cards

PARALLEL_FROM = 64
"""With fewer cards than this, starting processes takes longer than they save."""

_CARDS_IN_BATCH = 32


class WrittenCard(Struct, frozen=True):
    """A card whose files are in the tree, and without their content here."""

    card: RenderedCard
    files: Digests
    documents: Digests
    pages: int


class Renderer(Protocol):
    """Where batches of cards are rendered."""

    def written(
        self, orders: Sequence[RenderingOrder], tree: Tree, documents: Tree
    ) -> Iterator[Sequence[WrittenCard]]:
        """The cards of each batch, in their order, once their files are in the trees.

        Raises `OutputError` when something can't be rendered there, or can't be written.
        """


def write_cards(
    site: bytes, tasks: Sequence[RenderingTask], tree: Tree, documents: Tree, renderer: Renderer
) -> Iterator[WrittenCard]:
    """Has the renderer render cards, and gives them in their order.

    Raises `OutputError` when something can't be written.
    """
    orders = [
        RenderingOrder(site, tuple(tasks[first : first + _CARDS_IN_BATCH]))
        for first in range(0, len(tasks), _CARDS_IN_BATCH)
    ]
    for batch in renderer.written(orders, tree, documents):
        yield from batch


def renderer_here(jobs: int) -> Renderer:
    """A renderer of this machine, with this many processes where there is work for them."""
    return _InProcesses(jobs) if jobs > 1 else _InThisProcess()


class _InThisProcess:
    def written(
        self, orders: Sequence[RenderingOrder], tree: Tree, documents: Tree
    ) -> Iterator[Sequence[WrittenCard]]:
        for order in orders:
            yield _write_batch(order, tree, documents)


class _InProcesses(Struct, frozen=True):
    jobs: int

    def written(
        self, orders: Sequence[RenderingOrder], tree: Tree, documents: Tree
    ) -> Iterator[Sequence[WrittenCard]]:
        if sum(len(order.tasks) for order in orders) < PARALLEL_FROM:
            yield from _InThisProcess().written(orders, tree, documents)
            return
        with ProcessPoolExecutor(max_workers=self.jobs, initializer=_end_with_parent) as pool:
            waiting: list[Future[list[WrittenCard]]] = [
                pool.submit(_write_batch, order, tree, documents) for order in reversed(orders)
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


def _write_batch(order: RenderingOrder, tree: Tree, documents: Tree) -> list[WrittenCard]:
    return [write_card(card, tree, documents) for card in render_cards(order)]


def write_card(card: RenderedCard, tree: Tree, documents: Tree) -> WrittenCard:
    """Writes the files of a card; raises `OutputError` when that can't be done."""
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
