"""System calls that the standard library does not have, and what tells of a child's end."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
PR_SET_CHILD_SUBREAPER = 36
PR_SET_SECCOMP = 22
IS_LINUX = sys.platform == "linux"

_LIBC = ctypes.CDLL(None, use_errno=True)


def call(function: str, *arguments: object) -> int:
    """What the C library's `function` returns; raises `OSError` when it fails."""
    result = int(getattr(_LIBC, function)(*arguments))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, function + ": " + os.strerror(number))
    return result


def process_control(option: int, value: int) -> None:
    """Set an attribute of this process, where the system has it."""
    if IS_LINUX:
        zero = ctypes.c_ulong(0)
        call("prctl", option, ctypes.c_ulong(value), zero, zero, zero)


class ChildEnds:
    """Wakes `wait` up when a child of this process has ended."""

    def __init__(self) -> None:
        self._wakeup, end = os.pipe()
        self._end = end
        os.set_blocking(self._wakeup, False)
        os.set_blocking(end, False)
        # With a handler, however little it does, the pipe is told of each signal.
        signal.signal(signal.SIGCHLD, _do_nothing)
        signal.set_wakeup_fd(end, warn_on_full_buffer=False)

    def wait(self, descriptors: list[int], timeout: float | None = None) -> list[int]:
        """Those of the descriptors that can be read, none when a child or the time is over."""
        ready, _, _ = select.select([*descriptors, self._wakeup], [], [], timeout)
        if self._wakeup in ready:
            os.read(self._wakeup, 4096)
            ready.remove(self._wakeup)
        return ready

    def close(self) -> None:
        """Let go of it, as a child of this process does."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._wakeup)
        os.close(self._end)


def _do_nothing(*_: object) -> None:
    return
