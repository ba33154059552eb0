"""All that two languages of a card do not have in common and should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from generator.cards import rules
from generator.cards.parity.blocks import differences_of_blocks
from generator.cards.parity.facts import compared, different_names, different_numbers
from generator.cards.parity.links import all_targets, differences_of_links
from generator.cards.parity.parts import LeftOver, Part, match_parts, place_of_line
from generator.cards.parity.sequences import different_sequences
from generator.cards.parity.tables import differences_of_tables
from generator.cards.tables import Table
from generator.cards.texts import SectionText
from generator.diagnostics import Diagnostic, shortened
from generator.source import Span


def differences_of_texts(path: str, texts: Sequence[SectionText]) -> Iterator[Diagnostic]:
    """A diagnostic for each difference of a language from the first one, at its place."""
    for other in texts[1:]:
        yield from _differences(path, texts[0], other)


def _differences(path: str, first: SectionText, other: SectionText) -> Iterator[Diagnostic]:
    languages = (first.section.language, other.section.language)
    matched = match_parts(first, other)
    for item in matched.only_first:
        yield from _missing_heading(path, languages, item)
    for item in matched.only_other:
        yield from _missing_heading(path, languages[::-1], item)
    targets = (all_targets(first.section.links), all_targets(other.section.links))
    passages = (first.passages, other.passages)
    for one, two in matched.pairs:
        yield from _other_level(path, languages[0], one, two)
        yield from _tables(path, languages, one, two)
        yield from differences_of_blocks(path, languages, one, two)
        sides = compared(languages[0], one, targets[1]), compared(languages[1], two, targets[0])
        yield from different_numbers(path, *sides)
        yield from different_sequences(path, *sides)
        yield from different_names(path, *sides, passages)
        yield from differences_of_links(path, languages, one, two, targets)


def _missing_heading(path: str, languages: tuple[str, ...], item: LeftOver) -> Iterator[Diagnostic]:
    heading = item.part.heading
    if heading:
        there, here = languages
        line = heading.span.start.line
        which = f'the heading "{shortened(heading.text)}" of {there} (line {line})'
        where = "behind" if item.is_at_end else "before"
        if item.is_certain:
            message = f"{which} has no counterpart in {here}, where it belongs {where} this line"
            text = "" if item.is_heading_alone else ", with the text below it"
            hint = f"add it here{text}, or remove it there"
        else:
            message = f"{which}, or one beside it, has no counterpart in {here}"
            hint = "add the one that is missing around here, with its text, or remove it there"
        yield rules.HEADINGS_DIFFER.at(path, item.place, message, hint, counterpart=heading.span)


def _other_level(path: str, language: str, one: Part, two: Part) -> Iterator[Diagnostic]:
    if one.heading and two.heading and one.heading.level != two.heading.level:
        line = one.heading.span.start.line
        message = (
            f"the heading is of level {two.heading.level} here, "
            f"and of {one.heading.level} in line {line} ({language})"
        )
        hint = "write both with the same number of #"
        yield rules.HEADINGS_DIFFER.at(path, two.heading.span, message, hint)


def _tables(path: str, languages: tuple[str, str], one: Part, two: Part) -> Iterator[Diagnostic]:
    for mine, theirs in zip_longest(one.tables, two.tables):
        if mine and theirs:
            yield from differences_of_tables(path, languages[0], mine, theirs)
        elif mine:
            yield _missing_table(path, languages[0], mine, place_of_line(_line(mine), one, two))
        elif theirs:
            yield _missing_table(path, languages[1], theirs, place_of_line(_line(theirs), two, one))


def _missing_table(path: str, language: str, table: Table, place: Span) -> Diagnostic:
    message = f"the table of line {_line(table)} ({language}) is missing below this"
    return rules.TABLES_DIFFER.at(path, place, message, "add it here as well, or remove it there")


def _line(table: Table) -> int:
    return table.header[0].span.start.line
