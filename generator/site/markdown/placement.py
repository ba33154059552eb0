"""The last step: what the renderer adds to sanitised HTML, at the places that it marked.

Sanitised HTML is well formed, so its tags can be walked through one by one; nothing that a
card says in a text or an attribute can look like one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from itertools import pairwise
from urllib.parse import unquote

from msgspec import Struct

from generator.site.markdown.headings import PlacedHeading, Slugs
from generator.site.markdown.sanitizer import USER_PREFIX

HEADING_ID = "own:heading"
CODE_ID = "own:code-"

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s+[a-z:-]+(?:=\"[^\"]*\")?)*)\s*/?>")
_ATTRIBUTE = re.compile(r"([a-z:-]+)=\"([^\"]*)\"")
_LATE_AND_DISCREET = ' loading="lazy" decoding="async" referrerpolicy="no-referrer"'
_SCROLLED = '<div class="table" tabindex="0">'
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CHANGED = _HEADING_TAGS | {"pre", "input", "img", "table", "a"}
_USER_ID = re.compile(rf" (?:id|name)=\"{USER_PREFIX}([^\"]*)\"")


class Placed(Struct, frozen=True):
    """HTML with everything in its place; `code` are the indices of the blocks in it.

    It comes in parts: the first ends with the first of these blocks, and so on; the last has
    what stands behind the last block.
    """

    parts: tuple[str, ...]
    headings: tuple[PlacedHeading, ...]
    code: tuple[int, ...]


def place(html: str, figures: Sequence[str], task_labels: Mapping[bool, str]) -> Placed:
    """Puts code, ids of headings and the labels of tasks (by: is it done?) into `html`."""
    placement = _Placement(html, figures, task_labels)
    position = 0
    for tag in _TAG.finditer(html):
        # Most tags stay as they are, and go with the text around them.
        if tag[2] not in _CHANGED and not placement.in_heading:
            continue
        placement.add_text(html[position : tag.start()])
        placement.add_tag(tag)
        position = tag.end()
    placement.add_text(html[position:])
    return placement.finish()


class _Placement:
    def __init__(self, html: str, figures: Sequence[str], task_labels: Mapping[bool, str]) -> None:
        self._user_ids = frozenset(_USER_ID.findall(html))
        self._figures = figures
        self._task_labels = task_labels
        self._pieces: list[str] = []
        self._part_ends: list[int] = []
        self._slugs = Slugs()
        self._headings: list[PlacedHeading] = []
        self._heading_at = -1
        self._heading_text: list[str] = []
        self._in_place = False
        self._code: list[int] = []

    @property
    def in_heading(self) -> bool:
        """Whether what comes next belongs to a heading."""
        return self._heading_at >= 0

    def add_text(self, text: str) -> None:
        self._pieces.append(text)
        if self.in_heading:
            self._heading_text.append(text)

    def add_tag(self, tag: re.Match[str]) -> None:
        is_end, name, source = tag.groups()
        if name in _HEADING_TAGS:
            self._pieces.append(tag.group())
            if is_end:
                self._end_heading(name)
            elif f'id="{HEADING_ID}"' in source:
                self._heading_at = len(self._pieces) - 1
                self._heading_text = []
        elif name == "pre" and (self._in_place or f'id="{CODE_ID}' in source):
            self._add_figure(dict(_ATTRIBUTE.findall(source)))
        elif name == "input":
            self._pieces.append(self._checkbox("checked" in source))
        elif name == "img":
            self._pieces.append(f"<img{source}{_LATE_AND_DISCREET}>")
        elif name == "table":
            self._pieces.append("</table></div>" if is_end else f"{_SCROLLED}{tag.group()}")
        elif name == "a" and 'href="#' in source:
            self._pieces.append(self._local_link(tag.group(), source))
        else:
            self._pieces.append(tag.group())

    def finish(self) -> Placed:
        bounds = [0, *self._part_ends, len(self._pieces)]
        parts = ("".join(self._pieces[start:end]) for start, end in pairwise(bounds))
        return Placed(tuple(parts), tuple(self._headings), tuple(self._code))

    def _end_heading(self, name: str) -> None:
        if self.in_heading:
            text = " ".join(unescape("".join(self._heading_text)).split())
            slug = self._slugs.take(text)
            self._pieces[self._heading_at] = f'<{name} id="{escape(slug)}">'
            self._headings.append(PlacedHeading(int(name[1]), slug, text))
        self._heading_at = -1

    def _add_figure(self, attributes: Mapping[str, str]) -> None:
        self._in_place = not self._in_place
        if self._in_place:
            index = int(attributes["id"].removeprefix(CODE_ID))
            self._code.append(index)
            self._pieces.append(self._figures[index])
            self._part_ends.append(len(self._pieces))

    def _checkbox(self, is_done: bool) -> str:
        checked = " checked" if is_done else ""
        label = escape(self._task_labels[is_done])
        return f'<input type="checkbox" disabled{checked} aria-label="{label}">'

    def _local_link(self, tag: str, source: str) -> str:
        target = dict(_ATTRIBUTE.findall(source))["href"][1:]
        if unquote(target) not in self._user_ids:
            return tag
        return tag.replace(f'href="#{target}"', f'href="#{USER_PREFIX}{target}"')
