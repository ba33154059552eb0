"""The pages that list cards: the whole catalogue, and what there is with each tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from markupsafe import Markup
from msgspec import Struct

from generator.cards.model import Card
from generator.evidence.model import CardEvidence
from generator.languages import Language
from generator.site.addresses import (
    FRONT_PAGE,
    absolute,
    card_page,
    catalogue_page,
    relative,
    tag_page,
)
from generator.site.digests import digest_of_all
from generator.site.evidence import evidence_in_short, language_records
from generator.site.facts import headline_figures
from generator.site.hub import Hub
from generator.site.listed import ListedCard
from generator.site.pages import (
    Page,
    Tag,
    Text,
    language_links,
    render,
    render_piece,
    summary_text,
    tag_links,
)
from generator.site.theme import CATALOGUE_TEMPLATE, TILE_TEMPLATE

MOST_TILES = 60
MOST_TILE_BYTES = 150_000
"""A page has at most so many tiles, and so many bytes of them, in whatever language."""

_LONGEST_TEXT = 300


class Tile(Struct, frozen=True):
    """A card as a list of cards shows it."""

    href: str
    title: str
    summary: Text
    author: str
    tags: tuple[Tag, ...]
    figures: tuple[str, ...]
    evidence: str


class Filter(Struct, frozen=True):
    """A tag by which the catalogue can be narrowed down; `count` says how many cards have it."""

    tag: Tag
    count: int
    is_current: bool


class ListPage(Struct, frozen=True):
    """One of the pages of a list, in one language.

    `key` is a digest of everything that it depends on beside the hub; `html` renders it.
    """

    path: str
    key: str
    html: Callable[[], str]


class CardList(Struct, frozen=True):
    """Cards in pages; `tag` is what they have in common, if they have."""

    tag: str | None
    pages: tuple[tuple[ListedCard, ...], ...]

    @property
    def count(self) -> int:
        """How many cards there are."""
        return sum(map(len, self.pages))

    def address(self, language: Language, number: int) -> str:
        """Where the page of this number is."""
        if self.tag is None:
            return catalogue_page(language, number)
        return tag_page(language, self.tag, number)


def card_lists(hub: Hub, cards: Sequence[ListedCard]) -> tuple[CardList, ...]:
    """The list of all cards, and behind it that of each tag that there is."""
    by_tag: dict[str, list[ListedCard]] = {}
    for card in cards:
        for tag in card.tags:
            by_tag.setdefault(tag, []).append(card)
    used = [tag for tag in hub.settings.tags if tag in by_tag]
    tagged = (CardList(tag, tuple(_parts(by_tag[tag]))) for tag in used)
    return (CardList(None, tuple(_parts(cards))), *tagged)


def list_pages(hub: Hub, lists: Sequence[CardList]) -> Iterator[ListPage]:
    """All pages of the lists, of which there is at least one in each language."""
    counts = {listing.tag: listing.count for listing in lists if listing.tag is not None}
    for listing in lists:
        for number, part in enumerate(listing.pages, 1):
            for language in hub.settings.languages:
                yield ListPage(
                    listing.address(language, number),
                    _key(listing, part, counts, language),
                    _rendering(hub, listing, number, counts, language),
                )


def list_addresses(
    hub: Hub, lists: Sequence[CardList]
) -> Iterator[tuple[Sequence[ListedCard], dict[str, str]]]:
    """The cards of each page that lists some, and its address in each language, by its tag."""
    for listing in lists:
        for number, part in enumerate(listing.pages, 1):
            yield (
                part,
                {
                    language.tag: listing.address(language, number)
                    for language in hub.settings.languages
                },
            )


def tile(
    hub: Hub,
    language: Language,
    card: Card,
    entrypoints: Sequence[str],
    evidence: CardEvidence | None,
) -> str:
    """The card, which names these `entrypoints`, as HTML for the lists in `language`."""
    page = catalogue_page(language)
    front = card.front_matter
    text = hub.strings[language.code]
    summary = summary_text(hub, card, language)
    shown = hub.shown_language(card, language).code
    return _tile_html(
        hub,
        language,
        Tile(
            href=relative(page, card_page(language, card.id)),
            title=_shortened(front.title),
            summary=Text(_shortened(summary.text), summary.lang),
            author=_shortened(front.author),
            tags=tag_links(hub, page, front.tags, language),
            figures=headline_figures(card, shown, entrypoints, evidence, text),
            evidence=evidence_in_short(card, shown, language_records(shown, evidence), text),
        ),
    )


def _tile_html(hub: Hub, language: Language, shown: Tile) -> str:
    return render_piece(hub, TILE_TEMPLATE, language, tile=shown)


def _parts(cards: Sequence[ListedCard]) -> Iterator[tuple[ListedCard, ...]]:
    """The cards in pages; the same in all languages, so that a page has its translations."""
    part: list[ListedCard] = []
    size = 0
    for card in cards:
        if part and (len(part) == MOST_TILES or size + card.tile_bytes > MOST_TILE_BYTES):
            yield tuple(part)
            part, size = [], 0
        part.append(card)
        size += card.tile_bytes
    yield tuple(part)


def _key(
    listing: CardList, part: Sequence[ListedCard], counts: Mapping[str, int], language: Language
) -> str:
    counted = repr((len(listing.pages), listing.count, sorted(counts.items())))
    code = language.code
    return digest_of_all(counted, " ".join([card.tile_digests[code] for card in part]))


def _rendering(
    hub: Hub, listing: CardList, number: int, counts: Mapping[str, int], language: Language
) -> Callable[[], str]:
    return lambda: _html(hub, listing, number, counts, language)


def _html(
    hub: Hub, listing: CardList, number: int, counts: Mapping[str, int], language: Language
) -> str:
    settings, text = hub.settings, hub.strings[language.code]
    path = listing.address(language, number)
    title, description = settings.title[language.code], settings.description[language.code]
    if listing.tag is not None:
        name = settings.tags[listing.tag][language.code]
        title = text["models_with_tag"].format(tag=name)
        description = text["models_with_tag_of"].format(tag=name, hub=settings.title[language.code])
    last = len(listing.pages)
    page = Page(
        hub=hub,
        path=path,
        language=language,
        title=title if number == 1 else text["page_title"].format(title=title, number=number),
        description=description,
        canonical=absolute(hub.base_url, path),
        languages=language_links(
            hub, path, lambda item: listing.address(item, number), settings.languages, language
        ),
        default_url=absolute(
            hub.base_url,
            FRONT_PAGE
            if listing.tag is None and number == 1
            else listing.address(hub.fallback, number),
        ),
    )
    used = [tag for tag in settings.tags if tag in counts]
    neighbours = {
        role: page.to(listing.address(language, other)) if 1 <= other <= last else None
        for role, other in {"previous": number - 1, "next": number + 1}.items()
    }
    nothing = Tile("", "", Text("", ""), "", (Tag("", "", ""),), ("",), "")
    return render(
        hub,
        CATALOGUE_TEMPLATE,
        page,
        heading=title,
        is_whole=listing.tag is None,
        tiles=[
            Markup(card.tiles[language.code].decode())  # noqa: S704 # rendered by a template of ours
            for card in listing.pages[number - 1]
        ],
        blank_tile=Markup(_tile_html(hub, language, nothing)),  # noqa: S704 # rendered above
        count=listing.count,
        number=number,
        last=last,
        neighbours=neighbours,
        filters=[
            Filter(link, counts[link.id], link.id == listing.tag)
            for link in tag_links(hub, path, used, language)
        ],
        most_tiles=MOST_TILES,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
