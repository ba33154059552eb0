"""A card as lists of cards have it: little enough to be held for every card of a large hub."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct


class ListedCard(Struct, frozen=True, array_like=True):
    """What the catalogue, the feeds, the sitemap and the search need to know of a card.

    `summaries` are by language code, `updated` is in UTC. The rest is ready to be put into lists,
    and in UTF-8, since most of it is only copied: `tiles` is HTML, of which the longest has
    `tile_bytes`, and which has the digests `tile_digests`, `markdown_lines` are lines of Markdown,
    all by language code; `data` and `search_row` are JSON, `sitemap_entries` is XML.
    """

    id: str
    title: str
    author: str
    tags: tuple[str, ...]
    summaries: Mapping[str, str]
    updated: datetime
    tiles: Mapping[str, bytes]
    tile_bytes: int
    tile_digests: Mapping[str, str]
    markdown_lines: Mapping[str, bytes]
    data: bytes
    search_row: bytes
    sitemap_entries: bytes


def listed_as_bytes(card: ListedCard) -> bytes:
    """The card as MessagePack, to be kept."""
    return msgspec.msgpack.encode(card)


def listed_from_bytes(content: bytes) -> ListedCard:
    """The card that `listed_as_bytes` made `content` of."""
    return msgspec.msgpack.decode(content, type=ListedCard)
