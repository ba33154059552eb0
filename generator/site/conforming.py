"""HTML that the renderer and cards still use and the standard has dropped, in today's words.

GitHub aligns with attributes; the standard leaves that to styles, and a page that allows no
inline styles to classes. The styles of the site know `align-left`, `valign-top` and so on.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from generator.site.markdown.render import RenderedSection

_WITHIN_TAG = r"(?:[^\">]|\"[^\"]*\")*"
# Of a page's thousands of tags only those are looked at that there is something to do about.
_DROPPED = (
    r"(?:tt|strike)(?=[\s/>])"
    rf"|a(?=\s|>)(?!{_WITHIN_TAG}\shref=)"
    rf"|[a-z][a-z0-9]*(?=\s{_WITHIN_TAG}(?<=\s)v?align=)"
)
_TAG = re.compile(rf"<(/?)({_DROPPED})((?:\s+[a-z:-]+(?:=\"[^\"]*\")?)*)(\s*/?>)")
_ALIGN = re.compile(r" (v?align)=\"([^\"]*)\"")
_CLASS = ' class="'
_REL = re.compile(r" rel=\"[^\"]*\"")
_TODAY = {"tt": "code", "strike": "s"}
_PLACES = frozenset({"left", "right", "center", "justify", "top", "middle", "bottom", "baseline"})


def conforming(section: RenderedSection) -> RenderedSection:
    """The section with nothing in it that only browsers of the past are told to read."""
    return replace(section, parts=tuple(map(_part_of_today, section.parts)))


def _part_of_today(part: str) -> str:
    # Looking at each tag takes long, and in most parts there is nothing to be found.
    has_dropped = any(sign in part for sign in ("align=", "<tt", "<strike"))
    if has_dropped or part.count("<a") != part.count("<a href="):
        return _TAG.sub(_tag_of_today, part)
    return part


def _tag_of_today(tag: re.Match[str]) -> str:
    slash, name, attributes, end = tag.groups()
    classes = [
        f"{attribute}-{place.lower()}"
        for attribute, place in _ALIGN.findall(attributes)
        if place.lower() in _PLACES
    ]
    attributes = _with_classes(_ALIGN.sub("", attributes), classes)
    if name == "a" and " href=" not in attributes:
        attributes = _REL.sub("", attributes)
    return f"<{slash}{_TODAY.get(name, name)}{attributes}{end}"


def _with_classes(attributes: str, classes: list[str]) -> str:
    if not classes:
        return attributes
    added = " ".join(classes)
    if _CLASS in attributes:
        return attributes.replace(_CLASS, f"{_CLASS}{added} ", 1)
    return f'{attributes} class="{added}"'
