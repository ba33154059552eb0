"""The pages of the site, as functions of the cards and the hub."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from msgspec import Struct, field

from generator.cards.model import Card
from generator.config import SettingsError
from generator.evidence.model import CardEvidence
from generator.languages import Language
from generator.site.addresses import (
    FRONT_PAGE,
    absolute,
    catalogue_page,
    feed,
    guide_page,
    relative,
    tag_page,
)
from generator.site.hub import Hub
from generator.site.search.extent import Search
from generator.site.theme import (
    FRONT_TEMPLATE,
    SHARE_PICTURE,
    template_problem,
)


class LanguageLink(Struct, frozen=True):
    """The same page in a language; `has_own_text` tells a translation from a fallback.

    `headings` has the ids that the headings of this page have there, in their order.
    """

    language: Language
    href: str
    url: str
    is_current: bool
    has_own_text: bool
    headings: tuple[str, ...] = ()


class FeedLink(Struct, frozen=True):
    """The link to the feed of a language."""

    language: Language
    href: str


class Page(Struct, frozen=True):
    """What the frame around every page needs to know."""

    hub: Hub
    path: str
    language: Language
    title: str
    description: str
    canonical: str
    languages: tuple[LanguageLink, ...]
    default_url: str

    @property
    def home(self) -> str:
        """The link from this page to the catalogue in its language."""
        return self.to(catalogue_page(self.language))

    @property
    def guide(self) -> str:
        """The link from this page to the guide for authors."""
        return self.to(guide_page(self.language, "index"))

    def to(self, target: str) -> str:
        """The link from this page to another place of the site."""
        return relative(self.path, target)

    def asset(self, name: str) -> str:
        """The link from this page to an asset of the theme."""
        return self.to(self.hub.theme.assets[name].address)

    @property
    def runs_wasm(self) -> bool:
        """Whether the search of this site needs WebAssembly."""
        return self.hub.search is Search.FULL_TEXT

    @property
    def feeds(self) -> tuple[FeedLink, ...]:
        """The feeds in all languages, the page's own first."""
        others = [item for item in self.hub.settings.languages if item != self.language]
        return tuple(FeedLink(item, self.to(feed(item))) for item in (self.language, *others))

    @property
    def picture_url(self) -> str:
        """Where the picture is that is shown with a link to this page."""
        return absolute(self.hub.base_url, self.hub.theme.assets[SHARE_PICTURE].address)


class Tag(Struct, frozen=True):
    """A tag, what it is called on the page, and the link to what there is with it."""

    id: str
    name: str
    href: str


class Text(Struct, frozen=True):
    """A text that may be in another language than the page; `lang` is empty if it is not."""

    text: str
    lang: str


class Neighbour(Struct, frozen=True):
    """The card before or behind another in the catalogue."""

    id: str
    title: str


class PlacedCard(Struct, frozen=True):
    """A card with what is known of it from outside its file.

    `source` is the file as it stands; `updated` is in UTC; `evidence` has only records that
    are valid; `behind` says by language how many changes of another one its text lacks.
    """

    card: Card
    source: bytes
    updated: datetime
    evidence: CardEvidence | None
    previous: Neighbour | None
    next: Neighbour | None
    behind: Mapping[str, int] = field(default_factory=dict)


def front_page(hub: Hub) -> str:
    """The page at the root, which leads to a language."""
    page = Page(
        hub=hub,
        path=FRONT_PAGE,
        language=hub.fallback,
        title=hub.settings.title[hub.fallback.code],
        description=hub.settings.description[hub.fallback.code],
        canonical=absolute(hub.base_url, FRONT_PAGE),
        languages=language_links(hub, FRONT_PAGE, catalogue_page, hub.settings.languages),
        default_url=absolute(hub.base_url, FRONT_PAGE),
    )
    return render(hub, FRONT_TEMPLATE, page)


def render(hub: Hub, template: str, page: Page, **values: object) -> str:
    """The page as HTML. Raises `SettingsError` when the template can't be used."""
    return render_piece(hub, template, page.language, page=page, **values)


def render_piece(hub: Hub, template: str, language: Language, **values: object) -> str:
    """A piece of a page in `language`. Raises `SettingsError` when it can't be used."""
    text = hub.strings[language.code]
    try:
        return hub.theme.environment.get_template(template).render(
            settings=hub.settings, text=text, **values
        )
    except Exception as error:
        # A hub's own template can raise anything; whatever it is, the template is to be mended.
        raise SettingsError((template_problem(error, template),)) from error


def language_links(
    hub: Hub,
    path: str,
    page_in: Callable[[Language], str],
    written: Collection[Language],
    current: Language | None = None,
    canonical_in: Callable[[Language], str] | None = None,
) -> tuple[LanguageLink, ...]:
    """The links from the page at `path` to the same page in each language.

    `canonical_in` gives the canonical pages where these are others.
    """
    return tuple(
        LanguageLink(
            language=language,
            href=relative(path, page_in(language)),
            url=absolute(hub.base_url, (canonical_in or page_in)(language)),
            is_current=language == current,
            has_own_text=language in written,
        )
        for language in hub.settings.languages
    )


def tag_links(hub: Hub, path: str, tags: Iterable[str], language: Language) -> tuple[Tag, ...]:
    """The tags as the page at `path` shows them."""
    return tuple(
        Tag(tag, hub.settings.tags[tag][language.code], relative(path, tag_page(language, tag)))
        for tag in tags
    )


def summary_text(hub: Hub, card: Card, language: Language) -> Text:
    """The card's summary as a page in `language` shows it."""
    shown = hub.summary_language(card, language)
    summary = card.front_matter.summary[shown.code]
    return Text(summary, lang="" if shown == language else shown.tag)
