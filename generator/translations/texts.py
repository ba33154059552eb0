"""What of a card is translated, and what tells one version of it from another."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.cards.model import Card, LineKind, Section
from generator.cards.parity.parts import match_parts
from generator.cards.texts import section_text
from generator.evidence.agreements import Agreement
from generator.source import Span

_FENCE = frozenset({LineKind.FENCE_OPEN, LineKind.FENCE_CODE, LineKind.FENCE_CLOSE})
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

    White space makes no difference. Python code does not count: it is compared as code.
    """
    starts = [section.span.start.line, *(item.span.start.line for item in section.headings)]
    texts: list[list[str]] = [[] for _ in starts]
    python = [
        (block.span.start.line, block.span.end.line)
        for block in section.code_blocks
        if block.is_python
    ]
    for line in section.lines:
        text = " ".join(line.content.split())
        is_code = line.kind in _FENCE and any(a <= line.number <= b for a, b in python)
        if text and not is_code:
            texts[bisect_right(starts, line.number) - 1].append(text)
    return {
        start: hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:_DIGITS]
        for start, lines in zip(starts, texts, strict=True)
    }


def pairs_of(card: Card) -> Mapping[str, Sequence[Pair]]:
    """The texts that belong together, of the first language with each other one."""
    if not card.sections:
        return {}
    texts = [section_text(card, section) for section in card.sections]
    hashes = [hashes_of(section) for section in card.sections]
    first = card.sections[0].language
    return {
        text.section.language: [
            Pair(
                Side(first, hashes[0][one.place.start.line], one.place),
                Side(text.section.language, own[two.place.start.line], two.place),
            )
            for one, two in match_parts(texts[0], text).pairs
        ]
        for text, own in zip(texts[1:], hashes[1:], strict=True)
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
