"""The processes of one group, from this side: the pipes to them, their folder, their end."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from generator.runner.workspace import Workspace

_SECONDS_TO_BEGIN = 60.0
_SECONDS_TO_END = 10.0
_CHUNK = 1 << 16


class PipeEnds(NamedTuple):
    """The group's ends of its pipes."""

    life: int
    requests: int
    reports: int
    fate: int
    stdout: int
    stderr: int


class Pipes(NamedTuple):
    """The runner's ends of a group's pipes.

    On `life` go the orders to its supervisor, who answers on `fate`; `requests` go to the
    code's process, which answers on `reports`.
    """

    life: int
    requests: int
    reports: int
    fate: int
    stdout: int
    stderr: int

    @classmethod
    def make(cls) -> tuple[Pipes, PipeEnds]:
        """The two ends of new pipes."""
        life_end, life = os.pipe()
        requests_end, requests = os.pipe()
        reports, reports_end = os.pipe()
        fate, fate_end = os.pipe()
        stdout, stdout_end = os.pipe()
        stderr, stderr_end = os.pipe()
        return (
            cls(life, requests, reports, fate, stdout, stderr),
            PipeEnds(life_end, requests_end, reports_end, fate_end, stdout_end, stderr_end),
        )

    def close(self) -> None:
        """Close all of them."""
        for descriptor in self:
            os.close(descriptor)


class GroupProcess:
    """The processes of a group, which run in `workspace`."""

    def __init__(
        self, workspace: Workspace, pipes: Pipes, kill_supervisor: Callable[[], None]
    ) -> None:
        """`kill_supervisor` is for one that does not end as it should."""
        self.workspace = workspace
        self.pipes = pipes
        self._kill_supervisor = kill_supervisor
        self._afterwards: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def begin(self, path: str, text: str) -> tuple[str, ...]:
        """Introduce a card; what the system does not keep its code from, as phrases."""
        introduction = as_line({"path": path, "text": text})
        # No code of the card runs yet: the worker takes this as soon as it is there.
        while introduction:
            written = write(self.pipes.requests, introduction)
            introduction = introduction[written:] if written else b""
        answer = _line(self.pipes.reports, _SECONDS_TO_BEGIN)
        return tuple(json.loads(answer)["missing"]) if answer else ()

    def order(self, order: bytes) -> None:
        """Give the supervisor an order; for any thread."""
        with self._lock:
            if not self._is_closed:
                write(self.pipes.life, order)

    def close_with_it(self, close: Callable[[], None]) -> None:
        """Have something closed after the end of the group."""
        self._afterwards.append(close)

    def close(self) -> None:
        """End every process of the group, and remove its folder; may be called again."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            os.close(self.pipes.life)
            os.close(self.pipes.requests)
        if not _comes_to_end(self.pipes.fate, _SECONDS_TO_END):
            # The code may have stopped it where nothing keeps it from that.
            self._kill_supervisor()
            _comes_to_end(self.pipes.fate, _SECONDS_TO_END)
        for descriptor in self.pipes[2:]:
            os.close(descriptor)
        self.workspace.remove()
        for close in self._afterwards:
            close()


def as_line(message: Mapping[str, Any]) -> bytes:
    """A message as it goes through a pipe."""
    return json.dumps(message).encode("ascii") + b"\n"


def write(descriptor: int, data: bytes | bytearray) -> int:
    """How many bytes were taken; none when nobody reads any more."""
    try:
        return os.write(descriptor, data)
    except BrokenPipeError:
        return 0


def _line(source: int, seconds: float) -> bytes:
    """What comes until the end of a line; nothing when that does not come in time."""
    deadline = time.monotonic() + seconds
    data = b""
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while selector.select(max(deadline - time.monotonic(), 0)):
            part = os.read(source, _CHUNK)
            data += part
            if data.endswith(b"\n"):
                return data
            if not part:
                break
    return b""


def _comes_to_end(source: int, seconds: float) -> bool:
    """Whether everybody who could write to a pipe closes it in time."""
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if selector.select(left):
                # None else reads here, so that this does not wait.
                with contextlib.suppress(BlockingIOError):
                    if not os.read(source, _CHUNK):
                        return True
    return False
