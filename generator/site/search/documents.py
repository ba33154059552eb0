"""A card in one language as Pagefind is to read it: its words, and the headings to link to."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

from generator.site.search.entries import SearchEntry
from generator.site.search.words import spaced, tag_word

_WITHIN_WORDS = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd"}
    | {"mark", "q", "s", "samp", "small", "span", "strong", "sub", "tt", "u", "var", "wbr"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNREAD = "figcaption"


def search_document(entry: SearchEntry, tag_names: Sequence[str], html: str) -> str:
    """The document of a card: what identifies it, and the text of `html`, which is safe.

    `tag_names` are those of the card's tags, in every language.
    """
    summaries = [text.summary for text in entry.texts.values()]
    facts = [entry.title, *summaries, entry.author, *tag_names, *entry.entrypoints]
    return document(entry.id, facts, html, " ".join(map(tag_word, entry.tags)))


def document(name: str, facts: Sequence[str], html: str, tag_words: str = "") -> str:
    """The document with this name: facts, the text of `html`, which is safe, and words of tags."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    about = "".join(f"<p>{_text(fact)}</p>" for fact in facts)
    return (
        f"<!doctype html><html><head><title>{escape(name)}</title></head>"
        f"<body>{about}<p>{''.join(reader.pieces)}</p><p>{tag_words}</p></body></html>"
    )


def _text(text: str) -> str:
    return escape(spaced(text))


class _Reader(HTMLParser):
    """Leaves of a page only what is to be indexed."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._is_unread = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == _UNREAD:
            self._is_unread = True
        elif tag in _HEADINGS:
            heading_id = escape(dict(attrs).get("id") or "")
            self.pieces.append(f'</p><h2 id="{heading_id}">')
        elif tag not in _WITHIN_WORDS:
            self.pieces.append("</p><p>")

    def handle_endtag(self, tag: str) -> None:
        if tag == _UNREAD:
            self._is_unread = False
        elif tag in _HEADINGS:
            self.pieces.append("</h2><p>")
        elif tag not in _WITHIN_WORDS:
            self.pieces.append("</p><p>")

    def handle_data(self, data: str) -> None:
        if not self._is_unread:
            self.pieces.append(_text(data))
