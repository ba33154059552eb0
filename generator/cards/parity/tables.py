"""Whether a table says the same in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator.cards import rules
from generator.cards.parity.numbers import Number, all_values, numbers_of_cell
from generator.cards.tables import Cell, Table
from generator.diagnostics import Diagnostic, shortened
from generator.source import Span

_LONGEST_CELL = 500
_LONGEST_DATE = 30
_DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]|[-/.]\s?(?:19|20)\d\d", re.ASCII)
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
    scales = [_scale(pairs, column) for column in range(len(first.header))]
    for mine, theirs in [(first.header, other.header), *pairs]:
        for column, (one, two) in enumerate(zip(mine, theirs, strict=False)):
            scale = scales[column] if column < len(scales) else Decimal(1)
            if one.text != two.text and not _agree(one, two, scale):
                message = (
                    f"{shortened(two.text) or 'nothing'} stands here, "
                    f"{shortened(one.text) or 'nothing'} in line {one.span.start.line} ({language})"
                )
                hint = "make them the same: they are the same fact"
                yield rules.VALUES_DIFFER.at(path, two.span, message, hint)


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


def _scale(pairs: Sequence[tuple[_Row, _Row]], column: int) -> Decimal:
    """By which power of ten a column's numbers all differ, its unit being another one."""
    if all(
        one[column].text == two[column].text
        for one, two in pairs
        if column < min(len(one), len(two))
    ):
        return Decimal(1)
    ratios = set()
    for mine, theirs in pairs[:_MOST_ROWS_MATCHED]:
        if column >= min(len(mine), len(theirs)):
            continue
        one, two = _numbers(mine[column]), _numbers(theirs[column])
        if len(one) != 1 or len(two) != 1 or one[0].keys & two[0].keys:
            continue
        if one[0].amount and two[0].amount and None in (one[0].factor, two[0].factor):
            ratios.add((one[0].amount / two[0].amount).normalize())
    ratio = ratios.pop() if len(ratios) == 1 and len(pairs) > 1 else Decimal(1)
    return ratio if ratio.as_tuple().digits == (1,) else Decimal(1)


def _agree(one: Cell, two: Cell, scale: Decimal) -> bool:
    mine, theirs = _numbers(one), _numbers(two)
    if not mine and not theirs:
        return True
    if len(mine) == len(theirs) and not _are_dates(one, two):
        return all(_are_same(a, b, scale) for a, b in zip(mine, theirs, strict=True))
    # What one writes in digits, the other may write in words, or as part of a name.
    in_one, in_two = all_values(one.text), all_values(two.text)
    return all(a.keys & in_two for a in mine) and all(b.keys & in_one for b in theirs)


def _are_same(one: Number, two: Number, scale: Decimal) -> bool:
    return bool(one.keys & two.keys) or one.amount / scale == two.amount


def _are_dates(one: Cell, two: Cell) -> bool:
    """Whether both are dates, in which each language has its own order."""
    return all(len(cell.text) <= _LONGEST_DATE and _DATE.search(cell.text) for cell in (one, two))


def _numbers(cell: Cell) -> tuple[Number, ...]:
    return numbers_of_cell(cell.text[:_LONGEST_CELL])


def _line(row: _Row) -> int:
    return row[0].span.start.line


def _row_span(row: _Row) -> Span:
    return Span(row[0].span.start, row[-1].span.end)
