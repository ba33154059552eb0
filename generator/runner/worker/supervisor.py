"""The supervisor of a group, and the group's first process. Neither runs code of the card."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import tempfile
import time
import traceback
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from . import confinement, messages, network
from .confinement import Surroundings
from .folders import remove_folder
from .system import (
    IS_LINUX,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    ChildEnds,
    process_control,
)
from .watch import Watch, descendants

STACK_SIGNAL = signal.SIGUSR2
_ASK_FOR_STACK = b"S"
_SECONDS_FOR_STACK = 0.5
# Memory grows by gigabytes in a second, and others on the machine need it.
_SECONDS_FOR_STACK_OF_GROWING = 0.15
_MOST_OF_STACK = 20_000
_MANY = 10_000


class Descriptors(NamedTuple):
    """The group's ends of the pipes to the runner; `ruleset` has the Landlock rules."""

    life: int
    requests: int
    reports: int
    fate: int
    stdout: int
    stderr: int
    ruleset: int | None = None

    def of_code(self) -> list[int]:
        """Those of the code's process."""
        own = (self.requests, self.reports, self.stdout, self.stderr, self.ruleset)
        return [descriptor for descriptor in own if descriptor is not None]


class Assignment(NamedTuple):
    """What a group is to run in: its folders, its environment, its limits."""

    folder: str
    work: str
    shared_memory: str
    environment: dict[str, str]
    limits: dict[str, int]
    port: int | None
    landlock: int
    system_calls: bytes
    seed: list[str]


class CodeProcess(NamedTuple):
    """What the code's process gets from those before it."""

    assignment: Assignment
    descriptors: Descriptors
    stack: int
    around: Surroundings


def supervise(assignment: Assignment, descriptors: Descriptors, run_code: Any) -> None:
    """Have `run_code` run with a `CodeProcess`, watch it, and end all; returns when all is over."""
    os.setsid()
    if IS_LINUX:
        process_control(PR_SET_CHILD_SUBREAPER, 1)
    stack = _nameless_file(assignment.folder)
    orders_end, orders = os.pipe()
    statuses, statuses_end = os.pipe()
    channel, channel_end = socket.socketpair()
    has_namespaces = confinement.enter_namespaces()
    first = os.fork()
    if first == 0:
        for descriptor in (descriptors.life, descriptors.fate, orders, statuses):
            os.close(descriptor)
        channel.close()
        around = _part_from_others(assignment, has_namespaces, channel_end)
        process = CodeProcess(assignment, descriptors, stack, around)
        _lead(process, orders_end, statuses_end, run_code)
    for descriptor in (*descriptors.of_code(), orders_end, statuses_end):
        os.close(descriptor)
    channel_end.close()
    listener = network.take_over(channel)
    if listener is not None:
        own = [descriptors.life, descriptors.fate, orders, statuses, stack]
        network.start_relay(listener, own)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    group = _Supervised(
        first,
        ChildEnds(),
        Watch(first, assignment.folder, assignment.limits),
        descriptors.life,
        descriptors.fate,
        orders,
        statuses,
        stack,
        has_namespaces,
    )
    _stand_by(group)
    remove_folder(assignment.folder)


class _Supervised(NamedTuple):
    first: int
    ends: ChildEnds
    watch: Watch
    life: int
    fate: int
    orders: int
    statuses: int
    stack: int
    has_namespaces: bool


def _stand_by(group: _Supervised) -> None:
    """Do what the runner orders, until the group's end or its own."""
    status: int | None = None
    order = reached = None
    while status is None and reached is None and order in (None, messages.PEAK):
        waiting = [group.life, group.statuses]
        ready = group.ends.wait(waiting, group.watch.seconds_to_next_look())
        reached = group.watch.look()
        if group.statuses in ready:
            status = _status_told(group.statuses)
        status = _reaped(group.first) if status is None else status
        if group.life in ready:
            order = os.read(group.life, 1)
            if order == messages.PEAK:
                _tell(group.fate, {"peak": group.watch.take_peak()})
    if status is None and reached == messages.MEMORY:
        _ask_for_stack(group, _SECONDS_FOR_STACK_OF_GROWING)
    elif status is None and (reached is not None or order == messages.LIMIT):
        _ask_for_stack(group, _SECONDS_FOR_STACK)
    _end_all(group)
    if order == b"":
        return
    message: dict[str, Any] = {"exit_code": None, "signal": None, "reached": reached}
    message["peak"] = group.watch.take_peak()
    message["stack"] = os.pread(group.stack, _MOST_OF_STACK, 0).decode("utf-8", "replace")
    message.update(_fate_of(status))
    _tell(group.fate, message)
    while order != b"":
        order = os.read(group.life, 1)


def _status_told(statuses: int) -> int | None:
    told = os.read(statuses, 32)
    return int(told) if told else None


def _reaped(first: int) -> int | None:
    """The wait status of the first process, if it has ended."""
    found = None
    for process, status in _ended_children():
        if process == first:
            found = status
    return found


def _end_all(group: _Supervised) -> None:
    """Kill and reap every process of the group.

    With the first process of a namespace ends all that is in it, at once. Without, what a
    killed process leaves behind comes to this one, so rounds are made until nothing is left.
    """
    while True:
        with contextlib.suppress(OSError):
            os.kill(group.first, signal.SIGKILL)
        if not group.has_namespaces:
            with contextlib.suppress(OSError):
                os.killpg(group.first, signal.SIGKILL)
            for process in descendants(os.getpid(), _MANY):
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
        try:
            process, _ = os.waitpid(-1, 0 if group.has_namespaces else os.WNOHANG)
        except ChildProcessError:
            return
        if process == 0:
            time.sleep(0.002)


def _fate_of(status: int | None) -> dict[str, Any]:
    if status is None:
        return {}
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"exit_code": os.WEXITSTATUS(status)}


def _ask_for_stack(group: _Supervised, seconds: float) -> None:
    with contextlib.suppress(OSError):
        os.write(group.orders, _ASK_FOR_STACK)
    deadline = time.monotonic() + seconds
    size = -1
    while time.monotonic() < deadline:
        time.sleep(0.02)
        new_size = os.fstat(group.stack).st_size
        if new_size == size > 0:
            return
        size = new_size


def _tell(fate: int, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        os.write(fate, (json.dumps(message) + "\n").encode("ascii"))


def _nameless_file(folder: str) -> int:
    # The code must not be able to put something else into its place.
    descriptor, path = tempfile.mkstemp(dir=folder)
    os.unlink(path)
    return descriptor


def _part_from_others(
    assignment: Assignment, has_namespaces: bool, channel: socket.socket
) -> Surroundings:
    """Enter the namespaces that are the first process's to enter, as far as the system has them."""
    listener = None
    has_own_network = False
    if has_namespaces:
        with contextlib.suppress(OSError):
            listener = network.enter_empty_network(assignment.port)
            has_own_network = True
    network.hand_over(listener, channel)
    has_own_proc = has_namespaces and confinement.mount_privately(assignment.shared_memory)
    return Surroundings(has_namespaces, has_own_network, has_own_proc)


def _lead(process: CodeProcess, orders: int, statuses: int, run_code: Any) -> NoReturn:
    """Be the group's first process: start the code's one, tell its end, reap what it leaves."""
    os.setpgid(0, 0)
    if IS_LINUX:
        process_control(PR_SET_PDEATHSIG, signal.SIGKILL)
    code = os.fork()
    if code == 0:
        os.close(orders)
        os.close(statuses)
        if IS_LINUX:
            process_control(PR_SET_PDEATHSIG, signal.SIGKILL)
        try:
            run_code(process)
        except BaseException:
            # The runner shows it as what the process has printed.
            traceback.print_exc()
        finally:
            os._exit(messages.BROKEN)
    for descriptor in (*process.descriptors.of_code(), process.stack):
        os.close(descriptor)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    _attend(code, orders, statuses)


def _attend(code: int, orders: int, statuses: int) -> NoReturn:
    ends = ChildEnds()
    is_running = True
    while True:
        for ended, status in _ended_children():
            if ended == code:
                is_running = False
                os.write(statuses, str(status).encode("ascii"))
        if ends.wait([orders]):
            if not os.read(orders, 1):
                # The supervisor is gone, and its word with it.
                os._exit(0)
            if is_running:
                os.kill(code, STACK_SIGNAL)


def _ended_children() -> Iterator[tuple[int, int]]:
    """The children that have ended since, and how."""
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if process == 0:
            return
        yield process, status
