"""What of a card is translated, and what tells one version of it from another."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, groupby

from msgspec import Struct

from generator.cards.metrics import metrics_named_by
from generator.cards.model import Card, Line, LineKind, Section
from generator.cards.parity.parts import match_parts
from generator.cards.texts import section_text
from generator.evidence.agreements import Agreement
from generator.source import Span

_FENCE = frozenset({LineKind.FENCE_OPEN, LineKind.FENCE_CODE, LineKind.FENCE_CLOSE})
_CODE = frozenset({*_FENCE, LineKind.INDENTED_CODE})
_COMMENT = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))|<!--.*?-->", re.DOTALL
)
_COMMENT_BLOCK = re.compile(r"<!--(?:.*?-->|.*\Z)", re.DOTALL)
_HAN = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff65\U00020000-\U0003ffff]"
_SPACE_BESIDE_HAN = re.compile(rf"(?<={_HAN}) | (?={_HAN})")
_DIGITS = 16


class Side(Struct, frozen=True):
    """The text below one heading, in one language: its hash, and the heading's place."""

    language: str
    hash: str
    place: Span


class Pair(Struct, frozen=True):
    """Texts of two languages that stand in the same place of the card."""

    first: Side
    other: Side


def hashes_of(section: Section) -> Mapping[int, str]:
    """The hash of the text below each heading, by the heading's line, or the comment's.

    White space makes no difference in how much of it there is, and beside Chinese characters
    none at all: there a line's end, which is shown as a space, separates nothing. Comments do
    not count, for they are not shown, and neither does Python code: it is compared as code.
    """
    starts = [section.span.start.line, *(item.span.start.line for item in section.headings)]
    texts: list[list[str]] = [[] for _ in starts]
    for number, text in _shown_texts(section):
        texts[bisect_right(starts, number) - 1] += text.split()
    return {start: _hash(" ".join(words)) for start, words in zip(starts, texts, strict=True)}


def _hash(text: str) -> str:
    plain = _SPACE_BESIDE_HAN.sub("", text)
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()[:_DIGITS]


def _shown_texts(section: Section) -> Iterator[tuple[int, str]]:
    """What is shown of the section but for Python code, with the line in which it begins."""
    python = [
        (block.span.start.line, block.span.end.line)
        for block in section.code_blocks
        if block.is_python
    ]
    for (kind, _), group in groupby(section.lines, lambda line: (line.kind, line.containers)):
        lines = list(group)
        if kind in _CODE:
            for line in lines:
                if not any(start <= line.number <= end for start, end in python):
                    yield line.number, line.content
        elif kind is LineKind.HTML:
            yield lines[0].number, _COMMENT_BLOCK.sub(" ", _joined(lines))
            yield from ((line.number, line.content) for line in lines if metrics_named_by(line))
        elif kind is LineKind.TEXT:
            yield lines[0].number, _COMMENT.sub(lambda found: found["code"] or " ", _joined(lines))
        else:
            yield from ((line.number, line.content) for line in lines)


def _joined(lines: Sequence[Line]) -> str:
    return "\n".join(line.content for line in lines)


def pairs_of(card: Card) -> Mapping[str, Sequence[Pair]]:
    """The texts that belong together, of the first language with each other one."""
    if not card.sections:
        return {}
    texts = [section_text(card, section) for section in card.sections]
    sides = [_sides(section) for section in card.sections]
    return {
        text.section.language: [
            Pair(sides[0][one.place.start.line], own[two.place.start.line])
            for one, two in match_parts(texts[0], text).pairs
        ]
        for text, own in zip(texts[1:], sides[1:], strict=True)
    }


def pairs_since(card: Card, agreement: Agreement) -> Mapping[str, Sequence[Pair]]:
    """The texts that belong together and are no longer as they were agreed to.

    Those that are as they were belong together wherever they stand; the others between two
    such pairs belong together in their order, or where their numbers differ, as in `pairs_of`.
    """
    likely = pairs_of(card)
    found: dict[str, list[Pair]] = {}
    for section in card.sections[1:]:
        first, other = list(_sides(card.sections[0]).values()), list(_sides(section).values())
        agreed = agreement.of(card.sections[0].language, section.language)
        pairs = found.setdefault(section.language, [])
        for mine, theirs in _gaps(first, other, agreed):
            if len(mine) == len(theirs):
                pairs += map(Pair, mine, theirs)
            else:
                pairs += [
                    pair
                    for pair in likely[section.language]
                    if pair.first in mine and pair.other in theirs
                ]
    return found


def _gaps(
    first: Sequence[Side], other: Sequence[Side], agreed: Sequence[tuple[str, str]]
) -> Iterator[tuple[Sequence[Side], Sequence[Side]]]:
    """What stands of both before the first agreed pair, between two of them, and behind."""
    unchanged = _unchanged(first, other, agreed)
    left = [place not in unchanged.values() for place in range(len(other))]
    mine: list[Side] = []
    start = 0
    for index, side in enumerate(first):
        place = unchanged.get(index)
        if place is None:
            mine.append(side)
        elif place >= start:
            yield mine, list(compress(other[start:place], left[start:place]))
            mine, start = [], place + 1
    yield mine, list(compress(other[start:], left[start:]))


def _unchanged(
    first: Sequence[Side], other: Sequence[Side], agreed: Sequence[tuple[str, str]]
) -> Mapping[int, int]:
    """The agreed pairs that are there still, by their places in both languages."""
    wanted = Counter(agreed)
    places: dict[str, list[int]] = {}
    for place, side in enumerate(other):
        places.setdefault(side.hash, []).append(place)
    counterparts: dict[str, list[str]] = {}
    for one, two in agreed:
        counterparts.setdefault(one, []).append(two)
    found: dict[int, int] = {}
    for index, side in enumerate(first):
        for two in counterparts.get(side.hash, ()):
            if wanted[side.hash, two] and places.get(two):
                wanted[side.hash, two] -= 1
                found[index] = places[two].pop(0)
                break
    return found


def _sides(section: Section) -> Mapping[int, Side]:
    """The texts of a section, by the lines in which their places begin."""
    places = [section.span, *(heading.span for heading in section.headings)]
    hashes = hashes_of(section)
    return {
        place.start.line: Side(section.language, hashes[place.start.line], place)
        for place in places
    }


def agreement_to(card: Card) -> Agreement:
    """That all languages of the card, as they are, are translations of each other."""
    return Agreement(
        card.id,
        card.sections[0].language,
        {
            language: tuple((pair.first.hash, pair.other.hash) for pair in pairs)
            for language, pairs in pairs_of(card).items()
        },
    )
