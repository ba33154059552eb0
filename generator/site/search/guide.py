"""The guide in the search: its list for substrings, and its documents for all words."""

from __future__ import annotations

from collections.abc import Iterator

from generator.site.addresses import guide_page
from generator.site.guide_entries import GuideEntry, GuideText, guide_entries
from generator.site.hub import Hub
from generator.site.search.documents import document
from generator.site.search.listing import script


def guide_list(hub: Hub) -> bytes:
    """The pages of the guide as a script that a page can load from a disk."""
    rows = [
        [entry.name, [_row(entry, language.code) for language in hub.settings.languages]]
        for entry in guide_entries(hub)
    ]
    return script("hubcards-search-guide", rows)


def guide_documents(hub: Hub) -> Iterator[tuple[str, bytes]]:
    """The pages of the guide as Pagefind is to read them, by their paths."""
    for entry in guide_entries(hub):
        for language in hub.languages_among(entry.texts):
            text = entry.texts[language.code]
            content = document(entry.name, [text.title, text.summary], text.html)
            yield guide_page(language, entry.name), content.encode()


def _row(entry: GuideEntry, code: str) -> list[object] | int:
    text: GuideText | None = entry.texts.get(code)
    if text is None:
        return 0
    return [text.title, text.summary, [[heading.text, heading.id] for heading in text.headings]]
