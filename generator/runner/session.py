"""One group's process, from this side: start it, have examples executed, end it."""

from __future__ import annotations

import json
import os
import re
import secrets
import selectors
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from generator.cards.examples import Example, Group
from generator.cards.model import Treatment
from generator.config import LimitSettings
from generator.evidence.model import ArraySummary
from generator.runner.output import Excerpt
from generator.runner.process import GroupProcess, as_line, write
from generator.runner.worker import messages
from generator.runner.workspace import Workspace

_MAX_REPORT_BYTES = 4 << 20
_SECONDS_TO_TELL = 5.0
_SECONDS_OF_LEFT_OVER_OUTPUT = 0.5
_CHUNK = 1 << 16

THREADS_A_PROCESS = 16
"""How many threads a group may have for each process that it may have."""


class FailureKind(Enum):
    """In which way an example failed."""

    RAISED = "raised an exception"
    TIME_LIMIT = "reached the time limit"
    KILLED = "was killed by a signal"
    EXITED = "ended the process"
    MEMORY_LIMIT = "reached the memory limit"
    PROCESS_LIMIT = "reached the limit on processes"
    FILE_LIMIT = "reached the limit on files"
    NOT_RAISED = "did not raise what it is expected to"
    UNREADABLE = "broke the connection with the runner"
    CANCELLED = "was ended by the runner"
    DEPENDENCY = "depends on an example that failed"
    CHANGED = "shows something else than before"


class Frame(Struct, frozen=True):
    """A line of code that was being executed when an exception arose.

    `columns` are those of the first character and of the one behind the last, in code
    points from 1; known of the card's own lines only, and not of every Python.
    """

    path: str
    line: int
    function: str
    of_card: bool
    columns: tuple[int, int] | None = None


class Raised(Struct, frozen=True):
    """An exception; `link` says how it led to the one before it in the chain."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    link: str | None = None


class Failure(Struct, frozen=True):
    """Why an example did not run to its end.

    `line` is the card's line at which it happened; `chain` has the exception, and those
    that led to it.
    """

    kind: FailureKind
    summary: str
    line: int
    chain: tuple[Raised, ...] = ()


class Outcome(Struct, frozen=True):
    """What executing an example showed. `duration` is in seconds, `peak_memory` in bytes.

    `exception` is what it was expected to raise, and did, as `type: message`.
    """

    example: Example
    failure: Failure | None
    duration: float = 0.0
    stdout: str = ""
    stderr: str = ""
    peak_memory: int = 0
    arrays: tuple[ArraySummary, ...] = ()
    exception: str | None = None


class Launch(Struct, frozen=True):
    """With what a group is run.

    `path` is the card's path as its readers know it, and as tracebacks show it; `network`
    has the variables that lead to the mirror; `time_limit` is in seconds, for all the
    examples of the group together that have none of their own.
    """

    python: Path
    path: str
    network: Mapping[str, str]
    time_limit: float
    limits: LimitSettings = LimitSettings()


@dataclass
class GroupSession:
    """A running group. Each example is executed at most once, after all it depends on.

    `missing` has what the system does not keep the code from, as phrases; it is known when an
    example was executed.
    """

    group: Group
    launch: Launch
    process: GroupProcess
    time_left: float
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    is_cancelled: bool = False
    _has_begun: bool = False

    @property
    def workspace(self) -> Workspace:
        """The folders of the group."""
        return self.process.workspace

    def outcome(self, example: Example) -> Outcome:
        """What executing `example` shows; runs what it depends on first, unless it has run."""
        for earlier in self.group.examples:
            if earlier.id not in self.outcomes:
                self.outcomes[earlier.id] = self._next_outcome(earlier)
            if earlier.id == example.id:
                break
        return self.outcomes[example.id]

    def cancel(self) -> None:
        """Have every process of the group ended, from another thread than the one that runs it."""
        self.is_cancelled = True
        self.process.order(messages.CANCEL)

    def close(self) -> None:
        """End every process of the group, and remove its folders."""
        self.process.close()

    def _next_outcome(self, example: Example) -> Outcome:
        if example.block.treatment in (Treatment.SKIP, Treatment.NOT_CODE):
            return Outcome(example, None)
        for earlier in self.outcomes.values():
            # What is only compiled leaves nothing that others could depend on.
            if earlier.failure and earlier.example.block.treatment is not Treatment.COMPILE:
                path = self.launch.path
                failure = _dependency_failure(example, earlier.example, earlier.failure, path)
                return Outcome(example, failure)
        if not self._has_begun:
            self._has_begun = True
            self.missing = self.process.begin(self.launch.path, self.group.card.text)
        return _execute(self, example)


def _execute(session: GroupSession, example: Example) -> Outcome:
    # The code under test could write reports of its own; it is not told this number, though
    # it can find it when it searches its own process.
    number = secrets.token_hex(16)
    block = example.block
    request = as_line(
        {
            "id": number,
            "code": block.code,
            "line": block.code_line,
            "columns": block.code_columns,
            "only_compile": block.treatment is Treatment.COMPILE,
            "raises": block.attributes.raises,
        }
    )
    own_limit = block.attributes.timeout
    started = time.monotonic()
    heard = _converse(
        session, request, started + (session.time_left if own_limit is None else own_limit)
    )
    elapsed = time.monotonic() - started
    if own_limit is None:
        session.time_left -= elapsed
    report = _parsed_report(bytes(heard.reports), number)
    fate = _told(bytes(heard.fate))
    has_report = report is not None and not heard.is_over_limit
    return Outcome(
        example,
        _failure(session, example, report, fate, heard),
        duration=report.duration if report and has_report else elapsed,
        stdout=heard.stdout.text(),
        stderr=heard.stderr.text(),
        peak_memory=max(fate.get("peak", 0), report.memory if report and has_report else 0),
        arrays=report.arrays if report and has_report else (),
        exception=_expected_exception(report) if has_report else None,
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
    pipes = session.process.pipes
    is_asked_for_peak = False
    answers_before = 0
    with selectors.DefaultSelector() as selector:
        for source, sink in (
            (pipes.stdout, heard.stdout.add),
            (pipes.stderr, heard.stderr.add),
            (pipes.reports, heard.reports.extend),
            (pipes.fate, heard.fate.extend),
        ):
            os.set_blocking(source, False)
            selector.register(source, selectors.EVENT_READ, sink)
        os.set_blocking(pipes.requests, False)
        selector.register(pipes.requests, selectors.EVENT_WRITE, bytearray(request))
        while pipes.fate in selector.get_map() and not _is_final(heard.fate):
            now = time.monotonic()
            if is_asked_for_peak and heard.fate.count(b"\n") > answers_before:
                break
            if _has_reported(heard) and not is_asked_for_peak:
                # What it says is all that is to come; the supervisor adds what it has seen.
                is_asked_for_peak = True
                deadline = max(deadline, now + _SECONDS_TO_TELL)
                answers_before = heard.fate.count(b"\n")
                session.process.order(messages.PEAK)
            if now >= deadline:
                if heard.is_over_limit or is_asked_for_peak:
                    break
                heard.is_over_limit = True
                deadline = now + _SECONDS_TO_TELL
                session.process.order(messages.LIMIT)
            _exchange(selector, deadline - now)
        # What was printed before the report was sent is in the pipes by now; something that
        # the block has left behind may go on printing.
        deadline = time.monotonic() + _SECONDS_OF_LEFT_OVER_OUTPUT
        while time.monotonic() < deadline and _exchange(selector, 0):
            pass
    return heard


def _exchange(selector: selectors.BaseSelector, timeout: float) -> bool:
    """Read and write what is ready; whether anything was read."""
    has_read = False
    for key, events in selector.select(max(timeout, 0)):
        if events & selectors.EVENT_WRITE:
            written = write(key.fd, key.data)
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


def _is_final(fate: bytearray) -> bool:
    """Whether the supervisor has told the end of the group."""
    return fate.endswith(b"\n") and b'"exit_code"' in fate


def _has_reported(heard: _Heard) -> bool:
    if len(heard.reports) > _MAX_REPORT_BYTES:
        return True
    return not heard.is_over_limit and heard.reports.endswith(b"\n")


class _Report(Struct, frozen=True):
    """What the code's process tells of a block."""

    chain: tuple[Raised, ...]
    is_expected: bool
    reached: str | None
    duration: float
    memory: int
    arrays: tuple[ArraySummary, ...]


def _failure(
    session: GroupSession,
    example: Example,
    report: _Report | None,
    fate: Mapping[str, Any],
    heard: _Heard,
) -> Failure | None:
    """Why the example failed, if it did."""
    first_line = example.block.code_line
    stopped_at = _card_line(fate.get("stack", ""), session.launch.path)
    line = stopped_at or first_line
    where = f" in line {stopped_at}" if stopped_at else ""
    if heard.is_over_limit:
        own = example.block.attributes.timeout
        limit = f"{session.launch.time_limit:g} s for the group"
        limit = limit if own is None else f"{own:g} s for the block"
        summary = f"time limit of {limit} reached{where}"
        return Failure(FailureKind.TIME_LIMIT, summary, line)
    if report is not None and report.reached:
        # The code was told so by the system before the supervisor saw it.
        return _failure_reported(session, example, report)
    if fate.get("reached"):
        return _limit_failure(fate["reached"], session.launch.limits, line, where)
    if session.is_cancelled:
        return Failure(FailureKind.CANCELLED, "the run was ended before the block was done", line)
    if heard.reports:
        if report is None:
            summary = "the code wrote into the connection between the worker and the runner"
            return Failure(FailureKind.UNREADABLE, summary, first_line)
        return _failure_reported(session, example, report)
    return _end_of_process(fate, first_line, line, where)


def _failure_reported(session: GroupSession, example: Example, report: _Report) -> Failure | None:
    expected = example.block.attributes.raises
    first_line = example.block.code_line
    if not report.chain:
        if example.block.treatment is Treatment.RAISE:
            summary = f"{expected} was expected, and nothing was raised"
            return Failure(FailureKind.NOT_RAISED, summary, first_line)
        return None
    if report.is_expected:
        return None
    failure = _raised(report.chain, first_line)
    if report.reached:
        where = f" in line {failure.line}"
        limit = _limit_failure(report.reached, session.launch.limits, failure.line, where)
        return replace(limit, summary=f"{limit.summary}: {failure.summary}", chain=failure.chain)
    if expected:
        return replace(failure, summary=f"{failure.summary}\n({expected} was expected)")
    return failure


def _limit_failure(reached: str, limits: LimitSettings, line: int, where: str) -> Failure:
    kind, limit = {
        messages.MEMORY: (FailureKind.MEMORY_LIMIT, f"memory limit of {limits.memory:,} MB"),
        messages.PROCESSES: (
            FailureKind.PROCESS_LIMIT,
            f"limit of {limits.processes:,} processes at a time",
        ),
        messages.THREADS: (
            FailureKind.PROCESS_LIMIT,
            f"limit of {limits.processes * THREADS_A_PROCESS:,} threads at a time",
        ),
        messages.FILES: (FailureKind.FILE_LIMIT, f"limit of {limits.files:,} MB of files"),
        messages.NESTING: (FailureKind.FILE_LIMIT, "limit on how deep folders are nested"),
    }[reached]
    return Failure(kind, f"{limit} reached{where}", line)


def _end_of_process(fate: Mapping[str, Any], first_line: int, line: int, where: str) -> Failure:
    if fate.get("signal") is not None:
        name = _signal_name(fate["signal"])
        return Failure(FailureKind.KILLED, f"the process was killed by {name}{where}", line)
    if fate.get("exit_code") is not None:
        code = fate["exit_code"]
        if code == messages.CANNOT_REPORT:
            summary = "the code closed the connection between the worker and the runner"
            return Failure(FailureKind.UNREADABLE, summary, first_line)
        if code == messages.BROKEN:
            summary = "the worker is broken: the code has changed what the worker needs itself"
            return Failure(FailureKind.UNREADABLE, summary, first_line)
        summary = f"the process ended with exit code {code} before the block was done"
        return Failure(FailureKind.EXITED, summary, line)
    summary = "the worker is gone: the code, or somebody else, has killed it"
    return Failure(FailureKind.UNREADABLE, summary, first_line)


def _expected_exception(report: _Report | None) -> str | None:
    if report is None or not report.is_expected or not report.chain:
        return None
    return _as_text(report.chain[0])


def _told(fate: bytes) -> dict[str, Any]:
    """What the supervisor has told last; an answer may have come later than it was waited for."""
    return dict(json.loads(fate.splitlines()[-1])) if fate.endswith(b"\n") else {}


def _parsed_report(data: bytes, number: str) -> _Report | None:
    """The report with this number; none when it is another, or not a report at all."""
    try:
        report = json.loads(data)
        if report["id"] != number:
            return None
        return _Report(
            chain=tuple(map(_raised_one, report["exception"] or ())),
            is_expected=bool(report["is_expected"]),
            reached=report["reached"],
            duration=float(report["duration"]),
            memory=int(report["memory"]),
            arrays=tuple(map(_array, report["arrays"])),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _raised_one(item: Mapping[str, Any]) -> Raised:
    frames = tuple(
        Frame(
            frame["path"],
            frame["line"],
            frame["function"],
            frame["of_card"],
            _pair(frame["columns"]),
        )
        for frame in item["frames"]
    )
    return Raised(item["type"], item["message"], frames, item["link"])


def _array(item: Mapping[str, Any]) -> ArraySummary:
    return ArraySummary(
        name=str(item["name"]),
        kind=str(item["kind"]),
        shape=tuple(map(int, item["shape"])),
        dtype=str(item["dtype"]),
        minimum=None if item["minimum"] is None else float(item["minimum"]),
        maximum=None if item["maximum"] is None else float(item["maximum"]),
    )


def _pair(columns: list[int] | None) -> tuple[int, int] | None:
    return (columns[0], columns[1]) if columns else None


def _raised(chain: tuple[Raised, ...], first_line: int) -> Failure:
    error = chain[0]
    lines = [frame.line for frame in error.frames if frame.of_card]
    line = lines[-1] if lines else first_line
    return Failure(FailureKind.RAISED, _as_text(error), line, chain)


def _as_text(error: Raised) -> str:
    return f"{error.type}: {error.message}" if error.message else error.type


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
