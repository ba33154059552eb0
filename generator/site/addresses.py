"""Where everything is in the site, and how one place links to another."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlsplit

from generator.config import Settings
from generator.languages import Language

FRONT_PAGE = "index.html"
NOT_FOUND_PAGE = "404.html"
ROBOTS = "robots.txt"
SITEMAP = "sitemap.xml"
LLMS = "llms.txt"
ASSETS = "assets"
API = "api/v1"
CATALOGUE_DATA = f"{API}/models.json"
SEARCH = "search"
SEARCH_LIST = f"{SEARCH}/list.js"
SEARCH_GUIDE = f"{SEARCH}/guide.js"
PAGEFIND = f"{SEARCH}/pagefind"
PAGEFIND_OF_GUIDE = f"{SEARCH}/pagefind-guide"

_INDEX = "index.html"


def catalogue_page(language: Language, number: int = 1) -> str:
    """One of the pages that list all cards in a language."""
    return f"{language.tag}/{_INDEX if number == 1 else f'page-{number}.html'}"


def tag_page(language: Language, tag: str, number: int = 1) -> str:
    """One of the pages that list the cards with a tag, in a language."""
    return f"{language.tag}/tag-{tag}{'' if number == 1 else f'.{number}'}.html"


def card_page(language: Language, card_id: str) -> str:
    """The page of a card in a language."""
    return f"{language.tag}/{card_id}/{_INDEX}"


def variant_page(language: Language, card_id: str, name: str) -> str:
    """The page of a variant of a card's code, in a language."""
    return f"{language.tag}/{card_id}/variant-{name}.html"


def variant_notebook(language: Language, card_id: str, name: str) -> str:
    """The notebook of a variant of a card's code, in a language."""
    return f"{language.tag}/{card_id}/notebooks/variant-{name}.ipynb"


def side_by_side_page(language: Language, card_id: str) -> str:
    """The page that shows a card in a language beside what it was translated from."""
    return f"{language.tag}/{card_id}/side-by-side.html"


def guide_page(language: Language, name: str) -> str:
    """A page of the guide for authors in a language."""
    return f"{language.tag}/guide/{name}.html"


def check_page(language: Language, code: str) -> str:
    """The page of the guide about the check with this code, in a language."""
    return guide_page(language, check_name(code))


def check_name(code: str) -> str:
    """What the guide's page about the check with this code is called."""
    return f"check-{code.lower()}"


def explanation_url(settings: Settings, language_code: str, code: str) -> str | None:
    """Where the guide explains the check with this code, if the hub's site has the guide."""
    language = _language(settings, language_code)
    return absolute(settings.base_url, check_page(language, code)) if settings.guide else None


def checks_url(settings: Settings, language_code: str) -> str | None:
    """Where the guide lists the checks, if the hub's site has the guide."""
    language = _language(settings, language_code)
    return absolute(settings.base_url, guide_page(language, "checks")) if settings.guide else None


def _language(settings: Settings, code: str) -> Language:
    languages = {item.code: item for item in reversed(settings.languages)}
    return languages.get(code, settings.languages[0])


def card_markdown(language: Language, card_id: str) -> str:
    """The page of a card in a language, as Markdown."""
    return f"{language.tag}/{card_id}/index.md"


def card_notebook(language: Language, card_id: str) -> str:
    """The notebook of a card in a language."""
    return f"{language.tag}/{card_id}/{card_id}.ipynb"


def card_source(card_id: str) -> str:
    """The file that the card is written in."""
    return f"cards/{card_id}.md"


def feed(language: Language) -> str:
    """The feed of a language; not in its folder, where a card could have the same name."""
    return f"feeds/{language.tag}.xml"


def sitemap_part(number: int) -> str:
    """One of the sitemaps of a site that is too large for a single one."""
    return f"sitemaps/{number}.xml"


def search_part(number: int, digest: str) -> str:
    """A part of the list that is searched; its address changes with its content."""
    return f"{SEARCH}/cards-{number}.{digest}.js"


def card_data(card_id: str) -> str:
    """The API's answer about a card."""
    return f"{API}/models/{card_id}.json"


def api_schema(name: str) -> str:
    """The schema of this name, which documents the API."""
    return f"{API}/schema/{name}"


def relative(page: str, target: str) -> str:
    """The link from `page` to `target`; it works under any base, and from a disk."""
    return _from_folder(page.rpartition("/")[0], target)


@lru_cache(maxsize=1024)
def _from_folder(folder: str, target: str) -> str:
    """The link to `target` from the pages in a folder; a card's pages are in one."""
    folders = folder.split("/") if folder else []
    parts = target.split("/")
    shared = 0
    for ours, theirs in zip(folders, parts[:-1], strict=False):
        if ours != theirs:
            break
        shared += 1
    up = "../" * (len(folders) - shared)
    return quote(up + "/".join(parts[shared:]))


def absolute(base_url: str, page: str) -> str:
    """The address of `page` where the site is published at `base_url`."""
    return base_url.rstrip("/") + "/" + quote(page.removesuffix(_INDEX))


def from_anywhere(base_url: str, page: str) -> str:
    """The link to `page` from wherever somebody is on the site published at `base_url`."""
    return urlsplit(base_url).path.rstrip("/") + "/" + quote(page)
