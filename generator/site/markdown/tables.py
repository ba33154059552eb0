"""Pipe tables, after the extension of GitHub Flavored Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

_CELL = re.compile(r"(?:\\[!-/:-@\[-`{-~]|[^|])+")
_DELIMITER_ROW = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_ALIGNMENTS = {(True, True): "center", (True, False): "left", (False, True): "right"}


class Table(Struct, frozen=True):
    """A table in a paragraph: its head is line `first` of it, and all that follows are rows.

    `alignments` has `left`, `center`, `right` or nothing for each column. Every row has as
    many cells as the head.
    """

    first: int
    alignments: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def find_table(texts: Sequence[str]) -> Table | None:
    """The table that the lines of a paragraph hold, if there is one."""
    for index, text in enumerate(texts[1:], 1):
        if ("|" not in text and ":" not in text) or not _DELIMITER_ROW.fullmatch(text):
            continue
        delimiters = _cells(text)
        head = _cells(texts[index - 1])
        if len(head) != len(delimiters):
            continue
        width = len(head)
        rows = (_cells(row) for row in texts[index + 1 :])
        return Table(
            first=index - 1,
            alignments=tuple(_alignment(cell) for cell in delimiters),
            head=head,
            rows=tuple((*row, *("",) * width)[:width] for row in rows),
        )
    return None


def _cells(text: str) -> tuple[str, ...]:
    text = text.strip()
    cells: list[str] = []
    position = 1 if text.startswith("|") else 0
    while position < len(text):
        match = _CELL.match(text, position)
        cells.append(match.group().strip().replace("\\|", "|") if match else "")
        position = (match.end() if match else position) + 1
    return tuple(cells)


def _alignment(delimiter: str) -> str:
    return _ALIGNMENTS.get((delimiter.startswith(":"), delimiter.endswith(":")), "")
