"""Executes the blocks of one group; run by the interpreter of a runtime.

Only the standard library is used, in the form that CPython 3.7 has it, since the runtime
is the card's choice and has nothing of this program.

Two processes: the *supervisor*, which runs no code of the card, and its child, which runs
all of it in one namespace. The supervisor adopts what the child leaves behind, and ends
all of it when the runner asks for the end, or is gone.

    python -I -X utf8 worker.py LIFE REQUESTS REPORTS FATE FOLDER

`LIFE` to `FATE` are file descriptors. On `LIFE` the runner sends `LIMIT` when time is up;
its end of file means the end. `REQUESTS` has JSON lines: first the card's path and text,
then a block each. `REPORTS` has a JSON line for each block. `FATE` has one JSON line, when
the child ended before it was told to. `FOLDER` is the group's folder, which goes with it.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import ctypes
import faulthandler
import json
import linecache
import os
import select
import shutil
import signal
import sys
import time
import types
from typing import Any, NoReturn

LIMIT = b"L"
CANNOT_REPORT = 97
MAX_MESSAGE = 10_000
MAX_CARD_FRAMES = 20
MAX_LIBRARY_FRAMES = 6
MAX_CHAIN = 3

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_STACK_SIGNAL = signal.SIGUSR2
_STACK_WAIT = 0.5
_FUTURE_FLAGS = 0
for _feature in __future__.all_feature_names:
    _FUTURE_FLAGS |= getattr(__future__, _feature).compiler_flag


def main(arguments: list[str]) -> None:
    """Supervise a child that executes what `REQUESTS` asks for; returns when all is over."""
    life, requests, reports, fate = map(int, arguments[:4])
    folder = arguments[4]
    stack_path = os.path.join(folder, "stack")
    _process_control(_PR_SET_CHILD_SUBREAPER, 1)
    wakeup, wakeup_end = os.pipe()
    os.set_blocking(wakeup_end, False)
    supervisor = os.getpid()
    child = os.fork()
    if child == 0:
        for descriptor in (life, fate, wakeup, wakeup_end):
            os.close(descriptor)
        os.setpgid(0, 0)
        _process_control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != supervisor:
            os._exit(CANNOT_REPORT)
        execute_requests(requests, reports, stack_path)
    os.close(requests)
    os.close(reports)
    _let_go_of_standard_streams()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    # With a handler, however little it does, the wakeup pipe is told of each end of a child.
    signal.signal(signal.SIGCHLD, _do_nothing)
    signal.set_wakeup_fd(wakeup_end, warn_on_full_buffer=False)
    supervise(child, life, fate, wakeup, folder, stack_path)


def supervise(child: int, life: int, fate: int, wakeup: int, folder: str, stack_path: str) -> None:
    """Wait for the child's end or the runner's word, then end everything and tell."""
    status = None
    order = None
    while status is None and order is None:
        # Looked at before waiting: the child may have ended before the handler was there.
        status = _reap(child)
        if status is None:
            ready, _, _ = select.select([life, wakeup], [], [])
            if wakeup in ready:
                os.read(wakeup, 512)
            if life in ready:
                order = os.read(life, 1)
    if order == LIMIT:
        _ask_for_stack(child, stack_path)
    ended = end_descendants(child)
    if order == b"":
        shutil.rmtree(folder, ignore_errors=True)
        return
    message = {"stack": _read_stack(stack_path), "exit_code": None, "signal": None}
    message.update(_fate_of(status if status is not None else ended))
    with contextlib.suppress(OSError):
        os.write(fate, (json.dumps(message) + "\n").encode("ascii"))
    os.close(fate)
    while order != b"":
        order = os.read(life, 1)
    shutil.rmtree(folder, ignore_errors=True)


def end_descendants(child: int) -> int | None:
    """Kill and reap every descendant of this process; the wait status of `child`, if it was one.

    What a killed process leaves behind comes to this process (it is the reaper), so the
    rounds end when nothing is left.
    """
    found = None
    while True:
        with contextlib.suppress(OSError):
            os.killpg(child, signal.SIGKILL)
        for process in _descendants(os.getpid()):
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if process == child:
            found = status
        if process == 0:
            time.sleep(0.002)


def _do_nothing(*_: object) -> None:
    return


def _reap(child: int) -> int | None:
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 0
        if process == child:
            return status
        if process == 0:
            return None


def _descendants(root: int) -> set[int]:
    parents = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return set()
    for name in names:
        if name.isdigit():
            with contextlib.suppress(OSError), open("/proc/" + name + "/stat", "rb") as file:
                # The name in parentheses may itself have spaces and parentheses.
                parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
    found: set[int] = set()
    grown = {root}
    while grown:
        grown = {process for process, parent in parents.items() if parent in grown} - found
        found |= grown
    return found


def _fate_of(status: int | None) -> dict[str, Any]:
    if status is None:
        return {}
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"exit_code": os.WEXITSTATUS(status)}


def _ask_for_stack(child: int, stack_path: str) -> None:
    with contextlib.suppress(OSError):
        os.kill(child, _STACK_SIGNAL)
    deadline = time.monotonic() + _STACK_WAIT
    size = -1
    while time.monotonic() < deadline:
        time.sleep(0.03)
        with contextlib.suppress(OSError):
            new_size = os.path.getsize(stack_path)
            if new_size == size > 0:
                return
            size = new_size


def _read_stack(stack_path: str) -> str:
    try:
        with open(stack_path, encoding="utf-8", errors="replace") as file:
            return file.read(20_000)
    except OSError:
        return ""


def _process_control(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _let_go_of_standard_streams() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def execute_requests(requests: int, reports: int, stack_path: str) -> NoReturn:
    """Execute block after block, and report each; ends the process, and never returns."""
    # Stays open for good: faulthandler writes to it at the very end.
    stack = open(stack_path, "w", encoding="utf-8")  # noqa: SIM115
    # A crash writes only the thread at fault; the time limit wants to know of all.
    faulthandler.enable(file=stack, all_threads=False)
    faulthandler.register(_STACK_SIGNAL, file=stack, all_threads=True)
    with open(requests, encoding="utf-8") as lines:
        card = CardText(**json.loads(next(lines)))
        namespace = _become_main_module(card)
        flags = 0
        for line in lines:
            report, flags = run_block(json.loads(line), card, namespace, flags)
            _flush_output()
            _send(reports, report)
    os._exit(0)


class CardText:
    """The card's path as the reader knows it, and its whole text."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.splitlines(keepends=True)

    def line(self, number: int) -> str:
        """The source line with this number, without its end."""
        return self.lines[number - 1].rstrip("\n") if 0 < number <= len(self.lines) else ""


def run_block(
    request: dict[str, Any], card: CardText, namespace: dict[str, Any], flags: int
) -> tuple[dict[str, Any], int]:
    """Run one block: its report, and the compiler flags that hold for the blocks after it."""
    report = {"id": request["id"], "exception": None}
    started = time.perf_counter()
    try:
        code = compile_block(request, card, flags)
        flags |= code.co_flags & _FUTURE_FLAGS
        started = time.perf_counter()
        exec(code, namespace)
    except BaseException as error:
        report["duration"] = time.perf_counter() - started
        report["exception"] = describe(error, card)
    else:
        report["duration"] = time.perf_counter() - started
    return report, flags


def compile_block(request: dict[str, Any], card: CardText, flags: int) -> Any:
    """The block's code, with the card's path and the lines and columns that it has there."""
    source = "\n" * (request["line"] - 1) + request["code"]
    shifts = {}
    for number, column in enumerate(request["columns"], request["line"]):
        shifts[number] = column - 1
    try:
        if not any(shifts.values()):
            return _compile(source, card.path, flags)
        tree = _compile(source, card.path, flags | ast.PyCF_ONLY_AST)
    except SyntaxError as error:
        _shift_columns(error, shifts, card)
        raise
    # The tree counts columns in bytes of UTF-8, the card in code points.
    widths = {n: len(card.line(n)[:shift].encode("utf-8")) for n, shift in shifts.items()}
    node: Any
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.col_offset += widths.get(node.lineno, 0)
        if hasattr(node, "end_lineno"):
            node.end_col_offset += widths.get(node.end_lineno, 0)
    return _compile(tree, card.path, flags)


def _compile(source: Any, path: str, flags: int) -> Any:
    # What this file imports from __future__ is not to hold for the card.
    return compile(source, path, "exec", flags, dont_inherit=True)


def _shift_columns(error: Any, shifts: dict[int, int], card: CardText) -> None:
    if error.offset:
        error.offset += shifts.get(error.lineno, 0)
    if getattr(error, "end_offset", None):
        error.end_offset += shifts.get(error.end_lineno, 0)
    if error.lineno:
        error.text = card.line(error.lineno)


def describe(error: BaseException, card: CardText) -> list[dict[str, Any]]:
    """An exception as plain data, with those that led to it, at most `MAX_CHAIN` in all."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    link = None
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(chain) < MAX_CHAIN:
        seen.add(id(current))
        chain.append(_describe_one(current, link, card))
        if current.__cause__ is not None:
            current, link = current.__cause__, "cause"
        elif not current.__suppress_context__:
            current, link = current.__context__, "context"
        else:
            current = None
    return chain


def _describe_one(error: BaseException, link: str | None, card: CardText) -> dict[str, Any]:
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = kind.__module__ + "." + name
    frames = _frames(error.__traceback__, card)
    if isinstance(error, SyntaxError) and error.filename == card.path and error.lineno:
        columns = None
        if error.offset and error.offset > 0:
            columns = [error.offset, error.offset + 1]
        frames.append(_frame(card.path, error.lineno, "<module>", columns, True))
        message = str(error.msg)
    else:
        message = _text_of(error)
    for note in getattr(error, "__notes__", ()):
        message += "\n" + _text_of(note)
    return {"type": name, "message": message[:MAX_MESSAGE], "link": link, "frames": frames}


def _text_of(thing: object) -> str:
    try:
        return str(thing)
    except BaseException as second:
        return "(its text can't be had: " + type(second).__name__ + ")"


def _frames(trace: types.TracebackType | None, card: CardText) -> list[dict[str, Any]]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename != __file__:
            of_card = code.co_filename == card.path
            columns = _columns(trace, card) if of_card else None
            frames.append(_frame(code.co_filename, trace.tb_lineno, code.co_name, columns, of_card))
        trace = trace.tb_next
    last = max((number for number, frame in enumerate(frames) if frame["of_card"]), default=-1)
    cards_own = [frame for frame in frames if frame["of_card"]]
    return [
        *_middle_left_out(cards_own, MAX_CARD_FRAMES),
        *_middle_left_out(frames[last + 1 :], MAX_LIBRARY_FRAMES),
    ]


def _middle_left_out(frames: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    if len(frames) <= most:
        return frames
    return frames[: most // 2] + frames[len(frames) - (most - most // 2) :]


def _columns(trace: types.TracebackType, card: CardText) -> list[int] | None:
    positions = getattr(trace.tb_frame.f_code, "co_positions", None)
    if positions is None or trace.tb_lasti < 0:
        return None
    for index, (line, end_line, start, end) in enumerate(positions()):
        if index == trace.tb_lasti // 2:
            if line != end_line or line != trace.tb_lineno or start is None or end is None:
                return None
            source = card.line(line).encode("utf-8")
            return [
                len(source[:start].decode("utf-8", "replace")) + 1,
                len(source[:end].decode("utf-8", "replace")) + 1,
            ]
    return None


def _frame(
    path: str, line: int, function: str, columns: list[int] | None, of_card: bool
) -> dict[str, Any]:
    return {
        "path": path,
        "line": line,
        "function": function,
        "columns": columns,
        "of_card": of_card,
    }


def _become_main_module(card: CardText) -> dict[str, Any]:
    # The card's names must be those of the module `__main__`, or nothing that it defines
    # could be pickled. It has no `__file__`, as at a prompt: the card is not a program file
    # that `multiprocessing` could import once more.
    main_module = types.ModuleType("__main__")
    main_module.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main_module
    sys.argv = [card.path]
    # A reader's code finds the files beside it.
    sys.path.insert(0, "")
    stream: Any
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    entry = (len("".join(card.lines)), None, card.lines, card.path)
    linecache.cache[card.path] = entry
    return main_module.__dict__


def _flush_output() -> None:
    stream: Any
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            stream.flush()
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).fflush(None)


def _send(reports: int, report: dict[str, Any]) -> None:
    data = (json.dumps(report) + "\n").encode("ascii")
    try:
        while data:
            data = data[os.write(reports, data) :]
    except OSError:
        os._exit(CANNOT_REPORT)


if __name__ == "__main__":
    main(sys.argv[1:])
