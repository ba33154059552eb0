"""Whether headings and tables are as they were meant: levels that follow, rows that are whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from generator.cards import rules
from generator.cards.model import Section
from generator.cards.tables import Table
from generator.diagnostics import Diagnostic
from generator.source import Span


def heading_jumps(path: str, section: Section) -> Iterator[Diagnostic]:
    """A diagnostic for each heading that is more than one level below the one before it.

    The first heading of a section may have any level: cards begin with the third by custom.
    """
    for before, heading in pairwise(section.headings):
        if heading.level > before.level + 1:
            message = f"a heading of level {heading.level} follows one of level {before.level}"
            hint = f"write it with {'#' * (before.level + 1)}"
            yield rules.HEADING_JUMP.at(path, heading.span, message, hint)


def uneven_rows(path: str, tables: Sequence[Table]) -> Iterator[Diagnostic]:
    """A diagnostic for each row of a table that has not as many cells as its header."""
    for table in tables:
        wanted = len(table.header)
        for row in table.rows:
            if len(row) == wanted:
                continue
            first = row[wanted] if len(row) > wanted else row[0]
            span = Span(first.span.start, row[-1].span.end)
            message = f"the row has {_cells(len(row))}, the header of its table {wanted}"
            hint = 'write "\\|" for a bar that is text; a blank line ends a table'
            if len(row) < wanted and len(row) > 1:
                hint = "write the missing ones, if only as | |"
            yield rules.UNEVEN_ROW.at(path, span, message, hint)


def _cells(number: int) -> str:
    return "1 cell" if number == 1 else f"{number} cells"
