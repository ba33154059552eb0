"""White space that nobody sees: at the ends of lines, and at the end of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.cards import rules
from generator.cards.model import Card, LineKind, Section
from generator.diagnostics import Diagnostic, Edit
from generator.source import Position, Span

_AT_END = re.compile(r"[ \t]+$")
_HARD_BREAK = re.compile(r" {2,}$")
# What stands in code and HTML is the author's.
_LEFT_ALONE = frozenset({LineKind.FENCE_CODE, LineKind.INDENTED_CODE, LineKind.HTML})
_HINT = "remove it; hubcards check --fix does"


def trailing_spaces(path: str, card: Card, section: Section) -> Iterator[Diagnostic]:
    """A diagnostic for each line of the section's text that ends with white space.

    Two spaces or more that break a line are left alone: they mean something.
    """
    texts = card.text.split("\n")
    following = [*section.lines[1:], None]
    for line, after in zip(section.lines, following, strict=True):
        text = texts[line.number - 1]
        found = None if line.kind in _LEFT_ALONE else _AT_END.search(text)
        if not found:
            continue
        is_inside = line.kind is LineKind.TEXT and after is not None
        if is_inside and after and after.kind is LineKind.TEXT and _HARD_BREAK.search(text):
            continue
        span = Span.at(line.number, found.start() + 1, len(found.group()))
        message = "there is white space at the end of the line"
        yield rules.TRAILING_SPACES.at(path, span, message, _HINT, (Edit(span, ""),))


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
