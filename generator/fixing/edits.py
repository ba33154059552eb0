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
    those of the file do.
    """
    text = data.decode("utf-8")
    starts = _line_starts(text)
    line_end = _line_end_of(text)
    made: list[_Replacement] = []
    for group in groups:
        wanted = [
            _Replacement(
                _offset(text, starts, edit.span.start),
                _offset(text, starts, edit.span.end),
                _LINE_END.sub(line_end, edit.text),
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


def _line_end_of(text: str) -> str:
    found = _LINE_END.search(text)
    return found.group() if found else "\n"


def _offset(text: str, starts: Sequence[int], place: Position) -> int:
    start = starts[place.line - 1] if place.line <= len(starts) else len(text)
    return min(start + place.column - 1, len(text))


def _touch(one: _Replacement, two: _Replacement) -> bool:
    return one.start <= two.end and two.start <= one.end
