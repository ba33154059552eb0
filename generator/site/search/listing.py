"""The list of cards that is searched by substring, as scripts that a page can load from a disk.

Pagefind knows words by their beginnings. A reader of Chinese expects any characters that stand
side by side to be found, and whoever knows half of an entrypoint's name expects it, too; and a
browser refuses to load Pagefind from a disk.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from generator.languages import Language
from generator.site.addresses import SEARCH_GUIDE, SEARCH_LIST, search_part
from generator.site.digests import digest_for_address
from generator.site.hub import Hub
from generator.site.listed import ListedCard
from generator.site.search.entries import SearchEntry
from generator.site.search.extent import Search
from generator.site.search.words import UNSPACED

CARDS_IN_PART = 500
"""Few enough that a part is small, and that the parts of a large hub come side by side."""


def list_files(
    hub: Hub, cards: Sequence[ListedCard], tags: Sequence[str]
) -> tuple[tuple[str, bytes], ...]:
    """The list in parts, and a file of a fixed name that says where they are; by their paths.

    `tags` are those that any card has.
    """
    languages = hub.settings.languages
    parts = [
        _part(number, cards[first : first + CARDS_IN_PART])
        for number, first in enumerate(range(0, len(cards), CARDS_IN_PART), 1)
    ]
    head = {
        "languages": [{"tag": item.tag, "name": item.name} for item in languages],
        "tags": [
            {"id": tag, "names": [hub.settings.tags[tag][item.code] for item in languages]}
            for tag in tags
        ],
        "fallback": languages.index(hub.fallback),
        "unspaced": UNSPACED,
        "parts": [path for path, _ in parts],
        "guide": SEARCH_GUIDE if hub.settings.guide else "",
        "fullText": hub.search is Search.FULL_TEXT and bool(cards),
    }
    return ((SEARCH_LIST, script("hubcards-search-list", head)), *parts)


def script(event: str, data: object) -> bytes:
    """A script that gives `data` to whoever listens for the event."""
    return _script(event, _json(data))


def _part(number: int, cards: Sequence[ListedCard]) -> tuple[str, bytes]:
    rows = b",".join([card.search_row for card in cards])
    content = _script("hubcards-search-cards", b"[%b]" % rows)
    digest = digest_for_address(content)
    return search_part(number, digest), content


def search_row(entry: SearchEntry, languages: Sequence[Language]) -> bytes:
    """A card in the list."""
    # Lists and not objects: the names of the fields would be half of the file.
    return _json(
        [
            entry.id,
            entry.title,
            entry.author,
            entry.tags,
            entry.entrypoints,
            [_text(entry, language) for language in languages],
        ]
    )


def _text(entry: SearchEntry, language: Language) -> list[Any] | int:
    text = entry.texts.get(language.code)
    if text is None:
        return 0
    headings = text.headings
    places = 0 if headings is None else [[heading.text, heading.id] for heading in headings]
    return [text.summary, places, text.evidence]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _script(event: str, data: bytes) -> bytes:
    return b'document.dispatchEvent(new CustomEvent("%b",{detail:%b}));\n' % (event.encode(), data)
