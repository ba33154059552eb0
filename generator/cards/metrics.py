"""Metrics that a card has as data in its front matter, and the tables that are made of them.

A line `<!-- metrics: imagenet -->` in a section stands for the table of that name, in the
section's language. Tables that are written out are compared with the same data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from generator.cards import rules
from generator.cards.model import Card, Line, LineKind, MetricTable, Section
from generator.cards.parity.numbers import numbers_of_cell
from generator.cards.tables import Cell, Table
from generator.diagnostics import Diagnostic, did_you_mean
from generator.source import Span

_COMMENT = re.compile(r"\s*<!--\s*metrics\s*:\s*(?P<name>[^\s>]+?)\s*-->\s*", re.IGNORECASE)
_LIKE_COMMENT = re.compile(r"\s*<!--\s*metrics\b[^>]{0,80}", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*\[\]<>&~$|]|(?<!\w)_|_(?!\w)")
_EMPTY = "–"


class TableWords(Struct, frozen=True):
    """What a table says apart from its metrics, in one language."""

    model: str
    entrypoint: str
    dataset: str
    """With a place for `{name}`."""


PLAIN_WORDS = TableWords("model", "entrypoint", "{name}")
"""The words of tables that nobody reads."""


def metrics_named_by(line: Line) -> str | None:
    """The name of the table for which the line stands, if it stands for one."""
    if line.kind is not LineKind.HTML or line.containers:
        return None
    match = _COMMENT.fullmatch(line.content)
    return match["name"] if match else None


def section_with_metrics(card: Card, section: Section, words: TableWords) -> Section:
    """The section with the tables of metrics for which it asks, in the line that asks for it."""
    metrics = card.front_matter.metrics
    if not metrics:
        return section
    lines: list[Line] = []
    for line in section.lines:
        table = metrics.get(metrics_named_by(line) or "")
        if table:
            for text in ("", *table_lines(table, section.language, words), ""):
                kind = LineKind.TEXT if text else LineKind.BLANK
                lines.append(Line(line.number, kind, (), text, 1))
        else:
            lines.append(line)
    return replace(section, lines=tuple(lines))


def source_with_metrics(card: Card, section: Section, words: TableWords) -> list[str]:
    """The lines of the card's source; those of the section that ask for a table are the table."""
    lines = card.text.split("\n")
    for line in section.lines if card.front_matter.metrics else ():
        table = card.front_matter.metrics.get(metrics_named_by(line) or "")
        if table:
            text = "\n".join(table_lines(table, section.language, words))
            lines[line.number - 1] = f"\n{text}\n"
    return lines


def table_lines(table: MetricTable, language: str, words: TableWords) -> Sequence[str]:
    """The table in Markdown, a row an entrypoint, below a line that names the dataset."""
    rows = _rows(table, language, words)
    is_text = 2 if _has_models(table) else 1
    marks = ["---"] * is_text + ["---:"] * (len(rows[0]) - is_text)
    title = words.dataset.format(name=_escaped(_in_language(table.dataset, language)))
    head = f"| {' | '.join(marks)} |"
    return [title, "", _line(rows[0]), head, *(_line(row) for row in rows[1:])]


def as_table(table: MetricTable, language: str, place: Span | None = None) -> Table:
    """The table as it would be read from a section; its cells stand in the front matter.

    All of it stands at `place`, if that is given.
    """
    rows = _rows(table, language, PLAIN_WORDS)
    spans = [place or table.span] * len(rows[0])
    header = tuple(Cell(text, span) for text, span in zip(rows[0], spans, strict=True))
    body = []
    for row, texts in zip(table.rows, rows[1:], strict=True):
        own = [row.span] * (len(texts) - len(table.columns))
        own += [row.spans.get(name, row.span) for name in table.columns]
        cells = zip(texts, own, strict=True)
        body.append(tuple(Cell(text.strip("`"), place or span) for text, span in cells))
    return Table(header, tuple(body))


def _rows(table: MetricTable, language: str, words: TableWords) -> list[list[str]]:
    has_models = _has_models(table)
    titles = [_in_language(title, language) for title in table.columns.values()]
    header = [*([words.model] if has_models else []), words.entrypoint, *titles]
    body = [
        [
            *([row.model or row.entrypoint] if has_models else []),
            f"`{row.entrypoint}`",
            *(row.values.get(name, _EMPTY) for name in table.columns),
        ]
        for row in table.rows
    ]
    return [header, *body]


def _has_models(table: MetricTable) -> bool:
    return any(row.model for row in table.rows)


def _in_language(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("") or next(iter(texts.values()))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(text: str) -> str:
    if text.startswith("`"):
        return text.replace("|", "\\|")
    return _MARKUP.sub(r"\\\g<0>", text)


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
                titles = {_key(_in_language(table.columns[name], language)), _key(name)}
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


def _is_rounded(written: frozenset[Decimal], value: frozenset[Decimal]) -> bool:
    """Whether one reading is the other, to as many digits as are written."""
    for one in written:
        exponent = one.as_tuple().exponent
        for two in value:
            if one == two or (
                isinstance(exponent, int)
                and exponent <= 0
                and abs(one - two) <= Decimal(5).scaleb(exponent - 1)
            ):
                return True
    return False


def _key(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
