"""Where everything is in the site, and how one place links to another."""

from __future__ import annotations

import posixpath
from urllib.parse import quote

from generator.languages import Language

FRONT_PAGE = "index.html"
ASSETS = "assets"
API = "api/v1"
CATALOGUE_DATA = f"{API}/models.json"

_INDEX = "index.html"


def catalogue_page(language: Language) -> str:
    """The page that lists all cards in a language."""
    return f"{language.tag}/{_INDEX}"


def card_page(language: Language, card_id: str) -> str:
    """The page of a card in a language."""
    return f"{language.tag}/{card_id}/{_INDEX}"


def card_data(card_id: str) -> str:
    """The API's answer about a card."""
    return f"{API}/models/{card_id}.json"


def relative(page: str, target: str) -> str:
    """The link from `page` to `target`; it works under any base, and from a disk."""
    return quote(posixpath.relpath(target, posixpath.dirname(page) or "."))


def absolute(base_url: str, page: str) -> str:
    """The address of `page` where the site is published at `base_url`."""
    return base_url.rstrip("/") + "/" + quote(page.removesuffix(_INDEX))
