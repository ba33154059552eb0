"""Sections taken apart at their headings, and which parts of two languages belong together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from generator.cards.metrics import metrics_named_by
from generator.cards.model import CodeBlock, Heading, LineKind, Link
from generator.cards.parity.numbers import find_quantities
from generator.cards.prose import Passage, PassageKind
from generator.cards.tables import Table
from generator.cards.texts import SectionText
from generator.source import Position, Span

_MOST_COMPARED = 40_000
_CLEAR = 0.25
_COMMENT = re.compile(r"\s*<!--.*-->\s*")
# An English word says about as much as a Chinese one, most of which have two characters.
_WORD = re.compile(r"[\u3400-\u9fff]{1,2}|[^\W\d_\u3400-\u9fff]+|\d+")


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


class LeftOver(Struct, frozen=True):
    """A part without a counterpart.

    It belongs in front of `place` in the other section, or behind when that is its end;
    `is_heading_alone` when its text is there. Where it is not certain, one of its neighbours
    may be the one that has no counterpart.
    """

    part: Part
    place: Span
    is_at_end: bool = False
    is_heading_alone: bool = False
    is_certain: bool = True


class MatchedParts(Struct, frozen=True):
    """The parts of two sections that belong together, and those that have no counterpart."""

    pairs: tuple[tuple[Part, Part], ...]
    only_first: tuple[LeftOver, ...]
    only_other: tuple[LeftOver, ...]


class _Side(Struct, frozen=True):
    """The parts of one section, and what they are compared by."""

    text: SectionText
    parts: tuple[Part, ...]
    marks: Sequence[frozenset[str]]
    shapes: Sequence[Sequence[_Block]]


class _Block(Struct, frozen=True):
    """A block of a part: what it is, in how many lists and quotes, how much it says, and where."""

    kind: str
    depth: int
    amount: float
    place: Span


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
    the place in the other section where they should be. When the other section has the text
    and lacks the heading alone, the text is matched with what is there before it.
    """
    mine, theirs = parts_of(first), parts_of(other)
    if len(mine) == len(theirs):
        return MatchedParts(tuple(zip(mine, theirs, strict=True)), (), ())
    one, two = _side(first, mine), _side(other, theirs)
    best, doubtful = _best_pairs(one, two)
    pairs = [(0, 0), *best]
    mirrored = [(j, i) for i, j in pairs]
    return MatchedParts(
        tuple(
            zip(
                _with_stray_text(one, two, pairs),
                _with_stray_text(two, one, mirrored),
                strict=True,
            )
        ),
        tuple(_left_over(one, two, pairs, doubtful[0])),
        tuple(_left_over(two, one, mirrored, doubtful[1])),
    )


def _side(text: SectionText, parts: tuple[Part, ...]) -> _Side:
    marks = [_marks(part) for part in parts]
    return _Side(text, parts, marks, [_shape(part) for part in parts])


def _with_stray_text(side: _Side, other: _Side, pairs: Sequence[tuple[int, int]]) -> Iterator[Part]:
    """The matched parts, with those behind them whose text, not heading, the counterpart has."""
    ends = [index for index, _ in pairs[1:]] + [len(side.parts)]
    for (index, counterpart), end in zip(pairs, ends, strict=True):
        part = side.parts[index]
        for stray in range(index + 1, end):
            if _is_stray(side, other, (index, counterpart), stray):
                part = _joined(part, side.parts[stray])
        yield part


def _is_stray(side: _Side, other: _Side, pair: tuple[int, int], stray: int) -> bool:
    """Whether the counterpart of the part before has this one's text, too."""
    own = side.marks[stray]
    if own:
        return len(own & other.marks[pair[1]]) > len(own) / 2
    return _is_shared(side, other, pair, stray)


def _is_shared(side: _Side, other: _Side, pair: tuple[int, int], stray: int) -> bool:
    """Whether a part's blocks, and then the stray one's, are those of the part's counterpart."""
    before = side.shapes[pair[0]]
    own = side.shapes[stray] if stray < len(side.shapes) else ()
    both = [(block.kind, block.depth) for block in (*before, *own)]
    return bool(own) and both == [(item.kind, item.depth) for item in other.shapes[pair[1]]]


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
    side: _Side, other: _Side, pairs: Sequence[tuple[int, int]], doubtful: frozenset[int]
) -> Iterator[LeftOver]:
    counterparts = dict(pairs)
    before = (0, 0)
    for index, part in enumerate(side.parts):
        if index in counterparts:
            before = (index, counterparts[index])
            continue
        is_stray = _is_stray(side, other, before, index)
        text = _stray_text(side, other, before, index) if is_stray else None
        following = next((j for i, j in pairs if i > index), None)
        if text:
            yield LeftOver(part, text, is_heading_alone=True)
        else:
            is_at_end = following is None
            place = end_of(other.text) if following is None else other.parts[following].place
            is_certain = index not in doubtful
            yield LeftOver(part, place, is_at_end=is_at_end, is_certain=is_certain)


def _stray_text(side: _Side, other: _Side, pair: tuple[int, int], stray: int) -> Span | None:
    """Where the text of a stray part begins in the counterpart of the part before."""
    blocks = other.shapes[pair[1]]
    if _is_shared(side, other, pair, stray):
        return blocks[len(side.shapes[pair[0]])].place
    count = len(side.shapes[stray])
    is_tail = [(item.kind, item.depth) for item in side.shapes[stray]] == [
        (item.kind, item.depth) for item in blocks[-count:]
    ]
    return blocks[-count].place if count and is_tail else None


def end_of(text: SectionText) -> Span:
    """The place of the last line of a section that is neither blank nor a comment."""
    for line in reversed(text.section.lines):
        is_comment = line.kind is LineKind.HTML and _COMMENT.fullmatch(line.content)
        if line.kind is not LineKind.BLANK and (not is_comment or metrics_named_by(line)):
            end = Position(line.number, line.column + len(line.content.rstrip()))
            return Span(Position(line.number, line.column), end)
    return text.section.span


def _best_pairs(
    one: _Side, two: _Side
) -> tuple[list[tuple[int, int]], tuple[frozenset[int], frozenset[int]]]:
    """The longest row of pairs that are like each other; the first parts are no pair of it.

    With it come, for both, the parts that would be in a row that is hardly worse.
    """
    rows, columns = len(one.parts), len(two.parts)
    if rows * columns > _MOST_COMPARED:
        pairs = [(index, index) for index in range(1, min(rows, columns))]
        return pairs, (frozenset(range(rows)), frozenset(range(columns)))
    gains = [[_likeness(one, two, i, j) for j in range(columns)] for i in range(rows)]
    behind = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, 0, -1):
        for j in range(columns - 1, 0, -1):
            together = behind[i + 1][j + 1] + gains[i][j]
            behind[i][j] = max(behind[i + 1][j], behind[i][j + 1], together)
    pairs = []
    i = j = 1
    while i < rows and j < columns:
        if gains[i][j] and behind[i][j] == behind[i + 1][j + 1] + gains[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif behind[i][j] == behind[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs, _doubtful(gains, behind)


def _doubtful(
    gains: Sequence[Sequence[float]], behind: Sequence[Sequence[float]]
) -> tuple[frozenset[int], frozenset[int]]:
    """The rows and columns of the pairs that are in a row which is hardly worse than the best."""
    rows, columns = len(gains), len(gains[0])
    before = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    found: list[tuple[int, int]] = []
    for i in range(1, rows):
        for j in range(1, columns):
            together = before[i][j] + gains[i][j]
            before[i + 1][j + 1] = max(before[i][j + 1], before[i + 1][j], together)
            if gains[i][j] and together + behind[i + 1][j + 1] > behind[1][1] - _CLEAR:
                found.append((i, j))
    return frozenset(i for i, _ in found), frozenset(j for _, j in found)


def _likeness(one: _Side, two: _Side, i: int, j: int) -> float:
    heading, other = one.parts[i].heading, two.parts[j].heading
    if heading is None or other is None or heading.level != other.level:
        return 0.0
    mine, theirs = one.marks[i], two.marks[j]
    common = float(mine == theirs)
    if mine and theirs:
        common = 2 * len(mine & theirs) / min(len(mine), len(theirs))
    is_shared = _is_shared(one, two, (i, j), i + 1) or _is_shared(two, one, (j, i), j + 1)
    shape = 1.0 if is_shared else _likeness_of_shapes(one.shapes[i], two.shapes[j])
    return 1.0 + common + shape


def _likeness_of_shapes(one: Sequence[_Block], two: Sequence[_Block]) -> float:
    """From 0 to 1: how many blocks are alike, and how alike the amounts are that they say."""
    mine, theirs = (Counter((item.kind, item.depth) for item in shape) for shape in (one, two))
    alike = _ratio((mine & theirs).total(), (mine | theirs).total())
    amounts = sorted(sum(item.amount for item in shape) for shape in (one, two))
    return (alike + _ratio(*amounts)) / 2


def _ratio(small: float, large: float) -> float:
    return small / large if large else 1.0


def _shape(part: Part) -> Sequence[_Block]:
    blocks = [
        _Block(
            item.kind.value,
            len(item.lines[0].containers),
            len(_WORD.findall(item.prose)),
            item.first_line_span,
        )
        for item in part.passages
        if item.kind is not PassageKind.HEADING
    ]
    for table in part.tables:
        start, end = table.header[0].span.start, table.header[-1].span.end
        blocks.append(_Block("table", 0, len(table.rows), Span(start, end)))
    for block in part.blocks:
        place = Span(block.span.start, block.info_span.end)
        blocks.append(_Block(block.language, 0, block.code.count("\n"), place))
    return sorted(blocks, key=lambda item: item.place)


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
