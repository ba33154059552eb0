"""The one place where a card's HTML becomes harmless, for pages and API alike."""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3

USER_PREFIX = "user-content-"
"""Before the ids and names that a card gives in HTML, so that none can be taken for ours."""

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details"),
    *("dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("hr", "i", "img", "input", "ins", "kbd", "li", "mark", "ol", "p", "picture", "pre", "q"),
    *("rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub"),
    *("summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var"),
    "wbr",
}
_ALIGNED = (
    *("caption", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "p", "table", "tbody", "tfoot"),
    *("thead", "tr"),
)
_ATTRIBUTES = {
    "*": {"id", "lang", "dir", "title", "aria-label"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height", "align"},
    "input": {"checked"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "details": {"open"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope", "abbr"},
    "del": {"cite", "datetime"},
    "ins": {"cite", "datetime"},
    "q": {"cite"},
    "blockquote": {"cite"},
    **{tag: {"align"} for tag in _ALIGNED},
}
_CLASSES = {
    "a": {"footnote-back"},
    "h2": {"footnotes-heading"},
    "li": {"task-list-item"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
    "ul": {"task-list"},
    "ol": {"task-list"},
}
_SIZE = re.compile(r"[0-9]{1,4}%?")


class Sanitizer:
    """Makes HTML harmless, and tells the ids that the renderer gave from those of a card.

    The renderer's ids begin with a mark that no card can contain; they keep what follows it.
    """

    def __init__(self) -> None:
        self._mark = ""
        self._cleaner = nh3.Cleaner(
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            attribute_filter=self._filter,
            allowed_classes=_CLASSES,
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow",
        )

    def clean(self, html: str, mark: str) -> str:
        """`html` with only what is allowed in it; `mark` is what the renderer's ids begin with."""
        self._mark = mark
        return self._cleaner.clean(html)

    def _filter(self, tag: str, attribute: str, value: str) -> str | None:
        rule = _RULES.get(attribute)
        return value if rule is None else rule(tag, value, self._mark)


def _identifier(_tag: str, value: str, mark: str) -> str | None:
    if value.startswith(mark):
        return value.removeprefix(mark)
    return USER_PREFIX + value.removeprefix(USER_PREFIX) if value else None


def _link(_tag: str, value: str, mark: str) -> str | None:
    return "#" + value[1:].removeprefix(mark) if value.startswith("#") else value


def _source(_tag: str, value: str, _mark: str) -> str | None:
    return None if value.lower().startswith("mailto:") else value


def _size(_tag: str, value: str, _mark: str) -> str | None:
    return value if _SIZE.fullmatch(value) else None


_RULES: dict[str, Callable[[str, str, str], str | None]] = {
    "id": _identifier,
    "name": _identifier,
    "href": _link,
    "src": _source,
    "width": _size,
    "height": _size,
    "colspan": _size,
    "rowspan": _size,
}
