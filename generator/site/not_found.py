"""The page that a server shows in the place of one that is not there."""

from __future__ import annotations

from msgspec import Struct

from generator.languages import Language
from generator.site.addresses import NOT_FOUND_PAGE, absolute, catalogue_page, from_anywhere
from generator.site.hub import Hub
from generator.site.pages import LanguageLink, Page, render
from generator.site.strings import Strings
from generator.site.theme import NOT_FOUND_TEMPLATE


class PageAnywhere(Page, frozen=True):
    """A page that is shown at whatever address somebody asks for."""

    def to(self, target: str) -> str:
        """The link to another place of the site, from its root."""
        return from_anywhere(self.hub.base_url, target)


class Message(Struct, frozen=True):
    """What the page says in one language, and the link to where to go on."""

    language: Language
    text: Strings
    href: str


def not_found_page(hub: Hub) -> str:
    """The page for all languages at once, since nobody knows which one was meant."""
    settings = hub.settings
    places = [
        (language, from_anywhere(hub.base_url, catalogue_page(language)))
        for language in settings.languages
    ]
    headings = [hub.strings[language.code]["not_found"] for language in settings.languages]
    page = PageAnywhere(
        hub=hub,
        path=NOT_FOUND_PAGE,
        language=hub.fallback,
        title=" · ".join(dict.fromkeys(headings)),
        description="",
        canonical="",
        languages=tuple(
            LanguageLink(
                language=language,
                href=place,
                url=absolute(hub.base_url, catalogue_page(language)),
                is_current=False,
                has_own_text=True,
            )
            for language, place in places
        ),
        default_url="",
    )
    messages = [Message(language, hub.strings[language.code], place) for language, place in places]
    return render(hub, NOT_FOUND_TEMPLATE, page, messages=messages)
