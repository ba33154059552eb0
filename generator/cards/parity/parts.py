"""Sections taken apart at their headings, and which parts of two languages belong together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from msgspec import Struct

from generator.cards.model import CodeBlock, Heading, LineKind, Link
from generator.cards.parity.numbers import find_quantities
from generator.cards.prose import Passage, PassageKind
from generator.cards.tables import Table
from generator.cards.texts import SectionText
from generator.source import Position, Span

_MOST_COMPARED = 40_000


class Part(Struct, frozen=True):
    """What stands below a heading, up to the next one of any level; or before the first.

    `place` is the heading's, or the section comment's. `passages` are the texts that are
    compared: the heading too, but neither tables nor definitions of links.
    """

    heading: Heading | None
    place: Span
    passages: tuple[Passage, ...]
    tables: tuple[Table, ...]
    blocks: tuple[CodeBlock, ...]
    links: tuple[Link, ...]


class MatchedParts(Struct, frozen=True):
    """The parts of two sections that belong together, and those that have no counterpart."""

    pairs: tuple[tuple[Part, Part], ...]
    only_first: tuple[tuple[Part, Span], ...]
    only_other: tuple[tuple[Part, Span], ...]


def parts_of(text: SectionText) -> tuple[Part, ...]:
    """The parts of a section; the first has no heading."""
    section = text.section
    starts = [heading.span.start.line for heading in section.headings]
    count = len(starts) + 1
    passages: list[list[Passage]] = [[] for _ in range(count)]
    tables: list[list[Table]] = [[] for _ in range(count)]
    blocks: list[list[CodeBlock]] = [[] for _ in range(count)]
    links: list[list[Link]] = [[] for _ in range(count)]
    for passage in text.passages:
        if passage.kind not in (PassageKind.TABLE, PassageKind.DEFINITION):
            passages[bisect_right(starts, passage.lines[0].number)].append(passage)
    for table in text.tables:
        tables[bisect_right(starts, table.header[0].span.start.line)].append(table)
    for block in section.code_blocks:
        blocks[bisect_right(starts, block.span.start.line)].append(block)
    for link in section.links:
        links[bisect_right(starts, link.span.start.line)].append(link)
    headings: list[Heading | None] = [None, *section.headings]
    return tuple(
        Part(
            heading,
            heading.span if heading else section.span,
            *(tuple(passages[index]), tuple(tables[index])),
            *(tuple(blocks[index]), tuple(links[index])),
        )
        for index, heading in enumerate(headings)
    )


def match_parts(first: SectionText, other: SectionText) -> MatchedParts:
    """The parts of two sections by the levels of their headings, in order.

    Where one has more headings than the other, those are left over with which the most
    others, of the same level and with the most in common, can be matched. With them comes
    the place in the other section before which they should be. When the other section has
    the text and lacks the heading alone, the text is matched with what is there before it.
    """
    mine, theirs = parts_of(first), parts_of(other)
    if len(mine) == len(theirs):
        return MatchedParts(tuple(zip(mine, theirs, strict=True)), (), ())
    marks = [_marks(part) for part in mine], [_marks(part) for part in theirs]
    pairs = [(0, 0), *_best_pairs(mine, theirs, marks)]
    mirrored = [(j, i) for i, j in pairs]
    return MatchedParts(
        tuple(
            zip(
                _with_stray_text(mine, marks, pairs),
                _with_stray_text(theirs, marks[::-1], mirrored),
                strict=True,
            )
        ),
        tuple(_left_over(mine, theirs, pairs, other)),
        tuple(_left_over(theirs, mine, mirrored, first)),
    )


def _with_stray_text(
    parts: Sequence[Part],
    marks: Sequence[Sequence[frozenset[str]]],
    pairs: Sequence[tuple[int, int]],
) -> Iterator[Part]:
    """The matched parts, with those behind them whose text, not heading, the counterpart has."""
    ends = [index for index, _ in pairs[1:]] + [len(parts)]
    for (index, counterpart), end in zip(pairs, ends, strict=True):
        part = parts[index]
        for stray in range(index + 1, end):
            own = marks[0][stray]
            if len(own & marks[1][counterpart]) > len(own) / 2:
                part = _joined(part, parts[stray])
        yield part


def _joined(one: Part, two: Part) -> Part:
    texts = tuple(item for item in two.passages if item.kind is not PassageKind.HEADING)
    return Part(
        one.heading,
        one.place,
        one.passages + texts,
        one.tables + two.tables,
        one.blocks + two.blocks,
        one.links + two.links,
    )


def _left_over(
    parts: Sequence[Part],
    others: Sequence[Part],
    pairs: Sequence[tuple[int, int]],
    text: SectionText,
) -> Iterator[tuple[Part, Span]]:
    counterparts = dict(pairs)
    place = end_of(text)
    found: list[tuple[Part, Span]] = []
    for index in range(len(parts) - 1, -1, -1):
        if index in counterparts:
            place = others[counterparts[index]].place
        else:
            found.append((parts[index], place))
    yield from reversed(found)


def end_of(text: SectionText) -> Span:
    """The place of the last line of a section that is not blank."""
    for line in reversed(text.section.lines):
        if line.kind is not LineKind.BLANK:
            end = Position(line.number, line.column + len(line.content.rstrip()))
            return Span(Position(line.number, line.column), end)
    return text.section.span


def _best_pairs(
    mine: Sequence[Part], theirs: Sequence[Part], marks: Sequence[Sequence[frozenset[str]]]
) -> list[tuple[int, int]]:
    """The longest row of pairs that are like each other; the first parts are no pair of it."""
    rows, columns = len(mine), len(theirs)
    if rows * columns > _MOST_COMPARED:
        return [(index, index) for index in range(1, min(rows, columns))]
    gains = [
        [_likeness(mine[i], theirs[j], marks[0][i], marks[1][j]) for j in range(columns)]
        for i in range(rows)
    ]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, 0, -1):
        for j in range(columns - 1, 0, -1):
            together = best[i + 1][j + 1] + gains[i][j]
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    pairs: list[tuple[int, int]] = []
    i = j = 1
    while i < rows and j < columns:
        if gains[i][j] and best[i][j] == best[i + 1][j + 1] + gains[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(one: Part, two: Part, mine: frozenset[str], theirs: frozenset[str]) -> float:
    if one.heading is None or two.heading is None or one.heading.level != two.heading.level:
        return 0.0
    if not mine or not theirs:
        return 1.0 + (mine == theirs)
    return 1.0 + 2 * len(mine & theirs) / min(len(mine), len(theirs))


def _marks(part: Part) -> frozenset[str]:
    """What of a part a translation most likely keeps."""
    marks = {link.target for link in part.links}
    for passage in part.passages:
        marks.update(span.code for span in passage.code_spans)
        marks.update(f"{item.number.amount:f}" for item in find_quantities(passage))
    for table in part.tables:
        marks.update(cell.text for row in table.rows for cell in row if not cell.text.isalpha())
    marks.update(block.code for block in part.blocks)
    return frozenset(marks)


def place_of_line(line: int, there: Part, here: Part) -> Span:
    """Where in the part `here` that should stand which stands in a line of its counterpart.

    That is the first line of the passage that is as far down as the one there, or the
    heading when the part has no text.
    """
    before = [item for item in there.passages if item.lines[0].number <= line]
    if not before or not here.passages:
        return here.place
    position = (len(before) - 1) / max(len(there.passages) - 1, 1)
    return here.passages[round(position * (len(here.passages) - 1))].first_line_span
