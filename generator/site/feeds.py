"""An Atom feed a language, by RFC 4287: the cards that were changed last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from xml.etree.ElementTree import Element, SubElement, indent, tostring

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
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language.tag})
    _add(root, "id", own_address)
    _add(root, "title", settings.title[language.code])
    _add(root, "subtitle", settings.description[language.code])
    _add(root, "updated", iso_time(updated))
    _add(SubElement(root, "author"), "name", settings.title[language.code])
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": own_address})
    _link(root, absolute(hub.base_url, catalogue_page(language)), language)
    for card in newest:
        _entry(root, hub, language, card)
    indent(root, "")
    xml: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return xml + b"\n"


def _entry(root: Element, hub: Hub, language: Language, card: ListedCard) -> None:
    page = absolute(hub.base_url, card_page(language, card.id))
    entry = SubElement(root, "entry")
    _add(entry, "id", page)
    _add(entry, "title", card.title)
    _add(entry, "updated", iso_time(card.updated))
    _add(SubElement(entry, "author"), "name", card.author)
    _link(entry, page, language)
    summary_language = hub.language_among(card.summaries, language)
    summary = _add(entry, "summary", card.summaries[summary_language.code])
    if summary_language != language:
        summary.set("xml:lang", summary_language.tag)
    for tag in card.tags:
        label = one_line(hub.settings.tags[tag][language.code])
        SubElement(entry, "category", {"term": tag, "label": label})


def _add(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    # XML can't hold every character, not even escaped.
    element.text = one_line(text)
    return element


def _link(parent: Element, address: str, language: Language) -> None:
    attributes = {"rel": "alternate", "type": "text/html", "hreflang": language.tag}
    SubElement(parent, "link", {**attributes, "href": address})
