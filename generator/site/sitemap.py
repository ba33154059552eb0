"""What tells search engines which pages there are: sitemaps, and robots.txt.

By https://www.sitemaps.org/protocol.html, with the alternates that search engines read there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from generator.site.addresses import (
    FRONT_PAGE,
    SITEMAP,
    absolute,
    card_page,
    catalogue_page,
    sitemap_part,
)
from generator.site.formats import iso_time
from generator.site.hub import Hub
from generator.site.pages import PlacedCard

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
    cards: Sequence[PlacedCard],
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
    size = 0
    for entry in entries:
        if part and (len(part) == most_pages or size + len(entry) > room):
            yield b"".join([_OPENING, *part, _CLOSING])
            part, size = [], 0
        part.append(entry)
        size += len(entry)
    yield b"".join([_OPENING, *part, _CLOSING])


def _index(hub: Hub, parts: Mapping[str, bytes]) -> bytes:
    places = "".join(
        f"<sitemap><loc>{escape(absolute(hub.base_url, path))}</loc></sitemap>\n" for path in parts
    )
    return f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n{places}</sitemapindex>\n'.encode()


def _entries(hub: Hub, cards: Sequence[PlacedCard]) -> Iterator[bytes]:
    front = absolute(hub.base_url, FRONT_PAGE)
    catalogues = {
        language.tag: absolute(hub.base_url, catalogue_page(language))
        for language in hub.settings.languages
    }
    newest = max((placed.updated for placed in cards), default=None)
    yield _entry(front, None, {**catalogues, "x-default": front})
    for page in catalogues.values():
        yield _entry(page, newest, {**catalogues, "x-default": front})
    for placed in cards:
        pages = {
            language.tag: absolute(hub.base_url, card_page(language, placed.card.id))
            for language in hub.written_languages(placed.card)
        }
        for page in pages.values():
            yield _entry(page, placed.updated, {**pages, "x-default": pages[hub.fallback.tag]})


def _entry(page: str, updated: datetime | None, alternates: Mapping[str, str]) -> bytes:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(language)} href={quoteattr(address)}/>\n'
        for language, address in alternates.items()
    )
    changed = f"<lastmod>{iso_time(updated)}</lastmod>\n" if updated else ""
    return f"<url>\n<loc>{escape(page)}</loc>\n{changed}{links}</url>\n".encode()
