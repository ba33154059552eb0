"""The warm parent of a runtime: imports what all groups need, then forks one after the other.

It executes no operator of any library, so that what its children start (threads, devices)
they start afresh.
"""

from __future__ import annotations

import array
import base64
import contextlib
import gc
import importlib
import json
import os
import platform
import signal
import socket
import sys
import traceback
from typing import Any

from .code_process import run_code
from .folders import remove_folder
from .supervisor import Assignment, Descriptors, supervise
from .system import IS_LINUX, PR_SET_CHILD_SUBREAPER, ChildEnds, process_control
from .watch import descendants

_MOST_DESCRIPTORS = 16
_CHUNK = 1 << 16
_MANY = 10_000


def main(descriptor: int) -> None:
    """Answer what comes on the control socket, a line of JSON each, until it is closed."""
    with socket.socket(fileno=descriptor) as control:
        parent = _WarmParent(control)
        parent.warm_up()
        parent.serve()
    # Nothing that a library has registered for the exit is anybody's business here.
    os._exit(0)


class _WarmParent:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._seed: list[str] = []
        self._system_calls = b""
        self._added: dict[str, str] = {}
        self._supervisors: set[int] = set()
        self._folder = ""

    def warm_up(self) -> None:
        """Import what the runner names, and tell it the versions."""
        greeting, _ = self._hear()
        if greeting is None:
            return
        self._folder = greeting["folder"]
        self._seed = greeting["seed"]
        self._system_calls = base64.b64decode(greeting["system_calls"])
        before = dict(os.environ)
        versions = {"python": platform.python_version()}
        problem = None
        for name in greeting["preload"]:
            try:
                module = importlib.import_module(name)
                versions[name] = str(getattr(module, "__version__", ""))
            except BaseException as error:
                problem = f"{name} can't be imported: {type(error).__name__}: {error}"
                break
        # Some packages leave word for themselves in the environment.
        self._added = {n: v for n, v in os.environ.items() if before.get(n) != v}
        gc.collect()
        gc.freeze()
        # Only what a library has done to them here would be seen in the groups.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        prefixes = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
        self._tell({"versions": versions, "prefixes": prefixes, "problem": problem})

    def serve(self) -> None:
        """Start groups, and end them on request, until the runner is gone."""
        if IS_LINUX:
            process_control(PR_SET_CHILD_SUBREAPER, 1)
        ends = ChildEnds()
        while True:
            self._reap()
            if not ends.wait([self._control.fileno()]):
                continue
            request, descriptors = self._hear()
            if request is None:
                break
            if "kill" in request:
                self._kill(request["kill"])
                self._tell({})
                continue
            supervisor = os.fork()
            if supervisor == 0:
                self._become_supervisor(request, descriptors, ends)
            for descriptor in descriptors:
                os.close(descriptor)
            self._supervisors.add(supervisor)
            self._tell({"supervisor": supervisor})
        self._end_orphans()
        # The runner may have been killed without a chance to do it.
        remove_folder(self._folder)

    def _become_supervisor(
        self, request: dict[str, Any], descriptors: list[int], ends: ChildEnds
    ) -> None:
        try:
            self._control.close()
            ends.close()
            assignment = Assignment(
                folder=request["folder"],
                work=request["work"],
                shared_memory=request["shared_memory"],
                environment={**self._added, **request["environment"]},
                limits=request["limits"],
                port=request["port"],
                landlock=request["landlock"],
                system_calls=self._system_calls,
                seed=self._seed,
            )
            supervise(assignment, Descriptors(*descriptors), run_code)
        except BaseException:
            # Where the runner finds it, should it wait in vain.
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(0)

    def _kill(self, supervisor: int) -> None:
        if supervisor in self._supervisors:
            with contextlib.suppress(OSError):
                os.kill(supervisor, signal.SIGKILL)

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            if process in self._supervisors:
                self._supervisors.discard(process)
                if os.WIFSIGNALED(status):
                    self._end_orphans()

    def _end_orphans(self) -> None:
        """Kill what came to this process since its supervisor was killed."""
        while True:
            below = {*_children_but(self._supervisors)}
            if not below:
                return
            for process in below:
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
                for orphan in descendants(process, _MANY):
                    with contextlib.suppress(OSError):
                        os.kill(orphan, signal.SIGKILL)
                with contextlib.suppress(OSError):
                    os.waitpid(process, 0)

    def _tell(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._control.sendall((json.dumps(message) + "\n").encode("ascii"))

    def _hear(self) -> tuple[dict[str, Any] | None, list[int]]:
        """What the runner says next, and the descriptors that came with it; none at the end."""
        data = b""
        descriptors = array.array("i")
        room = socket.CMSG_SPACE(_MOST_DESCRIPTORS * descriptors.itemsize)
        while not data.endswith(b"\n"):
            try:
                part, extra, _, _ = self._control.recvmsg(_CHUNK, room)
            except ConnectionError:
                return None, []
            for level, kind, content in extra:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    usable = len(content) - len(content) % descriptors.itemsize
                    descriptors.frombytes(content[:usable])
            if not part:
                return None, []
            data += part
        return json.loads(data.decode("ascii")), list(descriptors)


def _children_but(known: set[int]) -> set[int]:
    me = os.getpid()
    with contextlib.suppress(OSError), open(f"/proc/{me}/task/{me}/children") as file:
        return set(map(int, file.read().split())) - known
    return set()
