"""Markdown as the site itself writes it, for readers' tools."""

from __future__ import annotations

import re
from urllib.parse import quote

from generator.diagnostics import printable

_INLINE = re.compile(r"[\\`*\[\]<>&~$|]|(?<!\w)_|_(?!\w)")
_AT_START = re.compile(r"([#+=-]|\d+(?=[.)]))")
_TICKS = re.compile("`+")
_KEPT_IN_URL = ":/?#[]@!$&'()*+,;=%~"


def plain_text(text: str) -> str:
    """`text` as one line of Markdown in which nothing is markup."""
    escaped = _INLINE.sub(r"\\\g<0>", one_line(text))
    start = _AT_START.match(escaped)
    if not start:
        return escaped
    if start.group().isdigit():
        return f"{start.group()}\\{escaped[start.end() :]}"
    return f"\\{escaped}"


def one_line(text: str) -> str:
    """`text` on one line, without a character that can't be shown."""
    return " ".join(printable(part) for part in text.split())


def bare_link(url: str) -> str:
    """A link that is its own text."""
    return f"<{quote(url, safe=_KEPT_IN_URL)}>"


def fenced(language: str, code: str) -> str:
    """`code` in a fence that is longer than any in it."""
    ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(code)), default=0))
    lines = code.rstrip("\n")
    return f"{ticks}{language}\n{lines}\n{ticks}"
