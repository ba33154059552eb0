"""An Atom feed a language, by RFC 4287: the cards that were changed last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from html import escape

from generator.languages import Language
from generator.site.addresses import absolute, card_page, catalogue_page, feed
from generator.site.formats import iso_time
from generator.site.hub import Hub
from generator.site.listed import ListedCard
from generator.site.plain_markdown import one_line

NEWEST = 50
"""So many cards are in a feed: readers look for what is new, and ask often."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)


def newest_first(cards: Sequence[ListedCard]) -> list[ListedCard]:
    """The cards of a feed, the last changed first; those of one moment in the order of ids."""
    by_id = sorted(cards, key=lambda card: card.id)
    return sorted(by_id, key=lambda card: card.updated, reverse=True)[:NEWEST]


def atom_feed(hub: Hub, language: Language, newest: Sequence[ListedCard]) -> bytes:
    """The feed in `language`; without cards it has never changed since time began."""
    settings = hub.settings
    own_address = absolute(hub.base_url, feed(language))
    updated = newest[0].updated if newest else _BEGINNING
    title = settings.title[language.code]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language.tag}">',
        _element("id", own_address),
        _element("title", title),
        _element("subtitle", settings.description[language.code]),
        _element("updated", iso_time(updated)),
        f"<author>{_element('name', title)}</author>",
        f'<link rel="self" type="application/atom+xml" href="{escape(own_address)}"/>',
        _link(absolute(hub.base_url, catalogue_page(language)), language),
    ]
    for card in newest:
        lines += _entry(hub, language, card)
    return "\n".join([*lines, "</feed>\n"]).encode()


def _entry(hub: Hub, language: Language, card: ListedCard) -> Iterator[str]:
    page = absolute(hub.base_url, card_page(language, card.id))
    yield "<entry>"
    yield _element("id", page)
    yield _element("title", card.title)
    yield _element("updated", iso_time(card.updated))
    yield f"<author>{_element('name', card.author)}</author>"
    yield _link(page, language)
    summary_language = hub.language_among(card.summaries, language)
    lang = "" if summary_language == language else f' xml:lang="{summary_language.tag}"'
    yield _element("summary", card.summaries[summary_language.code], lang)
    for tag in card.tags:
        label = escape(one_line(hub.settings.tags[tag][language.code]))
        yield f'<category term="{escape(tag)}" label="{label}"/>'
    yield "</entry>"


def _element(name: str, text: str, attributes: str = "") -> str:
    # XML can't hold every character, not even escaped.
    return f"<{name}{attributes}>{escape(one_line(text))}</{name}>"


def _link(address: str, language: Language) -> str:
    described = f'type="text/html" hreflang="{language.tag}"'
    return f'<link rel="alternate" {described} href="{escape(address)}"/>'
