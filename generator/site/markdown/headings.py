"""Ids of headings, and the table of contents that they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from msgspec import Struct

_NOT_IN_SLUG = re.compile(r"[^\w\- ]")
_RESERVED = re.compile(
    r"sample|page|content|contents|(?:block|fn|fnref)-[\d-]+|user-content-.*"
    r"|page-(?:chart|chart-text|contents|description|end|facts|sample)"
)


class PlacedHeading(Struct, frozen=True):
    """A heading of a rendered section; `text` is what a reader sees, without any markup."""

    level: int
    id: str
    text: str


@dataclass(slots=True)
class Slugs:
    """Gives each heading of a page an id of its own, made from its text as GitHub makes it."""

    _taken: dict[str, int] = field(default_factory=dict)

    def take(self, text: str) -> str:
        """An id for a heading with this text."""
        slug = _NOT_IN_SLUG.sub("", text.lower()).replace(" ", "-") or "heading"
        if _RESERVED.fullmatch(slug):
            slug = f"heading-{slug}"
        candidate = slug
        while candidate in self._taken:
            self._taken[slug] += 1
            candidate = f"{slug}-{self._taken[slug]}"
        self._taken[candidate] = 0
        return candidate
