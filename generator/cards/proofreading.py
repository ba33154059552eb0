"""What a careful reader would mark in a card's text, apart from what it claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from generator.cards.texts import SectionText
from generator.cards.whitespace import final_newline, trailing_spaces, trailing_spaces_of_head
from generator.config import Settings
from generator.diagnostics import Diagnostic

_CHINESE = "zh"
_SETS_FULL_WIDTH = frozenset({"zh", "ja", "ko"})


def proofread(
    card: Card, texts: Sequence[SectionText], settings: Settings, loaded: Sequence[str]
) -> Iterator[Diagnostic]:
    """The problems of the card's texts; `loaded` are the repositories from which it loads."""
    path = str(card.path)
    yield from plain_http(path, card)
    yield from overlong_addresses(path, card)
    yield from other_repositories(path, card, settings, loaded)
    yield from final_newline(path, card)
    yield from trailing_spaces_of_head(path, card)
    for text in texts:
        section = text.section
        yield from trailing_spaces(path, card, section, text.passages)
        yield from heading_jumps(path, section)
        yield from uneven_rows(path, text.written)
        yield from duplicate_references(path, section, text.passages)
        yield from undefined_footnotes(path, text.passages)
        yield from misspellings(path, card, section, text.passages)
        yield from unbalanced_text(path, text.passages)
        for passage in text.passages:
            yield from _marks(path, section.language.partition("_")[0], passage)


def _marks(path: str, language: str, passage: Passage) -> Iterator[Diagnostic]:
    yield from unbalanced_code(path, passage)
    yield from doubled_words(path, passage)
    yield from broken_markup(path, passage)
    yield from repeated_punctuation(path, passage)
    if language == _CHINESE:
        yield from half_width_marks(path, passage)
        yield from full_width_words(path, passage)
        yield from wide_spaces(path, passage)
        yield from missing_spacing(path, passage)
        yield from needless_spaces(path, passage)
        yield from mixed_separators(path, passage)
    elif language not in _SETS_FULL_WIDTH:
        yield from full_width_marks(path, passage)
        yield from wide_spaces(path, passage)
