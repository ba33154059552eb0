"""How much work the tags of a section's HTML make, told before any parser has read it.

What is not closed stays open through all that follows, and a parser of HTML opens a
formatting element such as `<b>` anew in each block: so a small card could become a page
larger than any memory. The rules are those of the HTML standard for parsing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_OPEN = 20_000
"""How many elements may be open at a time: what takes a parser about a second."""

MAX_REOPENED = 100_000
"""How often, in all, an element may have to be opened anew."""

_START = re.compile(
    r"<(?:(?P<comment>!--)|(?P<bogus>[!?]|/(?![A-Za-z]))|(?P<slash>/)?(?P<name>[A-Za-z][^\s/>]*))"
)
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(
    r"""[\s/]*[^\s/>][^\s/>=]*(?:\s*=(?:\s*(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*))?)?"""
)
_EMPTY = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
        *("track", "wbr"),
    }
)
_ENDED_BY_THE_NEXT = frozenset(
    {
        *("caption", "colgroup", "dd", "dt", "li", "optgroup", "option", "p", "rb", "rp", "rt"),
        *("rtc", "tbody", "td", "tfoot", "th", "thead", "tr"),
    }
)
_FORMATTING = frozenset(
    {
        *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
        *("tt", "u"),
    }
)


def leaves_too_much_open(html: str) -> bool:
    """Whether `html` goes beyond `MAX_OPEN` or `MAX_REOPENED`, at worst.

    An end tag that is not where it belongs is taken to end nothing.
    """
    still_open: list[str] = []
    reopened = formatting = 0
    for name, is_end in _tags(html):
        if is_end:
            for ended in _ended_by(name, still_open):
                formatting -= ended in _FORMATTING
            continue
        # What is open is opened anew at most once for each block, when that ends.
        reopened += formatting if name not in _FORMATTING else 0
        if name in _EMPTY:
            continue
        if still_open and _ends(name, still_open[-1]):
            formatting -= still_open.pop() in _FORMATTING
        still_open.append(name)
        formatting += name in _FORMATTING
        if len(still_open) > MAX_OPEN or reopened > MAX_REOPENED:
            return True
    return reopened > MAX_REOPENED


def _ends(name: str, before: str) -> bool:
    """Whether an element that begins ends the one that it would else be in."""
    return name == before == "a" or (name in _ENDED_BY_THE_NEXT and before in _ENDED_BY_THE_NEXT)


def _ended_by(name: str, still_open: list[str]) -> list[str]:
    """The elements that an end tag ends, taken off those that are open."""
    innermost = still_open[-1:]
    ends_itself = bool(innermost) and innermost[0] in _ENDED_BY_THE_NEXT
    if innermost == [name] or (ends_itself and name in _ENDED_BY_THE_NEXT):
        return [still_open.pop()]
    if ends_itself and name not in _FORMATTING and still_open[-2:-1] == [name]:
        return [still_open.pop(), still_open.pop()]
    return []


def _tags(html: str) -> Iterator[tuple[str, bool]]:
    """The name of each tag, and whether it is an end tag."""
    position = 0
    while start := _START.search(html, position):
        position = start.end()
        if start["comment"]:
            position = _end_of_comment(html, position)
        elif start["bogus"]:
            position = html.find(">", position) + 1 or len(html)
        else:
            while attribute := _ATTRIBUTE.match(html, position):
                position = attribute.end()
            yield start["name"].lower(), start["slash"] is not None


def _end_of_comment(html: str, position: int) -> int:
    if html.startswith((">", "->"), position):
        return position
    end = _COMMENT_END.search(html, position)
    return end.end() if end else len(html)
