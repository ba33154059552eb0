"""Metrics that a card has as data in its front matter, and the tables that are made of them.

A line `<!-- metrics: imagenet -->` in a section stands for the table of that name, in the
section's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from generator.cards.model import Card, Line, LineKind, MetricTable, Section
from generator.cards.tables import Cell, Table
from generator.source import Span

_COMMENT = re.compile(r"\s*<!--\s*metrics\s*:\s*(?P<name>[^\s>]+?)\s*-->\s*", re.IGNORECASE)
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
    title = words.dataset.format(name=_escaped(in_language(table.dataset, language)))
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
    titles = [in_language(title, language) for title in table.columns.values()]
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


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Of texts by language the one in this language, or the one for all."""
    return texts.get(language) or texts.get("") or next(iter(texts.values()))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(text: str) -> str:
    if text.startswith("`"):
        return text.replace("|", "\\|")
    return _MARKUP.sub(r"\\\g<0>", text)
