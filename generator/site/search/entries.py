"""What there is to find of a card."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from generator.cards.model import Card
from generator.evidence.model import CardEvidence
from generator.site.evidence import evidence_in_short, language_records
from generator.site.hub import Hub
from generator.site.markdown.headings import PlacedHeading
from generator.site.markdown.render import RenderedSection


class TextEntry(Struct, frozen=True):
    """What a card says in short in one language; `headings` is None when it has no section.

    `evidence` is what the page in this language says of it in short.
    """

    summary: str
    headings: tuple[PlacedHeading, ...] | None
    evidence: str


class SearchEntry(Struct, frozen=True):
    """A card in the list that is searched; `texts` are by language code."""

    id: str
    title: str
    author: str
    tags: tuple[str, ...]
    entrypoints: tuple[str, ...]
    texts: Mapping[str, TextEntry]


def search_entry(
    hub: Hub,
    card: Card,
    sections: Mapping[str, RenderedSection],
    entrypoints: tuple[str, ...],
    evidence: CardEvidence | None,
) -> SearchEntry:
    """The card, whose `sections` are by language code, and which names these `entrypoints`."""
    front = card.front_matter
    texts = {}
    for language in hub.settings.languages:
        code = language.code
        if code in front.summary or code in sections:
            headings = sections[code].headings if code in sections else None
            shown = hub.shown_language(card, language).code
            records = language_records(shown, evidence)
            in_short = evidence_in_short(card, shown, records, hub.strings[code])
            texts[code] = TextEntry(front.summary.get(code, ""), headings, in_short)
    return SearchEntry(
        id=card.id,
        title=front.title,
        author=front.author,
        tags=front.tags,
        entrypoints=entrypoints,
        texts=texts,
    )
