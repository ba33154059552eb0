"""Rendering many cards into trees: by one process, by several, or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from generator.site.output import Tree
from generator.site.work import RenderingOrder, RenderingTask
from generator.site.writing import WrittenCard, write_batch

PARALLEL_FROM = 64
"""With fewer cards than this, starting processes takes longer than they save."""

_CARDS_IN_BATCH = 32


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
    return _Here(jobs)


class _Here(Struct, frozen=True):
    jobs: int

    def written(
        self, orders: Sequence[RenderingOrder], tree: Tree, documents: Tree
    ) -> Iterator[Sequence[WrittenCard]]:
        if self.jobs > 1 and sum(len(order.tasks) for order in orders) >= PARALLEL_FROM:
            # Dear to import, and most builds change a card or two.
            from generator.site.processes import Processes

            yield from Processes(self.jobs).written(orders, tree, documents)
            return
        for order in orders:
            yield write_batch(order, tree, documents)
