"""Pictures in cards that lie elsewhere: the pages name them and link to them, and never load them.

Who opens a page would otherwise tell each picture's host so, and a card could place there
whatever it likes, of any size, long after it was reviewed.
"""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import unquote

from msgspec.structs import replace

from generator.site.markdown.render import RenderedSection
from generator.site.strings import Strings

_TAG = re.compile(r"<(?:(?P<link>/?a)|img)(?P<attributes>(?:\s+[a-z:-]+(?:=\"[^\"]*\")?)*)\s*/?>")
_ATTRIBUTE = re.compile(r" (src|alt)=\"([^\"]*)\"")
_ELSEWHERE = re.compile(r"https?:|[\\/]{2}", re.IGNORECASE)


def without_foreign_pictures(section: RenderedSection, text: Strings) -> RenderedSection:
    """The section with a link in the place of each picture that is not part of the site."""
    if "<img" not in section.html:
        return section
    replaced = _Replacement(text["picture_elsewhere"])
    return replace(section, parts=tuple(_TAG.sub(replaced, part) for part in section.parts))


class _Replacement:
    def __init__(self, words: str) -> None:
        self._words = words
        self._in_link = False

    def __call__(self, tag: re.Match[str]) -> str:
        if tag["link"]:
            self._in_link = tag["link"] == "a"
            return tag.group()
        attributes = dict(_ATTRIBUTE.findall(tag["attributes"]))
        address = unescape(attributes.get("src", ""))
        if not _ELSEWHERE.match(address):
            return tag.group()
        name = unescape(attributes.get("alt", "")).strip() or unquote(address, errors="replace")
        shown = escape(self._words.format(name=name))
        if self._in_link:
            return f'<span class="picture">{shown}</span>'
        return f'<a class="picture" href="{escape(address)}" rel="nofollow">{shown}</a>'
