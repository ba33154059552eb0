"""Changing a file at some places, and nowhere else: byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from generator.diagnostics import Edit
from generator.source import Position

_BYTE_ORDER_MARK = "\ufeff"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_LINE_END = re.compile(r"\r\n|\r|\n")


class _Replacement(Struct, frozen=True):
    """What takes the place of the text from `start` up to `end`."""

    start: int
    end: int
    text: str


def with_edits(data: bytes, groups: Iterable[Sequence[Edit]]) -> bytes:
    """`data`, which is UTF-8, with these edits; each group is made whole or not at all.

    A group that touches what one before it changes is left out. Lines that are put in end as
    those do in whose place they come, or as the one above.
    """
    text = data.decode("utf-8")
    starts = _line_starts(text)
    line_ends = _LINE_END.findall(text)
    made: list[_Replacement] = []
    for group in groups:
        wanted = [
            _Replacement(
                _offset(text, starts, edit.span.start),
                _offset(text, starts, edit.span.end),
                _with_line_ends(edit, line_ends),
            )
            for edit in group
        ]
        if not any(_touch(new, old) for new in wanted for old in made):
            made += wanted
    pieces, done = [], 0
    for item in sorted(made, key=lambda item: (item.start, item.end)):
        pieces += [text[done : item.start], item.text]
        done = item.end
    return "".join([*pieces, text[done:]]).encode("utf-8")


def _line_starts(text: str) -> list[int]:
    starts = [match.start() for match in _LINE.finditer(text)]
    if text.startswith(_BYTE_ORDER_MARK):
        starts[0] = 1
    return starts


def _with_line_ends(edit: Edit, line_ends: Sequence[str]) -> str:
    """The text with the ends of the lines of the file that it replaces."""
    first, *others = edit.text.split("\n")
    start = edit.span.start.line
    # What is more than was there ends as the last of that does.
    last = max(edit.span.end.line - 1, start)
    pieces = [first]
    for number, line in enumerate(others, start):
        index = min(number, last, len(line_ends)) - 1
        pieces += [line_ends[index] if line_ends else "\n", line]
    return "".join(pieces)


def _offset(text: str, starts: Sequence[int], place: Position) -> int:
    start = starts[place.line - 1] if place.line <= len(starts) else len(text)
    return min(start + place.column - 1, len(text))


def _touch(one: _Replacement, two: _Replacement) -> bool:
    return one.start <= two.end and two.start <= one.end
