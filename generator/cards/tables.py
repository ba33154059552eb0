"""The pipe tables of a section, with the place of each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice, pairwise, takewhile

from msgspec import Struct

from generator.cards.model import Line, LineKind
from generator.source import Span

_LONGEST = 500
_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<[^<>]*>")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,100}\]")
# A star between digits is a sign: 224*224.
_MARKUP = re.compile(r"(?<![\d*\\])\*+|(?<!\\)\*+(?![\d*])|`|(?<!\w)_+|_+(?!\w)")


class Cell(Struct, frozen=True):
    """A cell: its source and, as `text`, its words without markup; `span` is the source's."""

    text: str
    span: Span


class Table(Struct, frozen=True):
    """A table; a row may have fewer or more cells than the header."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


def find_tables(lines: Sequence[Line]) -> Iterator[Table]:
    """The tables in the lines of a section, in their order."""
    behind = 0
    for index, (head, delimiter) in enumerate(pairwise(lines)):
        if index < behind or not _is_table_head(head, delimiter):
            continue
        header = _cells(head)
        if len(header) != len(_cells(delimiter)):
            continue
        body = takewhile(partial(_is_row_below, head), islice(lines, index + 2, None))
        rows = tuple(_cells(line) for line in body)
        behind = index + 2 + len(rows)
        yield Table(header, rows)


def _is_table_head(head: Line, delimiter: Line) -> bool:
    return (
        head.kind is LineKind.TEXT
        and "|" in head.content
        and "-" in delimiter.content
        and delimiter.kind is LineKind.TEXT
        and _DELIMITER.fullmatch(delimiter.content) is not None
    )


def _is_row_below(head: Line, line: Line) -> bool:
    return line.kind is LineKind.TEXT and line.containers == head.containers


def _cells(line: Line) -> tuple[Cell, ...]:
    text = line.content
    first = len(text) - len(text.lstrip())
    last = len(text.rstrip())
    start = first + 1 if text.startswith("|", first) else first
    bounds = [start - 1, *(m.start() for m in _UNESCAPED_PIPE.finditer(text, start, last))]
    if bounds[-1] != last - 1 or len(bounds) == 1:
        bounds.append(last)
    return tuple(_cell(line, one + 1, two) for one, two in pairwise(bounds))


def _cell(line: Line, start: int, end: int) -> Cell:
    source = line.content[start:end]
    text = source.strip()
    begin = start + len(source) - len(source.lstrip())
    span = Span.at(line.number, line.column + begin, len(text))
    # What is so long names nothing, and is not worth the time.
    plain = (
        _TAG.sub(" ", _LINK.sub(r"\1", _FOOTNOTE.sub("", text))) if len(text) <= _LONGEST else text
    )
    return Cell(" ".join(_MARKUP.sub("", plain).split()), span)
