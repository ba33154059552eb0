"""Both indexes of a site, made while its cards are rendered."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.cards.model import Card
from generator.site.addresses import card_page
from generator.site.hub import Hub, Search
from generator.site.publish import OutputError
from generator.site.search.documents import search_document
from generator.site.search.entries import SearchEntry, search_entry
from generator.site.search.listing import list_files
from generator.site.search.pagefind import find_pagefind, index_documents
from generator.site.site import OutputFile, RenderedCard


def available_search() -> Search:
    """As much as can be made here: full text needs Pagefind."""
    return Search.FULL_TEXT if find_pagefind() else Search.LIST


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Where documents gather until they are indexed, for several processes at a time."""

    documents: Path

    def add(self, hub: Hub, card: Card, rendered: RenderedCard) -> tuple[SearchEntry, ...]:
        """Adds the words of a card; the entry is what the list says of it, if there is one.

        Raises `OutputError` when they can't be kept.
        """
        if hub.search is Search.NOTHING:
            return ()
        entry = search_entry(hub, card, rendered.sections)
        if hub.search is Search.FULL_TEXT:
            tags = hub.settings.tags
            tag_names = [name for tag in entry.tags for name in tags[tag].values()]
            for language in hub.settings.languages:
                html = rendered.full_text.get(language.code)
                if html is not None:
                    document = search_document(entry, tag_names, html)
                    self._write(card_page(language, card.id), document.encode())
        return (entry,)

    def files(self, hub: Hub, entries: Sequence[SearchEntry]) -> Iterator[OutputFile]:
        """The files that are searched in. Raises `OutputError` when they can't be made."""
        if hub.search is not Search.NOTHING:
            yield from list_files(hub, entries)
        if hub.search is Search.FULL_TEXT and entries:
            yield from index_documents(self.documents)

    def _write(self, path: str, content: bytes) -> None:
        target = self.documents.joinpath(*path.split("/"))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except OSError as error:
            message = f"{target} can't be written: {error.strerror or error}"
            raise OutputError(message, "check the disk, or build with --no-search") from None


@contextmanager
def new_search_index(hub: Hub) -> Iterator[SearchIndex]:
    """An index with nothing in it, gone at the end of the block."""
    if hub.search is not Search.FULL_TEXT:
        yield SearchIndex(Path())
        return
    with tempfile.TemporaryDirectory(prefix="hubcards-search-") as folder:
        yield SearchIndex(Path(folder))
