"""What a card's file says, taken apart, whether or not it is a valid card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from generator.cards.attributes import read_attributes
from generator.cards.blocks import scan_lines
from generator.cards.links import find_links
from generator.cards.model import CodeBlock, Heading, Line, LineKind, Section
from generator.source import Position, Span

_DELIMITER = re.compile(r"---[ \t]*")
_END_DELIMITER = re.compile(r"(?:---|\.\.\.)[ \t]*")
_SECTION_COMMENT = re.compile(
    r"[ \t]*<!--\s*section\s*:\s*(?P<language>[^\s>]+?)\s*-->[ \t]*", re.IGNORECASE
)
_LIKE_SECTION_COMMENT = re.compile(r"\s*<!--\s*section\b[^>]{0,80}", re.IGNORECASE)
_ATX_CLOSE = re.compile(r"(?:^|[ \t])#+[ \t]*$")


class FrontMatterText(Struct, frozen=True):
    """The YAML between the delimiters; its first line is `first_line` of the file."""

    text: str
    first_line: int
    is_closed: bool


class Document(Struct, frozen=True):
    """A file as the format sees it: head, preamble, sections; nothing is judged yet.

    `preamble` is what stands before the first section; `misplaced_comments` are lines that
    look like section comments and are none.
    """

    path: str
    text: str
    front_matter: FrontMatterText | None
    preamble: Section
    sections: tuple[Section, ...]
    misplaced_comments: tuple[Line, ...]


def take_apart(path: str, text: str) -> Document:
    r"""The parts of the card in `text`, which has `\n` line ends and no byte-order mark."""
    texts = text.split("\n")
    front_matter, body_start = _split_front_matter(texts)
    lines = scan_lines(texts[body_start:], body_start + 1)
    in_comment = _in_comment(lines)
    starts = [
        index
        for index, line in enumerate(lines)
        if _section_language(line) and line.number not in in_comment
    ]
    bounds = [*starts, len(lines)]
    preamble = _section("", _line_start(body_start + 1), lines[: bounds[0]])
    sections = tuple(
        _section(
            str(_section_language(lines[start])),
            _comment_span(lines[start]),
            lines[start + 1 : end],
        )
        for start, end in zip(starts, bounds[1:], strict=True)
    )
    misplaced = tuple(
        line for line in lines if _is_misplaced_comment(line) and line.number not in in_comment
    )
    return Document(path, text, front_matter, preamble, sections, misplaced)


def _split_front_matter(texts: Sequence[str]) -> tuple[FrontMatterText | None, int]:
    if not _DELIMITER.fullmatch(texts[0]):
        return None, 0
    for index, text in enumerate(texts[1:], 1):
        if _END_DELIMITER.fullmatch(text):
            return FrontMatterText("\n".join(texts[1:index]), 2, is_closed=True), index + 1
    return FrontMatterText("\n".join(texts[1:]), 2, is_closed=False), len(texts)


def _in_comment(lines: Sequence[Line]) -> frozenset[int]:
    numbers: set[int] = set()
    is_open = False
    for line in lines:
        is_open = is_open and line.kind is LineKind.HTML
        if is_open:
            numbers.add(line.number)
        opening, closing = line.content.rfind("<!--"), line.content.rfind("-->")
        if line.kind is LineKind.HTML and opening != closing:
            is_open = opening > closing
    return frozenset(numbers)


def _section_language(line: Line) -> str | None:
    if line.kind is not LineKind.HTML or line.containers:
        return None
    match = _SECTION_COMMENT.fullmatch(line.content)
    return match.group("language") if match else None


def _is_misplaced_comment(line: Line) -> bool:
    return (
        line.kind in (LineKind.HTML, LineKind.TEXT)
        and not _section_language(line)
        and bool(_LIKE_SECTION_COMMENT.match(line.content))
    )


def _comment_span(line: Line) -> Span:
    content = line.content.strip()
    return Span.at(line.number, line.column + line.content.index("<"), len(content))


def _line_start(number: int) -> Span:
    return Span.at(number, 1, 0)


def _section(language: str, span: Span, lines: tuple[Line, ...]) -> Section:
    return Section(
        language=language,
        span=span,
        lines=lines,
        headings=tuple(_headings(lines)),
        code_blocks=tuple(_code_blocks(lines)),
        links=find_links(lines),
    )


def _headings(lines: Sequence[Line]) -> Iterator[Heading]:
    paragraph: list[Line] = []
    for line in lines:
        if line.kind is LineKind.HEADING:
            text = line.content.lstrip("#")
            level = len(line.content) - len(text)
            title = _ATX_CLOSE.sub("", text).strip()
            yield Heading(level, title, Span.at(line.number, line.column, len(line.content)))
        elif line.kind is LineKind.SETEXT_UNDERLINE:
            level = 1 if line.content.startswith("=") else 2
            end = Position(line.number, line.column + len(line.content.rstrip()))
            start = Position(paragraph[0].number, paragraph[0].column)
            title = " ".join(part.content.strip() for part in paragraph)
            yield Heading(level, title, Span(start, end))
        if line.kind is not LineKind.TEXT:
            paragraph = []
        elif paragraph and paragraph[-1].containers != line.containers:
            paragraph = [line]
        else:
            paragraph.append(line)


def _code_blocks(lines: Sequence[Line]) -> Iterator[CodeBlock]:
    for block in _fences(lines):
        opening, closing = block[0], block[-1]
        is_closed = closing.kind is LineKind.FENCE_CLOSE
        code = block[1:-1] if is_closed else block[1:]
        marker_length = len(opening.content) - len(opening.content.lstrip(opening.content[0]))
        info = opening.content[marker_length:].strip()
        info_column = opening.column + opening.content.index(info, marker_length)
        fence = CodeBlock(
            info=info,
            code="".join(f"{line.content}\n" for line in code),
            code_line=opening.number + 1,
            code_columns=tuple(line.column for line in code),
            span=Span(
                Position(opening.number, opening.column),
                Position(closing.number, closing.column + len(closing.content.rstrip())),
            ),
            info_span=(
                Span.at(opening.number, info_column, len(info))
                if info
                else Span.at(opening.number, opening.column, marker_length)
            ),
            is_closed=is_closed,
        )
        if fence.is_python:
            read = read_attributes(info, fence.info_span.start)
            fence = replace(fence, attributes=read.attributes)
        yield fence


def _fences(lines: Sequence[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if block and line.kind not in (LineKind.FENCE_CODE, LineKind.FENCE_CLOSE):
            yield block
            block = []
        if line.kind is LineKind.FENCE_OPEN or block:
            block.append(line)
        if line.kind is LineKind.FENCE_CLOSE:
            yield block
            block = []
    if block:
        yield block
