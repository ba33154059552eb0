"""Metrics in the front matter: their shape, and the tables that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from generator.cards import rules
from generator.cards.model import MetricRow, MetricTable
from generator.config import Settings
from generator.diagnostics import Diagnostic, did_you_mean, shortened
from generator.yamltree import Entry, MappingNode, Node, Scalar

_MODEL = "model"
_NAME = re.compile(r"\w[\w.-]{0,99}")
_LONGEST = 200


class MetricsShape(Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of a table of metrics.

    What is text or a number, or that by language, is judged where its place is known.
    """

    dataset: Any
    columns: Annotated[dict[str, Any], Meta(min_length=1)]
    values: Annotated[dict[str, dict[str, Any]], Meta(min_length=1)]


def metric_tables(head: MappingNode) -> Mapping[str, MetricTable]:
    """The tables of a front matter that has the shape."""
    return {entry.key: _table(entry) for entry in _entries(_value(head, "metrics"))}


def metrics_problems(path: str, head: MappingNode, settings: Settings) -> Iterator[Diagnostic]:
    """What is wrong with metrics apart from their shape: names, texts and values."""
    codes = [language.code for language in settings.languages]
    for table in _entries(_value(head, "metrics")):
        columns = _entries(_value(table.value, "columns"))
        rows = _entries(_value(table.value, "values"))
        dataset = _value(table.value, "dataset")
        if dataset:
            yield from _worded_problems(path, "dataset", dataset, codes)
        for column in columns:
            yield from _worded_problems(path, f"columns.{column.key}", column.value, codes)
        for named in (table, *columns, *rows):
            if not _NAME.fullmatch(named.key):
                message = f'"{shortened(named.key)}" can\'t be a name'
                hint = "write letters, digits, _ - and . only"
                yield rules.BAD_VALUE.at(path, named.key_span, message, hint)
        known = [_MODEL, *(column.key for column in columns)]
        for row in rows:
            yield from _row_problems(path, row, known)


def _worded_problems(
    path: str, name: str, node: Node, codes: Sequence[str]
) -> Iterator[Diagnostic]:
    texts = [entry.value for entry in _entries(node)] or [node]
    for text in texts:
        if not _is_text(text):
            message = f"{name} must be text, or text for each language"
            hint = f"write it as in {name}: {{{codes[0]}: …}}, or as one text for all languages"
            yield rules.BAD_VALUE.at(path, text.span, message, hint)
    for entry in _entries(node):
        if entry.key not in codes:
            message = f'unknown language "{shortened(entry.key)}"'
            hint = did_you_mean(entry.key, codes)
            yield rules.UNKNOWN_KEY.at(path, entry.key_span, message, hint)


def _row_problems(path: str, row: Entry, known: Sequence[str]) -> Iterator[Diagnostic]:
    for cell in _entries(row.value):
        if cell.key not in known:
            message = f'"{shortened(cell.key)}" is no column of these metrics'
            hint = did_you_mean(cell.key, known)
            yield rules.UNKNOWN_KEY.at(path, cell.key_span, message, hint)
        elif not _is_text(cell.value):
            message = f"{row.key}.{cell.key} must be a number or text"
            hint = "leave the key out where nothing was measured"
            yield rules.BAD_VALUE.at(path, cell.value.span, message, hint)


def _is_text(node: Node) -> bool:
    return (
        isinstance(node, Scalar)
        and node.value is not None
        and not isinstance(node.value, bool)
        and 0 < len(node.text.strip()) <= _LONGEST
        and _text(node).isprintable()
    )


def _table(entry: Entry) -> MetricTable:
    columns = _entries(_value(entry.value, "columns"))
    return MetricTable(
        dataset=_worded(_value(entry.value, "dataset")),
        columns={column.key: _worded(column.value) for column in columns},
        rows=tuple(_row(row) for row in _entries(_value(entry.value, "values"))),
        span=entry.key_span,
    )


def _row(entry: Entry) -> MetricRow:
    cells = _entries(entry.value)
    texts = {cell.key: _text(cell.value) for cell in cells}
    return MetricRow(
        entrypoint=entry.key,
        model=texts.pop(_MODEL, ""),
        values=texts,
        span=entry.key_span,
        spans={cell.key: cell.value.span for cell in cells},
    )


def _worded(node: Node | None) -> Mapping[str, str]:
    if isinstance(node, MappingNode):
        return {entry.key: _text(entry.value) for entry in node.entries}
    return {"": _text(node)}


def _text(node: Node | None) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""


def _entries(node: Node | None) -> Sequence[Entry]:
    return node.entries if isinstance(node, MappingNode) else ()


def _value(node: Node | None, key: str) -> Node | None:
    return next((entry.value for entry in _entries(node) if entry.key == key), None)
