"""The text of a section as readers read it: paragraph by paragraph, apart from code and markup.

Everything keeps its place: a passage's `prose` is as long as its source, with a placeholder
for each character that is not read as text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from generator.cards.model import Line, LineKind, Section
from generator.source import Position, Span

CODE = "\ue000"
"""Stands in prose for what is in a code span, its backticks or tags included."""

MARKUP = "\ue001"
"""Stands in prose for what readers never see: emphasis marks, and a link's brackets and target."""

OPAQUE = "\ue002"
"""Stands in prose for what is neither text nor code: addresses, formulas, tags."""


class PassageKind(Enum):
    """What a passage is in its section."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE = "table"
    FOOTNOTE = "footnote"
    DEFINITION = "link definition"


class CodeSpan(Struct, frozen=True):
    """A code span: its code, and where that begins in the passage's text."""

    code: str
    start: int

    @property
    def end(self) -> int:
        """Where the code ends in the passage's text."""
        return self.start + len(self.code)


class Passage(Struct, frozen=True):
    r"""Lines that are read as one text; `text` and `prose` have them joined with `\n`.

    `in_references` tells a passage below a heading that announces references.
    """

    kind: PassageKind
    lines: tuple[Line, ...]
    text: str
    prose: str
    code_spans: tuple[CodeSpan, ...]
    in_references: bool
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The place in the card of `text[start:end]`."""
        return Span(self._position(start), self._position(end))

    @property
    def first_line_span(self) -> Span:
        """The place of the passage's first line."""
        line = self.lines[0]
        return Span.at(line.number, line.column, len(line.content.rstrip()))

    def _position(self, index: int) -> Position:
        number = bisect_right(self.starts, index) - 1
        line = self.lines[number]
        return Position(line.number, line.column + index - self.starts[number])


_REFERENCES = re.compile(
    r"#*\s*(?:[0-9]+\.?\s*)?(?:references?|citations?|citing[\w ]{0,40}|(?:how to )?cite"
    r"|bibliography|(?:further|related) (?:reading|papers?|work)|papers?"
    r"|参考(?:文献|资料|链接|论文)?|(?:如何)?引用(?:本模型|格式|方式)?|文献|(?:相关)?论文|延伸阅读)\s*#*\s*",
    re.IGNORECASE,
)
_TABLE_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:")
_DEFINITION = re.compile(r"\[(?!\^)[^\]\n]+\]:[ \t]*\S")
_TOKEN = re.compile(
    r"""(?P<escape>\\[!-/:-@\[-`{-~])
    |(?P<ticks>`+)
    |(?P<math>\$\$.+?\$\$|\$(?![\s$\d])[^$`]{1,300}?(?<![\s$\\])\$(?!\d))
    |(?P<comment><!--(?:(?!<!--).)*?-->)
    |(?P<html_code><code>[^<]{0,200}</code>)
    |(?P<opaque><[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>
        |(?<![A-Za-z0-9_/])(?:https?://|www\.)[^\s<>()（），。；、\u3000"'`\[\]]+
        |(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]+
        |</?[A-Za-z][^<>\n]*>
        |&(?:[A-Za-z][A-Za-z0-9]{1,31}|\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6});)
    |(?P<destination>\]\(\s*(?:<[^<>\n]*>|[^\s()<]*(?:\([^\s()]*\)[^\s()]*)*)
        (?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\))
    |(?P<footnote>\[\^[^\[\]\s]{1,100}\]:?)
    |(?P<box>(?<![^\s])\[[ xX]\](?=\s))
    |(?P<label>\]\[[^\[\]\n]*\])
    |(?P<open>!?\[)
    |(?P<close>\])
    |(?P<emphasis>\*{1,3}|~~|(?<![\w_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![\w_]))""",
    re.VERBOSE | re.DOTALL,
)
_INLINE = re.compile(r"[\\`$<*_~\[\]&@]|://|www\.")


def passages(section: Section) -> tuple[Passage, ...]:
    """The passages of the section in their order; code blocks and HTML blocks are none."""
    return tuple(_passages(section))


def passage_of_line(line: Line) -> Passage:
    """A line that is read as a paragraph of its own."""
    return _passage(PassageKind.PARAGRAPH, [line], frozenset(), in_references=False)


def _passages(section: Section) -> Iterator[Passage]:
    labels = _labels(section.lines)
    in_references = False
    for kind, lines in _groups(section.lines):
        if kind is PassageKind.HEADING:
            in_references = _REFERENCES.fullmatch(lines[0].content) is not None
        yield _passage(kind, lines, labels, in_references=in_references)


def _labels(lines: Sequence[Line]) -> frozenset[str]:
    return frozenset(
        line.content[1 : line.content.index("]")].casefold()
        for line in lines
        if line.kind is LineKind.TEXT
        and line.content.startswith("[")
        and _DEFINITION.match(line.content)
    )


def _groups(lines: Sequence[Line]) -> Iterator[tuple[PassageKind, list[Line]]]:
    current: list[Line] = []
    for line in lines:
        if current and (
            line.kind is not LineKind.TEXT or line.containers != current[-1].containers
        ):
            is_heading = line.kind is LineKind.SETEXT_UNDERLINE
            yield from [(PassageKind.HEADING, current)] if is_heading else _split(current)
            current = []
        if line.kind is LineKind.HEADING:
            yield PassageKind.HEADING, [line]
        elif line.kind is LineKind.TEXT:
            current.append(line)
    yield from _split(current)


def _split(lines: list[Line]) -> Iterator[tuple[PassageKind, list[Line]]]:
    """What CommonMark has as one paragraph, taken apart where an extension begins."""
    start = 0
    for index, line in enumerate(lines):
        begins = _beginning(lines, index)
        if begins is None and index > 0:
            continue
        if index > start:
            yield _kind(lines, start), lines[start:index]
            start = index
        if begins is PassageKind.TABLE:
            yield PassageKind.TABLE, lines[index:]
            return
        if begins is PassageKind.DEFINITION:
            yield PassageKind.DEFINITION, [line]
            start = index + 1
    if start < len(lines):
        yield _kind(lines, start), lines[start:]


def _beginning(lines: list[Line], index: int) -> PassageKind | None:
    content = lines[index].content
    if content.startswith("["):
        if _FOOTNOTE.match(content):
            return PassageKind.FOOTNOTE
        if _DEFINITION.match(content):
            return PassageKind.DEFINITION
    if "|" in content and index + 1 < len(lines):
        below = lines[index + 1].content
        if "-" in below and _TABLE_DELIMITER.fullmatch(below):
            return PassageKind.TABLE
    return None


def _kind(lines: list[Line], index: int) -> PassageKind:
    return _beginning(lines, index) or PassageKind.PARAGRAPH


def _passage(
    kind: PassageKind, lines: Sequence[Line], labels: frozenset[str], *, in_references: bool
) -> Passage:
    starts, length = [], 0
    for line in lines:
        starts.append(length)
        length += len(line.content) + 1
    text = "\n".join(line.content for line in lines)
    prose, spans = _read_inline(text, labels) if _INLINE.search(text) else (text, ())
    if kind is PassageKind.DEFINITION:
        prose = OPAQUE * len(text)
    elif kind is PassageKind.HEADING and text.startswith("#"):
        level = len(text) - len(text.lstrip("#"))
        prose = MARKUP * level + prose[level:]
    return Passage(kind, tuple(lines), text, prose, spans, in_references, tuple(starts))


def _read_inline(text: str, labels: frozenset[str]) -> tuple[str, tuple[CodeSpan, ...]]:
    pieces: list[str] = []
    spans: list[CodeSpan] = []
    # What is masked when a link's end is found: the bracket that began it.
    brackets: list[tuple[int, int]] = []
    lone_ticks: set[int] = set()
    at = 0
    token = _TOKEN.search(text)
    while token:
        kind, start, end = token.lastgroup, token.start(), token.end()
        pieces.append(text[at:start])
        mask = MARKUP * (end - start)
        if kind == "ticks":
            closing = _closing_ticks(text, end, end - start, lone_ticks)
            if closing is None:
                mask = token.group()
            else:
                spans.append(CodeSpan(text[end : closing - (end - start)], end))
                mask, end = CODE * (closing - start), closing
        elif kind == "html_code":
            inside = start + len("<code>")
            spans.append(CodeSpan(text[inside : end - len("</code>")], inside))
            mask = CODE * (end - start)
        elif kind in ("opaque", "math", "comment"):
            mask = OPAQUE * (end - start)
        elif kind == "open":
            brackets.append((len(pieces), end))
            mask = token.group()
        elif kind in ("close", "label", "destination"):
            opening, inside = brackets.pop() if brackets else (-1, 0)
            if opening < 0:
                mask, end = "]", start + 1
            elif kind == "close" and not (labels and text[inside:start].casefold() in labels):
                mask = "]"
            else:
                pieces[opening] = MARKUP * len(pieces[opening])
        pieces.append(mask)
        at = end
        token = _TOKEN.search(text, at)
    pieces.append(text[at:])
    return "".join(pieces), tuple(spans)


def _closing_ticks(text: str, start: int, length: int, lone: set[int]) -> int | None:
    if length in lone:
        return None
    match = re.compile(rf"(?<!`)`{{{length}}}(?!`)").search(text, start)
    if match is None:
        # Remembered, so that many unmatched runs do not each search the whole text.
        lone.add(length)
        return None
    return match.end()
