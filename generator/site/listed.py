"""A card as lists of cards have it: little enough to be held for every card of a large hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ListedCard:
    """What the catalogue, the feeds, the sitemap and the search need to know of a card.

    `summaries` are by language code, `written` has the codes of the languages in which there
    is a section, `updated` is in UTC. The rest is ready to be put into lists: `tiles` is HTML,
    `markdown_lines` are lines of Markdown, both by language code; `data` and `search_row` are
    JSON.
    """

    id: str
    title: str
    author: str
    tags: tuple[str, ...]
    summaries: Mapping[str, str]
    written: tuple[str, ...]
    updated: datetime
    tiles: Mapping[str, str]
    markdown_lines: Mapping[str, str]
    data: str
    search_row: str
