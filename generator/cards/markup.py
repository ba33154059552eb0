"""Marks of code, emphasis and links that readers see, since a part of them is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.cards import rules
from generator.cards.prose import MARKUP, OPAQUE, Passage, PassageKind
from generator.cards.punctuation import units
from generator.diagnostics import Diagnostic

_TICKS = re.compile(r"(?<![\\`])`+")
_SPOKEN_OF = re.compile(r"(?:^|[\s\"'“‘(（])`(?:$|[\s\"'”’)）])")
_APOSTROPHE = re.compile(r"[A-Za-z]`[A-Za-z]")
_STARS = re.compile(r"(?<![\\*])\*+")
# What is no emphasis: arguments of Python, notes to a table, patterns of paths.
_OTHER_STARS = re.compile(
    r"\w*(?:args|kwds|params|opts|options|config|cfg)\b|[pP]\s*[<=≤]|[/=]"
    r"|表示|为|指|代表|denotes?\b|indicates?\b|means?\b"
)
_NO_BEGINNING = re.compile(r"[A-Za-z0-9/.]")
_APART = re.compile(rf"(?<!\])\[[^\[\]\d\n^]{{1,200}}\](?P<gap> +)\({OPAQUE}+\)")
_REVERSED = re.compile(rf"\([^()\n]{{1,200}}\)\[{OPAQUE}+\]")


def broken_markup(path: str, passage: Passage) -> Iterator[Diagnostic]:
    """A diagnostic for each mark of Markdown that is shown as it is written.

    That is a backquote or `**` without the other one, and a link whose parts are apart or in
    the wrong order.
    """
    yield from _backquotes(path, passage)
    yield from _emphasis(path, passage)
    yield from _links(path, passage)


def _backquotes(path: str, passage: Passage) -> Iterator[Diagnostic]:
    for place in _lone_backquotes(passage):
        around = passage.text[max(place - 1, 0) : place + 2]
        if place == 0:
            around = f" {around}"
        if _SPOKEN_OF.fullmatch(around) or _APOSTROPHE.fullmatch(around):
            continue
        message = "a backquote has no counterpart"
        hint = "write the other one, or \\` if a backquote is meant"
        yield rules.BROKEN_MARKUP.at(path, passage.span(place, place + 1), message, hint)


def _lone_backquotes(passage: Passage) -> Iterator[int]:
    if passage.kind is PassageKind.TABLE:
        # A row has its own, but the prose of a table was read as one text.
        for start, end in units(passage):
            ticks = list(_TICKS.finditer(passage.text, start, end))
            if len(ticks) % 2 and all(match.group() == "`" for match in ticks):
                yield ticks[-1].start()
        return
    for match in _TICKS.finditer(passage.prose):
        if match.group() == "`":
            yield _first_of_pairs(passage, match.start())


def _first_of_pairs(passage: Passage, lone: int) -> int:
    """Where the backquote was meant to be one of a pair that all behind it are shifted by.

    Code with a space at one of its ends is the text between two others.
    """
    for span in passage.code_spans:
        if span.end < lone and span.code[:1].isspace() != span.code[-1:].isspace():
            return span.start - 1
    return lone


def _emphasis(path: str, passage: Passage) -> Iterator[Diagnostic]:
    for start, end in units(passage):
        place = _open_stars(passage, start, end)
        if place is not None:
            span = passage.span(place, place + 2)
            hint = "remove it, or write the other one"
            yield rules.BROKEN_MARKUP.at(path, span, '"**" is never closed', hint)


def _open_stars(passage: Passage, start: int, end: int) -> int | None:
    """The place of `**` that begins emphasis, behind which none is left to end it."""
    opened: list[int] = []
    for match in _STARS.finditer(passage.text, start, end):
        if passage.prose[match.start()] != MARKUP or match.group() == "*":
            continue
        if match.group() != "**":
            return None
        before = passage.text[match.start() - 1] if match.start() > start else " "
        after = passage.text[match.end()] if match.end() < end else " "
        if opened and not before.isspace():
            opened.pop()
        elif not after.isspace() and not _NO_BEGINNING.match(before):
            opened.append(match.start())
    if not opened or _OTHER_STARS.match(passage.text, opened[0] + 2):
        return None
    return opened[0]


def _links(path: str, passage: Passage) -> Iterator[Diagnostic]:
    if passage.in_references:
        return
    for match in _APART.finditer(passage.prose):
        message = "this is no link: a space stands between the text and the address"
        span = passage.span(*match.span("gap"))
        yield rules.BROKEN_MARKUP.at(path, span, message, "write [text](address)")
    for match in _REVERSED.finditer(passage.prose):
        message = "this is no link: its brackets are in the wrong order"
        span = passage.span(match.start(), match.end())
        yield rules.BROKEN_MARKUP.at(path, span, message, "write [text](address)")
