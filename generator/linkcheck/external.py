"""The links of cards that lead out of the hub."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urldefrag

from msgspec import Struct

from generator.cards.links import address_of
from generator.cards.model import Card
from generator.source import Span

_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)


class Place(Struct, frozen=True):
    """Where a link stands."""

    path: str
    span: Span


def external_links(cards: Iterable[Card]) -> Mapping[str, tuple[Place, ...]]:
    """All places of each address of the web, without the part behind its `#`."""
    places: dict[str, list[Place]] = {}
    for card in cards:
        for address, span in _links(card):
            if _WEB.match(address):
                places.setdefault(urldefrag(address).url, []).append(Place(str(card.path), span))
    return {address: tuple(found) for address, found in places.items()}


def _links(card: Card) -> Iterator[tuple[str, Span]]:
    front_matter = card.front_matter
    if front_matter.github_link:
        yield front_matter.github_link, front_matter.spans["github-link",]
    for section in card.sections:
        for link in section.links:
            yield address_of(link), link.span
