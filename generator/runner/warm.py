"""Warm runtimes: an interpreter that has imported what all groups need, and forks for each."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.cards.examples import Group
from generator.runner import worker
from generator.runner.errors import RuntimeUnavailableError
from generator.runner.process import GroupProcess, Pipes
from generator.runner.sandbox.files import landlock_version, proxy_port, reach_of, ruleset_for
from generator.runner.sandbox.system_calls import system_call_filter
from generator.runner.session import THREADS_A_PROCESS, GroupSession, Launch
from generator.runner.workspace import Workspace, environment_of, make_workspace

_WORKER = Path(worker.__file__).parent
_SECONDS_TO_WARM_UP = 300.0
_SECONDS_TO_ANSWER = 60.0
_SECONDS_TO_END = 10.0
_CHUNK = 1 << 16
_MEGABYTE = 1_000_000


class WarmRuntime:
    """A runtime whose interpreter has imported `preload`, and starts groups from there.

    Several threads may start groups. An interpreter that has died is started again when the
    next group is; groups that run do not depend on it.
    """

    def __init__(self, python: Path, preload: Sequence[str] = (), seed: Sequence[str] = ()) -> None:
        """Start it. `seed` has the modules whose `seed` is called at each group's beginning.

        A package of `preload` that can't be imported leaves all of them to the cards.
        Raises `RuntimeUnavailableError` when the interpreter can't be started.
        """
        self._python = python
        self._seed = tuple(seed)
        self._lock = threading.Lock()
        self._system_calls = system_call_filter()
        self._parent = self._start(preload)
        self.versions: Mapping[str, str] = self._parent.versions
        """The version of `python`, and of each preloaded package by its name."""
        self.problem: str | None = self._parent.problem
        """Why nothing could be preloaded, if so."""
        if self.problem is not None or sys.platform != "linux":
            # Elsewhere, what libraries have started may not be forked (as on macOS).
            preload = ()
            self._parent.close()
            self._parent = self._start(preload)
        self._preload = tuple(preload)

    def start_group(self, group: Group, launch: Launch) -> GroupSession:
        """Start the process in which the group's examples are executed.

        Raises `RuntimeUnavailableError` when that can't be done.
        """
        process = self._start_process(launch)
        return GroupSession(group, launch, process, launch.time_limit)

    def missing(self) -> tuple[str, ...]:
        """What nothing on this machine keeps the code of a group from, as phrases.

        A process is shut in as a group's is, with nothing to execute. Raises
        `RuntimeUnavailableError` when that can't be done.
        """
        process = self._start_process(Launch(self._python, "", {}, _SECONDS_TO_ANSWER))
        try:
            return process.begin("", "")
        finally:
            process.close()

    def is_running(self) -> bool:
        """Whether the interpreter is there."""
        return self._parent.is_running()

    def close(self) -> None:
        """End the interpreter. Groups are ended by themselves."""
        with self._lock:
            self._parent.close()

    def _start(self, preload: Sequence[str]) -> _Parent:
        return _Parent(self._python, preload, self._seed, self._system_calls)

    def _start_process(self, launch: Launch) -> GroupProcess:
        workspace = make_workspace()
        try:
            with self._lock:
                if not self._parent.is_running():
                    self._parent.close()
                    self._parent = self._start(self._preload)
                return self._fork(self._parent, workspace, launch)
        except BaseException:
            workspace.remove()
            raise

    def _fork(self, parent: _Parent, workspace: Workspace, launch: Launch) -> GroupProcess:
        pipes, ends = Pipes.make()
        passed_on = list(ends)
        try:
            ruleset = ruleset_for(reach_of(parent.prefixes, workspace.folder, launch.network))
            if ruleset is not None:
                passed_on.append(ruleset)
            supervisor = parent.ask(_request(workspace, launch), passed_on)["supervisor"]
        except BaseException:
            pipes.close()
            raise
        finally:
            for descriptor in passed_on:
                os.close(descriptor)
        return GroupProcess(workspace, pipes, lambda: self._kill(parent, supervisor))

    def _kill(self, parent: _Parent, supervisor: int) -> None:
        with self._lock, contextlib.suppress(RuntimeUnavailableError):
            parent.ask({"kill": supervisor}, ())


def start_session(group: Group, launch: Launch) -> GroupSession:
    """Start a group in an interpreter that nothing else is started from, and that goes with it.

    Raises `RuntimeUnavailableError` when that can't be done.
    """
    runtime = WarmRuntime(launch.python)
    try:
        session = runtime.start_group(group, launch)
    except BaseException:
        runtime.close()
        raise
    session.process.close_with_it(runtime.close)
    return session


def _request(workspace: Workspace, launch: Launch) -> dict[str, Any]:
    limits = launch.limits
    return {
        "folder": str(workspace.folder),
        "work": str(workspace.work),
        "shared_memory": str(workspace.shared_memory),
        "environment": environment_of(workspace, launch.python, launch.network, os.environ),
        "limits": {
            "memory": limits.memory * _MEGABYTE,
            "files": limits.files * _MEGABYTE,
            "processes": limits.processes,
            "threads": limits.processes * THREADS_A_PROCESS,
        },
        "port": proxy_port(launch.network),
        "landlock": landlock_version(),
    }


class _Parent:
    """One warm parent process, and what it has told of itself."""

    def __init__(
        self, python: Path, preload: Sequence[str], seed: Sequence[str], system_calls: bytes
    ) -> None:
        self._workspace = make_workspace()
        # A file, since nobody reads from a pipe while all goes well.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the parent)
        self._control, end = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                [*(str(python), "-s", "-X", "utf8", str(_WORKER)), str(end.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                cwd=self._workspace.work,
                env=environment_of(self._workspace, python, {}, os.environ),
                pass_fds=(end.fileno(),),
                # The interrupt that ends the run must not end it before the groups.
                start_new_session=True,
            )
        except OSError as error:
            self._let_go()
            raise RuntimeUnavailableError(f"{python} can't be started: {error}") from None
        finally:
            end.close()
        greeting = {
            "folder": str(self._workspace.folder),
            "preload": list(preload),
            "seed": list(seed),
            "system_calls": base64.b64encode(system_calls).decode("ascii"),
        }
        try:
            self._control.settimeout(_SECONDS_TO_WARM_UP)
            about = self.ask(greeting, ())
        except BaseException:
            self.close()
            raise
        self._control.settimeout(_SECONDS_TO_ANSWER)
        self.versions: Mapping[str, str] = about["versions"]
        self.prefixes: Sequence[str] = about["prefixes"]
        self.problem: str | None = about["problem"]

    def ask(self, request: Mapping[str, Any], descriptors: Sequence[int]) -> Any:
        """What the parent answers; raises `RuntimeUnavailableError` when it does not."""
        data = json.dumps(request).encode("ascii") + b"\n"
        try:
            sent = socket.send_fds(self._control, [data], descriptors) if descriptors else 0
            self._control.sendall(data[sent:])
            answer = b""
            while not answer.endswith(b"\n"):
                part = self._control.recv(_CHUNK)
                if not part:
                    raise ConnectionResetError
                answer += part
        except OSError:
            raise self._failed() from None
        return json.loads(answer)

    def is_running(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._control.close()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._let_go()

    def _let_go(self) -> None:
        self._control.close()
        self._complaints.close()
        self._workspace.remove()

    def _failed(self) -> RuntimeUnavailableError:
        # One that does not answer is of no use, nor is the state of what is said half.
        self._process.kill()
        self._process.wait()
        self._complaints.seek(0)
        complaint = self._complaints.read()[-4000:].decode("utf-8", "replace").strip()
        return RuntimeUnavailableError(f"the interpreter of the runtime has failed:\n{complaint}")
