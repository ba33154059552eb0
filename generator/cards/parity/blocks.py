"""Code blocks that are not Python, in two languages; those of Python are examined as examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from generator.cards import rules
from generator.cards.model import CodeBlock
from generator.cards.parity.parts import Part, place_of_line
from generator.diagnostics import Diagnostic
from generator.source import Span

_LANGUAGE = re.compile(r"(?<![A-Za-z0-9])(?:zh|en)(?:[-_](?:[A-Z]{2}|Han[st]))?(?![A-Za-z0-9])")
_COMMENT = re.compile(r"(?:^|\s)(?:#|//|--\s).*$")


def differences_of_blocks(
    path: str, languages: tuple[str, str], first: Part, other: Part
) -> Iterator[Diagnostic]:
    """A diagnostic for each block that is missing in one language, or differs there.

    Comments may differ, lines with letters beyond ASCII, and the codes of the languages
    themselves: they are for readers.
    """
    mine = [block for block in first.blocks if not block.is_python]
    theirs = [block for block in other.blocks if not block.is_python]
    for one, two in zip_longest(mine, theirs):
        if two is None:
            place = place_of_line(one.span.start.line, first, other)
            yield _missing(path, languages[0], one, place)
        elif one is None:
            place = place_of_line(two.span.start.line, other, first)
            yield _missing(path, languages[1], two, place)
        else:
            yield from _difference(path, languages[0], one, two)


def _missing(path: str, language: str, block: CodeBlock, place: Span) -> Diagnostic:
    line = block.span.start.line
    message = f"the code block of line {line} ({language}) is missing below this"
    return rules.BLOCKS_DIFFER.at(path, place, message, "add it here as well, or remove it there")


def _difference(path: str, language: str, one: CodeBlock, two: CodeBlock) -> Iterator[Diagnostic]:
    if one.language != two.language:
        line = one.span.start.line
        message = (
            f'this block is "{two.language}", that of line {line} ({language}) "{one.language}"'
        )
        hint = "write the same language at both"
        yield rules.BLOCKS_DIFFER.at(path, two.info_span, message, hint)
        return
    if one.code == two.code:
        return
    mine, theirs = _lines(one), _lines(two)
    speaks = not (one.code.isascii() and two.code.isascii())
    if speaks and len(mine) != len(theirs):
        return
    for (number, text), (own, other) in zip_longest(mine, theirs, fillvalue=(-1, "")):
        if text == other or (speaks and not (text.isascii() and other.isascii())):
            continue
        index = own if own >= 0 else len(two.code_columns) - 1
        line = one.code_line + number if number >= 0 else one.span.end.line
        message = f"the code differs from that of line {line} ({language})"
        hint = "make them the same; comments may be in the reader's language"
        span = two.info_span
        if two.code_columns:
            length = len(two.code.split("\n")[index])
            span = Span.at(two.code_line + index, two.code_columns[index], length)
        yield rules.BLOCKS_DIFFER.at(path, span, message, hint)
        return


def _lines(block: CodeBlock) -> Sequence[tuple[int, str]]:
    bare = (_COMMENT.sub("", line).rstrip() for line in block.code.split("\n"))
    found = (_LANGUAGE.sub("", line) for line in bare)
    return [(number, line) for number, line in enumerate(found) if line]
