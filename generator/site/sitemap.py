"""What tells search engines which pages there are: sitemaps, and robots.txt.

By https://www.sitemaps.org/protocol.html, with the alternates that search engines read there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape

from generator.cards.explanations import explained_codes
from generator.cards.model import Card
from generator.site.addresses import (
    FRONT_PAGE,
    SITEMAP,
    absolute,
    card_page,
    check_name,
    guide_page,
    sitemap_part,
)
from generator.site.catalogue import CardList, list_addresses
from generator.site.formats import iso_time
from generator.site.guide import GUIDE_PAGES, guide_languages
from generator.site.hub import Hub
from generator.site.listed import ListedCard

MOST_PAGES = 50_000
MOST_BYTES = 50_000_000
"""A sitemap may have so many pages and bytes, and no more."""

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OPENING = (
    f'{_HEAD}<urlset xmlns="{_NAMESPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'.encode()
)
_CLOSING = b"</urlset>\n"


def robots(hub: Hub) -> str:
    """Everything may be read, and here is the list of it."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {absolute(hub.base_url, SITEMAP)}\n"


def sitemaps(
    hub: Hub,
    cards: Sequence[ListedCard],
    lists: Sequence[CardList],
    most_pages: int = MOST_PAGES,
    most_bytes: int = MOST_BYTES,
) -> Mapping[str, bytes]:
    """The sitemap by its path; where one does not suffice, an index of several.

    It has every page that is the canonical one of its text: a page that falls back to another
    language is not in it.
    """
    entries = list(_entries(hub, cards, lists))
    whole = b"".join([_OPENING, *entries, _CLOSING])
    if len(whole) <= most_bytes and whole.count(b"<url>") <= most_pages:
        return {SITEMAP: whole}
    parts = list(_parts(entries, most_pages, most_bytes))
    named = {sitemap_part(number): part for number, part in enumerate(parts, 1)}
    return {SITEMAP: _index(hub, named), **named}


def _parts(entries: Iterable[bytes], most_pages: int, most_bytes: int) -> Iterator[bytes]:
    room = most_bytes - len(_OPENING) - len(_CLOSING)
    part: list[bytes] = []
    pages, size = 0, 0
    for entry in entries:
        own_pages, own_size = entry.count(b"<url>"), len(entry)
        if part and (pages + own_pages > most_pages or size + own_size > room):
            yield b"".join([_OPENING, *part, _CLOSING])
            part, pages, size = [], 0, 0
        part.append(entry)
        pages += own_pages
        size += own_size
    yield b"".join([_OPENING, *part, _CLOSING])


def _index(hub: Hub, parts: Mapping[str, bytes]) -> bytes:
    places = "".join(
        f"<sitemap><loc>{escape(absolute(hub.base_url, path))}</loc></sitemap>\n" for path in parts
    )
    return f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n{places}</sitemapindex>\n'.encode()


def _entries(hub: Hub, cards: Sequence[ListedCard], lists: Sequence[CardList]) -> Iterator[bytes]:
    front = absolute(hub.base_url, FRONT_PAGE)
    listings = [
        (
            part,
            {language: absolute(hub.base_url, path) for language, path in addresses.items()},
        )
        for part, addresses in list_addresses(hub, lists)
    ]
    yield _entries_of("", {**listings[0][1], "x-default": front}, [front])
    for index, (part, pages) in enumerate(listings):
        default = pages[hub.fallback.tag] if index else front
        newest = max((card.updated for card in part), default=None)
        time = iso_time(newest) if newest else ""
        yield _entries_of(time, {**pages, "x-default": default}, pages.values())
    if hub.settings.guide:
        yield from _guide_entries(hub)
    for card in cards:
        yield card.sitemap_entries


def card_entries(hub: Hub, card: Card, updated: datetime) -> bytes:
    """The entries of a card's pages."""
    pages = {
        language.tag: absolute(hub.base_url, card_page(language, card.id))
        for language in hub.written_languages(card)
    }
    alternates = {**pages, "x-default": pages[hub.fallback.tag]}
    return _entries_of(iso_time(updated), alternates, pages.values())


def _guide_entries(hub: Hub) -> Iterator[bytes]:
    languages = guide_languages(hub)
    for name in (*GUIDE_PAGES, *map(check_name, explained_codes())):
        pages = {item.tag: absolute(hub.base_url, guide_page(item, name)) for item in languages}
        default = absolute(hub.base_url, guide_page(hub.fallback, name))
        yield _entries_of("", {**pages, "x-default": default}, pages.values())


def _entries_of(time: str, alternates: Mapping[str, str], pages: Iterable[str]) -> bytes:
    """Pages that are one page in several languages, or lead to it, and when they were changed."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(address)}"/>\n'
        for language, address in alternates.items()
    )
    changed = f"<lastmod>{time}</lastmod>\n" if time else ""
    entries = (f"<url>\n<loc>{escape(page)}</loc>\n{changed}{links}</url>\n" for page in pages)
    return "".join(entries).encode()
