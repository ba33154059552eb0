"""What a worker of a cluster does for a run of cards: it executes groups, as they are elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker
from msgspec import Struct

from generator.cards.examples import Group
from generator.cluster.errors import DiffersError
from generator.cluster.worker import check_program
from generator.config import Settings
from generator.runner.judging import environment_of_records
from generator.runner.mirror.exchange import Exchange
from generator.runner.mirror.modes import NetworkMode
from generator.runner.session import Outcome
from generator.runner.workshop import Needs, Workshop


class RunOrder(Struct, frozen=True):
    """How the groups of a run are executed; `time_limit` is in seconds, for each.

    `program` and `environment` tell what who orders it has: this program, and all that the
    validity of records depends on.
    """

    settings: Settings
    time_limit: float
    needs: Needs
    program: str
    environment: str


class SeenExample(Struct, frozen=True):
    """What executing an example showed, and what the group had asked of the network by then."""

    outcome: Outcome
    exchanges: tuple[Exchange, ...]


class SeenGroup(Struct, frozen=True):
    """What executing a group showed, by the ids of its examples.

    `versions` are those of its runtime, by the names shown to readers.
    """

    examples: Mapping[str, SeenExample]
    folder: Path
    versions: Mapping[str, str]


class RunOnWorker(WorkerPlugin):
    """What a worker keeps from the first group of a run to its last."""

    def __init__(self, order: RunOrder) -> None:
        """It is sent to the workers, and begins there."""
        self._order = order

    def setup(self, worker: Any) -> None:  # noqa: ARG002 # what Dask calls it with
        """Get ready, without making anything."""
        self._lock = threading.Lock()
        self._workshop: Workshop | None = None

    def teardown(self, worker: Any) -> None:  # noqa: ARG002 # what Dask calls it with
        """Stop what was started."""
        with self._lock:
            if self._workshop is not None:
                self._workshop.close()
                self._workshop = None

    def workshop(self) -> Workshop:
        """Where this worker executes the groups of the run.

        Raises `DiffersError` when they would not be executed as where the run was ordered.
        """
        with self._lock:
            if self._workshop is None:
                self._check()
                order = self._order
                self._workshop = Workshop(
                    order.settings, order.time_limit, NetworkMode.REPLAY, order.needs
                )
            return self._workshop

    def _check(self) -> None:
        check_program(self._order.program)
        if environment_of_records(self._order.settings) != self._order.environment:
            raise DiffersError(
                f"the runtimes, models or recordings of {self._order.settings.root} are not there"
                " as they are here; workers need the hub's folder and the cache as they are here,"
                " at the same paths"
            )


def get_ready(run: str, runtimes: Iterable[str]) -> list[str]:
    """Has this worker start what groups of a run need; what people should know of it."""
    told: list[str] = []
    _workshop_of(run).prepare(runtimes, told.append)
    return told


def execute_group(run: str, group: Group, path: str) -> SeenGroup:
    """Executes a group of a run, whose card is known to its readers as `path`.

    Raises `RunnerError` when nothing can be run here.
    """
    workshop = _workshop_of(run)
    running = workshop.start(group, path)
    try:
        seen = {
            example.id: SeenExample(running.outcome(example), running.exchanges())
            for example in group.examples
        }
        return SeenGroup(seen, running.folder, workshop.versions_of(group))
    finally:
        running.close()


def _workshop_of(run: str) -> Workshop:
    plugin: RunOnWorker = get_worker().plugins[run]  # type: ignore[assignment]
    return plugin.workshop()
