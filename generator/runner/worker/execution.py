"""Executes the blocks of one group, in one namespace, and reports what came of each."""

from __future__ import annotations
import __future__

import ast
import contextlib
import ctypes
import errno
import faulthandler
import json
import linecache
import os
import resource
import sys
import time
import types
from typing import Any, NoReturn

from . import messages
from .arrays import summaries
from .printing import PrintedArrays, observe_print
from .supervisor import STACK_SIGNAL

MAX_MESSAGE = 10_000
MAX_CARD_FRAMES = 20
MAX_LIBRARY_FRAMES = 6
MAX_CHAIN = 3

_FOLDER = os.path.dirname(__file__)
_FUTURE_FLAGS = 0
for _feature in __future__.all_feature_names:
    _FUTURE_FLAGS |= getattr(__future__, _feature).compiler_flag


def execute_requests(requests: int, reports: int, stack: int, missing: list[str]) -> NoReturn:
    """Execute block after block, and report each; ends the process, and never returns.

    The first report has what is `missing` of the confinement. `stack` is a descriptor for
    the lines that were being executed at a crash, or when `STACK_SIGNAL` came.
    """
    # A crash writes only the thread at fault; the time limit wants to know of all.
    faulthandler.enable(file=stack, all_threads=False)
    faulthandler.register(STACK_SIGNAL, file=stack, all_threads=True)
    with open(requests, encoding="utf-8") as lines:
        card = CardText(**json.loads(next(lines)))
        namespace = _become_main_module(card)
        printed = observe_print()
        _send(reports, {"missing": missing})
        flags = 0
        for line in lines:
            request = json.loads(line)
            if request["only_compile"]:
                report = compile_alone(request, card, flags)
            else:
                report, flags = run_block(request, card, namespace, flags, printed)
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
    request: dict[str, Any],
    card: CardText,
    namespace: dict[str, Any],
    flags: int,
    printed: PrintedArrays,
) -> tuple[dict[str, Any], int]:
    """Run one block: its report, and the compiler flags that hold for the blocks after it."""
    report = _empty_report(request)
    known = set(namespace)
    peak_before = _peak_memory()
    code = None
    started = time.perf_counter()
    try:
        code = compile_block(request, card, flags)
        flags |= code.co_flags & _FUTURE_FLAGS
        started = time.perf_counter()
        try:
            exec(code, namespace)
        finally:
            # What the block traces with is for its own code, and could stop what follows here.
            sys.settrace(None)
            sys.setprofile(None)
    except BaseException as error:
        report["duration"] = time.perf_counter() - started
        report.update(_told_of(error, card, request["raises"]))
    else:
        report["duration"] = time.perf_counter() - started
    peak = _peak_memory()
    report["memory"] = peak if peak > peak_before else _memory()
    if code is not None:
        named = summaries(code, namespace, known)
        report["arrays"] = [*named, *printed.take(namespace)]
    return report, flags


def compile_alone(request: dict[str, Any], card: CardText, flags: int) -> dict[str, Any]:
    """Compile one block, and execute nothing of it: its report."""
    report = _empty_report(request)
    started = time.perf_counter()
    try:
        compile_block(request, card, flags)
    except BaseException as error:
        report["exception"] = describe(error, card)
    report["duration"] = time.perf_counter() - started
    return report


def _empty_report(request: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": request["id"],
        "duration": 0.0,
        "exception": None,
        "reached": None,
        "is_expected": False,
        "memory": 0,
        "arrays": [],
    }


def _told_of(error: BaseException, card: CardText, expected: str | None) -> dict[str, Any]:
    try:
        return {
            "exception": describe(error, card),
            "reached": _limit_reached(error),
            "is_expected": _is_expected(error, expected),
        }
    except BaseException:
        # The card may have made a class of which nothing can be asked.
        trace = BaseException.__dict__["__traceback__"].__get__(error)
        told = {
            "type": "an exception of which nothing can be told",
            "message": "",
            "link": None,
            "frames": _frames(trace, card),
        }
        return {"exception": [told]}


def _limit_reached(error: BaseException) -> str | None:
    if isinstance(error, MemoryError):
        return messages.MEMORY
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return messages.FILES
    return None


def _is_expected(error: BaseException, name: str | None) -> bool:
    """Whether the error is of the class with this name, qualified or not, or of one below."""
    names = set()
    for kind in type(error).__mro__:
        names |= {kind.__name__, kind.__qualname__, f"{kind.__module__}.{kind.__qualname__}"}
    return name in names


def _peak_memory() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


def _memory() -> int:
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return _peak_memory()


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
        name = f"{kind.__module__}.{name}"
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
        if os.path.dirname(code.co_filename) != _FOLDER:
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
        os._exit(messages.CANNOT_REPORT)
