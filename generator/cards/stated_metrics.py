"""Whether what a card's sections say of its metrics is what its front matter says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from generator.cards import rules
from generator.cards.metrics import in_language, metrics_named_by
from generator.cards.model import Card, Line, LineKind, MetricTable
from generator.cards.parity.numbers import Number, numbers_of_cell
from generator.cards.tables import Table
from generator.diagnostics import Diagnostic, did_you_mean
from generator.source import Span

_LIKE_COMMENT = re.compile(r"\s*<!--\s*metrics\b[^>]{0,80}", re.IGNORECASE)


def wrong_metrics(card: Card, tables: Mapping[str, Sequence[Table]]) -> Iterator[Diagnostic]:
    """A diagnostic for each comment that stands for no table, and each value of another one.

    `tables` are those that are written out in the sections, by language.
    """
    path, metrics = str(card.path), card.front_matter.metrics
    for section in card.sections:
        for line in section.lines:
            if line.kind in (LineKind.HTML, LineKind.TEXT) and _LIKE_COMMENT.match(line.content):
                yield from _comment_problem(path, line, metrics)
        if metrics:
            for table in tables.get(section.language, ()):
                yield from _wrong_values(path, table, metrics, section.language)


def _comment_problem(
    path: str, line: Line, metrics: Mapping[str, MetricTable]
) -> Iterator[Diagnostic]:
    span = Span.at(line.number, line.column, len(line.content))
    name = metrics_named_by(line)
    if name is None:
        message = "this looks like a comment for metrics, but stands for no table"
        hint = "write it on a line of its own, in no list, as in <!-- metrics: imagenet -->"
        yield rules.BAD_METRICS_COMMENT.at(path, span, message, hint)
    elif name not in metrics:
        message = f'the front matter has no metrics "{name}"'
        hint = did_you_mean(name, list(metrics)) if metrics else "add metrics: to the front matter"
        yield rules.UNKNOWN_METRICS.at(path, span, message, hint)


def _wrong_values(
    path: str, written: Table, metrics: Mapping[str, MetricTable], language: str
) -> Iterator[Diagnostic]:
    known = _values_by_row_and_title(metrics, language)
    titles = [_key(cell.text) for cell in written.header]
    for row in written.rows:
        names = [key for key in (_key(cell.text) for cell in row) if key in known]
        if not names:
            continue
        for cell, title in zip(row, titles, strict=False):
            values = known[names[0]].get(title, [])
            if values and not any(_is_value(cell.text, value) for value, _ in values):
                value, span = values[0]
                message = f"{cell.text or 'nothing'} stands here, {value} in the front matter"
                hint = f"correct one of them: the value is in line {span.start.line}"
                yield rules.METRICS_DIFFER.at(path, cell.span, message, hint)


def _values_by_row_and_title(
    metrics: Mapping[str, MetricTable], language: str
) -> Mapping[str, Mapping[str, Sequence[tuple[str, Span]]]]:
    known: dict[str, dict[str, list[tuple[str, Span]]]] = {}
    for table in metrics.values():
        for row in table.rows:
            for name, value in row.values.items():
                titles = {_key(in_language(table.columns[name], language)), _key(name)}
                for row_name in {_key(row.entrypoint), _key(row.model)} - {""}:
                    for title in titles:
                        values = known.setdefault(row_name, {}).setdefault(title, [])
                        values.append((value, row.spans[name]))
    return known


def _is_value(written: str, value: str) -> bool:
    if written == value:
        return True
    mine, theirs = numbers_of_cell(written), numbers_of_cell(value)
    if len(mine) != len(theirs) or not mine:
        return False
    return all(_is_rounded(a, b) for a, b in zip(mine, theirs, strict=True))


def _is_rounded(written: Number, value: Number) -> bool:
    """Whether one is the other, to as many digits as are written."""
    for one in (written.value, written.amount):
        exponent = one.as_tuple().exponent
        for two in (value.value, value.amount):
            if one == two or (
                isinstance(exponent, int)
                and exponent <= 0
                and abs(one - two) <= Decimal(5).scaleb(exponent - 1)
            ):
                return True
    return False


def _key(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
