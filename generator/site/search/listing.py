"""The list of cards that is searched by substring, as scripts that a page can load from a disk.

Pagefind knows words by their beginnings. A reader of Chinese expects any characters that stand
side by side to be found, and whoever knows half of an entrypoint's name expects it, too; and a
browser refuses to load Pagefind from a disk.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from generator.languages import Language
from generator.site.addresses import SEARCH_LIST, search_part
from generator.site.hub import Hub, Search
from generator.site.search.entries import SearchEntry
from generator.site.search.words import UNSPACED
from generator.site.site import OutputFile

CARDS_IN_PART = 500
"""Few enough that a part is small, and that the parts of a large hub come side by side."""


def list_files(hub: Hub, entries: Sequence[SearchEntry]) -> tuple[OutputFile, ...]:
    """The list in parts, and a file of a fixed name that says where they are."""
    used = {tag for entry in entries for tag in entry.tags}
    tags = [tag for tag in hub.settings.tags if tag in used]
    languages = hub.settings.languages
    parts = [
        _part(number, entries[first : first + CARDS_IN_PART], tags, languages)
        for number, first in enumerate(range(0, len(entries), CARDS_IN_PART), 1)
    ]
    head = {
        "languages": [{"tag": item.tag, "name": item.name} for item in languages],
        "tags": [
            {"id": tag, "names": [hub.settings.tags[tag][item.code] for item in languages]}
            for tag in tags
        ],
        "unspaced": UNSPACED,
        "parts": [part.path for part in parts],
        "fullText": hub.search is Search.FULL_TEXT and bool(entries),
    }
    return (OutputFile(SEARCH_LIST, _script("hubcards-search-list", head)), *parts)


def _part(
    number: int,
    entries: Sequence[SearchEntry],
    tags: Sequence[str],
    languages: Sequence[Language],
) -> OutputFile:
    positions = {tag: position for position, tag in enumerate(tags)}
    rows = [_row(entry, positions, languages) for entry in entries]
    content = _script("hubcards-search-cards", rows)
    digest = blake2b(content, digest_size=5).hexdigest()
    return OutputFile(search_part(number, digest), content)


def _row(entry: SearchEntry, tags: dict[str, int], languages: Sequence[Language]) -> list[Any]:
    # Lists and not objects: the names of the fields would be half of the file.
    return [
        entry.id,
        entry.title,
        entry.author,
        [tags[tag] for tag in entry.tags],
        entry.entrypoints,
        [_text(entry, language) for language in languages],
    ]


def _text(entry: SearchEntry, language: Language) -> list[Any] | int:
    text = entry.texts.get(language.code)
    if text is None:
        return 0
    if text.headings is None:
        return [text.summary, 0]
    return [text.summary, [[heading.text, heading.id] for heading in text.headings]]


def _script(event: str, detail: object) -> bytes:
    data = json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
    return f'document.dispatchEvent(new CustomEvent("{event}",{{detail:{data}}}));\n'.encode()
