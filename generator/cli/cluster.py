"""The cluster that `--cluster` names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.cli.errors import UsageError

if TYPE_CHECKING:
    from generator.cluster.client import Cluster


@contextlib.contextmanager
def cluster_at_hand(address: str | None) -> Iterator[Cluster | None]:
    """The cluster at this address; none is for doing everything on this machine."""
    if address is None:
        yield None
        return
    try:
        from generator.cluster.client import cluster_at
        from generator.cluster.errors import ClusterError
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed; install hubcards[cluster] to use a cluster"
        raise UsageError(message) from None
    try:
        with cluster_at(address) as cluster:
            yield cluster
    except ClusterError as error:
        raise UsageError(str(error)) from None
