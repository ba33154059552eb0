"""What each line of a Markdown text is, after the block structure of CommonMark 0.31.

The renderer keeps no positions, so this scanner stands beside it: it follows containers
(block quotes, list items) and leaves (fences, headings, HTML, paragraphs) line by line, as
section 2 of the specification's appendix "A parsing strategy" describes, and goes no deeper
than lines. Tables are paragraphs to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from generator.cards.model import Container, ContainerKind, Line, LineKind

MAX_CONTAINERS = 32
"""Containers nested deeper than this are read as text."""

_TAB = 4
_ATX = re.compile(r"#{1,6}(?:[ \t]|$)")
_FENCE = re.compile(r"(?:(`{3,})[^`]*|(~{3,}).*)$")
_SETEXT = re.compile(r"(?:=+|-+)[ \t]*$")
_BREAK = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
_BULLET = re.compile(r"([-+*])(?=[ \t]|$)")
_ORDERED = re.compile(r"([0-9]{1,9})([.)])(?=[ \t]|$)")
_BLOCK_TAGS = (
    "address article aside base basefont blockquote body caption center col colgroup dd details "
    "dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 "
    "head header hr html iframe legend li link main menu menuitem nav noframes ol optgroup option "
    "p param search section summary table tbody td tfoot th thead title tr track ul"
).replace(" ", "|")
_ATTRIBUTE = r"\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s\"'=<>`]+|'[^']*'|\"[^\"]*\"))?"
_UNTIL_BLANK = re.compile(r"(?!)")
_HTML_STARTS = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?:\s|>|$)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?(?:{_BLOCK_TAGS})(?:\s|/?>|$)", re.IGNORECASE), _UNTIL_BLANK),
)
_HTML_ALONE = re.compile(
    rf"(?:<[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*\s*/?>|</[A-Za-z][A-Za-z0-9-]*\s*>)[ \t]*$",
    re.ASCII,
)
_SINGLE_LINES = (
    (LineKind.SETEXT_UNDERLINE, _SETEXT),
    (LineKind.HEADING, _ATX),
    (LineKind.THEMATIC_BREAK, _BREAK),
)
_BLOCK_STARTERS = frozenset(" \t#`~<>-+*_=0123456789")


class _Open(Struct, frozen=True):
    """An open container: how far its content is indented, and whether it has any yet."""

    container: Container
    indent: int
    has_content: bool


class _Fence(Struct, frozen=True):
    character: str
    length: int
    indent: int


class _Cursor(Struct, frozen=True):
    """A place in a line. `partial` columns of a tab before `index` are still to be given."""

    text: str
    index: int = 0
    column: int = 0
    partial: int = 0

    def indent(self) -> tuple[int, _Cursor]:
        """The columns of white space that come next, and the cursor behind them."""
        index, column = self.index, self.column + self.partial
        text = self.text
        while index < len(text) and text[index] in " \t":
            column += _TAB - column % _TAB if text[index] == "\t" else 1
            index += 1
        return column - self.column, _Cursor(text, index, column)

    def skip_columns(self, count: int) -> _Cursor:
        """The cursor after at most `count` columns of white space."""
        taken = min(self.partial, count)
        index, column, partial = self.index, self.column + taken, self.partial - taken
        count -= taken
        while count > 0 and index < len(self.text) and self.text[index] in " \t":
            width = _TAB - column % _TAB if self.text[index] == "\t" else 1
            index += 1
            column += min(width, count)
            partial = max(width - count, 0)
            count -= min(width, count)
        return _Cursor(self.text, index, column, partial)

    def skip_characters(self, count: int) -> _Cursor:
        """The cursor after `count` characters, none of which is a tab."""
        return _Cursor(self.text, self.index + count, self.column + count)

    @property
    def rest(self) -> str:
        """What follows, a tab that was taken in part being spaces."""
        return " " * self.partial + self.text[self.index :]

    @property
    def source_column(self) -> int:
        """The column, from 1, of the character that `rest` begins with."""
        return self.index + 1 - (1 if self.partial else 0)


@dataclass(slots=True)
class _Scanner:
    """The open blocks between two lines."""

    stack: list[_Open] = field(default_factory=list)
    leaf: LineKind | None = None
    fence: _Fence = field(default_factory=lambda: _Fence("`", 3, 0))
    html_end: re.Pattern[str] = _UNTIL_BLANK
    ended_by_blank: list[_Open] = field(default_factory=list)

    def scan(self, number: int, text: str) -> Line:
        """What the next line of the text is."""
        if not self.stack:
            kind = self._kind_at_a_glance(text)
            if kind is not None:
                return Line(number, kind, (), text, 1)
        matched, cursor = self._match_containers(_Cursor(text))
        all_matched = matched == len(self.stack)
        if all_matched and self.leaf is LineKind.FENCE_OPEN:
            return self._continue_fence(number, cursor)
        if all_matched and self.leaf is LineKind.HTML and self._html_goes_on(cursor):
            return self._continue_html(number, cursor)
        return self._start_blocks(number, cursor, matched)

    def _kind_at_a_glance(self, text: str) -> LineKind | None:
        """What a line outside of containers is, if that needs no closer look: most lines are so."""
        if self.leaf is LineKind.FENCE_OPEN:
            is_code = not self.fence.indent and self.fence.character not in text
            return LineKind.FENCE_CODE if is_code else None
        if self.leaf not in (None, LineKind.TEXT):
            return None
        if not text:
            self.leaf = None
            return LineKind.BLANK
        if text[0] in _BLOCK_STARTERS:
            return None
        self.leaf = LineKind.TEXT
        return LineKind.TEXT

    def _match_containers(self, cursor: _Cursor) -> tuple[int, _Cursor]:
        for depth, open_block in enumerate(self.stack):
            indent, after = cursor.indent()
            is_blank = after.index == len(after.text)
            if open_block.container.kind is ContainerKind.QUOTE:
                if indent > 3 or is_blank or after.text[after.index] != ">":
                    return depth, cursor
                cursor = after.skip_characters(1).skip_columns(1)
            elif is_blank:
                if not open_block.has_content:
                    return depth, cursor
                cursor = after
            elif indent >= open_block.indent:
                cursor = cursor.skip_columns(open_block.indent)
            else:
                return depth, cursor
        return len(self.stack), cursor

    def _continue_fence(self, number: int, cursor: _Cursor) -> Line:
        indent, after = cursor.indent()
        marker = after.rest.rstrip(" \t")
        if (
            indent <= 3
            and len(marker) >= self.fence.length
            and not marker.strip(self.fence.character)
        ):
            self.leaf = None
            return self._line(number, LineKind.FENCE_CLOSE, after)
        return self._line(number, LineKind.FENCE_CODE, cursor.skip_columns(self.fence.indent))

    def _html_goes_on(self, cursor: _Cursor) -> bool:
        return self.html_end is not _UNTIL_BLANK or bool(cursor.rest.strip())

    def _continue_html(self, number: int, cursor: _Cursor) -> Line:
        if self.html_end.search(cursor.rest):
            self.leaf = None
        return self._line(number, LineKind.HTML, cursor)

    def _start_blocks(self, number: int, cursor: _Cursor, matched: int) -> Line:
        after_paragraph = self.leaf is LineKind.TEXT
        in_paragraph = after_paragraph and matched == len(self.stack)
        siblings = self.stack[matched : matched + 1] or self.ended_by_blank
        stack = self.stack[:matched]
        while True:
            indent, after = cursor.indent()
            rest = after.rest
            if not rest:
                return self._blank(number, stack, after, siblings)
            if indent >= _TAB:
                if after_paragraph:
                    return self._line(number, LineKind.TEXT, after)
                code = cursor.skip_columns(_TAB)
                return self._open(number, LineKind.INDENTED_CODE, stack, code)
            container = None
            if len(stack) < MAX_CONTAINERS:
                container = _container(number, after, indent, in_paragraph, siblings)
            if container is None or _BREAK.match(rest):
                break
            stack = [*_with_content(stack), container[0]]
            cursor = container[1]
            after_paragraph = in_paragraph = False
            siblings = []
        leaf = self._leaf(number, stack, after, cursor, in_paragraph, after_paragraph)
        if leaf is not None:
            return leaf
        if after_paragraph:
            return self._line(number, LineKind.TEXT, after)
        return self._open(number, LineKind.TEXT, stack, after)

    def _leaf(
        self,
        number: int,
        stack: list[_Open],
        after: _Cursor,
        cursor: _Cursor,
        in_paragraph: bool,
        after_paragraph: bool,
    ) -> Line | None:
        rest = after.rest
        fence = _FENCE.match(rest)
        if fence:
            marker = fence.group(1) or fence.group(2)
            self.fence = _Fence(marker[0], len(marker), after.column - cursor.column)
            return self._open(number, LineKind.FENCE_OPEN, stack, after)
        html_end = _html_end(rest, after_paragraph)
        if html_end is not None:
            line = self._open(number, LineKind.HTML, stack, cursor)
            self.html_end = html_end
            if html_end.search(rest):
                self.leaf = None
            return line
        for kind, pattern in _SINGLE_LINES[0 if in_paragraph else 1 :]:
            if pattern.match(rest):
                line = self._open(number, kind, stack, after)
                self.leaf = None
                return line
        return None

    def _blank(
        self, number: int, stack: list[_Open], after: _Cursor, siblings: list[_Open]
    ) -> Line:
        self.stack = stack
        # A blank line ends an item that has no content yet, but not the list it is in.
        self.ended_by_blank = siblings
        self.leaf = None
        return self._line(number, LineKind.BLANK, after)

    def _open(self, number: int, kind: LineKind, stack: list[_Open], cursor: _Cursor) -> Line:
        self.stack = _with_content(stack)
        self.ended_by_blank = []
        self.leaf = kind
        return self._line(number, kind, cursor)

    def _line(self, number: int, kind: LineKind, cursor: _Cursor) -> Line:
        containers = tuple(open_block.container for open_block in self.stack)
        return Line(number, kind, containers, cursor.rest, cursor.source_column)


def scan_lines(texts: Iterable[str], first_number: int = 1) -> tuple[Line, ...]:
    """What each of the lines is; they have no line ends, and the first has `first_number`."""
    scanner = _Scanner()
    return tuple(scanner.scan(number, text) for number, text in enumerate(texts, first_number))


def _with_content(stack: list[_Open]) -> list[_Open]:
    return [open_ if open_.has_content else replace(open_, has_content=True) for open_ in stack]


def _html_end(rest: str, after_paragraph: bool) -> re.Pattern[str] | None:
    if rest[0] != "<":
        return None
    for start, end in _HTML_STARTS:
        if start.match(rest):
            return end
    return _UNTIL_BLANK if not after_paragraph and _HTML_ALONE.match(rest) else None


def _container(
    number: int, after: _Cursor, indent: int, in_paragraph: bool, siblings: list[_Open]
) -> tuple[_Open, _Cursor] | None:
    rest = after.rest
    if rest[0] == ">":
        quote = Container(ContainerKind.QUOTE, number, number)
        return _Open(quote, 0, True), after.skip_characters(1).skip_columns(1)
    bullet = _BULLET.match(rest)
    ordered = None if bullet else _ORDERED.match(rest)
    marker = bullet or ordered
    if marker is None:
        return None
    behind = after.skip_characters(marker.end())
    spaces, content = behind.indent()
    is_empty = not content.rest
    start = int(ordered.group(1)) if ordered else 0
    if in_paragraph and (is_empty or (ordered and start != 1)):
        return None
    width = spaces if 1 <= spaces <= _TAB and not is_empty else 1
    kind = ContainerKind.ORDERED_ITEM if ordered else ContainerKind.BULLET_ITEM
    sign = ordered.group(2) if ordered else rest[0]
    list_line = number
    for sibling in siblings:
        if (sibling.container.kind, sibling.container.marker) == (kind, sign):
            list_line = sibling.container.list_line
    item = Container(kind, number, list_line, sign, start)
    return _Open(item, indent + marker.end() + width, False), behind.skip_columns(width)
