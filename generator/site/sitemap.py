"""What tells search engines which pages there are: sitemaps, and robots.txt.

By https://www.sitemaps.org/protocol.html, with the alternates that search engines read there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from urllib.parse import quote

from generator.site.addresses import (
    FRONT_PAGE,
    SITEMAP,
    absolute,
    card_page,
    check_name,
    guide_page,
    sitemap_part,
)
from generator.site.catalogue import list_addresses
from generator.site.formats import iso_time
from generator.site.guide import GUIDE_PAGES, guide_languages
from generator.site.guide_checks import check_codes
from generator.site.hub import Hub
from generator.site.listed import ListedCard

MOST_PAGES = 50_000
MOST_BYTES = 50_000_000
"""A sitemap may have so many pages and bytes, and no more."""

# No address has a blank.
_ID = " ID "
_TIME = " TIME "
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
    most_pages: int = MOST_PAGES,
    most_bytes: int = MOST_BYTES,
) -> Mapping[str, bytes]:
    """The sitemap by its path; where one does not suffice, an index of several.

    It has every page that is the canonical one of its text: a page that falls back to another
    language is not in it.
    """
    parts = list(_parts(_entries(hub, cards), most_pages, most_bytes))
    if len(parts) == 1:
        return {SITEMAP: parts[0]}
    named = {sitemap_part(number): part for number, part in enumerate(parts, 1)}
    return {SITEMAP: _index(hub, named), **named}


def _parts(entries: Iterator[bytes], most_pages: int, most_bytes: int) -> Iterator[bytes]:
    room = most_bytes - len(_OPENING) - len(_CLOSING)
    part: list[bytes] = []
    pages, size = 0, 0
    for entry in entries:
        own_pages = entry.count(b"<url>")
        if part and (pages + own_pages > most_pages or size + len(entry) > room):
            yield b"".join([_OPENING, *part, _CLOSING])
            part, pages, size = [], 0, 0
        part.append(entry)
        pages += own_pages
        size += len(entry)
    yield b"".join([_OPENING, *part, _CLOSING])


def _index(hub: Hub, parts: Mapping[str, bytes]) -> bytes:
    places = "".join(
        f"<sitemap><loc>{escape(absolute(hub.base_url, path))}</loc></sitemap>\n" for path in parts
    )
    return f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n{places}</sitemapindex>\n'.encode()


def _entries(hub: Hub, cards: Sequence[ListedCard]) -> Iterator[bytes]:
    front = absolute(hub.base_url, FRONT_PAGE)
    lists = [
        (
            part,
            {language: absolute(hub.base_url, path) for language, path in addresses.items()},
        )
        for part, addresses in list_addresses(hub, cards)
    ]
    yield _entries_of("", {**lists[0][1], "x-default": front}, [front]).encode()
    for index, (part, pages) in enumerate(lists):
        default = pages[hub.fallback.tag] if index else front
        newest = max((card.updated for card in part), default=None)
        time = iso_time(newest) if newest else ""
        yield _entries_of(time, {**pages, "x-default": default}, pages.values()).encode()
    if hub.settings.guide:
        yield from _guide_entries(hub)
    # The same for thousands of cards, but for their ids and times.
    drawn: dict[tuple[str, ...], str] = {}
    for card in cards:
        if card.written not in drawn:
            drawn[card.written] = _entries_of_any_card(hub, card.written)
        entries = drawn[card.written].replace(_ID, escape(quote(card.id)))
        yield entries.replace(_TIME, iso_time(card.updated)).encode()


def _entries_of_any_card(hub: Hub, written: tuple[str, ...]) -> str:
    """The entries of a card in these languages, with `_ID` and `_TIME` for its own."""
    pages = {
        language.tag: absolute(hub.base_url, card_page(language, "x")).removesuffix("x/")
        + f"{_ID}/"
        for language in hub.languages_among(written)
    }
    alternates = {**pages, "x-default": pages[hub.fallback.tag]}
    return _entries_of(_TIME, alternates, pages.values())


def _guide_entries(hub: Hub) -> Iterator[bytes]:
    languages = guide_languages(hub)
    for name in (*GUIDE_PAGES, *map(check_name, check_codes())):
        pages = {item.tag: absolute(hub.base_url, guide_page(item, name)) for item in languages}
        default = absolute(hub.base_url, guide_page(hub.fallback, name))
        yield _entries_of("", {**pages, "x-default": default}, pages.values()).encode()


def _entries_of(time: str, alternates: Mapping[str, str], pages: Iterable[str]) -> str:
    """Pages that are one page in several languages, or lead to it, and when they were changed."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(address)}"/>\n'
        for language, address in alternates.items()
    )
    changed = f"<lastmod>{time}</lastmod>\n" if time else ""
    return "".join(f"<url>\n<loc>{escape(page)}</loc>\n{changed}{links}</url>\n" for page in pages)
