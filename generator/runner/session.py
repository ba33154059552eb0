"""One group's process, from this side: start it, have examples executed, end it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from generator.cards.examples import Example, Group
from generator.runner import worker
from generator.runner.output import Excerpt
from generator.runner.workspace import GROUP_VARIABLE, Workspace, environment_of, make_workspace

WORKER_PATH = Path(worker.__file__)

_MAX_REPORT_BYTES = 4 << 20
_SECONDS_TO_END = 10.0
_SECONDS_TO_TELL = 5.0
_CHUNK = 1 << 16


class FailureKind(Enum):
    """In which way an example failed."""

    RAISED = "raised an exception"
    TIME_LIMIT = "reached the time limit"
    KILLED = "was killed by a signal"
    EXITED = "ended the process"
    UNREADABLE = "broke the connection with the runner"
    DEPENDENCY = "depends on an example that failed"


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of code that was being executed when an exception arose.

    `columns` are those of the first character and of the one behind the last, in code
    points from 1; known of the card's own lines only, and not of every Python.
    """

    path: str
    line: int
    function: str
    of_card: bool
    columns: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception; `link` says how it led to the one before it in the chain."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an example did not run to its end.

    `line` is the card's line at which it happened; `chain` has the exception, and those
    that led to it.
    """

    kind: FailureKind
    summary: str
    line: int
    chain: tuple[Raised, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What executing an example showed. `duration` is in seconds."""

    example: Example
    failure: Failure | None
    duration: float = 0.0
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True, slots=True)
class Launch:
    """With what a group is run.

    `path` is the card's path as its readers know it, and as tracebacks show it; `network`
    has the variables that lead to the mirror; `time_limit` is in seconds, for all the
    examples of the group together.
    """

    python: Path
    path: str
    network: Mapping[str, str]
    time_limit: float


@dataclass
class GroupSession:
    """A running group. Each example is executed at most once, after all it depends on."""

    group: Group
    launch: Launch
    workspace: Workspace
    token: str
    process: subprocess.Popen[bytes]
    stdout: int
    stderr: int
    life: int
    requests: int
    reports: int
    fate: int
    time_left: float
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def outcome(self, example: Example) -> Outcome:
        """What executing `example` shows; runs what it depends on first, unless it has run."""
        for earlier in self.group.examples:
            if earlier.id not in self.outcomes:
                self.outcomes[earlier.id] = self._next_outcome(earlier)
            if earlier.id == example.id:
                break
        return self.outcomes[example.id]

    def close(self) -> None:
        """End every process of the group, and remove its folders."""
        for descriptor in (self.life, self.requests):
            _close(descriptor)
        _wake(self.process)
        try:
            self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.returncode != 0:
            _kill_marked(self.token)
        for descriptor in (self.stdout, self.stderr, self.reports, self.fate):
            _close(descriptor)
        self.workspace.remove()

    def _next_outcome(self, example: Example) -> Outcome:
        for earlier in self.outcomes.values():
            if earlier.failure:
                path = self.launch.path
                failure = _dependency_failure(example, earlier.example, earlier.failure, path)
                return Outcome(example, failure)
        return _execute(self, example)


def start_session(group: Group, launch: Launch) -> GroupSession:
    """Start the process in which the group's examples are executed.

    Raises `OSError` when the interpreter can't be started.
    """
    token = secrets.token_hex(16)
    workspace = make_workspace()
    stdout, stdout_end = os.pipe()
    stderr, stderr_end = os.pipe()
    life_end, life = os.pipe()
    requests_end, requests = os.pipe()
    reports, reports_end = os.pipe()
    fate, fate_end = os.pipe()
    passed_on = (life_end, requests_end, reports_end, fate_end)
    try:
        process = subprocess.Popen(
            [
                *(str(launch.python), "-I", "-X", "utf8", str(WORKER_PATH)),
                *map(str, passed_on),
                str(workspace.folder),
            ],
            stdin=subprocess.DEVNULL,
            stdout=stdout_end,
            stderr=stderr_end,
            cwd=workspace.work,
            env=environment_of(workspace, token, launch.python, launch.network, os.environ),
            pass_fds=passed_on,
            start_new_session=True,
        )
    except BaseException:
        for descriptor in (stdout, stderr, life, requests, reports, fate):
            _close(descriptor)
        workspace.remove()
        raise
    finally:
        for descriptor in (stdout_end, stderr_end, *passed_on):
            _close(descriptor)
    session = GroupSession(
        group=group,
        launch=launch,
        workspace=workspace,
        token=token,
        process=process,
        stdout=stdout,
        stderr=stderr,
        life=life,
        requests=requests,
        reports=reports,
        fate=fate,
        time_left=launch.time_limit,
    )
    card = _as_line({"path": launch.path, "text": group.card.text})
    # No code of the card runs yet: the worker takes this as soon as it is there.
    while card:
        written = _write(requests, card)
        card = card[written:] if written else b""
    return session


def _execute(session: GroupSession, example: Example) -> Outcome:
    # The code under test could write reports of its own; it is not told this number.
    number = secrets.token_hex(16)
    block = example.block
    request = _as_line(
        {
            "id": number,
            "code": block.code,
            "line": block.code_line,
            "columns": block.code_columns,
        }
    )
    started = time.monotonic()
    heard = _converse(session, request, started + session.time_left)
    elapsed = time.monotonic() - started
    session.time_left -= elapsed
    failure, duration = _judge(session, example, number, heard)
    return Outcome(
        example,
        failure,
        elapsed if duration is None else duration,
        heard.stdout.text(),
        heard.stderr.text(),
    )


@dataclass
class _Heard:
    """What came from a group's process while an example was executed."""

    stdout: Excerpt = field(default_factory=Excerpt)
    stderr: Excerpt = field(default_factory=Excerpt)
    reports: bytearray = field(default_factory=bytearray)
    fate: bytearray = field(default_factory=bytearray)
    is_over_limit: bool = False


def _converse(session: GroupSession, request: bytes, deadline: float) -> _Heard:
    """Send the request, and take in everything until the report, the end, or the deadline."""
    heard = _Heard()
    with selectors.DefaultSelector() as selector:
        for source, sink in (
            (session.stdout, heard.stdout.add),
            (session.stderr, heard.stderr.add),
            (session.reports, heard.reports.extend),
            (session.fate, heard.fate.extend),
        ):
            os.set_blocking(source, False)
            selector.register(source, selectors.EVENT_READ, sink)
        os.set_blocking(session.requests, False)
        selector.register(session.requests, selectors.EVENT_WRITE, bytearray(request))
        while session.fate in selector.get_map() and not _is_complete(heard):
            now = time.monotonic()
            if now >= deadline:
                if heard.is_over_limit:
                    break
                heard.is_over_limit = True
                deadline = now + _SECONDS_TO_TELL
                _wake(session.process)
                _write(session.life, worker.LIMIT)
            _exchange(selector, deadline - now)
        # What was printed before the report was sent is in the pipes by now.
        while _exchange(selector, 0):
            pass
    return heard


def _exchange(selector: selectors.BaseSelector, timeout: float) -> bool:
    """Read and write what is ready; whether anything was read."""
    has_read = False
    for key, events in selector.select(max(timeout, 0)):
        if events & selectors.EVENT_WRITE:
            written = _write(key.fd, key.data)
            del key.data[:written]
            if not written or not key.data:
                selector.unregister(key.fd)
            continue
        data = os.read(key.fd, _CHUNK)
        if data:
            key.data(data)
            has_read = True
        else:
            selector.unregister(key.fd)
    return has_read


def _is_complete(heard: _Heard) -> bool:
    if heard.fate.endswith(b"\n") or len(heard.reports) > _MAX_REPORT_BYTES:
        return True
    return not heard.is_over_limit and heard.reports.endswith(b"\n")


def _judge(
    session: GroupSession, example: Example, number: str, heard: _Heard
) -> tuple[Failure | None, float | None]:
    """Why the example failed, if it did, and for how many seconds it ran, if that is known."""
    first_line = example.block.code_line
    fate = json.loads(heard.fate) if heard.fate.endswith(b"\n") else {}
    stopped_at = _card_line(fate.get("stack", ""), session.launch.path)
    line = stopped_at or first_line
    where = f" in line {stopped_at}" if stopped_at else ""
    if heard.is_over_limit:
        limit = f"{session.launch.time_limit:g} s"
        summary = f"time limit of {limit} for the group reached{where}"
        return Failure(FailureKind.TIME_LIMIT, summary, line), None
    if heard.reports:
        try:
            report = _parsed_report(bytes(heard.reports), number)
        except (ValueError, KeyError, TypeError):
            summary = "the code wrote into the connection between the worker and the runner"
            return Failure(FailureKind.UNREADABLE, summary, first_line), None
        chain, duration = report
        if not chain:
            return None, duration
        return _raised(chain, first_line), duration
    if fate.get("signal") is not None:
        name = _signal_name(fate["signal"])
        return Failure(FailureKind.KILLED, f"the process was killed by {name}{where}", line), None
    if fate.get("exit_code") is not None:
        code = fate["exit_code"]
        if code == worker.CANNOT_REPORT:
            summary = "the code closed the connection between the worker and the runner"
            return Failure(FailureKind.UNREADABLE, summary, first_line), None
        summary = f"the process ended with exit code {code} before the block was done"
        return Failure(FailureKind.EXITED, summary, line), None
    summary = "the worker is gone: the code, or somebody else, has killed it"
    return Failure(FailureKind.UNREADABLE, summary, first_line), None


def _parsed_report(data: bytes, number: str) -> tuple[tuple[Raised, ...], float]:
    report = json.loads(data)
    if report["id"] != number:
        raise ValueError("not the report that was asked for")
    chain = tuple(
        Raised(
            item["type"],
            item["message"],
            tuple(
                Frame(
                    frame["path"],
                    frame["line"],
                    frame["function"],
                    frame["of_card"],
                    _pair(frame["columns"]),
                )
                for frame in item["frames"]
            ),
            item["link"],
        )
        for item in report["exception"] or ()
    )
    return chain, float(report["duration"])


def _pair(columns: list[int] | None) -> tuple[int, int] | None:
    return (columns[0], columns[1]) if columns else None


def _raised(chain: tuple[Raised, ...], first_line: int) -> Failure:
    error = chain[0]
    lines = [frame.line for frame in error.frames if frame.of_card]
    message = f"{error.type}: {error.message}" if error.message else error.type
    return Failure(FailureKind.RAISED, message, lines[-1] if lines else first_line, chain)


def _dependency_failure(example: Example, failed: Example, why: Failure, path: str) -> Failure:
    first_line = why.summary.partition("\n")[0]
    summary = f"not run: {failed.id} failed at {path}:{why.line}: {first_line}"
    return Failure(FailureKind.DEPENDENCY, summary, example.block.code_line)


def _card_line(stack: str, path: str) -> int | None:
    """The innermost line of the card in a dump of `faulthandler`, the main thread preferred."""
    # faulthandler shortens what is longer, and escapes what is not ASCII.
    shown = path.encode("ascii", "backslashreplace").decode("ascii")
    pattern = re.compile(rf'File "{re.escape(shown)}", line (\d+)')
    for thread in reversed(stack.split("(most recent call first):")):
        match = pattern.search(thread)
        if match:
            return int(match.group(1))
    return None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _as_line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message).encode("ascii") + b"\n"


def _write(descriptor: int, data: bytes | bytearray) -> int:
    """How many bytes were taken; none when nobody reads any more."""
    try:
        return os.write(descriptor, data)
    except BrokenPipeError:
        return 0


def _close(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _wake(supervisor: subprocess.Popen[bytes]) -> None:
    # The code may have stopped it, which it can't know of, nor defend itself against.
    supervisor.send_signal(signal.SIGCONT)


def _kill_marked(token: str) -> None:
    """Kill what is left of a group whose supervisor was killed, by the mark it carries."""
    mark = f"{GROUP_VARIABLE}={token}".encode()
    deadline = time.monotonic() + _SECONDS_TO_END
    while time.monotonic() < deadline:
        marked = [p for p in Path("/proc").glob("[0-9]*") if _has_mark(p, mark)]
        if not marked:
            return
        for process in marked:
            with contextlib.suppress(OSError):
                os.kill(int(process.name), signal.SIGKILL)
        time.sleep(0.01)


def _has_mark(process: Path, mark: bytes) -> bool:
    try:
        return mark in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
