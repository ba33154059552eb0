"""What a careful reader would mark in a card's text, apart from what it claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeAlias

from generator.cards.addresses import other_repositories, overlong_addresses, plain_http
from generator.cards.chinese import (
    full_width_marks,
    full_width_words,
    missing_spacing,
    mixed_separators,
    needless_spaces,
    wide_spaces,
)
from generator.cards.half_width import half_width_marks
from generator.cards.markup import broken_markup
from generator.cards.model import Card
from generator.cards.outline import heading_jumps, uneven_rows
from generator.cards.prose import Passage
from generator.cards.punctuation import repeated_punctuation, unbalanced_code, unbalanced_text
from generator.cards.references import duplicate_references, undefined_footnotes
from generator.cards.spelling import doubled_words, misspellings
from generator.cards.texts import SectionText, summary_text
from generator.cards.whitespace import final_newline, trailing_spaces, trailing_spaces_of_head
from generator.config import Settings
from generator.diagnostics import Diagnostic

_Check: TypeAlias = Callable[[str, Passage], Iterator[Diagnostic]]

_CHINESE = "zh"
_SETS_FULL_WIDTH = frozenset({"zh", "ja", "ko"})
_MARKS: tuple[_Check, ...] = (
    unbalanced_code,
    broken_markup,
    repeated_punctuation,
    doubled_words,
)
_MARKS_OF_CHINESE: tuple[_Check, ...] = (
    half_width_marks,
    full_width_words,
    wide_spaces,
    missing_spacing,
    needless_spaces,
    mixed_separators,
)
_MARKS_OF_OTHERS: tuple[_Check, ...] = (full_width_marks, wide_spaces)
_MOST_TOLD = 100
"""Of each kind and section: who has mended so many sees the next."""


def proofread(
    card: Card, texts: Sequence[SectionText], settings: Settings, loaded: Sequence[str]
) -> Iterator[Diagnostic]:
    """The problems of the card's texts; `loaded` are the repositories from which it loads."""
    path = str(card.path)
    yield from islice(plain_http(path, card), _MOST_TOLD)
    yield from islice(overlong_addresses(path, card), _MOST_TOLD)
    yield from islice(other_repositories(path, card, settings, loaded), _MOST_TOLD)
    yield from final_newline(path, card)
    yield from trailing_spaces_of_head(path, card)
    for text in texts:
        section = text.section
        summary = summary_text(card, section.language)
        passages = (summary, *text.passages) if summary else text.passages
        yield from trailing_spaces(path, card, section, text.passages)
        for found in (
            heading_jumps(path, section),
            uneven_rows(path, text.written),
            duplicate_references(path, section, passages),
            undefined_footnotes(path, passages),
            misspellings(path, card, section, passages),
            unbalanced_text(path, passages),
        ):
            yield from islice(found, _MOST_TOLD)
        for check in _checks(section.language.partition("_")[0]):
            marks = chain.from_iterable(check(path, passage) for passage in passages)
            yield from islice(marks, _MOST_TOLD)


def _checks(language: str) -> tuple[_Check, ...]:
    if language == _CHINESE:
        return (*_MARKS, *_MARKS_OF_CHINESE)
    return _MARKS if language in _SETS_FULL_WIDTH else (*_MARKS, *_MARKS_OF_OTHERS)
