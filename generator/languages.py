"""The one definition of a language of the hub."""

from __future__ import annotations

from msgspec import Struct


class Language(Struct, frozen=True):
    """A language in which cards are written and pages are published.

    `code` (`zh_CN`) names it in cards, settings and the JSON API; `name` is what its own
    readers call it. A `required` language must have a section in every card.
    """

    code: str
    name: str
    required: bool = False

    @property
    def tag(self) -> str:
        """The BCP 47 tag (`zh-CN`), as used in `lang`, `hreflang` and addresses."""
        return self.code.replace("_", "-")
