"""Jobs side by side: as many at a time as there are places, and memory for."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

_DEFAULT_AVAILABLE = 4 << 30


class Job(Struct, frozen=True):
    """Something to do; `memory` is what it is expected to take, in bytes."""

    do: Callable[[], None]
    memory: int


class Schedule:
    """Does jobs in the order in which they were added, each in a thread.

    A job waits while those that run take all the memory; one always runs.
    """

    def __init__(self, places: int, memory: int) -> None:
        """At most `places` jobs at a time, which together may take `memory` bytes."""
        self._pool = ThreadPoolExecutor(places, thread_name_prefix="group")
        self._memory = memory
        self._taken = 0
        self._running = 0
        self._change = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._is_closed = False

    def add(self, job: Job) -> Future[None]:
        """Have `job` done when its turn comes; the result tells of its end."""
        with self._change:
            self._waiting.append(job)
        return self._pool.submit(self._do_next)

    def close(self) -> None:
        """Begin no other job, and wait for those that run."""
        with self._change:
            self._is_closed = True
            self._change.notify_all()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _do_next(self) -> None:
        with self._change:
            job = self._waiting.popleft()
            while self._running and self._taken + job.memory > self._memory:
                if self._is_closed:
                    return
                self._change.wait()
            if self._is_closed:
                return
            self._running += 1
            self._taken += job.memory
        try:
            job.do()
        finally:
            with self._change:
                self._running -= 1
                self._taken -= job.memory
                self._change.notify_all()


def available_memory() -> int:
    """How many bytes of memory programs can still have, as far as that can be known."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) << 10
    except (OSError, ValueError):
        pass
    return _DEFAULT_AVAILABLE


def cores() -> int:
    """How many processors this program may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
