"""Checks of a card's body: the sample code, the sections, the fences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias

from generator.cards import rules
from generator.cards.allowances import is_allowance
from generator.cards.blocks import MAX_CONTAINERS
from generator.cards.document import Document
from generator.cards.fences import (
    check_attributes,
    check_languages,
    check_runtimes,
    with_python,
)
from generator.cards.meant_python import is_surely_python
from generator.cards.model import LineKind, Section
from generator.config import Settings
from generator.diagnostics import Diagnostic, did_you_mean
from generator.source import Position, Span

Check: TypeAlias = Callable[[Document, Settings], Iterator[Diagnostic]]

_FENCE_KINDS = frozenset({LineKind.FENCE_OPEN, LineKind.FENCE_CODE, LineKind.FENCE_CLOSE})


def check_sample_code(document: Document, _settings: Settings) -> Iterator[Diagnostic]:
    """Exactly one fenced block of Python stands before the first section, and nothing else."""
    preamble = document.preamble
    if not preamble.code_blocks:
        message = "the sample code is missing"
        hint = "put one ```python block that loads the model before the first section comment"
        yield rules.NO_SAMPLE_CODE.at(document.path, _before_sections(document), message, hint)
    for block in preamble.code_blocks[1:]:
        message = "a second code block stands before the first section"
        hint = "join it with the first, or move it behind a section comment"
        yield rules.SECOND_SAMPLE_CODE.at(document.path, block.span, message, hint)
    for block in preamble.code_blocks[:1]:
        if not block.is_python:
            language = f"{block.language} code" if block.language else "of no language"
            message = f"the sample code is {language}, and will not be executed"
            hint = "write ```python at its beginning"
            is_surely = not block.info and is_surely_python(block)
            edits = with_python(block) if is_surely else ()
            yield rules.SAMPLE_NOT_PYTHON.at(document.path, block.info_span, message, hint, edits)
    other = [
        line
        for line in preamble.lines
        if line.kind not in _FENCE_KINDS
        and line.kind is not LineKind.BLANK
        and not is_allowance(line)
    ]
    misplaced = {line.number for line in document.misplaced_comments}
    if other and other[0].number not in misplaced:
        first = other[0]
        message = "only the sample code may stand before the first section"
        hint = "move this behind a section comment such as <!-- section: zh_CN -->"
        span = Span.at(first.number, first.column, len(first.content))
        yield rules.TEXT_BEFORE_SECTIONS.at(document.path, span, message, hint)


def check_section_comments(document: Document, _settings: Settings) -> Iterator[Diagnostic]:
    """What looks like a section comment is one."""
    for line in document.misplaced_comments:
        message = "this looks like a section comment, but begins no section"
        hint = "write it on a line of its own, not indented, as in <!-- section: zh_CN -->"
        span = Span.at(line.number, line.column, len(line.content))
        yield rules.BAD_SECTION_COMMENT.at(document.path, span, message, hint)


def check_section_languages(document: Document, settings: Settings) -> Iterator[Diagnostic]:
    """Each section is in a language of the hub, once; the required ones are there."""
    codes = [language.code for language in settings.languages]
    first_lines: dict[str, int] = {}
    for section in document.sections:
        if section.language not in codes:
            message = f'unknown language "{section.language}" of a section'
            hint = did_you_mean(section.language, codes)
            yield rules.UNKNOWN_SECTION_LANGUAGE.at(document.path, section.span, message, hint)
        elif section.language in first_lines:
            message = f"a second section in {section.language}"
            hint = f"join it with the one that begins in line {first_lines[section.language]}"
            yield rules.DUPLICATE_SECTION.at(document.path, section.span, message, hint)
        first_lines.setdefault(section.language, section.span.start.line)
    for language in settings.required_languages:
        if language.code not in first_lines:
            message = f"the section in {language.code} ({language.name}) is missing"
            hint = f"add a line <!-- section: {language.code} --> and the text below it"
            yield rules.MISSING_SECTION.at(document.path, _end(document), message, hint)


def check_section_content(document: Document, _settings: Settings) -> Iterator[Diagnostic]:
    """No section is empty."""
    for section in document.sections:
        if all(line.kind is LineKind.BLANK for line in section.lines):
            message = f"the section in {section.language} is empty"
            hint = "write its text, or remove the comment"
            yield rules.EMPTY_SECTION.at(document.path, section.span, message, hint)


def check_fences(document: Document, _settings: Settings) -> Iterator[Diagnostic]:
    """Each fence is closed, where it was opened."""
    for section in _parts(document):
        for block in section.code_blocks:
            if not block.is_closed:
                span = Span(block.span.start, block.info_span.end)
                message = "this code block is never closed"
                hint = "put a line with the same marker, equally indented, behind its last line"
                yield rules.UNCLOSED_FENCE.at(document.path, span, message, hint)


def check_nesting(document: Document, _settings: Settings) -> Iterator[Diagnostic]:
    """Lists and quotes are not nested more deeply than the scanner follows."""
    for line in chain.from_iterable(section.lines for section in _parts(document)):
        if len(line.containers) >= MAX_CONTAINERS:
            message = f"lists or quotes are nested {MAX_CONTAINERS} levels deep"
            span = Span.at(line.number, line.column)
            yield rules.TOO_DEEP.at(document.path, span, message, "nest less deeply")
            return


CHECKS: Sequence[Check] = (
    check_sample_code,
    check_section_comments,
    check_section_languages,
    check_section_content,
    check_fences,
    check_attributes,
    check_runtimes,
    check_languages,
    check_nesting,
)


def check_structure(document: Document, settings: Settings) -> Iterator[Diagnostic]:
    """Everything that is wrong with the body of `document`."""
    for check in CHECKS:
        yield from check(document, settings)


def _parts(document: Document) -> tuple[Section, ...]:
    return (document.preamble, *document.sections)


def _before_sections(document: Document) -> Span:
    if document.sections:
        return document.sections[0].span
    return _end(document)


def _end(document: Document) -> Span:
    number = document.text.count("\n") + 1
    position = Position(number, len(document.text) - document.text.rfind("\n"))
    return Span(position, position)
