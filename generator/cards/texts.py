"""A section's text, read once for all that is checked in it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from generator.cards.metrics import as_table, metrics_named_by
from generator.cards.model import Card, Line, LineKind, Section
from generator.cards.prose import Passage, passage_of_line, passages
from generator.cards.tables import Table, find_tables
from generator.source import Span


class SectionText(Struct, frozen=True):
    """The passages and tables of a section, in their order.

    `written` are the tables that are written out; `tables` has those of metrics as well.
    """

    section: Section
    passages: tuple[Passage, ...]
    written: tuple[Table, ...]
    tables: tuple[Table, ...]


def section_text(card: Card, section: Section) -> SectionText:
    """The text of a section of the card."""
    written = tuple(find_tables(section.lines))
    asked_for = tuple(_tables_of_metrics(card, section)) if card.front_matter.metrics else ()
    both = sorted([*written, *asked_for], key=lambda table: table.header[0].span)
    return SectionText(section, passages(section), written, tuple(both))


def summary_text(card: Card, language: str) -> Passage | None:
    """The summary in a language; none where it is written over several lines, or with escapes."""
    front = card.front_matter
    span = front.spans.get(("summary", language))
    if language not in front.summary or span is None or span.start.line != span.end.line:
        return None
    start, end = span.start.column - 1, span.end.column - 1
    written = card.text.split("\n")[span.start.line - 1]
    if written[start : start + 1] in {'"', "'"}:
        start, end = start + 1, end - 1
    if written[start:end].strip() != front.summary[language]:
        return None
    line = Line(span.start.line, LineKind.TEXT, (), written[start:end], start + 1)
    return passage_of_line(line)


def _tables_of_metrics(card: Card, section: Section) -> Iterator[Table]:
    for line in section.lines:
        table = card.front_matter.metrics.get(metrics_named_by(line) or "")
        if table:
            place = Span.at(line.number, line.column, len(line.content.rstrip()))
            yield as_table(table, section.language, place)
