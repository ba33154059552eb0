"""White space that nobody sees: at the ends of lines, and at the end of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.cards import rules
from generator.cards.model import Card, Line, LineKind, Section
from generator.cards.prose import Passage, PassageKind
from generator.diagnostics import Diagnostic, Edit
from generator.source import Position, Span

_AT_END = re.compile(r"[ \t]+$")
_HARD_BREAK = re.compile(r" {2,}$")
_DELIMITER = re.compile(r"(?:---|\.\.\.)[ \t]*")
# What stands in code and HTML is the author's.
_LEFT_ALONE = frozenset({LineKind.FENCE_CODE, LineKind.INDENTED_CODE, LineKind.HTML})
_HINT = "remove it; hubcards check --fix does"


def trailing_spaces_of_head(path: str, card: Card) -> Iterator[Diagnostic]:
    """A diagnostic for each line with white space at its end that belongs to no section.

    Those are the front matter, the fence of the sample code, and the comments of sections.
    """
    texts = card.text.split("\n")
    end = next(n for n, text in enumerate(texts[1:], 2) if _DELIMITER.fullmatch(text))
    numbers = [*range(1, end + 1), card.sample.span.start.line, card.sample.span.end.line]
    for number in (*numbers, *(section.span.start.line for section in card.sections)):
        found = _AT_END.search(texts[number - 1])
        # Behind a backslash it is a character of a quoted text.
        if found and not texts[number - 1].rstrip().endswith("\\"):
            yield _told(path, number, found)


def trailing_spaces(
    path: str, card: Card, section: Section, passages: Sequence[Passage]
) -> Iterator[Diagnostic]:
    """A diagnostic for each line of the section's text that ends with white space.

    Two spaces or more that break a line are left alone: they mean something.
    """
    texts = card.text.split("\n")
    in_code = {*_blank_in_code(section.lines), *_ending_in_code(passages)}
    in_tables = {
        line.number
        for passage in passages
        if passage.kind is PassageKind.TABLE
        for line in passage.lines
    }
    following = [*section.lines[1:], None]
    for line, after in zip(section.lines, following, strict=True):
        text = texts[line.number - 1]
        is_left_alone = line.kind in _LEFT_ALONE or line.number in in_code
        found = None if is_left_alone else _AT_END.search(text)
        if not found:
            continue
        is_inside = line.kind is LineKind.TEXT and after is not None
        may_break = is_inside and line.number not in in_tables
        if may_break and after and after.kind is LineKind.TEXT and _HARD_BREAK.search(text):
            continue
        yield _told(path, line.number, found)


def _told(path: str, number: int, found: re.Match[str]) -> Diagnostic:
    span = Span.at(number, found.start() + 1, len(found.group()))
    message = "there is white space at the end of the line"
    return rules.TRAILING_SPACES.at(path, span, message, _HINT, (Edit(span, ""),))


def _blank_in_code(lines: Sequence[Line]) -> Iterator[int]:
    """The lines of white space between lines of one block of indented code."""
    blank: list[int] | None = None
    for line in lines:
        if line.kind is LineKind.INDENTED_CODE:
            yield from blank or ()
            blank = []
        elif line.kind is LineKind.BLANK and blank is not None:
            blank.append(line.number)
        else:
            blank = None


def _ending_in_code(passages: Sequence[Passage]) -> Iterator[int]:
    """The lines that end inside of a code span."""
    for passage in passages:
        for code in passage.code_spans:
            first, last = passage.span(code.start, code.end).start, passage.span(0, code.end).end
            yield from range(first.line, last.line)


def final_newline(path: str, card: Card) -> Iterator[Diagnostic]:
    """A diagnostic for a file whose last line does not end."""
    last = card.text.rpartition("\n")[2]
    if last:
        end = Position(card.text.count("\n") + 1, len(last) + 1)
        span = Span(end, end)
        hint = "end it with a newline; hubcards check --fix does"
        edits = (Edit(span, "\n"),)
        yield rules.FINAL_NEWLINE.at(
            path, span, "the last line of the file does not end", hint, edits
        )
