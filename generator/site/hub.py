"""Everything that all pages of a site have in common."""

from __future__ import annotations

from collections.abc import Container, Mapping

from msgspec import Struct

from generator.cards.model import Card
from generator.config import Settings
from generator.languages import Language
from generator.site.kept_templates import CompiledTemplates
from generator.site.search.extent import Search
from generator.site.strings import Strings, load_strings
from generator.site.theme import Theme, load_theme


class Hub(Struct, frozen=True):
    """A hub as its pages show it; `strings` are by language code."""

    settings: Settings
    base_url: str
    theme: Theme
    strings: Mapping[str, Strings]
    search: Search

    @property
    def fallback(self) -> Language:
        """The language to show where a card has nothing in the page's own."""
        return self.settings.required_languages[0]

    def language_among(self, codes: Container[str], language: Language) -> Language:
        """The language that a page in `language` shows of what there is in these languages."""
        return language if language.code in codes else self.fallback

    def shown_language(self, card: Card, language: Language) -> Language:
        """The language in which a page in `language` shows the card."""
        return self.language_among(written_codes(card), language)

    def written_languages(self, card: Card) -> tuple[Language, ...]:
        """The languages that the card really has a text in."""
        return self.languages_among(written_codes(card))

    def languages_among(self, codes: Container[str]) -> tuple[Language, ...]:
        """Those of the hub's languages that have these codes."""
        return tuple(item for item in self.settings.languages if item.code in codes)

    def summary_language(self, card: Card, language: Language) -> Language:
        """The language of the summary that a page in `language` shows."""
        return self.language_among(card.front_matter.summary, language)


def written_codes(card: Card) -> tuple[str, ...]:
    """The codes of the languages in which the card has a section."""
    return tuple(section.language for section in card.sections)


def load_hub(
    settings: Settings,
    base_url: str | None,
    search: Search = Search.LIST,
    compiled: CompiledTemplates | None = None,
) -> Hub:
    """The hub with these settings, published at `base_url`, or where the settings say.

    Raises `SettingsError` when a template or a catalogue of words can't be used.
    """
    return Hub(
        settings=settings,
        base_url=base_url or settings.base_url,
        theme=load_theme(settings, compiled),
        strings=load_strings(settings),
        search=search,
    )
