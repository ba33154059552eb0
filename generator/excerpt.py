"""The line that a diagnostic is about, with a mark under the exact span, for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from wcwidth import wcwidth

from generator.diagnostics import ENGLISH_REPORT, Diagnostic, ReportWords, printable
from generator.untrusted import links_to_another_kind

_LINE_END = re.compile(r"\r\n|\r|\n")
_TAB = 4
_WIDEST = 100
"""Terminal columns that a line may take before it is cut around the span."""
_BEFORE = 30
_MAX_BYTES = 4_000_000


class _Cell(Struct, frozen=True):
    """What stands for one code point, and the columns it takes."""

    text: str
    width: int


def lines_of(path: str) -> tuple[str, ...]:
    """The lines of the file, without their ends; none if it can't be read.

    Bytes that are not UTF-8 become a replacement character each.
    """
    if links_to_another_kind(path):
        return ()
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MAX_BYTES) if Path(path).is_file() else b""
    except OSError:
        return ()
    return tuple(_LINE_END.split(data.decode("utf-8-sig", errors="replace")))


def excerpt(lines: Sequence[str], diagnostic: Diagnostic) -> tuple[str, ...]:
    """Three lines to print: an empty gutter, the source line, and the mark under the span.

    There is none when the span is not in `lines`, as in a file that can't be read.
    """
    start, end = diagnostic.span.start, diagnostic.span.end
    if not 1 <= start.line <= len(lines):
        return ()
    cells = [_cell(char) for char in lines[start.line - 1]]
    first = min(start.column - 1, len(cells))
    last = len(cells) if end.line > start.line else min(end.column - 1, len(cells))
    shown, before, marked = _around(cells, first, max(first, last))
    gutter = " " * len(str(start.line))
    return (
        f"{gutter} |",
        f"{start.line} | {shown}".rstrip(),
        f"{gutter} | {' ' * before}{'^' * max(1, marked)}",
    )


def as_excerpts(diagnostics: Iterable[Diagnostic], words: ReportWords = ENGLISH_REPORT) -> str:
    """Each diagnostic with the line it is about, and the codes that can be looked up."""
    files: dict[str, Sequence[str]] = {}
    parts: list[str] = []
    for item in diagnostics:
        lines = _remembered(files, item.path)
        parts.append(words.headline(item))
        parts += [f"  {line}" for line in excerpt(lines, item)]
        parts.append(words.advice(item))
    return "".join(f"{part}\n" for part in parts)


def source_line(files: Mapping[str, Sequence[str]], diagnostic: Diagnostic) -> str:
    """The text of the line where the diagnostic begins; empty when there is none."""
    lines = files.get(diagnostic.path, ())
    number = diagnostic.span.start.line
    return lines[number - 1] if 1 <= number <= len(lines) else ""


def _remembered(files: dict[str, Sequence[str]], path: str) -> Sequence[str]:
    if path not in files:
        files[path] = lines_of(path)
    return files[path]


def _cell(char: str) -> _Cell:
    if char == "\t":
        return _Cell(" " * _TAB, _TAB)
    width = wcwidth(char)
    # A combining mark is shown with the character before it, and takes no column.
    if char.isprintable() and width >= 0:
        return _Cell(char, width)
    escaped = printable(char)
    return _Cell(escaped, len(escaped))


def _around(cells: Sequence[_Cell], first: int, last: int) -> tuple[str, int, int]:
    """What is shown of a line, the columns before the span, and those of the span."""
    begin, room = first, _BEFORE
    if sum(cell.width for cell in cells) <= _WIDEST:
        begin, room = 0, 0
    while begin > 0 and cells[begin - 1].width <= room:
        begin -= 1
        room -= cells[begin].width
    left = "…" if begin else ""
    stop, width = begin, len(left)
    while stop < len(cells) and width + cells[stop].width < _WIDEST + 1:
        width += cells[stop].width
        stop += 1
    right = "…" if stop < len(cells) else ""
    shown = left + "".join(cell.text for cell in cells[begin:stop]) + right
    before = len(left) + sum(cell.width for cell in cells[begin:first])
    return shown, before, sum(cell.width for cell in cells[first : min(last, stop)])
