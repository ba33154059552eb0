"""How much of a site can be searched."""

from __future__ import annotations

from enum import Enum


class Search(Enum):
    """What visitors can search: what the list of cards has, or every word as well."""

    LIST = "list"
    FULL_TEXT = "full text"
