"""What the cards' files are when all that has one right answer is mended."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from generator.diagnostics import Diagnostic, Severity, printable
from generator.fixing.edits import with_edits

MOST_ROUNDS = 10
"""Mending one thing can bring another to light, but not without end."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")

Judge = Callable[[Path, bytes], tuple[Diagnostic, ...]]
"""Gives the problems of a file with such content."""


class Mended(Struct, frozen=True):
    """A file, what is in it, and what is to be in it."""

    path: Path
    before: bytes
    after: bytes


def mended_files(diagnostics: Iterable[Diagnostic], judge: Judge) -> Iterator[Mended]:
    """The files in which something is to be mended, as they are when that is done.

    A file in which there would be more errors of a kind than before is left as it is. Raises
    `OSError` when one can't be read.
    """
    by_path: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        by_path.setdefault(item.path, []).append(item)
    for name, found in by_path.items():
        if any(item.edits for item in found):
            path = Path(name)
            before = path.read_bytes()
            after = _mended(path, before, found, judge)
            if after != before:
                yield Mended(path, before, after)


def as_diff(mended: Mended, shown_path: str) -> str:
    """The change as a unified diff, harmless to a terminal."""
    before, after = (
        _LINE.findall(data.decode("utf-8", "replace")) for data in (mended.before, mended.after)
    )
    name = printable(shown_path).lstrip("/")
    lines = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")
    return "".join(_shown(line) for line in lines)


def _mended(path: Path, before: bytes, found: Iterable[Diagnostic], judge: Judge) -> bytes:
    errors = _errors(judge(path, before))
    data = before
    remaining = tuple(found)
    for _ in range(MOST_ROUNDS):
        changed = with_edits(data, [item.edits for item in remaining if item.edits])
        if changed == data:
            break
        remaining = judge(path, changed)
        if any(count > errors[code] for code, count in _errors(remaining).items()):
            break
        data = changed
    return data


def _errors(diagnostics: Iterable[Diagnostic]) -> Mapping[str, int]:
    return Counter(item.code for item in diagnostics if item.severity is Severity.ERROR)


def _shown(line: str) -> str:
    text = line.rstrip("\r\n")
    end = "" if text != line else "\n\\ there is no newline at the end of the file"
    return f"{text[:1]}{printable(text[1:])}{end}\n"
