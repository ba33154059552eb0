"""Everything that all pages of a site have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from generator.cards.model import Card
from generator.config import Settings
from generator.languages import Language
from generator.site.markdown.footnotes import FootnoteNames
from generator.site.markdown.render import Wording
from generator.site.strings import Strings, load_strings
from generator.site.theme import Theme, load_theme


class Search(Enum):
    """What visitors can search: nothing, what the list of cards has, or every word as well."""

    NOTHING = "nothing"
    LIST = "list"
    FULL_TEXT = "full text"


@dataclass(frozen=True, slots=True)
class Hub:
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

    def wording(self, language: Language) -> Wording:
        """What the Markdown renderer says in `language`."""
        text = self.strings[language.code]
        names = FootnoteNames(heading=text["footnotes"], back=text["back_to_footnote"])
        return Wording(names, task_done=text["task_done"], task_open=text["task_open"])

    def shown_language(self, card: Card, language: Language) -> Language:
        """The language in which a page in `language` shows the card."""
        return language if card.section(language.code) else self.fallback

    def written_languages(self, card: Card) -> tuple[Language, ...]:
        """The languages that the card really has a text in."""
        return tuple(item for item in self.settings.languages if card.section(item.code))

    def summary_language(self, card: Card, language: Language) -> Language:
        """The language of the summary that a page in `language` shows."""
        return language if language.code in card.front_matter.summary else self.fallback


def load_hub(settings: Settings, base_url: str | None, search: Search = Search.NOTHING) -> Hub:
    """The hub with these settings, published at `base_url`, or where the settings say.

    Raises `SettingsError` when a template or a catalogue of words can't be used.
    """
    return Hub(
        settings=settings,
        base_url=base_url or settings.base_url,
        theme=load_theme(settings),
        strings=load_strings(settings),
        search=search,
    )
