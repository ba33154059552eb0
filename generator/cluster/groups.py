"""Executing the groups of cards on a Dask cluster."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.cards.examples import Example, Group
from generator.cluster.client import Cluster
from generator.cluster.errors import ClusterError
from generator.cluster.group_worker import (
    RunOnWorker,
    RunOrder,
    SeenExample,
    SeenGroup,
    execute_group,
    get_ready,
)
from generator.cluster.results import result_of
from generator.cluster.worker import program
from generator.config import Settings
from generator.runner.current import runtime_of
from generator.runner.errors import RunnerError
from generator.runner.judging import environment_of_records
from generator.runner.mirror.exchange import Exchange
from generator.runner.mirror.identity import identifier
from generator.runner.mirror.modes import NetworkMode
from generator.runner.session import Outcome
from generator.runner.workshop import Needs


class GroupElsewhere:
    """A group that a worker executes."""

    def __init__(self, group: Group, path: str, wait: Callable[[], SeenGroup], future: Any) -> None:
        """`wait` gives what executing it showed, and `future` is what it waits for."""
        self.group = group
        self.path = path
        self._wait = wait
        self._future = future
        self._seen: SeenGroup | None = None
        self._last: SeenExample | None = None

    @property
    def folder(self) -> Path:
        """Where its files were on the worker."""
        return self._all_seen().folder

    def outcome(self, example: Example) -> Outcome:
        """What executing the example showed. Raises `RunnerError` when nothing can be run."""
        self._last = self._all_seen().examples[example.id]
        return self._last.outcome

    def exchanges(self) -> tuple[Exchange, ...]:
        """What was asked of the network up to the last outcome, in order."""
        return self._last.exchanges if self._last else ()

    def cancel(self) -> None:
        """Waits for it no longer; the worker goes on until the group's time is over."""
        self._future.cancel()

    def close(self) -> None:
        """Forgets it; the worker has ended its processes."""
        self._future.release()

    def _all_seen(self) -> SeenGroup:
        if self._seen is None:
            self._seen = self._wait()
        return self._seen


@dataclass(slots=True)
class _Run:
    """A run of cards on a cluster; `id` is what its workers know it by.

    `failure` is why the cluster does no more.
    """

    id: str
    cluster: Cluster
    failure: str = ""

    def submitted(self, task: Callable[..., Any], *arguments: Any, **how: Any) -> Any:
        if self.failure:
            raise RunnerError(self.failure)
        # Never taken from what was done before: it may do something else now.
        return self.cluster.client.submit(task, self.id, *arguments, pure=False, **how)

    def result(self, future: Any) -> Any:
        try:
            return result_of(self.cluster.address, self.cluster.client, future, RunnerError)
        except ClusterError as error:
            self.failure = f"{error}; mend it, or run the cards without --cluster"
            raise RunnerError(self.failure) from None


class GroupsOnCluster:
    """Has the workers of a cluster execute groups, each with a sandbox and a mirror of its own."""

    def __init__(
        self,
        cluster: Cluster,
        settings: Settings,
        time_limit: float,
        network: NetworkMode,
        needs: Needs,
    ) -> None:
        """`time_limit` is in seconds, for each group.

        Raises `RunnerError` for a network that only one machine can have.
        """
        if network is not NetworkMode.REPLAY:
            raise RunnerError(
                f"--network {network.value} is for one machine, and what is recorded is kept on it;"
                " leave out --cluster"
            )
        self.settings = settings
        self.identify = identifier(settings)
        self._run = _Run(f"hubcards-{secrets.token_hex(8)}", cluster)
        self._versions: dict[str, Mapping[str, str]] = {}
        order = RunOrder(settings, time_limit, needs, program(), environment_of_records(settings))
        cluster.client.register_plugin(RunOnWorker(order), name=self._run.id)

    @property
    def places(self) -> int:
        """How many groups are on their way at a time: one for each thread of the workers."""
        threads: Mapping[str, int] = self._run.cluster.client.nthreads()
        return max(1, sum(threads.values()))

    @property
    def memory(self) -> int:
        """No limit: what groups take is the workers' memory."""
        return sys.maxsize

    def prepare(self, runtimes: Iterable[str], tell: Callable[[str], None]) -> None:
        """Has the workers that are there now start the mirror and the runtimes.

        Raises `RunnerError` when something can't be had.
        """
        names = list(runtimes)
        workers = list(self._run.cluster.client.nthreads())
        ready = [
            # Not on that one only: it may be lost before it begins.
            self._run.submitted(get_ready, names, workers=[worker], allow_other_workers=True)
            for worker in workers
        ]
        count = "1 worker" if len(workers) == 1 else f"{len(workers):,} workers"
        tell(f"cluster: {count} at {self._run.cluster.address}")
        for line in dict.fromkeys(line for future in ready for line in self._run.result(future)):
            tell(line)

    def start(self, group: Group, path: str) -> GroupElsewhere:
        """Hands a group to the next worker that is free.

        Raises `RunnerError` when the cluster does no more.
        """
        future = self._run.submitted(execute_group, group, path)

        def wait() -> SeenGroup:
            seen: SeenGroup = self._run.result(future)
            self._versions[runtime_of(group.card, self.settings)] = seen.versions
            return seen

        return GroupElsewhere(group, path, wait, future)

    def versions_of(self, group: Group) -> Mapping[str, str]:
        """The versions in the runtime of a group that has outcomes, by the names for readers."""
        return self._versions[runtime_of(group.card, self.settings)]

    def close(self) -> None:
        """Has the workers stop what they have started; may be called again."""
        # Without the cluster there is nothing left to be stopped.
        with suppress(Exception):
            self._run.cluster.client.unregister_worker_plugin(self._run.id)
