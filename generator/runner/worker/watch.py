"""What a group takes, seen from outside: memory, processes, and bytes on the disk."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from typing import Any

from . import messages
from .folders import TooDeepError, bytes_in

_SECONDS_BETWEEN_LOOKS = 0.05
_SECONDS_BETWEEN_LOOKS_AT_FILES = 0.25
# A look takes time itself; this much longer is waited for the next one.
_PATIENCE = 10
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Looks at the processes below `first`, and at what they write into `folder`.

    `limits` has `memory` and `files` in bytes, `processes` and `threads`. Where there is no
    /proc, only the files are seen.
    """

    def __init__(self, first: int, folder: str, limits: dict[str, int]) -> None:
        self._first = first
        self._folder = folder
        self._limits = limits
        self._peak = 0
        self._next_look = 0.0
        self._next_look_at_files = 0.0

    def seconds_to_next_look(self) -> float:
        """How long `look` need not be called."""
        return max(self._next_look - time.monotonic(), 0.0)

    def look(self) -> str | None:
        """Which limit is reached, if one is."""
        started = time.monotonic()
        if started < self._next_look:
            return None
        most = self._limits["processes"]
        processes = descendants(self._first, most + 1)
        memory = self._memory_of(processes)
        self._peak = max(self._peak, memory)
        reached = None
        if len(processes) > most:
            reached = messages.PROCESSES
        elif sum(map(_threads, processes)) > self._limits["threads"]:
            reached = messages.THREADS
        elif memory > self._limits["memory"]:
            reached = messages.MEMORY
        elif started >= self._next_look_at_files:
            reached = self._look_at_files(processes)
        took = time.monotonic() - started
        self._next_look = started + took + max(_SECONDS_BETWEEN_LOOKS, _PATIENCE * took)
        return reached

    def take_peak(self) -> int:
        """The most memory seen since this was last called, in bytes."""
        peak, self._peak = self._peak, 0
        return peak

    def _look_at_files(self, processes: list[int]) -> str | None:
        started = time.monotonic()
        limit = self._limits["files"]
        try:
            total = bytes_in(self._folder, limit)
        except TooDeepError:
            return messages.NESTING
        if total < limit:
            total += _bytes_of_nameless_files(processes)
        took = time.monotonic() - started
        self._next_look_at_files = (
            started + took + max(_SECONDS_BETWEEN_LOOKS_AT_FILES, _PATIENCE * took)
        )
        return messages.FILES if total >= limit else None

    def _memory_of(self, processes: list[int]) -> int:
        total = sum(map(_resident, processes))
        if total > self._limits["memory"] and len(processes) > 1:
            # Pages that processes share were counted more than once.
            total = sum(map(_proportional, processes))
        return total


def descendants(root: int, enough: int) -> list[int]:
    """The processes below `root`, as far as /proc can tell; found until there are `enough`."""
    found: list[int] = []
    waiting = [root]
    while waiting and len(found) < enough:
        process = waiting.pop()
        for child in _children(process):
            found.append(child)
            waiting.append(child)
    return found


def _children(process: int) -> list[int]:
    children: list[int] = []
    tasks = f"/proc/{process}/task"
    with contextlib.suppress(OSError):
        for task in os.listdir(tasks):
            with contextlib.suppress(OSError):
                children += map(int, _read(f"{tasks}/{task}/children").split())
    return children


def _threads(process: int) -> int:
    with contextlib.suppress(OSError):
        # Each has a folder there, beside the two that every folder has.
        return os.stat(f"/proc/{process}/task").st_nlink - 2
    return 0


def _resident(process: int) -> int:
    with contextlib.suppress(OSError, IndexError):
        return int(_read(f"/proc/{process}/statm").split()[1]) * _PAGE
    return 0


def _proportional(process: int) -> int:
    with contextlib.suppress(OSError):
        for line in _read(f"/proc/{process}/smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) << 10
    return _resident(process)


def _bytes_of_nameless_files(processes: list[int]) -> int:
    sizes: dict[tuple[int, int], int] = {}
    for process in processes:
        folder = f"/proc/{process}/fd"
        with contextlib.suppress(OSError):
            for name in os.listdir(folder):
                with contextlib.suppress(OSError):
                    status: Any = os.stat(folder + "/" + name)
                    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
