"""Whether a table says the same in two languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.cards import rules
from generator.cards.parity.cells import have_same_numbers, manner_of_column, say_the_same
from generator.cards.tables import Cell, Table
from generator.diagnostics import Diagnostic, shortened
from generator.source import Span

_Row = tuple[Cell, ...]
_MOST_ROWS_MATCHED = 5000


def differences_of_tables(
    path: str, language: str, first: Table, other: Table
) -> Iterator[Diagnostic]:
    """The differences of `other` from `first`, which stands in `language`, each at its place.

    Rows are matched by what their first cell says in letters of ASCII and digits, if that
    tells them apart, else by their order.
    """
    if len(first.header) != len(other.header):
        line = _line(first.header)
        message = (
            f"the table has {len(other.header)} columns here, "
            f"{len(first.header)} in line {line} ({language})"
        )
        span = _row_span(other.header)
        hint = "give both the same columns"
        yield rules.TABLES_DIFFER.at(path, span, message, hint)
        return
    pairs, missing, added = _matched_rows(first.rows, other.rows)
    for row, before in missing:
        name = shortened(row[0].text or row[-1].text)
        place = other.header if before is None else before
        message = f'the row "{name}" of line {_line(row)} ({language}) is missing below this one'
        yield rules.TABLES_DIFFER.at(path, _row_span(place), message, "add it, or remove it there")
    for row in added:
        name = shortened(row[0].text or row[-1].text)
        message = f'the row "{name}" has no counterpart in the table of {language}'
        hint = f"add it below line {_line(first.header)}, or remove it here"
        yield rules.TABLES_DIFFER.at(path, _row_span(row), message, hint)
    for one, two in zip(first.header, other.header, strict=True):
        if not have_same_numbers(one, two):
            yield _other_value(path, language, one, two)
    manners = [
        manner_of_column(titles, _pairs_of_cells(pairs, column))
        for column, titles in enumerate(zip(first.header, other.header, strict=True))
    ]
    for mine, theirs in pairs:
        for one, two, manner in zip(mine, theirs, manners, strict=False):
            if not say_the_same(one, two, manner):
                yield _other_value(path, language, one, two)


def _other_value(path: str, language: str, one: Cell, two: Cell) -> Diagnostic:
    message = (
        f"{shortened(two.text) or 'nothing'} stands here, "
        f"{shortened(one.text) or 'nothing'} in line {one.span.start.line} ({language})"
    )
    hint = "make them the same: they are the same fact"
    return rules.VALUES_DIFFER.at(path, two.span, message, hint)


def _matched_rows(
    first: Sequence[_Row], other: Sequence[_Row]
) -> tuple[list[tuple[_Row, _Row]], list[tuple[_Row, _Row | None]], list[_Row]]:
    """The rows that belong together; the first's that are missing, and where; the other's own."""
    mine, theirs = [_key(row) for row in first], [_key(row) for row in other]
    if not (_tell_apart(mine) and _tell_apart(theirs) and set(mine) & set(theirs)):
        pairs = list(zip(first, other, strict=False))
        last = other[-1] if other else None
        missing = [(row, last) for row in first[len(other) :]]
        return pairs, missing, list(other[len(first) :])
    by_key = dict(zip(theirs, other, strict=True))
    pairs, missing = [], []
    before: _Row | None = None
    for key, row in zip(mine, first, strict=True):
        if key in by_key:
            before = by_key[key]
            pairs.append((row, before))
        else:
            missing.append((row, before))
    known = set(mine)
    added = [row for key, row in zip(theirs, other, strict=True) if key not in known]
    if len(missing) == len(added):
        # The first cell differs, the row is the same one.
        pairs += [(row, new) for (row, _), new in zip(missing, added, strict=True)]
        return pairs, [], []
    return pairs, missing, added


def _tell_apart(keys: Sequence[str]) -> bool:
    return all(keys) and len(set(keys)) == len(keys)


def _key(row: _Row) -> str:
    return "".join(char for char in row[0].text.casefold() if char.isalnum() and char.isascii())


def _pairs_of_cells(pairs: Sequence[tuple[_Row, _Row]], column: int) -> Sequence[tuple[Cell, Cell]]:
    return [
        (one[column], two[column])
        for one, two in pairs[:_MOST_ROWS_MATCHED]
        if column < min(len(one), len(two))
    ]


def _line(row: _Row) -> int:
    return row[0].span.start.line


def _row_span(row: _Row) -> Span:
    return Span(row[0].span.start, row[-1].span.end)
