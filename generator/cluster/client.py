"""Rendering on a Dask cluster: the workers render, and what they send is written here."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import dask
from distributed import Client
from distributed import TimeoutError as WaitedTooLongError
from msgspec import Struct
from msgspec.structs import replace

from generator.cluster.errors import ClusterError
from generator.cluster.results import result_of
from generator.cluster.worker import program, render_as_there
from generator.site.output import OutputError, Tree
from generator.site.work import Beside, RenderedCard, RenderingOrder
from generator.site.writing import WrittenCard, write_card

_Beside = TypeVar("_Beside", bound=Beside)

_SECONDS_TO_CONNECT = 5
_BATCHES_A_THREAD = 2


class Cluster(Struct, frozen=True):
    """A renderer: the workers of a cluster, which need share no disk that is written to."""

    address: str
    client: Any

    def written(
        self, orders: Sequence[RenderingOrder], tree: Tree, documents: Tree
    ) -> Iterator[Sequence[WrittenCard]]:
        """The cards of each batch, in their order, once their files are in the trees.

        Only a few batches a worker are on their way at a time, so that memory is bounded.
        Raises `OutputError` when the cluster fails, or a file can't be written.
        """
        waiting: deque[Any] = deque()
        following = (_for_anywhere(order) for order in orders)
        named = {
            str(_absolute(task.path)): str(task.path) for item in orders for task in item.tasks
        }
        window = _BATCHES_A_THREAD * max(1, sum(self.client.nthreads().values()))
        try:
            while True:
                while len(waiting) < window and (order := next(following, None)) is not None:
                    waiting.append(self._submitted(order))
                if not waiting:
                    return
                cards = self._result(waiting.popleft())
                yield [write_card(_as_named(card, named), tree, documents) for card in cards]
        finally:
            # Without a scheduler there is nothing left to be cancelled.
            with suppress(Exception, CancelledError):
                self.client.cancel(list(waiting), force=True)

    def _submitted(self, order: RenderingOrder) -> Any:
        # Never taken from what was done before: the files may have changed since.
        return self.client.submit(render_as_there, order, program(), pure=False)

    def _result(self, future: Any) -> Sequence[RenderedCard]:
        try:
            cards: Sequence[RenderedCard] = result_of(
                self.address, self.client, future, OutputError
            )
        except ClusterError as error:
            raise OutputError(str(error), "mend the cluster, or build without it") from None
        return cards


def _for_anywhere(order: RenderingOrder) -> RenderingOrder:
    """The same order to a process in another folder."""
    tasks = tuple(
        replace(
            task,
            path=_absolute(task.path),
            previous=_absolute(task.previous),
            next=_absolute(task.next),
        )
        for task in order.tasks
    )
    return RenderingOrder(order.site, tasks)


def _absolute(beside: _Beside) -> _Beside:
    return beside.absolute() if isinstance(beside, Path) else beside


def _as_named(card: RenderedCard, named: Mapping[str, str]) -> RenderedCard:
    """The card whose problems are told of its file as it was named here."""
    diagnostics = tuple(
        replace(item, path=named.get(item.path, item.path)) for item in card.diagnostics
    )
    return replace(card, diagnostics=diagnostics)


@contextmanager
def cluster_at(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler is at this address, such as `tcp://10.0.0.1:8786`.

    Raises `ClusterError` within some seconds when there is none, or it has no worker.
    """
    # What it tells of lost connections, and of its tasks that waited for them, our errors tell.
    for name in ("distributed", "distributed.client", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set({"distributed.comm.timeouts.connect": f"{_SECONDS_TO_CONNECT}s"}):
        client = _connected(address)
        with client:
            yield Cluster(address, client)


def _new_client(address: str) -> Any:
    untyped: Any = Client
    return untyped(address, timeout=_SECONDS_TO_CONNECT)


def _connected(address: str) -> Any:
    try:
        client = _new_client(address)
    except (OSError, ValueError, WaitedTooLongError):
        raise ClusterError(
            f"there is no Dask cluster at {address}; dask scheduler starts one, and prints its"
            " address"
        ) from None
    try:
        client.wait_for_workers(1, timeout=_SECONDS_TO_CONNECT)
    except WaitedTooLongError:
        client.close()
        raise ClusterError(
            f"the cluster at {address} has no worker; dask worker {address} starts one"
        ) from None
    return client
